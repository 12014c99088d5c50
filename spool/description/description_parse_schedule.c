/*
 * description_parse_schedule.c - when a link may be open, and which device it needs
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

enum { DAYS = 7, DAY_MINUTES = 24 * 60 };

static bool device_statement(struct description_parser *parser, struct description_device *device,
                             enum description_statement_kind statement);
static bool parse_window(struct description_parser *parser, struct description_schedule *schedule);
static bool parse_every(struct description_parser *parser, struct description_schedule *schedule,
                        struct description_place place);
static bool parse_weekly(struct description_parser *parser, struct description_schedule *schedule,
                         struct description_place place);
static bool read_days(struct description_parser *parser, unsigned *days);
static bool read_hours(struct description_parser *parser, struct description_window *window);
static bool days_of(const struct description_token *token, unsigned *days);
static int  day_of(const char *text);
static bool minute_of(const char *text, unsigned *minute);
static void add_window(struct description_schedule     *schedule,
                       const struct description_window *window);

/* device = "device" label [ "{" { "calls" number | "order" order } "}" ] */
bool
description_parse_device(struct description_parser *parser, struct description_node *node)
{
	struct description_block  block  = description_block_of(BLOCK_DEVICE);
	struct description_device device = {
		.calls = 1,
		.order = ORDER_AS_STATED,
		.place = description_parser_peek(parser)->place,
	};

	if (!description_read_label(parser, "the name of a device", &device.name))
		return false;
	node->devices = memory_grow(node->devices, &node->device_capacity, node->device_count + 1,
	                            sizeof(node->devices[0]));
	node->devices[node->device_count++] = device;
	if (!description_parser_accept(parser, TOKEN_OPEN))
		return true;
	while (description_parser_next(parser, &block))
		description_parser_end(
		    parser, device_statement(parser, &node->devices[node->device_count - 1],
		                             block.statement));
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static bool
device_statement(struct description_parser *parser, struct description_device *device,
                 enum description_statement_kind statement)
{
	static const char *const orders[] = { "as-stated", "round-robin" };
	unsigned                 choice;

	if (statement == STATEMENT_DEVICE_CALLS)
		return description_read_unsigned(parser, 1, 1000, &device->calls);
	if (!description_read_choice(parser, orders, 2, &choice))
		return false;
	device->order = (enum description_order)choice;
	return true;
}

/* schedule = "schedule" label "{" { window } "}" */
bool
description_parse_schedule(struct description_parser *parser, struct description_node *node)
{
	struct description_schedule schedule = { .place = description_parser_peek(parser)->place };

	if (!description_read_label(parser, "the name of a schedule", &schedule.name))
		return false;
	node->schedules = memory_grow(node->schedules, &node->schedule_capacity,
	                              node->schedule_count + 1, sizeof(node->schedules[0]));
	node->schedules[node->schedule_count++] = schedule;
	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	while (description_parser_more(parser))
		description_parser_end(
		    parser, parse_window(parser, &node->schedules[node->schedule_count - 1]));
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static bool
parse_window(struct description_parser *parser, struct description_schedule *schedule)
{
	struct description_place place = description_parser_peek(parser)->place;

	if (description_parser_accept_word(parser, "every"))
		return parse_every(parser, schedule, place);
	return parse_weekly(parser, schedule, place);
}

/* every = "every" duration "for" duration [ "offset" duration ] */
static bool
parse_every(struct description_parser *parser, struct description_schedule *schedule,
            struct description_place place)
{
	struct description_window window = { .kind = WINDOW_EVERY, .place = place };

	if (!description_read_duration(parser, &window.every_ms) ||
	    !description_parser_expect_word(parser, "for") ||
	    !description_read_duration(parser, &window.open_ms))
		return false;
	if (description_parser_accept_word(parser, "offset") &&
	    !description_read_duration(parser, &window.offset_ms))
		return false;
	add_window(schedule, &window);
	return true;
}

/* weekly = days { days } ( "all" | hours { hours } ) */
static bool
parse_weekly(struct description_parser *parser, struct description_schedule *schedule,
             struct description_place place)
{
	struct description_window window = { .kind = WINDOW_WEEKLY, .place = place };

	if (!read_days(parser, &window.days))
		return false;
	if (description_parser_accept_word(parser, "all")) {
		window.end_minute = DAY_MINUTES;
		add_window(schedule, &window);
		return true;
	}
	do {
		if (!read_hours(parser, &window))
			return false;
		add_window(schedule, &window);
	} while (!description_parser_at_end(parser));
	return true;
}

static bool
read_days(struct description_parser *parser, unsigned *days)
{
	if (!days_of(description_parser_peek(parser), days)) {
		description_parser_expected(parser, "`every` or days such as mo-fr");
		description_parser_hint(parser, "days are mo tu we th fr sa su, or daily");
		return false;
	}
	while (days_of(description_parser_peek(parser), days))
		description_parser_take(parser);
	return true;
}

/* hours = HH:MM "-" HH:MM */
static bool
read_hours(struct description_parser *parser, struct description_window *window)
{
	const struct description_token *token = description_parser_peek(parser);

	if (token->kind != TOKEN_WORD || token->length != strlen("18:00-08:00") ||
	    token->text[5] != '-' || !minute_of(token->text, &window->start_minute) ||
	    !minute_of(token->text + 6, &window->end_minute) || window->start_minute == DAY_MINUTES)
		return description_parser_expected(parser, "`all` or hours such as 18:00-08:00");
	description_parser_take(parser);
	return true;
}

/* Adds the days of `mo`, `fr-mo` or `daily`; false if the token is none of these. */
static bool
days_of(const struct description_token *token, unsigned *days)
{
	int first, last;

	if (token->kind != TOKEN_WORD)
		return false;
	if (token->length == strlen("daily") && memcmp(token->text, "daily", token->length) == 0) {
		*days = (1U << DAYS) - 1;
		return true;
	}
	if (token->length != 2 && (token->length != 5 || token->text[2] != '-'))
		return false;
	first = day_of(token->text);
	last  = day_of(token->text + token->length - 2);
	if (first < 0 || last < 0)
		return false;
	for (int day = first; day != last; day = (day + 1) % DAYS)
		*days |= 1U << day;
	*days |= 1U << last;
	return true;
}

static int
day_of(const char *text)
{
	static const char names[] = "motuwethfrsasu";

	for (int day = 0; day < DAYS; day++)
		if (memcmp(text, names + 2 * day, 2) == 0)
			return day;
	return -1;
}

/* HH:MM, up to 24:00. */
static bool
minute_of(const char *text, unsigned *minute)
{
	static const unsigned weights[] = { 600, 60, 0, 10, 1 };
	unsigned              sum       = 0;

	for (int i = 0; i < 5; i++) {
		if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
			return false;
		sum += weights[i] * (unsigned)(text[i] - '0');
	}
	*minute = sum;
	return sum <= DAY_MINUTES && text[3] < '6';
}

static void
add_window(struct description_schedule *schedule, const struct description_window *window)
{
	schedule->windows = memory_grow(schedule->windows, &schedule->capacity, schedule->count + 1,
	                                sizeof(schedule->windows[0]));
	schedule->windows[schedule->count++] = *window;
}
