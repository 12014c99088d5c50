/*
 * line_measure.c - round trip, rate and errors of a line, and what follows from them
 *
 * How long to wait: Jacobson and Karels (1988). Each sending has a serial of its own, so
 * an answer says which one it answers, and Karn's ambiguity does not arise.
 *
 * How much may fly: twice what the line has shown to deliver in its least round trip, as in
 * BBR; enough to find out that it delivers more, too little to fill the buffers of modems,
 * in which everything that is sent again would have to queue.
 *
 * How long a frame: at an error in every n bytes, frames of length L lose L/n of what is sent
 * and cost h/L in headers; the sum is least at L = sqrt(h n).
 */
#include "daemon/line/line_inside.h"

enum {
	FIRST_WAIT_MS = 3000, /* where no round trip is stated */
	WAIT_LEAST_MS = 300,
	WAIT_MOST_MS  = 60000,
	PATIENCE_MS   = 300000,
	HEADER_BYTES  = 12, /* with check, mark and what the alphabet rounds up */
	FRAME_LEAST   = 32,
	LONG_FRAME_S  = 4, /* of a slow line, at most, but for ... */
	LONG_FRAME    = 128,
	TRIED_BYTES   = 8192, /* the memory of errors begins with so many good bytes ... */
	TRIED_MOST    = 65536,
	LOST_ONE      = 16,  /* ... and a sixteenth of a lost frame */
	FLYING_LEAST  = 4,   /* full frames */
	ROW_MANY      = 3,   /* losses of an alphabet that has never worked */
	SURELY        = 100, /* thousandths: by which the safe alphabet must be better */
	PATIENT_WAITS = 2,   /* before each is twice as long as the last */
};

static unsigned square_root(uint64_t value);
static unsigned best_length(const struct line_errors *errors);
static uint64_t longest_frame(const struct line *line);
static int64_t  line_time_ms(const struct line *line, uint64_t bytes);

void
line_measure_begin(struct line *line, const struct line_options *options, struct instant now)
{
	line->rate_bytes           = options->rate_bytes;
	line->stated_round_trip_ms = options->round_trip_ms;
	line->patience_ms          = options->patience_ms > 0 ? options->patience_ms : PATIENCE_MS;
	line->clear                = now;
	line->pace                 = INSTANT_NEVER;
	line->smoothed_ms          = -1;
	line->least_ms             = -1;
	line->delivered_at         = now;
	for (unsigned i = 0; i < 2; i++)
		line->errors[i] = (struct line_errors){ .tried = TRIED_BYTES, .lost = 1 };
	if (line->patience_ms < 10 * line->stated_round_trip_ms)
		line->patience_ms = 10 * line->stated_round_trip_ms;
}

/* --- the rate -------------------------------------------------------------------------- */

/* So many bytes were given to the medium. */
void
line_measure_put(struct line *line, size_t bytes, struct instant now)
{
	if (now.ms > line->clear.ms) {
		line->clear      = now;
		line->clear_rest = 0;
	}
	if (line->rate_bytes <= 0)
		return;
	line->clear_rest += bytes * 1000;
	line->clear =
	    instant_after(line->clear, (int64_t)(line->clear_rest / (uint64_t)line->rate_bytes));
	line->clear_rest %= (uint64_t)line->rate_bytes;
}

/* Has the medium enough for now? Then the deadline says when it has not. */
bool
line_measure_paced(struct line *line, struct instant now)
{
	line->pace = INSTANT_NEVER;
	if (line->clear.ms <= now.ms + LINE_AHEAD_MS)
		return false;
	line->pace = instant_after(line->clear, -LINE_AHEAD_MS);
	return true;
}

/* 0 where the rate is not stated: what was seen may have been a stream that trickled. */
static int64_t
line_time_ms(const struct line *line, uint64_t bytes)
{
	return line->rate_bytes > 0 ? (int64_t)(bytes * 1000 / (uint64_t)line->rate_bytes) : 0;
}

uint64_t
line_measure_flying_max(const struct line *line)
{
	uint64_t rate = line->rate_seen, round_trip = 0;
	uint64_t least = FLYING_LEAST * line_measure_frame_bytes(line);
	uint64_t most;

	if (line->half_duplex)
		return LINE_WINDOW_BYTES;
	if (rate == 0)
		rate = (uint64_t)line->rate_bytes;
	if (line->least_ms >= 0)
		round_trip = (uint64_t)line->least_ms;
	if (line->stated_round_trip_ms > (int64_t)round_trip)
		round_trip = (uint64_t)line->stated_round_trip_ms;
	if (least < 2 * LINE_FRAME_BYTES)
		least = 2 * LINE_FRAME_BYTES;
	if (line->smoothed_ms < 0) /* what the line does to frames is not known yet */
		return least;
	most = 2 * (rate * round_trip / 1000) + least;
	return most < LINE_WINDOW_BYTES ? most : LINE_WINDOW_BYTES;
}

/* --- the round trip -------------------------------------------------------------------- */

