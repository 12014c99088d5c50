/*
 * uucp_transport.c - one way to a system: its port, its phone, the dialogues
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/import/uucp_chat.h"
#include "spool/import/uucp_set.h"

#define MULGA_PORT "4242"

/* What is carried over of a port and of a dialer; NULL at the end. */
static const char *const port_words[]   = { "type", "device", "speed", "baud", "dialer", NULL };
static const char *const dialer_words[] = { "chat", "chat-timeout", "chat-fail", "complete", NULL };

static enum status find_port(const struct uucp_set *set, size_t system, size_t *port,
                             struct diagnostic *diagnostic);
static enum status print_tcp(const struct uucp_set *set, size_t system, struct buffer *out,
                             struct diagnostic *diagnostic);
static enum status print_serial(struct uucp_set *set, size_t system, size_t port, bool modem,
                                struct buffer *out, struct diagnostic *diagnostic);
static void        print_command(const struct import_line *command, struct buffer *out);
static enum status print_speed(const struct uucp_set *set, size_t system, size_t port,
                               struct buffer *out, struct diagnostic *diagnostic);
static void        print_phone(const struct import_word *phone, struct buffer *out);
static enum status print_dial(struct uucp_set *set, size_t port, bool phone, struct buffer *out,
                              struct diagnostic *diagnostic);
static enum status print_login(struct uucp_set *set, size_t system, struct buffer *out,
                               struct diagnostic *diagnostic);
static enum status print_frame(const struct uucp_sections *sections, size_t section,
                               struct buffer *out, struct diagnostic *diagnostic);
static enum status login_of(struct uucp_set *set, size_t system, const char **login,
                            struct diagnostic *diagnostic);
static void        print_left(const struct uucp_sections *sections, size_t section,
                              const char *const *carried, struct buffer *out);
static bool        parse_number(const char *text, unsigned long most, unsigned long *number);

enum status
uucp_transport_print(struct uucp_set *set, size_t system, struct buffer *out,
                     struct diagnostic *diagnostic)
{
	const struct import_line *line;
	const char               *type;
	size_t                    port;
	enum status               status = find_port(set, system, &port, diagnostic);

	if (status != STATUS_OK)
		return status;
	line = port > 0 ? uucp_section_find(&set->ports, port, "type", NULL) : NULL;
	type = line != NULL ? line->words[1].text : "modem";
	if (port == 0 && uucp_section_find(&set->systems, system, "address", NULL) == NULL) {
		buffer_append_text(out,
		                   "        # no port and no address is stated: no transport\n");
		return STATUS_OK;
	}
	if (port == 0 || import_text_is(type, "tcp"))
		return print_tcp(set, system, out, diagnostic);
	if (import_text_is(type, "modem") || import_text_is(type, "direct"))
		return print_serial(set, system, port, import_text_is(type, "modem"), out,
		                    diagnostic);
	if (import_text_is(type, "pipe")) {
		const struct import_line *command =
		    uucp_section_find(&set->ports, port, "command", NULL);

		if (command != NULL) {
			print_command(command, out);
			return STATUS_OK;
		}
	}
	if (import_text_is(type, "stdin") || import_text_is(type, "pipe") ||
	    import_text_is(type, "tli")) {
		buffer_append_format(out, "        # %s:%u: not carried over: a port of type %s\n",
		                     set->ports.path, set->ports.items[port].name.line, type);
		return STATUS_OK;
	}
	return import_wrong(diagnostic, set->ports.path, &line->words[1],
	                    "there is no type of ports \"%s\"", type);
}

/* The one that is named; else, where there is a phone, the first with a modem. 0: none. */
static enum status
find_port(const struct uucp_set *set, size_t system, size_t *port, struct diagnostic *diagnostic)
{
	const struct import_line *line = uucp_section_find(&set->systems, system, "port", NULL);

	*port = 0;
	if (line != NULL) {
		*port = uucp_sections_find(&set->ports, line->words[1].text);
		if (*port > 0 || import_text_is(line->words[1].text, "TCP"))
			return STATUS_OK;
		return import_wrong(diagnostic, set->systems.path, &line->words[1],
		                    "no port is called \"%s\"", line->words[1].text);
	}
	if (uucp_section_find(&set->systems, system, "phone", NULL) == NULL)
		return STATUS_OK;
	for (size_t i = set->ports.count; i > 1; i--) {
		const struct import_line *type =
		    uucp_section_find(&set->ports, i - 1, "type", NULL);

		if (type == NULL || import_text_is(type->words[1].text, "modem"))
			*port = i - 1;
	}
	return STATUS_OK;
}

/* What listens at UUCP's port there is UUCP: mulga has one of its own. */
static enum status
print_tcp(const struct uucp_set *set, size_t system, struct buffer *out,
          struct diagnostic *diagnostic)
{
	const struct import_line *chat = uucp_section_find(&set->systems, system, "chat", NULL);
	const struct import_line *address =
	    uucp_section_find(&set->systems, system, "address", NULL);
	struct buffer text;

