/*
 * description_read.c - names, patterns, texts and choices
 *
 * (Numbers and units are in description_read_number.c.)
 */
#include "spool/description/description_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"
#include "spool/description/description_escape.h"
#include "spool/description/description_suggestion.h"
#include "spool/name/spelling.h"

enum { LABEL_MAX_BYTES = 63, CHOICES_SIZE = 160 };

typedef enum status parse_function(struct name *, const char *, struct diagnostic *);

static bool read_spelling(struct description_parser *parser, const char *what,
                          parse_function *parse, struct name *name);
static void report_inside(struct description_parser *parser, const struct description_token *token,
                          const struct diagnostic *diagnostic);
static bool decode_text(struct description_parser *parser, const struct description_token *token,
                        char **text);
static bool report_escape(struct description_parser *parser, const struct description_token *token,
                          const char *from, const char *to);
static bool has_port(const char *address, bool listens);
static bool is_label(const char *text);

bool
description_read_name(struct description_parser *parser, struct name *name)
{
	return read_spelling(parser, "the name of a node", name_parse, name);
}

bool
description_read_region(struct description_parser *parser, struct name *region)
{
	return read_spelling(parser, "the name of a region", name_parse_region, region);
}

bool
description_read_regions_add(struct description_parser *parser, struct description_names *regions)
{
	struct name region;

	if (!description_read_region(parser, &region))
		return false;
	regions->items = memory_grow(regions->items, &regions->capacity, regions->count + 1,
	                             sizeof(regions->items[0]));
	regions->items[regions->count++] = region;
	return true;
}

bool
description_read_pattern(struct description_parser *parser, struct description_pattern *pattern)
{
	const struct description_token *token = description_parser_peek(parser);
	struct diagnostic               diagnostic;
	size_t                          skip = 0;
	char                           *text;
	bool                            well;

	if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
		return description_parser_expected(parser, "a pattern such as *.edu");
	if (!decode_text(parser, token, &text))
		return false;
	if (strncmp(text, "*.", 2) == 0 && text[2] != '\0')
		skip = 2;
	else if (strcmp(text, "*") == 0)
		skip = 1;
	diagnostic_init(&diagnostic);
	well = name_parse_region(&pattern->region, text + skip, &diagnostic) == STATUS_OK;
	diagnostic.column += (unsigned)skip;
	pattern->place = token->place;
	if (well)
		description_parser_take(parser);
	else
		report_inside(parser, token, &diagnostic);
	free(text);
	return well;
}

bool
description_read_patterns_via(struct description_parser   *parser,
                              struct description_patterns *patterns)
{
	do {
		struct description_pattern pattern;

		if (!description_read_pattern(parser, &pattern))
			return false;
		patterns->items = memory_grow(patterns->items, &patterns->capacity,
		                              patterns->count + 1, sizeof(patterns->items[0]));
		patterns->items[patterns->count++] = pattern;
		if (description_parser_at_end(parser))
			return description_parser_expected(parser, "`via`");
	} while (!description_parser_accept_word(parser, "via"));
	return true;
}

bool
description_read_text(struct description_parser *parser, const char *what, char **text)
{
	const struct description_token *token = description_parser_peek(parser);

	if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
		return description_parser_expected(parser, what);
	if (token->length == 0)
		return description_parser_error(parser, token->place, "%s cannot be empty", what);
	if (!decode_text(parser, token, text))
		return false;
	description_parser_take(parser);
	return true;
}

bool
description_read_label(struct description_parser *parser, const char *what, char **label)
{
	const struct description_token *token = description_parser_peek(parser);
	char                           *text;

	if (!description_read_text(parser, what, &text))
		return false;
	if (is_label(text)) {
		*label = text;
		return true;
	}
	free(text);
	description_parser_error(parser, token->place, "this cannot be %s", what);
	description_parser_hint(parser,
	                        "letters, digits and ._+- only, beginning with a letter "
	                        "or digit, %d at most",
	                        LABEL_MAX_BYTES);
	return false;
}

bool
description_read_texts(struct description_parser *parser, const char *what,
                       struct description_texts *texts)
{
	do {
		char *text;

		if (!description_read_text(parser, what, &text))
			return false;
		description_texts_add(texts, text);
	} while (!description_parser_at_end(parser));
	return true;
}

