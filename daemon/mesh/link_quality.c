/*
 * link_quality.c - a line of a program's, which may be anybody's
 */
#include "daemon/mesh/link_quality.h"

#include <stdbool.h>
#include <string.h>

static bool read_number(struct span value, int64_t most, int64_t *number);
static bool read_text(struct span value, char *text, size_t size);
static bool is_key(struct span key, const char *name);

enum status
link_quality_take(struct link_quality *quality, struct span line)
{
	const uint8_t *equals = line.length > 0 ? memchr(line.data, '=', line.length) : NULL;
	struct span    key, value;
	bool           well = true;

	if (equals == NULL || equals == line.data)
		return STATUS_INVALID;
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] < ' ' || line.data[i] > '~')
			return STATUS_INVALID;
	key   = (struct span){ line.data, (size_t)(equals - line.data) };
	value = (struct span){ equals + 1, line.length - key.length - 1 };
	if (is_key(key, "rate"))
		well = read_number(value, LINK_QUALITY_RATE_MAX_BITS, &quality->rate_bits);
	else if (is_key(key, "round-trip"))
		well = read_number(value, LINK_QUALITY_TRIP_MAX_MS, &quality->round_trip_ms);
	else if (is_key(key, "frames"))
		well = read_number(value, LINK_QUALITY_FRAMES_MAX, &quality->frames);
	else if (is_key(key, "again"))
		well = read_number(value, LINK_QUALITY_FRAMES_MAX, &quality->again);
	else if (is_key(key, "damaged"))
		well = read_number(value, LINK_QUALITY_FRAMES_MAX, &quality->damaged);
	else if (is_key(key, "quality") && value.length == 0)
		quality->percent = 0;
	else if (is_key(key, "quality")) {
		int64_t percent;

		well = read_number(value, 100, &percent);
		if (well)
			quality->percent = percent + 1;
	} else if (is_key(key, "signal"))
		well = read_text(value, quality->signal, sizeof(quality->signal));
	else if (is_key(key, "text"))
		well = read_text(value, quality->text, sizeof(quality->text));
	return well ? STATUS_OK : STATUS_INVALID;
}

void
link_quality_print(const struct link_quality *quality, struct buffer *out)
{
	const char *comma = "";

	if (quality->rate_bits > 0) {
		buffer_append_format(out, "%lld bit/s", (long long)quality->rate_bits);
		comma = ", ";
	}
	if (quality->round_trip_ms > 0) {
		buffer_append_format(out, "%s%lld ms round trip", comma,
		                     (long long)quality->round_trip_ms);
		comma = ", ";
	}
	if (quality->percent > 0) {
		buffer_append_format(out, "%s%lld %%", comma, (long long)(quality->percent - 1));
		comma = ", ";
	}
	if (quality->signal[0] != '\0') {
		buffer_append_format(out, "%ssignal %s", comma, quality->signal);
		comma = ", ";
	}
	if (quality->frames > 0) {
		buffer_append_format(out, "%s%lld of %lld frames sent again", comma,
		                     (long long)quality->again, (long long)quality->frames);
		comma = ", ";
	}
	if (quality->damaged > 0) {
		buffer_append_format(out, "%s%lld came damaged", comma,
		                     (long long)quality->damaged);
		comma = ", ";
	}
	if (quality->text[0] != '\0')
		buffer_append_format(out, "%s%s", comma, quality->text);
}

/* Decimal digits alone; none is 0, which takes back what was said. */
static bool
read_number(struct span value, int64_t most, int64_t *number)
{
	int64_t read = 0;

	for (size_t i = 0; i < value.length; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
		read = read * 10 + (value.data[i] - '0');
		if (read > most)
			return false;
	}
	*number = read;
	return true;
}

static bool
read_text(struct span value, char *text, size_t size)
{
	if (value.length >= size)
		return false;
	memcpy(text, value.data, value.length);
	text[value.length] = '\0';
	return true;
}

static bool
is_key(struct span key, const char *name)
{
	return span_equal(key, span_of_text(name));
}