	if (address == NULL)
		return import_wrong(diagnostic, set->systems.path, &set->systems.items[system].name,
		                    "no address is stated for a port of type tcp");
	if (strpbrk(address->words[1].text, "\"\\/@ ") != NULL ||
	    strlen(address->words[1].text) > 200)
		return import_wrong(diagnostic, set->systems.path, &address->words[1],
		                    "\"%s\" is no address", address->words[1].text);
	buffer_init(&text);
	buffer_append_format(&text,
	                     strchr(address->words[1].text, ':') != NULL ? "[%s]:" MULGA_PORT
	                                                                 : "%s:" MULGA_PORT,
	                     address->words[1].text);
	buffer_append_text(out, "        transport tcp ");
	import_quote(buffer_text(&text), out);
	buffer_append_text(out, " # and auth key, as `mulga key` shows it there\n");
	buffer_release(&text);
	if (chat != NULL)
		uucp_set_left(set->systems.path, chat, "        ", out); /* keys say who calls */
	return STATUS_OK;
}

static void
print_command(const struct import_line *command, struct buffer *out)
{
	buffer_append_text(out, "        transport command");
	for (size_t i = 1; i < command->count; i++) {
		buffer_append_text(out, " ");
		import_quote(command->words[i].text[0] == '%' && strlen(command->words[i].text) == 2
		                 ? "%n"
		                 : command->words[i].text,
		             out);
	}
	buffer_append_text(out, "\n");
}

static enum status
print_serial(struct uucp_set *set, size_t system, size_t port, bool modem, struct buffer *out,
             struct diagnostic *diagnostic)
{
	const struct import_line *device = uucp_section_find(&set->ports, port, "device", NULL);
	const struct import_line *phone  = uucp_section_find(&set->systems, system, "phone", NULL);
	const char               *name =
            device != NULL ? device->words[1].text : set->ports.items[port].name.text;
	struct buffer path;
	enum status   status;

	buffer_init(&path);
	buffer_append_format(&path, "%s%s", name[0] == '/' ? "" : "/dev/", name);
	buffer_append_text(out, "        transport serial ");
	import_quote(buffer_text(&path), out);
	buffer_append_text(out, " {\n");
	buffer_release(&path);
	status = print_speed(set, system, port, out, diagnostic);
	if (status == STATUS_OK && modem && phone != NULL)
		print_phone(&phone->words[1], out);
	if (status == STATUS_OK && modem)
		status = print_dial(set, port, phone != NULL, out, diagnostic);
	if (status == STATUS_OK)
		status = print_login(set, system, out, diagnostic);
	print_left(&set->ports, port, port_words, out);
	buffer_append_text(out, "        }\n");
	return status;
}

static enum status
print_speed(const struct uucp_set *set, size_t system, size_t port, struct buffer *out,
            struct diagnostic *diagnostic)
{
	const struct uucp_sections *from = &set->systems;
	const struct import_line   *line = uucp_section_find(from, system, "speed", "baud");
	unsigned long               speed;

	if (line == NULL) {
		from = &set->ports;
		line = uucp_section_find(from, port, "speed", "baud");
	}
	if (line == NULL)
		return STATUS_OK;
	if (!parse_number(line->words[1].text, 4000000, &speed) || speed == 0)
		return import_wrong(diagnostic, from->path, &line->words[1], "\"%s\" is no speed",
		                    line->words[1].text);
	buffer_append_format(out, "            speed %lu\n", speed);
	return STATUS_OK;
}

/* `=` waits for a tone and `-` is a pause: modems take a comma for both. */
static void
print_phone(const struct import_word *phone, struct buffer *out)
{
	struct buffer number;

	buffer_init(&number);
	for (const char *c = phone->text; *c != '\0'; c++)
		buffer_append_u8(&number, *c == '=' || *c == '-' ? ',' : (uint8_t)*c);
	buffer_append_text(out, "            phone ");
	import_quote(buffer_text(&number), out);
	buffer_append_text(out, "\n");
	buffer_release(&number);
}

static enum status
print_dial(struct uucp_set *set, size_t port, bool phone, struct buffer *out,
           struct diagnostic *diagnostic)
{
	const struct import_line *named = uucp_section_find(&set->ports, port, "dialer", NULL),
				 *line;
	struct uucp_chat chat = { .path   = set->dialers.path,
		                  .secret = "modem",
		                  .phone  = phone,
		                  .indent = "                " };
	size_t           dialer;
	enum status      status;

