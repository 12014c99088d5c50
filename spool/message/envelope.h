/*
 * envelope.h - the heading of a message: what its origin said, once
 *
 * The heading is immutable: relays store and forward the encoded bytes as they came
 * (unknown fields included), so that the origin's signature over them can be verified
 * at the end. What changes on the way is in transit.h.
 */
#ifndef SPOOL_MESSAGE_ENVELOPE_H
#define SPOOL_MESSAGE_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/message/message_id.h"
#include "spool/message/notify.h"

enum preference { PREFERENCE_FASTEST, PREFERENCE_CHEAPEST };

/* A lower value goes first (interface section 2). */
enum priority { PRIORITY_URGENT, PRIORITY_HIGH, PRIORITY_NORMAL, PRIORITY_LOW };

enum {
	ENVELOPE_SERVICE_MAX  = 31,   /* bytes of a service's name            */
	ENVELOPE_SENDER_MAX   = 320,  /* bytes of a mail address, RFC 5321    */
	ENVELOPE_TITLE_MAX    = 255,  /* bytes of a file's or message's name  */
	ENVELOPE_END_MAX      = 1023, /* bytes of a destination that ended    */
	ENVELOPE_REASON_MAX   = 255,  /* bytes of the sentence that says why  */
	ENVELOPE_MAX_BYTES    = 8192, /* of the whole encoded heading         */
	ENVELOPE_DIGEST_BYTES = 32,
	ENVELOPE_PARTS_MAX    = 1024, /* of one file                          */
};

/* What a report says to its reader's node: how one destination of a message ended. */
struct envelope_end {
	struct message_id id;                   /* of that message; "" = says nothing   */
	char destination[ENVELOPE_END_MAX + 1]; /* what was left of it where it ended   */
	char outcome[16];                       /* delivered returned expired cancelled */
	char reason[ENVELOPE_REASON_MAX + 1];   /* "" = none                            */
};

/* The message that its origin sent before it, to the same address with the same service. */
struct envelope_after {
	struct message_id id;      /* "" = none that may still be under way          */
	int64_t           left_ms; /* how long that one could still live, at the origin */
};

/* A file that was too large for some link on its way, cut where its origin submitted it. */
struct envelope_part {
	char     set[MESSAGE_TOKEN_TEXT + 1]; /* the same in all its parts; "" = it is whole */
	uint32_t number, count;               /* from 1; of so many, 2 to ENVELOPE_PARTS_MAX */
};

struct envelope {
	struct message_id id;
	char service[ENVELOPE_SERVICE_MAX + 1]; /* "mail", "news", "file", "control", ... */
	char sender[ENVELOPE_SENDER_MAX + 1];   /* "user@node"; "" = nobody: a report      */
	char title[ENVELOPE_TITLE_MAX + 1];     /* --name, a file's name; "" = none        */
	enum preference       preference;
	enum priority         priority;
	bool                  receipt;     /* tell the sender when it was delivered          */
	bool                  report;      /* is itself a report: none is made about it      */
	uint32_t              mode;        /* a file's permission bits; 0 = none given       */
	struct walltime       modified;    /* a file's time; 0 = none given                  */
	struct walltime       created;     /* the origin's clock, for display                */
	int64_t               lifetime_ms; /* of residence in spools, not by any clock (T4)  */
	uint64_t              size_bytes;  /* of the body                                    */
	uint8_t               digest[ENVELOPE_DIGEST_BYTES]; /* body_digest.h                 */
	struct envelope_end   about;   /* of a report                                    */
	struct envelope_after after;   /* what the same address was sent before    */
	struct notify         notify;  /* of a mail: which reports are wanted, and how   */
	struct envelope_part  part;    /* of a file that was cut                         */
	struct buffer         unknown; /* fields of newer versions, as they came; owned  */
};

void envelope_init(struct envelope *envelope);
void envelope_release(struct envelope *envelope);
void envelope_encode(const struct envelope *envelope, struct buffer *out);

/*
 * Fills an initialised envelope. STATUS_INVALID (the field's name in diagnostic->path, the
 * envelope empty again) for what breaks a limit above, lacks a field that a message
 * must have, or is not what envelope_encode would write: one heading, one encoding.
 */
enum status envelope_decode(struct envelope *envelope, struct span bytes,
                            struct diagnostic *diagnostic);

/* Is it whole, or a part of something? */
bool envelope_part_valid(const struct envelope_part *part);

/* `[a-z0-9-]+`, at most ENVELOPE_SERVICE_MAX bytes: it becomes file names and arguments. */
bool service_valid(const char *service);

const char *preference_text(enum preference preference);
const char *priority_text(enum priority priority);
enum status priority_parse(enum priority *priority, const char *text);
/* control urgent, mail under 16 KiB high, other mail normal, files and news low */
enum priority priority_usual(const char *service, uint64_t size_bytes);

#endif
