/*
 * query_map_svg.c - the arranged map as SVG
 *
 * A line is straight where it can be, and bends where it would run through a tile. Its
 * label stands on it, where no tile and no other label is. Every text is escaped, although
 * names hold no character that would need it: the file is opened by browsers.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/query_map.h"

enum {
	MARGIN       = 24,
	HEAD         = 40, /* the line of text above */
	FOOT         = 56, /* the key below          */
	STEPS        = 32, /* points of a curve that are looked at */
	LETTER       = 6,  /* of a label              */
	LABEL_HEIGHT = 15,
	ARROW        = 10,
	KEY_ENTRY    = 150,
	KEY_ENTRIES  = 6,
};

struct point {
	int x, y;
};

/* A quadratic curve. */
struct curve {
	struct point a, control, b;
};

struct rectangle {
	int x, y, width, height;
};

struct drawing {
	const struct query_map *map;
	struct buffer          *out;
	struct curve           *curves; /* by link */
	struct rectangle       *labels; /* of the links so far */
	size_t                  label_count;
};

static const char style[] =
    "<style>\n"
    "text{font-family:\"DejaVu Sans\",Verdana,Arial,sans-serif;font-size:13px;fill:#1f2a36}\n"
    ".head{font-size:15px;font-weight:bold}\n"
    ".box{fill:#4a6b8a;fill-opacity:.07;stroke:#a9b8c6}\n"
    ".region{font-size:12px;fill:#55697c}\n"
    ".tile{fill:#fff;stroke:#3d5a75;stroke-width:1.5}\n"
    ".home{fill:#f6c453;stroke:#8a6200;stroke-width:2.5}\n"
    ".mentioned{fill:#f3f4f5;stroke:#9aa5af}\n"
    ".beyond{fill:#fff;stroke:#9aa5af;stroke-dasharray:2 3}\n"
    ".link{fill:none;stroke:#3d5a75;stroke-width:1.6}\n"
    ".dead{fill:none;stroke:#b0413e;stroke-width:1.4;stroke-dasharray:7 5}\n"
    ".pseudo{fill:none;stroke:#8593a0;stroke-width:1.4;stroke-dasharray:1.5 4}\n"
    ".arrow{fill:#3d5a75}\n"
    ".label{font-size:11px;text-anchor:middle}\n"
    ".paper{fill:#fff;fill-opacity:.85}\n"
    ".name{text-anchor:middle}\n"
    "</style>\n";

static void         print_head(const struct query_map *map, struct buffer *out);
static void         print_boxes(const struct query_map *map, const struct query_map_place *box,
                                struct buffer *out);
static void         print_tile(const struct query_map_place *tile, struct buffer *out);
static void         print_key(const struct query_map *map, struct buffer *out);
static struct curve choose_curve(const struct query_map *map, const struct query_map_link *link);
static unsigned     tiles_under(const struct query_map *map, const struct query_map_link *link,
                                const struct curve *curve);
static struct point curve_at(const struct curve *curve, int step);
static void         print_line(struct drawing *drawing, size_t at);
static void         print_arrow(const struct query_map_place *tile, const struct curve *curve,
                                struct buffer *out);
static void         print_label(struct drawing *drawing, size_t at);
static unsigned     label_lines(const struct query_map_link *link, const struct curve *curve,
                                struct buffer lines[2]);
static struct rectangle choose_label(const struct drawing *drawing, const struct curve *curve,
                                     int width, int height);
static bool             label_is_free(const struct drawing *drawing, struct rectangle label);
static bool             overlap(struct rectangle a, struct rectangle b);
static struct rectangle rectangle_of(const struct query_map_place *place, int more);
static bool             is_inside(struct point point, struct rectangle rectangle);
static struct point     center(const struct query_map_place *place);
static int              square_root(int64_t value);
static void             append_escaped(const char *text, struct buffer *out);

void
query_map_svg(const struct query_map *map, struct buffer *out)
{
	struct drawing drawing = { .map = map, .out = out };

	drawing.curves = memory_new(map->link_count, sizeof(drawing.curves[0]));
	drawing.labels = memory_new(map->link_count, sizeof(drawing.labels[0]));
	print_head(map, out);
	print_boxes(map, &map->places[0], out);
	for (size_t i = 0; i < map->link_count; i++) {
		drawing.curves[i] = choose_curve(map, &map->links[i]);
		print_line(&drawing, i);
	}
	for (size_t i = 1; i < map->place_count; i++)
		if (map->places[i].kind != QUERY_MAP_BOX)
			print_tile(&map->places[i], out);
	for (size_t i = 0; i < map->link_count; i++)
		if (!map->links[i].pseudolink)
			print_label(&drawing, i);
	buffer_append_text(out, "</g>\n");
	print_key(map, out);
	buffer_append_text(out, "</svg>\n");
	free(drawing.curves);
	free(drawing.labels);
}

