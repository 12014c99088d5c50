/*
 * name.c - read names and compare them by whole components
 */
#include "spool/name/name.h"

#include <string.h>

#include "spool/name/name_typed.h"
#include "spool/name/spelling.h"

static enum status parse_typed(struct name *name, const char *text, unsigned allow,
                               struct diagnostic *diagnostic);
static enum status parse_plain(struct name *name, const char *text, struct diagnostic *diagnostic);

enum status
name_parse(struct name *name, const char *text, struct diagnostic *diagnostic)
{
	if (text[0] == '\0')
		return spelling_refuse(diagnostic, (struct spelling){ text, text, 0 }, NULL,
		                       "a name is missing");
	if (name_typed_recognize(text))
		return parse_typed(name, text, NAME_TYPED_ALLOW_NODE, diagnostic);
	return parse_plain(name, text, diagnostic);
}

enum status
name_parse_region(struct name *name, const char *text, struct diagnostic *diagnostic)
{
	static const struct name world = { "" };
	struct name              region;
	enum status              status;

	if (text[0] == '\0') {
		*name = world;
		return STATUS_OK;
	}
	if (name_typed_recognize(text))
		return parse_typed(name, text, 0, diagnostic);
	status = parse_plain(&region, text, diagnostic);
	if (status == STATUS_OK)
		*name = strcmp(region.text, "world") == 0 ? world : region;
	return status;
}

const char *
name_parent(const char *name)
{
	const char *dot;

	if (name[0] == '\0')
		return NULL;
	dot = strchr(name, '.');
	return dot == NULL ? name + strlen(name) : dot + 1;
}

bool
name_within(const char *name, const char *region)
{
	size_t name_length = strlen(name), region_length = strlen(region);

	if (region_length == 0)
		return true;
	if (region_length > name_length || strcmp(name + name_length - region_length, region) != 0)
		return false;
	return region_length == name_length || name[name_length - region_length - 1] == '.';
}

int
name_compare(const struct name *a, const struct name *b)
{
	return strcmp(a->text, b->text);
}

unsigned
name_depth(const char *name)
{
	unsigned depth = name[0] != '\0';

	for (; *name != '\0'; name++)
		depth += *name == '.';
	return depth;
}

static enum status
parse_typed(struct name *name, const char *text, unsigned allow, struct diagnostic *diagnostic)
{
	struct name_typed typed;
	enum status       status = name_typed_parse(&typed, text, allow, diagnostic);

	if (status == STATUS_OK)
		*name = typed.name;
	return status;
}

static enum status
parse_plain(struct name *name, const char *text, struct diagnostic *diagnostic)
{
	struct spelling whole      = { text, text, strlen(text) };
	unsigned        components = 1;

	for (const char *at = text;; components++) {
		struct spelling component = { text, at, strcspn(at, ".") };
		bool            is_top    = components > 1 && at[component.length] == '\0';
		enum status     status;

		status = is_top ? spelling_check_top(component, diagnostic)
		                : spelling_check_component(component, diagnostic);
		if (status != STATUS_OK)
			return status;
		at += component.length;
		if (*at++ == '\0')
			break;
	}
	if (components > NAME_MAX_COMPONENTS)
		return spelling_refuse(diagnostic, whole, NULL,
		                       "a name of %u components; at most %d are allowed",
		                       components, NAME_MAX_COMPONENTS);
	if (whole.length > NAME_MAX_BYTES)
		return spelling_refuse(diagnostic, whole, NULL,
		                       "a name of %zu bytes; at most %d are allowed", whole.length,
		                       NAME_MAX_BYTES);
	*name = (struct name){ "" };
	for (size_t i = 0; i < whole.length; i++)
		name->text[i] = spelling_lower(text[i]);
	return STATUS_OK;
}
