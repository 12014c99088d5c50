/*
 * serial_medium.h - a call over a serial line: dialogues, then bytes, then a hang-up that is sure
 *
 * The line is taken, a number is dialled and a login answered by chats (daemon/line/chat.h), and
 * only then is it a stream. Of several chats the first that succeeds is the call: one for each
 * phone number. However a call ends, the line is given back SERIAL_HANG_UP_MS later at most: what
 * the kernel has still to send is sent, the `hangup` dialogue is run, DTR is dropped.
 */
#ifndef DAEMON_TRANSPORT_SERIAL_MEDIUM_H
#define DAEMON_TRANSPORT_SERIAL_MEDIUM_H

#include "daemon/line/chat.h"
#include "daemon/transport/medium.h"
#include "daemon/transport/serial_port.h"

enum {
	SERIAL_CHATS_MAX      = 8,
	SERIAL_DRAIN_MS       = 400,
	SERIAL_DIALOGUE_MS    = 2600,
	SERIAL_DTR_MS         = 400,
	SERIAL_HANG_UP_MS     = SERIAL_DRAIN_MS + SERIAL_DIALOGUE_MS + SERIAL_DTR_MS,
	SERIAL_TRANSCRIPT_MAX = 64 * 1024
};

/* A line of a transcript, as it comes; without its newline. */
typedef void serial_line_function(void *data, const char *line);
/* The line is free again. */
typedef void serial_free_function(void *data);

struct serial_call {
	const char            *device;
	struct serial_settings settings;
	struct chat          *chats[SERIAL_CHATS_MAX]; /* in turn until one is done; the medium's */
	size_t                chat_count;              /* 0: nothing has to be said              */
	struct chat          *hangup;                  /* NULL: nothing has to be said           */
	serial_line_function *line;  /* NULL: the log is told of it, if it is told of details */
	serial_free_function *freed; /* NULL: nobody waits for it */
	void                 *data;  /* for both */
};

/* Takes over the chats and nothing else of *call. */
struct medium *serial_medium_call(uv_loop_t *loop, const struct serial_call *call);

/* The same on a port that is held already, which the medium takes over. */
struct medium *serial_medium_answer(uv_loop_t *loop, const struct serial_call *call,
                                    struct serial_port *port);

#endif
