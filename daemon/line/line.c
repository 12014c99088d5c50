/*
 * line.c - the two sides of a line, and what it says next
 */
#include "daemon/line/line.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/line/line_inside.h"
#include "spool/base/memory.h"

enum { QUIET_MS = 20, ENDED_WAITS = 12, ENDED_LEAST_MS = 60000 };

static void           say_ack(struct line *line, struct buffer *medium, struct instant now);
static bool           has_to_say(const struct line *line);
static bool           waits(const struct line *line);
static struct instant silence_limit(const struct line *line);

struct line *
line_new(const struct line_options *options, struct instant now)
{
	struct line *line = memory_new(1, sizeof(*line));

	assert(options->number != 0 && options->avoided_count <= LINE_AVOIDED_MAX);
	line->ends_at    = UINT64_MAX;
	line->ack_due    = INSTANT_NEVER;
	line->heard      = now;
	line->waits_from = now;
	line->again_from = now;
	buffer_init(&line->unconfirmed);
	buffer_init(&line->plain);
	buffer_init(&line->scratch);
	line_measure_begin(line, options, now);
	line_open_begin(line, options, now);
	line_turn_begin(line, now);
	return line;
}

void
line_free(struct line *line)
{
	if (line == NULL)
		return;
	buffer_release(&line->unconfirmed);
	buffer_release(&line->plain);
	buffer_release(&line->scratch);
	free(line);
}

void
line_die(struct line *line, const char *why)
{
	if (line->why[0] == '\0')
		snprintf(line->why, sizeof(line->why), "line: %s", why);
}

const char *
line_why(const struct line *line)
{
	return line->why;
}

/* --- the plain side -------------------------------------------------------------------- */

bool
line_is_open(const struct line *line)
{
	return line->confirmed;
}

enum status
line_read(struct line *line, void *bytes, size_t room, size_t *length)
{
	*length = line->plain.length < room ? line->plain.length : room;
	if (*length > 0) {
		memcpy(bytes, line->plain.data, *length);
		buffer_drop_front(&line->plain, *length);
		return STATUS_OK;
	}
	if (line_has_ended(line))
		return STATUS_NOT_FOUND;
	return line->why[0] != '\0' ? STATUS_INVALID : STATUS_OK;
}

/* A second of a slow line: what is in here is overtaken by nothing. */
size_t
line_room(const struct line *line)
{
	uint64_t room   = LINE_UNSENT_BYTES;
	uint64_t unsent = line->written_to - line->sent_to;

	if (line->rate_bytes > 0 && line->rate_bytes < LINE_UNSENT_BYTES)
		room = line->rate_bytes > LINE_FRAME_BYTES ? (uint64_t)line->rate_bytes
		                                           : LINE_FRAME_BYTES;
	if (line->closing || line->why[0] != '\0' || unsent >= room)
		return 0;
	return (size_t)(room - unsent);
}

void
line_write(struct line *line, struct span plain, struct instant now)
{
	assert(plain.length <= line_room(line));

	if (!waits(line))
		line->waits_from = now;
	buffer_append_span(&line->unconfirmed, plain);
	line->written_to += plain.length;
}

size_t
line_unconfirmed(const struct line *line)
{
	return line->unconfirmed.length;
}

void
line_close(struct line *line, struct instant now)
{
	if (!waits(line))
		line->waits_from = now;
	line->closing = true;
}

bool
line_has_ended(const struct line *line)
{
	return line->expected > line->ends_at;
}

bool
line_drained(const struct line *line)
{
	return line->closing && line->confirmed_to > line->written_to;
}

void
line_figures(const struct line *line, struct line_figures *figures)
{
	*figures               = line->figures;
	figures->round_trip_ms = line->smoothed_ms;
	figures->frame_bytes   = line_measure_frame_bytes(line);
	figures->letters = line_measure_writes_safe(line) ? line->safe.base : line->agreed.base;
}

/* --- the line's side ------------------------------------------------------------------- */

void
line_output(struct line *line, struct buffer *medium, struct instant now)
{
	if (line->why[0] != '\0' || !line_turn_ours(line) || !has_to_say(line) ||
	    line_measure_paced(line, now))
		return;
	if (line->open_due_now)
		line_open_say(line, medium, now);
	if (!line_turn_ours(line))
		return;
	if (line_send_wanted(line))
		line_send_data(line, medium, now);
	else if (line->half_duplex ? line->pass_now : line->ack_due_now)
		say_ack(line, medium, now);
}

