/*
 * medium.h - a way for bytes to a far end: a socket, a program, a serial line
 *
 * Whatever it is, it has a stream of libuv's for its owner and tells him three things, each at most
 * once, in this order, and never before a call of his returns:
 *
 *	CONNECTED   `stream` and `out` are his to read and write, until he hangs up
 *	LOST        it could not be had, or has ended by itself: why
 *	RELEASED    after medium_hang_up: everything behind it is free for others; the medium is
 *	            gone with this word
 *
 * and, while it is connected, any number of lines STATUS: what it knows of the line, `key=value`.
 *
 * All that can end a call (its end, a failure, an operator, a deadline, the daemon's own end) comes
 * down to medium_hang_up, which may be called at any time. How long that takes is the medium's
 * business, and bounded: a program is ended, a modem is hung up, a lock is let go.
 */
#ifndef DAEMON_TRANSPORT_MEDIUM_H
#define DAEMON_TRANSPORT_MEDIUM_H

#include <stdbool.h>
#include <uv.h>

enum medium_news { MEDIUM_CONNECTED, MEDIUM_STATUS, MEDIUM_LOST, MEDIUM_RELEASED };

struct medium;

typedef void medium_tell_function(void *owner, enum medium_news news, const char *why);

struct medium_operations {
	/* Begins to get it. NULL: it is connected already. */
	void (*start)(struct medium *medium);
	/* Lets go of everything, then medium_release. The stream is still open. */
	void (*hang_up)(struct medium *medium);
	/* The stream has ended: true if LOST will be told, as soon as it is known why. NULL: no. */
	bool (*at_end)(struct medium *medium);
	/* Frees it; its timer and stream are closed. */
	void (*free)(struct medium *medium);
};

/* The first member of each kind's own struct; heap. */
struct medium {
	const struct medium_operations *operations;
	medium_tell_function           *tell;
	void                           *owner;
	uv_loop_t                      *loop;
	uv_stream_t                    *stream; /* heap, the medium's; NULL until CONNECTED */
	uv_stream_t                    *out;    /* the same, or another for what goes out   */
	uv_timer_t                      timer;  /* for the kind's own use; its data is the medium */
	unsigned                        handles;
	bool                            busy; /* lost because others have it: not its failure */
	bool                            lost;
	bool                            hung_up;
};

/* What is connected already, and has nothing behind it. Takes the heap handle over; CONNECTED is not
 * told. */
struct medium *medium_of_stream(uv_stream_t *stream);

/* At once after it was made, and again when it changes hands. */
void medium_own(struct medium *medium, medium_tell_function *tell, void *owner);

/* Is there more than a stream behind it: a program, a line? Letting go of that takes time. */
bool medium_is_slow_to_leave(const struct medium *medium);

void medium_start(struct medium *medium);
void medium_hang_up(struct medium *medium);
/* The owner has read the end of the stream. False: there is nothing more to be learnt of it. */
bool medium_ask_why(struct medium *medium);

/* --- for the kinds ----------------------------------------------------------------------- */

void medium_init(struct medium *medium, const struct medium_operations *operations,
                 uv_loop_t *loop);
void medium_connected(struct medium *medium, uv_stream_t *stream, uv_stream_t *out);
void medium_status(struct medium *medium, const char *line);
void medium_lost(struct medium *medium, const char *why); /* not once it was hung up */
/* The last thing of hang_up: closes the stream and the timer, tells RELEASED, frees. */
void medium_release(struct medium *medium);

#endif
