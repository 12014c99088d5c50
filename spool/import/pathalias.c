/*
 * pathalias.c - hosts and links are gathered, then printed with both ends in mind
 */
#include "spool/import/pathalias.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/import/pathalias_scan.h"
#include "spool/name/name.h"

struct host {
	const char *name, *full; /* full: an alias with dots, or NULL */
	const char *node;        /* as it is printed; NULL: it cannot be a node */
	const char *path;
	unsigned    line;
};

struct link {
	size_t   from, to;
	uint32_t cost;
};

struct pathalias {
	struct arena  arena;
	struct host  *hosts;
	size_t        host_count, host_capacity;
	struct link  *links;
	size_t        link_count, link_capacity;
	size_t       *table; /* by name, also aliases: entry + 1; 0 = free */
	size_t        table_size;
	const char  **entry_names;
	size_t       *entry_hosts;
	size_t        entry_count, entry_name_capacity, entry_host_capacity;
	struct buffer left; /* comments */
};

struct reader_of_map {
	struct pathalias        *maps;
	struct pathalias_scanner scanner;
	struct pathalias_token   token;
};

static enum status        statement(struct reader_of_map *map);
static enum status        host_links(struct reader_of_map *map, const struct import_word *name);
static enum status        one_link(struct reader_of_map *map, const struct import_word *from);
static enum status        aliases(struct reader_of_map *map, const struct import_word *name);
static enum status        leave(struct reader_of_map *map, const struct import_word *word);
static enum status        expected(struct reader_of_map *map, const char *what);
static void               next(struct reader_of_map *map);
static size_t             host_get(struct reader_of_map *map, const struct import_word *word);
static size_t            *entry_find(struct pathalias *maps, const char *name);
static void               entry_add(struct pathalias *maps, const char *name, size_t host);
static void               name_nodes(struct pathalias *maps, const char *region);
static void               keep_cheapest(struct pathalias *maps);
static const struct link *find_link(const struct pathalias *maps, size_t from, size_t to);
static void print_links(const struct pathalias *maps, size_t *at, size_t host, struct buffer *out);
static int  compare_links(const void *left, const void *right);

struct pathalias *
pathalias_new(void)
{
	struct pathalias *maps = memory_new(1, sizeof(*maps));

	arena_init(&maps->arena);
	buffer_init(&maps->left);
	maps->table_size = 64;
	maps->table      = memory_new(maps->table_size, sizeof(maps->table[0]));
	return maps;
}

void
pathalias_free(struct pathalias *maps)
{
	arena_release(&maps->arena);
	buffer_release(&maps->left);
	free(maps->hosts);
	free(maps->links);
	free(maps->table);
	free(maps->entry_names);
	free(maps->entry_hosts);
	free(maps);
}

enum status
pathalias_read(struct pathalias *maps, const char *path, struct span text,
               struct diagnostic *diagnostic)
{
	struct reader_of_map map    = { .maps = maps };
	enum status          status = STATUS_OK;

	map.scanner = (struct pathalias_scanner){ .path       = arena_text(&maps->arena, path),
		                                  .rest       = text,
		                                  .line       = 1,
		                                  .column     = 1,
		                                  .arena      = &maps->arena,
		                                  .diagnostic = diagnostic };
	next(&map);
	while (status == STATUS_OK && map.token.kind != PATHALIAS_END)
		if (map.token.kind == PATHALIAS_LINE)
			next(&map);
		else
			status = statement(&map);
	return status;
}

static void
next(struct reader_of_map *map)
{
	pathalias_scan(&map->scanner, &map->token);
}

static enum status
statement(struct reader_of_map *map)
{
	static const char *const left[] = { "private", "dead",    "adjust",   "delete",
		                            "file",    "gateway", "gatewayed" };
	struct import_word       name   = map->token.word;

	if (map->token.kind != PATHALIAS_NAME)
		return expected(map, "the name of a host");
	next(map);
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (strcmp(name.text, left[i]) == 0 && map->token.kind == PATHALIAS_SIGN &&
		    map->token.sign == '{')
			return leave(map, &name);
	if (map->token.kind == PATHALIAS_SIGN && map->token.sign == '=') {
		next(map);
		return aliases(map, &name);
	}
	return host_links(map, &name);
}

static enum status
host_links(struct reader_of_map *map, const struct import_word *name)
{
	enum status status = STATUS_OK;

	if (name->text[0] == '.') /* a domain is no node */
		return leave(map, name);
	host_get(map, name);
	while (status == STATUS_OK && map->token.kind != PATHALIAS_LINE &&
	       map->token.kind != PATHALIAS_END) {
		status = one_link(map, name);
		if (status == STATUS_OK && map->token.kind == PATHALIAS_SIGN &&
		    map->token.sign == ',')
			next(map);
		else if (status == STATUS_OK && map->token.kind != PATHALIAS_LINE &&
		         map->token.kind != PATHALIAS_END)
			status = expected(map, "a comma");
	}
	return status;
}

