/*
 * loop_stream.h - one connection: a call, or a program on the control socket
 *
 * Below is a medium; between its bytes and the node's is a stack of layers (TLS, and what a
 * medium needs besides). What comes in becomes events of the stream's kind; a stream whose bytes
 * the node has not seen yet stops reading at LOOP_UNREAD_MAX. What goes out is queued and passes
 * down in pieces, no more at a time than the medium can carry soon. Whatever the layers make of
 * them, everything here is counted in the bytes that the node knows.
 *
 * A stream ends in one of two ways. finish: its id is dead at once, what is queued is
 * still sent. cut: now. Either way its medium is hung up, and when that is done it frees itself.
 */
#ifndef DAEMON_LOOP_LOOP_STREAM_H
#define DAEMON_LOOP_LOOP_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/loop/loop_inbox.h"
#include "daemon/loop/loop_queue.h"
#include "daemon/transport/layer.h"
#include "daemon/transport/medium.h"

enum {
	LOOP_UNREAD_MAX = 1024 * 1024,         /* of one stream in the inbox, for one commit */
	LOOP_UNREAD_ALL = 4 * LOOP_UNREAD_MAX, /* beyond, a stream gives one piece */
	LOOP_FROM_SIZE  = 96,
};

enum loop_stream_kind { LOOP_CALL, LOOP_CLIENT };

struct loop_door;

struct loop_streams {
	enum loop_stream_kind kind;
	uv_loop_t            *uv;
	struct loop_inbox    *inbox;
	struct loop_stream   *first;
	size_t                count;
	uint64_t              next_id;                /* of a call that is answered: odd */
	size_t                unread;                 /* bytes of all of them in the inbox */
	char                  room[LOOP_PIECE_BYTES]; /* libuv reads into it */
};

struct loop_stream {
	struct loop_streams *set;
	struct loop_stream  *next;
	uint64_t             id;     /* 0: finished or cut, the node knows it no more */
	struct medium       *medium; /* NULL: none yet, or it is released   */
	struct layers        layers; /* complete before it connects         */
	char                 from[LOOP_FROM_SIZE]; /* of a call that was answered; "": dialled */
	char                *called;         /* "link b.a as x", of one that was dialled; owned */
	uint64_t             held;           /* its id, if the node must hear of its release */
	size_t               piece_bytes;    /* that pass down at a time ...        */
	size_t               window_bytes;   /* ... while so many are on their way  */
	unsigned             shake_limit_ms; /* for the layers to open              */
	struct loop_door    *door;  /* of a caller who is not known yet; told when he is, or gone */
	bool                 turns; /* its two ends take turns             */
	bool                 connected; /* the medium carries bytes            */
	bool                 open;      /* announced; until then it has said no word */
	bool                 cut;
	bool                 finishing;  /* what is queued goes out, ...       */
	bool                 saying_end; /* ... then what the layers say at their end */
	bool                 paused;
	bool                 parted;  /* the far end knows of the end, but for what layers keep */
	bool                 watched; /* of a client: the node wants to know what is gone */
	size_t               unread;  /* bytes in the inbox                       */
	struct loop_queue    queue;
	uint64_t             put, taken; /* bytes of the medium: given to it, and gone */
	uint64_t             opened;     /* so many were given to it before ours          */
	uv_timer_t           limit;      /* to open, to end                          */
	uv_timer_t           tick;       /* the layers' deadline                     */
	struct instant       described;  /* what the line is like was told then        */
	unsigned             handles;
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
 * Gives it its medium, which it owns from now on; it connects at once if that is connected, else
 * when it is. A call is announced to the node when both ends have proved their keys; one that
 * does not come so far in its limit is cut.
 */
void loop_stream_start(struct loop_stream *stream, struct medium *medium);

/* It has no longer than that to open from now on. */
void loop_stream_hurry(struct loop_stream *stream, unsigned limit_ms);

void loop_stream_send(struct loop_stream *stream, struct span bytes);
void loop_stream_send_file(struct loop_stream *stream, struct disk_file *file, uint64_t offset,
                           uint32_t length);

void loop_stream_flush(struct loop_stream *stream); /* now, not at the end of the turn */

void loop_stream_finish(struct loop_stream *stream);
void loop_stream_cut(struct loop_stream *stream);
/* The same at once: what the kernel has not sent yet stays unsaid, too. */
void loop_stream_abort(struct loop_stream *stream);

/* A program's connection becomes the line of a call of that id, in another set: what is queued goes out
 * first. The layers are the caller's to add, before. False: it does not take what is queued, and
 * is cut. */
bool loop_stream_move(struct loop_stream *stream, struct loop_streams *set, uint64_t id);

/* Tells the node that it ended, and cuts it. */
void loop_stream_fail(struct loop_stream *stream, const char *why);

#endif
