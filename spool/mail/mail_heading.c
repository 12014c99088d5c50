/*
 * mail_heading.c - field by field, from the lines that came to those that go on
 */
#include "spool/mail/mail_heading.h"

#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/spelling.h"

/* What a field is to us, by its name. */
enum role {
	ROLE_PLAIN     = 0,
	ROLE_REMOVED   = 1 << 0,
	ROLE_ADDRESSES = 1 << 1, /* holds mailboxes: bare ones are qualified */
	ROLE_RECIPIENT = 1 << 2, /* -t takes recipients from it               */
	ROLE_RESENT    = 1 << 3, /* ... before all others                     */
	ROLE_FROM      = 1 << 4,
	ROLE_DATE      = 1 << 5,
	ROLE_ID        = 1 << 6,
};

static const struct {
	const char *name;
	unsigned    roles;
} fields[] = {
	{ "from", ROLE_ADDRESSES | ROLE_FROM },
	{ "sender", ROLE_ADDRESSES },
	{ "reply-to", ROLE_ADDRESSES },
	{ "to", ROLE_ADDRESSES | ROLE_RECIPIENT },
	{ "cc", ROLE_ADDRESSES | ROLE_RECIPIENT },
	{ "bcc", ROLE_ADDRESSES | ROLE_RECIPIENT | ROLE_REMOVED },
	{ "resent-from", ROLE_ADDRESSES },
	{ "resent-sender", ROLE_ADDRESSES },
	{ "resent-to", ROLE_ADDRESSES | ROLE_RECIPIENT | ROLE_RESENT },
	{ "resent-cc", ROLE_ADDRESSES | ROLE_RECIPIENT | ROLE_RESENT },
	{ "resent-bcc", ROLE_ADDRESSES | ROLE_RECIPIENT | ROLE_RESENT | ROLE_REMOVED },
	{ "date", ROLE_DATE },
	{ "message-id", ROLE_ID },
	{ "return-path", ROLE_REMOVED },
	{ "content-length", ROLE_REMOVED },
};

enum line_kind { LINE_FIELD, LINE_OTHER, LINE_UNDECIDED };

struct rewriting {
	const struct mail_heading_defaults *defaults;
	struct mail_addresses              *recipients; /* NULL: not wanted */
	struct mail_addresses               resent;
	unsigned                            seen; /* roles */
	struct buffer                      *out;
	struct diagnostic                  *diagnostic;
};

static enum line_kind line_kind(struct span line, bool complete);
static enum status    check_characters(struct span heading, struct diagnostic *diagnostic);
static size_t         field_length(struct span rest);
static enum status    rewrite_field(struct rewriting *rewriting, struct span field,
                                    struct span trimmed);
static unsigned       roles_of(struct span name);
static enum status    rewrite_addresses(struct rewriting *rewriting, struct span name,
                                        const char *value, unsigned roles);
static void           append_value(struct buffer *out, struct span lines);
static void           move_addresses(struct mail_addresses *from, struct mail_addresses *to);

/* --- where it ends --------------------------------------------------------------------- */

bool
mail_heading_end(struct span bytes, bool all, size_t *heading, size_t *body)
{
	size_t at = 0;

	while (at < bytes.length) {
		const uint8_t *start    = bytes.data + at;
		const uint8_t *newline  = memchr(start, '\n', bytes.length - at);
		bool           complete = newline != NULL || all;
		struct span    line     = { start, newline != NULL ? (size_t)(newline - start)
			                                           : bytes.length - at };
		enum line_kind kind;

		*heading = at;
		*body    = at;
		if (line.length == 1 && start[0] == '\r' && !complete)
			return false;
		if (complete && (line.length == 0 || (line.length == 1 && start[0] == '\r'))) {
			*body = at + line.length + (newline != NULL);
			return true;
		}
		kind = line_kind(line, complete);
		if (at > 0 && (start[0] == ' ' || start[0] == '\t'))
			kind = LINE_FIELD; /* a field goes on */
		if (at == 0 && line.length >= 5 && memcmp(start, "From ", 5) == 0)
			kind = LINE_FIELD; /* of an mbox */
		if (kind == LINE_OTHER)
			return true;
		if (!complete)
			return false;
		at += line.length + (newline != NULL);
	}
	*heading = *body = at;
	return all;
}

