/*
 * description_read_number.c - integers, durations, sizes, dates, degrees
 *
 * Integers only: what routing computes with must be the same on every machine, and
 * degrees are millionths.
 */
#include "spool/description/description_read.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000, MAX_DIGITS = 15 };

#define DURATION_MAX_MS ((int64_t)3650 * 24 * 60 * MINUTE_MS)
#define SIZE_MAX_BYTES  ((int64_t)1 << 50)

struct unit {
	const char *text;
	int64_t     factor;
};

static const struct unit duration_units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", MINUTE_MS },
	{ "h", (int64_t)60 * MINUTE_MS },
	{ "d", (int64_t)24 * 60 * MINUTE_MS },
	{ "w", (int64_t)7 * 24 * 60 * MINUTE_MS },
	{ NULL, 0 },
};
static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", (int64_t)1 << 10 },
	{ "M", (int64_t)1 << 20 },
	{ "G", (int64_t)1 << 30 },
	{ NULL, 0 },
};

static const char *take_digits(const char *at, const char *end, int64_t *value);
static bool    read_quantity(struct description_parser *parser, const char *what, const char *sign,
                             const struct unit *units, int64_t most, int64_t *value);
static int64_t unit_factor(const struct unit *units, const char *at, size_t length);
static bool    read_degrees(const char *at, const char *end, int64_t *udeg);
static bool    is_day(int64_t year, int64_t month, int64_t day);
static int64_t days_before(int64_t year, int64_t month, int64_t day);

bool
description_read_integer(struct description_parser *parser, int64_t least, int64_t most,
                         int64_t *value)
{
	const struct description_token *token = description_parser_peek(parser);
	const char                     *end   = token->text + token->length;
	int64_t                         read;

	if (token->kind != TOKEN_WORD || take_digits(token->text, end, &read) != end)
		return description_parser_expected(parser, "a whole number");
	if (read < least || read > most)
		return description_parser_error(parser, token->place,
		                                "expected a number from %lld to %lld",
		                                (long long)least, (long long)most);
	*value = read;
	description_parser_take(parser);
	return true;
}

bool
description_read_unsigned(struct description_parser *parser, unsigned least, unsigned most,
                          unsigned *value)
{
	int64_t read;

	if (!description_read_integer(parser, least, most, &read))
		return false;
	*value = (unsigned)read;
	return true;
}

bool
description_read_duration(struct description_parser *parser, int64_t *duration_ms)
{
	if (read_quantity(parser, "a duration such as 10s or 8h", "", duration_units,
	                  DURATION_MAX_MS, duration_ms))
		return true;
	description_parser_hint(parser, "a number with ms, s, m, h, d or w; ten years at most");
	return false;
}

bool
description_read_offset(struct description_parser *parser, int64_t *duration_ms)
{
	return read_quantity(parser, "an offset such as +3m", "+", duration_units, DURATION_MAX_MS,
	                     duration_ms);
}

bool
description_read_size(struct description_parser *parser, int64_t *size_bytes)
{
	if (read_quantity(parser, "a size such as 64K", "", size_units, SIZE_MAX_BYTES, size_bytes))
		return true;
	description_parser_hint(parser, "a number of bytes, or with K, M or G");
	return false;
}

bool
description_read_degrees(struct description_parser *parser, int32_t most, int32_t *udeg)
{
	const struct description_token *token = description_parser_peek(parser);
	int64_t                         read;

	if (token->kind != TOKEN_WORD ||
	    !read_degrees(token->text, token->text + token->length, &read))
		return description_parser_expected(parser, "degrees such as -33.889");
	if (read > (int64_t)most * 1000000 || read < (int64_t)most * -1000000)
		return description_parser_error(parser, token->place,
		                                "expected degrees from -%d to %d", most, most);
	*udeg = (int32_t)read;
	description_parser_take(parser);
	return true;
}

bool
description_read_date(struct description_parser *parser, struct walltime *date)
{
	const struct description_token *token = description_parser_peek(parser);
	const char                     *at = token->text, *end = token->text + token->length;
	int64_t                         parts[3] = { 0, 0, 0 };
	bool                            well     = token->kind == TOKEN_WORD && token->length == 10;

	for (int i = 0; well && i < 3; i++) {
		at   = take_digits(at, end, &parts[i]);
		well = i == 2 ? at == end : at == token->text + 4 + 3 * i && *at == '-';
		if (well && i < 2)
			at++;
	}
	if (!well || !is_day(parts[0], parts[1], parts[2]))
		return description_parser_expected(parser, "a date such as 2027-06-01");
	date->ms = days_before(parts[0], parts[1], parts[2]) * 24 * 60 * MINUTE_MS;
	description_parser_take(parser);
	return true;
}

/* Past the digits at `at`, at most MAX_DIGITS; NULL if there are none. */
static const char *
take_digits(const char *at, const char *end, int64_t *value)
{
	const char *start = at;

	*value = 0;
	while (at < end && *at >= '0' && *at <= '9' && at - start < MAX_DIGITS)
		*value = *value * 10 + (*at++ - '0');
	return at == start ? NULL : at;
}

/* After the sign, numbers with their units, added up: `1h30m`. A `0` needs no unit. */
static bool
read_quantity(struct description_parser *parser, const char *what, const char *sign,
              const struct unit *units, int64_t most, int64_t *value)
{
	const struct description_token *token = description_parser_peek(parser);
	const char                     *at = token->text, *end = token->text + token->length;
	int64_t                         total = 0;

	if (token->kind != TOKEN_WORD || token->length <= strlen(sign) ||
	    memcmp(at, sign, strlen(sign)) != 0)
		return description_parser_expected(parser, what);
	at += strlen(sign);
	while (at < end) {
		int64_t     number, factor;
		const char *unit = take_digits(at, end, &number);

		if (unit == NULL)
			return description_parser_expected(parser, what);
		for (at = unit; at < end && (*at < '0' || *at > '9');)
			at++;
		factor =
		    number == 0 && at == unit ? 1 : unit_factor(units, unit, (size_t)(at - unit));
		if (factor == 0)
			return description_parser_expected(parser, what);
		if (number > (most - total) / factor)
			return description_parser_error(parser, token->place, "this is too large");
		total += number * factor;
	}
	*value = total;
	description_parser_take(parser);
	return true;
}

static int64_t
unit_factor(const struct unit *units, const char *at, size_t length)
{
	for (; units->text != NULL; units++)
		if (strlen(units->text) == length && memcmp(units->text, at, length) == 0)
			return units->factor;
	return 0;
}

static bool
read_degrees(const char *at, const char *end, int64_t *udeg)
{
	bool    negative = at < end && *at == '-';
	int64_t whole, scale = 100000;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	at = take_digits(at, end, &whole);
	if (at == NULL || whole > 1000)
		return false;
	*udeg = whole * 1000000;
	if (at < end && *at++ != '.')
		return false;
	for (; at < end; at++, scale /= 10) {
		if (*at < '0' || *at > '9')
			return false;
		*udeg += (*at - '0') * scale;
	}
	if (negative)
		*udeg = -*udeg;
	return true;
}

static bool
is_day(int64_t year, int64_t month, int64_t day)
{
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	return day <= 28 || month == 12 ||
	       day <= days_before(year, month + 1, 1) - days_before(year, month, 1);
}

/* Days from 1970-01-01 (Hinnant's days_from_civil, for years that are not negative). */
static int64_t
days_before(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month > 2 ? year : year - 1; /* years begin in March */
	int64_t era = shifted / 400, year_of_era = shifted % 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}
