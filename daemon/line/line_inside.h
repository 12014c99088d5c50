/*
 * line_inside.h - what the files of this room share, and nobody else sees
 *
 *   line.c           new, free, the plain side; what is said next, and when
 *   line_open.c      OPEN frames: who is there, and which bytes pass
 *   line_receive.c   the medium's bytes become frames, frames the stream; what to confirm
 *   line_send.c      the stream becomes frames; what got lost, and when that is known
 *   line_measure.c   round trip, rate, errors: how long to wait, how much, in what pieces
 *   line_turn.c      half-duplex: who may speak
 *
 * A position is the number of a byte of a stream from its beginning; the word that it ends
 * counts as one more byte behind the last.
 */
#ifndef DAEMON_LINE_LINE_INSIDE_H
#define DAEMON_LINE_LINE_INSIDE_H

#include "daemon/line/line.h"
#include "daemon/line/line_alphabet.h"
#include "daemon/line/line_frame.h"
#include "daemon/line/line_ranges.h"

enum {
	LINE_FLIGHTS_MAX = 128,  /* DATA frames that nothing was heard of; serials have 256 */
	LINE_AHEAD_MS    = 250,  /* of line that the medium may hold when it is given more  */
	LINE_ACK_WAIT_MS = 200,  /* for something to go along with an acknowledgement       */
	LINE_CODED_MAX   = 2048, /* bytes between two marks that may be a frame             */
};

/* A DATA frame that was sent, until something is heard of it or of a later one. */
struct line_flight {
	struct line_range range;
	struct instant    sent;         /* its last byte, as far as the rate is known          */
	bool              safe;         /* written in the safe alphabet                       */
	uint64_t          delivered;    /* bytes of our stream that had arrived by then ...    */
	struct instant    delivered_at; /* ... at that time                                    */
};

/* What is remembered of an alphabet. */
struct line_errors {
	uint64_t tried, lost; /* bytes in frames; 16 for each frame that was lost */
	unsigned row;         /* frames that were lost one after the other        */
	bool     worked;      /* one was not                                      */
};

struct line {
	char why[120];

	/* --- who is there, and how to write (line_open.c) */
	uint32_t             number, far_number; /* 0: nothing heard yet                     */
	bool                 confirmed;          /* the far end knows our number             */
	bool                 calls;
	bool                 half_duplex;
	bool                 seven_bit;
	struct line_bytes    avoided;
	uint32_t             seed_out, seed_in;
	struct line_alphabet safe, agreed;
	bool                 open_due_now;
	struct instant       open_due;
	unsigned             opens;

	/* --- our stream (line_send.c) */
	struct buffer      unconfirmed; /* bytes from position `confirmed_to` on          */
	uint64_t           confirmed_to, sent_to, written_to;
	bool               closing; /* it ends at written_to                            */
	struct line_ranges arrived; /* beyond confirmed_to                              */
	struct line_ranges again;   /* got lost                                         */
	struct line_flight flights[LINE_FLIGHTS_MAX]; /* by serial                        */
	uint64_t           first_flight, next_flight; /* serials                          */
	struct instant     again_from; /* the time to wait for an answer began            */
	unsigned           timeouts;   /* since something was heard of a flight           */
	uint8_t            answered;   /* the serial that was heard last at the far end    */
	bool               probing;    /* after a timeout one frame may go                */
	struct instant     waits_from; /* since when something waits for the far end      */

	/* --- their stream (line_receive.c) */
	uint8_t            coded[LINE_CODED_MAX];
	size_t             coded_length;
	bool               coded_overlong;
	uint8_t            window[LINE_WINDOW_BYTES];
	struct line_ranges held;
	uint64_t           expected;
	uint64_t           ends_at; /* UINT64_MAX: they have not said so                  */
	uint8_t            heard_serial;
	struct buffer      plain;
	struct instant     heard; /* the latest frame                                     */
	bool               ack_due_now;
	struct instant     ack_due;
	unsigned           unacknowledged; /* frames                                      */
	unsigned           repeated;       /* frames in a row that were here already      */
	bool               heard_safe;     /* the far end writes in the safe alphabet     */

	/* --- measures (line_measure.c) */
	int64_t            rate_bytes, stated_round_trip_ms, patience_ms;
	struct instant     clear;      /* when the medium has sent all it was given            */
	uint64_t           clear_rest; /* and a part of a millisecond                          */
	struct instant     pace;       /* when it may be given more                            */
	int64_t            smoothed_ms, deviation_ms, least_ms; /* round trip; -1              */
	uint64_t           delivered;
	struct instant     delivered_at;
	uint64_t           rate_seen; /* bytes a second, as they arrive                        */
	uint64_t           flying;    /* bytes in flights                                      */
	struct line_errors errors[2]; /* of the agreed alphabet, of the safe one */

	/* --- half-duplex (line_turn.c) */
	bool           turn;
	bool           pass_now;
	struct instant pass_at; /* when we have the turn                                   */
	struct instant take_at; /* when we have not                                        */
	int64_t        idle_ms;
	uint64_t       turn_bytes;
	bool           turn_busy;
	unsigned       takes; /* in a row that nobody answered                             */

	struct line_figures figures;
	struct buffer       scratch;
};

/* The end of it: the first reason stays. */
void line_die(struct line *line, const char *why);

/* Writes a frame on the medium. */
void line_put(struct line *line, const struct line_frame *frame, bool safe, struct buffer *medium,
              struct instant now);

/* --- line_open.c */
void line_open_begin(struct line *line, const struct line_options *options, struct instant now);
void line_open_say(struct line *line, struct buffer *medium, struct instant now);
void line_open_heard(struct line *line, const struct line_frame *frame, struct instant now);

/* --- line_receive.c */
void line_receive_data(struct line *line, const struct line_frame *frame, struct instant now);
/* Adds what came of theirs to a frame of ours. */
void line_receive_confirm(struct line *line, struct line_frame *frame);

/* --- line_send.c */
bool line_send_wanted(const struct line *line);
void line_send_data(struct line *line, struct buffer *medium, struct instant now);
void line_send_confirmed(struct line *line, const struct line_frame *frame, struct instant now);
void line_send_timeout(struct line *line, struct instant now);
/* All that flies is lost: it was written for somebody else. */
void line_send_anew(struct line *line);

/* --- line_measure.c */
void line_measure_begin(struct line *line, const struct line_options *options, struct instant now);
void line_measure_put(struct line *line, size_t bytes, struct instant now);
bool line_measure_paced(struct line *line, struct instant now);
void line_measure_round_trip(struct line *line, int64_t ms);
void line_measure_flight(struct line *line, const struct line_flight *flight, bool arrived,
                         struct instant now);
bool line_measure_writes_safe(const struct line *line);
unsigned line_measure_frame_bytes(const struct line *line);
uint64_t line_measure_flying_max(const struct line *line);
int64_t  line_measure_answer_ms(const struct line *line);
int64_t  line_measure_wait_ms(const struct line *line);

/* --- line_turn.c */
void           line_turn_begin(struct line *line, struct instant now);
bool           line_turn_ours(const struct line *line);
void           line_turn_said(struct line *line, size_t data_bytes);
void           line_turn_passed(struct line *line);
void           line_turn_heard(struct line *line, struct instant now);
void           line_turn_given(struct line *line, struct instant now);
void           line_turn_tick(struct line *line, struct instant now);
struct instant line_turn_deadline(const struct line *line);

#endif
