/*
 * world.h - many nodes in one process, under virtual time
 *
 * The node's own code (daemon/node, session, delivery, the spool, SQLite) runs unchanged;
 * the world is its driver. Time is a heap of (moment, sequence): pop, step that node,
 * perform its actions on simulated links and files. Everything is drawn from one seed, so
 * a seed is a run, byte for byte (architecture section 6).
 *
 * A node's power may fail between a commit and the actions it releases, and at any file
 * operation: then what its disk had not synced is lost or torn (sim_disk.h), its calls are
 * cut, and it boots again from what is left.
 *
 * The same engine carries five nodes or ten thousand: what happens costs as much as it
 * concerns, nothing is searched that grows with the world. In a steady world no power fails,
 * so nothing is kept that only a crash would need: its spools are SQLite databases in memory.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/node/node.h"
#include "spool/base/random.h"
#include "spool/description/description.h"
#include "spool/disk/body_file.h"
#include "spool/name/region_tree.h"
#include "tests/sim/ledger.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_vfs.h"

/* What may go wrong, in chances out of a thousand; drawn from the seed. */
struct world_faults {
	unsigned crash_after_commit; /* of a step: power fails before its actions   */
	unsigned crash_at_operation; /* of a boot: it will fail at some file operation */
	unsigned cut;                /* of a piece of bytes: the call is cut        */
	unsigned fragment;           /* of a piece of bytes: it comes in two        */
	unsigned slow_disk;          /* of a sync: its answer takes seconds */
	unsigned reader;             /* of a delivery: a mail reader moves it on    */
	unsigned silent;             /* of a piece of bytes: nothing comes after it, for ever */
	unsigned corrupt;            /* of a piece of a body file: a byte of it is wrong */
	unsigned slow_line;          /* of a link: it is slow, one way              */
	unsigned handler;            /* of a delivery to a program: it does not go well */
	unsigned strikes;            /* the kinds of world_fault that there are, as bits */
};

/* What strikes a node at a moment drawn beforehand; what ends it comes behind FAULT_KINDS. */
enum world_fault {
	FAULT_FULL,    /* the disk has little room from now on ...             */
	FAULT_RESTART, /* the process ends, and is begun anew                  */
	FAULT_CLOCK,   /* the wall clock is set, to anything                   */
	FAULT_SYNC,    /* a sync of the disk will fail                         */
	FAULT_BACKUP,  /* the disk is copied, and will be as it was ...        */
	FAULT_EDIT,    /* the operator changes the description                 */
	FAULT_TYPO,    /* the operator spoils it ...                           */
	FAULT_CLOSED,  /* a link cannot be called over ...                     */
	FAULT_LIE,     /* the node tells of itself or of another what is not so */
	FAULT_KINDS,
	FAULT_SPACE,    /* ... and has room again              */
	FAULT_RESTORED, /* ... so from now on                  */
	FAULT_MENDED,   /* ... and has written it as it should be */
	FAULT_OPENED,   /* ... and can be again                */
	FAULT_RELEASED, /* the operator lets go what is held   */
	FAULT_REFORMED, /* a liar's process begins anew        */
};

/* What a way from a node to a neighbor is like. */
struct world_line {
	unsigned to; /* node index                                                 */
	int64_t  latency_ms;
	uint64_t bits_per_s;
	bool     closed; /* no call comes through, for the moment         */
};

/* What a node's operator says of a link; its far end says its own. */
struct world_link {
	struct world_node *to;
	unsigned           delay_s, cost;
	struct world_node *only;   /* restricted to what is for it; NULL: to nothing */
	bool               second; /* there is another one, "as second"; world_carrier.c */
	unsigned           delays_s, costs, carries, smaller; /* of that */
	unsigned           queue, in_call; /* bytes that the plain one takes; 0: any */
	const char        *calls;          /* statements of when it is called; static        */
	bool               left_out;       /* for the moment                                 */
};

/* What its operator knows better than its tables (world_rules.c). */
struct world_rules {
	struct name        pin_for; /* `route pin_for via pin_to`; NULL: none    */
	struct world_node *pin_to;
	struct name        by_for; /* `explicit by_for = by ! *`; NULL: none    */
	struct world_node *by;
};