	if (named == NULL)
		return STATUS_OK;
	dialer = uucp_sections_find(&set->dialers, named->words[1].text);
	if (dialer == 0)
		return import_wrong(diagnostic, set->ports.path, &named->words[1],
		                    "no dialer is called \"%s\"", named->words[1].text);
	line = uucp_section_find(&set->dialers, dialer, "chat", NULL);
	if (line != NULL) {
		buffer_append_text(out, "            dial {\n");
		status = print_frame(&set->dialers, dialer, out, diagnostic);
		uucp_chat_convert(&chat, line->words + 1, line->count - 1, out);
		buffer_append_text(out, "            }\n");
		if (status != STATUS_OK)
			return status;
	}
	print_left(&set->dialers, dialer, dialer_words, out);
	line = uucp_section_find(&set->dialers, dialer, "complete", NULL);
	if (line != NULL) {
		struct import_word words[2] = { { "\"\"", 0, 0 }, line->words[1] };

		buffer_append_text(out, "            hangup {\n");
		uucp_chat_convert(&chat, words, 2, out);
		buffer_append_text(out, "            }\n");
	}
	return STATUS_OK;
}

static enum status
print_login(struct uucp_set *set, size_t system, struct buffer *out, struct diagnostic *diagnostic)
{
	const struct import_line *line  = uucp_section_find(&set->systems, system, "chat", NULL);
	size_t                    first = system;
	struct uucp_chat          chat  = { .path   = set->systems.path,
		                            .phone  = false,
		                            .indent = "                " };
	enum status               status;

	while (set->systems.items[first].alternate)
		first--;
	chat.secret = set->systems.items[first].name.text;
	if (line == NULL || (line->count == 2 && strcmp(line->words[1].text, "\"\"") == 0))
		return STATUS_OK;
	status = login_of(set, system, &chat.login, diagnostic);
	if (status != STATUS_OK)
		return status;
	buffer_append_text(out, "            login {\n");
	status = print_frame(&set->systems, system, out, diagnostic);
	uucp_chat_convert(&chat, line->words + 1, line->count - 1, out);
	buffer_append_text(out, "            }\n");
	return status;
}

/* What holds for all of a dialogue: how long is waited, and what ends it. */
static enum status
print_frame(const struct uucp_sections *sections, size_t section, struct buffer *out,
            struct diagnostic *diagnostic)
{
	const struct uucp_section *lines = &sections->items[section];
	const struct import_line  *timeout =
	    uucp_section_find(sections, section, "chat-timeout", NULL);
	unsigned long seconds;

	for (size_t i = 0; i < lines->count; i++)
		if (import_text_is(lines->lines[i].words[0].text, "chat-fail")) {
			struct uucp_chat fail = { .path   = sections->path,
				                  .indent = "                " };
			struct buffer    step;

			buffer_init(&step);
			uucp_chat_convert(&fail, &lines->lines[i].words[1], 1, &step);
			if (strncmp(buffer_text(&step), "                expect ", 23) == 0)
				buffer_append_format(out, "                abort %s",
				                     buffer_text(&step) + 23);
			else
				uucp_set_left(sections->path, &lines->lines[i], "                ",
				              out);
			buffer_release(&step);
		}
	if (timeout == NULL)
		return STATUS_OK;
	if (!parse_number(timeout->words[1].text, 86400, &seconds))
		return import_wrong(diagnostic, sections->path, &timeout->words[1],
		                    "\"%s\" is no number of seconds", timeout->words[1].text);
	buffer_append_format(out, "                timeout %lus\n", seconds);
	return STATUS_OK;
}

/* `call-login *`: what the file `call` says of the system. */
static enum status
login_of(struct uucp_set *set, size_t system, const char **login, struct diagnostic *diagnostic)
{
	const struct import_line *line =
	    uucp_section_find(&set->systems, system, "call-login", NULL);
	struct import_source source;
	struct import_line   entry;
	enum status          status;
	size_t               first = system;

	*login = line != NULL ? line->words[1].text : NULL;
	while (set->systems.items[first].alternate)
		first--;
	if (line == NULL || strcmp(*login, "*") != 0 || set->call.path == NULL)
		return STATUS_OK;
	*login = NULL;
	import_source_init(&source, set->call.path, set->call.text);
	while ((status = import_line_next(&source, &set->arena, &entry, diagnostic)) == STATUS_OK)
		if (entry.count > 1 &&
		    strcmp(entry.words[0].text, set->systems.items[first].name.text) == 0)
			*login = entry.words[1].text;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
print_left(const struct uucp_sections *sections, size_t section, const char *const *carried,
           struct buffer *out)
{
	const struct uucp_section *lines = &sections->items[section];

	for (size_t i = 0; i < lines->count; i++) {
		size_t word = 0;

		while (carried[word] != NULL &&
		       !import_text_is(carried[word], lines->lines[i].words[0].text))
			word++;
		if (carried[word] == NULL)
			uucp_set_left(sections->path, &lines->lines[i], "            ", out);
	}
}

static bool
parse_number(const char *text, unsigned long most, unsigned long *number)
{
	*number = 0;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || *number > most)
			return false;
		*number = *number * 10 + (unsigned long)(*c - '0');
	}
	return text[0] != '\0' && *number <= most;
}
