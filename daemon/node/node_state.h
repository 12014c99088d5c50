/*
 * node_state.h - what the files of this room share, and nobody else sees
 *
 * Facts are in the store. Here is what may be lost at any moment: calls, clients, bodies
 * on their way in, deliveries under way, and what was computed from the facts (topology,
 * tables). A struct node is rebuilt from the store by node_open after every failure.
 */
#ifndef DAEMON_NODE_NODE_STATE_H
#define DAEMON_NODE_NODE_STATE_H

#include "daemon/mesh/allowance.h"
#include "daemon/mesh/line_rate.h"
#include "daemon/mesh/link_delay.h"
#include "daemon/mesh/link_life.h"
#include "daemon/mesh/link_quality.h"
#include "daemon/node/node.h"
#include "daemon/node/node_by_hand.h"
#include "daemon/node/node_carrier.h"
#include "daemon/node/node_report.h"
#include "daemon/session/session.h"
#include "spool/base/random.h"
#include "spool/control/control.h"
#include "spool/description/description.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"
#include "spool/route/route.h"
#include "spool/route/route_carrier.h"
#include "spool/route/route_past.h"
#include "spool/route/route_resolve.h"
#include "spool/schedule/timetable.h"
#include "spool/store/store.h"
#include "spool/store/store_message.h"
#include "spool/store/store_topology.h"
#include "spool/topology/topology.h"

#define NODE_DAY_MS            INT64_C(86400000)
#define NODE_RECORD_HISTORY_MS (90 * NODE_DAY_MS)   /* what the network was is known so long */
#define NODE_LIFETIME_MS       (3650 * NODE_DAY_MS) /* no message lives longer, whatever it says */
#define NODE_SEEN_MS           (7 * NODE_DAY_MS)    /* a copy may come so long after its lifetime */
#define NODE_RETAIN_MS         (30 * NODE_DAY_MS)   /* unless the description says `retain` */

enum {
	NODE_CALL_KEY_SIZE  = 64,
	NODE_LINK_TITLE_MAX = NAME_MAX_BYTES + 80,
	NODE_SYNC_BYTES     = 64 << 20,  /* a body on its way in is synced this often    */
	NODE_SYNC_MS        = 5000,      /* and at the latest so long after a byte came   */
	NODE_EAGER_MS       = 20000,     /* a body longer on the line can be gone on with   */
	NODE_UNSENT_BYTES   = 512 << 10, /* a call with more unsent bytes gets no more   */
	NODE_TURN_MS = 120000, /* ... nor, where turns are taken, than its line carries so long */
	NODE_TURN_MIN_BYTES = 4096,
	NODE_TURN_MAX_BYTES = 32768,       /* also where the rate is not known            */
	NODE_UNREAD_BYTES   = 1 << 20,     /* of a client that does not wait for its answers  */
	NODE_DELIVERIES     = 256,         /* under way at the same time                   */
	NODE_COMMANDS       = 4,           /* of them, programs                            */
	NODE_DIAL_MS        = 900000,      /* more than any dial takes: its medium bounds it */
	NODE_RETRY_MS       = 500,         /* after a failed call, doubling ...            */
	NODE_RETRY_MAX_MS   = 30000,       /* ... up to here, unless the link says `retry` */
	NODE_LATER_MS       = 5000,        /* a delivery or offer that said "later"        */
	NODE_LATER_MAX_MS   = 4 * 3600000, /* its doubling ends here                       */
	NODE_SETTLE_MS      = 10000,       /* without news, the topology counts as settled ... */
	NODE_JOIN_MS        = 600000,      /* ... wider regions, too, while some are missing    */
	NODE_UPKEEP_MS      = 3600000,     /* what is looked at though nothing happened     */
	NODE_CONTROL_BODY   = 24 << 10,    /* of several records; one alone may be as large */
	NODE_CHANGES        = 64,          /* of links, remembered for who watches */
	NODE_UNMENTIONED    = 256,         /* records kept until somebody mentions their node */
};

