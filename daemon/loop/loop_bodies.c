/*
 * loop_bodies.c - one queue of orders per body that is being written
 *
 * A body that could not be written fails once; what is still asked of it is ignored until
 * the node begins again at an offset that is durable, or deletes it. A sync that fails is
 * not repeated: the kernel may have thrown the bytes away, and only reading them again
 * tells (trust T2).
 *
 * What a process had written when it died, the kernel has; it is counted when the next one starts,
 * if the machine has not been started in between and no sync failed.
 */
#include "daemon/loop/loop_bodies.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { QUEUED_MAX = 4 * 1024 * 1024 };

struct order { /* an action, kept until the sync before it is done */
	struct order    *next;
	enum action_kind kind;
	uint64_t         offset;
	bool             final;
	struct buffer    bytes;
};

struct loop_body {
	uv_work_t           request; /* of the sync under way */
	struct loop_bodies *bodies;
	struct loop_body   *next;
	uint64_t            key;
	struct body_file   *file;   /* NULL: not open, or failed        */
	bool                failed; /* and the node was told            */
	bool                orphan; /* the node that wanted it is gone  */
	bool                syncing, final;
	bool                recovering; /* the sync first looks for what is there */
	enum status         status;     /* of the sync                      */
	uint64_t            durable_bytes;
	uint64_t            chunks; /* whose digests the node was told  */
	struct buffer       digests;
	struct order       *orders, *orders_last;
};

static struct loop_body *find(struct loop_bodies *bodies, uint64_t key);
static void              add_order(struct loop_body *body, const struct action *action);
static void obey(struct loop_body *body, enum action_kind kind, uint64_t offset, struct span bytes,
                 bool final);
static void append(struct loop_body *body, uint64_t offset, struct span bytes);
static void open_file(struct loop_body *body, uint64_t offset, enum body_file_tail tail);
static void read_run(char run[BODY_RUN_MAX + 1]);
static void recover(struct loop_body *body, uint64_t offset);
static void start_sync(struct loop_body *body, bool final);
static void sync_rest(struct loop_body *body);
static void sync_body(uv_work_t *request);
static void synced(uv_work_t *request, int result);
static void fail(struct loop_body *body, enum status status, const char *why);
static void obey_waiting(struct loop_body *body);
static struct order *take_order(struct loop_body *body);
static void          free_order(struct order *order);
static void          drop_body(struct loop_body *body);
static bool          wanted(void *node, int64_t key);

void
loop_bodies_init(struct loop_bodies *bodies, uv_loop_t *uv, struct loop_inbox *inbox,
                 struct disk *disk, const char *folder)
{
	*bodies = (struct loop_bodies){ .uv = uv, .inbox = inbox, .disk = disk, .folder = folder };
	read_run(bodies->run);
}

enum status
loop_bodies_clean(struct loop_bodies *bodies, struct node *node)
{
	bodies->same_run = body_files_are_of_run(bodies->disk, bodies->folder, bodies->run);
	return body_files_clean(bodies->disk, bodies->folder, wanted, node);
}

void
loop_bodies_cleaned(struct loop_bodies *bodies)
{
	if (!bodies->same_run &&
	    body_files_note_run(bodies->disk, bodies->folder, bodies->run) != STATUS_OK)
		log_line(LOG_WARNING, "%s: what is not synced when the daemon dies will come again",
		         bodies->folder);
}

/* Which run of the machine this is, as Linux names it. */
static void
read_run(char run[BODY_RUN_MAX + 1])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (file == NULL || fgets(run, BODY_RUN_MAX, file) == NULL)
		run[0] = '\0';
	run[strcspn(run, "\n")] = '\0';
	if (file != NULL)
		fclose(file);
}

static bool
wanted(void *node, int64_t key)
{
	return node_wants_body(node, key);
}

struct disk_file *
loop_bodies_open(struct loop_bodies *bodies, int64_t key)
{
	struct disk_file *file = NULL;
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	if (body_file_open_read(&file, bodies->disk, bodies->folder, key, &diagnostic) == STATUS_OK)
		return file;
	log_line(LOG_ERROR, "body %lld: %s", (long long)key, diagnostic.text);
	return NULL;
}

