/*
 * notice_file.h - a user is told by mail that a file has come for her
 *
 * In her language: from whom it is, what it is called, and where it lies, or until when it waits and
 * what to type. A pure
 * function of its values; delivery is the node's work.
 */
#ifndef SPOOL_NOTICE_NOTICE_FILE_H
#define SPOOL_NOTICE_NOTICE_FILE_H

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/message/envelope.h"
#include "spool/notice/notice_catalog.h"

struct notice_file {
	const char            *home;       /* the node where it waits     */
	const char            *user;       /* of that node                */
	const char            *language;   /* hers; "" = not known        */
	const struct envelope *about;      /* the message that is a file  */
	uint64_t               size_bytes; /* with all its parts     */
	const char            *path;       /* where it lies; NULL: it waits */
	struct walltime        until;      /* it waits, and then goes back */
	struct walltime        now;
};

/* Appends the whole mail. Text from outside is made printable. */
void notice_file_format(const struct notice_file *notice, struct buffer *out);

#endif
