/*
 * session_greeting.c - who is there, whether we know them, and goodbye
 *
 * Each side writes HELLO at once and READY when its node has confirmed the name in the
 * other's, or at once where a key has told it who that is. Only when READY came is the link up: under TLS 1.3 the caller has finished
 * its handshake before the answering side judged its certificate, so a hello of ours that
 * went out proves nothing (trust.md, "Links").
 */
#include <assert.h>
#include <string.h>

#include "daemon/session/session_inside.h"

enum hello_field {
	HELLO_MAGIC = 1,
	HELLO_NEWEST,
	HELLO_OLDEST,
	HELLO_NAME,
	HELLO_LABEL,
	HELLO_CLOCK
};
enum bye_field { BYE_TEXT = 1 };
enum {
	OLDEST    = 1,
	NEWEST    = 2, /* of the protocol that this file speaks */
	LABEL_MAX = 63
};

static const char magic[] = "mulga link";

struct hello {
	char        magic[sizeof(magic)];
	uint64_t    newest, oldest; /* versions that the far end speaks */
	struct name name;
	char        label[LABEL_MAX + 1]; /* of the link that it calls by */
	uint64_t    clock_ms;
};

static bool decode_hello(struct hello *hello, struct span payload);
static bool decode_hello_field(struct hello *hello, const struct field *field);
static bool decode_name(struct name *name, const struct field *field);
static bool decode_label(char label[LABEL_MAX + 1], const struct field *field);

void
session_tell_clock(struct session *session, struct walltime clock)
{
	assert(session->state == SESSION_GREETING && !session->greeted);
	session->clock_ms = clock.ms > 0 ? (uint64_t)clock.ms : 0;
	buffer_clear(&session->out);
	session_write_hello(session);
}

void
session_write_hello(struct session *session)
{
	struct buffer payload;

	buffer_init(&payload);
	field_append_text(&payload, HELLO_MAGIC, magic);
	field_append_number(&payload, HELLO_NEWEST, NEWEST);
	field_append_number(&payload, HELLO_OLDEST, OLDEST);
	field_append_text(&payload, HELLO_NAME, session->home.text);
	if (session->label[0] != '\0')
		field_append_text(&payload, HELLO_LABEL, session->label);
	if (session->clock_ms > 0)
		field_append_number(&payload, HELLO_CLOCK, session->clock_ms);
	frame_append(&session->out, FRAME_HELLO, buffer_span(&payload));
	buffer_release(&payload);
}

void
session_write_bye(struct session *session, const char *text)
{
	struct buffer payload;
	char          clean[SESSION_TEXT_MAX + 1];

	session_clean_text(clean, text);
	buffer_init(&payload);
	if (clean[0] != '\0')
		field_append_text(&payload, BYE_TEXT, clean);
	frame_append(&session->out, FRAME_BYE, buffer_span(&payload));
	buffer_release(&payload);
}

void
session_read_hello(struct session *session, struct span payload, struct session_event *event)
{
	struct hello hello = { .newest = 0 };

	if (!decode_hello(&hello, payload))
		session_break(event, "the far end's hello is malformed");
	else if (strcmp(hello.magic, magic) != 0)
		session_break(event, "the far end speaks another protocol");
	else if (hello.newest < OLDEST || hello.oldest > NEWEST)
		session_break(event,
		              "the far end speaks versions %llu to %llu of the link protocol, "
		              "this node speaks %d to %d",
		              (unsigned long long)hello.oldest, (unsigned long long)hello.newest,
		              OLDEST, NEWEST);
	else if (hello.name.text[0] == '\0')
		session_break(event, "the far end did not say its name");
	else if (name_compare(&hello.name, &session->home) == 0)
		session_break(event, "the far end claims our own name %s", session->home.text);
	else if (session->expected.text[0] != '\0' &&
	         name_compare(&hello.name, &session->expected) != 0)
		session_break(event, "%s answers where %s was called", hello.name.text,
		              session->expected.text);
	if (event->kind == SESSION_BROKEN)
		return;
	session->greeted        = true;
	session->version        = hello.newest < NEWEST ? (unsigned)hello.newest : NEWEST;
	session->far            = hello.name;
	session->frames.allowed = FRAME_BIT(FRAME_READY) | FRAME_BIT(FRAME_BYE) | FRAME_UNKNOWN;
	event->kind             = SESSION_GREETED;
	event->name             = hello.name;
	event->clock            = (struct walltime){ (int64_t)hello.clock_ms };
	memcpy(event->text, hello.label, sizeof(hello.label));
}