static void
print_head(const struct query_map *map, struct buffer *out)
{
	const struct query_map_place *world = &map->places[0];
	const char                   *home  = "";
	int                           width = world->width + 2 * MARGIN;
	int                           least = KEY_ENTRIES * KEY_ENTRY + 2 * MARGIN;
	size_t                        links = 0;

	for (size_t i = 1; i < map->place_count; i++)
		if (map->places[i].kind == QUERY_MAP_HOME)
			home = map->places[i].name;
	for (size_t i = 0; i < map->link_count; i++)
		links += !map->links[i].pseudolink;
	if (width < least)
		width = least;
	buffer_append_format(out,
	                     "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
	                     "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n%s",
	                     width, world->height + HEAD + FOOT, width, world->height + HEAD + FOOT,
	                     style);
	buffer_append_text(out, "<title>");
	append_escaped(home, out);
	buffer_append_text(out, "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	buffer_append_format(out, "<text class=\"head\" x=\"%d\" y=\"28\">", MARGIN);
	append_escaped(home, out);
	buffer_append_format(out,
	                     " knows %zu node%s, and links between %zu pair%s</text>\n"
	                     "<g transform=\"translate(%d %d)\">\n",
	                     map->node_count, map->node_count == 1 ? "" : "s", links,
	                     links == 1 ? "" : "s", (width - world->width) / 2, HEAD);
}

/* The boxes inside a box, each before those inside it. */
static void
print_boxes(const struct query_map *map, const struct query_map_place *box, struct buffer *out)
{
	for (uint32_t i = 0; i < box->count; i++) {
		const struct query_map_place *inner = &map->places[map->members[box->first + i]];

		if (inner->kind != QUERY_MAP_BOX)
			continue;
		buffer_append_format(out,
		                     "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
		                     "height=\"%d\" rx=\"8\"/>\n<text class=\"region\" x=\"%d\" "
		                     "y=\"%d\">",
		                     inner->x, inner->y, inner->width, inner->height, inner->x + 12,
		                     inner->y + 20);
		append_escaped(inner->text, out);
		buffer_append_text(out, "</text>\n");
		print_boxes(map, inner, out);
	}
}

static void
print_tile(const struct query_map_place *tile, struct buffer *out)
{
	static const char *const classes[] = {
		[QUERY_MAP_BOX]       = "box",
		[QUERY_MAP_HOME]      = "tile home",
		[QUERY_MAP_NODE]      = "tile",
		[QUERY_MAP_MENTIONED] = "tile mentioned",
		[QUERY_MAP_BEYOND]    = "tile beyond",
	};

	buffer_append_text(out, "<g><title>");
	append_escaped(tile->name, out);
	buffer_append_format(out,
	                     "</title><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
	                     "height=\"%d\" rx=\"6\"/><text class=\"name\" x=\"%d\" y=\"%d\">",
	                     classes[tile->kind], tile->x, tile->y, tile->width, tile->height,
	                     center(tile).x, center(tile).y + 5);
	append_escaped(tile->text, out);
	buffer_append_text(out, "</text></g>\n");
}

/* What the signs mean. */
static void
print_key(const struct query_map *map, struct buffer *out)
{
	static const struct {
		const char *class;
		bool        tile;
		const char *text;
	} entries[KEY_ENTRIES] = {
		{ "tile home", true, "this node" },
		{ "tile", true, "its data is known" },
		{ "tile mentioned", true, "only mentioned" },
		{ "link", false, "delay, cost" },
		{ "dead", false, "dead link" },
		{ "pseudo", false, "by hearsay" },
	};
	int y = map->places[0].height + HEAD + 30;

	for (int i = 0; i < KEY_ENTRIES; i++) {
		int x = MARGIN + i * KEY_ENTRY;

		if (entries[i].tile)
			buffer_append_format(out,
			                     "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"24\" "
			                     "height=\"14\" rx=\"3\"/>",
			                     entries[i].class, x, y - 7);
		else
			buffer_append_format(out, "<path class=\"%s\" d=\"M%d %dh24\"/>",
			                     entries[i].class, x, y);
		buffer_append_format(out, "<text class=\"region\" x=\"%d\" y=\"%d\">%s</text>\n",
		                     x + 32, y + 4, entries[i].text);
	}
}