struct world_body { /* a body file that is being written */
	int64_t           key;
	struct body_file *file;   /* NULL: closed, or failed                          */
	bool              failed; /* ignored until it begins again at what is durable */
	uint64_t          durable;
	uint64_t          chunks; /* whose digests the node was told                        */
};

struct world_node {
	unsigned            index;
	struct name         name, visible;
	struct name         said; /* what the operator says to be visible, for the moment */
	struct world_link  *links;
	size_t              link_count, link_capacity;
	struct world_rules  rules;
	bool                leaf;        /* `leaf via` its first neighbor                   */
	struct name         former;      /* `formerly`; "": it had no other name             */
	struct buffer       also;        /* what else it is to say, as text                      */
	struct buffer       description; /* the operator's file                             */
	bool                mistyped;    /* it is wrong                                     */
	bool                edited;      /* it was, or is not as at first                   */
	int64_t             clock_ms;    /* how wrong its wall clock is                     */
	struct buffer       zone;        /* bytes of its time zone; none: UTC               */
	struct disk        *backup;      /* what its disk will be again; NULL = no backup   */
	bool                broken;      /* its disk failed: its process ends               */
	bool                killed;      /* its process dies, and its machine does not      */
	bool                lied;        /* told others what is not so                      */
	bool                suspect;     /* its disk made trouble: somebody turns it off    */
	struct world_line  *lines;       /* those that are not as usual */
	size_t              line_count, line_capacity;
	struct disk        *disk;
	char                vfs_name[32];
	struct sim_vfs     *vfs;  /* NULL in a steady world                    */
	unsigned            boot; /* counts; events of an earlier one are dropped */
	bool                alive;
	int64_t             booted_ms; /* its monotonic clock starts here */
	struct store       *store;
	struct node        *node;
	struct actions      actions;
	struct world_body  *bodies;
	size_t              body_count, body_capacity;
	unsigned            power;    /* how often it went */
	bool                same_run; /* bodies were written since then */
	struct world_call **calls;    /* that are open; each is in the lists of both its ends */
	size_t              call_count, call_capacity;
	int64_t             wake_at;             /* of the latest wake that is scheduled */
	uint64_t            dialled, sent_bytes; /* over all lines */
};

struct world_call {                         /* one call, two ends */
	unsigned          caller, answerer; /* node indices             */
	uint64_t          caller_id, answerer_id;
	bool              held;            /* the caller wants to hear of its release */
	struct world_line lines[2];        /* [0] to the answerer, [1] to the caller      */
	int64_t           free_us[2];      /* when each of them is free again             */
	size_t            unsaid_bytes[2]; /* sent over each since its sender was told so */
	bool              open;
	bool              silent[2];  /* nothing comes through any more              */
	bool              cut;        /* what is under way in it is lost             */
	unsigned          references; /* while it is open, and of what is under way  */
};

struct world {
	int64_t              now_ms;
	struct random        random;
	struct world_faults  faults;
	bool                 healing; /* the liveness phase: no more faults */
	bool                 steady;
	bool                 on_demand; /* links drawn from here on are called on demand */
	bool                 scheduled; /* ... in windows, some over a shared device     */
	bool                 carriers;  /* ... with second links, and limits             */
	struct world_node  **nodes;
	unsigned             node_count;
	size_t               node_capacity;
	struct region_tree   names;
	struct world_node  **named; /* by id of `names`; NULL: a region */
	size_t               named_capacity;
	struct world_node   *gate; /* of the network beyond; NULL: there is none */
	struct world_moment *heap; /* world_queue.c */
	size_t               heap_count, heap_capacity;
	struct pending      *unused; /* pendings to use again */
	uint64_t             sequence;
	uint64_t             next_answer; /* odd ids */
	struct ledger        ledger;
	size_t               custody; /* the line that is looked for next */
	uint64_t             hash;    /* of everything that happened, for replay */
	uint64_t             steps;
	const char          *stepping; /* the node whose step is the latest: log lines are its */
	char                 failure[1024]; /* "" while all is well */
};

/* What is due at some moment. */
enum pending_kind {
	PENDING_EVENT,
	PENDING_WAKE,
	PENDING_BOOT,
	PENDING_SUBMIT,
	PENDING_FAULT,
};