void
line_measure_round_trip(struct line *line, int64_t ms)
{
	int64_t error;

	if (ms < 0)
		ms = 0; /* faster than stated */
	if (line->least_ms < 0 || ms < line->least_ms)
		line->least_ms = ms;
	if (line->smoothed_ms < 0) {
		line->smoothed_ms  = ms;
		line->deviation_ms = ms / 2;
		return;
	}
	error = ms - line->smoothed_ms;
	line->smoothed_ms += error / 8;
	line->deviation_ms += ((error < 0 ? -error : error) - line->deviation_ms) / 4;
	/* A line that got slower for good is believed in the end. */
	if (line->smoothed_ms > 2 * line->least_ms)
		line->least_ms += line->least_ms / 64 + 1;
}

/* For an answer, after the last byte was sent, until one frame more is tried. Who has heard the
 * far end's last word only wants to be let go, and does not wait longer each time. */
int64_t
line_measure_wait_ms(const struct line *line)
{
	int64_t wait = line_measure_answer_ms(line);

	if (line->expected > line->ends_at)
		return wait;

	for (unsigned i = PATIENT_WAITS; i < line->timeouts && wait < WAIT_MOST_MS; i++)
		wait = 2 * wait < WAIT_MOST_MS ? 2 * wait : WAIT_MOST_MS;
	return wait;
}

/* How soon an answer may be expected. */
int64_t
line_measure_answer_ms(const struct line *line)
{
	int64_t wait = FIRST_WAIT_MS;

	if (line->smoothed_ms >= 0)
		wait = line->smoothed_ms + 4 * line->deviation_ms;
	else if (line->stated_round_trip_ms > 0)
		wait = line->stated_round_trip_ms;
	if (wait < line->stated_round_trip_ms)
		wait = line->stated_round_trip_ms;
	/* It may wait at the far end, for company and behind a long frame. */
	wait += LINE_ACK_WAIT_MS + line_time_ms(line, 2 * longest_frame(line));
	return wait > WAIT_LEAST_MS ? wait : WAIT_LEAST_MS;
}

/* --- errors ---------------------------------------------------------------------------- */

void
line_measure_flight(struct line *line, const struct line_flight *flight, bool arrived,
                    struct instant now)
{
	struct line_errors *errors = &line->errors[flight->safe],
			   *others = &line->errors[!flight->safe];
	uint64_t bytes             = flight->range.to - flight->range.from;
	uint64_t rate;
	int64_t  took = now.ms - flight->delivered_at.ms;

	errors->tried += bytes;
	errors->lost += arrived ? 0 : LOST_ONE;
	if (errors->tried > TRIED_MOST) {
		errors->tried /= 2;
		errors->lost = (errors->lost + 1) / 2;
		others->lost = (others->lost + 1) / 2; /* so that it gets its chance again */
	}
	errors->row = arrived ? 0 : errors->row + 1;
	if (!arrived)
		return;
	errors->worked = true;
	line->delivered += bytes;
	line->delivered_at = now;
	line->rate_seen -= line->rate_seen / 16;
	rate = took > 0 ? (line->delivered - flight->delivered) * 1000 / (uint64_t)took : 0;
	if (rate > line->rate_seen)
		line->rate_seen = rate;
}

/* At which header and loss cost least; beyond what a frame may be, too. */
static unsigned
best_length(const struct line_errors *errors)
{
	return square_root(HEADER_BYTES * LOST_ONE * errors->tried / errors->lost);
}

/*
 * Frames get lost by noise, or because the line does not pass what its operators thought. In
 * the second case the safe alphabet is better, although it is longer: each alphabet has its own
 * memory of errors, and the better of the two by what is remembered is taken. Where nothing
 * comes back at all, they are tried in turn; and one that has never worked is soon left for the other.
 */
bool
line_measure_writes_safe(const struct line *line)
{
	uint64_t agreed = 2 * HEADER_BYTES * 1000 / (best_length(&line->errors[false]) + 1);
	uint64_t safe   = 2 * HEADER_BYTES * 1000 / (best_length(&line->errors[true]) + 1);
	unsigned silent = line->half_duplex ? line->takes : line->timeouts;
	uint64_t longer = (uint64_t)line->safe.lengths[LINE_BLOCK_BYTES] * 1000 /
	                  line->agreed.lengths[LINE_BLOCK_BYTES];

	if (silent > PATIENT_WAITS)
		return silent % 2 == 0;
	if (!line->errors[false].worked && line->errors[false].row >= ROW_MANY &&
	    line->errors[true].row < ROW_MANY)
		return true;
	return agreed + 1000 > safe + longer + SURELY;
}

static uint64_t
longest_frame(const struct line *line)
{
	int64_t bytes = LINE_FRAME_BYTES;

	if (line->rate_bytes > 0 && line->rate_bytes * LONG_FRAME_S < bytes)
		bytes = line->rate_bytes * LONG_FRAME_S;
	return (uint64_t)(bytes > LONG_FRAME ? bytes : LONG_FRAME);
}

/* Who asks for an answer after a time-out does so in few words. */
unsigned
line_measure_frame_bytes(const struct line *line)
{
	uint64_t bytes = best_length(&line->errors[line_measure_writes_safe(line)]);

	if (bytes > longest_frame(line))
		bytes = longest_frame(line);
	for (unsigned i = 0; i < line->timeouts && bytes > FRAME_LEAST; i++)
		bytes /= 2;
	return (unsigned)(bytes > FRAME_LEAST ? bytes : FRAME_LEAST);
}

static unsigned
square_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = (uint64_t)1 << 31; bit > 0; bit >>= 1)
		if ((root + bit) * (root + bit) <= value)
			root += bit;
	return (unsigned)root;
}
