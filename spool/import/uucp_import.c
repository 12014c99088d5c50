/*
 * uucp_import.c - systems become links: names, hours, and what could not be carried over
 *
 * How a system is reached, uucp_transport.c says.
 */
#include "spool/import/uucp_import.h"

#include <string.h>

#include "spool/import/uucp_set.h"
#include "spool/import/uucp_time.h"

static enum status parse(struct uucp_set *set, const struct uucp_file *files,
                         struct diagnostic *diagnostic);
static enum status print(struct uucp_set *set, struct buffer *out, struct diagnostic *diagnostic);
static enum status print_link(struct uucp_set *set, size_t system, struct buffer *schedules,
                              struct buffer *out, struct diagnostic *diagnostic);
static enum status print_hours(struct uucp_set *set, size_t system, struct buffer *schedules,
                               struct buffer *out, struct diagnostic *diagnostic);
static void        print_foreign(const char *site, struct buffer *out);
static void print_rest(struct uucp_set *set, size_t system, const char *indent, struct buffer *out);
static bool is_carried(const char *keyword);

enum status
uucp_import(const struct uucp_file files[UUCP_FILE_COUNT], const struct uucp_import_wish *wish,
            struct buffer *out, struct diagnostic *diagnostic)
{
	struct uucp_set set = { .wish = wish };
	enum status     status;

	arena_init(&set.arena);
	uucp_sections_init(&set.config);
	uucp_sections_init(&set.systems);
	uucp_sections_init(&set.ports);
	uucp_sections_init(&set.dialers);
	status = parse(&set, files, diagnostic);
	if (status == STATUS_OK)
		status = print(&set, out, diagnostic);
	uucp_sections_release(&set.config);
	uucp_sections_release(&set.systems);
	uucp_sections_release(&set.ports);
	uucp_sections_release(&set.dialers);
	arena_release(&set.arena);
	return status;
}

static enum status
parse(struct uucp_set *set, const struct uucp_file *files, struct diagnostic *diagnostic)
{
	static const char *const keywords[] = { " ", "system", "port", "dialer" };
	struct uucp_sections    *sections[] = { &set->config, &set->systems, &set->ports,
		                                &set->dialers };
	enum status              status     = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < sizeof(sections) / sizeof(sections[0]); i++)
		if (files[i].path != NULL)
			status = uucp_sections_parse(sections[i], files[i].path, files[i].text,
			                             keywords[i], &set->arena, diagnostic);
	set->call = files[UUCP_CALL];
	return status;
}

static enum status
print(struct uucp_set *set, struct buffer *out, struct diagnostic *diagnostic)
{
	const struct import_line *own = uucp_section_find(&set->config, 0, "nodename", "hostname");
	struct buffer             name, schedules, links;
	enum status               status = STATUS_OK;

	buffer_init(&name);
	buffer_init(&schedules);
	buffer_init(&links);
	if (own == NULL)
		own = uucp_section_find(&set->config, 0, "uuname", NULL);
	if (set->wish->node != NULL)
		buffer_append_text(&name, set->wish->node);
	else if (own != NULL && !import_name(own->words[1].text, set->wish->region, &name))
		status = import_wrong(diagnostic, set->config.path, &own->words[1],
		                      "\"%s\" cannot be the name of a node", own->words[1].text);
	if (status == STATUS_OK && name.length == 0) {
		diagnostic_set(diagnostic, "no file says what this node is called");
		status = STATUS_NOT_FOUND;
	}
	for (size_t i = 1; status == STATUS_OK && i < set->systems.count; i++)
		if (!set->systems.items[i].alternate)
			status = print_link(set, i, &schedules, &links, diagnostic);
	if (status == STATUS_OK) {
		buffer_append_format(out, "node %s {\n", buffer_text(&name));
		if (set->wish->foreign)
			buffer_append_text(out, "    submit by uucp\n");
		print_rest(set, 0, "    ", out);
		buffer_append_span(out, buffer_span(&schedules));
		buffer_append_span(out, buffer_span(&links));
		buffer_append_text(out, "}\n");
	}
	buffer_release(&name);
	buffer_release(&schedules);
	buffer_release(&links);
	return status;
}

static enum status
print_link(struct uucp_set *set, size_t system, struct buffer *schedules, struct buffer *out,
           struct diagnostic *diagnostic)
{
	const struct uucp_section *section = &set->systems.items[system];
	enum status                status  = STATUS_OK;
	size_t                     first   = uucp_sections_find(&set->systems, section->name.text);