bool
description_read_arguments(struct description_parser *parser, struct description_texts *arguments)
{
	char *program;

	if (!description_read_text(parser, "a program", &program))
		return false;
	description_texts_add(arguments, program);
	while (!description_parser_at_end(parser)) {
		const struct description_token *token = description_parser_peek(parser);
		char                           *text;

		if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
			return description_parser_expected(parser, "an argument");
		if (!decode_text(parser, token, &text))
			return false;
		description_texts_add(arguments, text);
		if (strlen(text) == 2 && text[0] == '%' && strchr("nlpufa", text[1]) == NULL) {
			description_parser_error(parser, token->place, "nothing stands for %s",
			                         text);
			description_parser_hint(parser, "%%n neighbor, %%l link label, %%p phone, "
			                                "%%u user, %%f origin");
			return false;
		}
		description_parser_take(parser);
	}
	return true;
}

bool
description_read_tcp_address(struct description_parser *parser, bool listens, char **address)
{
	const struct description_token *token = description_parser_peek(parser);
	char                           *text;

	if (!description_read_text(parser, "an address \"HOST:PORT\"", &text))
		return false;
	if (has_port(text, listens)) {
		*address = text;
		return true;
	}
	free(text);
	return description_parser_error(parser, token->place,
	                                "expected an address \"HOST:PORT\" or \"[HOST]:PORT\"%s",
	                                listens ? "" : " with a port from 1 to 65535");
}

bool
description_read_lmtp_address(struct description_parser *parser, bool listens, char **address)
{
	const struct description_token *token = description_parser_peek(parser);
	char                           *text;

	if (!description_read_text(parser, "an address \"unix:PATH\"", &text))
		return false;
	if ((strncmp(text, "unix:", 5) == 0 && text[5] != '\0') || has_port(text, listens)) {
		*address = text;
		return true;
	}
	free(text);
	return description_parser_error(parser, token->place,
	                                "expected an address \"unix:PATH\" or \"HOST:PORT\"");
}

bool
description_read_chat_text(struct description_parser *parser, struct description_chat_text *text)
{
	const struct description_token *token = description_parser_peek(parser);
	struct description_chat_text    read  = { .count = 0 };
	const char                     *at = token->text, *end = token->text + token->length;

	if (token->kind != TOKEN_STRING)
		return description_parser_expected(parser, "a quoted text");
	while (at < end) {
		const char *start = at;
		uint16_t    code;

		if (!description_escape_next(&at, end, true, &code)) {
			free(read.codes);
			return report_escape(parser, token, start, at);
		}
		read.codes =
		    memory_grow(read.codes, &read.capacity, read.count + 1, sizeof(read.codes[0]));
		read.codes[read.count++] = code;
	}
	description_parser_take(parser);
	*text = read;
	return true;
}

bool
description_read_choice(struct description_parser *parser, const char *const *words, size_t count,
                        unsigned *choice)
{
	struct description_suggestion suggestion;
	char                          choices[CHOICES_SIZE] = "";
	char                         *text;

	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(choices);

		if (description_parser_accept_word(parser, words[i])) {
			*choice = (unsigned)i;
			return true;
		}
		snprintf(choices + used, sizeof(choices) - used, "%s`%s`",
		         i == 0           ? ""
		         : i == count - 1 ? " or "
		                          : ", ",
		         words[i]);
	}
	description_parser_expected(parser, choices);
	if (!description_parser_at(parser, TOKEN_WORD))
		return false;
	text       = memory_copy(description_parser_peek(parser)->text,
	                         description_parser_peek(parser)->length);
	suggestion = description_suggestion_for(text);
	for (size_t i = 0; i < count; i++)
		description_suggestion_consider(&suggestion, words[i]);
	description_suggestion_hint(&suggestion, parser->last);
	free(text);
	return false;
}

bool
description_read_priority(struct description_parser *parser, enum description_priority *priority)
{
	static const char *const words[] = { "low", "normal", "high", "urgent" };
	unsigned                 choice;

	if (!description_read_choice(parser, words, 4, &choice))
		return false;
	*priority = (enum description_priority)choice;
	return true;
}

