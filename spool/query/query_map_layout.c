/*
 * query_map_layout.c - rows of tiles in boxes, shuffled until few lines cross
 *
 * The members of a box stand in rows, each row in the middle of the box. What makes such a
 * picture good or bad is the order of the members, so that is searched: two members of a
 * box change places, and stay so if the lines became shorter and cross fewer lines and
 * tiles. The search ends when no exchange helps, or after a fixed amount of work, because
 * the daemon waits for it. Whole numbers only, so every machine draws the same.
 */
#include "spool/query/query_map.h"

#include <stdlib.h>
#include <string.h>

enum {
	LETTER       = 8, /* the width of one, generously */
	TILE_HEIGHT  = 34,
	TILE_PADDING = 14,
	BOX_PADDING  = 26,
	BOX_TITLE    = 22,
	GAP_ACROSS   = 88, /* a label must fit between two tiles */
	GAP_DOWN     = 66,
	COST_TILE    = 500,      /* of a line that runs through a tile, in pixels of its length */
	COST_CROSS   = 150,      /* of two lines that cross                                    */
	COST_SIZE    = 2,        /* of a pixel of the picture's width or height                */
	MOST_WORK    = 20000000, /* pairs looked at: some tens of milliseconds            */
};

struct point {
	int x, y;
};

static void     measure(struct query_map *map, struct query_map_place *place);
static unsigned columns_of(const struct query_map_place *box);
static void set_down_row(struct query_map *map, const struct query_map_place *box, uint32_t first,
                         uint32_t count, int y, int *width, int *height);
static void center_rows(struct query_map *map, const struct query_map_place *box);
static void move(struct query_map *map, struct query_map_place *place, int x, int y);
static bool improve(struct query_map *map, int64_t *best, uint64_t *work);
static void exchange(struct query_map *map, uint32_t a, uint32_t b);
static int64_t      cost(struct query_map *map);
static int64_t      cost_of_line(const struct query_map *map, size_t at);
static struct point center(const struct query_map_place *place);
static bool runs_through(struct point a, struct point b, const struct query_map_place *tile);
static bool cross(struct point a, struct point b, struct point c, struct point d);
static int  side(struct point a, struct point b, struct point p);
static bool apart(int a, int b, int low, int high);

void
query_map_arrange(struct query_map *map)
{
	uint64_t work = 0;
	int64_t  best = cost(map);

	while (improve(map, &best, &work))
		;
	cost(map); /* sets down the order that was kept */
}

/* Tries all exchanges of two members of one box. False: none helped, or it is enough. */
static bool
improve(struct query_map *map, int64_t *best, uint64_t *work)
{
	uint64_t each = map->link_count * (map->link_count + map->place_count) + map->place_count;
	bool     improved = false;

	for (size_t i = 0; i < map->place_count; i++) {
		const struct query_map_place *box = &map->places[i];

		for (uint32_t a = box->first; a < box->first + box->count; a++)
			for (uint32_t b = a + 1; b < box->first + box->count; b++) {
				int64_t now;

				*work += each;
				if (*work > MOST_WORK)
					return false;
				exchange(map, a, b);
				now = cost(map);
				if (now >= *best) {
					exchange(map, a, b);
					continue;
				}
				*best    = now;
				improved = true;
			}
	}
	return improved;
}

static void
exchange(struct query_map *map, uint32_t a, uint32_t b)
{
	uint32_t member = map->members[a];

	map->members[a] = map->members[b];
	map->members[b] = member;
}

/* --- positions ------------------------------------------------------------------------- */

/* Its size, and the positions of its members inside it. */
static void
measure(struct query_map *map, struct query_map_place *place)
{
	int      text = (int)strlen(place->text) * LETTER;
	unsigned columns;

	if (place->kind != QUERY_MAP_BOX) {
		place->width  = text + 2 * TILE_PADDING;
		place->height = TILE_HEIGHT;
		return;
	}
	for (uint32_t i = 0; i < place->count; i++)
		measure(map, &map->places[map->members[place->first + i]]);
	columns       = columns_of(place);
	place->width  = text;
	place->height = BOX_TITLE + BOX_PADDING;
	for (uint32_t i = 0; i < place->count; i += columns) {
		uint32_t count = place->count - i < columns ? place->count - i : columns;
		int      width, height;

		set_down_row(map, place, i, count, place->height, &width, &height);
		if (width > place->width)
			place->width = width;
		place->height += height + GAP_DOWN;
	}
	place->height += BOX_PADDING - (place->count > 0 ? GAP_DOWN : 0);
	place->width += 2 * BOX_PADDING;
	center_rows(map, place);
}

/* As many as there are rows, or one more: a tile with its gaps is broader than high. */
static unsigned
columns_of(const struct query_map_place *box)
{
	unsigned columns = 1;

	while (columns * columns < box->count)
		columns++;
	return columns;
}