	if (first != system)
		return import_wrong(diagnostic, set->systems.path, &section->name,
		                    "%s is described already, in line %u", section->name.text,
		                    set->systems.items[first].name.line);
	buffer_append_text(out, "    link ");
	if (strlen(section->name.text) > IMPORT_NAME_MAX ||
	    !import_name(section->name.text, set->wish->region, out))
		return import_wrong(diagnostic, set->systems.path, &section->name,
		                    "\"%s\" cannot be the name of a node", section->name.text);
	buffer_append_format(out, " {\n        # %s:%u\n", set->systems.path, section->name.line);
	status = print_hours(set, system, schedules, out, diagnostic);
	if (set->wish->foreign)
		print_foreign(section->name.text, out);
	for (size_t way = system; status == STATUS_OK && way < set->systems.count &&
	                          (way == system || set->systems.items[way].alternate);
	     way++) {
		if (!set->wish->foreign)
			status = uucp_transport_print(set, way, out, diagnostic);
		if (status == STATUS_OK)
			print_rest(set, way, "        ", out);
	}
	buffer_append_text(out, "    }\n");
	return status;
}

/* UUCP's own program calls a foreign neighbor, and keeps to the hours. */
static enum status
print_hours(struct uucp_set *set, size_t system, struct buffer *schedules, struct buffer *out,
            struct diagnostic *diagnostic)
{
	const char               *name = set->systems.items[system].name.text;
	struct buffer             windows;
	const struct import_line *last   = NULL;
	enum uucp_time_kind       kind   = UUCP_TIME_NEVER, one;
	enum status               status = STATUS_OK;
	bool                      any = false, said = false;

	buffer_init(&windows);
	for (size_t way = system; status == STATUS_OK && way < set->systems.count &&
	                          (way == system || set->systems.items[way].alternate);
	     way++) {
		const struct import_line *time =
		    uucp_section_find(&set->systems, way, "time", NULL);

		if (time == NULL || time == last)
			continue;
		last   = time;
		status = uucp_time_convert(set->systems.path, &time->words[1], &windows, &one,
		                           diagnostic);
		said   = true;
		any    = any || one == UUCP_TIME_ANY;
		kind   = one == UUCP_TIME_NEVER ? kind : one;
	}
	if (status == STATUS_OK && !set->wish->foreign && !any) {
		if (kind == UUCP_TIME_WINDOWS) {
			buffer_append_format(schedules, "    schedule hours-of-%s {\n", name);
			for (const char *at = buffer_text(&windows); *at != '\0';
			     at             = strchr(at, '\n') + 1)
                                buffer_append_format(schedules, "        %.*s\n",
				                                 (int)strcspn(at, "\n"), at);
			buffer_append_text(schedules, "    }\n");
			buffer_append_format(out, "        schedule hours-of-%s\n", name);
		} else {
			buffer_append_format(out, "        call never%s\n",
			                     said ? "" : " # no time is stated");
		}
	}
	buffer_release(&windows);
	return status;
}

static void
print_foreign(const char *site, struct buffer *out)
{
	buffer_append_text(out, "        foreign\n        transport command "
	                        "\"/usr/lib/mulga/to-uucp\" \"--site\" ");
	import_quote(site, out);
	buffer_append_text(out, " \"%n\"\n");
}

static void
print_rest(struct uucp_set *set, size_t system, const char *indent, struct buffer *out)
{
	const struct uucp_section *section = &set->systems.items[system];

	for (size_t i = 0; i < section->count; i++)
		if (!is_carried(section->lines[i].words[0].text))
			uucp_set_left(set->systems.path, &section->lines[i], indent, out);
}

static bool
is_carried(const char *keyword)
{
	static const char *const carried[] = { "time",          "phone",      "address",
		                               "port",          "speed",      "baud",
		                               "chat",          "call-login", "chat-timeout",
		                               "call-password", "chat-fail" };

	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++)
		if (import_text_is(keyword, carried[i]))
			return true; /* to a foreign link they are UUCP's own affair */
	return false;
}

void
uucp_set_left(const char *path, const struct import_line *line, const char *indent,
              struct buffer *out)
{
	struct import_word hidden[2] = { line->words[0], { "...", 0, 0 } };
	bool               secret    = import_text_is(line->words[0].text, "call-password") ||
	              import_text_is(line->words[0].text, "chat");

	import_left(path, secret ? hidden : line->words, secret ? 2 : line->count, indent, out);
}
