/*
 * smtp_client.c - one command at a time
 *
 * No pipelining: a message waits for one recipient on one machine's own server. An address with
 * a line break or a control character cannot be said, and is refused before anything is.
 */
#include "spool/smtp/smtp_client.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/smtp/smtp_data.h"

enum state {
	STATE_GREETING, /* which reply is awaited */
	STATE_HELLO,
	STATE_MAIL,
	STATE_RCPT,
	STATE_DATA,
	STATE_BODY, /* none: the message is being sent */
	STATE_MESSAGE,
	STATE_OVER,
};

struct smtp_client {
	enum state        state;
	bool              lmtp;
	char             *name, *sender, *recipient;
	uint64_t          size;
	bool              offers_size, offers_utf8, offers_eight_bit, offers_dsn;
	unsigned          notify;
	enum smtp_return  ret;
	char             *envid, *origin;
	bool              line_start;  /* of the message */
	struct buffer     line;        /* of a reply, not whole yet */
	size_t            reply_bytes; /* of all lines of one reply */
	enum smtp_verdict verdict;
	char              said[SMTP_SAID_MAX + 1];
};

static void take_line(struct smtp_client *client, struct buffer *out);
static void note_offer(struct smtp_client *client, const char *line);
static void go_on(struct smtp_client *client, int code, struct buffer *out);
static void say_mail(const struct smtp_client *client, struct buffer *out);
static void say_recipient(const struct smtp_client *client, struct buffer *out);
static void finish(struct smtp_client *client, enum smtp_verdict verdict, struct buffer *out);
static bool may_be_said(const char *address);
static bool is_ascii(const char *text);

struct smtp_client *
smtp_client_new(const struct smtp_client_options *options)
{
	struct smtp_client *client = memory_new(1, sizeof(*client));

	client->lmtp       = options->lmtp;
	client->name       = memory_copy_text(options->name);
	client->sender     = memory_copy_text(options->sender);
	client->recipient  = memory_copy_text(options->recipient);
	client->size       = options->size;
	client->notify     = options->notify;
	client->ret        = options->ret;
	client->envid      = memory_copy_text(options->envid != NULL ? options->envid : "");
	client->origin     = memory_copy_text(options->origin != NULL ? options->origin : "");
	client->line_start = true;
	buffer_init(&client->line);
	return client;
}

void
smtp_client_free(struct smtp_client *client)
{
	if (client == NULL)
		return;
	buffer_release(&client->line);
	free(client->name);
	free(client->sender);
	free(client->recipient);
	free(client->envid);
	free(client->origin);
	free(client);
}

void
smtp_client_read(struct smtp_client *client, struct span bytes, struct buffer *out)
{
	for (size_t i = 0; i < bytes.length && client->state != STATE_OVER; i++) {
		if (bytes.data[i] != '\n') {
			buffer_append_u8(&client->line, bytes.data[i]);
			if (++client->reply_bytes > SMTP_REPLY_MAX)
				finish(client, SMTP_LATER, out);
			continue;
		}
		take_line(client, out);
		buffer_clear(&client->line);
	}
}

bool
smtp_client_wants_body(const struct smtp_client *client)
{
	return client->state == STATE_BODY;
}

void
smtp_client_body(struct smtp_client *client, struct span bytes, struct buffer *out)
{
	smtp_data_write(bytes, &client->line_start, out);
}

void
smtp_client_end(struct smtp_client *client, struct buffer *out)
{
	buffer_append_text(out, client->line_start ? ".\r\n" : "\r\n.\r\n");
	client->state = STATE_MESSAGE;
}

enum smtp_verdict
smtp_client_verdict(const struct smtp_client *client)
{
	return client->verdict;
}

const char *
smtp_client_said(const struct smtp_client *client)
{
	return client->said;
}

bool
smtp_client_passed_dsn(const struct smtp_client *client)
{
	return client->offers_dsn;
}

/* `250-text`, or `250 text` as the last line of a reply. */
static void
take_line(struct smtp_client *client, struct buffer *out)
{
	const char *line = buffer_text(&client->line);
	size_t      used = 0;
	int         code = 0;

	for (size_t i = 0; i < 3 && line[i] >= '0' && line[i] <= '9'; i++)
		code = code * 10 + (line[i] - '0');
	for (const char *c = line; *c != '\0' && *c != '\r' && used < SMTP_SAID_MAX; c++)
		client->said[used++] = *c < ' ' || *c > '~' ? '?' : *c;
	client->said[used] = '\0';
	if (code < 200 || code > 599 ||
	    (line[3] != ' ' && line[3] != '-' && line[3] != '\r' && line[3] != '\0')) {
		finish(client, SMTP_LATER, out);
		return;
	}
	if (client->state == STATE_HELLO)
		note_offer(client, line + 3);
	if (line[3] == '-')
		return;
	client->reply_bytes = 0;
	go_on(client, code, out);
}

