/*
 * line.h - a reliable stream of bytes over a line that is none
 *
 * A serial line, a modem without error correction, a radio or a terminal server flips, loses,
 * doubles and invents bytes, strips bit 8, eats XON and XOFF, stops for a minute and goes on.
 * What lies below TLS must not, so this lies below TLS: frames with a CRC-32C, written in the
 * bytes that the line passes and in no others, and what got lost is sent again, only that.
 * doc/PROTOCOL.md, "Below TLS: a lossy line", has the wire; decision 0013 says why it is so.
 *
 * Pure functions of bytes and times, like tls.h: the medium's bytes go in and plain ones come
 * out, and the other way around. Both ends may send at any time; with `half_duplex` they
 * take turns. Memory is bounded by constants, whatever comes.
 *
 * The driver's part, after anything happened: line_read until there is no more, line_write as
 * much as line_room has place for, and, whenever the medium holds nothing or little of what
 * came before, line_output; then a timer for line_deadline, which calls line_tick.
 */
#ifndef DAEMON_LINE_LINE_H
#define DAEMON_LINE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"

enum {
	LINE_FRAME_BYTES  = 1024,  /* plain ones in one frame, at most                      */
	LINE_WINDOW_BYTES = 32767, /* that are under way or held out of order, at most      */
	LINE_UNSENT_BYTES = 8192,  /* that line_write takes ahead of the medium, at most    */
	LINE_OUTPUT_BYTES = 2048,  /* that one line_output appends, at most                 */
	LINE_AVOIDED_MAX  = 64,    /* bytes that one end may say the line does not pass     */
};

struct line_options {
	uint32_t       number;        /* of this call, drawn by chance; not 0                 */
	bool           calls;         /* made the call: has the first turn, retries sooner    */
	bool           seven_bit;     /* the line strips bit 8, or it is parity               */
	bool           xonxoff;       /* it eats or obeys 11 and 13 (hexadecimal)             */
	bool           half_duplex;   /* one end at a time                                    */
	const uint8_t *avoided;       /* further bytes that it does not pass; borrowed ...    */
	size_t         avoided_count; /* ... for line_new only                                */
	int64_t        rate_bytes;    /* a second; 0: not known, the medium's driver paces    */
	int64_t        round_trip_ms; /* without what the rate makes; 0: not known            */
	int64_t        patience_ms;   /* of silence while something waits; 0: five minutes    */
};

/* What a call was like, for `links` and the log. */
struct line_figures {
	uint64_t frames;        /* with data, sent                                     */
	uint64_t frames_again;  /* of those, such as had been sent before              */
	uint64_t damaged;       /* pieces of line that were no frame, received         */
	int64_t  round_trip_ms; /* smoothed; -1: not measured                          */
	unsigned frame_bytes;   /* of data in the next full one                        */
	unsigned letters;       /* how many different bytes the line is trusted with   */
};

struct line; /* one end; heap */

struct line *line_new(const struct line_options *options, struct instant now);
void         line_free(struct line *line);

/* --- the line's side ------------------------------------------------------------------- */

/* Takes what the medium brought. STATUS_INVALID: the line is dead, line_why says of what. */
enum status line_receive(struct line *line, struct span bytes, struct instant now);

/*
 * Appends what the medium is to carry now: acknowledgements, and one frame of data at most.
 * Nothing: there is nothing to say before line_deadline or the next call of something else.
 */
void line_output(struct line *line, struct buffer *medium, struct instant now);

/*
 * When line_tick is due; after it, that is later than `now`. What line_output would append at
 * once is no deadline: a driver whose medium is busy need not look.
 */
struct instant line_deadline(const struct line *line);

/* STATUS_INVALID: the line is dead, nobody answered. */
enum status line_tick(struct line *line, struct instant now);

/* --- the plain side -------------------------------------------------------------------- */

/* Has the far end answered? What is written before waits. */
bool line_is_open(const struct line *line);

/*
 * The next plain bytes, at most `room`; 0: no more for now. STATUS_NOT_FOUND: the far end said
 * that nothing follows, and all of it was read.
 */
enum status line_read(struct line *line, void *bytes, size_t room, size_t *length);

/* How many bytes line_write takes now: what is sent later can still be chosen later. */
size_t line_room(const struct line *line);
void   line_write(struct line *line, struct span plain, struct instant now); /* at most line_room */

/* Bytes that line_write took and the far end has not confirmed. */
size_t line_unconfirmed(const struct line *line);

/* Nothing will be written any more; what was still goes, and then the word that it ends. */
void line_close(struct line *line, struct instant now);

/* Has the far end said that nothing follows, and all of it come? */
bool line_has_ended(const struct line *line);

/* After line_close: the far end has confirmed all of it and that it ends. */
bool line_drained(const struct line *line);

/* Why it died, one line; "" while it has not. */
const char *line_why(const struct line *line);

void line_figures(const struct line *line, struct line_figures *figures);

#endif
