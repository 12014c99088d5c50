/*
 * loop_bodies.c - one queue of orders per body that is being written
 *
 * Writing, with the digest, is work for a thread; waiting for the disk is work for another, so that
 * bytes flow while it syncs. Both are given to libuv's pool, one of each at a time for a body; what
 * is asked meanwhile waits in the queue.
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

enum {
	QUEUED_MAX = 8 * 1024 * 1024,
	PIECE_MAX  = 256 * 1024, /* appends that follow each other become one */
};

struct order { /* an action, kept until its turn comes */
	struct order    *next;
	enum action_kind kind;
	uint64_t         offset;
	bool             final;
	struct buffer    bytes;
};

struct loop_body {
	uv_work_t           write, sync; /* under way if `writing`, `syncing` */
	struct loop_bodies *bodies;
	struct loop_body   *next;
	uint64_t            key;
	struct body_file   *file;   /* NULL: not open, or failed        */
	bool                failed; /* and the node was told            */
	bool                orphan; /* the node that wanted it is gone  */
	bool                writing, syncing;
	bool                final;      /* of the sync                      */
	bool                recovering; /* the sync first looks for what is there */
	enum status         status;     /* of either, until the other has ended too */
	enum status         written, synced;
	uint64_t            mark_bytes; /* that the sync makes durable      */
	uint64_t            durable_bytes;
	uint64_t            chunks; /* whose digests the node was told  */
	struct buffer       digests;
	struct order       *pieces; /* being written                    */
	struct order       *orders, *orders_last;
};

static struct loop_body *find(struct loop_bodies *bodies, uint64_t key);
static void              add_order(struct loop_body *body, const struct action *action);
static bool              follows(const struct order *last, const struct action *action);
static void              go_on(struct loop_body *body);
static bool              may_obey(const struct loop_body *body, const struct order *order);
static void          open_file(struct loop_body *body, uint64_t offset, enum body_file_tail tail);
static void          read_run(char run[BODY_RUN_MAX + 1]);
static void          start_write(struct loop_body *body);
static void          write_pieces(uv_work_t *request);
static void          pieces_written(uv_work_t *request, int result);
static void          obey_sync(struct loop_body *body, uint64_t offset, bool final);
static void          recover(struct loop_body *body, uint64_t offset);
static void          start_sync(struct loop_body *body, bool final);
static void          sync_rest(struct loop_body *body);
static void          sync_body(uv_work_t *request);
static void          body_synced(uv_work_t *request, int result);
static void          tell_synced(struct loop_body *body);
static void          work_ended(struct loop_body *body, enum status status);
static void          fail(struct loop_body *body, enum status status, const char *why);
static struct order *take_order(struct loop_body *body);
static void          free_order(struct loop_bodies *bodies, struct order *order);
static bool          is_busy(const struct loop_body *body);
static void          delete_body(struct loop_body *body);
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
	return bodies->working > 0;
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
			free_order(bodies, take_order(body));
		body->orphan = true;
		if (!is_busy(body))
			drop_body(body);
	}
}

/* --- orders -------------------------------------------------------------------------------- */

void
loop_bodies_perform(struct loop_bodies *bodies, const struct action *action)
{
	struct loop_body *body = find(bodies, action->id);

	add_order(body, action);
	go_on(body);
}

/* The body of that key, made if it is new. */
static struct loop_body *
find(struct loop_bodies *bodies, uint64_t key)
{
	struct loop_body *body = bodies->first;

	while (body != NULL && body->key != key)
		body = body->next;
	if (body == NULL) {
		body             = memory_new(1, sizeof(*body));
		body->bodies     = bodies;
		body->key        = key;
		body->write.data = body->sync.data = body;
		body->next                         = bodies->first;
		bodies->first                      = body;
	}
	return body;
}

