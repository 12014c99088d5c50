/*
 * loop_door.h - callers who have not proved yet who they are (trust T6)
 *
 * Whoever can reach a listener may connect. Until a caller says a word he is a socket and this
 * struct's few bytes, nothing more; TLS is begun at his first word, and of callers from one source
 * (an IPv4 address, an IPv6 network of 64 bits) for one at a time. The others wait unread. The last
 * to come goes first: he is the likeliest to be there still. While somebody waits, the one before him
 * has DOOR_CROWDED_MS.
 *
 * Of more than DOOR_CALLERS_MAX such callers one is sent away: of the source that has the most,
 * first one that is silent, and of those the one that came first. So a crowd harms itself.
 */
#ifndef DAEMON_LOOP_LOOP_DOOR_H
#define DAEMON_LOOP_LOOP_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct loop_stream;
struct medium;

enum { DOOR_CALLERS_MAX = 256, DOOR_CROWDED_MS = 10000 };

enum door_state {
	DOOR_SILENT, /* has said nothing                     */
	DOOR_WAITS,  /* has, but another of his source is before him */
	DOOR_SHAKES, /* proves his key                       */
};

struct door_source {
	int     family;
	uint8_t network[8];
};

/* One caller; heap, the door's, until his stream is open or cut. */
struct door_caller {
	struct door_caller *next; /* the one who came before */
	struct loop_stream *stream;
	struct medium      *medium; /* NULL: the stream's, since his turn has begun */
	struct door_source  source;
	enum door_state     state;
};

/* Gives a caller's stream what it needs from his first word on. */
typedef void door_begin_function(void *owner, struct loop_stream *stream);

struct loop_door {
	struct door_caller  *callers; /* who came last is first */
	size_t               count;
	door_begin_function *begin;
	void                *owner;
};

void loop_door_init(struct loop_door *door, door_begin_function *begin, void *owner);

/* A caller has connected; his stream has no layers yet, and gets this medium. */
void loop_door_enter(struct loop_door *door, struct loop_stream *stream, uv_tcp_t *tcp);

/* For loop_stream.c: he is known now, or gone. */
void loop_door_leave(struct loop_door *door, struct loop_stream *stream);

#endif
