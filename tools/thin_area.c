/*
 * thin_area.c - `mulga area`: a leaf asks its hub for newsgroups, and the hub remembers
 *
 * The request is a message to the hub's service `area`, whose program is `mulga area take`: who may ask
 * is that service's `accept from`, and a hub without such a service feeds nobody. `rnews --feed` reads
 * what `take` wrote.
 */
#include "tools/thin_news.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "spool/description/description.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"
#include "spool/news/news_article.h"
#include "tools/complain.h"
#include "tools/node_name.h"
#include "tools/thin_news_areas.h"
#include "tools/thin_submit.h"

enum { REQUEST_MAX_BYTES = 65536 };

static int  ask(const struct home *home, bool subscribe, char **words);
static int  find_hub(const struct home *home, const char *said, struct name *hub);
static void read_leaf(const struct home *home, struct name *hub);
static int  send_request(const struct home *home, const struct name *hub, struct span text);
static int  take(const struct home *home, const char *from);
static int  take_line(const struct home *home, const struct name *node, const char *line);
static int  list(const struct home *home, bool json);
static void show(const char *kind, const char *node, const char *patterns, bool json);

int
thin_area(const struct home *home, char **words)
{
	const char *verb = words[0] != NULL ? words[0] : "list";

	if (strcmp(verb, "subscribe") == 0 || strcmp(verb, "unsubscribe") == 0)
		return ask(home, verb[0] == 's', words + 1);
	if (strcmp(verb, "take") == 0 && words[1] != NULL && words[2] == NULL)
		return take(home, words[1]);
	if (strcmp(verb, "list") == 0 || strcmp(verb, "--json") == 0) {
		bool json = strcmp(verb, "--json") == 0 || (words[0] != NULL && words[1] != NULL &&
		                                            strcmp(words[1], "--json") == 0);

		return list(home, json);
	}
	complain("usage: mulga area subscribe|unsubscribe GROUP... [--at HUB], "
	         "area list [--json], area take NODE");
	return EX_USAGE;
}

static int
ask(const struct home *home, bool subscribe, char **words)
{
	const char   *at = NULL;
	struct buffer text;
	struct name   hub;
	size_t        count = 0;
	int           code  = 0;

	buffer_init(&text);
	for (size_t i = 0; words[i] != NULL && code == 0; i++) {
		if (strcmp(words[i], "--at") == 0 && words[i + 1] != NULL) {
			at = words[++i];
		} else if (news_pattern_valid(words[i]) && strchr(words[i], ',') == NULL) {
			words[count++] = words[i];
			buffer_append_format(&text, "%s %s\n",
			                     subscribe ? "subscribe" : "unsubscribe", words[i]);
		} else {
			complain("\"%s\" is no group; write aus.test, aus.* or !aus.jokes",
			         words[i]);
			code = EX_USAGE;
		}
	}
	if (code == 0 && count == 0) {
		complain("which groups?");
		code = EX_USAGE;
	}
	if (code == 0)
		code = find_hub(home, at, &hub);
	if (code == 0)
		code = send_request(home, &hub, buffer_span(&text));
	for (size_t i = 0; i < count && code == 0; i++)
		code = news_areas_change(home, NEWS_AREAS_ASKED, &hub, words[i], subscribe);
	buffer_release(&text);
	return code;
}

/* `said`, or the node that the description calls the way to all that it does not know. */
static int
find_hub(const struct home *home, const char *said, struct name *hub)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	hub->text[0] = '\0';
	if (said == NULL) {
		read_leaf(home, hub);
		if (hub->text[0] != '\0')
			return 0;
		complain("the description has no `leaf via`: say --at HUB");
		return EX_USAGE;
	}
	if (name_parse(hub, said, &diagnostic) == STATUS_OK)
		return 0;
	complain("%s: %s", said, diagnostic.text);
	return EX_DATAERR;
}

