/*
 * line_bed.c - the clock goes from one moment at which something happens to the next
 */
#include "tests/support/line_bed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	LOOK_EVERY_MS  = 5,   /* at what comes out of a channel                         */
	SAME_TIME_MOST = 400, /* steps at one moment, before that is taken for spinning */
	STALE_BYTES    = 3000,
	BURST_MS       = 1000, /* a burst lasts, on a line that is hardly used */
	MINUTE_MS      = 60000,
};

static void    step(struct line_bed *bed, unsigned which);
static void    hear(struct line_bed *bed, unsigned which);
static void    take_stream(struct line_bed *bed, unsigned which);
static void    give_stream(struct line_bed *bed, unsigned which);
static void    say(struct line_bed *bed, unsigned which);
static void    put(struct line_bed *bed, unsigned which);
static size_t  worsen(struct line_bed *bed, unsigned which, const uint8_t *from, size_t length,
                      uint8_t *to);
static int64_t next_moment(const struct line_bed *bed);
static void    make_stale(struct line_bed *bed);
static void    trouble(struct line_bed *bed, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void
line_bed_init(struct line_bed *bed, const struct line_bed_options *options)
{
	*bed = (struct line_bed){ .options = *options, .now = { 1000 } };
	random_seed_number(&bed->dice, options->seed);
	for (unsigned i = 0; i < 2; i++) {
		struct line_bed_end   *end = &bed->ends[i];
		struct channel_options way = options->way;

		way.seed += i + options->seed * 2;
		channel_init(&end->way, &way);
		end->line       = line_new(&options->ends[i], bed->now);
		end->next_piece = bed->now;
		end->next_stall_ms =
		    options->stall_every_ms > 0 ? bed->now.ms + options->stall_every_ms : INT64_MAX;
		buffer_init(&end->pending);
	}
	if (options->stale)
		make_stale(bed);
}

void
line_bed_release(struct line_bed *bed)
{
	for (unsigned i = 0; i < 2; i++) {
		line_free(bed->ends[i].line);
		channel_release(&bed->ends[i].way);
		buffer_release(&bed->ends[i].pending);
	}
}

/* The end of a call between others, or the same two an hour ago, is still on its way. */
static void
make_stale(struct line_bed *bed)
{
	struct line_bed_options options = bed->options;
	struct line_bed         earlier;
	struct buffer           left;

	options.stale           = false;
	options.seed            = bed->options.seed + 1;
	options.ends[0].number  = bed->options.ends[0].number ^ 0x5555;
	options.ends[1].number  = bed->options.ends[1].number ^ 0x3333;
	options.stream_bytes[0] = 100000;
	options.stream_bytes[1] = 100000;
	options.way.flip_one_in = 0;
	options.way.drop_one_in = 0;
	buffer_init(&left);
	line_bed_init(&earlier, &options);
	if (random_below(&bed->dice, 2) == 0) /* or its very beginning */
		line_bed_run(&earlier, (int64_t)random_below(&bed->dice, 30000));
	for (unsigned i = 0; i < 2; i++) {
		buffer_clear(&left);
		for (int round = 0; round < 5 && left.length < STALE_BYTES; round++) {
			line_output(earlier.ends[i].line, &left, earlier.now);
			earlier.now = instant_after(earlier.now, 1000);
		}
		if (left.length > 0)
			buffer_append(&bed->ends[i].pending, left.data,
			              random_below(&bed->dice, left.length + 1));
	}
	line_bed_release(&earlier);
	buffer_release(&left);
}

uint8_t
line_bed_byte(unsigned end, uint64_t position)
{
	uint64_t mixed = (position + 1) * 0x9e3779b97f4a7c15 + end;

	mixed ^= mixed >> 29;
	mixed *= 0xbf58476d1ce4e5b9;
	return (uint8_t)(mixed >> 56);
}

bool
line_bed_is_done(const struct line_bed *bed)
{
	for (unsigned i = 0; i < 2; i++)
		if (!bed->ends[i].ended || !line_drained(bed->ends[i].line) ||
		    bed->ends[i].read != bed->options.stream_bytes[1 - i])
			return false;
	return true;
}

void
line_bed_run(struct line_bed *bed, int64_t limit_ms)
{
	struct instant limit = instant_after(bed->now, limit_ms);
	unsigned       same  = 0;

	while (bed->trouble[0] == '\0' && !instant_reached(limit, bed->now)) {
		int64_t next;

		step(bed, 0);
		step(bed, 1);
		bed->steps++;
		if (line_bed_is_done(bed) || line_why(bed->ends[0].line)[0] != '\0' ||
		    line_why(bed->ends[1].line)[0] != '\0')
			return;
		next = next_moment(bed);
		same = next <= bed->now.ms ? same + 1 : 0;
		if (same > SAME_TIME_MOST)
			trouble(bed, "the clock stands still at %lld", (long long)bed->now.ms);
		if (next == INT64_MAX)
			trouble(bed, "everybody waits for nothing");
		if (next > bed->now.ms)
			bed->now.ms = next;
	}
}

static int64_t
next_moment(const struct line_bed *bed)
{
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < 2; i++) {
		const struct line_bed_end *end = &bed->ends[i];
		int64_t                    due = line_deadline(end->line).ms;

		next = due < next ? due : next;
		if (channel_due_us(&end->way) != CHANNEL_NEVER_US) {
			due = channel_due_us(&end->way) / 1000 + 1;
			if (due < bed->now.ms + LOOK_EVERY_MS)
				due = bed->now.ms + LOOK_EVERY_MS;
			next = due < next ? due : next;
		}
		if (end->pending.length > 0) {
			due = channel_room_us(&end->way, bed->now.ms * 1000);
			due = due == CHANNEL_NEVER_US ? INT64_MAX : due / 1000 + 1;
			if (due < end->stalled_until_ms)
				due = end->stalled_until_ms;
			next = due < next ? due : next;
		}
		if (!end->closed && line_room(end->line) > 0 && end->next_piece.ms < next &&
		    end->next_piece.ms > bed->now.ms)
			next = end->next_piece.ms;
	}
	return next;
}

