/*
 * loop_serial.c - numbers, dialogues, secrets
 */
#include "daemon/loop/loop_serial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop/loop_line.h"
#include "daemon/transport/layer_meeting.h"
#include "spool/base/memory.h"
#include "spool/home/home_key.h"

enum {
	SHAKE_LIMIT_MS = 150000, /* to meet, and for TLS at 300 bits a second */
	PIECE_MIN      = 256,
	PIECES_A_S     = 4 /* so much of the line's second is a piece, and half a second is ahead */
};

struct secrets {
	struct chat_secret *items;
	struct buffer      *texts;
	size_t              count, capacity, text_capacity;
};

static enum status add_chats(const struct config                *config,
                             const struct description_transport *stated, struct serial_call *call,
                             struct diagnostic *diagnostic);
static enum status read_secrets(const struct config *config, const struct description_chat *chat,
                                struct secrets *secrets, struct diagnostic *diagnostic);
static void        release_secrets(struct secrets *secrets);
static enum status add_number(const struct description_transport *stated, const char *phone,
                              const struct secrets *secrets, struct serial_call *call,
                              struct diagnostic *diagnostic);

enum status
loop_serial_call(const struct config *config, const struct description_transport *transport,
                 struct serial_call *call, struct diagnostic *diagnostic)
{
	static const enum serial_flow flows[] = {
		[FLOW_NONE]    = SERIAL_FLOW_NONE,
		[FLOW_RTSCTS]  = SERIAL_FLOW_RTSCTS,
		[FLOW_XONXOFF] = SERIAL_FLOW_XONXOFF,
	};
	enum status status;

	*call = (struct serial_call){
		.device   = transport->address,
		.settings = {
			.speed_bits  = transport->speed_bits,
			.flow        = flows[transport->flow],
			.lock_folder = config->lock_folder,
		},
	};
	status = add_chats(config, transport, call, diagnostic);
	if (status != STATUS_OK)
		loop_serial_release(call);
	return status;
}

void
loop_serial_release(struct serial_call *call)
{
	for (size_t i = 0; i < call->chat_count; i++)
		chat_free(call->chats[i]);
	chat_free(call->hangup);
	call->chat_count = 0;
	call->hangup     = NULL;
}

static enum status
add_chats(const struct config *config, const struct description_transport *stated,
          struct serial_call *call, struct diagnostic *diagnostic)
{
	struct secrets secrets = { .count = 0 };
	enum status    status  = read_secrets(config, &stated->dial, &secrets, diagnostic);

	if (status == STATUS_OK)
		status = read_secrets(config, &stated->login, &secrets, diagnostic);
	if (status == STATUS_OK)
		status = read_secrets(config, &stated->hangup, &secrets, diagnostic);
	if (status == STATUS_OK && stated->phones.count == 0 &&
	    stated->dial.count + stated->login.count > 0)
		status = add_number(stated, NULL, &secrets, call, diagnostic);
	for (size_t i = 0; status == STATUS_OK && i < stated->phones.count; i++)
		if (i < SERIAL_CHATS_MAX)
			status =
			    add_number(stated, stated->phones.items[i], &secrets, call, diagnostic);
	if (status == STATUS_OK && stated->hangup.count > 0) {
		call->hangup = chat_new();
		status = chat_add(call->hangup, "hangup", &stated->hangup, NULL, secrets.items,
		                  secrets.count, diagnostic);
	}
	release_secrets(&secrets);
	return status;
}

static enum status
read_secrets(const struct config *config, const struct description_chat *chat,
             struct secrets *secrets, struct diagnostic *diagnostic)
{
	for (size_t i = 0; i < chat->count; i++) {
		struct buffer *text;
		enum status    status;

		if (chat->steps[i].kind != CHAT_SECRET)
			continue;
		secrets->items = memory_grow(secrets->items, &secrets->capacity, secrets->count + 1,
		                             sizeof(secrets->items[0]));
		secrets->texts = memory_grow(secrets->texts, &secrets->text_capacity,
		                             secrets->count + 1, sizeof(secrets->texts[0]));
		text           = &secrets->texts[secrets->count];
		buffer_init(text);
		status = home_secret_read(&config->home, chat->steps[i].secret, text, diagnostic);
		if (status != STATUS_OK)
			return status;
		secrets->items[secrets->count++] = (struct chat_secret){
			.name = chat->steps[i].secret,
			.text = buffer_span(text), /* the bytes stay where they are */
		};
	}
	return STATUS_OK;
}

static void
release_secrets(struct secrets *secrets)
{
	for (size_t i = 0; i < secrets->count; i++) {
		explicit_bzero(secrets->texts[i].data, secrets->texts[i].length);
		buffer_release(&secrets->texts[i]);
	}
	free(secrets->items);
	free(secrets->texts);
}

static enum status
add_number(const struct description_transport *stated, const char *phone,
           const struct secrets *secrets, struct serial_call *call, struct diagnostic *diagnostic)
{
	struct chat *chat = chat_new();
	char         title[96];
	enum status  status;

	call->chats[call->chat_count++] = chat;
	if (stated->phones.count > 1)
		snprintf(title, sizeof(title), "dial %.64s", phone);
	else
		snprintf(title, sizeof(title), "dial");
	status =
	    chat_add(chat, title, &stated->dial, phone, secrets->items, secrets->count, diagnostic);
	if (status == STATUS_OK)
		status = chat_add(chat, "login", &stated->login, phone, secrets->items,
		                  secrets->count, diagnostic);
	return status;
}

void
loop_serial_prepare(struct loop_stream *stream, const struct description_transport *transport,
                    bool calls)
{
	size_t bytes_per_s = transport->speed_bits / 10;

	layers_add(&stream->layers,
	           layer_meeting_new(calls, !loop_line_is_needed(transport), true));
	stream->shake_limit_ms = SHAKE_LIMIT_MS;
	if (bytes_per_s == 0 || bytes_per_s / PIECES_A_S >= stream->piece_bytes)
		return;
	stream->piece_bytes = bytes_per_s / PIECES_A_S;
	if (stream->piece_bytes < PIECE_MIN)
		stream->piece_bytes = PIECE_MIN;
	stream->window_bytes = 2 * stream->piece_bytes;
}
