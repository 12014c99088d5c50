/*
 * description_parser.h - what every production needs: tokens, blocks, errors, recovery
 *
 * A production reads its tokens and returns whether it could; what it could not read it
 * has reported. Recovery is in one place: a statement that failed is skipped to its end,
 * blocks and all, so the next one is read with a clear mind.
 *
 * A template is a range of tokens. `use` reads them again into the link that uses it, so
 * that a template may hold whatever a link may, and its errors show where they are.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_PARSER_H
#define SPOOL_DESCRIPTION_DESCRIPTION_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/description/description.h"
#include "spool/description/description_report.h"
#include "spool/description/description_scan.h"
#include "spool/description/description_statement.h"

struct description_template {
	char  *name;
	size_t first;  /* token after its `{`                          */
	bool   broken; /* its errors are reported; using it is no news */
};

struct description_parser {
	struct description          *description;
	struct description_report   *report;
	struct description_tokens    tokens;
	size_t                       position;
	struct description_template *templates; /* those in sight */
	size_t                       template_count;
	size_t                       template_capacity;
	size_t                      *used; /* templates that this link uses */
	size_t                       used_count;
	size_t                       used_capacity;
	struct diagnostic           *last;       /* error, borrowed from the report */
	bool                         rehearsing; /* a template is read for its errors only */
};

/* A block that is being read, and its statements so far. */
struct description_block {
	enum description_block_kind     kind;
	enum description_statement_kind statement; /* the one being read ... */
	struct description_place        place;     /* ... and its first word */
	struct description_place        stated[STATEMENT_COUNT];
};

struct description_block description_block_of(enum description_block_kind kind);

/* The token to come, and taking it. The last token, TOKEN_FINISH, is never passed. */
const struct description_token *description_parser_peek(const struct description_parser *parser);
const struct description_token *description_parser_take(struct description_parser *parser);

bool description_parser_at(const struct description_parser *parser,
                           enum description_token_kind      kind);
bool description_parser_at_word(const struct description_parser *parser, const char *word);
/* A statement ends here, or its block begins. */
bool description_parser_at_end(const struct description_parser *parser);

/* Takes it if it is there. */
bool description_parser_accept(struct description_parser *parser, enum description_token_kind kind);
bool description_parser_accept_word(struct description_parser *parser, const char *word);

/* Takes it, or reports that it is missing. */
bool description_parser_expect(struct description_parser *parser, enum description_token_kind kind);
bool description_parser_expect_word(struct description_parser *parser, const char *word);

/* Is there another statement before this block's `}`? Skips empty ones. */
bool description_parser_more(struct description_parser *parser);

/*
 * Begins the next statement of the block: finds its rule, sets block->statement and
 * block->place, and takes its first word. Unknown and repeated statements are reported
 * and skipped. False at the end of the block.
 */
bool description_parser_next(struct description_parser *parser, struct description_block *block);

/* Ends a statement that was read `well`; else, or if anything follows, skips the rest. */
void description_parser_end(struct description_parser *parser, bool well);

/* Notes a statement, or the variant of one, for description_unsupported(). */
void description_parser_note(struct description_parser      *parser,
                             enum description_statement_kind kind, struct description_place place);

/* Reports an error there, or that something else was expected here; both return false. */
bool description_parser_error(struct description_parser *parser, struct description_place place,
                              const char *format, ...) __attribute__((format(printf, 3, 4)));
bool description_parser_expected(struct description_parser *parser, const char *what);

/* Adds a hint to the error just reported. */
void description_parser_hint(struct description_parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The productions that other files call: one file of description_parse_*.c for each part
 * of the grammar. Each is called after the first word of its statement.
 */
bool description_parse_template(struct description_parser *parser);
bool description_parse_use(struct description_parser *parser, struct description_link *link,
                           struct description_block *block);
bool description_parse_link(struct description_parser *parser, struct description_node *node);
void description_parse_link_block(struct description_parser *parser, struct description_link *link,
                                  struct description_block *block);
bool description_parse_call(struct description_parser *parser, struct description_link *link);
bool description_parse_carry(struct description_parser *parser, struct description_link *link);
bool description_parse_limit(struct description_parser *parser, struct description_limit *limit);
bool description_parse_transport(struct description_parser *parser, struct description_link *link);
bool description_parse_answer(struct description_parser *parser, struct description_node *node);
bool description_parse_chat(struct description_parser *parser, struct description_chat *chat);
bool description_parse_device(struct description_parser *parser, struct description_node *node);
bool description_parse_schedule(struct description_parser *parser, struct description_node *node);
bool description_parse_leaf(struct description_parser *parser, struct description_node *node);
bool description_parse_database(struct description_parser *parser, struct description_node *node);
bool description_parse_route(struct description_parser *parser, struct description_node *node);
bool description_parse_explicit(struct description_parser *parser, struct description_node *node);
bool description_parse_default(struct description_parser *parser, struct description_node *node);
bool description_parse_gateway(struct description_parser *parser, struct description_node *node);
bool description_parse_service(struct description_parser *parser, struct description_node *node);
bool description_parse_permit(struct description_parser *parser, struct description_node *node,
                              bool allowed, struct description_place place);
bool description_parse_forward(struct description_parser *parser, struct description_node *node);

#endif
