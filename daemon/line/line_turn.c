/*
 * line_turn.c - one end speaks at a time
 *
 * The end that has the turn says all it has, or as much as is fair, and a moment later says
 * TURN: from there on it listens. Whoever hears TURN has the turn, however often it was
 * said. What is confirmed is confirmed along with the next turn, so nothing is timed but the
 * turn itself: who gave it and hears nothing takes it back, to say TURN once more. Of two that
 * wait, the end that made the call is the first to take it; both at once is noise like any other.
 *
 * With nothing to say at either end the turn goes to and fro, slower and slower.
 */
#include "daemon/line/line_inside.h"

enum {
	GRACE_MS       = 200,   /* for more to be said, or an answer to be thought of     */
	IDLE_MOST_MS   = 5000,  /* that an end keeps the turn when there is nothing       */
	MARGIN_MS      = 1500,  /* for the far end to begin                               */
	TURN_LEAST     = 512,   /* bytes of one turn, ...            */
	TURN_UNKNOWN   = 4096,  /* ... where the rate is not known, */
	TURN_ROUNDS    = 10,    /* a turn may last so many round trips, ...               */
	TURN_MS        = 20000, /* ... and this                                          */
	ROUND_TRIP_MS  = 2000,  /* where none is stated                                   */
	SLOWEST_BYTES  = 100,   /* a second, where none are stated                        */
	TAKES_DOUBLING = 3,
};

static int64_t  round_trip_ms(const struct line *line);
static int64_t  answer_ms(const struct line *line);
static uint64_t turn_most(const struct line *line);

void
line_turn_begin(struct line *line, struct instant now)
{
	line->turn    = line->calls;
	line->idle_ms = GRACE_MS;
	line->pass_at = line->calls ? instant_after(now, GRACE_MS) : INSTANT_NEVER;
	line->take_at = line->calls ? INSTANT_NEVER : instant_after(now, answer_ms(line));
}

bool
line_turn_ours(const struct line *line)
{
	return !line->half_duplex || line->turn;
}

void
line_turn_said(struct line *line, size_t data_bytes)
{
	line->turn_busy = true;
	line->turn_bytes += data_bytes;
	line->pass_at = instant_after(line->clear, GRACE_MS);
	if (line->turn_bytes >= turn_most(line))
		line->pass_now = true;
}

void
line_turn_passed(struct line *line)
{
	line->turn     = false;
	line->pass_now = false;
	line->pass_at  = INSTANT_NEVER;
	line->take_at  = instant_after(line->clear, answer_ms(line));
	if (line->clear.ms > line->waits_from.ms)
		line->waits_from = line->clear; /* nothing could be heard before */
}

/* Something, be it noise, so the far end may be speaking. */
void
line_turn_heard(struct line *line, struct instant now)
{
	int64_t        silence = MARGIN_MS + (line->calls ? 0 : MARGIN_MS);
	struct instant at      = instant_after(now, silence);

	if (!line->turn && at.ms > line->take_at.ms)
		line->take_at = at;
}

void
line_turn_given(struct line *line, struct instant now)
{
	if (line->turn_busy)
		line->idle_ms = GRACE_MS;
	else
		line->idle_ms = 2 * line->idle_ms < IDLE_MOST_MS ? 2 * line->idle_ms : IDLE_MOST_MS;
	line->turn       = true;
	line->takes      = 0;
	line->turn_busy  = false;
	line->turn_bytes = 0;
	line->pass_at    = instant_after(now, line->idle_ms);
	line->take_at    = INSTANT_NEVER;
}

void
line_turn_tick(struct line *line, struct instant now)
{
	if (line->turn && instant_reached(line->pass_at, now)) {
		line->pass_at  = INSTANT_NEVER;
		line->pass_now = true;
	}
	if (!line->turn && instant_reached(line->take_at, now)) {
		line->take_at      = INSTANT_NEVER;
		line->turn         = true;
		line->pass_now     = true;
		line->turn_bytes   = turn_most(line); /* to ask, not to go on */
		line->open_due_now = !line->confirmed;
		line->takes++;
	}
}

struct instant
line_turn_deadline(const struct line *line)
{
	return line->turn ? line->pass_at : line->take_at;
}

static int64_t
round_trip_ms(const struct line *line)
{
	return line->stated_round_trip_ms > 0 ? line->stated_round_trip_ms : ROUND_TRIP_MS;
}

/* How long the far end may be silent after it was given the turn. */
static int64_t
answer_ms(const struct line *line)
{
	int64_t wait =
	    round_trip_ms(line) + MARGIN_MS + (line->turn_busy ? GRACE_MS : IDLE_MOST_MS);

	if (line->rate_bytes == 0) /* all of it may still be on its way */
		wait += (int64_t)line->turn_bytes * 1000 / SLOWEST_BYTES;
	if (!line->calls)
		wait += wait / 2;
	return wait << (line->takes < TAKES_DOUBLING ? line->takes : TAKES_DOUBLING);
}

/* So that the turns cost less than a tenth of the time. */
static uint64_t
turn_most(const struct line *line)
{
	int64_t  lasts = TURN_ROUNDS * round_trip_ms(line);
	uint64_t most;

	if (lasts < TURN_MS)
		lasts = TURN_MS;
	if (line->rate_bytes == 0)
		return TURN_UNKNOWN;
	most = (uint64_t)(line->rate_bytes * lasts / 1000);
	return most > TURN_LEAST ? most : TURN_LEAST;
}