void
loop_bodies_read(struct loop_bodies *bodies, const struct action *action)
{
	struct disk_file *file   = loop_bodies_open(bodies, action->body);
	enum status       status = file == NULL ? STATUS_NOT_FOUND : STATUS_OK;
	struct buffer     bytes;
	struct span       read;
	struct event     *event;

	buffer_init(&bytes);
	buffer_reserve(&bytes, action->length);
	if (file != NULL) {
		status = file->disk->operations->read_at(file, action->offset, bytes.data,
		                                         action->length);
		file->disk->operations->close(file);
	}
	if (status == STATUS_OK)
		bytes.length = action->length;
	read          = loop_inbox_span(bodies->inbox, bytes.data, bytes.length);
	event         = loop_inbox_add(bodies->inbox, EVENT_BODY_READ, action->id);
	event->bytes  = read;
	event->status = status;
	event->text   = status_text(status);
	buffer_release(&bytes);
}

bool
loop_bodies_are_full(const struct loop_bodies *bodies)
{
	return bodies->queued_bytes > QUEUED_MAX;
}

bool
loop_bodies_busy(const struct loop_bodies *bodies)
{
	return bodies->syncing > 0;
}

void
loop_bodies_stop(struct loop_bodies *bodies)
{
	bodies->stopping = true;
	for (struct loop_body *body = bodies->first; body != NULL; body = body->next)
		sync_rest(body);
}

void
loop_bodies_forget(struct loop_bodies *bodies)
{
	for (struct loop_body *body = bodies->first, *next; body != NULL; body = next) {
		next = body->next;
		while (body->orders != NULL)
			free_order(take_order(body));
		body->orphan = true;
		if (!body->syncing)
			drop_body(body);
	}
}

/* --- orders -------------------------------------------------------------------------------- */

void
loop_bodies_perform(struct loop_bodies *bodies, const struct action *action)
{
	struct loop_body *body = find(bodies, action->id);

	if (body->syncing)
		add_order(body, action);
	else
		obey(body, action->kind, action->offset, action->bytes, action->final);
}

/* The body of that key, made if it is new. */
static struct loop_body *
find(struct loop_bodies *bodies, uint64_t key)
{
	struct loop_body *body = bodies->first;

	while (body != NULL && body->key != key)
		body = body->next;
	if (body == NULL) {
		body          = memory_new(1, sizeof(*body));
		body->bodies  = bodies;
		body->key     = key;
		body->next    = bodies->first;
		bodies->first = body;
	}
	return body;
}

static void
add_order(struct loop_body *body, const struct action *action)
{
	struct order *order = memory_new(1, sizeof(*order));

	order->kind   = action->kind;
	order->offset = action->offset;
	order->final  = action->final;
	buffer_append_span(&order->bytes, action->bytes);
	body->bodies->queued_bytes += order->bytes.length;
	if (body->orders == NULL)
		body->orders = order;
	else
		body->orders_last->next = order;
	body->orders_last = order;
}

/* May free the body. */
static void
obey(struct loop_body *body, enum action_kind kind, uint64_t offset, struct span bytes, bool final)
{
	struct loop_bodies *bodies = body->bodies;

	switch (kind) {
	case ACTION_BODY_APPEND:
		append(body, offset, bytes);
		break;
	case ACTION_BODY_SYNC:
		if (body->file == NULL && !body->failed)
			open_file(body, offset, BODY_FILE_CUTS);
		if (body->file != NULL)
			start_sync(body, final);
		break;
	case ACTION_BODY_RECOVER:
		recover(body, offset);
		break;
	case ACTION_BODY_DELETE:
		if (body_file_delete(bodies->disk, bodies->folder, (int64_t)body->key) != STATUS_OK)
			log_line(LOG_WARNING, "body %llu stays until the next start",
			         (unsigned long long)body->key);
		drop_body(body);
		break;
	default:
		log_fatal("no action on a body: %d", (int)kind);
	}
}

static void
append(struct loop_body *body, uint64_t offset, struct span bytes)
{
	enum status status;

	if (body->failed && offset > body->durable_bytes)
		return;
	if (body->file == NULL || body_file_size(body->file) != offset)
		open_file(body, offset, BODY_FILE_CUTS);
	if (body->file == NULL)
		return;
	status = body_file_append(body->file, bytes);
	if (status != STATUS_OK)
		fail(body, status, status_text(status));
}

