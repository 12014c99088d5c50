/*
 * description_parser.c - tokens, blocks, errors, recovery
 */
#include "spool/description/description_parser.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_suggestion.h"
#include "spool/name/spelling.h"

enum { PHRASE_SIZE = SPELLING_QUOTE_SIZE + 32 };

static bool        find_rule(struct description_parser *parser, struct description_block *block);
static void        unknown_statement(struct description_parser      *parser,
                                     const struct description_block *block);
static void        skip_statement(struct description_parser *parser);
static bool        token_is(const struct description_token *token, const char *word);
static const char *token_phrase(char phrase[PHRASE_SIZE], const struct description_token *token);
static const char *kind_phrase(enum description_token_kind kind);

struct description_block
description_block_of(enum description_block_kind kind)
{
	return (struct description_block){ .kind = kind };
}

const struct description_token *
description_parser_peek(const struct description_parser *parser)
{
	return &parser->tokens.items[parser->position];
}

const struct description_token *
description_parser_take(struct description_parser *parser)
{
	const struct description_token *token = description_parser_peek(parser);

	if (token->kind != TOKEN_FINISH)
		parser->position++;
	return token;
}

bool
description_parser_at(const struct description_parser *parser, enum description_token_kind kind)
{
	return description_parser_peek(parser)->kind == kind;
}

bool
description_parser_at_word(const struct description_parser *parser, const char *word)
{
	return token_is(description_parser_peek(parser), word);
}

bool
description_parser_at_end(const struct description_parser *parser)
{
	switch (description_parser_peek(parser)->kind) {
	case TOKEN_END:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_FINISH:
		return true;
	default:
		return false;
	}
}

bool
description_parser_accept(struct description_parser *parser, enum description_token_kind kind)
{
	if (!description_parser_at(parser, kind))
		return false;
	description_parser_take(parser);
	return true;
}

bool
description_parser_accept_word(struct description_parser *parser, const char *word)
{
	if (!description_parser_at_word(parser, word))
		return false;
	description_parser_take(parser);
	return true;
}

bool
description_parser_expect(struct description_parser *parser, enum description_token_kind kind)
{
	if (description_parser_accept(parser, kind))
		return true;
	description_parser_expected(parser, kind_phrase(kind));
	if (kind == TOKEN_OPEN && description_parser_at(parser, TOKEN_END))
		description_parser_hint(parser, "a block begins on the line of its statement");
	return false;
}

bool
description_parser_expect_word(struct description_parser *parser, const char *word)
{
	char phrase[PHRASE_SIZE];

	if (description_parser_accept_word(parser, word))
		return true;
	snprintf(phrase, sizeof(phrase), "`%s`", word);
	return description_parser_expected(parser, phrase);
}

bool
description_parser_more(struct description_parser *parser)
{
	while (description_parser_accept(parser, TOKEN_END))
		continue;
	return !description_parser_at(parser, TOKEN_CLOSE) &&
	       !description_parser_at(parser, TOKEN_FINISH) &&
	       !description_report_full(parser->report);
}

bool
description_parser_next(struct description_parser *parser, struct description_block *block)
{
	while (description_parser_more(parser)) {
		struct description_place *stated;

		block->place = description_parser_peek(parser)->place;
		if (!find_rule(parser, block)) {
			unknown_statement(parser, block);
			skip_statement(parser);
			continue;
		}
		stated = &block->stated[block->statement];
		if (stated->line != 0 && !description_rule_of(block->statement)->repeatable) {
			char where[DESCRIPTION_PLACE_TEXT_SIZE];

			description_parser_error(parser, block->place,
			                         "`%s` is stated already, in %s",
			                         description_rule_of(block->statement)->word,
			                         description_place_text(where, parser->description,
			                                                *stated, block->place));
			skip_statement(parser);
			continue;
		}
		*stated = block->place;
		description_parser_note(parser, block->statement, block->place);
		description_parser_take(parser);
		return true;
	}
	return false;
}

void
description_parser_end(struct description_parser *parser, bool well)
{
	if (well && !description_parser_at(parser, TOKEN_END) &&
	    !description_parser_at(parser, TOKEN_CLOSE) &&
	    !description_parser_at(parser, TOKEN_FINISH))
		well = description_parser_expected(parser, "the end of the statement");
	if (!well)
		skip_statement(parser);
}

void
description_parser_note(struct description_parser *parser, enum description_statement_kind kind,
                        struct description_place place)
{
	struct description *description = parser->description;

