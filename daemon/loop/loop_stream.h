/*
 * loop_stream.h - one connection: a call, or a program on the control socket
 *
 * What comes in becomes events of the stream's kind; a stream whose bytes the node has not
 * seen yet stops reading at LOOP_UNREAD_MAX. What goes out is a queue of bytes and of
 * ranges of body files, of which a bounded part is in memory at a time. Under TLS the line
 * carries something else, but everything here is counted in the bytes that the node knows.
 *
 * A stream ends in one of two ways. finish: its id is dead at once, what is queued is
 * still sent. cut: now. Either way it frees itself when libuv has let go of it.
 */
#ifndef DAEMON_LOOP_LOOP_STREAM_H
#define DAEMON_LOOP_LOOP_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/loop/loop_inbox.h"
#include "daemon/transport/tcp.h"
#include "daemon/transport/tls.h"
#include "spool/disk/disk.h"

enum {
	LOOP_PIECE_BYTES = 64 * 1024,
	LOOP_UNREAD_MAX  = 1024 * 1024,         /* of one stream in the inbox, for one commit */
	LOOP_UNREAD_ALL  = 4 * LOOP_UNREAD_MAX, /* beyond, a stream gives one piece */
};

enum loop_stream_kind { LOOP_CALL, LOOP_CLIENT };

struct loop_output; /* a stretch of the queue */

struct loop_streams {
	enum loop_stream_kind kind;
	uv_loop_t            *uv;
	struct loop_inbox    *inbox;
	struct loop_stream   *first;
	size_t                count;
	size_t                unread;                 /* bytes of all of them in the inbox */
	char                  room[LOOP_PIECE_BYTES]; /* libuv reads into it */
};

struct loop_stream {
	struct loop_streams *set;
	struct loop_stream  *next;
	uint64_t             id;     /* 0: finished or cut, the node knows it no more */
	struct tcp_dial     *dial;   /* while a call is being made                    */
	uv_stream_t         *handle; /* heap; NULL until it is connected              */
	struct tls          *tls;    /* set before it connects; NULL: the line is plain */
	char                 from[TCP_TEXT_SIZE]; /* of a call that was answered; "": dialled */
	bool                 open;                /* announced; until then it has said no word  */
	uv_timer_t           linger;
	unsigned             open_handles;
	bool                 cut;
	bool                 finishing;
	bool                 paused;
	size_t               unread; /* bytes in the inbox                      */
	struct loop_output  *output, *output_last;
	uint64_t             unsent;    /* queued or in flight                     */
	size_t               in_flight; /* of those, handed to libuv               */
};

void loop_streams_init(struct loop_streams *set, enum loop_stream_kind kind, uv_loop_t *uv,
                       struct loop_inbox *inbox);

/* NULL: no stream, or no longer, has that id. */
struct loop_stream *loop_streams_find(const struct loop_streams *set, uint64_t id);

/* After a turn: send what its actions queued, and read on where the inbox was full; or, on
 * `hold`, read from nobody until the next turn. */
void loop_streams_go_on(struct loop_streams *set, bool hold);
void loop_streams_cut(struct loop_streams *set);

struct loop_stream *loop_stream_new(struct loop_streams *set, uint64_t id);

/*
 * Gives it its connection, heap, which it owns from now on, and starts reading. A call is announced to the node when both ends have proved their keys; one that
 * does not come so far in TLS_SHAKE_LIMIT_MS is cut.
 */
void loop_stream_connect(struct loop_stream *stream, uv_stream_t *handle);

void loop_stream_send(struct loop_stream *stream, struct span bytes);
/* A range of an open file, which is closed when it has been read. */
void loop_stream_send_file(struct loop_stream *stream, struct disk_file *file, uint64_t offset,
                           uint32_t length);

void loop_stream_finish(struct loop_stream *stream);
void loop_stream_cut(struct loop_stream *stream);

/* Tells the node that it ended, and cuts it. */
void loop_stream_fail(struct loop_stream *stream, const char *why);

#endif