/* Anew, or again where an earlier process or call stopped. */
static void
open_file(struct loop_body *body, uint64_t offset, enum body_file_tail tail)
{
	struct loop_bodies *bodies = body->bodies;
	struct diagnostic   diagnostic;
	enum status         status;

	diagnostic_init(&diagnostic);
	body_file_close(body->file);
	body->file          = NULL;
	body->failed        = false;
	body->durable_bytes = offset;
	body->chunks        = offset / BODY_CHUNK_BYTES;
	status = body_file_open_write(&body->file, bodies->disk, bodies->folder, (int64_t)body->key,
	                              offset, tail, &diagnostic);
	if (status != STATUS_OK) {
		body->file = NULL;
		fail(body, status, diagnostic.text);
	}
}

static void
fail(struct loop_body *body, enum status status, const char *why)
{
	struct loop_inbox *inbox = body->bodies->inbox;
	const char        *text;
	struct event      *event;

	log_line(LOG_ERROR, "body %llu: %s", (unsigned long long)body->key, why);
	body_file_close(body->file);
	body->file   = NULL;
	body->failed = true;
	if (body->orphan)
		return;
	text          = loop_inbox_text(inbox, why);
	event         = loop_inbox_add(inbox, EVENT_BODY_FAILED, body->key);
	event->status = status;
	event->text   = text;
}

/* At the start: what is behind the durable offset counts, or is cut off. */
static void
recover(struct loop_body *body, uint64_t offset)
{
	open_file(body, offset, body->bodies->same_run ? BODY_FILE_KEEPS : BODY_FILE_CUTS);
	body->recovering = body->file != NULL;
	if (body->file != NULL)
		start_sync(body, false);
}

/* --- syncs ----------------------------------------------------------------------------------- */

static void
start_sync(struct loop_body *body, bool final)
{
	body->syncing = true;
	body->final   = final;
	body->bodies->syncing++;
	uv_queue_work(body->bodies->uv, &body->request, sync_body, synced);
}

/* At the end of the process. */
static void
sync_rest(struct loop_body *body)
{
	if (!body->syncing && body->file != NULL &&
	    body_file_size(body->file) > body->durable_bytes)
		start_sync(body, false);
}

/* On a thread of the pool, which has the file to itself. */
static void
sync_body(uv_work_t *request)
{
	struct loop_body *body = (struct loop_body *)request;

	body->status =
	    body_file_sync(body->file, body->final, &body->durable_bytes, &body->digests);
}

static void
synced(uv_work_t *request, int result)
{
	struct loop_body   *body   = (struct loop_body *)request;
	struct loop_bodies *bodies = body->bodies;
	struct span         digests;
	struct event       *event;

	assert(result == 0);
	body->syncing = false;
	bodies->syncing--;
	if (body->status != STATUS_OK) {
		bodies->disk_failed = bodies->disk_failed || body->status == STATUS_IO;
		if (bodies->disk_failed)
			body_files_note_run(bodies->disk, bodies->folder, "");
		fail(body, body->status, status_text(body->status));
	} else if (!body->orphan) {
		digests = loop_inbox_span(bodies->inbox, body->digests.data, body->digests.length);
		event   = loop_inbox_add(bodies->inbox, EVENT_BODY_SYNCED, body->key);
		event->offset      = body->durable_bytes;
		event->first_chunk = body->chunks;
		event->bytes       = digests;
		body->chunks += digests.length / BODY_DIGEST_BYTES;
	}
	buffer_clear(&body->digests);
	if (body->orphan || ((body->final || body->recovering) && body->orders == NULL)) {
		drop_body(body);
		return;
	}
	body->recovering = false;
	obey_waiting(body);
}

static void
obey_waiting(struct loop_body *body)
{
	bool deleted = false;

	while (!deleted && body->orders != NULL && !body->syncing) {
		struct order *order = take_order(body);

		deleted = order->kind == ACTION_BODY_DELETE; /* with the body and all its orders */
		obey(body, order->kind, order->offset, buffer_span(&order->bytes), order->final);
		free_order(order);
	}
	if (body->bodies->stopping && !deleted)
		sync_rest(body);
}

static struct order *
take_order(struct loop_body *body)
{
	struct order *order = body->orders;

	body->orders = order->next;
	body->bodies->queued_bytes -= order->bytes.length;
	return order;
}

static void
free_order(struct order *order)
{
	buffer_release(&order->bytes);
	free(order);
}

static void
drop_body(struct loop_body *body)
{
	struct loop_body **link = &body->bodies->first;

	assert(!body->syncing);
	while (*link != body)
		link = &(*link)->next;
	*link = body->next;
	while (body->orders != NULL)
		free_order(take_order(body));
	body_file_close(body->file);
	buffer_release(&body->digests);
	free(body);
}
