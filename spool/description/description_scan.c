/*
 * description_scan.c - split a description into tokens and follow its includes
 *
 * `include` is obeyed here, because it may stand wherever a statement may stand, and no
 * production should have to know. A source closes what it opens: a brace that is never
 * closed is reported where it was opened, which no parser at the end of the text could
 * know, and is then closed, so that one slip makes one error.
 */
#include "spool/description/description_scan.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/spelling.h"

enum { MAX_INCLUDE_DEPTH = 8, MAX_SOURCES = 10000 };

/* Where in which source; saved while an included one is scanned. */
struct description_position {
	const char              *at;
	const char              *end;
	struct description_place here;      /* of `at`                               */
	size_t                   open_base; /* blocks that were open at its beginning */
};

struct description_scanner {
	struct description           *description;
	description_include_function *include;
	struct description_report    *report;
	struct description_tokens    *tokens;
	struct description_position   position;
	size_t                        statement; /* index of the first token of this one */
	struct description_place     *open;      /* braces that are open                 */
	size_t                        open_count;
	size_t                        open_capacity;
	unsigned                      chain[MAX_INCLUDE_DEPTH + 1]; /* sources being read */
	unsigned                      depth;
};

static void scan_source(struct description_scanner *scanner, unsigned source);
static void scan_token(struct description_scanner *scanner);
static void skip_comment(struct description_scanner *scanner);
static void take_mark(struct description_scanner *scanner, const char *comment);
static void scan_continuation(struct description_scanner *scanner);
static void scan_word(struct description_scanner *scanner);
static void scan_string(struct description_scanner *scanner);
static void scan_open(struct description_scanner *scanner);
static void scan_close(struct description_scanner *scanner);
static void scan_stray(struct description_scanner *scanner);
static void end_statement(struct description_scanner *scanner);
static void include_sources(struct description_scanner     *scanner,
                            const struct description_token *pattern);
static bool is_being_included(const struct description_scanner *scanner, const char *path);
static void add_token(struct description_scanner *scanner, enum description_token_kind kind,
                      const char *text, size_t length, struct description_place place);
static void advance(struct description_scanner *scanner);
static bool is_word_character(char character);

void
description_tokens_release(struct description_tokens *tokens)
{
	free(tokens->items);
	*tokens = (struct description_tokens){ .count = 0 };
}

void
description_scan(struct description *description, description_include_function *include,
                 struct description_report *report, struct description_tokens *tokens)
{
	struct description_scanner scanner = {
		.description = description,
		.include     = include,
		.report      = report,
		.tokens      = tokens,
	};
	size_t roots = description->sources.count;

	for (size_t i = 0; i < roots; i++)
		scan_source(&scanner, (unsigned)i);
	add_token(&scanner, TOKEN_FINISH, "", 0, scanner.position.here);
	free(scanner.open);
}

static void
scan_source(struct description_scanner *scanner, unsigned source)
{
	const struct description_source *text = &scanner->description->sources.items[source];

	scanner->chain[scanner->depth] = source;
	scanner->position              = (struct description_position){
			     .at        = text->text,
			     .end       = text->text + text->length,
			     .here      = { source, 1, 1, 1 },
			     .open_base = scanner->open_count,
	};
	scanner->statement = scanner->tokens->count;
	while (scanner->position.at < scanner->position.end &&
	       !description_report_full(scanner->report))
		scan_token(scanner);
	end_statement(scanner);
	while (scanner->open_count > scanner->position.open_base) {
		description_report_add(scanner->report, DESCRIPTION_ERROR, scanner->description,
		                       scanner->open[--scanner->open_count],
		                       "this block is never closed");
		add_token(scanner, TOKEN_CLOSE, "}", 1, scanner->position.here);
	}
	add_token(scanner, TOKEN_END, "", 0, scanner->position.here);
	scanner->statement = scanner->tokens->count;
}

static void
scan_token(struct description_scanner *scanner)
{
	switch (*scanner->position.at) {
	case ' ':
	case '\t':
	case '\r':
		advance(scanner);
		break;
	case '#':
		skip_comment(scanner);
		break;
	case '\\':
		scan_continuation(scanner);
		break;
	case '\n':
	case ';':
		end_statement(scanner);
		add_token(scanner, TOKEN_END, scanner->position.at, 1, scanner->position.here);
		advance(scanner);
		scanner->statement = scanner->tokens->count;
		break;
	case '"':
		scan_string(scanner);
		break;
	case '{':
		scan_open(scanner);
		break;
	case '}':
		scan_close(scanner);
		break;
	case '=':
		add_token(scanner, TOKEN_EQUALS, scanner->position.at, 1, scanner->position.here);
		advance(scanner);
		break;
	case '!':
		add_token(scanner, TOKEN_BANG, scanner->position.at, 1, scanner->position.here);
		advance(scanner);
		break;
	default:
		if (is_word_character(*scanner->position.at))
			scan_word(scanner);
		else
			scan_stray(scanner);
		break;
	}
}

