/*
 * query.h - answers to operators and users, for people and as JSON
 *
 * Everything that `mulga` shows of a node is computed here from the store, the topology and
 * the tables: by the daemon for its clients, and by mulga-spool where no daemon runs (then
 * `live` is NULL). What changes the node is the daemon's business (node_control.c).
 * The shapes of the JSON are interface.md section 4, a contract.
 */
#ifndef SPOOL_QUERY_QUERY_H
#define SPOOL_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/description/description.h"
#include "spool/route/route.h"
#include "spool/store/store.h"
#include "spool/store/store_message.h"
#include "spool/topology/topology.h"

/* What goes one way in a call: messages on the line, bytes of their bodies, how fast. */
struct query_flow {
	uint64_t messages, bytes, left_bytes;
	uint64_t bytes_per_s; /* 0 = not known */
};

/* When a copy is expected to be said, and to be there; 0 = not known. */
struct query_forecast {
	const char     *waits; /* static: see query_link */
	struct walltime contact, arrival;
};

/* What drives a line says of it; 0, "" and -1: nothing. */
struct query_line {
	int64_t rate_bits;
	int64_t round_trip_ms;
	int64_t quality_percent;
	int64_t frames; /* 0: not a line of frames */
	int64_t frames_again;
	int64_t damaged;
	char    signal[32];
	char    text[128];
	char    words[256]; /* all of it, for people */
};

/* What only a running daemon knows about one link. */
struct query_link {
	char            neighbor[NAME_MAX_BYTES + 1];
	char            label[64];    /* "" = the only one                             */
	const char     *state;        /* up calling waiting down dead: static          */
	char            text[256];    /* why, for people; "" = nothing to say          */
	struct walltime since;        /* of that state                                 */
	struct walltime next_contact; /* 0 = not known, or now                         */
	struct walltime heard;        /* when something last came from the far end      */
	int64_t         measured_ms;  /* delay of the way in; -1 = not measured         */
	const char *waits;   /* static: now nothing back-off window device answer operator medium */
	bool        called;  /* there is a call ...                           */
	bool        dialled; /* ... that we made                              */
	struct walltime   begun;    /* ... then                                      */
	struct walltime   ends;     /* ... and that is over then, at the latest; 0: it may go on */
	const char       *ends_why; /* static                                        */
	uint64_t          sent_bytes, received_bytes; /* in it                            */
	struct query_flow out, in;
	bool              clock_told; /* the far end has said what its clock shows, ... */
	int64_t           skew_ms;    /* ... so much more than ours                     */
	struct query_line line;       /* of this call */
};

/* A link has changed its state. Texts are borrowed. */
struct query_link_change {
	struct walltime at;
	const char     *link, *from, *to, *text;
};

struct query_live {
	const struct query_link *links;
	size_t                   link_count;
	const char *const       *listening;
	size_t                   listening_count;
	const char              *deaf; /* why it does not listen everywhere, or NULL */
	const char *const       *warnings;
	size_t                   warning_count;
	int64_t                  uptime_ms;
	/* Of `watch`: how often this client has looked before, and what changed since. */
	const struct query_link_change *changes;
	size_t                          change_count;
	bool                            changes_lost; /* there were more */
	uint64_t                        looks;
	/* Copies on the line at this moment ("sending" is never written to the disk). */
	bool (*sending)(const void *context, int64_t copy);
	void (*forecast)(const void *context, const struct stored_copy *copy,
	                 struct query_forecast *forecast);
	const void *context;
};

struct query {
	struct store                  *store;
	const struct description_node *home;
	const struct topology         *topology;
	const struct topology         *full; /* the same, with all that a hub told (D29)   */
	const struct route_tables     *tables;
	const struct query_live       *live; /* NULL: no daemon runs               */
	struct now                     now;
	int64_t                        spool_ms; /* the spool's own time now           */
	const char                    *key;  /* the node's own, as at `auth key`; NULL: not known */
	const char                    *user; /* who asks; "" = the operator        */
	bool                           is_operator; /* may see everybody's messages       */
	bool                           json;
};

enum { QUERY_NOT_MINE = -1 };

/*
 * Runs one verb that reads: routes explain status links queue sent why trace topology map fetch.
 * `arguments[0]` is the verb; options as in interface.md section 3 (--json is already
 * taken out). Returns the exit code, QUERY_NOT_MINE for another verb; appends what is to
 * be printed to *out and messages to *errors.
 */
int query_run(const struct query *query, const char *const *arguments, size_t count,
              struct buffer *out, struct buffer *errors);

#endif
