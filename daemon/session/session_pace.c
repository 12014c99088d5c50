/*
 * session_pace.c - how much may be under way, so that what is urgent need not wait long
 *
 * Whatever carries a call has room for more bytes than its line can soon deliver: a socket, a modem,
 * a satellite's gateway. What has been given to them cannot be overtaken. So the session
 * counts what the far end has: it puts a PING behind each frame, and the PONG says that all before
 * it has arrived. From two that follow each other comes the line's rate, from the best of them its
 * length; and no more goes out than the line carries while an answer comes, and a little. (As
 * BBR does, Cardwell et al. 2016, but for one line and in units of frames.)
 *
 * A frame of what is low (a file) keeps the line busy for LOW_MS, one of what is high (a short mail)
 * for HIGH_MS, and only the urgent waits for that; behind it the next may be ready, and what the
 * line holds while an answer comes. A line that proves fast is left to those who know it.
 *
 * What an earlier call has learnt is the first guess; a guess that the line is fast is looked at
 * once PROOF_BYTES have gone out.
 */
#include "daemon/session/session_inside.h"

enum {
	GUESS_RATE    = 900, /* bytes a second of a line that is not yet known */
	GUESS_MS      = 300, /* its round trip                                 */
	LOW_MS        = 600,
	HIGH_MS       = 2400,
	SPARE_MS      = 500, /* behind a frame, so that the line never waits   */
	FAST_RATE     = 128 * 1024,
	PING_BYTES    = 512, /* since the last one: time for another           */
	PROOF_BYTES   = 16384,
	RATE_MIN      = 30,
	FRAME_MIN     = 256,
	HIGH          = 1,    /* priorities up to this one: urgent and high   */
	FRAME_SLOW_MS = 4000, /* for a whole frame on a fast line: it is none */
};

static int64_t  window(const struct session_pace *pace, int64_t busy_ms);
static uint64_t under_way(const struct session_pace *pace);
static int64_t  per_second(uint64_t bytes, int64_t ms);
static void measure(struct session_pace *pace, const struct pace_mark *mark, struct instant now);

void
pace_init(struct session_pace *pace)
{
	*pace = (struct session_pace){ .rate = GUESS_RATE, .round_trip_ms = -1 };
}

void
pace_wrote(struct session_pace *pace, uint64_t bytes)
{
	pace->sent += bytes;
}

void
pace_guess(struct session_pace *pace, int64_t rate, int64_t round_trip_ms)
{
	pace->rate          = rate;
	pace->round_trip_ms = round_trip_ms;
	pace->fast          = rate >= FAST_RATE;
}

bool
pace_wants_ping(const struct session_pace *pace)
{
	uint64_t bytes = pace->fast ? PROOF_BYTES : PING_BYTES;

	return !pace->turns && !(pace->fast && pace->known) && pace->mark_count < PACE_MARKS &&
	       pace->sent - pace->marked >= bytes;
}

void
pace_pinged(struct session_pace *pace, uint64_t number, struct instant now)
{
	if (pace->mark_count == PACE_MARKS)
		return;
	pace->marks[pace->mark_count++] = (struct pace_mark){
		.number  = number,
		.sent    = pace->sent,
		.arrived = pace->arrived,
		.at      = now,
	};
	pace->marked = pace->sent;
}

void
pace_answered(struct session_pace *pace, uint64_t number, struct instant now)
{
	size_t count = 0;

	while (count < pace->mark_count && pace->marks[count].number != number)
		count++;
	if (count == pace->mark_count)
		return;
	measure(pace, &pace->marks[count], now);
	pace->arrived  = pace->marks[count].sent;
	pace->answered = now;
	pace->mark_count -= ++count;
	for (size_t i = 0; i < pace->mark_count; i++)
		pace->marks[i] = pace->marks[i + count];
}

/*
 * What the line held, through the time it took, is a lower bound of its rate. Two PINGs of which the
 * second left before the first was answered say more: the line was busy all the time between the
 * two answers. But answers that waited for each other say nothing, so the bound bounds that, too.
 * The best round trip holds its own frame, so the window is always more than what gave the bound,
 * and on a line that is long and not slow both grow from one round trip to the next.
 */
static void
measure(struct session_pace *pace, const struct pace_mark *mark, struct instant now)
{
	bool    busy    = pace->arrived > 0 && mark->at.ms <= pace->answered.ms;
	int64_t took_ms = now.ms - mark->at.ms;
	int64_t rate    = per_second(mark->sent - mark->arrived, took_ms);

	if (busy) {
		int64_t most = rate + rate / 2;

		rate = per_second(mark->sent - pace->arrived, now.ms - pace->answered.ms);
		rate = rate < most ? rate : most;
	}
	if (rate > pace->rate || (!pace->known && pace->fast))
		pace->rate = rate;
	else if (busy)
		pace->rate = (pace->rate + rate) / 2;
	if (pace->round_trip_ms < 0 || took_ms < pace->round_trip_ms)
		pace->round_trip_ms = took_ms;
	pace->fast  = pace->rate >= FAST_RATE;
	pace->known = true;
}

/* Nothing that carries a call is slower than RATE_MIN. */
static int64_t
per_second(uint64_t bytes, int64_t ms)
{
	int64_t rate = (int64_t)bytes * 1000 / (ms > 0 ? ms : 1);

	return rate > RATE_MIN ? rate : RATE_MIN;
}

bool
pace_may_begin(const struct session_pace *pace, unsigned priority, uint64_t length)
{
	uint64_t before = under_way(pace);

	if (pace->fast || pace->turns || before == 0)
		return true;
	if (priority <= HIGH)
		return before < (uint64_t)window(pace, HIGH_MS + SPARE_MS);
	return before + length <= (uint64_t)window(pace, LOW_MS + SPARE_MS);
}

bool
pace_is_full(const struct session_pace *pace, uint64_t more)
{
	return !pace->fast && !pace->turns &&
	       under_way(pace) + more > (uint64_t)window(pace, HIGH_MS + SPARE_MS);
}

uint32_t
pace_frame_bytes(const struct session_pace *pace, unsigned priority)
{
	int64_t bytes = pace->rate * (priority <= HIGH ? HIGH_MS : LOW_MS) / 1000;

	if (pace->fast || bytes > SESSION_FRAME_BYTES)
		return SESSION_FRAME_BYTES;
	return bytes < FRAME_MIN ? FRAME_MIN : (uint32_t)bytes;
}

void
pace_frame_took(struct session_pace *pace, int64_t ms)
{
	if (pace->fast && ms > FRAME_SLOW_MS)
		pace_init(pace);
}

static int64_t
window(const struct session_pace *pace, int64_t busy_ms)
{
	int64_t length_ms = pace->round_trip_ms < 0 ? GUESS_MS : pace->round_trip_ms;

	return pace->rate * (length_ms + busy_ms) / 1000;
}

/* Where no answer is awaited, what is not known to have arrived is too little to wait for. */
static uint64_t
under_way(const struct session_pace *pace)
{
	return pace->mark_count == 0 ? 0 : pace->sent - pace->arrived;
}
