/*
 * import_line.h - lines of words, each with its place: what files of UUCP and maps consist of
 *
 * `#` begins a comment, a backslash at a line's end continues it, blanks separate words. A word lives in
 * the arena. Whoever finds one wrong says where it stood.
 */
#ifndef SPOOL_IMPORT_IMPORT_LINE_H
#define SPOOL_IMPORT_IMPORT_LINE_H

#include <stdbool.h>

#include "spool/base/arena.h"
#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { IMPORT_WORDS_MAX = 64, IMPORT_NAME_MAX = 40 /* bytes, of a site */ };

struct import_word {
	const char *text;
	unsigned    line, column;
};

struct import_line {
	struct import_word *words; /* in the arena */
	size_t              count; /* 1 at least   */
};

struct import_source {
	const char *path; /* borrowed, as the text is */
	struct span rest;
	unsigned    line, column; /* of its first byte */
};

void import_source_init(struct import_source *source, const char *path, struct span text);

/* The next line that has a word. STATUS_NOT_FOUND: there is none; STATUS_INVALID: and why. */
enum status import_line_next(struct import_source *source, struct arena *arena,
                             struct import_line *line, struct diagnostic *diagnostic);

/* UUCP's keywords are the same in capitals: is it that one; does it begin with it? */
bool import_text_is(const char *text, const char *keyword);
bool import_text_begins(const char *text, const char *keyword);

/* Says what is wrong with a word of that file, printf style; STATUS_INVALID. */
enum status import_wrong(struct diagnostic *diagnostic, const char *path,
                         const struct import_word *word, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends words, as a comment that says where they stand. */
void import_left(const char *path, const struct import_word *words, size_t count,
                 const char *indent, struct buffer *out);

/* Appends a text between quotes, as descriptions have it. */
void import_quote(const char *text, struct buffer *out);

/* "PART.REGION", with letters that a name may have; false: it is no name even so. */
bool import_name(const char *part, const char *region, struct buffer *out);

#endif
