/*
 * loop_door.c - a list of callers, the latest first
 *
 * Nothing is read of one whose turn has not come: libuv is given no room, and says so as soon as
 * there is something to read. His stream's timers are not needed before, so the door has them.
 */
#include "daemon/loop/loop_door.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/loop/loop_stream.h"
#include "daemon/transport/tcp.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

static void   source_of(const uv_tcp_t *tcp, struct door_source *source);
static bool   same_source(const struct door_caller *a, const struct door_caller *b);
static void   make_room(struct loop_door *door);
static size_t count_source(const struct loop_door *door, const struct door_caller *caller);
static void   give_no_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void   spoke(uv_stream_t *handle, ssize_t length, const uv_buf_t *room);
static bool   has_hung_up(const uv_stream_t *handle);
static void   waited_long(uv_timer_t *timer);
static void   has_his_turn(uv_timer_t *timer);
static struct door_caller *find_caller(const struct loop_door   *door,
                                       const struct loop_stream *stream);
static struct door_caller *find_source(const struct loop_door *door, const struct door_caller *like,
                                       enum door_state state);
static void                let_in(const struct loop_door *door, struct door_caller *caller);
static void                caller_enter(struct door_caller *caller, enum door_state state);

void
loop_door_init(struct loop_door *door, door_begin_function *begin, void *owner)
{
	*door = (struct loop_door){ .begin = begin, .owner = owner };
}

void
loop_door_enter(struct loop_door *door, struct loop_stream *stream, uv_tcp_t *tcp)
{
	struct door_caller *caller = memory_new(1, sizeof(*caller));

	caller->stream = stream;
	caller->state  = DOOR_SILENT;
	source_of(tcp, &caller->source);
	caller->next  = door->callers;
	door->callers = caller;
	door->count++;
	caller->medium = medium_of_stream((uv_stream_t *)tcp);
	stream->door   = door;
	tcp->data      = stream;
	uv_read_start((uv_stream_t *)tcp, give_no_room, spoke);
	uv_timer_start(&stream->limit, waited_long, stream->shake_limit_ms, 0);
	if (door->count > DOOR_CALLERS_MAX)
		make_room(door);
}

static void
source_of(const uv_tcp_t *tcp, struct door_source *source)
{
	struct sockaddr_storage address;
	int                     length = sizeof(address);

	*source = (struct door_source){ .family = AF_UNSPEC };
	if (uv_tcp_getpeername(tcp, (struct sockaddr *)&address, &length) != 0)
		return;
	source->family = address.ss_family;
	if (address.ss_family == AF_INET)
		memcpy(source->network, &((struct sockaddr_in *)&address)->sin_addr, 4);
	else if (address.ss_family == AF_INET6)
		memcpy(source->network, &((struct sockaddr_in6 *)&address)->sin6_addr, 8);
}

static bool
same_source(const struct door_caller *a, const struct door_caller *b)
{
	return a->source.family == b->source.family &&
	       memcmp(a->source.network, b->source.network, sizeof(a->source.network)) == 0;
}

/* --- a crowd ------------------------------------------------------------------------------- */

static void
make_room(struct loop_door *door)
{
	struct door_caller *worst = door->callers->next;
	size_t              most  = 0;

	assert(worst != NULL); /* there is no crowd of one */
	/* The later in the list, the earlier he came; the first is here for this moment only. */
	for (struct door_caller *caller = door->callers->next; caller != NULL;
	     caller                     = caller->next) {
		size_t count = count_source(door, caller);

		if (count > most || (count == most && caller->state <= worst->state))
			worst = caller;
		most = count > most ? count : most;
	}
	log_line(LOG_DEBUG, "call from %s: sent away, too many are at the door",
	         worst->stream->from);
	loop_stream_cut(worst->stream);
}

static size_t
count_source(const struct loop_door *door, const struct door_caller *caller)
{
	size_t count = 0;

	for (const struct door_caller *other = door->callers; other != NULL; other = other->next)
		count += same_source(other, caller);
	return count;
}

/* --- one after the other --------------------------------------------------------------------- */

static void
give_no_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	(void)handle;
	(void)suggested;
	*room = uv_buf_init(NULL, 0);
}

/* Or he has gone. */
static void
spoke(uv_stream_t *handle, ssize_t length, const uv_buf_t *room)
{
	struct loop_stream *stream = handle->data;
	struct loop_door   *door   = stream->door;
	struct door_caller *caller = find_caller(door, stream);
	struct door_caller *before = find_source(door, caller, DOOR_SHAKES);

	(void)room;
	uv_read_stop(handle);
	if (length != UV_ENOBUFS || has_hung_up(handle)) {
		loop_stream_cut(stream);
	} else if (before == NULL) {
		let_in(door, caller);
	} else {
		caller_enter(caller, DOOR_WAITS);
		before->stream->shake_limit_ms = DOOR_CROWDED_MS;
		if (before->medium == NULL)
			loop_stream_hurry(before->stream, DOOR_CROWDED_MS);
	}
}

static bool
has_hung_up(const uv_stream_t *handle)
{
	uv_os_fd_t fd;
	char       first;

	return uv_fileno((const uv_handle_t *)handle, &fd) != 0 ||
	       recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

static void
waited_long(uv_timer_t *timer)
{
	loop_stream_cut(timer->data);
}

void
loop_door_leave(struct loop_door *door, struct loop_stream *stream)
{
	struct door_caller  *caller = find_caller(door, stream), *next = NULL;
	struct door_caller **place = &door->callers;

	while (*place != caller)
		place = &(*place)->next;
	*place = caller->next;
	door->count--;
	stream->door = NULL;
	if (caller->medium != NULL)
		medium_hang_up(caller->medium); /* and it frees itself */
	if (caller->state == DOOR_SHAKES)
		next = find_source(door, caller, DOOR_WAITS);
	free(caller);
	if (next != NULL)
		let_in(door, next);
}

static struct door_caller *
find_caller(const struct loop_door *door, const struct loop_stream *stream)
{
	struct door_caller *caller = door->callers;

	while (caller->stream != stream)
		caller = caller->next;
	return caller;
}

/* Who came last, of those of his source that are so far. */
static struct door_caller *
find_source(const struct loop_door *door, const struct door_caller *like, enum door_state state)
{
	struct door_caller *caller = door->callers;

	while (caller != NULL && (caller->state != state || !same_source(caller, like)))
		caller = caller->next;
	return caller;
}

/* What ended before is freed first. */
static void
let_in(const struct loop_door *door, struct door_caller *caller)
{
	caller_enter(caller, DOOR_SHAKES);
	if (find_source(door, caller, DOOR_WAITS) != NULL)
		caller->stream->shake_limit_ms = DOOR_CROWDED_MS;
	uv_timer_stop(&caller->stream->limit);
	uv_timer_start(&caller->stream->tick, has_his_turn, 0, 0);
}

static void
has_his_turn(uv_timer_t *timer)
{
	struct loop_stream *stream = timer->data;
	struct loop_door   *door   = stream->door;
	struct door_caller *caller = find_caller(door, stream);
	struct medium      *medium = caller->medium;

	caller->medium = NULL;
	door->begin(door->owner, stream);
	loop_stream_start(stream, medium);
}

static void
caller_enter(struct door_caller *caller, enum door_state state)
{
	static const char *const names[] = { "silent", "waits", "shakes" };

	log_line(LOG_DEBUG, "call from %s: %s -> %s", caller->stream->from, names[caller->state],
	         names[state]);
	caller->state = state;
}
