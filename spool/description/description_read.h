/*
 * description_read.h - the values that stand in statements: names, texts, numbers, units
 *
 * Each function takes the value from the parser, or reports what is wrong with it and
 * returns false; then the value is untouched. Texts are allocated for the caller.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_READ_H
#define SPOOL_DESCRIPTION_DESCRIPTION_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/description/description_parser.h"

bool description_read_name(struct description_parser *parser, struct name *name);
bool description_read_region(struct description_parser *parser, struct name *region);
bool description_read_regions_add(struct description_parser *parser,
                                  struct description_names  *regions);

/* `*`, `*.edu` or `edu`. */
bool description_read_pattern(struct description_parser  *parser,
                              struct description_pattern *pattern);
/* One or more, up to the word `via`, which is taken. */
bool description_read_patterns_via(struct description_parser   *parser,
                                   struct description_patterns *patterns);

/* A quoted text or a bare word, not empty; `what` names it in messages. */
bool description_read_text(struct description_parser *parser, const char *what, char **text);
/* Letters, digits and `._+-`: what an operator calls a thing. */
bool description_read_label(struct description_parser *parser, const char *what, char **label);
/* One or more, up to the end of the statement or to its block. */
bool description_read_texts(struct description_parser *parser, const char *what,
                            struct description_texts *texts);
/* The same for a program and its arguments, which may be empty; checks `%x`. */
bool description_read_arguments(struct description_parser *parser,
                                struct description_texts  *arguments);
/* "HOST:PORT" or "[HOST]:PORT"; port 0 only where `listens`. */
bool description_read_tcp_address(struct description_parser *parser, bool listens, char **address);
/* "unix:PATH" or a TCP address. */
bool description_read_lmtp_address(struct description_parser *parser, bool listens, char **address);

/* A quoted text with chat escapes. */
bool description_read_chat_text(struct description_parser    *parser,
                                struct description_chat_text *text);

bool description_read_integer(struct description_parser *parser, int64_t least, int64_t most,
                              int64_t *value);
bool description_read_unsigned(struct description_parser *parser, unsigned least, unsigned most,
                               unsigned *value);
bool description_read_duration(struct description_parser *parser, int64_t *duration_ms);
/* The same with a `+` before it. */
bool description_read_offset(struct description_parser *parser, int64_t *duration_ms);
bool description_read_size(struct description_parser *parser, int64_t *size_bytes);
/* Degrees as a decimal number, at most `most` either way. */
bool description_read_degrees(struct description_parser *parser, int32_t most, int32_t *udeg);
/* YYYY-MM-DD, as its first moment in UTC. */
bool description_read_date(struct description_parser *parser, struct walltime *date);

/* One of `count` words; its index. */
bool description_read_choice(struct description_parser *parser, const char *const *words,
                             size_t count, unsigned *choice);
bool description_read_priority(struct description_parser *parser,
                               enum description_priority *priority);
bool description_read_preference(struct description_parser   *parser,
                                 enum description_preference *preference);

/* Adds a text, whose owner the list becomes. */
void description_texts_add(struct description_texts *texts, char *text);

#endif
