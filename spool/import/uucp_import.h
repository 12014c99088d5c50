/*
 * uucp_import.h - the files of a Taylor UUCP, as the description of a node
 *
 * Each system becomes a link, with its phones, addresses, dialogues and hours; what has no like in a
 * description is a comment that names file and line. What the files may not hold either is an error
 * at its place. Passwords are not written down: the description names the file that is to hold them.
 */
#ifndef SPOOL_IMPORT_UUCP_IMPORT_H
#define SPOOL_IMPORT_UUCP_IMPORT_H

#include "spool/import/import_line.h"

enum uucp_file_kind { UUCP_CONFIG, UUCP_SYS, UUCP_PORT, UUCP_DIAL, UUCP_CALL, UUCP_FILE_COUNT };

struct uucp_file {
	const char *path; /* NULL: there is none */
	struct span text;
};

struct uucp_import_wish {
	const char *node;    /* whole name; NULL: what `config` calls it, in the region */
	const char *region;  /* of names without a dot; "": none */
	bool        foreign; /* links to stations that go on speaking UUCP              */
};

/* Appends the description. STATUS_INVALID: and why, in the diagnostic. */
enum status uucp_import(const struct uucp_file         files[UUCP_FILE_COUNT],
                        const struct uucp_import_wish *wish, struct buffer *out,
                        struct diagnostic *diagnostic);

#endif
