/*
 * sim_names.c - names between memory and platter
 */
#include "tests/sim/sim_names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

/* A kernel writes back by itself what has waited for long: so many changes are kept. */
enum { WRITE_BACK_AT = 1024 };

static size_t map_place(const struct sim_map *map, const char *path);
static void   map_put(struct sim_map *map, const char *path, struct sim_inode *inode);
static void   map_remove(struct sim_map *map, const char *path);
static void   map_clear(struct sim_map *map);
static void   remove_orphans(struct sim_map *map);
static void   remember_change(struct sim_names *names, const char *removed, const char *added,
                              struct sim_inode *inode);
static void   write_back_oldest(struct sim_names *names);
static void   change_release(struct sim_name_change *change);

void
sim_names_release(struct sim_names *names)
{
	map_clear(&names->seen);
	map_clear(&names->durable);
	free(names->seen.entries);
	free(names->durable.entries);
	for (size_t i = 0; i < names->change_count; i++)
		change_release(&names->changes[i]);
	free(names->changes);
	*names = (struct sim_names){ .change_count = 0 };
}

const struct sim_entry *
sim_names_find(const struct sim_names *names, const char *path)
{
	size_t place = map_place(&names->seen, path);

	if (place < names->seen.count && strcmp(names->seen.entries[place].path, path) == 0)
		return &names->seen.entries[place];
	return NULL;
}

void
sim_names_change(struct sim_names *names, const char *removed, const char *added,
                 struct sim_inode *inode)
{
	if (!names->steady)
		remember_change(names, removed, added, inode);
	if (inode != NULL)
		sim_inode_hold(inode); /* its old name may be all that holds it */
	if (removed != NULL)
		map_remove(&names->seen, removed);
	if (added != NULL) {
		assert(sim_names_find(names, added) == NULL);
		map_put(&names->seen, added, inode);
	}
	if (inode != NULL)
		sim_inode_drop(inode);
}

void
sim_names_sync(struct sim_names *names, const char *directory)
{
	size_t left = 0;

	for (size_t i = 0; i < names->change_count; i++) {
		struct sim_name_change *change = &names->changes[i];
		bool add = change->added != NULL && sim_names_is_in(change->added, directory);
		bool remove =
		    change->removed != NULL && sim_names_is_in(change->removed, directory);

		if (add || (remove && change->added != NULL)) {
			map_put(&names->durable, change->added, change->inode);
			free(change->added);
			change->added = NULL;
		}
		if (remove) {
			map_remove(&names->durable, change->removed);
			free(change->removed);
			change->removed = NULL;
		}
		if (change->added == NULL && change->removed == NULL)
			change_release(change);
		else
			names->changes[left++] = *change;
	}
	names->change_count = left;
}

void
sim_names_crash(struct sim_names *names, struct random *random, unsigned keep)
{
	for (size_t i = 0; i < names->change_count; i++) {
		struct sim_name_change *change = &names->changes[i];
		bool                    kept = random_below(random, 8) < keep, moved = true;

		if (change->added != NULL && change->removed != NULL) {
			size_t directory =
			    (size_t)(strrchr(change->removed, '/') - change->removed);

			/* Between two directories, the new name may come before the old one goes. */
			if (strncmp(change->added, change->removed, directory + 1) != 0 ||
			    strchr(change->added + directory + 1, '/') != NULL)
				moved = random_below(random, 8) < keep;
		}
		if (kept && change->added != NULL)
			map_put(&names->durable, change->added, change->inode);
		if (kept && moved && change->removed != NULL)
			map_remove(&names->durable, change->removed);
		change_release(change);
	}
	names->change_count = 0;
	remove_orphans(&names->durable);
	map_clear(&names->seen);
	for (size_t i = 0; i < names->durable.count; i++)
		map_put(&names->seen, names->durable.entries[i].path,
		        names->durable.entries[i].inode);
}

