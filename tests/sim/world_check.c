/*
 * world_check.c - the checkers: what the ledger promised against what the disks hold
 *
 * A message is counted where a reader would find it: in new/ of its Maildir or in the folder
 * of files, and when a reader has taken it from there. More than once is a failure at any
 * time; less than once when the world has healed and come to rest, unless its sender has a
 * report. A world without crashes and cuts has no
 * reason for reports, unless news of the network has to wait for windows.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/world.h"

struct count {
	struct world *world;
	unsigned      node;
	const char   *folder;
};

static void               check_line(struct world *world, size_t number);
static void               look_into(struct world *world, unsigned node, disk_entry_function *entry);
static struct submission *line_of(const struct count *count, const char *name);
static void               forget_entry(void *context, const char *name);
static void               count_entry(void *context, const char *name);
static void               compare_entry(void *context, const char *name);
static void compare(const struct count *count, const struct submission *line, const char *name);
static void count_report(void *context, const char *name);
static void read_file(const struct count *count, const char *name, struct buffer *out);
static bool is_calm(const struct world *world);
static void read_on(void *context, const char *name);

static const char new_folder[]  = "/mail/joe/Maildir/new";
static const char file_folder[] = "/files/joe";

void
world_check_at_rest(struct world *world)
{
	for (size_t i = 0; i < world->ledger.count; i++) {
		struct submission *line = &world->ledger.items[i];

		line->reports = 0;
		for (size_t j = 0; j < line->due_count; j++)
			line->dues[j].seen = line->dues[j].taken;
	}
	for (unsigned i = 0; i < world->node_count; i++)
		look_into(world, i, compare_entry);
	for (size_t i = 0; i < world->ledger.count; i++)
		check_line(world, i);
}

void
world_check_all(struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (!world->nodes[i]->alive)
			world_fail(world, "%s is not up", world->nodes[i]->name.text);
	if (world->failure[0] != '\0')
		return;
	world_check_databases(world);
	world_check_broadcasts(world);
	for (unsigned i = 0; i < world->node_count; i++)
		world_check_tables(world, world->nodes[i]);
	world_check_at_rest(world);
}

/* What did not arrive was reported; but nobody answers for each node that a broadcast is for. */
static void
check_line(struct world *world, size_t number)
{
	const struct submission *line    = &world->ledger.items[number];
	unsigned                 missing = 0, node = 0;
	struct message_id        id;
	struct buffer            where;

	if (!line->accepted) {
		world_fail(world, "message %zu was never accepted in %u attempts", number,
		           line->attempts);
		return;
	}
	for (size_t i = 0; i < line->due_count; i++)
		if (line->dues[i].seen == 0 && !line->dues[i].unsure) {
			missing++;
			node = line->dues[i].node;
		}
	if (missing == 0 || (line->broadcast && !line->known))
		return;
	message_id_make(&id, &world->nodes[line->from]->name, line->token);
	if (line->broadcast && missing == line->due_count)
		missing = 1; /* nobody got it: that is said once */
	if (line->reports >= missing && (line->may_return || !is_calm(world)))
		return;
	buffer_init(&where);
	world_say_where(world, &id, &where);
	world_fail(world,
	           "%s (%s, %llu bytes, to %s) was accepted and is not at %s; its sender has %u "
	           "reports%s",
	           id.text, line->service, (unsigned long long)line->size_bytes,
	           buffer_text(&line->address), world->nodes[node]->name.text, line->reports,
	           buffer_text(&where));
	buffer_release(&where);
}

/* What is for a node is seen there alone, so that its own folders tell how often. */
void
world_check_node(struct world *world, struct world_node *node)
{
	look_into(world, node->index, forget_entry);
	look_into(world, node->index, count_entry);
}

unsigned
world_check_reports(struct world *world, struct submission *line)
{
	line->reports = 0;
	look_into(world, line->from, count_report);
	return line->reports;
}

void
world_read_mail(struct world *world, struct world_node *node)
{
	look_into(world, node->index, read_on);
}

static void
look_into(struct world *world, unsigned node, disk_entry_function *entry)
{
	const char *const folders[] = { new_folder, file_folder };
	struct disk      *disk      = world->nodes[node]->disk;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct count count = { world, node, folders[i] };

		disk->operations->list(disk, folders[i], entry, &count);
	}
}

/* NULL: no message of the ledger's, or only prepared, where no reader looks. */
static struct submission *
line_of(const struct count *count, const char *name)
{
	char id[NAME_MAX_BYTES * 2];

	if (name[0] == '.')
		return NULL;
	snprintf(id, sizeof(id), "%s", name);
	if (strchr(id, ':') != NULL)
		*strchr(id, ':') = '\0';
	return ledger_find(&count->world->ledger, id);
}