static void
step(struct line_bed *bed, unsigned which)
{
	struct line_bed_end *end = &bed->ends[which];

	hear(bed, which);
	line_tick(end->line, bed->now);
	take_stream(bed, which);
	give_stream(bed, which);
	say(bed, which);
	if (line_why(end->line)[0] == '\0' && instant_reached(line_deadline(end->line), bed->now))
		trouble(bed, "end %u has a deadline that has passed at %lld", which,
		        (long long)bed->now.ms);
}

static void
hear(struct line_bed *bed, unsigned which)
{
	uint8_t bytes[512];
	size_t  length;

	do {
		length = channel_take(&bed->ends[1 - which].way, bytes, sizeof(bytes),
		                      bed->now.ms * 1000);
		if (length > 0)
			line_receive(bed->ends[which].line, (struct span){ bytes, length },
			             bed->now);
	} while (length > 0);
}

static void
take_stream(struct line_bed *bed, unsigned which)
{
	struct line_bed_end *end = &bed->ends[which];
	uint8_t              bytes[700];
	size_t               length;

	for (;;) {
		enum status status = line_read(end->line, bytes, sizeof(bytes), &length);

		for (size_t i = 0; i < length; i++, end->read++)
			if (bytes[i] != line_bed_byte(1 - which, end->read)) {
				trouble(bed, "end %u reads another byte at %llu", which,
				        (unsigned long long)end->read);
				return;
			}
		if (status == STATUS_NOT_FOUND && end->read != bed->ends[1 - which].written)
			trouble(bed, "end %u reads an end at %llu", which,
			        (unsigned long long)end->read);
		end->ended = status == STATUS_NOT_FOUND;
		if (length == 0)
			return;
		if (end->read > bed->ends[1 - which].written)
			trouble(bed, "end %u reads what was not written", which);
	}
}

