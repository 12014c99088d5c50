/*
 * uucp_chat.h - a dialogue of UUCP, "ogin:-BREAK-ogin: \L ssword: \P", as steps of a description
 */
#ifndef SPOOL_IMPORT_UUCP_CHAT_H
#define SPOOL_IMPORT_UUCP_CHAT_H

#include "spool/import/import_line.h"

struct uucp_chat {
	const char *path;
	const char *login;  /* for \L; NULL: it is not known          */
	const char *secret; /* the file of keys/ that is sent for \P    */
	bool        phone;  /* there is one for \D and \T             */
	const char *indent;
};

/*
 * Appends a step a line; words are expected and sent in turn. What has no like is a comment there that
 * names its file and line.
 */
void uucp_chat_convert(const struct uucp_chat *chat, const struct import_word *words, size_t count,
                       struct buffer *out);

#endif