/* When a link is called next, and what it waits for. */
enum node_wait {
	NODE_WAITS_NOT,
	NODE_WAITS_QUEUE, /* for something to say, or enough of it */
	NODE_WAITS_RETRY, /* the last attempt failed               */
	NODE_WAITS_WINDOW,
	NODE_WAITS_DEVICE,   /* another link uses it, or is first */
	NODE_WAITS_ANSWER,   /* the neighbor calls us             */
	NODE_WAITS_OPERATOR, /* it is taken down                  */
	NODE_WAITS_MEDIUM,   /* a stick is to come                */
};

struct node_contact {
	struct instant due; /* INSTANT_NEVER: not by us, or nobody knows */
	enum node_wait wait;
};

/* What waits for a foreign neighbor is being given to its program. */
struct node_handover {
	bool     open;
	bool     overtime; /* the operator wanted it, outside of its windows */
	int64_t  copy;     /* with the program at this moment; 0: none       */
	unsigned count;    /* taken by it                                    */
};

/* A description's link as it stands now; its index is stable between reloads. */
struct node_link {
	const struct description_link *description;      /* of node->description */
	char                 title[NODE_LINK_TITLE_MAX]; /* "NEIGHBOR" or "NEIGHBOR as LABEL" */
	bool                 first;     /* of several to the same neighbor            */
	bool                 simple;    /* the only one to its neighbor, and takes everything */
	const char          *state;     /* waiting calling up down: static; link_enter() */
	uint64_t             call;      /* id of its call; 0 = none         */
	struct node_visit    visit;     /* to its folder */
	struct node_handover handover;  /* if it is foreign */
	struct instant       retry;     /* not called before                */
	unsigned             failures;  /* calls in a row                   */
	unsigned             transport; /* the one to try next              */
	bool                 operator_down;
	bool                 operator_call;
	bool                 look; /* node_demand.c: something may wait for it; if so, ... */
	struct instant wanted[PRIORITY_LOW + 1]; /* ... of these and above, it is worth a call */
	struct instant poll;         /* called by then, if it is called on demand           */
	struct node_contact contact; /* while it has no call                         */
	struct timetable    timetable;
	bool                clock_told;
	int64_t             clock_offset_ms; /* their clock's walltime less our monotonic time */
	uint64_t            out_bytes_per_s, in_bytes_per_s; /* as measured; 0 = not */
	int64_t line_rate, line_round_trip_ms; /* as the latest call's session learnt; 0 = not */
	struct instant       greet;            /* what we have is not said again before      */
	bool                 said_earlier;     /* by the neighbor's first: in an earlier call */
	enum link_life       life;
	int64_t              heard_ms;    /* spool time                       */
	struct link_delay    delay;       /* of the way in, as measured       */
	bool                 measured;    /* and told                         */
	struct allowance     allowance;   /* of topology; in spool time       */
	struct allowance     day;         /* of all that goes over it; the same */
	bool                 day_is_full; /* something waits for the next one */
	struct route_carrier carrier;     /* what the tables count of it, and what it takes */
	struct walltime      since;
	char                 text[256];
};

/* An own offer that the far end has not acknowledged. */
struct node_offer {
	int64_t       copy;
	int64_t       message;
	enum priority priority;
	bool          inline_body;
	uint64_t      counted;  /* of the link's day, and not refunded */
	bool          cancel;   /* withdrawn: report it as cancelled, if it was not too late */
	bool          put_back; /* withdrawn: it goes in another call, without a pause       */
};