static void
read_leaf(const struct home *home, struct name *hub)
{
	struct description_sources roots;
	struct description         description;
	struct description_report  report;

	description_sources_init(&roots);
	description_init(&description);
	description_report_init(&report);
	if (description_file_read(home->description, &roots, NULL) == STATUS_OK) {
		description_parse(&description, &roots, description_file_include, &report);
		if (description.node_count == 1)
			*hub = description.nodes[0].leaf_via;
	}
	description_report_release(&report);
	description_release(&description);
	description_sources_release(&roots);
}

static int
send_request(const struct home *home, const struct name *hub, struct span text)
{
	struct control_submission submission;
	struct thin_submit        submit;
	struct diagnostic         diagnostic;
	struct name               node;
	int                       code;

	diagnostic_init(&diagnostic);
	if (node_name_read(home, &node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		return EX_CONFIG;
	}
	control_submission_init(&submission);
	snprintf(submission.service, sizeof(submission.service), "area");
	snprintf(submission.title, sizeof(submission.title), "newsgroups");
	buffer_append_text(&submission.address, hub->text);
	submission.receipt = true;
	thin_submit_draw(&submission);
	code = thin_submit_begin(&submit, home, &node, &submission);
	if (code == 0)
		code = thin_submit_data(&submit, text);
	code = thin_submit_finish(&submit, code);
	control_submission_release(&submission);
	return code;
}

/* The program of the service: what that node wants is on standard input. */
static int
take(const struct home *home, const char *from)
{
	struct buffer     text;
	struct diagnostic diagnostic;
	struct name       node;
	char              piece[4096], *line, *end;
	size_t            length;
	int               code = 0;

	diagnostic_init(&diagnostic);
	if (name_parse(&node, from, &diagnostic) != STATUS_OK) {
		complain("%s: %s", from, diagnostic.text);
		return EX_USAGE;
	}
	buffer_init(&text);
	while (text.length <= REQUEST_MAX_BYTES &&
	       (length = fread(piece, 1, sizeof(piece), stdin)) > 0)
		buffer_append(&text, piece, length);
	if (text.length > REQUEST_MAX_BYTES || strlen(buffer_text(&text)) != text.length) {
		complain("the request is too long, or no text");
		code = EX_DATAERR;
	}
	for (line = (char *)text.data; code == 0 && line != NULL && *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		code = take_line(home, &node, line);
	}
	buffer_release(&text);
	return code;
}

static int
take_line(const struct home *home, const struct name *node, const char *line)
{
	bool        subscribe = strncmp(line, "subscribe ", 10) == 0;
	const char *pattern   = line + (subscribe ? 10 : 12);

	if ((!subscribe && strncmp(line, "unsubscribe ", 12) != 0) ||
	    !news_pattern_valid(pattern) || strchr(pattern, ',') != NULL) {
		complain("\"%.200s\" is no request for a group", line);
		return EX_DATAERR;
	}
	return news_areas_change(home, NEWS_AREAS_FED, node, pattern, subscribe);
}

static int
list(const struct home *home, bool json)
{
	static const char *const kinds[] = { NEWS_AREAS_FED, NEWS_AREAS_ASKED };
	struct buffer            patterns;
	bool                     any = false;

	buffer_init(&patterns);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct name node = { "" };

		while (news_areas_next(home, kinds[i], &node, &patterns)) {
			show(kinds[i], node.text, buffer_text(&patterns), json);
			any = true;
		}
	}
	buffer_release(&patterns);
	return any ? 0 : 1;
}

/* Names and patterns have no byte that JSON would have written otherwise. */
static void
show(const char *kind, const char *node, const char *patterns, bool json)
{
	if (!json) {
		printf("%-6s %s  %s\n", kind, node, patterns);
		return;
	}
	printf("{\"kind\":\"%s\",\"node\":\"%s\",\"groups\":[\"", kind, node);
	for (; *patterns != '\0'; patterns++)
		if (*patterns == ',')
			fputs("\",\"", stdout);
		else
			putchar(*patterns);
	puts("\"]}");
}