/* --- lines ----------------------------------------------------------------------------- */

/* The least bent of the curves under the fewest tiles. */
static struct curve
choose_curve(const struct query_map *map, const struct query_map_link *link)
{
	static const int bends[] = { 0, 1, -1, 2, -2, 3, -3 };
	struct point     a = center(&map->places[link->a]), b = center(&map->places[link->b]);
	struct curve     best   = { a, a, b };
	unsigned         fewest = 0;

	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++) {
		struct point control = { (a.x + b.x) / 2 + (a.y - b.y) * bends[i] / 5,
			                 (a.y + b.y) / 2 + (b.x - a.x) * bends[i] / 5 };
		struct curve curve   = { a, control, b };
		unsigned     tiles   = tiles_under(map, link, &curve);

		if (i == 0 || tiles < fewest) {
			best   = curve;
			fewest = tiles;
		}
	}
	return best;
}

static unsigned
tiles_under(const struct query_map *map, const struct query_map_link *link,
            const struct curve *curve)
{
	unsigned tiles = 0;

	for (uint32_t i = 1; i < map->place_count; i++) {
		struct rectangle rectangle = rectangle_of(&map->places[i], 5);
		bool             under     = false;

		if (map->places[i].kind == QUERY_MAP_BOX || i == link->a || i == link->b)
			continue;
		for (int step = 0; step <= STEPS && !under; step++)
			under = is_inside(curve_at(curve, step), rectangle);
		tiles += under;
	}
	return tiles;
}

static struct point
curve_at(const struct curve *curve, int step)
{
	int from = (STEPS - step) * (STEPS - step), to = step * step;
	int control = 2 * step * (STEPS - step);

	return (struct point){
		(curve->a.x * from + curve->control.x * control + curve->b.x * to) /
		    (STEPS * STEPS),
		(curve->a.y * from + curve->control.y * control + curve->b.y * to) /
		    (STEPS * STEPS),
	};
}

static void
print_line(struct drawing *drawing, size_t at)
{
	const struct query_map      *map   = drawing->map;
	const struct query_map_link *link  = &map->links[at];
	const struct curve          *curve = &drawing->curves[at];
	const struct curve           other = { curve->b, curve->control, curve->a };
	bool                         alive = (link->there.links > 0 && !link->there.dead) ||
	             (link->back.links > 0 && !link->back.dead);

	buffer_append_format(drawing->out, "<path class=\"%s\" d=\"M%d %dQ%d %d %d %d\"/>\n",
	                     link->pseudolink ? "pseudo"
	                     : alive          ? "link"
	                                      : "dead",
	                     curve->a.x, curve->a.y, curve->control.x, curve->control.y, curve->b.x,
	                     curve->b.y);
	if (link->pseudolink || link->back.links == 0)
		print_arrow(&map->places[link->b], curve, drawing->out);
	else if (link->there.links == 0)
		print_arrow(&map->places[link->a], &other, drawing->out);
}

/* Where the curve goes into the tile at its end. */
static void
print_arrow(const struct query_map_place *tile, const struct curve *curve, struct buffer *out)
{
	struct rectangle edge = rectangle_of(tile, 2);
	struct point     tip = curve->b, back = curve->control;
	int              step = STEPS;
	int              length;

	while (step > 0 && is_inside(tip, edge))
		tip = curve_at(curve, --step);
	if (step > 0)
		back = curve_at(curve, step - 1);
	back   = (struct point){ tip.x - back.x, tip.y - back.y };
	length = square_root((int64_t)back.x * back.x + (int64_t)back.y * back.y);
	if (length == 0)
		return;
	back.x = back.x * ARROW / length;
	back.y = back.y * ARROW / length;
	buffer_append_format(out, "<path class=\"arrow\" d=\"M%d %dL%d %dL%d %dZ\"/>\n", tip.x,
	                     tip.y, tip.x - back.x - back.y / 2, tip.y - back.y + back.x / 2,
	                     tip.x - back.x + back.y / 2, tip.y - back.y - back.x / 2);
}

/* --- labels ---------------------------------------------------------------------------- */