struct node_call {
	uint64_t           id;
	bool               dialled;
	bool               turns;     /* its ends take turns */
	bool               connected; /* until then the far end's clock would hear of an old time */
	char               label[64]; /* by which the caller calls its link */
	bool               greeted;   /* and confirmed: the link is this call's    */
	struct node_link  *link;      /* NULL until the far end has said who it is */
	struct session    *session;
	char               from[96];                /* where an answered call came from          */
	char               key[NODE_CALL_KEY_SIZE]; /* the far end's, proved; "": plain */
	char               farewell[256];           /* what the far end said when it closed     */
	uint64_t           unsent;                  /* bytes handed to the driver, not yet gone  */
	uint64_t           sent_bytes, received_bytes;
	uint64_t           carried_bytes; /* of the line, for what was sent; 0: not known */
	uint64_t           offered;       /* messages, but for our own words */
	uint64_t           taken_bytes;   /* of offers of the far end */
	struct instant     said;          /* when either end last said anything               */
	struct instant     begun;
	bool               overtime; /* the operator wanted it, outside of its windows */
	struct instant     ends;     /* at the latest, and why                         */
	const char        *ends_why;
	struct instant     hung_up; /* by the operator: it is cut then; else NEVER     */
	bool               ending;  /* nothing new is said                             */
	bool               orderly; /* its end is no failure                           */
	enum priority      least;   /* what may go in it at this moment ...            */
	struct instant     changes; /* ... until then                                  */
	bool               clock_told;
	int64_t            clock_offset_ms; /* as of a link */
	struct line_rate   out, in;
	struct instant     clear;  /* all that was handed over is on the line, at its rate  */
	struct store_rank  cursor; /* copies up to here are in flight or gone   */
	struct node_offer *offers;
	size_t             offer_count, offer_capacity;
	struct node_call  *next;

	bool                busy;    /* it ended because others have what it needs */
	struct link_quality quality; /* what drives the line says of it            */
};

/* A message on its way in, from a call or from a client. */
struct node_arrival {
	uint64_t             call;    /* or 0                                          */
	uint32_t             stream;  /* of that call                                  */
	uint64_t             client;  /* or 0                                          */
	struct node_carried  carried; /* by hand, and not by a call */
	char                 neighbor[NAME_MAX_BYTES + 1];
	char                 owner[64];
	struct envelope      envelope;
	struct transit       transit;
	struct buffer        heading; /* as it came; made here at the end of a submission */
	bool                 in_file; /* the body goes to file `key`                   */
	int64_t              key;
	struct buffer        body; /* while not in_file                             */
	uint64_t             received;
	uint64_t             durable;    /* of it: may be gone on from                      */
	uint64_t             sync_asked; /* up to here                                      */
	struct instant       sync_due;   /* of what came since then; NEVER: nothing did     */
	unsigned             syncs;      /* asked for and not answered                      */
	bool                 waits;      /* for the syncs of an earlier arrival, to go on   */
	bool                 bare;       /* the heading lacks its digest until then         */
	bool                 complete;   /* all came; accepted when durable                 */
	struct buffer        beginning;  /* of a mail, while in_file                        */
	struct buffer        denied;     /* why it is returned, and not sent: left in drop/ */
	struct node_arrival *next;
};

/* Syncs that an arrival left behind when its call ended. */
struct node_orphan {
	int64_t  key;
	unsigned syncs;
};

struct node_client {
	uint64_t      id;
	uint32_t      uid;
	char          user[64]; /* login name; "" = it has none                  */
	bool          drop;
	bool          trusted;      /* may speak for others and change the node      */
	bool          server;       /* a mail server, by LMTP: anybody may stand behind it */
	bool          ended;        /* no bytes follow: close when all is answered   */
	int           code;         /* the worst answer so far                       */
	bool          chats;        /* its test of a dialogue goes on               */
	bool          has_priority; /* the submission under way says one: ...        */
	enum priority priority;
	uint64_t fits_bytes, told_fits; /* it would go if it had so many; its submitter is told */
	char     language[NOTIFY_LANGUAGE_MAX + 1]; /* "": English            */
	struct control_reader reader;
	struct node_arrival  *arrival;   /* of the submission on its way                  */
	struct buffer         unread;    /* what came while one waits for its body's sync */
	struct buffer         completed; /* short names of it, and what they became       */
	uint64_t              looks;     /* at the node, by `watch`; ...                  */
	uint64_t              watched;   /* ... at the last one so much had changed       */
	struct node_reading  *fetch;     /* by `mulga fetch`: node_fetch.c; NULL: nothing */
	struct node_client   *next;
};

