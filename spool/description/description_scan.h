/*
 * description_scan.h - from text to tokens
 *
 * Comments, continued lines and includes are gone, braces are balanced: what follows need
 * not think of them. A token borrows its bytes from the sources of the description.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_SCAN_H
#define SPOOL_DESCRIPTION_DESCRIPTION_SCAN_H

#include <stddef.h>

#include "spool/description/description.h"
#include "spool/description/description_report.h"
#include "spool/description/description_source.h"

enum description_token_kind {
	TOKEN_END,    /* a newline or `;` that ends a statement      */
	TOKEN_WORD,   /* [A-Za-z0-9._*@:+/%-]+                       */
	TOKEN_STRING, /* the bytes between the quotes, not decoded   */
	TOKEN_OPEN,   /* {                                           */
	TOKEN_CLOSE,  /* }                                           */
	TOKEN_EQUALS, /* =                                           */
	TOKEN_BANG,   /* !                                           */
	TOKEN_FINISH, /* the end of all; always the last token       */
};

struct description_token {
	enum description_token_kind kind;
	const char                 *text;
	size_t                      length;
	struct description_place    place;
};

struct description_tokens {
	struct description_token *items;
	size_t                    count;
	size_t                    capacity;
};

void description_tokens_release(struct description_tokens *tokens);

/*
 * Scans all that description->sources holds at the call. Included texts are added there,
 * their tokens stand where the `include` stood. Errors go to the report.
 */
void description_scan(struct description *description, description_include_function *include,
                      struct description_report *report, struct description_tokens *tokens);

#endif
