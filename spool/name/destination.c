/*
 * destination.c - cut a destination into its parts, then read each part as a name or user
 *
 * A copy of the text is cut in place at `!` and `@`, since the readers of names take
 * whole C strings; what they find wrong is moved to its column in the text as written.
 */
#include "spool/name/destination.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/name_typed.h"

struct source {
	const char        *text; /* as written                       */
	char              *copy; /* the same bytes, cut up by NULs   */
	struct diagnostic *diagnostic;
};

static enum status     parse_waypoints(struct destination *destination, const struct source *source,
                                       char **last);
static enum status     parse_last(struct destination *destination, const struct source *source,
                                  char *part);
static enum status     parse_place(struct destination *destination, const struct source *source,
                                   const char *part);
static enum status     parse_name(struct destination *destination, const struct source *source,
                                  const char *part, unsigned allow_node);
static struct spelling part_of(const struct source *source, const char *part, size_t length);
static enum status     shifted(const struct source *source, const char *part, enum status status);

void
destination_init(struct destination *destination)
{
	*destination = (struct destination){ .user = "" };
}

void
destination_release(struct destination *destination)
{
	free(destination->waypoints);
	destination_init(destination);
}

void
destination_copy(struct destination *to, const struct destination *from)
{
	struct destination copy = *from;

	copy.waypoints = NULL;
	if (from->waypoint_count > 0)
		copy.waypoints =
		    memory_copy(from->waypoints, from->waypoint_count * sizeof(from->waypoints[0]));
	destination_release(to);
	*to = copy;
}

const char *
destination_leg(const struct destination *destination)
{
	return destination->waypoint_count > 0 ? destination->waypoints[0].text
	                                       : destination->node.text;
}

enum status
destination_visit_first(struct destination *destination, const struct name *nodes, size_t count)
{
	size_t       behind = destination->waypoint_count;
	struct name *waypoints;

	if (count + behind > ADDRESS_MAX_WAYPOINTS)
		return STATUS_TOO_BIG;
	waypoints = memory_new(count + behind, sizeof(waypoints[0]));
	if (count > 0)
		memcpy(waypoints, nodes, count * sizeof(waypoints[0]));
	if (behind > 0)
		memcpy(waypoints + count, destination->waypoints, behind * sizeof(waypoints[0]));
	free(destination->waypoints);
	destination->waypoints      = waypoints;
	destination->waypoint_count = count + behind;
	return STATUS_OK;
}

/* destination = *(node "!") last */
enum status
destination_parse(struct destination *destination, const char *text, struct diagnostic *diagnostic)
{
	struct source      source = { text, memory_copy_text(text), diagnostic };
	struct destination parsed;
	enum status        status;
	char              *last = source.copy;

	destination_init(&parsed);
	status = parse_waypoints(&parsed, &source, &last);
	if (status == STATUS_OK)
		status = parse_last(&parsed, &source, last);
	if (status == STATUS_OK) {
		destination_release(destination);
		*destination = parsed;
	} else {
		destination_release(&parsed);
	}
	free(source.copy);
	return status;
}

void
destination_format(const struct destination *destination, struct buffer *out)
{
	for (size_t i = 0; i < destination->waypoint_count; i++) {
		buffer_append_text(out, destination->waypoints[i].text);
		buffer_append_text(out, "!");
	}
	if (destination->user[0] != '\0') {
		buffer_append_text(out, destination->user);
		buffer_append_text(out, "@");
	}
	if (destination->broadcast)
		buffer_append_text(out, destination->node.text[0] == '\0' ? "*" : "*.");
	buffer_append_text(out, destination->node.text);
}

bool
destination_is_rest(const char *rest, const char *whole)
{
	size_t length = strlen(rest), whole_length = strlen(whole);

	if (length > whole_length || strcmp(whole + whole_length - length, rest) != 0)
		return false;
	return length == whole_length || whole[whole_length - length - 1] == '!';
}