static void
forget_entry(void *context, const char *name)
{
	const struct count *count = context;
	struct submission  *line  = line_of(count, name);
	struct ledger_due  *due   = line != NULL ? submission_due(line, count->node) : NULL;

	if (due != NULL)
		due->seen = due->taken;
}

static void
count_entry(void *context, const char *name)
{
	const struct count *count = context;
	struct submission  *line  = line_of(count, name);
	struct ledger_due  *due   = line != NULL ? submission_due(line, count->node) : NULL;
	const char         *node  = count->world->nodes[count->node]->name.text;

	if (line != NULL && due == NULL)
		world_fail(count->world, "%s, for %s, is at %s", name, buffer_text(&line->address),
		           node);
	if (due != NULL && due->at_ms == 0)
		due->at_ms = count->world->now_ms;
	if (due != NULL && ++due->seen > 1)
		world_fail(count->world, "message %s (%s to %s) is at %s %u times", name,
		           line->service, buffer_text(&line->address), node, due->seen);
}

static void
compare_entry(void *context, const char *name)
{
	struct submission *line = line_of(context, name);

	count_entry(context, name);
	if (line != NULL)
		compare(context, line, name);
	else
		count_report(context, name);
}

static void
compare(const struct count *count, const struct submission *line, const char *name)
{
	struct buffer expected, found;

	buffer_init(&expected);
	buffer_init(&found);
	submission_body(line, &expected);
	read_file(count, name, &found);
	if (found.length < expected.length || memcmp(found.data + found.length - expected.length,
	                                             expected.data, expected.length) != 0)
		world_fail(count->world, "%s/%s does not hold what was submitted", count->folder,
		           name);
	buffer_release(&expected);
	buffer_release(&found);
}

/* A mail that no client sent is a report, and names the message it is about. */
static void
count_report(void *context, const char *name)
{
	static const char   mark[] = "\nX-Mulga-Message: "; /* notice_delivery.c */
	const struct count *count  = context;
	struct submission  *line   = NULL;
	struct buffer       found;
	char                id[NAME_MAX_BYTES * 2];
	const char         *start;

	if (name[0] == '.' || ledger_find(&count->world->ledger, name) != NULL)
		return;
	buffer_init(&found);
	read_file(count, name, &found);
	start = strstr(buffer_text(&found), mark);
	if (start != NULL) {
		start += sizeof(mark) - 1;
		snprintf(id, sizeof(id), "%.*s", (int)strcspn(start, "\n"), start);
		line = ledger_find(&count->world->ledger, id);
	}
	if (line != NULL && line->from == count->node)
		line->reports++;
	buffer_release(&found);
}

static void
read_file(const struct count *count, const char *name, struct buffer *out)
{
	struct disk      *disk = count->world->nodes[count->node]->disk;
	struct disk_file *file;
	char              path[1024];
	uint64_t          size = 0;

	snprintf(path, sizeof(path), "%s/%s", count->folder, name);
	if (disk->operations->open(disk, path, DISK_READ, 0, &file, NULL) != STATUS_OK) {
		world_fail(count->world, "%s cannot be opened", path);
		return;
	}
	disk->operations->size(file, &size);
	buffer_reserve(out, (size_t)size);
	if (disk->operations->read_at(file, 0, out->data, (size_t)size) == STATUS_OK) {
		out->length     = (size_t)size;
		out->data[size] = '\0';
	}
	disk->operations->close(file);
}

static bool
is_calm(const struct world *world)
{
	const struct world_faults *faults = &world->faults;

	return !world->scheduled && faults->crash_after_commit == 0 &&
	       faults->crash_at_operation == 0 && faults->cut == 0 && faults->silent == 0 &&
	       faults->handler == 0 && faults->slow_line == 0 &&
	       (faults->strikes & ~(1U << FAULT_CLOCK)) == 0;
}

/* A reader takes the mail away. If the power goes meanwhile, nobody knows whether it did. */
static void
read_on(void *context, const char *name)
{
	const struct count *reader = context;
	struct disk        *disk   = reader->world->nodes[reader->node]->disk;
	struct submission  *line   = ledger_find(&reader->world->ledger, name);
	struct ledger_due  *due    = line == NULL ? NULL : submission_due(line, reader->node);
	char                path[1024];

	if (due == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", reader->folder, name);
	if (disk->operations->unlink(disk, path) == STATUS_OK &&
	    disk->operations->sync_directory(disk, reader->folder) == STATUS_OK)
		due->taken++;
	else
		due->unsure = true;
}