static void
print_label(struct drawing *drawing, size_t at)
{
	const struct query_map_link *link = &drawing->map->links[at];
	struct buffer                lines[2];
	unsigned                     count = label_lines(link, &drawing->curves[at], lines);
	size_t                       wide  = lines[0].length;
	struct rectangle             place;

	if (lines[1].length > wide)
		wide = lines[1].length;
	place = choose_label(drawing, &drawing->curves[at], (int)wide * LETTER + 8,
	                     (int)count * LABEL_HEIGHT);
	drawing->labels[drawing->label_count++] = place;
	buffer_append_format(drawing->out,
	                     "<rect class=\"paper\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	                     "rx=\"4\"/>\n",
	                     place.x, place.y, place.width, place.height);
	for (unsigned i = 0; i < count; i++) {
		buffer_append_format(drawing->out, "<text class=\"label\" x=\"%d\" y=\"%d\">",
		                     place.x + place.width / 2,
		                     place.y + (int)(i + 1) * LABEL_HEIGHT - 4);
		append_escaped(buffer_text(&lines[i]), drawing->out);
		buffer_append_text(drawing->out, "</text>\n");
	}
	buffer_release(&lines[0]);
	buffer_release(&lines[1]);
}

/* One line where both ways are the same, else one for each way with an arrow before it. */
static unsigned
label_lines(const struct query_map_link *link, const struct curve *curve, struct buffer lines[2])
{
	static const char *const arrows[] = { "→ ", "← ", "↓ ", "↑ " };
	int                      dx = curve->b.x - curve->a.x, dy = curve->b.y - curve->a.y;
	unsigned                 vertical = abs(dy) > abs(dx) ? 2 : 0;
	unsigned                 backward = vertical != 0 ? dy < 0 : dx < 0;
	unsigned                 count    = 0;

	buffer_init(&lines[0]);
	buffer_init(&lines[1]);
	if (query_map_symmetric(link)) {
		query_map_way_text(&link->there, &lines[0]);
		return 1;
	}
	if (link->there.links > 0) {
		buffer_append_text(&lines[count], arrows[vertical + backward]);
		query_map_way_text(&link->there, &lines[count++]);
	}
	if (link->back.links > 0) {
		buffer_append_text(&lines[count], arrows[vertical + !backward]);
		query_map_way_text(&link->back, &lines[count++]);
	}
	return count;
}

/* The free place nearest to the middle of the curve, else the middle. */
static struct rectangle
choose_label(const struct drawing *drawing, const struct curve *curve, int width, int height)
{
	struct rectangle middle = { 0 };

	for (int away = 0; away < STEPS / 2 - 2; away++)
		for (int sign = -1; sign <= 1; sign += 2) {
			struct point     point = curve_at(curve, STEPS / 2 + sign * away);
			struct rectangle label = { point.x - width / 2, point.y - height / 2, width,
				                   height };

			if (label_is_free(drawing, label))
				return label;
			if (away == 0)
				middle = label;
		}
	return middle;
}

static bool
label_is_free(const struct drawing *drawing, struct rectangle label)
{
	const struct query_map *map = drawing->map;

	for (size_t i = 0; i < drawing->label_count; i++)
		if (overlap(label, drawing->labels[i]))
			return false;
	for (size_t i = 1; i < map->place_count; i++)
		if (map->places[i].kind != QUERY_MAP_BOX &&
		    overlap(label, rectangle_of(&map->places[i], 2)))
			return false;
	return true;
}

/* --- geometry -------------------------------------------------------------------------- */

static bool
overlap(struct rectangle a, struct rectangle b)
{
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
	       b.y < a.y + a.height;
}

static struct rectangle
rectangle_of(const struct query_map_place *place, int more)
{
	return (struct rectangle){ place->x - more, place->y - more, place->width + 2 * more,
		                   place->height + 2 * more };
}

static bool
is_inside(struct point point, struct rectangle rectangle)
{
	return point.x >= rectangle.x && point.x < rectangle.x + rectangle.width &&
	       point.y >= rectangle.y && point.y < rectangle.y + rectangle.height;
}

static struct point
center(const struct query_map_place *place)
{
	return (struct point){ place->x + place->width / 2, place->y + place->height / 2 };
}

static int
square_root(int64_t value)
{
	int root = 0;

	while ((int64_t)(root + 1) * (root + 1) <= value)
		root++;
	return root;
}

static void
append_escaped(const char *text, struct buffer *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			buffer_append_text(out, "&amp;");
		else if (*text == '<')
			buffer_append_text(out, "&lt;");
		else if (*text == '>')
			buffer_append_text(out, "&gt;");
		else if (*text == '"')
			buffer_append_text(out, "&quot;");
		else
			buffer_append(out, text, 1);
	}
}