/* A record whose node nobody mentions yet. */
struct node_unmentioned {
	struct buffer bytes;
	char          neighbor[NAME_MAX_BYTES + 1]; /* who brought it */
	bool          hand_on;
};

struct node_delivery {
	int64_t copy;
	bool    command, maildir, holds;
	bool    beyond; /* by a gateway */
	char   *target; /* as it was when the job began: a reload may change it; owned */
};

struct node {
	struct store   *store;
	struct actions *actions; /* of the step being made */
	struct now      now;
	int64_t         spool_offset_ms; /* spool time = monotonic + this */
	struct instant  started;
	struct random   random;

	struct description             description;
	const struct description_node *home;
	struct name                    name;

	struct topology          topology;
	struct node_unmentioned *unmentioned; /* the oldest first */
	size_t                   unmentioned_count, unmentioned_capacity;
	bool                     unmentioned_lost;  /* more came than were kept ...      */
	struct instant           unmentioned_again; /* ... so we ask for them            */
	struct topology          full;        /* node_full.c: with what a hub told ...        */
	bool                     full_is_new; /* ... and as new as the one above              */
	struct route_tables      tables;
	struct route_tables      former;   /* those that copies were routed by, after one ...     */
	unsigned                 computed; /* ... calculation since node_forward_again()        */
	bool           topology_changed;   /* tables must be computed before the step ends */
	uint64_t       own_serial;         /* of what was told last                             */
	bool           own_again;          /* the network knows more of us: tell it anew        */
	struct instant delay_free;         /* changes of delays are not told before             */
	struct instant delay_due;          /* some are told                                     */
	struct instant retell_due;         /* own record is told again                          */

	bool           learned;     /* pseudolinks that the spool does not have yet         */
	bool           joining;     /* wider regions are missing, and somebody can be asked  */
	struct instant table_due;   /* own table is broadcast                               */
	struct instant table_free;  /* not before                                           */
	struct instant learn_again; /* what is old is asked for, or dropped                 */
	struct instant seek_due;    /* a missing region is asked for                        */
	struct instant missed_due;  /* teachers are asked about an unknown node             */
	struct instant missed_free; /* not before                                           */
	int64_t        seek_ms;     /* until the next time after that                    */
	struct name    sought;      /* who was asked last, to go on from; "": nobody yet    */
	int64_t        clock_ms;    /* walltime less monotonic time, when last looked at    */

	struct zone             zone;
	bool                    zone_known;    /* until then nothing with a schedule is called */
	int64_t                 wall_ms;       /* what windows go by, in this step             */
	const struct node_link *followed;      /* by its neighbor's clock; NULL: by ours   */
	int64_t                 own_offset_ms; /* of our clock, when last voted on    */
	struct instant          full_due;      /* node_notice.c: that the disk was full is told */

	struct node_change
		*changes; /* node_watch.c: the last ones, round; NULL: nobody watched yet */
	uint64_t change_count;

	struct node_link *links;
	size_t            link_count;
	bool              limited; /* some link takes not everything, as far as is known */
	struct node_call *calls;
	struct node_held *helds;
	size_t            held_count, held_capacity;
	uint64_t          next_call;

	struct node_client  *clients;
	struct node_arrival *arrivals;
	struct node_orphan  *orphans;
	size_t               orphan_count, orphan_capacity;

	struct node_delivery *deliveries;
	size_t                delivery_count, delivery_capacity;
	struct store_rank     delivery_cursor; /* local copies up to here are under way or gone */