/* Leaves in *last what stands behind the last "!". */
static enum status
parse_waypoints(struct destination *destination, const struct source *source, char **last)
{
	size_t capacity = 0;
	char  *at       = source->copy, *end;

	for (; (end = strchr(at, '!')) != NULL; at = end + 1) {
		struct spelling whole = part_of(source, at, (size_t)(end - at));
		struct name     waypoint;
		enum status     status;

		*end = '\0';
		if (destination->waypoint_count == ADDRESS_MAX_WAYPOINTS)
			return spelling_refuse(source->diagnostic, whole, NULL,
			                       "at most %d waypoints are allowed",
			                       ADDRESS_MAX_WAYPOINTS);
		if (strchr(at, '@') != NULL)
			return spelling_refuse(source->diagnostic, whole,
			                       "write the user in front of the last node, as in "
			                       "a!b!user@c",
			                       "a waypoint has no user");
		if (strchr(at, '*') != NULL)
			return spelling_refuse(source->diagnostic, whole, NULL,
			                       "a waypoint is one node; only the last part of a "
			                       "destination can be a broadcast");
		status = name_parse(&waypoint, at, source->diagnostic);
		if (status != STATUS_OK)
			return shifted(source, at, status);
		destination->waypoints =
		    memory_grow(destination->waypoints, &capacity, destination->waypoint_count + 1,
		                sizeof(destination->waypoints[0]));
		destination->waypoints[destination->waypoint_count++] = waypoint;
	}
	*last = at;
	return STATUS_OK;
}

/* last = [user "@"] place */
static enum status
parse_last(struct destination *destination, const struct source *source, char *part)
{
	char       *sign = strchr(part, '@');
	size_t      length;
	enum status status;

	if (sign == NULL)
		return parse_place(destination, source, part);
	length = (size_t)(sign - part);
	if (strchr(sign + 1, '@') != NULL)
		return spelling_refuse(source->diagnostic,
		                       part_of(source, strchr(sign + 1, '@'), 1), NULL,
		                       "a second \"@\"");
	status = spelling_check_user(part_of(source, part, length), source->diagnostic);
	if (status != STATUS_OK)
		return status;
	memcpy(destination->user, part, length);
	destination->user[length] = '\0';
	return parse_place(destination, source, sign + 1);
}

/* place = node | "*" ["." region] */
static enum status
parse_place(struct destination *destination, const struct source *source, const char *part)
{
	destination->broadcast = part[0] == '*';
	if (!destination->broadcast)
		return parse_name(destination, source, part, NAME_TYPED_ALLOW_NODE);
	if (part[1] == '\0')
		return STATUS_OK;
	if (part[1] != '.' || part[2] == '\0')
		return spelling_refuse(
		    source->diagnostic, part_of(source, part, strlen(part)),
		    "write \"*\" for every node, \"*.region\" for those of a region",
		    "\"*\" stands for whole components, and a region follows it");
	return parse_name(destination, source, part + 2, 0);
}

/* A typed name may name the user, unless one was named already. */
static enum status
parse_name(struct destination *destination, const struct source *source, const char *part,
           unsigned allow_node)
{
	bool              has_user = destination->user[0] != '\0';
	struct name_typed typed;
	enum status       status;

	if (name_typed_recognize(part)) {
		status = name_typed_parse(&typed, part,
		                          allow_node | (has_user ? 0 : NAME_TYPED_ALLOW_USER),
		                          source->diagnostic);
		if (status == STATUS_OK) {
			destination->node = typed.name;
			if (!has_user)
				memcpy(destination->user, typed.user, sizeof(typed.user));
		}
	} else if (destination->broadcast) {
		status = name_parse_region(&destination->node, part, source->diagnostic);
	} else {
		status = name_parse(&destination->node, part, source->diagnostic);
	}
	return shifted(source, part, status);
}

static struct spelling
part_of(const struct source *source, const char *part, size_t length)
{
	return (struct spelling){ source->text, source->text + (part - source->copy), length };
}

static enum status
shifted(const struct source *source, const char *part, enum status status)
{
	if (status != STATUS_OK)
		spelling_shift(source->diagnostic, source->text,
		               source->text + (part - source->copy));
	return status;
}