/* [op] NAME [op] [(COST)] */
static enum status
one_link(struct reader_of_map *map, const struct import_word *from)
{
	struct import_word to;
	int64_t            cost = PATHALIAS_COST_DEFAULT;
	struct pathalias  *maps = map->maps;

	if (map->token.kind == PATHALIAS_SIGN && strchr("@!:%", map->token.sign) != NULL)
		next(map);
	if (map->token.kind != PATHALIAS_NAME)
		return expected(map, "the name of a neighbor");
	to = map->token.word;
	next(map);
	if (map->token.kind == PATHALIAS_SIGN && strchr("@!:%", map->token.sign) != NULL)
		next(map);
	if (map->token.kind == PATHALIAS_COST) {
		cost = map->token.cost > 0 ? map->token.cost : 0;
		next(map);
	}
	if (to.text[0] == '.' || cost >= PATHALIAS_COST_DEAD) {
		struct import_word words[] = { *from, to };

		words[0].line = to.line;
		import_left(map->scanner.path, words, 2, "", &maps->left);
		return STATUS_OK;
	}
	maps->links = memory_grow(maps->links, &maps->link_capacity, maps->link_count + 1,
	                          sizeof(maps->links[0]));
	maps->links[maps->link_count]      = (struct link){ .cost = (uint32_t)cost };
	maps->links[maps->link_count].from = host_get(map, from);
	maps->links[maps->link_count].to   = host_get(map, &to);
	maps->link_count++;
	return STATUS_OK;
}

/* NAME = ALIAS, ALIAS; a net, NAME = {...}, is left. */
static enum status
aliases(struct reader_of_map *map, const struct import_word *name)
{
	size_t host;

	if (map->token.kind == PATHALIAS_SIGN)
		return leave(map, name);
	host = host_get(map, name);
	for (;;) {
		if (map->token.kind != PATHALIAS_NAME)
			return expected(map, "an alias");
		if (*entry_find(map->maps, map->token.word.text) == 0)
			entry_add(map->maps, map->token.word.text, host);
		if (strchr(map->token.word.text, '.') != NULL && map->token.word.text[0] != '.' &&
		    map->maps->hosts[host].full == NULL)
			map->maps->hosts[host].full = map->token.word.text;
		next(map);
		if (map->token.kind == PATHALIAS_LINE || map->token.kind == PATHALIAS_END)
			return STATUS_OK;
		if (map->token.kind != PATHALIAS_SIGN || map->token.sign != ',')
			return expected(map, "a comma");
		next(map);
	}
}

/* To the end of the statement. */
static enum status
leave(struct reader_of_map *map, const struct import_word *word)
{
	import_left(map->scanner.path, word, 1, "", &map->maps->left);
	while (map->token.kind != PATHALIAS_LINE && map->token.kind != PATHALIAS_END) {
		if (map->token.kind == PATHALIAS_WRONG)
			return STATUS_INVALID;
		next(map);
	}
	return STATUS_OK;
}

static enum status
expected(struct reader_of_map *map, const char *what)
{
	if (map->token.kind == PATHALIAS_WRONG)
		return STATUS_INVALID;
	if (map->token.kind == PATHALIAS_LINE || map->token.kind == PATHALIAS_END)
		map->token.word =
		    (struct import_word){ "", map->scanner.line, map->scanner.column };
	return import_wrong(map->scanner.diagnostic, map->scanner.path, &map->token.word,
	                    "%s is expected here", what);
}

static size_t
host_get(struct reader_of_map *map, const struct import_word *word)
{
	struct pathalias *maps  = map->maps;
	size_t            entry = *entry_find(maps, word->text);

	if (entry > 0)
		return maps->entry_hosts[entry - 1];
	maps->hosts = memory_grow(maps->hosts, &maps->host_capacity, maps->host_count + 1,
	                          sizeof(maps->hosts[0]));
	maps->hosts[maps->host_count] =
	    (struct host){ .name = word->text, .path = map->scanner.path, .line = word->line };
	entry_add(maps, word->text, maps->host_count);
	return maps->host_count++;
}

/* --- by name: open addressing, FNV ------------------------------------------------------------ */