static void
add_order(struct loop_body *body, const struct action *action)
{
	struct order *order = body->orders == NULL ? NULL : body->orders_last;

	if (order == NULL || !follows(order, action)) {
		order         = memory_new(1, sizeof(*order));
		order->kind   = action->kind;
		order->offset = action->offset;
		order->final  = action->final;
		if (action->bytes.length >= PIECE_MAX / 8) /* more will follow */
			buffer_reserve(&order->bytes, PIECE_MAX);
		if (body->orders == NULL)
			body->orders = order;
		else
			body->orders_last->next = order;
		body->orders_last = order;
	}
	buffer_append_span(&order->bytes, action->bytes);
	body->bodies->queued_bytes += action->bytes.length;
}

/* Are these bytes the next ones after an order that nobody has begun with? */
static bool
follows(const struct order *last, const struct action *action)
{
	return last->kind == ACTION_BODY_APPEND && action->kind == ACTION_BODY_APPEND &&
	       last->offset + last->bytes.length == action->offset &&
	       last->bytes.length + action->bytes.length <= PIECE_MAX;
}

/* Obeys as much as can be now. May free the body. */
static void
go_on(struct loop_body *body)
{
	while (body->orders != NULL && may_obey(body, body->orders)) {
		struct order *order;

		if (body->orders->kind == ACTION_BODY_APPEND) {
			start_write(body);
			continue;
		}
		order = take_order(body);
		if (order->kind == ACTION_BODY_SYNC)
			obey_sync(body, order->offset, order->final);
		else if (order->kind == ACTION_BODY_RECOVER)
			recover(body, order->offset);
		else if (order->kind != ACTION_BODY_DELETE)
			log_fatal("no action on a body: %d", (int)order->kind);
		if (order->kind == ACTION_BODY_DELETE) {
			free_order(body->bodies, order);
			delete_body(body); /* with all its orders */
			return;
		}
		free_order(body->bodies, order);
	}
	if (body->bodies->stopping)
		sync_rest(body);
}

