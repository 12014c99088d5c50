/*
 * fuzz_line.c - any bytes from a bad line, in good frames and without
 *
 * The first byte chooses the line; then each piece of input is a byte that says what it is and
 * how long: raw bytes of the medium, a frame's content that is given a good check and seed, or a
 * wait. Whatever comes, the line says no more than it may, asks for no time that has passed,
 * and gives no byte before the far end is known.
 */
#include <assert.h>
#include <string.h>

#include "daemon/line/line.h"
#include "daemon/line/line_alphabet.h"
#include "daemon/line/line_frame.h"
#include "spool/base/checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NUMBER = 0x01020304, FAR_NUMBER = 0x05060708, WRITES_MOST = 64 };

static struct line_alphabet safe;

static void     meet(struct line *line, struct instant now);
static void     say(struct line *line, struct span content, uint32_t seed, struct instant now);
static uint32_t seed_in(void);
static void     look(struct line *line, struct instant now);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line_options options = { .number = NUMBER };
	struct instant      now     = { 1000 };
	struct line        *line;

	if (size == 0)
		return 0;
	options.calls       = (data[0] & 1) != 0;
	options.seven_bit   = (data[0] & 2) != 0;
	options.half_duplex = (data[0] & 4) != 0;
	options.rate_bytes  = (data[0] & 8) != 0 ? 960 : 0;
	line_alphabet_init_safe(&safe);
	line = line_new(&options, now);
	if ((data[0] & 16) != 0)
		meet(line, now);
	for (size_t at = 1; at < size;) {
		size_t length = data[at] >> 2;
		size_t left   = size - at - 1;

		length = length < left ? length : left;
		switch (data[at] & 3) {
		case 0:
			now    = instant_after(now, (int64_t)(length * length * 10));
			length = 0;
			break;
		case 1:
			line_receive(line, (struct span){ data + at + 1, length }, now);
			break;
		case 2:
			say(line, (struct span){ data + at + 1, length }, seed_in(), now);
			break;
		default:
			if (length < WRITES_MOST && length <= line_room(line))
				line_write(line, (struct span){ data + at + 1, length }, now);
			else
				line_close(line, now);
			break;
		}
		at += 1 + length;
		look(line, now);
	}
	line_free(line);
	return 0;
}

static void
meet(struct line *line, struct instant now)
{
	static const uint8_t opening[] = { LINE_OPEN, 1, 4, 5, 6, 7, 8, 2, 4, 1, 2, 3, 4 };

	say(line, (struct span){ opening, sizeof(opening) }, 0, now);
	assert(line_is_open(line));
}

/* With the check that makes a frame of it. */
static void
say(struct line *line, struct span content, uint32_t seed, struct instant now)
{
	struct buffer plain, medium;

	buffer_init(&plain);
	buffer_init(&medium);
	buffer_append_span(&plain, content);
	if (content.length > 0 && (content.data[0] & LINE_OPEN) != 0)
		seed = 0;
	buffer_append_u32(&plain, checksum_crc32c(seed, content));
	buffer_append_u8(&medium, LINE_MARK);
	line_alphabet_encode(&safe, buffer_span(&plain), &medium);
	buffer_append_u8(&medium, LINE_MARK);
	line_receive(line, buffer_span(&medium), now);
	buffer_release(&plain);
	buffer_release(&medium);
}

static uint32_t
seed_in(void)
{
	static const uint8_t numbers[] = { 5, 6, 7, 8, 1, 2, 3, 4 };

	return checksum_crc32c(0, (struct span){ numbers, sizeof(numbers) });
}

static void
look(struct line *line, struct instant now)
{
	uint8_t       bytes[512];
	size_t        length;
	struct buffer medium;

	buffer_init(&medium);
	line_tick(line, now);
	do {
		line_read(line, bytes, sizeof(bytes), &length);
		assert(length == 0 || line_is_open(line));
	} while (length > 0);
	for (int i = 0; i < 300; i++) {
		buffer_clear(&medium);
		line_output(line, &medium, now);
		assert(medium.length <= LINE_OUTPUT_BYTES);
		if (medium.length == 0)
			break;
		assert(i < 299);
	}
	assert(line_why(line)[0] != '\0' || !instant_reached(line_deadline(line), now));
	assert(!line_drained(line) || line_unconfirmed(line) == 0);
	buffer_release(&medium);
}
