/*
 * uucp_section.h - a file of UUCP as sections: the lines of a system, a port or a dialer
 *
 * What stands before the first section holds for all of the file. In a section a line takes the place of
 * an earlier one with the same keyword, so what a keyword says is what its last line says. An
 * `alternate` of a system is a section of its own, which falls back on the one that it belongs to.
 */
#ifndef SPOOL_IMPORT_UUCP_SECTION_H
#define SPOOL_IMPORT_UUCP_SECTION_H

#include "spool/import/import_line.h"

struct uucp_section {
	struct import_word  name;
	struct import_line *lines; /* owned by the arena */
	size_t              count;
	bool                alternate; /* of the last one before it that is none */
};

struct uucp_sections {
	const char          *path;
	struct uucp_section *items; /* [0]: what holds for all; owned */
	size_t               count, capacity;
};

void uucp_sections_init(struct uucp_sections *sections);
void uucp_sections_release(struct uucp_sections *sections);

/* `keyword` begins a section ("system"); all words live in the arena. */
enum status uucp_sections_parse(struct uucp_sections *sections, const char *path, struct span text,
                                const char *keyword, struct arena *arena,
                                struct diagnostic *diagnostic);

/* The last line with that keyword or the other; of the section, of what it falls back on. NULL: none. */
const struct import_line *uucp_section_find(const struct uucp_sections *sections, size_t section,
                                            const char *keyword, const char *other);

/* The number of the section of that name; 0: there is none. */
size_t uucp_sections_find(const struct uucp_sections *sections, const char *name);

#endif
