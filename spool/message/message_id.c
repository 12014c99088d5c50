/*
 * message_id.c - make ids and read them back
 *
 * The token has a fixed length and no hyphen, so an origin that has hyphens itself is
 * cut off unambiguously from the right.
 */
#include "spool/message/message_id.h"

#include <stdio.h>
#include <string.h>

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static enum status refuse(struct diagnostic *diagnostic, const char *text);
static void        copy_origin(const char *text, struct name *origin);

void
message_id_make(struct message_id *id, const struct name *origin,
                const uint8_t token[MESSAGE_TOKEN_BYTES])
{
	char     text[MESSAGE_TOKEN_TEXT + 1];
	unsigned bits = 0, held = 0;
	size_t   length = 0;

	for (size_t i = 0; i < MESSAGE_TOKEN_BYTES; i++) {
		bits = (bits << 8 | token[i]) & 0xfff; /* at most 4 + 8 are still needed */
		for (held += 8; held >= 5; held -= 5)
			text[length++] = alphabet[bits >> (held - 5) & 31];
	}
	text[length] = '\0';
	snprintf(id->text, sizeof(id->text), "%s-%s", origin->text, text);
}

void
message_id_draw(struct message_id *id, const struct name *origin, struct random *random)
{
	uint8_t  token[MESSAGE_TOKEN_BYTES];
	uint64_t bits = 0;

	for (size_t i = 0; i < MESSAGE_TOKEN_BYTES; i++) {
		if (i % 8 == 0)
			bits = random_next(random);
		token[i] = (uint8_t)(bits >> 56);
		bits <<= 8;
	}
	message_id_make(id, origin, token);
}

enum status
message_id_parse(struct message_id *id, const char *text, struct diagnostic *diagnostic)
{
	size_t      length = strlen(text);
	struct name origin, parsed;

	if (length < 1 + 1 + MESSAGE_TOKEN_TEXT || length > MESSAGE_ID_MAX_BYTES)
		return refuse(diagnostic, text);
	if (text[length - MESSAGE_TOKEN_TEXT - 1] != '-' ||
	    strspn(text + length - MESSAGE_TOKEN_TEXT, alphabet) != MESSAGE_TOKEN_TEXT)
		return refuse(diagnostic, text);
	copy_origin(text, &origin);
	if (name_parse(&parsed, origin.text, NULL) != STATUS_OK ||
	    name_compare(&parsed, &origin) != 0) /* another spelling would be another id */
		return refuse(diagnostic, text);
	memcpy(id->text, text, length + 1);
	return STATUS_OK;
}

void
message_id_origin(const struct message_id *id, struct name *origin)
{
	copy_origin(id->text, origin);
}

static void
copy_origin(const char *text, struct name *origin)
{
	size_t length = strlen(text) - MESSAGE_TOKEN_TEXT - 1;

	*origin = (struct name){ "" };
	memcpy(origin->text, text, length);
}

static enum status
refuse(struct diagnostic *diagnostic, const char *text)
{
	diagnostic_set(diagnostic, "\"%.80s\" is no message id", text);
	return STATUS_INVALID;
}
