/*
 * loop_inbox.h - what has happened since the last turn
 *
 * Every libuv callback adds its events here and returns; one turn takes them all. While
 * anything lies in the inbox an idle handle keeps the loop from sleeping. Taken events
 * live until loop_inbox_done, because actions may point into them; new ones, also those
 * that performing the actions brings, go to the other half.
 */
#ifndef DAEMON_LOOP_LOOP_INBOX_H
#define DAEMON_LOOP_LOOP_INBOX_H

#include <uv.h>

#include "daemon/node/node_event.h"

enum { LOOP_ROOM_BYTES = 64 * 1024 };

struct loop_batch {
	struct event *events;
	size_t        count, capacity;
	struct arena  arena; /* of their spans and texts */
	uint8_t      *room;  /* for the next bytes, in the arena; NULL: none yet */
};

struct loop_inbox {
	uv_idle_t         idle;
	struct loop_batch halves[2];
	unsigned          filling; /* the half that new events go to */
};

void loop_inbox_init(struct loop_inbox *inbox, uv_loop_t *uv);
void loop_inbox_release(struct loop_inbox *inbox); /* after its idle handle was closed */

/* A zeroed event at the end; the pointer is good until the next one. */
struct event *loop_inbox_add(struct loop_inbox *inbox, enum event_kind kind, uint64_t id);

/* Copies that live as long as the events of this half. */
struct span loop_inbox_span(struct loop_inbox *inbox, const void *data, size_t length);
const char *loop_inbox_text(struct loop_inbox *inbox, const char *text);

/* LOOP_ROOM_BYTES to put bytes into that come; good until they are said to be there, or a turn. */
uint8_t *loop_inbox_room(struct loop_inbox *inbox);
/* They are there: as loop_inbox_span of the room's first bytes, but many are not copied. */
struct span loop_inbox_filled(struct loop_inbox *inbox, size_t length);

/* A turn is due, although perhaps nothing lies here. */
void loop_inbox_wake(struct loop_inbox *inbox);
bool loop_inbox_is_awake(const struct loop_inbox *inbox);

size_t loop_inbox_count(const struct loop_inbox *inbox);

/* All events so far, in order; borrowed until loop_inbox_done, which must come before the
 * next take. */
const struct loop_batch *loop_inbox_take(struct loop_inbox *inbox);
void                     loop_inbox_done(struct loop_inbox *inbox);

#endif
