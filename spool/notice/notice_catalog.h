/*
 * notice_catalog.h - the texts of reports, in each language that there is a file of
 *
 * spool/notice/catalog/LANGUAGE.md are built in; en.md explains their form. A sentence of another
 * node comes in English, whatever its operator speaks, and is known again by its words: "say"
 * headings are patterns, so that a node needs no numbers that all others agree on.
 */
#ifndef SPOOL_NOTICE_NOTICE_CATALOG_H
#define SPOOL_NOTICE_NOTICE_CATALOG_H

#include "spool/base/buffer.h"

struct notice_catalog {
	const char *language; /* "pt"      */
	const char *text;     /* the file  */
};

/* For "pt-BR" that of pt, for what there is no catalog of, or "", English. Never NULL. */
const struct notice_catalog *notice_catalog_find(const char *language);

/* The text below the heading `key`, or that of English; empty if none has it. */
struct span notice_catalog_get(const struct notice_catalog *catalog, const char *key);

/* Appends a sentence of the nodes in the catalog's language, or as it is. */
void notice_catalog_say(const struct notice_catalog *catalog, const char *sentence,
                        struct buffer *out);

/* A word between braces, and what stands for it. */
struct notice_value {
	const char *name;
	const char *text;
};

/*
 * Appends a text with its values, the last of which has no name. `markdown`: they are escaped, so
 * that none of their bytes means anything in CommonMark, and quoted for a shell in lines that are
 * code; control characters become "?" in any case.
 */
void notice_fill(struct span text, const struct notice_value *values, bool markdown,
                 struct buffer *out);

/* Text from outside in one line: a control character becomes "?". */
void notice_append_printable(struct buffer *out, const char *text);

#endif
