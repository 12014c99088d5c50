/*
 * session_inside.h - what the files of this room share, and nobody else sees
 *
 * session.c owns the state and hands each frame to its conversation:
 *
 *   session_greeting.c   HELLO READY BYE             who is there, and goodbye
 *   session_send.c       OFFER DATA WITHDRAW out,    our offers
 *                        ACCEPT ACKNOWLEDGE in
 *   session_receive.c    OFFER DATA WITHDRAW in,     the far end's offers
 *                        ACCEPT ACKNOWLEDGE out
 *   session_alive.c      PING PONG                   silence
 *   session_pace.c                                   how much is under way
 *
 * A conversation handles a frame by filling the event; it reports a breach with
 * session_break. All memory is bounded by constants: frames by their table, offers by
 * the window, answers by the offers they answer, pings by flags.
 */
#ifndef DAEMON_SESSION_SESSION_INSIDE_H
#define DAEMON_SESSION_SESSION_INSIDE_H

#include <stddef.h>

#include "daemon/session/session.h"
#include "spool/base/field.h"
#include "spool/wire/frame.h"

enum session_frame {
	FRAME_HELLO = 1,
	FRAME_READY,
	FRAME_OFFER,
	FRAME_ACCEPT,
	FRAME_DATA,
	FRAME_ACKNOWLEDGE,
	FRAME_WITHDRAW,
	FRAME_PING,
	FRAME_PONG,
	FRAME_BYE,
};

/* Fields of payloads; a DATA frame has none: the stream's number, then the bytes. */
enum offer_field { OFFER_STREAM = 1, OFFER_HEADING, OFFER_TRANSIT, OFFER_SIZE, OFFER_EAGER };
enum { EAGER_BARE = 2, VERSION_BARE = 2 }; /* eager, and the heading comes without its digest */
enum accept_field { ACCEPT_STREAM = 1, ACCEPT_OFFSET };
enum acknowledge_field { ANSWER = 1 }; /* repeated: stream, verdict, and the rest is text */
enum withdraw_field { WITHDRAW_STREAM = 1 };
enum ping_field { PING_NUMBER = 1 }; /* a PONG has that of the PING it answers */

enum {
	SESSION_TEXT_MAX = 255, /* bytes of a text from end to end */
	VARINT_U32_MAX   = 5,   /* bytes of a stream's number      */
};

/* One of our offers, until it is acknowledged. */
struct sending {
	uint32_t stream;
	int64_t  key;
	unsigned priority;
	uint64_t size;
	uint64_t offset; /* the next byte to send                            */
	bool     eager;
	bool     accepted; /* or eager: its body may be sent                   */
	bool     finished; /* the frame that completes the body was written    */
	bool     withdrawn;
};

/* One of the far end's offers, until we acknowledge it. */
struct receiving {
	uint32_t stream;
	uint64_t size;
	uint64_t offset; /* the next byte that will come               */
	uint64_t wanted; /* bytes before it are dropped                */
	bool     eager;
	bool     accepted; /* or eager: its body may come                */
	bool     complete;
};

enum { PACE_MARKS = 16 };

/* A PING that is under way, and what was known when it was written. */
struct pace_mark {
	uint64_t       number;
	uint64_t       sent;    /* bytes before it                 */
	uint64_t       arrived; /* of those, at the far end by then */
	struct instant at;
};

/* What the line is like, and how much is on it. */
struct session_pace {
	struct pace_mark marks[PACE_MARKS]; /* the oldest first */
	size_t           mark_count;
	uint64_t         sent;    /* bytes written                         */
	uint64_t         marked;  /* of those, before the latest PING      */
	uint64_t         arrived; /* of those, at the far end for certain  */
	struct instant   answered;
	int64_t          rate;          /* bytes a second                    */
	int64_t          round_trip_ms; /* of a short frame; -1: not known   */
	bool             fast;          /* so much that it need not be paced */
	bool             known;         /* in this call, not guessed         */
	bool             turns;         /* nothing is asked, nothing is held back */
};

struct session {
	struct name        home;
	struct name        expected;  /* "" on the answering side */
	struct name        far;       /* once GREETED             */
	char               label[64]; /* of our link, "" on the answering side */
	uint64_t           clock_ms;  /* that we told; 0 = none   */
	enum session_state state;
	struct instant     greeting_limit;

	struct frame_reader frames;
	struct buffer       out; /* frames to write before any body */

	bool     vouched;   /* our READY went with our HELLO */
	bool     greeted;   /* their hello came     */
	unsigned version;   /* that both speak, once greeted */
	bool     confirmed; /* our node knows them  */
	bool     was_up;
	bool     farewell_heard; /* their BYE came       */