static size_t *
entry_find(struct pathalias *maps, const char *name)
{
	size_t hash = 2166136261U;

	for (const char *c = name; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619U;
	for (;; hash++) {
		size_t *place = &maps->table[hash & (maps->table_size - 1)];

		if (*place == 0 || strcmp(maps->entry_names[*place - 1], name) == 0)
			return place;
	}
}

static void
entry_add(struct pathalias *maps, const char *name, size_t host)
{
	maps->entry_names = memory_grow(maps->entry_names, &maps->entry_name_capacity,
	                                maps->entry_count + 1, sizeof(maps->entry_names[0]));
	maps->entry_hosts = memory_grow(maps->entry_hosts, &maps->entry_host_capacity,
	                                maps->entry_count + 1, sizeof(maps->entry_hosts[0]));
	maps->entry_names[maps->entry_count] = name;
	maps->entry_hosts[maps->entry_count] = host;
	*entry_find(maps, name)              = ++maps->entry_count;
	if (maps->entry_count * 2 < maps->table_size)
		return;
	free(maps->table);
	maps->table_size *= 2;
	maps->table = memory_new(maps->table_size, sizeof(maps->table[0]));
	for (size_t i = 0; i < maps->entry_count; i++)
		*entry_find(maps, maps->entry_names[i]) = i + 1;
}

/* --- out ------------------------------------------------------------------------------------------ */

void
pathalias_print(struct pathalias *maps, const char *region, struct buffer *out)
{
	size_t *inbound = memory_new(maps->link_count + 1, sizeof(inbound[0]));
	size_t *begins  = memory_new(maps->host_count + 2, sizeof(begins[0]));
	size_t  at      = 0;

	name_nodes(maps, region);
	keep_cheapest(maps);
	buffer_append_span(out, buffer_span(&maps->left));
	for (size_t i = 0; i < maps->link_count;
	     i++) /* counted, summed, placed: by their far ends */
		begins[maps->links[i].to + 1]++;
	for (size_t i = 0; i < maps->host_count; i++)
		begins[i + 1] += begins[i];
	for (size_t i = 0; i < maps->link_count; i++)
		inbound[begins[maps->links[i].to]++] = i;
	for (size_t i = maps->host_count; i > 0; i--)
		begins[i] = begins[i - 1];
	begins[0] = 0;
	for (size_t i = 0; i < maps->host_count; i++) {
		const struct host *host = &maps->hosts[i];

		if (host->node == NULL)
			continue;
		buffer_append_format(out, "node %s { # %s:%u\n", host->node, host->path,
		                     host->line);
		print_links(maps, &at, i, out);
		for (size_t j = begins[i]; j < begins[i + 1]; j++) {
			size_t from = maps->links[inbound[j]].from;

			if (maps->hosts[from].node != NULL && find_link(maps, i, from) == NULL)
				buffer_append_format(out, "    link %s { one-way in }\n",
				                     maps->hosts[from].node);
		}
		buffer_append_text(out, "}\n");
	}
	free(inbound);
	free(begins);
}

/* Those that go out; links are sorted by where they begin, *at is the first of this host or later. */
static void
print_links(const struct pathalias *maps, size_t *at, size_t host, struct buffer *out)
{
	while (*at < maps->link_count && maps->links[*at].from < host)
		++*at;
	for (size_t i = *at; i < maps->link_count && maps->links[i].from == host; i++) {
		const struct link *link = &maps->links[i];
		bool               back = find_link(maps, link->to, host) != NULL;

		if (maps->hosts[link->to].node != NULL)
			buffer_append_format(out, "    link %s { %scost %u }\n",
			                     maps->hosts[link->to].node,
			                     back ? "" : "one-way out; ", (unsigned)link->cost);
	}
}

/* A host that cannot be a node, or would be another one, is left, and its links with it. */
static void
name_nodes(struct pathalias *maps, const char *region)
{
	struct pathalias *taken = pathalias_new();
	struct buffer     text;

	buffer_init(&text);
	for (size_t i = 0; i < maps->host_count; i++) {
		struct host       *host = &maps->hosts[i];
		struct import_word word = { host->name, host->line, 0 };

		buffer_clear(&text);
		if (import_name(host->full != NULL ? host->full : host->name, region, &text) &&
		    *entry_find(taken, buffer_text(&text)) == 0) {
			host->node = arena_text(&maps->arena, buffer_text(&text));
			entry_add(taken, host->node, i);
		} else {
			import_left(host->path, &word, 1, "", &maps->left);
		}
	}
	buffer_release(&text);
	pathalias_free(taken);
}

/* Of several links between the same two, the one of the least cost; none of a host to itself. */
static void
keep_cheapest(struct pathalias *maps)
{
	size_t kept = 0;

	if (maps->link_count > 0)
		qsort(maps->links, maps->link_count, sizeof(maps->links[0]), compare_links);
	for (size_t i = 0; i < maps->link_count; i++) {
		const struct link *link = &maps->links[i];

		if (link->from == link->to ||
		    (kept > 0 && maps->links[kept - 1].from == link->from &&
		     maps->links[kept - 1].to == link->to))
			continue;
		maps->links[kept++] = *link;
	}
	maps->link_count = kept;
}

static const struct link *
find_link(const struct pathalias *maps, size_t from, size_t to)
{
	size_t low = 0, high = maps->link_count;

	while (low < high) {
		size_t             middle = low + (high - low) / 2;
		const struct link *link   = &maps->links[middle];

		if (link->from == from && link->to == to)
			return link;
		if (link->from < from || (link->from == from && link->to < to))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int
compare_links(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->cost < b->cost ? -1 : a->cost > b->cost;
}