static void
skip_comment(struct description_scanner *scanner)
{
	const char *comment = scanner->position.at;
	bool        first   = scanner->position.here.column == 1;

	while (scanner->position.at < scanner->position.end && *scanner->position.at != '\n')
		advance(scanner);
	if (first)
		take_mark(scanner, comment);
}

/*
 * `#line 12 "FILE"`, as compilers have it: the next line is that one. So the text that the daemon
 * gives its node (description_print_marked) knows the places of the operator's files.
 */
static void
take_mark(struct description_scanner *scanner, const char *comment)
{
	struct description_sources *sources = &scanner->description->sources;
	size_t                      length  = (size_t)(scanner->position.at - comment);
	size_t                      used = sizeof("#line ") - 1, source = 0;
	unsigned                    line = 0;
	char                       *path;

	if (length <= used || memcmp(comment, "#line ", used) != 0)
		return;
	for (; used < length && line < 1000000 && comment[used] >= '0' && comment[used] <= '9';
	     used++)
		line = line * 10 + (unsigned)(comment[used] - '0');
	if (line == 0 || length < used + 4 || memcmp(comment + used, " \"", 2) != 0 ||
	    comment[length - 1] != '"')
		return;
	path = memory_copy(comment + used + 2, length - used - 3);
	while (source < sources->count && strcmp(sources->items[source].path, path) != 0)
		source++;
	if (source == sources->count && source < MAX_SOURCES)
		description_sources_add(sources, path, "", 0);
	if (source < sources->count) {
		scanner->position.here.source = (unsigned)source;
		scanner->position.here.line   = line - 1; /* of this line, which ends now */
	}
	free(path);
}

static void
scan_continuation(struct description_scanner *scanner)
{
	const char *next = scanner->position.at + 1;

	if (next < scanner->position.end && *next == '\r')
		next++;
	if (next == scanner->position.end || *next != '\n') {
		scan_stray(scanner);
		return;
	}
	while (scanner->position.at <= next)
		advance(scanner);
}

static void
scan_word(struct description_scanner *scanner)
{
	struct description_place place = scanner->position.here;
	const char              *start = scanner->position.at;

	while (scanner->position.at < scanner->position.end &&
	       is_word_character(*scanner->position.at))
		advance(scanner);
	place.length = (unsigned)(scanner->position.at - start);
	add_token(scanner, TOKEN_WORD, start, (size_t)(scanner->position.at - start), place);
}

static void
scan_string(struct description_scanner *scanner)
{
	struct description_place place = scanner->position.here;
	const char              *start = scanner->position.at + 1;
	size_t                   length;

	advance(scanner);
	while (scanner->position.at < scanner->position.end && *scanner->position.at != '"' &&
	       *scanner->position.at != '\n') {
		if (*scanner->position.at == '\\' &&
		    scanner->position.at + 1 < scanner->position.end &&
		    scanner->position.at[1] != '\n')
			advance(scanner);
		advance(scanner);
	}
	place.length = scanner->position.here.column - place.column;
	length       = (size_t)(scanner->position.at - start);
	if (scanner->position.at < scanner->position.end && *scanner->position.at == '"') {
		advance(scanner);
		place.length++;
	} else {
		description_report_add(scanner->report, DESCRIPTION_ERROR, scanner->description,
		                       place, "this text has no closing quote");
	}
	add_token(scanner, TOKEN_STRING, start, length, place);
}

static void
scan_open(struct description_scanner *scanner)
{
	scanner->open = memory_grow(scanner->open, &scanner->open_capacity, scanner->open_count + 1,
	                            sizeof(scanner->open[0]));
	scanner->open[scanner->open_count++] = scanner->position.here;
	add_token(scanner, TOKEN_OPEN, scanner->position.at, 1, scanner->position.here);
	advance(scanner);
	scanner->statement = scanner->tokens->count;
}

static void
scan_close(struct description_scanner *scanner)
{
	end_statement(scanner);
	if (scanner->open_count == scanner->position.open_base) {
		description_report_add(scanner->report, DESCRIPTION_ERROR, scanner->description,
		                       scanner->position.here, "no block is open here");
	} else {
		scanner->open_count--;
		add_token(scanner, TOKEN_CLOSE, scanner->position.at, 1, scanner->position.here);
	}
	advance(scanner);
	scanner->statement = scanner->tokens->count;
}

