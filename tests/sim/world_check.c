/*
 * world_check.c - the checkers: what the ledger promised against what the disks hold
 *
 * A message is counted where a reader would find it: in new/ of its Maildir or in the folder
 * of files, and when a reader has taken it from there. More than once is a failure at any time; less than once when the
 * world has healed and come to rest.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/world.h"

struct count {
	struct world *world;
	unsigned      node;
	const char   *folder;
	bool          contents; /* compare them too */
};

static void count_folder(struct world *world, unsigned node, const char *folder, bool contents);
static void count_entry(void *context, const char *name);
static void compare(const struct count *count, const struct submission *line, const char *name);
static void read_on(void *context, const char *name);

static const char new_folder[]  = "/mail/joe/Maildir/new";
static const char file_folder[] = "/files/joe";

void
world_check(struct world *world, bool at_rest)
{
	for (size_t i = 0; i < world->ledger.count; i++)
		world->ledger.items[i].seen = world->ledger.items[i].taken;
	for (unsigned i = 0; i < world->node_count; i++) {
		if (!world->nodes[i].alive)
			continue;
		count_folder(world, i, new_folder, at_rest);
		count_folder(world, i, file_folder, at_rest);
	}
	for (size_t i = 0; i < world->ledger.count; i++) {
		const struct submission *line = &world->ledger.items[i];

		if (line->seen > 1)
			world_fail(world, "message %zu (%s to node %u) is there %u times", i,
			           line->file ? "file" : "mail", line->to, line->seen);
		if (at_rest && line->accepted && line->seen == 0 && !line->unsure)
			world_fail(world,
			           "message %zu (%s, %llu bytes, node %u to %u) was accepted and "
			           "is nowhere",
			           i, line->file ? "file" : "mail",
			           (unsigned long long)line->size_bytes, line->from, line->to);
		if (at_rest && !line->accepted)
			world_fail(world, "message %zu was never accepted in %u attempts", i,
			           line->attempts);
	}
}

void
world_read_mail(struct world *world, struct world_node *node)
{
	struct count reader = { .world = world, .node = node->index };

	node->disk->operations->list(node->disk, new_folder, read_on, &reader);
}

static void
count_folder(struct world *world, unsigned node, const char *folder, bool contents)
{
	struct count count = { world, node, folder, contents };
	struct disk *disk  = world->nodes[node].disk;

	disk->operations->list(disk, folder, count_entry, &count);
}

static void
count_entry(void *context, const char *name)
{
	const struct count *count = context;
	struct submission  *line;
	char                id[NAME_MAX_BYTES * 2];

	snprintf(id, sizeof(id), "%s", name);
	if (strchr(id, ':') != NULL)
		*strchr(id, ':') = '\0';
	line = ledger_find(&count->world->ledger, id);
	if (line == NULL)
		return;
	line->seen++;
	if (line->to != count->node)
		world_fail(count->world, "%s is at node %u, not %u", id, count->node, line->to);
	if (count->contents)
		compare(count, line, name);
}

static void
compare(const struct count *count, const struct submission *line, const char *name)
{
	struct disk      *disk = count->world->nodes[count->node].disk;
	struct disk_file *file;
	struct buffer     expected, found;
	char              path[1024];
	uint64_t          size = 0;

	snprintf(path, sizeof(path), "%s/%s", count->folder, name);
	if (disk->operations->open(disk, path, DISK_READ, 0, &file, NULL) != STATUS_OK) {
		world_fail(count->world, "%s cannot be opened", path);
		return;
	}
	buffer_init(&expected);
	buffer_init(&found);
	submission_body(line, &expected);
	disk->operations->size(file, &size);
	buffer_reserve(&found, (size_t)size);
	if (disk->operations->read_at(file, 0, found.data, (size_t)size) == STATUS_OK)
		found.length = (size_t)size;
	if (found.length < expected.length || memcmp(found.data + found.length - expected.length,
	                                             expected.data, expected.length) != 0)
		world_fail(count->world, "%s does not hold what was submitted", path);
	disk->operations->close(file);
	buffer_release(&expected);
	buffer_release(&found);
}

/* A reader takes the mail away. If the power goes meanwhile, nobody knows whether it did. */
static void
read_on(void *context, const char *name)
{
	const struct count *reader = context;
	struct disk        *disk   = reader->world->nodes[reader->node].disk;
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
