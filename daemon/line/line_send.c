/*
 * line_send.c - our stream in frames, and those that got lost once more
 *
 * A line keeps the order of what it does not lose. So what was sent before a frame that was
 * heard, and has not arrived, is lost: no second sign is waited for, and only that is sent
 * again, cut as the line is by now. A time-out is for the last frames of all, and for
 * a line that stands still: then one frame goes, to ask, and later and later.
 */
#include "daemon/line/line_inside.h"

#include <assert.h>

static struct line_range   next_piece(const struct line *line, bool *again);
static struct line_flight *flight_of(struct line *line, uint64_t serial);
static void                advance(struct line *line, uint64_t to);
static bool take_ranges(struct line *line, const struct line_frame *frame, uint64_t at);
static bool resolve(struct line *line, const struct line_frame *frame, struct instant now);
static void resolve_first(struct line *line, struct instant now);

/* Is there a piece that may go? */
bool
line_send_wanted(const struct line *line)
{
	struct line_range piece;
	bool              again;

	if (line->far_number == 0 || line->next_flight - line->first_flight == LINE_FLIGHTS_MAX ||
	    (!line->half_duplex && line->timeouts > 0 && !line->probing))
		return false;
	piece = next_piece(line, &again);
	return piece.from < piece.to &&
	       (line->probing || line->flying < line_measure_flying_max(line));
}

/* What was lost, else what is new and has place at the far end. */
static struct line_range
next_piece(const struct line *line, bool *again)
{
	uint64_t          most  = line_measure_frame_bytes(line);
	uint64_t          end   = line->confirmed_to + LINE_WINDOW_BYTES;
	struct line_range piece = { line->sent_to, line->written_to };

	*again = true;
	for (size_t i = 0; i < line->again.count; i++) {
		struct line_range lost = line_ranges_gap(&line->arrived, line->again.list[i]);

		if (lost.from == lost.to)
			continue;
		/* Not a frame for the last few bytes of what was one, when frames got shorter. */
		if (lost.to - lost.from > most + most / 4 || lost.to - lost.from > LINE_FRAME_BYTES)
			lost.to = lost.from + most;
		return lost;
	}
	*again = false;
	if (piece.to > piece.from + most)
		piece.to = piece.from + most;
	if (line->closing && piece.to >= line->written_to && piece.from <= line->written_to)
		piece.to = line->written_to + 1;
	if (piece.to > end)
		piece.to = end;
	return piece;
}

void
line_send_data(struct line *line, struct buffer *medium, struct instant now)
{
	struct line_frame   frame  = { .kind = LINE_DATA, .serial = (uint8_t)line->next_flight };
	struct line_flight *flight = flight_of(line, line->next_flight);
	bool                again;
	bool                safe  = line_measure_writes_safe(line);
	struct line_range   piece = next_piece(line, &again);
	size_t              length;

	assert(piece.from < piece.to && piece.from >= line->confirmed_to);
	length = (size_t)(piece.to - piece.from);
	if (piece.to > line->written_to) {
		frame.kind |= LINE_END;
		length--;
	}
	frame.offset = (uint16_t)piece.from;
	if (length > 0)
		frame.bytes = (struct span){
			line->unconfirmed.data + (size_t)(piece.from - line->confirmed_to), length
		};
	if (line->ack_due_now || line->ack_due.ms != INSTANT_NEVER.ms)
		line_receive_confirm(line, &frame);
	line_put(line, &frame, safe, medium, now);

	*flight = (struct line_flight){ .range        = piece,
		                        .sent         = line->clear,
		                        .safe         = safe,
		                        .delivered    = line->delivered,
		                        .delivered_at = line->delivered_at };
	if (line->first_flight == line->next_flight)
		flight->delivered_at = now; /* nothing was under way */
	line->next_flight++;
	line->flying += piece.to - piece.from;
	line->again_from = line->clear;
	line->probing    = false;
	line->figures.frames++;
	if (again) {
		line->figures.frames_again++;
		line_ranges_drop_before(&line->again, piece.to);
	} else {
		line->sent_to = piece.to;
	}
	line_turn_said(line, length);
}