/* field-name *WSP ":" */
static enum line_kind
line_kind(struct span line, bool complete)
{
	size_t at = 0;

	while (at < line.length && line.data[at] > ' ' && line.data[at] < 0x7f &&
	       line.data[at] != ':')
		at++;
	if (at == 0 && line.length > 0)
		return LINE_OTHER;
	while (at < line.length && (line.data[at] == ' ' || line.data[at] == '\t'))
		at++;
	if (at < line.length)
		return line.data[at] == ':' ? LINE_FIELD : LINE_OTHER;
	return complete ? LINE_OTHER : LINE_UNDECIDED;
}

/* --- what becomes of it ---------------------------------------------------------------- */

enum status
mail_heading_rewrite(struct span heading, const struct mail_heading_defaults *defaults,
                     struct mail_addresses *recipients, struct buffer *out,
                     struct diagnostic *diagnostic)
{
	struct rewriting rewriting = {
		.defaults = defaults, .recipients = recipients, .out = out, .diagnostic = diagnostic
	};
	enum status status = check_characters(heading, diagnostic);
	struct span field, name;

	mail_addresses_init(&rewriting.resent);
	buffer_append_format(out, "Received: %s\n", defaults->received);
	while (status == STATUS_OK && mail_heading_next(&heading, &field, &name))
		if (field.length < 5 || memcmp(field.data, "From ", 5) != 0)
			status = rewrite_field(&rewriting, field, name);
	if ((rewriting.seen & ROLE_FROM) == 0)
		buffer_append_format(out, "From: %s\n", defaults->from);
	if ((rewriting.seen & ROLE_DATE) == 0)
		buffer_append_format(out, "Date: %s\n", defaults->date);
	if ((rewriting.seen & ROLE_ID) == 0)
		buffer_append_format(out, "Message-ID: %s\n", defaults->message_id);
	buffer_append_text(out, "\n");
	if (recipients != NULL && (rewriting.seen & ROLE_RESENT) != 0) {
		mail_addresses_release(recipients);
		move_addresses(&rewriting.resent, recipients);
	}
	mail_addresses_release(&rewriting.resent);
	return status;
}

static enum status
check_characters(struct span heading, struct diagnostic *diagnostic)
{
	for (size_t i = 0; i < heading.length; i++) {
		uint8_t byte = heading.data[i];
		bool end = byte == '\r' && (i + 1 == heading.length || heading.data[i + 1] == '\n');

		if ((byte < ' ' && byte != '\t' && byte != '\n' && !end) || byte == 0x7f) {
			diagnostic_set(diagnostic,
			               "the heading holds a control character (byte 0x%02x)", byte);
			return STATUS_INVALID;
		}
	}
	return STATUS_OK;
}

/* A line with those that go on from it, newlines included. */
static size_t
field_length(struct span rest)
{
	size_t length = 0;

	do {
		const uint8_t *newline = memchr(rest.data + length, '\n', rest.length - length);

		if (newline == NULL)
			return rest.length;
		length = (size_t)(newline - rest.data) + 1;
	} while (length < rest.length && (rest.data[length] == ' ' || rest.data[length] == '\t'));
	return length;
}

static enum status
rewrite_field(struct rewriting *rewriting, struct span field, struct span trimmed)
{
	const uint8_t *colon = memchr(field.data, ':', field.length);
	struct span    name  = { field.data, colon == NULL ? 0 : (size_t)(colon - field.data) };
	unsigned       roles = roles_of(trimmed);
	struct buffer  value;
	enum status    status = STATUS_OK;

	rewriting->seen |= roles;
	if ((roles & ROLE_ADDRESSES) == 0) {
		if ((roles & ROLE_REMOVED) == 0)
			append_value(rewriting->out, field);
		return STATUS_OK;
	}
	buffer_init(&value);
	append_value(&value, (struct span){ colon + 1, field.length - name.length - 1 });
	status = rewrite_addresses(rewriting, name, buffer_text(&value), roles);
	buffer_release(&value);
	return status;
}

bool
mail_heading_next(struct span *rest, struct span *field, struct span *name)
{
	const uint8_t *colon;

	if (rest->length == 0)
		return false;
	*field = (struct span){ rest->data, field_length(*rest) };
	colon  = memchr(field->data, ':', field->length);
	*name  = (struct span){ field->data, colon == NULL ? 0 : (size_t)(colon - field->data) };
	while (name->length > 0 &&
	       (name->data[name->length - 1] == ' ' || name->data[name->length - 1] == '\t'))
		name->length--; /* RFC 822 allowed blanks before the colon */
	rest->data += field->length;
	rest->length -= field->length;
	return true;
}

