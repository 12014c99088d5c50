/*
 * query_text.c - from values to words
 */
#include "spool/query/query_text.h"

#include <inttypes.h>
#include <string.h>

#include "spool/name/spelling.h"

static bool is_visible(uint32_t code);

static const struct {
	int64_t     ms;
	const char *name;
} units[] = {
	{ INT64_C(86400000), "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" }, { 1, "ms" },
};
enum { UNITS = sizeof(units) / sizeof(units[0]) };

void
query_text_append(struct buffer *out, const char *text)
{
	while (*text != '\0') {
		uint32_t code;
		size_t   length = spelling_character(text, &code);

		if (length == 0) {
			buffer_append_format(out, "\\x%02x", (unsigned char)*text);
			length = 1;
		} else if (code == '\n') {
			buffer_append_text(out, "\\n");
		} else if (is_visible(code)) {
			buffer_append(out, text, length);
		} else {
			buffer_append_format(out, "\\u%04" PRIx32, code);
		}
		text += length;
	}
}

/* Not controls, nor what hides or reorders its neighbors (Unicode's format characters). */
static bool
is_visible(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },    { 0x061c, 0x061c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },    { 0xe000, 0xf8ff },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	return true;
}

void
query_text_duration(struct buffer *out, int64_t ms)
{
	size_t unit = 0;

	if (ms <= 0) {
		buffer_append_text(out, "0 s");
		return;
	}
	while (ms < units[unit].ms)
		unit++;
	buffer_append_format(out, "%" PRId64 " %s", ms / units[unit].ms, units[unit].name);
	ms %= units[unit].ms;
	if (unit + 1 < UNITS && ms >= units[unit + 1].ms)
		buffer_append_format(out, " %" PRId64 " %s", ms / units[unit + 1].ms,
		                     units[unit + 1].name);
}

void
query_text_relative(struct buffer *out, struct walltime time, struct walltime now)
{
	int64_t seconds = time.ms / 1000 - now.ms / 1000;

	if (seconds > 0)
		buffer_append_text(out, "in ");
	if (seconds != 0)
		query_text_duration(out, (seconds > 0 ? seconds : -seconds) * 1000);
	buffer_append_text(out, seconds == 0 ? "now" : seconds < 0 ? " ago" : "");
}

void
query_text_time(struct buffer *out, struct walltime time, struct walltime now)
{
	char text[WALLTIME_TEXT_SIZE];

	walltime_format((struct walltime){ time.ms - time.ms % 1000 }, text);
	buffer_append_format(out, "%s (", text);
	query_text_relative(out, time, now);
	buffer_append_text(out, ")");
}

void
query_text_size(struct buffer *out, uint64_t bytes)
{
	static const char letters[] = " KMGTPE";
	size_t            letter    = 0;

	while (bytes >= 10 * 1024 && letters[letter + 1] != '\0') {
		bytes = bytes / 1024 + (bytes % 1024 > 0);
		letter++;
	}
	if (letter == 0)
		buffer_append_format(out, "%" PRIu64, bytes);
	else
		buffer_append_format(out, "%" PRIu64 " %c", bytes, letters[letter]);
}

const char *
query_text_region(const char *region)
{
	return region[0] == '\0' ? "the world" : region;
}

bool
query_text_parse_duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t     ms;
	} suffixes[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "", 1000 },
		{ "m", 60000 },
		{ "h", 3600000 },
		{ "d", INT64_C(86400000) },
		{ "w", INT64_C(604800000) },
	};
	int64_t number = 0;
	size_t  digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 9)
		return false;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (text[i] - '0');
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcmp(text + digits, suffixes[i].unit) == 0) {
			*ms = number * suffixes[i].ms;
			return true;
		}
	return false;
}