struct pending {
	enum pending_kind  kind;
	unsigned           node;
	unsigned           boot;
	struct event       event;
	uint8_t           *bytes; /* of the event; owned */
	char              *text;
	size_t             submission; /* index in the ledger */
	enum world_fault   fault;
	struct world_call *call; /* that it came by; held; NULL = none */
	struct pending    *next_unused;
};

/* Borrows nothing. `steady`: see above; faults may still cut, and restart a process. */
void world_init(struct world *world, uint64_t seed, bool steady);
void world_release(struct world *world);

/*
 * Draws nodes and links: for every third seed departments whose leaves nobody else sees, else
 * two to five nodes that all see each other; for every fifth, links are called on demand.
 */
void world_draw_shape(struct world *world, uint64_t seed);
/* By hand: a node, without power as yet; its links, one way each; its description from that. */
struct world_node *world_add_node(struct world *world, const char *name, const char *visible);
void               world_link(struct world *world, struct world_node *from, struct world_node *to);
/* The descriptions of those that were made by hand. */
void world_describe_services(struct world *world);
/* From the canonical text of its whole description, with those services. */
struct world_node *world_add_described(struct world *world, const struct description_node *node);
/* Its operator has changed it. */
void world_describe(struct world *world, struct world_node *node,
                    const struct description_node *description);
/* Of a world with carriers: draws a second link and limits; says them in a description. */
void world_draw_carriers(struct world *world, const struct world_node *from,
                         struct world_link *link);
void world_say_limits(const struct world_link *link, struct buffer *out);
void world_say_second(const struct world_link *link, struct buffer *out);

/*
 * Of a scheduled world: when a link made from now on is called, a draw from a few policies. All
 * windows are WORLD_WINDOW_MS long and begin every WORLD_PERIOD_MS, at any place on Earth.
 */
enum { WORLD_PERIOD_MS = 600000, WORLD_WINDOW_MS = 120000 };
const char *world_draw_calls(struct world *world);
const char *world_draw_zone(struct world *world);
/* What the node says of itself, for those. */
void world_say_schedules(const struct world_node *node, struct buffer *out);
/* No call that the node made goes on outside of its windows. */
void world_check_windows(struct world *world, const struct world_node *node);
/* NULL: there is no such node. */
struct world_node *world_find(const struct world *world, const char *name);
/* The line to that neighbor, to be changed before anybody calls; borrowed until the next one. */
struct world_line *world_line(struct world_node *node, unsigned to);

/* Submissions of every kind, from now on until then. */
void world_draw_traffic(struct world *world, int64_t until_ms);
/* Does a broadcast to the region concern the node, or may it when it comes there? */
bool world_may_hear(const struct world *world, const struct world_node *node, const char *region);

/* --- operators' own lines about routing, for every other seed; and mail that meets them */
void world_draw_rules(struct world *world, uint64_t seed);
void world_draw_ruled_traffic(struct world *world, uint64_t seed, int64_t until_ms);
void world_write_rules(const struct world *world, const struct world_node *node,
                       struct buffer *out);
/* By what neighbor the node has pinned that name; NULL: it has not, or the link is gone. */
const char *world_pinned(const struct world_node *node, const char *name);
/* Was that the name of some node? */
bool world_is_former(const struct world *world, const char *name);

struct walltime world_wall(const struct world *world);

/* Runs until nothing is due before `until_ms`, or something is wrong. */
void world_run(struct world *world, int64_t until_ms);

/* No more faults, every node up, every operator has come to reason. */
void world_heal(struct world *world);

/* --- faults */
/* Which kinds this world has, and how often; before anything else is drawn. */
void world_draw_faults(struct world *world);
/* When and whom they strike, until then. */
void world_draw_strikes(struct world *world, int64_t until_ms);
bool world_strikes(const struct world *world, enum world_fault fault);
void world_strike(struct world *world, struct world_node *node, enum world_fault fault);
void world_strike_in(struct world *world, struct world_node *node, enum world_fault fault,
                     int64_t delay_ms);
