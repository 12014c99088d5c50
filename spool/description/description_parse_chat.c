/*
 * description_parse_chat.c - what is said to a modem and to a login prompt, step by step
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"

enum { RETRIES_MAX = 99 };

static bool parse_step(struct description_parser *parser, struct description_chat *chat);
static bool read_step(struct description_parser *parser, struct description_chat_step *step);
static bool read_send(struct description_parser *parser, struct description_chat_step *step);
static bool read_retry(struct description_parser *parser, struct description_chat_step *step);
static bool read_chat_texts(struct description_parser *parser, struct description_chat_step *step);
static void add_text(struct description_chat_step *step, struct description_chat_text text);

/* chat = "{" { step } "}"; several steps may stand in one statement */
bool
description_parse_chat(struct description_parser *parser, struct description_chat *chat)
{
	if (!description_parser_expect(parser, TOKEN_OPEN))
		return false;
	while (description_parser_more(parser)) {
		bool well;

		do
			well = parse_step(parser, chat);
		while (well && !description_parser_at_end(parser));
		description_parser_end(parser, well);
	}
	return description_parser_expect(parser, TOKEN_CLOSE);
}

static bool
parse_step(struct description_parser *parser, struct description_chat *chat)
{
	static const char *const words[] = { "abort", "timeout", "send", "expect", "pause" };
	static const enum description_chat_kind step_kinds[] = { CHAT_ABORT, CHAT_TIMEOUT,
		                                                 CHAT_SEND, CHAT_EXPECT,
		                                                 CHAT_WAIT };
	struct description_chat_step           *step;
	struct description_place                place = description_parser_peek(parser)->place;
	unsigned                                choice;

	if (!description_read_choice(parser, words, 5, &choice))
		return false;
	chat->steps =
	    memory_grow(chat->steps, &chat->capacity, chat->count + 1, sizeof(chat->steps[0]));
	step  = &chat->steps[chat->count++];
	*step = (struct description_chat_step){ .kind = step_kinds[choice], .place = place };
	return read_step(parser, step);
}

/*
 * step = "abort" text { text } | "timeout" duration | "pause" duration
 *      | "send" ( text | "secret" text ) | "expect" text { text } [ "retry" text times ]
 */
static bool
read_step(struct description_parser *parser, struct description_chat_step *step)
{
	switch (step->kind) {
	case CHAT_ABORT:
		return read_chat_texts(parser, step);
	case CHAT_TIMEOUT:
	case CHAT_WAIT:
		return description_read_duration(parser, &step->duration_ms);
	case CHAT_SEND:
	case CHAT_SECRET:
		return read_send(parser, step);
	case CHAT_EXPECT:
		return read_chat_texts(parser, step) &&
		       (!description_parser_accept_word(parser, "retry") ||
		        read_retry(parser, step));
	}
	return false;
}

static bool
read_send(struct description_parser *parser, struct description_chat_step *step)
{
	struct description_chat_text text;

	if (description_parser_accept_word(parser, "secret")) {
		step->kind = CHAT_SECRET;
		return description_read_label(parser, "the name of a secret", &step->secret);
	}
	if (!description_read_chat_text(parser, &text))
		return false;
	add_text(step, text);
	return true;
}

/* times = "x" number */
static bool
read_retry(struct description_parser *parser, struct description_chat_step *step)
{
	const struct description_token *times;

	if (!description_read_chat_text(parser, &step->retry))
		return false;
	times = description_parser_peek(parser);
	if (times->kind != TOKEN_WORD || times->length < 2 || times->text[0] != 'x')
		return description_parser_expected(parser, "how often, such as x3");
	for (size_t i = 1; i < times->length; i++) {
		if (times->text[i] < '0' || times->text[i] > '9')
			return description_parser_expected(parser, "how often, such as x3");
		step->retries = step->retries * 10 + (unsigned)(times->text[i] - '0');
		if (step->retries > RETRIES_MAX)
			break;
	}
	if (step->retries < 1 || step->retries > RETRIES_MAX)
		return description_parser_error(parser, times->place, "expected x1 to x%d",
		                                RETRIES_MAX);
	description_parser_take(parser);
	return true;
}

static bool
read_chat_texts(struct description_parser *parser, struct description_chat_step *step)
{
	do {
		struct description_chat_text text;

		if (!description_read_chat_text(parser, &text))
			return false;
		add_text(step, text);
	} while (description_parser_at(parser, TOKEN_STRING));
	return true;
}

static void
add_text(struct description_chat_step *step, struct description_chat_text text)
{
	step->texts = memory_grow(step->texts, &step->text_capacity, step->text_count + 1,
	                          sizeof(step->texts[0]));
	step->texts[step->text_count++] = text;
}
