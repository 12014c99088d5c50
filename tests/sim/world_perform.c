/*
 * world_perform.c - the driver's half of the seam: actions become effects and events
 *
 * What daemon/loop does with libuv, sockets and threads happens here at once, on simulated
 * files and lines; what takes time there is answered here by an event a little later.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/delivery/delivery.h"
#include "spool/base/memory.h"
#include "tests/sim/world.h"

enum { BROKEN_MS = 1000, HANG_MS = 1000000 }; /* of daemon/loop/loop_deliveries.c */

static const char bodies[] = "/bodies";

static void client_send(struct world *world, const struct action *action);
static void accepted(struct world *world, struct submission *line, uint64_t client);
static void send_body(struct world *world, struct world_node *node, const struct action *action);
static void body_recover(struct world *world, struct world_node *node, const struct action *action);
static void body_append(struct world *world, struct world_node *node, const struct action *action);
static void body_sync(struct world *world, struct world_node *node, const struct action *action);
static void deliver(struct world *world, struct world_node *node, const struct action *action);
static void run_program(struct world *world, struct world_node *node, const struct action *action);
static void publish(struct world *world, struct world_node *node, const struct action *action);
static void look(struct world *world, struct world_node *node);
static void body_failed(struct world *world, struct world_node *node, uint64_t key,
                        enum status status);
static void fail_body(struct world *world, struct world_node *node, struct world_body *body,
                      enum status status);
static void forget_body(struct world_node *node, uint64_t key);
static struct world_body *need_body(struct world_node *node, uint64_t key);
static enum status open_body(struct world_node *node, struct world_body *body, uint64_t offset,
                             enum body_file_tail tail);
static void        run_of(const struct world_node *node, char run[BODY_RUN_MAX + 1]);
static struct world_body *find_body(struct world_node *node, int64_t key);
static bool               wanted(void *context, int64_t key);

void
world_perform(struct world *world, struct world_node *node, size_t count)
{
	bool all = count == node->actions.count;

	for (size_t i = 0; i < count && !sim_disk_is_crashed(node->disk) && !node->broken; i++) {
		const struct action *action = &node->actions.items[i];

		switch (action->kind) {
		case ACTION_CLIENT_SEND:
			client_send(world, action);
			break;
		case ACTION_CALL_OPEN:
			world_call_open(world, node, action);
			break;
		case ACTION_CALL_RELEASE:
			world_call_release(world, node, action->id);
			break;
		case ACTION_CALL_SEND:
			world_call_send(world, node, action->id, action->bytes);
			break;
		case ACTION_CALL_SEND_BODY:
			send_body(world, node, action);
			break;
		case ACTION_CALL_CLOSE:
			world_call_close(world, node, action->id);
			break;
		case ACTION_BODY_APPEND:
			body_append(world, node, action);
			break;
		case ACTION_BODY_RECOVER:
			body_recover(world, node, action);
			break;
		case ACTION_BODY_SYNC:
			body_sync(world, node, action);
			break;
		case ACTION_BODY_DELETE:
			forget_body(node, action->id);
			body_file_delete(node->disk, bodies, (int64_t)action->id);
			break;
		case ACTION_DELIVER:
			deliver(world, node, action);
			break;
		case ACTION_PUBLISH:
			publish(world, node, action);
			break;
		case ACTION_READ_DESCRIPTION:
			world_read_description(world, node, action->id);
			break;
		case ACTION_CLIENT_CLOSE:
		default:
			break;
		}
	}
	if (!all && node->killed && !sim_disk_is_crashed(node->disk))
		world_stop(world, node, 10 + (int64_t)random_below(&world->random, 3000));
	else if (!all || sim_disk_is_crashed(node->disk))
		world_power_fails(world, node);
	else if (node->broken)
		world_stop(world, node, BROKEN_MS);
}

void
world_clean_bodies(struct world_node *node)
{
	char run[BODY_RUN_MAX + 1];

	run_of(node, run);
	node->same_run = body_files_are_of_run(node->disk, bodies, run);
	body_files_clean(node->disk, bodies, wanted, node->node);
}

void
world_cleaned_bodies(struct world_node *node)
{
	char run[BODY_RUN_MAX + 1];

	run_of(node, run);
	if (!node->same_run)
		body_files_note_run(node->disk, bodies, run);
}

static void
run_of(const struct world_node *node, char run[BODY_RUN_MAX + 1])
{
	snprintf(run, BODY_RUN_MAX + 1, "%u", node->power);
}

int64_t
world_disk_ms(struct world *world)
{
	if (!world->healing && world_chance(world, world->faults.slow_disk))
		return 1 + (int64_t)random_below(&world->random, 4000);
	return 1 + (int64_t)random_below(&world->random, 20);
}