static void
scan_stray(struct description_scanner *scanner)
{
	uint32_t           code;
	size_t             length = spelling_character(scanner->position.at, &code);
	char               quote[SPELLING_QUOTE_SIZE];
	struct diagnostic *diagnostic;

	length     = length == 0 ? 1 : length;
	diagnostic = description_report_add(
	    scanner->report, DESCRIPTION_ERROR, scanner->description, scanner->position.here,
	    "%s means nothing here",
	    spelling_quote(
		quote, (struct spelling){ scanner->position.at, scanner->position.at, length }));
	if (code == ',')
		description_report_hint(diagnostic, "lists are separated by spaces");
	else if (code == '\'' || code == 0x201c || code == 0x201d || code == 0x2018)
		description_report_hint(diagnostic,
		                        "texts stand between \"straight double quotes\"");
	else if (code == '\\')
		description_report_hint(diagnostic,
		                        "a line is continued by \"\\\" as its last character");
	else
		description_report_hint(diagnostic, "put texts between double quotes");
	for (size_t i = 0; i < length; i++)
		advance(scanner);
}

/* The statement that ends here is obeyed and taken out again if it is an `include`. */
static void
end_statement(struct description_scanner *scanner)
{
	struct description_tokens *tokens = scanner->tokens;
	struct description_token   word, pattern;
	size_t                     count = tokens->count - scanner->statement;

	if (count == 0)
		return;
	word = tokens->items[scanner->statement];
	if (word.kind != TOKEN_WORD || word.length != strlen("include") ||
	    memcmp(word.text, "include", word.length) != 0)
		return;
	pattern       = tokens->items[tokens->count - 1];
	tokens->count = scanner->statement;
	if (count == 2 && (pattern.kind == TOKEN_STRING || pattern.kind == TOKEN_WORD))
		include_sources(scanner, &pattern);
	else
		description_report_add(scanner->report, DESCRIPTION_ERROR, scanner->description,
		                       word.place, "`include` takes one pattern of file names");
}

static void
include_sources(struct description_scanner *scanner, const struct description_token *pattern)
{
	struct description_sources *sources = &scanner->description->sources;
	struct description_sources  found;
	struct diagnostic           diagnostic;
	struct description_position outer  = scanner->position;
	char                       *text   = memory_copy(pattern->text, pattern->length);
	enum status                 status = STATUS_DENIED;

	description_sources_init(&found);
	diagnostic_init(&diagnostic);
	diagnostic_set(&diagnostic, "`include` is not possible here");
	if (scanner->depth == MAX_INCLUDE_DEPTH)
		diagnostic_set(&diagnostic, "includes nest deeper than %d", MAX_INCLUDE_DEPTH);
	else if (scanner->include != NULL)
		status = scanner->include(sources->items[pattern->place.source].path, text, &found,
		                          &diagnostic);
	free(text);
	if (status != STATUS_OK)
		description_report_add(scanner->report, DESCRIPTION_ERROR, scanner->description,
		                       pattern->place, "%s", diagnostic.text);
	for (size_t i = 0; status == STATUS_OK && i < found.count; i++) {
		const struct description_source *source = &found.items[i];

		if (is_being_included(scanner, source->path)) {
			description_report_add(scanner->report, DESCRIPTION_ERROR,
			                       scanner->description, pattern->place,
			                       "%.200s would include itself", source->path);
			continue;
		}
		if (sources->count == MAX_SOURCES) {
			description_report_add(scanner->report, DESCRIPTION_ERROR,
			                       scanner->description, pattern->place,
			                       "more than %d files", MAX_SOURCES);
			break;
		}
		description_sources_add(sources, source->path, source->text, source->length);
		scanner->depth++;
		scan_source(scanner, (unsigned)(sources->count - 1));
		scanner->depth--;
		scanner->position = outer;
	}
	description_sources_release(&found);
}

static bool
is_being_included(const struct description_scanner *scanner, const char *path)
{
	for (unsigned i = 0; i <= scanner->depth; i++) {
		const struct description_source *source =
		    &scanner->description->sources.items[scanner->chain[i]];

		if (strcmp(source->path, path) == 0)
			return true;
	}
	return false;
}

static void
add_token(struct description_scanner *scanner, enum description_token_kind kind, const char *text,
          size_t length, struct description_place place)
{
	struct description_tokens *tokens = scanner->tokens;

	tokens->items = memory_grow(tokens->items, &tokens->capacity, tokens->count + 1,
	                            sizeof(tokens->items[0]));
	tokens->items[tokens->count++] = (struct description_token){ kind, text, length, place };
}

/* One byte on; a character of several bytes is one column. */
static void
advance(struct description_scanner *scanner)
{
	if (*scanner->position.at++ == '\n') {
		scanner->position.here.line++;
		scanner->position.here.column = 1;
	} else if (scanner->position.at == scanner->position.end ||
	           ((unsigned char)*scanner->position.at & 0xc0) != 0x80) {
		scanner->position.here.column++;
	}
}

static bool
is_word_character(char character)
{
	return character != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                                   "0123456789._*@:+/%-",
	                                   character) != NULL;
}