/* The row begins at 0; its members stand in its middle, each at its `y`. */
static void
set_down_row(struct query_map *map, const struct query_map_place *box, uint32_t first,
             uint32_t count, int y, int *width, int *height)
{
	*width  = 0;
	*height = 0;
	for (uint32_t i = first; i < first + count; i++) {
		struct query_map_place *place = &map->places[map->members[box->first + i]];

		place->x = *width + (i > first ? GAP_ACROSS : 0);
		*width   = place->x + place->width;
		if (place->height > *height)
			*height = place->height;
	}
	for (uint32_t i = first; i < first + count; i++) {
		struct query_map_place *place = &map->places[map->members[box->first + i]];

		place->y = y + (*height - place->height) / 2;
	}
}

static void
center_rows(struct query_map *map, const struct query_map_place *box)
{
	unsigned columns = columns_of(box);

	for (uint32_t first = 0; first < box->count; first += columns) {
		uint32_t end = first + columns < box->count ? first + columns : box->count;
		struct query_map_place *last = &map->places[map->members[box->first + end - 1]];
		int                     left = (box->width - last->x - last->width) / 2;

		for (uint32_t i = first; i < end; i++)
			map->places[map->members[box->first + i]].x += left;
	}
}

/* From positions inside the box to positions in the picture. */
static void
move(struct query_map *map, struct query_map_place *place, int x, int y)
{
	place->x += x;
	place->y += y;
	for (uint32_t i = 0; i < place->count; i++)
		move(map, &map->places[map->members[place->first + i]], place->x, place->y);
}

/* --- how good it is -------------------------------------------------------------------- */

/* Sets all down as they are ordered now. */
static int64_t
cost(struct query_map *map)
{
	struct query_map_place *world = &map->places[0];
	int64_t                 sum;

	world->x = world->y = 0;
	measure(map, world);
	move(map, world, 0, 0);
	sum = (int64_t)COST_SIZE * (world->width + world->height);
	for (size_t i = 0; i < map->link_count; i++)
		sum += cost_of_line(map, i);
	return sum;
}

static int64_t
cost_of_line(const struct query_map *map, size_t at)
{
	const struct query_map_link *link = &map->links[at];
	struct point                 a    = center(&map->places[link->a]);
	struct point                 b    = center(&map->places[link->b]);
	int                          dx = abs(a.x - b.x), dy = abs(a.y - b.y);
	int64_t                      sum = dx > dy ? dx + dy / 2 : dy + dx / 2;

	for (uint32_t i = 0; i < map->place_count; i++)
		if (i != link->a && i != link->b && map->places[i].kind != QUERY_MAP_BOX &&
		    runs_through(a, b, &map->places[i]))
			sum += COST_TILE;
	for (size_t i = 0; i < at; i++) {
		const struct query_map_link *other = &map->links[i];

		if (other->a != link->a && other->a != link->b && other->b != link->a &&
		    other->b != link->b &&
		    cross(a, b, center(&map->places[other->a]), center(&map->places[other->b])))
			sum += COST_CROSS;
	}
	return sum;
}

static struct point
center(const struct query_map_place *place)
{
	return (struct point){ place->x + place->width / 2, place->y + place->height / 2 };
}

/* A line misses a rectangle beside it, or if all corners lie on one side of it. */
static bool
runs_through(struct point a, struct point b, const struct query_map_place *tile)
{
	int left = tile->x, right = tile->x + tile->width;
	int top = tile->y, bottom = tile->y + tile->height;
	int sum;

	if (apart(a.x, b.x, left, right) || apart(a.y, b.y, top, bottom))
		return false;
	sum = side(a, b, (struct point){ left, top }) + side(a, b, (struct point){ right, top }) +
	      side(a, b, (struct point){ left, bottom }) +
	      side(a, b, (struct point){ right, bottom });
	return abs(sum) < 4;
}

static bool
apart(int a, int b, int low, int high)
{
	return (a < low && b < low) || (a > high && b > high);
}

static bool
cross(struct point a, struct point b, struct point c, struct point d)
{
	if (apart(a.x, b.x, c.x < d.x ? c.x : d.x, c.x < d.x ? d.x : c.x) ||
	    apart(a.y, b.y, c.y < d.y ? c.y : d.y, c.y < d.y ? d.y : c.y))
		return false;
	return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}

/* On which side of the line from a to b: -1, 0, 1. */
static int
side(struct point a, struct point b, struct point p)
{
	int64_t area = (int64_t)(b.x - a.x) * (p.y - a.y) - (int64_t)(b.y - a.y) * (p.x - a.x);

	return (area > 0) - (area < 0);
}
