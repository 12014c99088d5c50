/*
 * world.c - the nodes of a world: booting, stepping, losing their power
 */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tests/sim/sim_vfs.h"

enum {
	BATCH_MAX          = 64,
	TABLES_EVERY       = 16,
	OPERATIONS         = 3000, /* of a disk, until its power fails, at most */
	SUSPECT_OPERATIONS = 150,
};

static const struct walltime epoch = { 1795171200000 }; /* 2026-11-20T10:40:00Z */

static void happen(struct world *world, struct world_node *node, const struct pending *pending);
static void failed(struct world *world, struct world_node *node, enum status status);
static enum status open_store(struct world *world, struct world_node *node,
                              struct diagnostic *diagnostic);
static void        submit(struct world *world, const struct pending *pending);
static void        schedule_wake(struct world *world, struct world_node *node);
static void        note(struct world *world, uint64_t number);

void
world_init(struct world *world, uint64_t seed, bool steady)
{
	sim_vfs_alone();
	*world = (struct world){ .next_answer = 1, .steady = steady };
	random_seed_number(&world->random, seed);
	region_tree_init(&world->names);
	ledger_init(&world->ledger);
}

void
world_run(struct world *world, int64_t until_ms)
{
	struct pending *first;

	while (world->failure[0] == '\0' && (first = world_next(world, until_ms)) != NULL) {
		struct world_node *node = world->nodes[first->node];
		struct pending    *batch[BATCH_MAX];
		struct event       events[BATCH_MAX];
		size_t             count = 0, event_count = 0;

		if (first->kind != PENDING_EVENT) {
			happen(world, node, first);
			world_done(world, first);
			continue;
		}
		/* All that is due for this node at this moment is one step. */
		for (struct pending *next = first; next != NULL;
		     next = count < BATCH_MAX ? world_next_with(world, first) : NULL) {
			batch[count++] = next;
			if (next->call == NULL || !next->call->cut)
				events[event_count++] = next->event;
		}
		if (event_count > 0 && node->alive && first->boot == node->boot)
			world_step(world, node, events, event_count);
		for (size_t i = 0; i < count; i++)
			world_done(world, batch[i]);
	}
	if (world->failure[0] == '\0')
		world->now_ms = until_ms;
}

void
world_heal(struct world *world)
{
	world->healing = true;
	world_faults_end(world);
	world_operators_mend(world);
	for (unsigned i = 0; i < world->node_count; i++)
		if (!world->nodes[i]->alive)
			world_schedule(world, PENDING_BOOT, i, 0);
}

void
world_power_fails(struct world *world, struct world_node *node)
{
	note(world, 1000 + node->index);
	if (!world->steady && !sim_disk_is_crashed(node->disk))
		sim_disk_crash(node->disk); /* first: closing a store tidies up */
	world_stop(world, node, 10 + (int64_t)random_below(&world->random, 3000));
}

void
world_stop(struct world *world, struct world_node *node, int64_t pause_ms)
{
	world_calls_cut(world, node);
	world_close_bodies(node);
	if (node->node != NULL)
		node_close(node->node);
	if (node->store != NULL && !world->steady) {
		store_close(node->store);
		node->store = NULL;
	}
	node->node   = NULL;
	node->alive  = false;
	node->killed = false;
	node->broken = false;
	world_schedule(world, PENDING_BOOT, node->index, pause_ms);
}

