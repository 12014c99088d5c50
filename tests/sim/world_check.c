/*
 * world_check.c - the checkers: what the ledger promised against what the disks hold
 *
 * A message is counted where a reader would find it: in new/ of its Maildir or in the folder
 * of files, and when a reader has taken it from there. More than once is a failure at any
 * time; less than once when the world has healed and come to rest, unless its sender has a
 * report. A world without crashes and cuts has no reason for reports.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/world.h"

struct count {
	struct world *world;
	unsigned      node;
	const char   *folder;
};

static void               look_into(struct world *world, unsigned node, disk_entry_function *entry);
static struct submission *line_of(const struct count *count, const char *name);
static void               forget_entry(void *context, const char *name);
static void               count_entry(void *context, const char *name);
static void               compare_entry(void *context, const char *name);
static void compare(const struct count *count, const struct submission *line, const char *name);
static void count_report(const struct count *count, const char *name);
static void read_file(const struct count *count, const char *name, struct buffer *out);
static bool is_calm(const struct world *world);
static void read_on(void *context, const char *name);

static const char new_folder[]  = "/mail/joe/Maildir/new";
static const char file_folder[] = "/files/joe";

void
world_check(struct world *world, bool at_rest)
{
	for (size_t i = 0; i < world->ledger.count; i++) {
		world->ledger.items[i].seen    = world->ledger.items[i].taken;
		world->ledger.items[i].reports = 0;
	}
	for (unsigned i = 0; i < world->node_count; i++) {
		if (!world->nodes[i]->alive)
			continue;
		look_into(world, i, at_rest ? compare_entry : count_entry);
	}
	for (size_t i = 0; i < world->ledger.count; i++) {
		const struct submission *line = &world->ledger.items[i];

		if (at_rest && line->accepted && line->seen == 0 && !line->unsure &&
		    (line->reports == 0 || is_calm(world)))
			world_fail(world,
			           "message %zu (%s, %llu bytes, node %u to %u) was accepted and "
			           "is nowhere; its sender has %u reports",
			           i, line->file ? "file" : "mail",
			           (unsigned long long)line->size_bytes, line->from, line->to,
			           line->reports);
		if (at_rest && !line->accepted)
			world_fail(world, "message %zu was never accepted in %u attempts", i,
			           line->attempts);
	}
}

/* What is for a node is seen there alone, so that its own folders tell how often. */
void
world_check_node(struct world *world, struct world_node *node)
{
	look_into(world, node->index, forget_entry);
	look_into(world, node->index, count_entry);
}

void
world_read_mail(struct world *world, struct world_node *node)
{
	struct count reader = { .world = world, .node = node->index };

	node->disk->operations->list(node->disk, new_folder, read_on, &reader);
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
	struct submission *line = line_of(context, name);

	if (line != NULL)
		line->seen = line->taken;
}

static void
count_entry(void *context, const char *name)
{
	const struct count *count = context;
	struct submission  *line  = line_of(count, name);

	if (line == NULL)
		return;
	if (++line->seen > 1)
		world_fail(count->world, "message %s (%s to node %u) is there %u times", name,
		           line->file ? "file" : "mail", line->to, line->seen);
	if (line->to != count->node)
		world_fail(count->world, "%s is at node %u, not %u", name, count->node, line->to);
}

static void
compare_entry(void *context, const char *name)
{
	struct submission *line = line_of(context, name);

	count_entry(context, name);
	if (line != NULL)
		compare(context, line, name);
	else if (name[0] != '.')
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
count_report(const struct count *count, const char *name)
{
	static const char  mark[] = "\nMessage: ";
	struct submission *line   = NULL;
	struct buffer      found;
	char               id[NAME_MAX_BYTES * 2];
	const char        *start;

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

	return faults->crash_after_commit == 0 && faults->crash_at_operation == 0 &&
	       faults->cut == 0 && faults->full_disk == 0;
}

/* A reader takes the mail away. If the power goes meanwhile, nobody knows whether it did. */
static void
read_on(void *context, const char *name)
{
	const struct count *reader = context;
	struct disk        *disk   = reader->world->nodes[reader->node]->disk;
	struct submission  *line   = ledger_find(&reader->world->ledger, name);
	char                path[1024];

	if (line == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", new_folder, name);
	if (disk->operations->unlink(disk, path) == STATUS_OK &&
	    disk->operations->sync_directory(disk, new_folder) == STATUS_OK)
		line->taken++;
	else
		line->unsure = true;
}