static void
give_stream(struct line_bed *bed, unsigned which)
{
	struct line_bed_end           *end     = &bed->ends[which];
	const struct line_bed_options *options = &bed->options;
	uint8_t                        bytes[LINE_UNSENT_BYTES];
	size_t                         room = line_room(end->line);

	if (end->closed || !instant_reached(end->next_piece, bed->now))
		return;
	if (options->piece_bytes > 0 && room > options->piece_bytes)
		room = options->piece_bytes;
	if (room > options->stream_bytes[which] - end->written)
		room = (size_t)(options->stream_bytes[which] - end->written);
	for (size_t i = 0; i < room; i++)
		bytes[i] = line_bed_byte(which, end->written + i);
	if (room > 0)
		line_write(end->line, (struct span){ bytes, room }, bed->now);
	end->written += room;
	if (options->pause_ms > 0 && room > 0)
		end->next_piece = instant_after(bed->now, options->pause_ms);
	if (end->written == options->stream_bytes[which]) {
		line_close(end->line, bed->now);
		end->closed = true;
	}
}

static void
say(struct line_bed *bed, unsigned which)
{
	struct line_bed_end *end = &bed->ends[which];

	if (bed->now.ms >= end->next_stall_ms) {
		end->stalled_until_ms = bed->now.ms + bed->options.stall_ms;
		end->next_stall_ms    = end->stalled_until_ms + bed->options.stall_every_ms;
	}
	for (;;) {
		put(bed, which);
		if (end->pending.length > 0)
			return;
		line_output(end->line, &end->pending, bed->now);
		if (end->pending.length > LINE_OUTPUT_BYTES)
			trouble(bed, "end %u says too much at once", which);
		end->medium_bytes += end->pending.length;
		if (end->pending.length == 0)
			return;
	}
}

/* As much of what is pending as the channel takes. */
static void
put(struct line_bed *bed, unsigned which)
{
	struct line_bed_end *end = &bed->ends[which], *other = &bed->ends[1 - which];
	uint8_t              bytes[512], worse[1024];
	size_t               room;

	while (end->pending.length > 0 && bed->now.ms >= end->stalled_until_ms &&
	       (room = channel_room(&end->way, bed->now.ms * 1000)) > 0) {
		size_t length = end->pending.length, sent;

		room   = room < sizeof(bytes) ? room : sizeof(bytes);
		length = length < room / 2 + 1 ? length : room / 2 + 1;
		memcpy(bytes, end->pending.data, length);
		buffer_drop_front(&end->pending, length);
		end->garbled = bed->options.one_at_a_time && !channel_is_empty(&other->way);
		sent         = worsen(bed, which, bytes, length, worse);
		if (sent > room)
			sent = room;
		channel_put(&end->way, worse, sent, bed->now.ms * 1000);
		if (bed->options.echo)
			line_receive(end->line, (struct span){ worse, sent }, bed->now);
	}
}

static size_t
worsen(struct line_bed *bed, unsigned which, const uint8_t *from, size_t length, uint8_t *to)
{
	const struct line_bed_options *options = &bed->options;
	struct line_bed_end           *end     = &bed->ends[which];
	size_t                         count   = 0;

	for (size_t i = 0; i < length; i++) {
		uint8_t byte = from[i];

		if (options->eaten[byte])
			continue;
		if (bed->now.ms > end->burst_until_ms)
			end->burst_left = 0;
		if (options->burst_one_in > 0 &&
		    random_below(&bed->dice, options->burst_one_in) == 0) {
			end->burst_left     = random_below(&bed->dice, options->burst_bytes) + 1;
			end->burst_until_ms = bed->now.ms + BURST_MS;
		}
		if (end->burst_left > 0 || end->garbled)
			byte = (uint8_t)random_next(&bed->dice);
		if (end->burst_left > 0)
			end->burst_left--;
		to[count++] = byte;
		if (options->double_one_in > 0 &&
		    random_below(&bed->dice, options->double_one_in) == 0)
			to[count++] = byte;
		else if (options->invent_one_in > 0 &&
		         random_below(&bed->dice, options->invent_one_in) == 0)
			to[count++] = (uint8_t)random_next(&bed->dice);
	}
	return count;
}