void
world_boot(struct world *world, struct world_node *node)
{
	struct diagnostic diagnostic;
	enum status       status = STATUS_OK;
	struct event      zone   = { .kind = EVENT_ZONE };
	uint8_t           seed[32];

	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)random_next(&world->random);
	node->boot++;
	if (sim_disk_is_crashed(node->disk)) {
		sim_disk_restart(node->disk);
		node->power++;
	}
	if (!world->healing &&
	    (node->suspect ? world_chance(world, 700)
	                   : world_chance(world, world->faults.crash_at_operation)))
		sim_disk_set_crash_at(
		    node->disk, 1 + random_below(&world->random,
		                                 node->suspect ? SUSPECT_OPERATIONS : OPERATIONS));
	node->suspect = false;
	diagnostic_init(&diagnostic);
	node->alive     = true;
	node->booted_ms = world->now_ms;
	node->wake_at   = INT64_MAX;
	actions_clear(&node->actions);
	if (node->store == NULL)
		status = open_store(world, node, &diagnostic);
	if (status == STATUS_OK && node->mistyped && !world_is_lawful(node))
		status = STATUS_INVALID; /* the daemon checks before a node begins */
	if (status == STATUS_OK)
		status = node_open(&node->node, node->store, buffer_span(&node->description), seed,
		                   world_now(world, node), &node->actions, &diagnostic);
	if (status != STATUS_OK) {
		failed(world, node, status);
		return;
	}
	world_clean_bodies(node);
	world_perform(world, node, node->actions.count);
	if (node->alive)
		world_cleaned_bodies(node);
	zone.bytes = buffer_span(&node->zone);
	world_event(world, node, &zone, 0, NULL);
	if (node->alive)
		schedule_wake(world, node);
}

/* On the simulated disk; in a steady world in memory, where it outlives its process. */
static enum status
open_store(struct world *world, struct world_node *node, struct diagnostic *diagnostic)
{
	struct store_options options = { .vfs              = world->steady ? NULL : node->vfs_name,
		                         .in_memory        = world->steady,
		                         .small            = world->steady,
		                         .checkpoint_pages = 20,
		                         .disk             = node->disk };

	return store_open(&node->store, "/mulga.db", &options, diagnostic);
}