void world_faults_end(struct world *world);
/* The operator changes something, or spoils the file; says what it should be; lets go. */
void world_edit(struct world *world, struct world_node *node);
void world_mistype(struct world *world, struct world_node *node);
/* Would the daemon begin with its file? */
bool world_is_lawful(const struct world_node *node);
void world_reload(struct world *world, struct world_node *node);
void world_release_held(struct world *world, struct world_node *node);
void world_operators_mend(struct world *world);
/* The node's process reads the operator's file. */
void world_read_description(struct world *world, struct world_node *node, uint64_t client);
void world_lie(struct world *world, struct world_node *node);

void world_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool world_chance(struct world *world, unsigned of_thousand);

/* --- checkers; what they find wrong they tell world_fail */
/* What lies at one node: nothing twice, nothing of another's. */
void world_check_node(struct world *world, struct world_node *node);
/* Of a world that has come to rest: what was accepted is there, byte for byte, or reported. */
void world_check_at_rest(struct world *world);
/* The same, and that every node is up and believes what it should. */
void world_check_all(struct world *world);
/* How many reports about this line its sender has. */
unsigned world_check_reports(struct world *world, struct submission *line);
/* One line after the other: what was accepted is in a spool, delivered or reported. */
void world_check_custody(struct world *world);
/* Both tables of the node lead where an oracle goes that reads the same database. */
void world_check_tables(struct world *world, const struct world_node *node);
/* At rest: who may have a record has it as its node tells it, and nobody else has it. */
void world_check_databases(struct world *world);
/* Each node took each part of each broadcast once. */
void world_check_broadcasts(struct world *world);
/* Is every node up, with the records that it may have of those that the line is for? */
bool world_is_known(const struct world *world, const struct submission *line);

/* Adds which nodes hold the message, and for what. */
void world_say_where(const struct world *world, const struct message_id *id, struct buffer *out);
/* Before this node's disk becomes an older one: for what it holds nobody answers any more. */
void world_check_restored(struct world *world, const struct world_node *node);
/* A reader takes what has been delivered away. */
void world_read_mail(struct world *world, struct world_node *node);

/* --- within the room */
struct pending *world_schedule(struct world *world, enum pending_kind kind, unsigned node,
                               int64_t delay_ms);
/* An event for a node, with copies of its bytes and text. */
void world_event(struct world *world, struct world_node *node, const struct event *event,
                 int64_t delay_ms, struct world_call *call);
/* What is due first, if that is before `until_ms`; now_ms becomes its moment. */
struct pending *world_next(struct world *world, int64_t until_ms);
/* An event of the same moment for the same node and boot that is due right after it; or NULL. */
struct pending *world_next_with(struct world *world, const struct pending *first);
void            world_done(struct world *world, struct pending *pending);
void            world_queue_release(struct world *world);

void world_power_fails(struct world *world, struct world_node *node);
/* Its process ends; the next one begins after a pause. */
void       world_stop(struct world *world, struct world_node *node, int64_t pause_ms);
struct now world_now(const struct world *world, const struct world_node *node);
/* One step of the node, with what follows from it. */
void world_step(struct world *world, struct world_node *node, const struct event *events,
                size_t count);
void world_boot(struct world *world, struct world_node *node);
/* How long the disk takes to answer. */
int64_t world_disk_ms(struct world *world);
/* The first `count` actions of the step; the power fails behind them if there are more. */
void world_perform(struct world *world, struct world_node *node, size_t count);
void world_clean_bodies(struct world_node *node);
void world_cleaned_bodies(struct world_node *node);
void world_close_bodies(struct world_node *node);

void world_call_open(struct world *world, struct world_node *node, const struct action *action);
void world_call_release(struct world *world, struct world_node *node, uint64_t id);
void world_call_send(struct world *world, struct world_node *node, uint64_t id, struct span bytes);
void world_call_close(struct world *world, struct world_node *node, uint64_t id);
void world_calls_cut(struct world *world, struct world_node *node);
/* Hangs up on both ends, if it is open. */
void world_call_cut(struct world *world, struct world_call *call);
void world_calls_cut_between(struct world *world, struct world_node *node,
                             const struct world_node *far);
/* It is not open any more, at neither end. */
void world_call_forget(struct world *world, struct world_call *call);
void world_call_drop(struct world_call *call); /* one reference */

#endif