	if (parser->rehearsing)
		return;
	description->statements =
	    memory_grow(description->statements, &description->statement_capacity,
	                description->statement_count + 1, sizeof(description->statements[0]));
	description->statements[description->statement_count++] =
	    (struct description_statement){ kind, place };
}

bool
description_parser_error(struct description_parser *parser, struct description_place place,
                         const char *format, ...)
{
	char    text[sizeof(((struct diagnostic *)NULL)->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	parser->last = description_report_add(parser->report, DESCRIPTION_ERROR,
	                                      parser->description, place, "%s", text);
	return false;
}

bool
description_parser_expected(struct description_parser *parser, const char *what)
{
	const struct description_token *token = description_parser_peek(parser);
	char                            phrase[PHRASE_SIZE];

	return description_parser_error(parser, token->place, "expected %s, not %s", what,
	                                token_phrase(phrase, token));
}

void
description_parser_hint(struct description_parser *parser, const char *format, ...)
{
	char    text[sizeof(((struct diagnostic *)NULL)->hint)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	description_report_hint(parser->last, "%s", text);
}

static bool
find_rule(struct description_parser *parser, struct description_block *block)
{
	for (int kind = 0; kind < STATEMENT_COUNT; kind++) {
		const struct description_rule *rule =
		    description_rule_of((enum description_statement_kind)kind);

		if (rule->block == block->kind && description_parser_at_word(parser, rule->word)) {
			block->statement = (enum description_statement_kind)kind;
			return true;
		}
	}
	return false;
}

/* What may stand here that is spelt nearly so; else where this word may stand. */
static void
unknown_statement(struct description_parser *parser, const struct description_block *block)
{
	const struct description_token *token = description_parser_peek(parser);
	struct description_suggestion   suggestion;
	char                            phrase[PHRASE_SIZE], word[64];
	const struct description_rule  *elsewhere = NULL;

	description_parser_error(parser, token->place, "%s is no statement of %s",
	                         token_phrase(phrase, token), description_block_text(block->kind));
	if (token->kind == TOKEN_OPEN)
		description_parser_hint(parser, "a block begins on the line of its statement");
	if (token->kind != TOKEN_WORD || token->length >= sizeof(word))
		return;
	memcpy(word, token->text, token->length);
	word[token->length] = '\0';
	suggestion          = description_suggestion_for(word);
	for (int kind = 0; kind < STATEMENT_COUNT; kind++) {
		const struct description_rule *rule =
		    description_rule_of((enum description_statement_kind)kind);

		if (rule->block == block->kind)
			description_suggestion_consider(&suggestion, rule->word);
		else if (elsewhere == NULL && rule->block != BLOCK_VARIANT &&
		         strcmp(rule->word, word) == 0)
			elsewhere = rule;
	}
	if (elsewhere != NULL)
		description_parser_hint(parser, "`%s` is a statement of %s", word,
		                        description_block_text(elsewhere->block));
	else
		description_suggestion_hint(&suggestion, parser->last);
}

/* To the end of this statement, past the blocks that it opened. */
static void
skip_statement(struct description_parser *parser)
{
	size_t depth = 0;

	while (!description_parser_at(parser, TOKEN_FINISH)) {
		enum description_token_kind kind = description_parser_peek(parser)->kind;

		if (depth == 0 && (kind == TOKEN_END || kind == TOKEN_CLOSE))
			return;
		if (kind == TOKEN_OPEN)
			depth++;
		if (kind == TOKEN_CLOSE)
			depth--;
		description_parser_take(parser);
	}
}

static bool
token_is(const struct description_token *token, const char *word)
{
	return token->kind == TOKEN_WORD && token->length == strlen(word) &&
	       memcmp(token->text, word, token->length) == 0;
}

static const char *
token_phrase(char phrase[PHRASE_SIZE], const struct description_token *token)
{
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
		return kind_phrase(token->kind);
	return spelling_quote(phrase, (struct spelling){ token->text, token->text, token->length });
}

static const char *
kind_phrase(enum description_token_kind kind)
{
	static const char *const phrases[] = {
		[TOKEN_END]    = "the end of the statement",
		[TOKEN_WORD]   = "a word",
		[TOKEN_STRING] = "a text",
		[TOKEN_OPEN]   = "`{`",
		[TOKEN_CLOSE]  = "`}`",
		[TOKEN_EQUALS] = "`=`",
		[TOKEN_BANG]   = "`!`",
		[TOKEN_FINISH] = "the end of the file",
	};

	assert(kind < sizeof(phrases) / sizeof(phrases[0]));
	return phrases[kind];
}
