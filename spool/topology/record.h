/*
 * record.h - one node's local data, as a value and as bytes
 *
 * A record is what the paper calls the local data of a node: its name, the region it is
 * visible in, and every link it has, both ways, as this end sees it. The node numbers its
 * versions (serial), signs the bytes elsewhere and tells those whom routing.md D23 names.
 *
 * The bytes are fields (number u16, length u32, bytes), numbers ascending. Fields of a
 * later version of mulga are kept and re-encoded as they came, because a node between
 * two newer ones must hand on exactly what was signed. The encoding is canonical: bytes
 * that would not come out again the same are refused, so equal records are equal bytes.
 */
#ifndef SPOOL_TOPOLOGY_RECORD_H
#define SPOOL_TOPOLOGY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/name/name.h"
#include "spool/topology/record_limits.h"

enum {
	RECORD_MAX_BYTES         = 24576, /* it travels in a message whose body is a row */
	RECORD_MAX_LINKS         = 8192,
	RECORD_LABEL_MAX_BYTES   = 63,
	RECORD_CONTACT_MAX_BYTES = 4096,
};

/* Delays up to 31 days, costs up to 10^9: no sum along a path can overflow 64 bits. */
#define RECORD_MAX_DELAY_MS UINT32_C(2678400000)
#define RECORD_MAX_COST     UINT32_C(1000000000)

enum record_direction {
	RECORD_OUTBOUND, /* node -> to: this end states the cost; the delay is a first guess   */
	RECORD_INBOUND,  /* to -> node: this end states delay and restriction; the cost is the */
			 /* far end's, given here as a guess until the far end has spoken      */
};

struct record_link {
	struct name to;                                /* the far end, not the node itself */
	char        label[RECORD_LABEL_MAX_BYTES + 1]; /* "" or as in `link x as LABEL`    */
	enum record_direction direction;
	uint32_t              delay_ms;
	uint32_t              cost;
	bool                  restricted;  /* carries only destinations inside `restriction` */
	bool                  dead;        /* known to exist, carries nothing (D10) ...      */
	bool                  down;        /* ... for a while: not given up                  */
	struct name           restriction; /* "" (the world) when not restricted             */
	struct record_limits  limits;      /* of what goes over it                          */
};

struct record {
	struct name         node;
	struct name         visible; /* an ancestor of node, or node itself */
	uint64_t            serial;  /* a later version has a larger one; 1 to INT64_MAX */
	struct record_link *links;   /* ascending by record_link_compare; owned */
	size_t              link_count;
	size_t              link_capacity;
	struct name         renamed; /* "" or the name that the node has given up this one for */
	struct walltime     renamed_until; /* then it is nobody's; INT64_MAX = never */
	struct buffer       contact;       /* text for people, UTF-8 without NUL; may be empty */
	struct buffer       unknown;       /* fields of later versions, encoded as they came */
};

void record_init(struct record *record);
void record_release(struct record *record);
void record_clear(struct record *record);
void record_copy(struct record *to, const struct record *from);

/*
 * Adds a link in its place. STATUS_EXISTS: there is one of that far end, direction and
 * label; STATUS_INVALID: it breaks a limit above, or its far end is the node itself (set
 * `node` first); STATUS_TOO_BIG: RECORD_MAX_LINKS are there.
 */
enum status record_add_link(struct record *record, const struct record_link *link);

/* Do both say the same of what can be reached? They may differ in delays, costs and contact. */
bool record_reaches_alike(const struct record *a, const struct record *b);

/* Total order: far end, outbound before inbound, label. */
int record_link_compare(const struct record_link *a, const struct record_link *b);

/*
 * Appends the bytes. STATUS_INVALID: the record breaks a rule that decode would check;
 * STATUS_TOO_BIG: more than RECORD_MAX_BYTES. Then nothing was appended.
 */
enum status record_encode(const struct record *record, struct buffer *out);

/*
 * Reads what came from outside into an initialised record. STATUS_TOO_BIG or
 * STATUS_INVALID with the reason in *diagnostic (which may be NULL): then the record is
 * clear.
 */
enum status record_decode(struct record *record, struct span bytes, struct diagnostic *diagnostic);

#endif
