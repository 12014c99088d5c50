/*
 * node_carry.h - messages that travel by hand: what node_carry*.c share
 *
 * A client of the control socket writes and reads the media (tools/thin_carry.c); this node makes
 * the bytes and takes them. So no medium can hang the daemon, and files are opened by whoever
 * may. What was written is on a stick once the client has said that it is durable there: then,
 * in one step, its copies become "carried". They stay ours until the reader acknowledges them by
 * a message of service control, which comes by whatever way there is.
 */
#ifndef DAEMON_NODE_NODE_CARRY_H
#define DAEMON_NODE_NODE_CARRY_H

#include "daemon/node/node_stick.h"
#include "spool/bundle/bundle.h"
#include "spool/store/store_carry.h"

#define TITLE_CARRIED "carried" /* of an acknowledgement */

enum { ANSWER_TOKEN = 1, ANSWER_TAKEN, ANSWER_OTHER }; /* fields of an acknowledgement */

/* A bundle that is being written for a client, or was and waits to be confirmed. */
struct carry_out {
	uint64_t              client;
	char                  neighbor[NAME_MAX_BYTES + 1];
	struct carry_plan    *plan; /* what is to go, in this order               */
	size_t                plan_count, plan_capacity;
	size_t                at;      /* of it, the next one                       */
	int64_t              *written; /* copies, by the number of their item   */
	size_t                written_count, written_capacity;
	uint64_t              left_out_count, left_out_bytes; /* for want of room */
	bool                  closed;  /* no window of the link is open          */
	uint64_t              counted; /* bytes of the link's day                */
	struct bundle_writer *writer;  /* NULL: it is complete                     */
	char                  id[2 * BUNDLE_ID_BYTES + 1];
	uint8_t               token[SEAL_TOKEN_BYTES];
	int64_t               body; /* message whose body is being read; 0 = none */
	uint64_t              offset, left;
	bool                  reading; /* an EVENT_BODY_READ is to come           */
	uint64_t              unsent, bytes;
	struct carry_out     *next;
};

/* What `carry write` is to write. */
struct carry_wanted {
	const char *neighbor;
	bool        visit; /* by the daemon's own errand: the link's windows hold */
	uint64_t    space; /* bytes of the bundle at most                         */
	unsigned    repair_percent;
	uint64_t    used;  /* by bundles that are there already                   */
	int64_t     again; /* what is on that stick; 0: what is queued            */
};

struct carry_plan {
	int64_t copy, message;
};

/* Bundles that a client brings, one after the other. */
struct carry_in {
	uint64_t              id;
	uint64_t              client; /* 0: it went away */
	struct bundle_reader *reader;
	uint64_t              bundle;  /* the one being read, by our count; 0 = none */
	struct carry_taken   *taken;   /* all of them                           */
	bool                  over;    /* no bytes follow                       */
	unsigned              skipped; /* bundles that are not ours to take     */
	int                   code;
	struct buffer         out;
	struct carry_in      *next;
};

/* What became of one bundle. */
struct carry_taken {
	uint64_t            id;
	char                from[NAME_MAX_BYTES + 1];
	uint8_t             token[SEAL_TOKEN_BYTES];
	struct walltime     written;
	bool                ended, whole;
	uint32_t            pending; /* items that have no verdict yet */
	uint32_t            count, refused, later, lost_items;
	struct buffer       runs, others;         /* fields of the next acknowledgement */
	uint32_t            run_first, run_count; /* taken items that it does not have yet */
	struct buffer       lost;                 /* for people */
	struct carry_taken *next;
};

struct node_carrier {
	bool                 has_key;
	struct seal_identity identity;
	struct carry_out    *outs;
	struct carry_in     *ins;
	uint64_t             next_id; /* of ins and their bundles */
	struct instant       deadline;
};

/* --- node_carry.c */
/* The link by which bundles for that neighbor go: one with a folder if there is any; or NULL. */
struct node_link                   *node_carry_link(const struct node *node, const char *neighbor);
const struct description_transport *node_carry_transport(const struct node_link *link);
bool                                node_carry_is_answer(const struct node_message *message);

/* --- node_carry_out.c */
void node_carry_plan(struct node *node, struct node_client *client,
                     const struct control_request *request);
void node_carry_write(struct node *node, struct node_client *client,
                      const struct control_request *request);
void node_carry_out_free(struct node *node, struct carry_out *out);
void node_carry_out_event(struct node *node, struct carry_out *out, const struct event *event);

/* --- node_carry_pack.c */
/* Chooses what goes, into *out; returns the bytes of content. */
uint64_t node_carry_pack(struct node *node, struct node_link *link,
                         const struct carry_wanted *wanted, struct carry_out *out);
/* What was chosen goes after all: it counts in the link's day. */
void node_carry_packed(struct carry_out *out);
/* It does not, if that was not said: the link's day has it back. */
void node_carry_unpack(struct node *node, struct carry_out *out);

/* --- node_carry_in.c */
void node_carry_look(struct node *node, struct node_client *client,
                     const struct control_request *request);
void node_carry_in_begin(struct node *node, struct node_client *client);
void node_carry_in_free(struct node *node, struct carry_in *in);
void node_carry_in_gone(struct node *node, struct carry_in *in); /* its client is */

#endif