bool
description_read_preference(struct description_parser   *parser,
                            enum description_preference *preference)
{
	static const char *const                 words[]  = { "fastest", "cheapest", "both" };
	static const enum description_preference values[] = { DESCRIPTION_FASTEST,
		                                              DESCRIPTION_CHEAPEST,
		                                              DESCRIPTION_BOTH };
	unsigned                                 choice;

	if (!description_read_choice(parser, words, 3, &choice))
		return false;
	*preference = values[choice];
	return true;
}

void
description_texts_add(struct description_texts *texts, char *text)
{
	texts->items =
	    memory_grow(texts->items, &texts->capacity, texts->count + 1, sizeof(texts->items[0]));
	texts->items[texts->count++] = text;
}

static bool
read_spelling(struct description_parser *parser, const char *what, parse_function *parse,
              struct name *name)
{
	const struct description_token *token = description_parser_peek(parser);
	struct diagnostic               diagnostic;
	char                           *text;
	bool                            well;

	if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
		return description_parser_expected(parser, what);
	if (!decode_text(parser, token, &text))
		return false;
	diagnostic_init(&diagnostic);
	well = parse(name, text, &diagnostic) == STATUS_OK;
	if (well)
		description_parser_take(parser);
	else
		report_inside(parser, token, &diagnostic);
	free(text);
	return well;
}

/* What a reader of names said of the text of a token. */
static void
report_inside(struct description_parser *parser, const struct description_token *token,
              const struct diagnostic *diagnostic)
{
	struct description_place place = token->place;

	if (diagnostic->column > 0) {
		place.column += diagnostic->column - 1 + (token->kind == TOKEN_STRING);
		place.length = diagnostic->length;
	}
	description_parser_error(parser, place, "%s", diagnostic->text);
	if (diagnostic->hint[0] != '\0')
		description_parser_hint(parser, "%s", diagnostic->hint);
}

static bool
decode_text(struct description_parser *parser, const struct description_token *token, char **text)
{
	const char   *at = token->text, *end = token->text + token->length;
	struct buffer decoded;

	if (token->kind == TOKEN_WORD) {
		*text = memory_copy(token->text, token->length);
		return true;
	}
	buffer_init(&decoded);
	while (at < end) {
		const char *start = at;
		uint16_t    code;

		if (!description_escape_next(&at, end, false, &code)) {
			buffer_release(&decoded);
			return report_escape(parser, token, start, at);
		}
		buffer_append_u8(&decoded, (uint8_t)code);
	}
	*text = memory_copy(decoded.data, decoded.length);
	buffer_release(&decoded);
	return true;
}

static bool
report_escape(struct description_parser *parser, const struct description_token *token,
              const char *from, const char *to)
{
	struct description_place place = token->place;
	char                     quote[SPELLING_QUOTE_SIZE];

	place.column++;
	for (const char *at = token->text; at < from; at++)
		place.column += ((unsigned char)*at & 0xc0) != 0x80;
	place.length = (unsigned)(to - from);
	if (from[0] == '\\' && to - from == 2 && from[1] > ' ' && from[1] < 0x7f) {
		description_parser_error(parser, place, "`\\%c` is no escape here", from[1]);
		description_parser_hint(parser, "write `\\\\` for a backslash");
	} else {
		description_parser_error(
		    parser, place, "%s cannot stand in a text",
		    spelling_quote(quote, (struct spelling){ from, from, place.length }));
	}
	return false;
}

static bool
has_port(const char *address, bool listens)
{
	const char   *colon = strrchr(address, ':');
	unsigned long port  = 0;
	size_t        digits;

	if (colon == NULL || colon == address)
		return false;
	if (address[0] == '[' ? colon[-1] != ']' || colon - address < 3
	                      : memchr(address, ':', (size_t)(colon - address)) != NULL)
		return false;
	digits = strspn(colon + 1, "0123456789");
	if (digits == 0 || digits > 5 || colon[1 + digits] != '\0')
		return false;
	for (size_t i = 1; i <= digits; i++)
		port = port * 10 + (unsigned long)(colon[i] - '0');
	return port <= 65535 && (port > 0 || listens);
}

static bool
is_label(const char *text)
{
	static const char first[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return strspn(text, first) > 0 && strlen(text) <= LABEL_MAX_BYTES &&
	       text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                         "0123456789._+-")] == '\0';
}