static bool
has_to_say(const struct line *line)
{
	return line->open_due_now || line_send_wanted(line) ||
	       (line->far_number != 0 && line->ack_due_now && !line->half_duplex) ||
	       (line->half_duplex && line->pass_now);
}

/* And, in half-duplex, the turn with it when there is nothing else. */
static void
say_ack(struct line *line, struct buffer *medium, struct instant now)
{
	struct line_frame frame = { .kind = 0 };

	if (line->far_number == 0)
		return;
	line_receive_confirm(line, &frame);
	if (line->half_duplex && line->pass_now)
		frame.kind |= LINE_TURN;
	line_put(line, &frame,
	         line_measure_writes_safe(line) || line->heard_safe || !line->confirmed, medium,
	         now);
	if ((frame.kind & LINE_TURN) != 0)
		line_turn_passed(line);
}

void
line_put(struct line *line, const struct line_frame *frame, bool safe, struct buffer *medium,
         struct instant now)
{
	size_t before = medium->length;

	/* What the line invented meanwhile is not to be taken for a part of this. */
	if (now.ms > line->clear.ms + QUIET_MS)
		buffer_append_u8(medium, LINE_MARK);
	buffer_clear(&line->scratch);
	line_frame_encode(frame, line->seed_out, &line->scratch);
	line_alphabet_encode(safe ? &line->safe : &line->agreed, buffer_span(&line->scratch),
	                     medium);
	buffer_append_u8(medium, LINE_MARK);
	line_measure_put(line, medium->length - before, now);
}

struct instant
line_deadline(const struct line *line)
{
	struct instant at = line->open_due;

	if (line->why[0] != '\0')
		return INSTANT_NEVER;
	at = instant_earlier(at, line->ack_due);
	at = instant_earlier(at, line->pace);
	at = instant_earlier(at, silence_limit(line));
	if (line->half_duplex)
		at = instant_earlier(at, line_turn_deadline(line));
	else if (line->next_flight > line->first_flight)
		at = instant_earlier(at,
		                     instant_after(line->again_from, line_measure_wait_ms(line)));
	return at;
}

enum status
line_tick(struct line *line, struct instant now)
{
	if (line->why[0] != '\0')
		return STATUS_INVALID;
	if (instant_reached(silence_limit(line), now)) {
		line_die(line, line->confirmed ? "nothing was heard any more"
		                               : "nobody answered who speaks this");
		return STATUS_INVALID;
	}
	if (instant_reached(line->open_due, now)) {
		line->open_due     = INSTANT_NEVER;
		line->open_due_now = true;
	}
	if (instant_reached(line->ack_due, now)) {
		line->ack_due     = INSTANT_NEVER;
		line->ack_due_now = true;
	}
	if (instant_reached(line->pace, now))
		line->pace = INSTANT_NEVER;
	if (line->half_duplex)
		line_turn_tick(line, now);
	else if (line->next_flight > line->first_flight &&
	         instant_reached(instant_after(line->again_from, line_measure_wait_ms(line)), now))
		line_send_timeout(line, now);
	return STATUS_OK;
}

/* Is there something that only the far end can end? */
static bool
waits(const struct line *line)
{
	return !line->confirmed || line->half_duplex || line->unconfirmed.length > 0 ||
	       (line->closing && !line_drained(line));
}

/* Who has ended and hears nothing has perhaps been hung up on: that is not waited for long. */
static struct instant
silence_limit(const struct line *line)
{
	int64_t        patience = line->patience_ms;
	struct instant from     = line->heard;

	if (!waits(line))
		return INSTANT_NEVER;
	if (line_has_ended(line) && line->closing && line->unconfirmed.length == 0 &&
	    !line->half_duplex) {
		int64_t ended = ENDED_WAITS * line_measure_answer_ms(line);

		ended    = ended > ENDED_LEAST_MS ? ended : ENDED_LEAST_MS;
		patience = ended < patience ? ended : patience;
	}
	if (line->waits_from.ms > from.ms)
		from = line->waits_from;
	return instant_after(from, patience);
}