static void
trouble(struct line_bed *bed, const char *format, ...)
{
	va_list arguments;

	if (bed->trouble[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(bed->trouble, sizeof(bed->trouble), format, arguments);
	va_end(arguments);
}

/* --- drawn ------------------------------------------------------------------------------- */

static uint64_t
one_in(struct random *dice, uint64_t least)
{
	static const uint64_t rates[] = { 1, 3, 10, 50, 200 };

	return random_below(dice, 2) == 0 ? 0 : least * rates[random_below(dice, 5)];
}

void
line_bed_draw(struct line_bed_options *options, uint64_t seed)
{
	static const int64_t rates[] = { 0, 30, 120, 960, 1440, 3360, 11520, 100000 };
	static const int64_t trips[] = { 0, 20, 300, 600, 3000, 12000 };
	struct random        dice;
	int64_t              rate, trip;

	random_seed_number(&dice, seed);
	*options                 = (struct line_bed_options){ .seed = seed };
	rate                     = rates[random_below(&dice, 8)];
	trip                     = trips[random_below(&dice, 6)];
	options->way.bytes_per_s = rate;
	options->way.delay_us    = trip * 500;
	options->way.buffer      = 16 + random_below(&dice, 4096);
	options->way.seven_bit   = random_below(&dice, 3) == 0;
	options->way.eats_flow   = random_below(&dice, 3) == 0;
	options->way.flip_one_in = one_in(&dice, 300);
	options->way.drop_one_in = one_in(&dice, 500);
	options->invent_one_in   = one_in(&dice, 500);
	options->double_one_in   = one_in(&dice, 500);
	options->burst_one_in    = one_in(&dice, 10000);
	options->burst_bytes     = 1 + random_below(&dice, 300);
	options->stale           = random_below(&dice, 4) == 0;
	options->one_at_a_time   = random_below(&dice, 4) == 0;
	options->echo            = options->one_at_a_time && random_below(&dice, 3) == 0;
	if (random_below(&dice, 4) == 0) {
		options->stall_every_ms = 5000 + (int64_t)random_below(&dice, 60000);
		options->stall_ms       = (int64_t)random_below(&dice, 20000);
	}
	for (uint64_t left = random_below(&dice, 3) == 0 ? random_below(&dice, 6) : 0; left > 0;
	     left--) {
		uint8_t byte = (uint8_t)random_next(&dice);

		if (byte <= ' ' || byte >= 0x7f)
			options->eaten[byte] = true;
	}
	for (unsigned i = 0; i < 2; i++) {
		struct line_options *end = &options->ends[i];

		/* What an operator says may be wrong, or said at one end only. */
		end->number        = (uint32_t)random_next(&dice) | 1;
		end->calls         = i == 0;
		end->seven_bit     = options->way.seven_bit && random_below(&dice, 4) > 0;
		end->xonxoff       = options->way.eats_flow && random_below(&dice, 4) > 0;
		end->half_duplex   = options->one_at_a_time;
		end->rate_bytes    = random_below(&dice, 3) == 0 ? 0 : rate;
		end->round_trip_ms = random_below(&dice, 3) == 0 ? 0 : trip;
		end->patience_ms   = 60 * MINUTE_MS;
		options->stream_bytes[i] =
		    random_below(&dice, 5) == 0
			? 0
			: random_below(&dice, rate > 0 && rate < 1000 ? 3000 : 40000);
	}
	if (random_below(&dice, 3) == 0) {
		options->pause_ms    = 1 + (int64_t)random_below(&dice, 2000);
		options->piece_bytes = 1 + random_below(&dice, 2000);
	}
}

const char *
line_bed_judge(struct line_bed *bed)
{
	for (unsigned i = 0; i < 2; i++)
		if (line_why(bed->ends[i].line)[0] != '\0')
			trouble(bed, "end %u died: %s", i, line_why(bed->ends[i].line));
	if (!line_bed_is_done(bed))
		trouble(bed, "not done at %lld: %llu of %llu and %llu of %llu bytes",
		        (long long)bed->now.ms, (unsigned long long)bed->ends[1].read,
		        (unsigned long long)bed->options.stream_bytes[0],
		        (unsigned long long)bed->ends[0].read,
		        (unsigned long long)bed->options.stream_bytes[1]);
	return bed->trouble;
}
