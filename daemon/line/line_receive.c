/*
 * line_receive.c - from the medium's bytes to the far end's stream
 *
 * What lies between two marks may be a frame; its check says whether it is. A mark that was
 * damaged costs the two frames at its sides, one that was invented costs the frame it is in,
 * and the next mark always begins afresh.
 *
 * An end that trusts the agreed alphabet no more writes in the safe one (line_measure.c), so
 * what is no frame in one is tried in the other.
 */
#include "daemon/line/line_inside.h"

#include <string.h>

enum { FRAMES_PER_ACK = 2, REPEATED_MANY = 4 };

static void take(struct line *line, struct instant now);
static bool read_frame(const struct line *line, const struct line_alphabet *alphabet,
                       uint8_t plain[LINE_FRAME_PLAIN_MAX], struct line_frame *frame);
static void handle(struct line *line, const struct line_frame *frame, struct instant now);
static bool hold(struct line *line, uint64_t from, uint64_t to, struct span bytes);
static void deliver(struct line *line);
static void owe_ack(struct line *line, bool at_once, struct instant now);

enum status
line_receive(struct line *line, struct span bytes, struct instant now)
{
	if (line->half_duplex && bytes.length > 0)
		line_turn_heard(line, now);
	for (size_t i = 0; i < bytes.length && line->why[0] == '\0'; i++) {
		if ((bytes.data[i] & 0x7f) == LINE_MARK) { /* bit 8 may be parity */
			take(line, now);
			line->coded_length   = 0;
			line->coded_overlong = false;
		} else if (line->coded_length < sizeof(line->coded)) {
			line->coded[line->coded_length++] = bytes.data[i];
		} else {
			line->coded_overlong = true;
		}
	}
	return line->why[0] == '\0' ? STATUS_OK : STATUS_INVALID;
}

static void
take(struct line *line, struct instant now)
{
	uint8_t           plain[LINE_FRAME_PLAIN_MAX];
	struct line_frame frame;
	bool              safe;

	if (line->coded_length == 0)
		return;
	safe = line->coded_overlong || line->far_number == 0 ||
	       !read_frame(line, &line->agreed, plain, &frame);
	if (safe && (line->coded_overlong || !read_frame(line, &line->safe, plain, &frame))) {
		line->figures.damaged++;
		return;
	}
	if ((frame.kind & LINE_OPEN) != 0) {
		line_open_heard(line, &frame, now);
		return;
	}
	line->heard_safe = safe;
	handle(line, &frame, now);
}

static bool
read_frame(const struct line *line, const struct line_alphabet *alphabet,
           uint8_t plain[LINE_FRAME_PLAIN_MAX], struct line_frame *frame)
{
	struct span coded = { line->coded, line->coded_length };
	size_t      length;

	return line_alphabet_decode(alphabet, coded, plain, LINE_FRAME_PLAIN_MAX, &length) &&
	       line_frame_decode(frame, line->seed_in, (struct span){ plain, length }) &&
	       (line->far_number != 0 || (frame->kind & LINE_OPEN) != 0);
}

/* A frame that only who knows our number can have made. */
static void
handle(struct line *line, const struct line_frame *frame, struct instant now)
{
	line->heard = now;
	if (!line->confirmed) {
		line->confirmed    = true;
		line->open_due     = INSTANT_NEVER;
		line->open_due_now = false;
	}
	if ((frame->kind & LINE_ACK) != 0)
		line_send_confirmed(line, frame, now);
	if ((frame->kind & LINE_DATA) != 0)
		line_receive_data(line, frame, now);
	if ((frame->kind & LINE_TURN) != 0 && line->half_duplex)
		line_turn_given(line, now);
}

void
line_receive_data(struct line *line, const struct line_frame *frame, struct instant now)
{
	int16_t  ahead = (int16_t)(uint16_t)(frame->offset - (uint16_t)line->expected);
	bool     ends  = (frame->kind & LINE_END) != 0;
	uint64_t from, to;

	if (ahead < 0 && line->expected < (uint64_t) - (int64_t)ahead)
		return; /* of before the beginning */
	from = line->expected + (uint64_t)(int64_t)ahead;
	to   = from + frame->bytes.length + (ends ? 1 : 0);

	line->heard_serial = frame->serial;
	line->turn_busy    = true;
	if ((ends && line->ends_at != UINT64_MAX && line->ends_at != to - 1) ||
	    (line->ends_at != UINT64_MAX && to > line->ends_at + 1) ||
	    (ends && to <= line->expected && line->ends_at == UINT64_MAX)) {
		line_die(line, "the far end's stream has two ends");
		return;
	}
	if (to <= line->expected) {
		line->repeated++;
		owe_ack(line, true, now);
		return;
	}
	line->repeated = 0;
	if (!hold(line, from, to, frame->bytes)) {
		owe_ack(line, true, now);
		return;
	}
	if (ends)
		line->ends_at = to - 1;
	owe_ack(line, from > line->expected || ends, now);
	deliver(line);
	if (line->held.count > 0)
		owe_ack(line, true, now);
}

/* Keeps what is not here yet, if there is place for it. */
static bool
hold(struct line *line, uint64_t from, uint64_t to, struct span bytes)
{
	if (to > line->expected + LINE_WINDOW_BYTES)
		return false;
	if (!line_ranges_add(&line->held, (struct line_range){
					      from > line->expected ? from : line->expected, to }))
		return false;
	for (size_t i = 0; i < bytes.length; i++)
		if (from + i >= line->expected)
			line->window[(from + i) % LINE_WINDOW_BYTES] = bytes.data[i];
	return true;
}

/* What is in order is the plain side's. */
static void
deliver(struct line *line)
{
	uint64_t to;

	if (line->held.count == 0 || line->held.list[0].from > line->expected)
		return;
	to = line->held.list[0].to;
	while (line->expected < to && line->expected < line->ends_at) {
		uint64_t start = line->expected % LINE_WINDOW_BYTES;
		uint64_t end   = to < line->ends_at ? to : line->ends_at;
		uint64_t count = end - line->expected;

		if (count > LINE_WINDOW_BYTES - start)
			count = LINE_WINDOW_BYTES - start;
		buffer_append(&line->plain, line->window + start, count);
		line->expected += count;
	}
	line->expected = to;
	line_ranges_drop_before(&line->held, to);
}

static void
owe_ack(struct line *line, bool at_once, struct instant now)
{
	if (at_once || ++line->unacknowledged >= FRAMES_PER_ACK)
		line->ack_due_now = true;
	else if (line->ack_due.ms == INSTANT_NEVER.ms)
		line->ack_due = instant_after(now, LINE_ACK_WAIT_MS);
	/* Our word does not get there: perhaps the line does not pass it. */
	if (line->repeated >= REPEATED_MANY)
		line->heard_safe = true;
}

void
line_receive_confirm(struct line *line, struct line_frame *frame)
{
	uint64_t at = line->expected;

	frame->kind |= LINE_ACK;
	frame->acknowledged = (uint16_t)line->expected;
	frame->heard        = line->heard_serial;
	frame->range_count  = line->held.count;
	for (size_t i = 0; i < line->held.count; i++) {
		const struct line_range *range = &line->held.list[i];

		frame->ranges[i] = (struct line_frame_range){ (uint16_t)(range->from - at),
			                                      (uint16_t)(range->to - range->from) };
		at               = range->to;
	}
	line->ack_due        = INSTANT_NEVER;
	line->ack_due_now    = false;
	line->unacknowledged = 0;
}
