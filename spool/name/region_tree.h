/*
 * region_tree.h - names as dense numbers that know their parents
 *
 * Route search touches every name many times, and a name is 255 bytes. Interned, it is
 * an index: arrays take the place of maps, and "is it inside this region" is a short
 * climb. A name is interned with all its regions up to the world, parents first, so a
 * parent's id is always smaller than its child's.
 *
 * Ids count from 0 without holes, in the order of interning. That order is an accident
 * of the caller's: nothing that an operator or a neighbor sees may depend on it.
 */
#ifndef SPOOL_NAME_REGION_TREE_H
#define SPOOL_NAME_REGION_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGION_TREE_WORLD UINT32_C(0)
#define REGION_TREE_NONE  UINT32_MAX /* no such region; the parent of the world */

struct region_tree_entry {
	const char *text;   /* in the tree's chunks; a parent's is the tail of a child's */
	uint32_t    hash;   /* of `text`                                                 */
	uint32_t    parent; /* REGION_TREE_NONE for the world                            */
};

struct region_tree {
	struct region_tree_entry *entries; /* by id */
	size_t                    count;
	size_t                    capacity;
	uint32_t *slots;      /* ids by hash; the world is never there: 0 is a free slot */
	size_t    slot_count; /* a power of two, at least twice `count` */
	struct region_tree_chunk *chunks; /* newest first */
};

/* A tree that holds the world alone. */
void region_tree_init(struct region_tree *tree);
void region_tree_release(struct region_tree *tree);

/*
 * The id of a name or region, new or old; new ancestors get ids too. `name` is the text
 * of a struct name or a tail of one (name_parent); it is copied.
 */
uint32_t region_tree_intern(struct region_tree *tree, const char *name);

/* The id, or REGION_TREE_NONE. */
uint32_t region_tree_find(const struct region_tree *tree, const char *name);

uint32_t region_tree_parent(const struct region_tree *tree, uint32_t id);

/* Borrowed until region_tree_release: the text never moves. */
const char *region_tree_text(const struct region_tree *tree, uint32_t id);

/* The number of ids, the world's included. */
uint32_t region_tree_count(const struct region_tree *tree);

/* As name_within: is `id` the region itself or inside it? */
bool region_tree_within(const struct region_tree *tree, uint32_t id, uint32_t region);

#endif
