/*
 * world.h - several nodes in one process, under virtual time
 *
 * The node's own code (daemon/node, session, delivery, the spool, SQLite) runs unchanged;
 * the world is its driver. Time is a heap of (moment, sequence): pop, step that node,
 * perform its actions on simulated links and files. Everything is drawn from one seed, so
 * a seed is a run, byte for byte (architecture section 6).
 *
 * A node's power may fail between a commit and the actions it releases, and at any file
 * operation: then what its disk had not synced is lost or torn (sim_disk.h), its calls are
 * cut, and it boots again from what is left.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/node/node.h"
#include "spool/base/random.h"
#include "spool/disk/body_file.h"
#include "tests/sim/ledger.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_vfs.h"

enum { WORLD_NODES_MAX = 12, WORLD_CALLS_MAX = 64, WORLD_BODIES_MAX = 64 };

/* What may go wrong, in chances out of a thousand; drawn from the seed. */
struct world_faults {
	unsigned crash_after_commit; /* of a step: power fails before its actions   */
	unsigned crash_at_operation; /* of a boot: it will fail at some file operation */
	unsigned cut;                /* of a piece of bytes: the call is cut        */
	unsigned fragment;           /* of a piece of bytes: it comes in two        */
	unsigned slow_disk;          /* of a sync: its answer takes seconds */
	unsigned full_disk;          /* of a node: its disk is full for some seconds */
	unsigned reader;             /* of a delivery: a mail reader moves it on    */
};

struct world_body { /* a body file that is being written; key 0 = a free slot */
	int64_t           key;
	struct body_file *file;   /* NULL: closed, or failed                          */
	bool              failed; /* ignored until it begins again at what is durable */
	uint64_t          durable;
};

struct world_node {
	unsigned          index;
	struct name       name;
	struct buffer     description;
	struct disk      *disk;
	char              vfs_name[32];
	struct sim_vfs   *vfs;
	unsigned          boot; /* counts; events of an earlier one are dropped */
	bool              alive;
	int64_t           booted_ms; /* its monotonic clock starts here */
	struct store     *store;
	struct node      *node;
	struct actions    actions;
	struct world_body bodies[WORLD_BODIES_MAX];
	int64_t           wake_at; /* of the latest wake that is scheduled */
};

struct world_call { /* one call, two ends */
	bool     open;
	unsigned caller, answerer; /* node indices             */
	uint64_t caller_id, answerer_id;
	bool     answered;
	int64_t  free_at[2]; /* when the line to each end is free again: [0] to the answerer */
};

struct world {
	int64_t             now_ms;
	struct random       random;
	struct world_faults faults;
	bool                healing; /* the liveness phase: no more faults */
	struct world_node   nodes[WORLD_NODES_MAX];
	unsigned            node_count;
	struct world_call   calls[WORLD_CALLS_MAX];
	struct pending     *heap;
	size_t              heap_count, heap_capacity;
	uint64_t            sequence;
	uint64_t            next_answer; /* odd ids */
	uint64_t            next_client;
	struct ledger       ledger;
	uint64_t            hash; /* of everything that happened, for replay */
	uint64_t            steps;
	char                failure[512]; /* "" while all is well */
};

/* What is due at some moment. */
enum pending_kind {
	PENDING_EVENT,
	PENDING_WAKE,
	PENDING_BOOT,
	PENDING_SUBMIT,
	PENDING_FULL,  /* the node's disk has little room from now on */
	PENDING_SPACE, /* and has room again                          */
};

struct pending {
	int64_t           at_ms;
	uint64_t          sequence;
	enum pending_kind kind;
	unsigned          node;
	unsigned          boot;
	struct event      event;
	uint8_t          *bytes; /* of the event; owned */
	char             *text;
	size_t            submission; /* index in the ledger */
	uint64_t          call;       /* answerer_id of the call it belongs to, or 0 */
};

void world_init(struct world *world, uint64_t seed);
void world_release(struct world *world);

/*
 * Draws nodes and links: for every fourth seed departments whose leaves nobody else sees, else
 * two to five nodes that all see each other.
 */
void world_draw_shape(struct world *world, uint64_t seed);
/* By hand: a node, without power as yet. Then what its description says of links; then the rest. */
struct world_node *world_add_node(struct world *world, const char *name, const char *visible);
void               world_link(struct world *world, struct world_node *from, struct world_node *to);
void               world_describe_services(struct world *world);

/* Runs until nothing is due before `until_ms`, or something is wrong. */
void world_run(struct world *world, int64_t until_ms);

/* No more faults, every node up. */
void world_heal(struct world *world);

void world_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool world_chance(struct world *world, unsigned of_thousand);

/* Counts what is where; `at_rest`: everything accepted must have arrived. */
void world_check(struct world *world, bool at_rest);
/* A mail reader moves all of new/ to cur/. */
void world_read_mail(struct world *world, struct world_node *node);

/* --- within the room */
struct pending *world_schedule(struct world *world, enum pending_kind kind, unsigned node,
                               int64_t delay_ms);
/* An event for a node, with copies of its bytes and text. */
void world_event(struct world *world, struct world_node *node, const struct event *event,
                 int64_t delay_ms, uint64_t call);
void world_power_fails(struct world *world, struct world_node *node);
void world_boot(struct world *world, struct world_node *node);
/* How long the disk takes to answer. */
int64_t world_disk_ms(struct world *world);
/* The first `count` actions of the step; the power fails behind them if there are more. */
void world_perform(struct world *world, struct world_node *node, size_t count);
void world_clean_bodies(struct world *world, struct world_node *node);
void world_close_bodies(struct world_node *node);

void world_call_open(struct world *world, struct world_node *node, const struct action *action);
void world_call_send(struct world *world, struct world_node *node, uint64_t id, struct span bytes);
void world_call_close(struct world *world, struct world_node *node, uint64_t id);
void world_calls_cut(struct world *world, struct world_node *node);

#endif