static struct line_flight *
flight_of(struct line *line, uint64_t serial)
{
	return &line->flights[serial % LINE_FLIGHTS_MAX];
}

/* --- what the far end says of it -------------------------------------------------------- */

void
line_send_confirmed(struct line *line, const struct line_frame *frame, struct instant now)
{
	int16_t  ahead = (int16_t)(uint16_t)(frame->acknowledged - (uint16_t)line->confirmed_to);
	uint64_t to    = line->confirmed_to + (uint64_t)(int64_t)ahead;
	bool     news  = ahead > 0;

	if (ahead < 0 && line->confirmed_to < (uint64_t) - (int64_t)ahead)
		return;
	if (ahead > 0 && to > line->sent_to) {
		line_die(line, "the far end confirms what was not sent");
		return;
	}
	if (ahead > 0)
		advance(line, to);
	if (!take_ranges(line, frame, to)) {
		line_die(line, "the far end confirms what was not sent");
		return;
	}
	if (resolve(line, frame, now) || news) {
		line->timeouts   = 0;
		line->probing    = false;
		line->again_from = now;
	}
}

/* All before `to` has come. */
static void
advance(struct line *line, uint64_t to)
{
	uint64_t data = to < line->written_to ? to : line->written_to;

	if (data > line->confirmed_to)
		buffer_drop_front(&line->unconfirmed, (size_t)(data - line->confirmed_to));
	line->confirmed_to = to;
	line_ranges_drop_before(&line->arrived, to);
	line_ranges_drop_before(&line->again, to);
}

static bool
take_ranges(struct line *line, const struct line_frame *frame, uint64_t at)
{
	for (size_t i = 0; i < frame->range_count; i++) {
		struct line_range range;

		range.from = at + frame->ranges[i].gap;
		range.to   = range.from + frame->ranges[i].length;
		at         = range.to;
		if (range.to > line->sent_to)
			return false;
		if (range.from < line->confirmed_to)
			range.from = line->confirmed_to;
		if (range.from < range.to)
			line_ranges_add_widely(&line->arrived, range);
	}
	return true;
}

/* What became of the flights up to the one that was heard; in half-duplex of all of them, for
 * the far end speaks when we have ended. */
static bool
resolve(struct line *line, const struct line_frame *frame, struct instant now)
{
	uint64_t flights = line->next_flight - line->first_flight;
	uint64_t since   = (uint8_t)((uint8_t)line->next_flight - frame->heard);
	uint64_t known   = 0;

	if (since > 0 && since <= flights)
		known = flights - since + 1;
	/* One that was given up is here still, and tells that it was given up too soon. */
	if (since > 0 && since <= LINE_FLIGHTS_MAX && since < line->next_flight &&
	    frame->heard != line->answered)
		line_measure_round_trip(
		    line, now.ms - flight_of(line, line->next_flight - since)->sent.ms);
	line->answered = frame->heard;
	if (line->half_duplex && !line->turn)
		known = flights;
	for (uint64_t i = 0; i < known; i++)
		resolve_first(line, now);
	return known > 0;
}

static void
resolve_first(struct line *line, struct instant now)
{
	const struct line_flight *flight = flight_of(line, line->first_flight++);
	struct line_range         range  = flight->range;

	line->flying -= range.to - range.from;
	if (range.from < line->confirmed_to)
		range.from = line->confirmed_to < range.to ? line->confirmed_to : range.to;
	range = line_ranges_gap(&line->arrived, range);
	line_measure_flight(line, flight, range.from == range.to, now);
	if (range.from < range.to)
		line_ranges_add_widely(&line->again,
		                       (struct line_range){ range.from, flight->range.to });
}

void
line_send_timeout(struct line *line, struct instant now)
{
	resolve_first(line, now);
	line->timeouts++;
	line->probing    = true;
	line->again_from = now;
}

void
line_send_anew(struct line *line)
{
	while (line->first_flight < line->next_flight)
		line_ranges_add_widely(&line->again, flight_of(line, line->first_flight++)->range);
	line->first_flight = line->next_flight = 1;
	line->flying                           = 0;
	line->timeouts                         = 0;
	line->answered                         = 0;
}
