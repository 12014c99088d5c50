/*
 * spelling.h - what every reader of names and addresses needs: pieces, places, quotes
 *
 * Names and addresses are typed by people and sent by strangers. Each reader here says
 * which characters of the text are wrong, in columns as shown (UTF-8 characters, not
 * bytes), and quotes them escaped, so that a hostile text cannot drive a terminal.
 */
#ifndef SPOOL_NAME_SPELLING_H
#define SPOOL_NAME_SPELLING_H

#include <stddef.h>
#include <stdint.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { SPELLING_QUOTE_SIZE = 84, SPELLING_USER_MAX_BYTES = 128 };

/* The part of `text` that a reader speaks of; borrowed. */
struct spelling {
	const char *text;   /* the whole, NUL-terminated, from which columns count */
	const char *at;     /* the first byte of the part                          */
	size_t      length; /* its bytes                                           */
};

/*
 * Says what is wrong with the part, printf style, and an optional hint (may be NULL).
 * Returns STATUS_INVALID, so that a reader can end with it. `diagnostic` may be NULL.
 */
enum status spelling_refuse(struct diagnostic *diagnostic, struct spelling part, const char *hint,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));

/* `diagnostic` speaks of a text that begins at `at` inside `text`: moves its column. */
void spelling_shift(struct diagnostic *diagnostic, const char *text, const char *at);

/* The part within double quotes, escaped and cut to fit; returns `quote`. */
const char *spelling_quote(char quote[SPELLING_QUOTE_SIZE], struct spelling part);

/*
 * The bytes of the UTF-8 character at `at` (which a NUL ends) and its code point; 0 where
 * there is none: at the NUL, and at overlong, truncated and surrogate sequences.
 */
size_t spelling_character(const char *at, uint32_t *code);

/*
 * STATUS_INVALID unless the part is a component of a name: `[a-z0-9]([a-z0-9-]*[a-z0-9])?`,
 * in either case, of at most NAME_COMPONENT_MAX_BYTES.
 */
enum status spelling_check_component(struct spelling part, struct diagnostic *diagnostic);

/*
 * The same for the last component behind others, which cannot be "world": that text is
 * the region of all nodes, and a region is a tail of a name.
 */
enum status spelling_check_top(struct spelling part, struct diagnostic *diagnostic);

/*
 * STATUS_INVALID unless the part can be a user: the unquoted characters of RFC 5322
 * (3.2.3, RFC 6532) without `! * / |`, so no blank, no separator, no path and no command;
 * UTF-8 where it is visible. It begins with neither "." nor "-", lest a handler's program
 * take it for an option. Case is kept; nothing is normalized.
 */
enum status spelling_check_user(struct spelling part, struct diagnostic *diagnostic);

/* ASCII only, in every locale. */
char spelling_lower(char character);

#endif
