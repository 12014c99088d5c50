/*
 * session.h - the link protocol over one call, version 1 (doc/PROTOCOL.md)
 *
 * A session turns the bytes of one call into events for the node and the node's decisions
 * into bytes. It knows streams (one offered message each), frames and deadlines; it knows
 * no store, no topology and no body: of a body it handles offsets only.
 *
 * Reading: call session_read until it returns SESSION_NOTHING; spans in an event borrow
 * from the bytes handed in or from the session, until the next call. Writing: the node
 * offers, accepts, acknowledges; session_write gives the next piece to send, and the node
 * stops asking when the call has enough unsent bytes (back-pressure).
 */
#ifndef DAEMON_SESSION_SESSION_H
#define DAEMON_SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/name/name.h"

struct session; /* heap: session_new / session_free */

enum {
	SESSION_WINDOW_OFFERS     = 256,     /* not yet acknowledged, in one direction       */
	SESSION_WINDOW_BYTES      = 8 << 20, /* of eager bodies of such offers               */
	SESSION_FRAME_BYTES       = 65536,   /* of a body in one frame, at most              */
	SESSION_GREETING_LIMIT_MS = 30000,   /* for their hello, then again for their READY  */
	SESSION_SILENCE_MS        = 60000,   /* nothing heard or nothing sent so long: ping  */
	SESSION_PINGS_UNANSWERED  = 4,       /* and after as many and one silence: dead      */
};

enum session_state {
	SESSION_GREETING, /* until both ends have confirmed each other          */
	SESSION_UP,       /* messages                                           */
	SESSION_CLOSING,  /* no new offers; those in flight end                 */
	SESSION_CLOSED,   /* nothing is read or written any more                */
};

enum session_event_kind {
	SESSION_NOTHING,   /* all bytes are used up                                       */
	SESSION_GREETED,   /* .name claims to be who, .text the label of its link ("" = plain),
	                         .clock what its clock shows (0 = it does not say):
	                         session_confirm or session_close, before the next session_read */
	SESSION_READY,     /* the far end confirmed too: the state is UP, offers may go   */
	SESSION_OFFERED,   /* .stream .heading .transit .size .eager .bare: _accept, _acknowledge */
	SESSION_BODY,      /* .stream .offset .bytes: the next bytes of its body          */
	SESSION_COMPLETE,  /* .stream: all `size` bytes came                              */
	SESSION_WITHDRAWN, /* .stream: taken back before it was complete: forget it       */
	SESSION_ACCEPTED,  /* .key .offset: the far end wants the body from there         */
	SESSION_ACKNOWLEDGED, /* .key .verdict .text: it is theirs, or why not               */
	SESSION_ROUND_TRIP,   /* .round_trip_ms: from a ping of ours to its answer           */
	SESSION_IDLE_CLOSE,   /* .text: the far end said goodbye; it offers nothing more     */
	SESSION_BROKEN,       /* .text: protocol error or deadline; the state is CLOSED      */
};

/* How an offer ended, as the receiver says after its commit. */
enum session_verdict {
	SESSION_TAKEN = 0, /* committed there: release it                           */
	SESSION_REFUSED,   /* never: .text says why; the sender's node decides      */
	SESSION_LATER,     /* not now (disk full, limit): keep and try again        */
	SESSION_RESTART,   /* body did not match its digest: send again from 0      */
};

struct session_event {
	enum session_event_kind kind;
	uint32_t                stream; /* of the far end's offers                      */
	int64_t                 key;    /* what the node called its own offer           */
	struct name             name;
	struct span             heading, transit;
	struct span             bytes;
	uint64_t                offset, size;
	bool                    eager; /* the body comes unasked */
	bool                    bare;  /* the heading comes without its digest */
	int64_t                 round_trip_ms;
	struct walltime         clock;
	enum session_verdict    verdict;
	char                    text[256];
};

/* What to send next: bytes, then perhaps a range of a body (the driver or the node adds it). */
struct session_piece {
	struct buffer header; /* owned by the caller, cleared by session_write */
	int64_t       key;    /* of the offer whose body follows; 0 = none     */
	uint64_t      offset;
	uint32_t      length;
	bool          apart; /* it is to leave by itself: what follows waits for its arrival */
};

/*
 * `expected`: the neighbor that was dialled, by the link of that label; "" and "" on the answering
 * side, which learns the label from the far end. Borrowed for the call.
 */
struct session *session_new(const struct name *home, const struct name *expected, const char *label,
                            struct instant now);
void            session_free(struct session *session);

/* What our clock shows, for the far end to compare; before anything is written, as late as can be. */
void session_tell_clock(struct session *session, struct walltime clock);

enum session_state session_state(const struct session *session);

/* Uses bytes from the front of *input until one event is complete. */
void session_read(struct session *session, struct span *input, struct instant now,
                  struct session_event *event);