void
world_close_bodies(struct world_node *node)
{
	for (size_t i = 0; i < node->body_count; i++)
		if (node->bodies[i].file != NULL)
			body_file_close(node->bodies[i].file);
	node->body_count = 0;
}

/* A client hears that its message is accepted: from now on it must not be lost. */
static void
client_send(struct world *world, const struct action *action)
{
	struct submission  *line  = ledger_of_client(&world->ledger, action->id);
	struct span         bytes = action->bytes;
	struct control_item item;

	if (line == NULL)
		return;
	do {
		struct control_done done;

		control_read(&line->reader, &bytes, &item, NULL);
		if (item.kind != CONTROL_DONE ||
		    control_done_decode(&done, item.bytes, NULL) != STATUS_OK)
			continue;
		if (done.exit_code == 0)
			accepted(world, line, action->id);
		else if (done.exit_code != EX_TEMPFAIL)
			world_fail(world, "a submission was refused with %d", done.exit_code);
	} while (item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
}

static void
accepted(struct world *world, struct submission *line, uint64_t client)
{
	struct event closed = { .kind = EVENT_CLIENT_CLOSED, .id = client };

	world_event(world, world->nodes[line->from], &closed, 1, NULL);
	/* Too much to ask in a large world. */
	line->known = line->broadcast && line->attempts == 1 && !world->steady &&
	              !world_strikes(world, FAULT_EDIT) && !world_strikes(world, FAULT_LIE) &&
	              world_is_known(world, line);
	line->accepted    = true;
	line->accepted_ms = world->now_ms;
}

static void
send_body(struct world *world, struct world_node *node, const struct action *action)
{
	struct disk      *disk = node->disk;
	struct disk_file *file;
	struct buffer     out;
	enum status       status;

	buffer_init(&out);
	buffer_append_span(&out, action->bytes);
	buffer_reserve(&out, action->length);
	status = body_file_open_read(&file, disk, bodies, action->body, NULL);
	if (status == STATUS_OK) {
		status = disk->operations->read_at(file, action->offset, out.data + out.length,
		                                   action->length);
		disk->operations->close(file);
	}
	if (status == STATUS_OK) {
		out.length += action->length;
		if (!world->healing && world_chance(world, world->faults.corrupt))
			out.data[out.length - 1 - random_below(&world->random, action->length)] ^=
			    1;
		world_call_send(world, node, action->id, buffer_span(&out));
	} else {
		body_failed(world, node, (uint64_t)action->body, status);
	}
	buffer_release(&out);
}

static void
body_append(struct world *world, struct world_node *node, const struct action *action)
{
	struct world_body *body   = need_body(node, action->id);
	enum status        status = STATUS_OK;

	if (body->failed && action->offset > body->durable)
		return;
	if (body->file == NULL || body_file_size(body->file) != action->offset)
		status = open_body(node, body, action->offset, BODY_FILE_CUTS);
	if (status == STATUS_OK)
		status = body_file_append(body->file, action->bytes);
	if (status != STATUS_OK)
		fail_body(world, node, body, status);
}

static void
body_recover(struct world *world, struct world_node *node, const struct action *action)
{
	struct world_body *body   = need_body(node, action->id);
	enum status        status = open_body(node, body, action->offset,
                                       node->same_run ? BODY_FILE_KEEPS : BODY_FILE_CUTS);

	if (status == STATUS_OK)
		body_sync(world, node, action);
	else
		fail_body(world, node, body, status);
}

static struct world_body *
need_body(struct world_node *node, uint64_t key)
{
	struct world_body *body = find_body(node, (int64_t)key);

	if (body != NULL)
		return body;
	node->bodies =
	    memory_grow(node->bodies, &node->body_capacity, node->body_count + 1, sizeof(*body));
	body  = &node->bodies[node->body_count++];
	*body = (struct world_body){ .key = (int64_t)key };
	return body;
}

static enum status
open_body(struct world_node *node, struct world_body *body, uint64_t offset,
          enum body_file_tail tail)
{
	if (body->file != NULL)
		body_file_close(body->file);
	body->file    = NULL;
	body->failed  = false;
	body->durable = offset;
	body->chunks  = offset / BODY_CHUNK_BYTES;
	return body_file_open_write(&body->file, node->disk, bodies, body->key, offset, tail, NULL);
}

static void
fail_body(struct world *world, struct world_node *node, struct world_body *body, enum status status)
{
	body_file_close(body->file);
	body->file   = NULL;
	body->failed = true;
	body_failed(world, node, (uint64_t)body->key, status);
}

static void
body_sync(struct world *world, struct world_node *node, const struct action *action)
{
	struct world_body *body = need_body(node, action->id);
	struct buffer      digests;
	struct event       event  = { .kind = EVENT_BODY_SYNCED, .id = action->id };
	enum status        status = STATUS_OK;

	if (body->failed)
		return;
	if (body->file == NULL)
		status = open_body(node, body, action->offset, BODY_FILE_CUTS);
	buffer_init(&digests);
	if (status == STATUS_OK)
		status = body_file_sync(body->file, action->final, &event.offset, &digests);
	if (status == STATUS_OK) {
		event.first_chunk = body->chunks;
		body->chunks += digests.length / BODY_DIGEST_BYTES;
		event.bytes = buffer_span(&digests);
		world_event(world, node, &event, world_disk_ms(world), NULL);
		body->durable = event.offset;
	} else {
		fail_body(world, node, body, status);
	}
	if (action->final && !body->failed)
		forget_body(node, action->id);
	buffer_release(&digests);
}

static void
deliver(struct world *world, struct world_node *node, const struct action *action)
{
	struct delivery_job job   = *action->delivery;
	struct event        event = { .kind = EVENT_DELIVERY_PREPARED, .id = action->id };

	if (delivery_is_handed_over(job.kind)) {
		run_program(world, node, action);
		return;
	}
	job.body.folder = bodies;
	delivery_prepare(node->disk, &job, 1);
	if (job.verdict != DELIVERY_DONE) {
		event.kind    = EVENT_DELIVERY_ENDED;
		event.verdict = job.verdict;
		event.text    = job.diagnostic.text;
	}
	world_event(world, node, &event, world_disk_ms(world), NULL);
}

/*
 * A program is run at least once. It says no, or later, or that it is set up wrongly; or it
 * hangs until the driver kills it, and may have done its work by then.
 */
static void
run_program(struct world *world, struct world_node *node, const struct action *action)
{
	static const enum delivery_verdict bad[] = { DELIVERY_LATER, DELIVERY_LATER,
		                                     DELIVERY_REFUSED, DELIVERY_NO_USER,
		                                     DELIVERY_FAILED };
	struct submission *line     = ledger_find(&world->ledger, action->delivery->id.text);
	struct ledger_due *due      = line != NULL ? submission_due(line, node->index) : NULL;
	struct event       event    = { .kind    = EVENT_DELIVERY_ENDED,
		                        .id      = action->id,
		                        .verdict = DELIVERY_DONE,
		                        .text    = "the program said so" };
	int64_t            delay_ms = world_disk_ms(world);

	if (due == NULL) {
		world_fail(world, "a program of %s gets %s", node->name.text,
		           action->delivery->id.text);
		return;
	}
	if (!world->healing && world_chance(world, world->faults.handler))
		event.verdict = bad[random_below(&world->random, sizeof(bad) / sizeof(bad[0]))];
	if (event.verdict == DELIVERY_LATER && world_chance(world, 300))
		delay_ms = HANG_MS;
	if (event.verdict == DELIVERY_DONE || (delay_ms == HANG_MS && world_chance(world, 500)))
		due->taken++;
	world_event(world, node, &event, delay_ms, NULL);
}

static void
publish(struct world *world, struct world_node *node, const struct action *action)
{
	struct delivery_job job   = *action->delivery;
	struct event        event = { .kind = EVENT_DELIVERY_ENDED, .id = action->id };

	delivery_publish(node->disk, &job, 1);
	event.verdict = job.verdict;
	event.text    = job.diagnostic.text;
	if (!sim_disk_is_crashed(node->disk))
		look(world, node);
	world_event(world, node, &event, world_disk_ms(world), NULL);
}

/* Now and then a reader has looked: what was in new/ is elsewhere when publish is repeated. */
static void
look(struct world *world, struct world_node *node)
{
	world_check_node(world, node);
	if (world_chance(world, world->faults.reader))
		world_read_mail(world, node);
}

static void
body_failed(struct world *world, struct world_node *node, uint64_t key, enum status status)
{
	struct event event = {
		.kind = EVENT_BODY_FAILED, .id = key, .status = status, .text = status_text(status)
	};

	node->broken = status == STATUS_IO && world_strikes(world, FAULT_SYNC);
	if (status == STATUS_IO)
		body_files_note_run(node->disk, bodies, "");
	if (!sim_disk_is_crashed(node->disk) && status != STATUS_NO_SPACE && !node->broken)
		world_fail(world, "body %llu of %s: %s", (unsigned long long)key, node->name.text,
		           status_text(status));
	world_event(world, node, &event, 1, NULL);
}

/* The body that is being written under this key, or NULL. */
static struct world_body *
find_body(struct world_node *node, int64_t key)
{
	for (size_t i = 0; i < node->body_count; i++)
		if (node->bodies[i].key == key)
			return &node->bodies[i];
	return NULL;
}

static void
forget_body(struct world_node *node, uint64_t key)
{
	struct world_body *body = find_body(node, (int64_t)key);

	if (body == NULL)
		return;
	body_file_close(body->file);
	*body = node->bodies[--node->body_count];
}

static bool
wanted(void *context, int64_t key)
{
	return node_wants_body(context, key);
}
