/*
 * zone_file.c - $TZDIR or /usr/share/zoneinfo; $TZ or /etc/localtime
 */
#include "spool/schedule/zone_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/schedule/zone.h"

enum { FILE_BYTES_MAX = 262144 };

static enum status read_named(const char *name, struct buffer *bytes,
                              struct diagnostic *diagnostic);
static bool        is_rule(const char *text);
static bool        is_name(const char *text);
static bool        read_all(const char *path, struct buffer *bytes);
static bool        is_good(const struct buffer *bytes, struct diagnostic *diagnostic);

enum status
zone_file_read(const char *name, struct buffer *bytes, struct diagnostic *diagnostic)
{
	const char *said = getenv("TZ");

	if (name != NULL)
		return read_named(name, bytes, diagnostic);
	if (said != NULL && said[0] == ':')
		said++;
	if (said != NULL && said[0] != '\0')
		read_named(said, bytes, NULL);
	else if (said == NULL && (!read_all("/etc/localtime", bytes) || !is_good(bytes, NULL)))
		buffer_clear(bytes);
	return STATUS_OK;
}

enum status
zone_file_check(const struct description *description, struct description_report *report)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < description->node_count; i++) {
		const struct description_node *node = &description->nodes[i];
		struct diagnostic              diagnostic;
		struct buffer                  bytes;

		buffer_init(&bytes);
		diagnostic_init(&diagnostic);
		if (zone_file_read(node->timezone, &bytes, &diagnostic) != STATUS_OK) {
			description_report_hint(
			    description_report_add(report, DESCRIPTION_ERROR, description,
			                           node->timezone_place, "%s", diagnostic.text),
			    "a zone such as \"Australia/Sydney\", or its rule: "
			    "\"AEST-10AEDT,M10.1.0,M4.1.0/3\"");
			status = STATUS_INVALID;
		}
		buffer_release(&bytes);
	}
	return status;
}

static enum status
read_named(const char *name, struct buffer *bytes, struct diagnostic *diagnostic)
{
	const char       *folder = getenv("TZDIR");
	char              path[4096];
	struct diagnostic inside;

	if (is_rule(name)) {
		buffer_append_text(bytes, name);
		return STATUS_OK;
	}
	if (folder == NULL || folder[0] != '/')
		folder = "/usr/share/zoneinfo";
	if (!is_name(name) ||
	    snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		diagnostic_set(diagnostic, "\"%.100s\" cannot be the name of a time zone", name);
		return STATUS_INVALID;
	}
	errno = 0;
	if (!read_all(path, bytes)) {
		diagnostic_set(diagnostic, "there is no time zone \"%.100s\": %.200s: %s", name,
		               path, strerror(errno));
		buffer_clear(bytes);
		return STATUS_NOT_FOUND;
	}
	diagnostic_init(&inside);
	if (is_good(bytes, &inside))
		return STATUS_OK;
	diagnostic_set(diagnostic, "%.200s is no time zone: %s", path, inside.text);
	buffer_clear(bytes);
	return STATUS_INVALID;
}

static bool
is_rule(const char *text)
{
	struct zone_rule rule;

	return zone_rule_parse(&rule, span_of_text(text));
}

/* Below the folder, and nowhere else. */
static bool
is_name(const char *text)
{
	if (text[0] == '\0' || text[0] == '/')
		return false;
	for (const char *at = text; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
			return false;
	}
	return true;
}

static bool
read_all(const char *path, struct buffer *bytes)
{
	FILE  *file = fopen(path, "re");
	char   block[4096];
	size_t length;
	bool   good;

	if (file == NULL)
		return false;
	while (bytes->length <= FILE_BYTES_MAX &&
	       (length = fread(block, 1, sizeof(block), file)) > 0)
		buffer_append(bytes, block, length);
	good = !ferror(file) && bytes->length > 0 && bytes->length <= FILE_BYTES_MAX;
	fclose(file);
	return good;
}

static bool
is_good(const struct buffer *bytes, struct diagnostic *diagnostic)
{
	struct zone zone;
	enum status status;

	zone_init(&zone);
	status = zone_parse(&zone, buffer_span(bytes), diagnostic);
	zone_release(&zone);
	return status == STATUS_OK;
}