/* Bytes may be written while earlier ones are synced, where they go on at the same file's end. */
static bool
may_obey(const struct loop_body *body, const struct order *order)
{
	if (body->writing || body->status != STATUS_OK)
		return false;
	return !body->syncing || (order->kind == ACTION_BODY_APPEND && body->file != NULL &&
	                          body_file_size(body->file) == order->offset);
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

static void
delete_body(struct loop_body *body)
{
	struct loop_bodies *bodies = body->bodies;

	if (body_file_delete(bodies->disk, bodies->folder, (int64_t)body->key) != STATUS_OK)
		log_line(LOG_WARNING, "body %llu stays until the next start",
		         (unsigned long long)body->key);
	drop_body(body);
}

/* --- bytes ----------------------------------------------------------------------------------- */

/* All appends that stand first in the queue and follow each other. */
static void
start_write(struct loop_body *body)
{
	uint64_t       end  = body->orders->offset;
	struct order **last = &body->pieces;

	if (body->failed && end > body->durable_bytes) {
		free_order(body->bodies, take_order(body));
		return;
	}
	if (body->file == NULL || body_file_size(body->file) != end)
		open_file(body, end, BODY_FILE_CUTS);
	if (body->file == NULL) {
		free_order(body->bodies, take_order(body));
		return;
	}
	while (body->orders != NULL && body->orders->kind == ACTION_BODY_APPEND &&
	       body->orders->offset == end) {
		*last = take_order(body);
		end += (*last)->bytes.length;
		last = &(*last)->next;
	}
	*last         = NULL;
	body->writing = true;
	body->bodies->working++;
	uv_queue_work(body->bodies->uv, &body->write, write_pieces, pieces_written);
}

/* On a thread of the pool, which has the file to itself, but for a sync. */
static void
write_pieces(uv_work_t *request)
{
	struct loop_body *body = request->data;

	body->written = STATUS_OK;
	for (const struct order *piece = body->pieces; piece != NULL && body->written == STATUS_OK;
	     piece                     = piece->next)
                body->written = body_file_append(body->file, buffer_span(&piece->bytes));
}

static void
pieces_written(uv_work_t *request, int result)
{
	struct loop_body   *body   = request->data;
	struct loop_bodies *bodies = body->bodies;
	bool                full   = loop_bodies_are_full(bodies);

	assert(result == 0);
	while (body->pieces != NULL) {
		struct order *piece = body->pieces;

		body->pieces = piece->next;
		free_order(bodies, piece);
	}
	if (full && !loop_bodies_are_full(bodies))
		loop_inbox_wake(bodies->inbox); /* who was held may be read from */
	body->writing = false;
	work_ended(body, body->written);
}

/* --- syncs ----------------------------------------------------------------------------------- */

static void
obey_sync(struct loop_body *body, uint64_t offset, bool final)
{
	if (body->file == NULL && !body->failed)
		open_file(body, offset, BODY_FILE_CUTS);
	if (body->file != NULL)
		start_sync(body, final);
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

static void
start_sync(struct loop_body *body, bool final)
{
	body->syncing = true;
	body->final   = final;
	body_file_mark(body->file, final, &body->mark_bytes, &body->digests);
	body->bodies->working++;
	uv_queue_work(body->bodies->uv, &body->sync, sync_body, body_synced);
}

/* At the end of the process. */
static void
sync_rest(struct loop_body *body)
{
	if (!is_busy(body) && body->file != NULL &&
	    body_file_size(body->file) > body->durable_bytes)
		start_sync(body, false);
}

/* On a thread of the pool. */
static void
sync_body(uv_work_t *request)
{
	struct loop_body *body = request->data;

	body->synced = body_file_flush(body->file);
}

static void
body_synced(uv_work_t *request, int result)
{
	struct loop_body   *body   = request->data;
	struct loop_bodies *bodies = body->bodies;

	assert(result == 0);
	if (body->synced == STATUS_OK) {
		body->durable_bytes = body->mark_bytes;
		tell_synced(body);
	} else if (body->synced == STATUS_IO) {
		bodies->disk_failed = true;
	}
	if (bodies->disk_failed)
		body_files_note_run(bodies->disk, bodies->folder, "");
	buffer_clear(&body->digests);
	body->syncing = false;
	work_ended(body, body->synced);
}

static void
tell_synced(struct loop_body *body)
{
	struct loop_inbox *inbox = body->bodies->inbox;
	struct span        digests;
	struct event      *event;

	if (body->orphan)
		return;
	digests            = loop_inbox_span(inbox, body->digests.data, body->digests.length);
	event              = loop_inbox_add(inbox, EVENT_BODY_SYNCED, body->key);
	event->offset      = body->durable_bytes;
	event->first_chunk = body->chunks;
	event->bytes       = digests;
	body->chunks += digests.length / BODY_DIGEST_BYTES;
}

/* A failure counts when nobody uses the file any more. May free the body. */
static void
work_ended(struct loop_body *body, enum status status)
{
	bool done = !body->writing && body->orders == NULL && (body->final || body->recovering);

	body->bodies->working--;
	if (body->status == STATUS_OK)
		body->status = status;
	if (is_busy(body) && (body->orphan || body->status != STATUS_OK))
		return;
	if (body->status != STATUS_OK)
		fail(body, body->status, status_text(body->status));
	body->status = STATUS_OK;
	if (body->orphan || (done && !body->syncing)) {
		drop_body(body);
		return;
	}
	if (!body->syncing)
		body->recovering = false;
	go_on(body);
}

static struct order *
take_order(struct loop_body *body)
{
	struct order *order = body->orders;

	body->orders = order->next;
	return order;
}

static void
free_order(struct loop_bodies *bodies, struct order *order)
{
	bodies->queued_bytes -= order->bytes.length;
	buffer_release(&order->bytes);
	free(order);
}

static bool
is_busy(const struct loop_body *body)
{
	return body->writing || body->syncing;
}

static void
drop_body(struct loop_body *body)
{
	struct loop_bodies *bodies = body->bodies;
	struct loop_body  **link   = &bodies->first;

	assert(!is_busy(body));
	while (*link != body)
		link = &(*link)->next;
	*link = body->next;
	while (body->orders != NULL)
		free_order(bodies, take_order(body));
	body_file_close(body->file);
	buffer_release(&body->digests);
	free(body);
}