	struct sending     *sendings; /* by stream */
	size_t              sending_count, sending_capacity;
	uint32_t            last_sent; /* stream of our latest offer; the first is 1 */
	uint64_t            eager_bytes;
	struct session_pace pace;
	bool                frame_full; /* the latest one was as long as could be */
	struct instant      frame_written;
	uint64_t            ration;   /* so many bytes of bodies may still be begun */
	struct buffer       verdicts; /* an ACKNOWLEDGE frame that is being taken apart ... */
	size_t              verdicts_position; /* ... up to here */

	struct receiving *receivings; /* by stream */
	size_t            receiving_count, receiving_capacity;
	uint32_t          last_received;
	uint32_t          completed; /* stream whose COMPLETE is the next event; 0 = none */
	uint8_t           data_header[VARINT_U32_MAX]; /* stream of the DATA frame that arrives */
	size_t            data_header_length;
	uint32_t          data_stream; /* the same once it is known, else 0 */
	struct buffer     answers;     /* payload of the next ACKNOWLEDGE frame */
	size_t            answer_count;

	int64_t        greeting_limit_ms, silence_ms;
	struct instant heard, written, pinged;
	unsigned       unanswered; /* pings since something was heard */
	bool           ping_due, pong_due;
	struct instant probe;        /* when a round trip is to be measured     */
	uint64_t       ping_number;  /* of our latest ping                       */
	uint64_t       probe_number; /* of that whose answer says the round trip; 0 = none */
	struct instant probe_written;
	uint64_t       ping_heard; /* number of theirs that the next PONG answers */
};

/* The only writer of `state`. */
void session_enter(struct session *session, enum session_state state, struct instant now);

/* The event becomes BROKEN with this sentence; session_read then enters CLOSED. */
void session_break(struct session_event *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Field 1 of an ACCEPT or WITHDRAW: which stream it is about; 0 = malformed. */
uint32_t session_read_stream(struct span payload);

/* A copy of `text` (NULL = "") that may be sent: no control bytes, not too long. */
void session_clean_text(char clean[SESSION_TEXT_MAX + 1], const char *text);

void session_write_hello(struct session *session);
void session_write_bye(struct session *session, const char *text);
void session_read_hello(struct session *session, struct span payload, struct session_event *event);
void session_read_ready(struct session *session, struct session_event *event, struct instant now);
void session_read_bye(struct session *session, struct span payload, struct session_event *event,
                      struct instant now);

void session_read_accept(struct session *session, struct span payload, struct session_event *event);
void session_read_acknowledge(struct session *session, struct span payload);
/* The next verdict of the ACKNOWLEDGE frame that is being taken apart; false at its end. */
bool session_next_verdict(struct session *session, struct session_event *event);
/* How much may be under way (session_pace.c). */
void pace_init(struct session_pace *pace);
void pace_guess(struct session_pace *pace, int64_t rate, int64_t round_trip_ms);
void pace_wrote(struct session_pace *pace, uint64_t bytes);
bool pace_wants_ping(const struct session_pace *pace);
void pace_pinged(struct session_pace *pace, uint64_t number, struct instant now);
void pace_answered(struct session_pace *pace, uint64_t number, struct instant now);
/* May a frame of that priority, of so many bytes, begin? */
bool pace_may_begin(const struct session_pace *pace, unsigned priority, uint64_t length);
/* Is what is under way, and `more`, as much as can be useful? */
bool     pace_is_full(const struct session_pace *pace, uint64_t more);
uint32_t pace_frame_bytes(const struct session_pace *pace, unsigned priority);
/* A frame of the longest kind took so long until the next could be written. */
void pace_frame_took(struct session_pace *pace, int64_t ms);

/* Adds the header of a DATA frame and names its bytes; nothing if no body may be sent. */
void session_write_data(struct session *session, struct session_piece *piece, struct buffer *out,
                        struct instant now);

void session_read_offer(struct session *session, struct span payload, struct session_event *event);
void session_read_data(struct session *session, const struct frame *frame,
                       struct session_event *event);
void session_read_withdraw(struct session *session, struct span payload,
                           struct session_event *event);
/* Appends the ACKNOWLEDGE frames that are due. */
void session_write_answers(struct session *session, struct buffer *out);

/* The next COMPLETE that is due; false if there is none. */
bool session_next_complete(struct session *session, struct session_event *event);

void           session_heard(struct session *session, struct instant now);
void           session_write_pings(struct session *session, struct buffer *out, struct instant now);
void           session_read_ping(struct session *session, struct span payload);
void           session_read_pong(struct session *session, struct span payload, struct instant now,
                                 struct session_event *event);
struct instant session_alive_deadline(const struct session *session);
/* False: nobody answers any more. */
bool session_alive_tick(struct session *session, struct instant now);

#endif