bool
mail_heading_value(struct span heading, const char *lower, struct buffer *value)
{
	struct span field, name;

	while (mail_heading_next(&heading, &field, &name)) {
		const uint8_t *at = memchr(field.data, ':', field.length);

		if (!mail_heading_is(name, lower))
			continue;
		for (at++; at < field.data + field.length; at++)
			if (*at == '\t' || (*at == ' ' && value->length == 0))
				buffer_append_text(value, value->length == 0 ? "" : " ");
			else if (*at != '\r' && *at != '\n' && *at != '\0')
				buffer_append_u8(value, *at);
		while (value->length > 0 && value->data[value->length - 1] == ' ')
			value->data[--value->length] = '\0';
		return true;
	}
	return false;
}

size_t
mail_heading_count(struct span heading, const char *lower)
{
	struct span field, name;
	size_t      count = 0;

	while (mail_heading_next(&heading, &field, &name))
		count += mail_heading_is(name, lower) ? 1 : 0;
	return count;
}

static unsigned
roles_of(struct span name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (mail_heading_is(name, fields[i].name))
			return fields[i].roles;
	return ROLE_PLAIN;
}

bool
mail_heading_is(struct span name, const char *lower)
{
	if (strlen(lower) != name.length)
		return false;
	for (size_t i = 0; i < name.length; i++)
		if (spelling_lower((char)name.data[i]) != lower[i])
			return false;
	return true;
}

/* A field that cannot be read stays as it is, unless it should have told a recipient. */
static enum status
rewrite_addresses(struct rewriting *rewriting, struct span name, const char *value, unsigned roles)
{
	struct mail_addresses addresses;
	bool        wanted = rewriting->recipients != NULL && (roles & ROLE_RECIPIENT) != 0;
	const char *at     = value;
	enum status status;

	mail_addresses_init(&addresses);
	status = mail_addresses_parse(&addresses, value, wanted ? rewriting->diagnostic : NULL);
	if ((roles & ROLE_REMOVED) == 0) {
		buffer_append_span(rewriting->out, name);
		buffer_append_text(rewriting->out, ":");
		for (size_t i = 0; status == STATUS_OK && i < addresses.count; i++) {
			if (!addresses.items[i].bare)
				continue;
			buffer_append(rewriting->out, at,
			              addresses.items[i].end - (size_t)(at - value));
			buffer_append_format(rewriting->out, "@%s", rewriting->defaults->node);
			at = value + addresses.items[i].end;
		}
		buffer_append_text(rewriting->out, at);
	}
	if (wanted)
		move_addresses(&addresses, (roles & ROLE_RESENT) != 0 ? &rewriting->resent
		                                                      : rewriting->recipients);
	else
		status = STATUS_OK;
	mail_addresses_release(&addresses);
	return status;
}

/* Lines with LF at their ends, the last one too. */
static void
append_value(struct buffer *out, struct span lines)
{
	for (size_t i = 0; i < lines.length; i++)
		if (lines.data[i] != '\r')
			buffer_append_u8(out, lines.data[i]);
	if (lines.length == 0 || lines.data[lines.length - 1] != '\n')
		buffer_append_u8(out, '\n');
}

static void
move_addresses(struct mail_addresses *from, struct mail_addresses *to)
{
	for (size_t i = 0; i < from->count; i++) {
		to->items =
		    memory_grow(to->items, &to->capacity, to->count + 1, sizeof(to->items[0]));
		to->items[to->count++] = from->items[i];
	}
	from->count = 0;
}

/* --- the lone dot ---------------------------------------------------------------------- */

bool
mail_dot_pass(struct mail_dot *dot, struct span bytes, struct buffer *out)
{
	for (size_t i = 0; i < bytes.length; i++) {
		uint8_t byte = bytes.data[i];

		if (dot->dot && byte == '\n')
			return true;
		if (dot->dot && byte == '\r' && !dot->carriage) {
			dot->carriage = true;
			continue;
		}
		if (dot->dot)
			buffer_append_text(out, dot->carriage ? ".\r" : ".");
		dot->dot      = !dot->dot && dot->line_start && byte == '.';
		dot->carriage = false;
		if (!dot->dot)
			buffer_append_u8(out, byte);
		dot->line_start = byte == '\n';
	}
	return false;
}