	char               **listening;
	size_t               listening_count;
	char                *deaf;          /* why it does not listen everywhere, or NULL */
	struct instant       upkeep, purge; /* once an hour; and, with it, once a day */
	struct instant       settled;    /* when the topology counts as settled within `visible` */
	struct instant       joined;     /* ... and beyond, if that takes longer                 */
	bool                 unsettled;  /* copies may be held until then ...                    */
	struct instant       settle_due; /* ... and are looked at                                */
	struct node_carrier *carrier;    /* node_carry.h */
	struct instant       deadline;   /* of the next step                                     */
	int64_t              retry_ms;   /* spool time when a copy put off is due                */
	int64_t              expiry_ms;  /* ... and when the lifetime of one is over             */
};

/* --- node.c */
int64_t node_spool_ms(const struct node *node);
/* How long the history of what has ended is kept. */
int64_t node_retain_ms(const struct node *node);
/* Writes down how long the spool has been served, so that the next start goes on from there. */
void node_note_spool_ms(struct node *node);
/* Takes a new canonical description, and says in *out what changed. */
void node_reload(struct node *node, struct span text, struct buffer *out);

/* --- node_message.c: a stored message with its decoded halves */
struct node_message {
	struct stored_message stored;
	struct envelope       envelope;
	struct transit        transit;
};
void node_message_init(struct node_message *message);
void node_message_release(struct node_message *message);
/* false: no such row, or (logged) one that does not decode. */
bool node_message_get(struct node *node, int64_t key, struct node_message *message);
void node_message_drop(struct node *node, const struct stored_message *message);
/* The destination of the message, as it came, that became this one here by losing own names in
 * front and getting other waypoints; or this one. */
const struct destination *node_message_destination(const struct node         *node,
                                                   const struct node_message *message,
                                                   const struct destination  *destination);
/* A copy has ended: delete it, and its message with the last one. */
void node_copy_end(struct node *node, const struct stored_copy *copy);
/* Puts a copy off by a doubling pause. */
void node_copy_later(struct node *node, struct stored_copy *copy, const char *reason,
                     const char *text);
bool node_copy_busy(const struct node *node, int64_t copy);

/* --- node_accept.c */
struct node_arrival *node_arrival_new(struct node *node);
/* A submission is not taken: tells its client why. Frees it. */
void                 node_arrival_refuse(struct node *node, struct node_arrival *arrival, int code,
                                         const char *text);
void                 node_arrival_free(struct node *node, struct node_arrival *arrival);
struct node_arrival *node_arrival_of_stream(struct node *node, uint64_t call, uint32_t stream);
void                 node_accept_offer(struct node *node, struct node_call *call,
                                       const struct session_event *event);
/* Accepts what this node itself says: reports, updates. The body is small. */
void node_accept_own(struct node *node, struct envelope *envelope, struct transit *transit,
                     struct span body);
/* Tells whoever brought it, and forgets the arrival. */
void node_arrival_answer(struct node *node, struct node_arrival *arrival,
                         enum session_verdict verdict, int code, const char *text);
/* All of it is here, and durable if it is in a file: it is taken if the digest fits. Frees it. */
void node_arrival_settle(struct node *node, struct node_arrival *arrival);
/* By this node or one of its programs, and not brought by a neighbor. */
bool    node_arrival_is_said_here(const struct node_arrival *arrival);
int64_t node_arrival_lifetime_ms(const struct node_arrival *arrival);

/* --- node_admit.c */
/* May all of that come in by the link? Else *diagnostic says what may not. */
bool node_link_admits(const struct node *node, const struct node_link *link,
                      const struct address *destinations, struct diagnostic *diagnostic);

/* --- node_forward.c */
/* Makes the copies of an accepted message: one a next hop, one a local destination. */
void node_forward(struct node *node, const struct node_message *message);
/* The topology has changed: queued copies go where they now belong. */
void node_forward_again(struct node *node);
/* No news of the topology for a while: what still has no route is returned. */
void node_forward_settled(struct node *node);
/* Routes one copy anew, from what its message said when it came. `forgive`: if it is held out of a
 * loop and no other way is known, its past is forgiven. */