static void
note_offer(struct smtp_client *client, const char *line)
{
	if (*line != '\0')
		line++;
	if (strncmp(line, "SIZE", 4) == 0)
		client->offers_size = true;
	if (strncmp(line, "SMTPUTF8", 8) == 0)
		client->offers_utf8 = true;
	if (strncmp(line, "8BITMIME", 8) == 0)
		client->offers_eight_bit = true;
	if (strncmp(line, "DSN", 3) == 0 && (line[3] == '\r' || line[3] == '\0'))
		client->offers_dsn = true;
}

static void
go_on(struct smtp_client *client, int code, struct buffer *out)
{
	if (code >= 500) {
		finish(client, client->state == STATE_RCPT ? SMTP_NO_MAILBOX : SMTP_REFUSED, out);
		return;
	}
	if (code >= 400 || (code >= 300) != (client->state == STATE_DATA)) {
		finish(client, SMTP_LATER, out);
		return;
	}
	switch (client->state) {
	case STATE_GREETING:
		buffer_append_format(out, "%s %s\r\n", client->lmtp ? "LHLO" : "EHLO",
		                     client->name);
		client->state = STATE_HELLO;
		break;
	case STATE_HELLO:
		if (!may_be_said(client->sender) || !may_be_said(client->recipient)) {
			memcpy(client->said, "the address cannot be said in SMTP",
			       sizeof("the address cannot be said in SMTP"));
			finish(client, SMTP_REFUSED, out);
			break;
		}
		say_mail(client, out);
		client->state = STATE_MAIL;
		break;
	case STATE_MAIL:
		say_recipient(client, out);
		client->state = STATE_RCPT;
		break;
	case STATE_RCPT:
		buffer_append_text(out, "DATA\r\n");
		client->state = STATE_DATA;
		break;
	case STATE_DATA:
		client->state = STATE_BODY;
		break;
	case STATE_MESSAGE:
		finish(client, SMTP_TAKEN, out);
		break;
	case STATE_BODY: /* it spoke out of turn */
	case STATE_OVER:
	default:
		finish(client, SMTP_LATER, out);
		break;
	}
}

static void
say_mail(const struct smtp_client *client, struct buffer *out)
{
	bool utf8 = !is_ascii(client->sender) || !is_ascii(client->recipient);

	buffer_append_format(out, "MAIL FROM:<%s>", client->sender);
	if (client->offers_size)
		buffer_append_format(out, " SIZE=%llu", (unsigned long long)client->size);
	if (client->offers_eight_bit)
		buffer_append_text(out, " BODY=8BITMIME");
	if (utf8 && client->offers_utf8)
		buffer_append_text(out, " SMTPUTF8");
	if (client->offers_dsn && client->ret != SMTP_RETURN_UNSAID)
		buffer_append_format(out, " RET=%s",
		                     client->ret == SMTP_RETURN_FULL ? "FULL" : "HDRS");
	if (client->offers_dsn && client->envid[0] != '\0')
		buffer_append_format(out, " ENVID=%s", client->envid);
	buffer_append_text(out, "\r\n");
}

static void
say_recipient(const struct smtp_client *client, struct buffer *out)
{
	static const char *const words[] = { "SUCCESS", "FAILURE", "DELAY", "NEVER" };
	const char              *lead    = " NOTIFY=";

	buffer_append_format(out, "RCPT TO:<%s>", client->recipient);
	for (unsigned i = 0; client->offers_dsn && i < sizeof(words) / sizeof(words[0]); i++)
		if ((client->notify & 1U << i) != 0) {
			buffer_append_format(out, "%s%s", lead, words[i]);
			lead = ",";
		}
	if (client->offers_dsn && client->origin[0] != '\0')
		buffer_append_format(out, " ORCPT=%s", client->origin);
	buffer_append_text(out, "\r\n");
}

/* The first verdict stands. In the middle of a message nothing can be said but by hanging up. */
static void
finish(struct smtp_client *client, enum smtp_verdict verdict, struct buffer *out)
{
	if (client->state != STATE_BODY)
		buffer_append_text(out, "QUIT\r\n");
	client->verdict = verdict;
	client->state   = STATE_OVER;
}

static bool
may_be_said(const char *address)
{
	for (; *address != '\0'; address++)
		if ((unsigned char)*address < ' ' || *address == 0x7f || *address == '<' ||
		    *address == '>')
			return false;
	return true;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 0x7f)
			return false;
	return true;
}