bool
sim_names_is_in(const char *path, const char *directory)
{
	const char *slash  = strrchr(path, '/');
	size_t      length = strlen(directory);

	assert(slash != NULL);
	if (slash == path)
		return strcmp(directory, "/") == 0;
	return (size_t)(slash - path) == length && memcmp(path, directory, length) == 0;
}

/* Where the path is, or would be. */
static size_t
map_place(const struct sim_map *map, const char *path)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(map->entries[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Replaces what was under that name. */
static void
map_put(struct sim_map *map, const char *path, struct sim_inode *inode)
{
	size_t place;

	if (inode != NULL)
		sim_inode_hold(inode);
	map_remove(map, path);
	place = map_place(map, path);
	map->entries =
	    memory_grow(map->entries, &map->capacity, map->count + 1, sizeof(map->entries[0]));
	memmove(map->entries + place + 1, map->entries + place,
	        (map->count - place) * sizeof(map->entries[0]));
	map->entries[place] = (struct sim_entry){ memory_copy_text(path), inode };
	map->count++;
}

static void
map_remove(struct sim_map *map, const char *path)
{
	size_t place = map_place(map, path);

	if (place == map->count || strcmp(map->entries[place].path, path) != 0)
		return;
	if (map->entries[place].inode != NULL)
		sim_inode_drop(map->entries[place].inode);
	free(map->entries[place].path);
	map->count--;
	memmove(map->entries + place, map->entries + place + 1,
	        (map->count - place) * sizeof(map->entries[0]));
}

static void
map_clear(struct sim_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		if (map->entries[i].inode != NULL)
			sim_inode_drop(map->entries[i].inode);
		free(map->entries[i].path);
	}
	map->count = 0;
}

/* In sorted order a directory comes before what is in it. */
static void
remove_orphans(struct sim_map *map)
{
	size_t left = 0;

	for (size_t i = 0; i < map->count; i++) {
		struct sim_entry *entry  = &map->entries[i];
		char             *slash  = strrchr(entry->path, '/');
		bool              orphan = false;

		if (slash != entry->path) {
			struct sim_map before = { map->entries, left, map->capacity };
			size_t         place;

			*slash = '\0';
			place  = map_place(&before, entry->path);
			orphan = place == left ||
			         strcmp(map->entries[place].path, entry->path) != 0 ||
			         map->entries[place].inode != NULL;
			*slash = '/';
		}
		if (!orphan) {
			map->entries[left++] = *entry;
			continue;
		}
		if (entry->inode != NULL)
			sim_inode_drop(entry->inode);
		free(entry->path);
	}
	map->count = left;
}

static void
remember_change(struct sim_names *names, const char *removed, const char *added,
                struct sim_inode *inode)
{
	struct sim_name_change *change;

	if (names->change_count == WRITE_BACK_AT)
		write_back_oldest(names);
	names->changes = memory_grow(names->changes, &names->change_capacity,
	                             names->change_count + 1, sizeof(names->changes[0]));
	change         = &names->changes[names->change_count++];
	*change        = (struct sim_name_change){ .inode = inode };
	if (inode != NULL)
		sim_inode_hold(inode);
	if (removed != NULL)
		change->removed = memory_copy_text(removed);
	if (added != NULL)
		change->added = memory_copy_text(added);
}

static void
write_back_oldest(struct sim_names *names)
{
	struct sim_name_change *change = &names->changes[0];

	if (change->added != NULL)
		map_put(&names->durable, change->added, change->inode);
	if (change->removed != NULL)
		map_remove(&names->durable, change->removed);
	change_release(change);
	names->change_count--;
	memmove(names->changes, names->changes + 1,
	        names->change_count * sizeof(names->changes[0]));
}

static void
change_release(struct sim_name_change *change)
{
	if (change->inode != NULL)
		sim_inode_drop(change->inode);
	free(change->added);
	free(change->removed);
}