/*
 * The node knows by the far end's key, before any word, that it is this neighbor: our READY goes
 * with our HELLO, and both are one flight. Its name is still to be heard, and confirmed.
 */
void session_vouch(struct session *session, const struct name *name);

/* The node knows this name as a configured link. The session is UP once the far end has
 * said the same of us (trust.md, "Links"). */
void session_confirm(struct session *session, struct instant now);

/*
 * May another offer be made now? The window is SESSION_WINDOW_OFFERS unacknowledged offers,
 * SESSION_WINDOW_BYTES of eager bodies. `eager_bytes`: the body's size if it is to be
 * sent eagerly, else 0.
 */
bool session_may_offer(const struct session *session, uint64_t eager_bytes);

/*
 * Would a message of that rank have to wait, because what goes before it is as much as the line
 * carries for a while? Then it need not be offered yet, and another may still come that is more
 * urgent.
 */
bool session_is_busy(const struct session *session, unsigned priority, uint64_t size);

/* How a body is offered: asked for; unasked; the same, with a heading that lacks its digest. */
enum session_eagerness { SESSION_ASKED, SESSION_EAGER, SESSION_EAGER_BARE };

/*
 * Offers a message; `key` > 0 names it in events and pieces. The body follows at once from
 * offset 0 if `eager` (small bodies: one flight), else when the far end accepts.
 * Streams are served by rank: priority, then size, so a short one overtakes a long one.
 */
void session_offer(struct session *session, int64_t key, unsigned priority, struct span heading,
                   struct span transit, uint64_t size, enum session_eagerness eager);

/* Does the far end know of headings that come without their digest? */
bool session_may_be_bare(const struct session *session);

/*
 * What an earlier call has learnt of the line, before this one has; and what this one has, false if
 * nothing. Bytes a second, and the round trip of a short frame.
 */
void session_expect_line(struct session *session, int64_t rate, int64_t round_trip_ms);
bool session_line(const struct session *session, int64_t *rate, int64_t *round_trip_ms);

/*
 * The two ends take turns on the line, so an answer costs two of them: none is asked for to know
 * what has arrived, and who feeds the session bounds what is under way.
 */
void session_take_turns(struct session *session);

/*
 * The line will not be there for long: no frame of a body begins that has more bytes than these.
 * UINT64_MAX: any. What is small and whole goes first, so little is left for the next call.
 */
void session_ration(struct session *session, uint64_t bytes);

/*
 * Answers an offer of the far end: send the body from `offset` (of bytes that are durable
 * here). An eager body is on its way and is taken from 0 unless the node says otherwise: then
 * the session drops the bytes before `offset`.
 */
void session_accept(struct session *session, uint32_t stream, uint64_t offset);
/* Ends an offer of the far end, after the commit or at once for a refusal: what still comes
 * of its body is dropped. An offer that was withdrawn or ended is left alone. */
void session_acknowledge(struct session *session, uint32_t stream, enum session_verdict verdict,
                         const char *text);

/*
 * Takes back an own offer that has not been acknowledged (cancelled by the operator). It
 * stays in flight until SESSION_ACKNOWLEDGED comes: LATER, or TAKEN if it was too late.
 */
void session_withdraw(struct session *session, int64_t key);

/* Says goodbye: no new offers from here, then CLOSED when nothing is in flight in either
 * direction and the far end said goodbye as well. While GREETING: CLOSED once it is written. */
void session_close(struct session *session, const char *text, struct instant now);

/* Have both ends said goodbye, so that nothing below needs to say that it is the end? */
bool session_has_parted(const struct session *session);

/* The next piece to send; false if there is nothing. */
bool session_write(struct session *session, struct session_piece *piece, struct instant now);

/* Measures the round trip at that time; earlier if the line falls silent before. */
void session_probe(struct session *session, struct instant at);

/*
 * On a line that is slow, or far, everything may take longer: the greeting by so much more than
 * usual, and a silence is so long before we ask; 0: as usual. session_begin says that there is a
 * line only now, whose greeting begins.
 */
void session_be_patient(struct session *session, int64_t more_ms, int64_t silence_ms);
void session_begin(struct session *session, struct instant now);

/* When session_tick must be called: greeting limit, keep-alive, dead line. */
struct instant session_deadline(const struct session *session);
/* Follow it with session_write: there may be a ping. Returns false if the session died of a deadline (state CLOSED, *text says which). */
bool session_tick(struct session *session, struct instant now, const char **text);

/* Own offers that are not acknowledged: how many, their body bytes left. */
void session_in_flight(const struct session *session, uint64_t *offers, uint64_t *bytes_left);

/* What is on the line, of ours or of theirs: bodies, and what of them has not been said or come. */
struct session_progress {
	uint64_t messages, bytes, left_bytes;
};
void session_progress(const struct session *session, struct session_progress *out,
                      struct session_progress *in);

#endif
