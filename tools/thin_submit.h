/*
 * thin_submit.h - hands one message over: to the daemon, or to its folder drop/
 *
 * Both get the same bytes (spool/control). Without a daemon they become a file that is
 * durable before thin_submit_end returns 0; the daemon takes it in when it starts. The
 * body is streamed: a message of any size needs the memory of one piece.
 */
#ifndef TOOLS_THIN_SUBMIT_H
#define TOOLS_THIN_SUBMIT_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/control/control.h"
#include "spool/home/home.h"
#include "spool/message/message_id.h"

struct thin_submit {
	const struct home *home; /* borrowed */
	int                file; /* socket, or file in drop/ */
	bool               is_drop;
	bool               cut;        /* the daemon reads no more: its answer says why    */
	uint64_t           fits_bytes; /* so much would go of what was too large; 0: not known */
	char              *path;       /* of the file while it is written; owned            */
	struct buffer      frames;
	struct message_id  id; /* it has this id if it is accepted */
};

/* Draws the token of a new submission. */
void thin_submit_draw(struct control_submission *submission);

/* The language of the user's environment: LC_ALL, LC_MESSAGES or LANG. */
void thin_submit_language(struct notify *notify);

/* Mode, time and size of a regular file go with it. */
void thin_submit_describe(struct control_submission *submission, int file);

/*
 * Each returns 0, or the exit code after a sentence on stderr. After an error of begin or
 * data only thin_submit_abort may follow; end and abort release.
 */
int thin_submit_begin(struct thin_submit *submit, const struct home *home, const struct name *node,
                      const struct control_submission *submission);
int thin_submit_data(struct thin_submit *submit, struct span bytes);
/* All that can be read from there; `path` is what a complaint calls it. */
int  thin_submit_file(struct thin_submit *submit, int file, const char *path);
int  thin_submit_end(struct thin_submit *submit);
void thin_submit_abort(struct thin_submit *submit);
/* The one after 0, else the other; prints the id of what was taken. Returns the code of either. */
int thin_submit_finish(struct thin_submit *submit, int code);

#endif
