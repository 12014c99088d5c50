/*
 * message_id.h - the id of a message, the same on every node
 *
 * `<origin>-<80 random bits in base32>`: a serial would repeat after a restored backup and
 * be taken for a duplicate (interface section 4). Base32 is RFC 4648's alphabet in lower
 * case: sixteen characters, no padding, safe in file names and mail headers.
 */
#ifndef SPOOL_MESSAGE_MESSAGE_ID_H
#define SPOOL_MESSAGE_MESSAGE_ID_H

#include "spool/base/diagnostic.h"
#include "spool/base/random.h"
#include "spool/base/status.h"
#include "spool/name/name.h"

enum { MESSAGE_TOKEN_BYTES = 10, MESSAGE_TOKEN_TEXT = 16 };
enum { MESSAGE_ID_MAX_BYTES = NAME_MAX_BYTES + 1 + MESSAGE_TOKEN_TEXT };

struct message_id {
	char text[MESSAGE_ID_MAX_BYTES + 1];
};

void message_id_make(struct message_id *id, const struct name *origin,
                     const uint8_t token[MESSAGE_TOKEN_BYTES]);
void message_id_draw(struct message_id *id, const struct name *origin, struct random *random);
enum status message_id_parse(struct message_id *id, const char *text,
                             struct diagnostic *diagnostic);
/* The origin node inside a valid id. */
void message_id_origin(const struct message_id *id, struct name *origin);

#endif