void
session_vouch(struct session *session, const struct name *name)
{
	assert(session->state == SESSION_GREETING && !session->vouched && !session->greeted);
	assert(session->expected.text[0] == '\0' || name_compare(&session->expected, name) == 0);
	session->expected = *name;
	session->vouched  = true;
	frame_append_header(&session->out, FRAME_READY, 0);
}

void
session_confirm(struct session *session, struct instant now)
{
	assert(session->state == SESSION_GREETING && session->greeted && !session->confirmed);
	session->confirmed      = true;
	session->greeting_limit = instant_after(now, session->greeting_limit_ms);
	if (!session->vouched)
		frame_append_header(&session->out, FRAME_READY, 0);
}

void
session_read_ready(struct session *session, struct session_event *event, struct instant now)
{
	session->was_up         = true;
	session->frames.allowed = FRAME_ALL & ~(FRAME_BIT(FRAME_HELLO) | FRAME_BIT(FRAME_READY));
	session_enter(session, SESSION_UP, now);
	event->kind = SESSION_READY;
}

void
session_close(struct session *session, const char *text, struct instant now)
{
	if (session->state != SESSION_GREETING && session->state != SESSION_UP)
		return;
	session_write_bye(session, text);
	session_enter(session, SESSION_CLOSING, now);
}

/* Before READY it is a refusal; after it, answered with ours. */
void
session_read_bye(struct session *session, struct span payload, struct session_event *event,
                 struct instant now)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (field.number == BYE_TEXT &&
		    !field_line(&field, event->text, sizeof(event->text)))
			reader.failed = true;
	if (reader.failed) {
		session_break(event, "the far end's goodbye is malformed");
		return;
	}
	event->kind             = SESSION_IDLE_CLOSE;
	session->farewell_heard = true;
	session->frames.allowed &= ~(FRAME_BIT(FRAME_OFFER) | FRAME_BIT(FRAME_BYE));
	if (session->state == SESSION_GREETING)
		session_enter(session, SESSION_CLOSED, now);
	else
		session_close(session, "", now);
}

bool
session_has_parted(const struct session *session)
{
	return session->state == SESSION_CLOSED && session->was_up && session->farewell_heard;
}

static bool
decode_hello(struct hello *hello, struct span payload)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (!decode_hello_field(hello, &field))
			return false;
	return !reader.failed;
}

static bool
decode_hello_field(struct hello *hello, const struct field *field)
{
	switch (field->number) {
	case HELLO_MAGIC:
		return field_line(field, hello->magic, sizeof(hello->magic)) ||
		       field->value.length >= sizeof(hello->magic); /* some other protocol's */
	case HELLO_NEWEST:
		return field_number(field, &hello->newest);
	case HELLO_OLDEST:
		return field_number(field, &hello->oldest);
	case HELLO_NAME:
		return decode_name(&hello->name, field);
	case HELLO_LABEL:
		return decode_label(hello->label, field);
	case HELLO_CLOCK:
		return field_number(field, &hello->clock_ms) && hello->clock_ms <= INT64_MAX;
	default:
		return true; /* of a newer version */
	}
}

static bool
decode_name(struct name *name, const struct field *field)
{
	char text[NAME_MAX_BYTES + 1];

	return field_line(field, text, sizeof(text)) && name_parse(name, text, NULL) == STATUS_OK &&
	       strcmp(name->text, text) == 0;
}

/* As record.h has it: visible characters of ASCII. */
static bool
decode_label(char label[LABEL_MAX + 1], const struct field *field)
{
	if (!field_line(field, label, LABEL_MAX + 1))
		return false;
	for (const char *c = label; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return true;
}