void node_forward_copy(struct node *node, struct stored_copy *copy, bool forgive);
/* A held copy goes on: delivered, sent, or held again if no route leads anywhere. */
void node_forward_release(struct node *node, struct stored_copy *copy);

/* --- node_loop.c: messages that went in a circle */
struct node_past {
	struct route_past past; /* points into the others */
	struct name      *nodes;
	struct address    before;
};
/* Fills an uninitialised *past. `forgiven`: what was before now shows no loop. */
void node_past_find(struct node *node, const struct node_message *message, bool forgiven,
                    struct node_past *past);
void node_past_release(struct node_past *past);
/* Is the copy held because it went in a circle? */
bool node_loop_held(const struct stored_copy *copy);
/* Fills in the pause and the text of such a copy, and tells the sender the first time. */
void node_loop_hold(struct node *node, const struct node_message *message,
                    const struct destination *destination, struct stored_copy *copy);
/* Those that waited a day without news try again. */
void node_loop_run(struct node *node);

/* --- node_call.c, node_send.c */
void node_links_start(struct node *node);
void node_links_release(struct node_link *links, size_t count);
/* The first of the links to that neighbor, the next one, or that of the label; NULL: none. */
struct node_link *node_link_find(const struct node *node, const char *neighbor);
struct node_link *node_link_next(const struct node *node, const struct node_link *after);
struct node_link *node_link_get(const struct node *node, const char *neighbor, const char *label);
/* Both ends have confirmed each other, and none has said goodbye. */
bool node_link_up(const struct node *node, const struct node_link *link);
/* Is any link to that neighbor up? */
bool node_neighbor_up(const struct node *node, const char *neighbor);
/* Says what we have; on a link that is called for each message, or beside another, once a day. */
void node_link_greet(struct node *node, struct node_link *link);
/* They have news: unless we said in this call what we have, we do, so that they tell it. */
void              node_link_greet_again(struct node *node, const char *neighbor);
struct node_call *node_call_find(const struct node *node, uint64_t id);
void              node_call_event(struct node *node, const struct event *event);
void              node_call_close(struct node *node, struct node_call *call, const char *text);

/* --- node_greet.c: is the far end a neighbor, and is this the call to keep? Else it is closed. */
bool node_call_greet(struct node *node, struct node_call *call, const struct session_event *event);

/* --- node_trust.c */
/* What the far end of a new call has proved: its public key, "" on a plain line. */
void node_trust_keep(struct node_call *call, struct span key);
/* Why a caller with that key, whoever it says it is, need not be heard; NULL: go on. Static. */
const char *node_trust_stranger(const struct node *node, const struct node_call *call);
/* The link of the only neighbor that has that key; NULL: there is none, or several. */
struct node_link *node_trust_link(const struct node *node, const struct node_call *call);
/* Why this call may not be that neighbor's; NULL: it may. Static. */
const char *node_trust_objection(const struct node_call *call, const struct node_link *link);
/* The description has changed: ends the calls that it does not allow any more. */
void           node_trust_judge(struct node *node);
void           node_calls_free(struct node *node);
void           node_calls_run(struct node *node); /* deadlines, calls that are due, sending */
struct instant node_calls_deadline(struct node *node);
void link_enter(struct node *node, struct node_link *link, const char *state, const char *text);
void node_call_send(struct node *node, struct node_call *call);
void node_call_flush(struct node *node, struct node_call *call);
/* Takes back an offer that is on the line; the far end's answer ends it. */
bool node_call_withdraw(struct node *node, int64_t copy, bool cancel);
void node_call_acknowledged(struct node *node, struct node_call *call,
                            const struct session_event *event);
/* The far end takes the body from some byte on. */
void node_call_accepted(struct node *node, struct node_call *call,
                        const struct session_event *event);