void
world_fail(struct world *world, const char *format, ...)
{
	va_list arguments;

	if (world->failure[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(world->failure, sizeof(world->failure), format, arguments);
	va_end(arguments);
}

bool
world_chance(struct world *world, unsigned of_thousand)
{
	return random_below(&world->random, 1000) < of_thousand;
}

void
world_release(struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++) {
		struct world_node *node = world->nodes[i];

		world_close_bodies(node);
		if (node->node != NULL)
			node_close(node->node);
		if (node->store != NULL)
			store_close(node->store);
		actions_release(&node->actions);
		buffer_release(&node->description);
		buffer_release(&node->also);
		buffer_release(&node->zone);
		if (node->vfs != NULL)
			sim_vfs_free(node->vfs);
		sim_disk_free(node->disk);
		while (node->call_count > 0)
			world_call_forget(world, node->calls[0]);
		free(node->calls);
		free(node->bodies);
		free(node->lines);
		free(node->links);
		if (node->backup != NULL)
			sim_disk_free(node->backup);
	}
	world_queue_release(world);
	for (unsigned i = 0; i < world->node_count; i++)
		free(world->nodes[i]);
	free(world->nodes);
	free(world->named);
	region_tree_release(&world->names);
	ledger_release(&world->ledger);
}

static void
happen(struct world *world, struct world_node *node, const struct pending *pending)
{
	switch (pending->kind) {
	case PENDING_BOOT:
		if (!node->alive)
			world_boot(world, node);
		break;
	case PENDING_SUBMIT:
		submit(world, pending);
		break;
	case PENDING_FAULT:
		world_strike(world, node, pending->fault);
		break;
	case PENDING_WAKE:
		if (!node->alive || pending->boot != node->boot || world->now_ms != node->wake_at)
			break; /* there was an earlier one */
		node->wake_at = INT64_MAX;
		if (instant_reached(node_deadline(node->node), world_now(world, node).instant))
			world_step(world, node, NULL, 0);
		else
			schedule_wake(world, node);
		break;
	case PENDING_EVENT:
	default:
		break;
	}
}

void
world_step(struct world *world, struct world_node *node, const struct event *events, size_t count)
{
	enum status status;

	world->steps++;
	world->stepping = node->name.text;
	status = node_step(node->node, world_now(world, node), events, count, &node->actions);
	note(world, (uint64_t)world->now_ms * 31 + node->index + count * 7919);
	count = node->actions.count;
	if (status != STATUS_OK || sim_disk_is_crashed(node->disk)) {
		failed(world, node, status);
		return;
	}
	if (!world->healing && count > 0 && world_chance(world, world->faults.crash_after_commit)) {
		count        = (size_t)random_below(&world->random, count);
		node->killed = world_chance(world, 400);
	}
	world_perform(world, node, count);
	if (!node->alive)
		return;
	if (store_failure(node->store) == STATUS_IO) { /* a checkpoint, after the commit */
		failed(world, node, STATUS_IO);
		return;
	}
	schedule_wake(world, node);
	if (world->scheduled)
		world_check_windows(world, node);
	if (world->steady)
		return;
	world_check_custody(world);
	if (world->steps % TABLES_EVERY == 0)
		world_check_tables(world, node);
}

/*
 * The spool could not be written: by a power failure, because the disk is full or a sync has
 * failed, which the driver or its supervisor answers by making the node again from the disk.
 * Nor does it start on a description that is wrong.
 */
static void
failed(struct world *world, struct world_node *node, enum status status)
{
	if (sim_disk_is_crashed(node->disk)) {
		world_power_fails(world, node);
		return;
	}
	if (status != STATUS_NO_SPACE &&
	    !(status == STATUS_IO && world_strikes(world, FAULT_SYNC)) &&
	    !(status == STATUS_INVALID && node->mistyped))
		world_fail(world, "%s failed though its disk did not: %s", node->name.text,
		           status_text(status));
	node->suspect = status == STATUS_IO;
	world_stop(world, node, 1000);
}

/* A client's attempt: the same token and body each time, until the node says DONE 0. */
static void
submit(struct world *world, const struct pending *pending)
{
	struct submission        *line = &world->ledger.items[pending->submission];
	struct world_node        *node = world->nodes[line->from];
	struct control_submission said;
	struct buffer             bytes, body;
	int64_t                   delay_ms = 0;
	struct event              event    = {
				.kind = EVENT_CLIENT_OPENED, .text = "joe", .uid = 1000, .trusted = world->steady
	}; /* whatever its description allows */

	if (line->accepted)
		return;
	world_schedule(world, PENDING_SUBMIT, line->from, 5000)->submission = pending->submission;
	if (!node->alive)
		return;
	line->attempts++;
	line->client = event.id = ledger_client(&world->ledger, line);
	control_reader_release(&line->reader);
	control_reader_init(&line->reader, CONTROL_DAEMON);
	control_submission_init(&said);
	buffer_init(&bytes);
	buffer_init(&body);
	buffer_append_span(&said.address, buffer_span(&line->address));
	snprintf(said.service, sizeof(said.service), "%s", line->service);
	memcpy(said.token, line->token, sizeof(said.token));
	control_append_submission(&bytes, &said);
	submission_body(line, &body);
	control_append_data(&bytes, buffer_span(&body));
	control_append_end(&bytes);
	world_event(world, node, &event, 0, NULL);
	event = (struct event){ .kind = EVENT_CLIENT_BYTES, .id = line->client };
	for (size_t at = 0; at < bytes.length;) {
		size_t length = 1 + (size_t)random_below(&world->random, 65536);

		if (length > bytes.length - at)
			length = bytes.length - at;
		event.bytes = (struct span){ bytes.data + at, length };
		delay_ms += (int64_t)random_below(&world->random, 2);
		world_event(world, node, &event, delay_ms, NULL);
		at += length;
	}
	buffer_release(&body);
	buffer_release(&bytes);
	control_submission_release(&said);
}

struct walltime
world_wall(const struct world *world)
{
	return (struct walltime){ epoch.ms + world->now_ms };
}

/* Each node's monotonic clock starts anew at each boot. */
struct now
world_now(const struct world *world, const struct world_node *node)
{
	return (struct now){
		.instant = { world->now_ms - node->booted_ms + 1000 * (node->index + 1) },
		.wall    = { world_wall(world).ms + node->clock_ms },
	};
}

static void
schedule_wake(struct world *world, struct world_node *node)
{
	int64_t offset = world_now(world, node).instant.ms - world->now_ms;
	int64_t at_ms  = node_deadline(node->node).ms;

	if (at_ms == INT64_MAX)
		return;
	at_ms = at_ms - offset < world->now_ms ? world->now_ms : at_ms - offset;
	if (at_ms >= node->wake_at)
		return;
	node->wake_at = at_ms;
	world_schedule(world, PENDING_WAKE, node->index, at_ms - world->now_ms);
}

static void
note(struct world *world, uint64_t number)
{
	world->hash = (world->hash ^ number) * UINT64_C(0x100000001b3);
}
