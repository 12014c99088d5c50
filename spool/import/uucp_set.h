/*
 * uucp_set.h - what the files of this room share of a set of UUCP's files
 */
#ifndef SPOOL_IMPORT_UUCP_SET_H
#define SPOOL_IMPORT_UUCP_SET_H

#include "spool/import/uucp_import.h"
#include "spool/import/uucp_section.h"

struct uucp_set {
	const struct uucp_import_wish *wish;
	struct arena                   arena;
	struct uucp_sections           config, systems, ports, dialers;
	struct uucp_file               call;
};

/* --- uucp_transport.c: appends the transport of that way to a system. */
enum status uucp_transport_print(struct uucp_set *set, size_t system, struct buffer *out,
                                 struct diagnostic *diagnostic);

/* Appends a line as a comment that says where it stands. */
void uucp_set_left(const char *path, const struct import_line *line, const char *indent,
                   struct buffer *out);

#endif
