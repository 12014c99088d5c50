/*
 * smtp_data.h - a message between DATA and the lone dot
 *
 * On the line each line ends in CR LF and a leading dot is doubled (RFC 5321 section 4.5.2); inside
 * mulga a line ends in LF. Only CR LF . CR LF ends a message: whoever takes another form for the end
 * lets a stranger put a second message into the first (smuggling). A bare CR or LF makes a message
 * invalid; it is read to its end and refused. Programs of this machine that speak SMTP on a pipe may
 * end their lines as Unix does: lenient.
 */
#ifndef SPOOL_SMTP_SMTP_DATA_H
#define SPOOL_SMTP_SMTP_DATA_H

#include <stdbool.h>

#include "spool/base/buffer.h"

enum smtp_data_state {
	SMTP_DATA_START, /* of a line */
	SMTP_DATA_DOT,   /* a line that is "." so far */
	SMTP_DATA_DOT_CARRIAGE,
	SMTP_DATA_INSIDE,
	SMTP_DATA_CARRIAGE, /* "\r" came, and perhaps "\n" will */
	SMTP_DATA_OVER,
};

struct smtp_data {
	enum smtp_data_state state;
	bool                 lenient; /* LF ends a line, too */
	bool                 bare;    /* there was a bare CR or LF, where none may be */
};

void smtp_data_init(struct smtp_data *data, bool lenient);

/*
 * Takes bytes of the line up to the end of the message, moves *bytes behind them, and appends what
 * they mean. True: the message is over.
 */
bool smtp_data_read(struct smtp_data *data, struct span *bytes, struct buffer *out);

/*
 * The other direction: appends bytes of a message as the line is to have them. `line_start` is kept
 * between calls, true at first; the end is for the caller to write: CR LF unless line_start, then
 * a dot and CR LF.
 */
void smtp_data_write(struct span bytes, bool *line_start, struct buffer *line);

#endif
