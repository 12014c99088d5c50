/*
 * chat_add.c - the dialogues of a description become the steps of a chat
 *
 * Everything is copied: the operator may load another description while the modem dials.
 * A phone number takes the place of \P here and a secret becomes a text, so that who runs
 * the steps knows bytes, delays and breaks alone.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/line/chat_inside.h"
#include "spool/base/memory.h"

static enum status add_step(struct chat *chat, const struct description_chat_step *stated,
                            const char *phone, const struct chat_secret *secrets,
                            size_t secret_count, struct diagnostic *diagnostic);
static void        copy_text(struct chat_text *text, const struct description_chat_text *stated,
                             const char *phone);
static void        copy_secret(struct chat *chat, struct chat_text *text, struct span secret);
static void        free_text(struct chat_text *text);

struct chat *
chat_new(void)
{
	struct chat *chat = memory_new(1, sizeof(*chat));

	chat->until      = INSTANT_NEVER;
	chat->timeout_ms = CHAT_TIMEOUT_MS;
	buffer_init(&chat->heard);
	buffer_init(&chat->transcript);
	buffer_init(&chat->reason);
	return chat;
}

void
chat_free(struct chat *chat)
{
	if (chat == NULL)
		return;
	for (size_t i = 0; i < chat->count; i++) {
		for (size_t j = 0; j < chat->steps[i].text_count; j++)
			free_text(&chat->steps[i].texts[j]);
		free(chat->steps[i].texts);
		free_text(&chat->steps[i].retry);
	}
	free(chat->steps);
	for (size_t i = 0; i < chat->title_count; i++)
		free(chat->titles[i]);
	free(chat->titles);
	for (size_t i = 0; i < chat->secret_count; i++) {
		if (chat->secrets[i].length > 0)
			memset(chat->secrets[i].data, 0, chat->secrets[i].length);
		buffer_release(&chat->secrets[i]);
	}
	free(chat->secrets);
	buffer_release(&chat->heard);
	buffer_release(&chat->transcript);
	buffer_release(&chat->reason);
	free(chat);
}

enum status
chat_add(struct chat *chat, const char *title, const struct description_chat *dialogue,
         const char *phone, const struct chat_secret *secrets, size_t secret_count,
         struct diagnostic *diagnostic)
{
	enum status status = STATUS_OK;

	chat->titles = memory_grow(chat->titles, &chat->title_capacity, chat->title_count + 1,
	                           sizeof(chat->titles[0]));
	chat->titles[chat->title_count++] = memory_copy_text(title);
	for (size_t i = 0; i < dialogue->count && status == STATUS_OK; i++)
		status =
		    add_step(chat, &dialogue->steps[i], phone, secrets, secret_count, diagnostic);
	return status;
}

static enum status
add_step(struct chat *chat, const struct description_chat_step *stated, const char *phone,
         const struct chat_secret *secrets, size_t secret_count, struct diagnostic *diagnostic)
{
	struct chat_step *step;

	chat->steps =
	    memory_grow(chat->steps, &chat->capacity, chat->count + 1, sizeof(chat->steps[0]));
	step  = &chat->steps[chat->count++];
	*step = (struct chat_step){
		.kind        = stated->kind,
		.title       = chat->titles[chat->title_count - 1],
		.text_count  = stated->kind == CHAT_SECRET ? 1 : stated->text_count,
		.retries     = stated->retries,
		.duration_ms = stated->duration_ms,
	};
	step->texts = memory_new(step->text_count + 1, sizeof(step->texts[0]));
	copy_text(&step->retry, &stated->retry, phone);
	if (stated->kind != CHAT_SECRET) {
		for (size_t i = 0; i < stated->text_count; i++)
			copy_text(&step->texts[i], &stated->texts[i], phone);
		return STATUS_OK;
	}
	for (size_t i = 0; i < secret_count; i++)
		if (strcmp(secrets[i].name, stated->secret) == 0) {
			copy_secret(chat, &step->texts[0], secrets[i].text);
			return STATUS_OK;
		}
	diagnostic_set(diagnostic, "there is no secret \"%s\"", stated->secret);
	return STATUS_NOT_FOUND;
}

static void
copy_text(struct chat_text *text, const struct description_chat_text *stated, const char *phone)
{
	size_t phone_length = phone == NULL ? 0 : strlen(phone);

	text->codes = memory_new(stated->count * (phone_length + 1) + 1, sizeof(text->codes[0]));
	text->count = 0;
	for (size_t i = 0; i < stated->count; i++) {
		if (stated->codes[i] != CHAT_PHONE)
			text->codes[text->count++] = stated->codes[i];
		for (size_t j = 0; stated->codes[i] == CHAT_PHONE && j < phone_length; j++)
			text->codes[text->count++] = (uint8_t)phone[j];
	}
}

/* A secret is a line: a carriage return follows it. */
static void
copy_secret(struct chat *chat, struct chat_text *text, struct span secret)
{
	struct buffer *kept;

	text->codes = memory_new(secret.length + 1, sizeof(text->codes[0]));
	for (size_t i = 0; i < secret.length; i++)
		text->codes[i] = secret.data[i];
	text->codes[secret.length] = '\r';
	text->count                = secret.length + 1;
	chat->secrets = memory_grow(chat->secrets, &chat->secret_capacity, chat->secret_count + 1,
	                            sizeof(chat->secrets[0]));
	kept          = &chat->secrets[chat->secret_count++];
	buffer_init(kept);
	buffer_append_span(kept, secret);
}

/* It may be a secret's: what is freed says nothing. */
static void
free_text(struct chat_text *text)
{
	if (text->codes != NULL)
		memset(text->codes, 0, text->count * sizeof(text->codes[0]));
	free(text->codes);
}