/* A copy was queued: who serves its queue must see it even if its cursor has passed the rank. */
void node_copy_queued(struct node *node, const struct stored_copy *copy);

/* Ends it at once: what is not sent yet stays so. */
void node_call_cut(struct node *node, struct node_call *call, const char *text);
/* A call with that id, for the list; without a link and a session. */
struct node_call *node_call_new(struct node *node, uint64_t id, bool dialled);
/* Is a message on its way to us over it? */
bool node_call_arrives(const struct node *node, const struct node_call *call);

/* --- node_link.c: when a link was last heard, and what follows from silence */
void node_link_load(struct node *node, struct node_link *link);
/* Bytes came from its far end. */
void node_link_heard(struct node *node, struct node_link *link);
/* A call of it is up: its round trips are measured, where they say anything of its delay. */
void node_link_probe(struct node *node, struct node_call *call);
void node_link_round_trip(struct node *node, struct node_call *call, int64_t ms);
/* What is known of the links besides what the description says, entered in our own record. */
void node_links_tell(const struct node *node, struct record *record);
/* Writes down when it was heard; when those were that have a call. */
void           node_link_note(struct node *node, const struct node_link *link);
void           node_links_note(struct node *node);
void           node_links_forget(struct node *node); /* those that are not described any more */
void           node_links_run(struct node *node);
struct instant node_links_deadline(const struct node *node);
/* For people: up calling waiting down dead; static. */
const char *node_link_state(const struct node_link *link);

/* --- node_deliver.c */
void node_deliver_resume(struct node *node); /* prepared before a crash: publish */
void node_deliver_run(struct node *node);
void node_deliver_event(struct node *node, const struct event *event);

/* --- node_outlet.c */
struct node_outlet {
	enum delivery_kind              kind;
	const char                     *path;        /* of a folder, with %u; "" = none     */
	uint64_t                        quota_bytes; /* of that folder; 0 = none           */
	const struct description_texts *arguments;   /* of a program                        */
	bool                            beyond;      /* a gateway: it leaves the network    */
	bool                            ordered;     /* after what its origin sent before   */
};
/*
 * Hands a copy of that message to the outlet; of a program, with those arguments if they are not NULL.
 * False: so many programs run that it must wait for one of them to end.
 */
bool node_deliver_begin(struct node *node, const struct stored_copy *copy,
                        const struct node_message *message, const struct destination *destination,
                        const struct node_outlet *outlet, const char *const *arguments);
/* Borrows from the description. STATUS_NOT_FOUND: nothing takes it, and why in words. */
enum status node_outlet_find(const struct node *node, const struct envelope *envelope,
                             const struct destination *destination, struct node_outlet *outlet,
                             struct buffer *why);

/* --- node_client.c, node_control.c */
void                node_client_event(struct node *node, const struct event *event);
void                node_clients_free(struct node *node);
struct node_client *node_client_find(struct node *node, uint64_t id);
/* One answer, whole. `id`, `out` and `errors` may be NULL. */
void node_client_answer(struct node *node, struct node_client *client, int code,
                        const struct message_id *id, const struct buffer *out,
                        const struct buffer *errors);
/* The whole name behind a short name or an alias; false if `written` stands for itself. */
bool node_complete(const struct node *node, const struct name *written, struct name *whole);
void node_client_accepted(struct node *node, uint64_t client_id, const struct message_id *message);
void node_client_refused(struct node *node, uint64_t client_id, int code, const char *text);
void node_control_request(struct node *node, struct node_client *client,
                          const struct control_request *request);
void node_control_description(struct node *node, const struct event *event);

/* --- node_answer.c: `mulga answer`, answered with yes or no */
void node_answer_request(struct node *node, struct node_client *client,
                         const struct control_request *request);

/* --- node_query.c: what changes nothing. The exit code, or QUERY_NOT_MINE. */
int node_query(struct node *node, const struct node_client *client,
               const struct control_request *request, struct buffer *out, struct buffer *errors);

#endif
