/*
 * uucp_section.c - lines gathered under the names that they belong to
 */
#include "spool/import/uucp_section.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static struct uucp_section *section_new(struct uucp_sections *sections);
static void add_line(struct uucp_section *section, const struct import_line *line, size_t *capacity,
                     struct arena *arena);
static const struct import_line *find_in(const struct uucp_section *section, const char *keyword,
                                         const char *other);

void
uucp_sections_init(struct uucp_sections *sections)
{
	*sections = (struct uucp_sections){ .path = "" };
	section_new(sections);
}

void
uucp_sections_release(struct uucp_sections *sections)
{
	free(sections->items);
	*sections = (struct uucp_sections){ .path = "" };
}

enum status
uucp_sections_parse(struct uucp_sections *sections, const char *path, struct span text,
                    const char *keyword, struct arena *arena, struct diagnostic *diagnostic)
{
	struct import_source source;
	struct import_line   line;
	enum status          status;
	size_t               capacity = 0;

	sections->path = path;
	import_source_init(&source, path, text);
	while ((status = import_line_next(&source, arena, &line, diagnostic)) == STATUS_OK) {
		bool begins    = import_text_is(line.words[0].text, keyword);
		bool alternate = import_text_is(line.words[0].text, "alternate");

		if (begins && line.count != 2)
			return import_wrong(diagnostic, path, &line.words[0], "a %s has one name",
			                    keyword);
		if (alternate && sections->count == 1)
			return import_wrong(diagnostic, path, &line.words[0],
			                    "an alternate before any %s", keyword);
		if (!begins && !alternate && line.count == 1)
			return import_wrong(diagnostic, path, &line.words[0],
			                    "nothing is said of \"%s\"", line.words[0].text);
		if (!begins && !alternate) {
			add_line(&sections->items[sections->count - 1], &line, &capacity, arena);
			continue;
		}
		capacity               = 0;
		*section_new(sections) = (struct uucp_section){ .name = line.words[begins ? 1 : 0],
			                                        .alternate = alternate };
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static struct uucp_section *
section_new(struct uucp_sections *sections)
{
	sections->items = memory_grow(sections->items, &sections->capacity, sections->count + 1,
	                              sizeof(sections->items[0]));
	sections->items[sections->count] = (struct uucp_section){ .name = { "", 0, 0 } };
	return &sections->items[sections->count++];
}

static void
add_line(struct uucp_section *section, const struct import_line *line, size_t *capacity,
         struct arena *arena)
{
	if (section->count == *capacity) {
		size_t              more  = *capacity == 0 ? 8 : 2 * *capacity;
		struct import_line *lines = arena_new(arena, more, sizeof(lines[0]));

		if (section->count > 0)
			memcpy(lines, section->lines, section->count * sizeof(lines[0]));
		section->lines = lines;
		*capacity      = more;
	}
	section->lines[section->count++] = *line;
}

const struct import_line *
uucp_section_find(const struct uucp_sections *sections, size_t section, const char *keyword,
                  const char *other)
{
	const struct import_line *found = find_in(&sections->items[section], keyword, other);

	if (found == NULL && sections->items[section].alternate) {
		while (sections->items[section].alternate)
			section--;
		found = find_in(&sections->items[section], keyword, other);
	}
	return found != NULL || section == 0 ? found : find_in(&sections->items[0], keyword, other);
}

static const struct import_line *
find_in(const struct uucp_section *section, const char *keyword, const char *other)
{
	for (size_t i = section->count; i > 0; i--) {
		const char *word = section->lines[i - 1].words[0].text;

		if (import_text_is(word, keyword) || (other != NULL && import_text_is(word, other)))
			return &section->lines[i - 1];
	}
	return NULL;
}

size_t
uucp_sections_find(const struct uucp_sections *sections, const char *name)
{
	for (size_t i = 1; i < sections->count; i++)
		if (!sections->items[i].alternate &&
		    strcmp(sections->items[i].name.text, name) == 0)
			return i;
	return 0;
}
