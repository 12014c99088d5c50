/*
 * name_typed.c - scan TYPE=value pairs, bring them in order, check each by its position
 */
#include "spool/name/name_typed.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "spool/name/spelling.h"

/* In the order of a plain name, most specific first; the rest is no part of it. */
enum type {
	TYPE_NODE,
	TYPE_UNIT,
	TYPE_ORGANISATION,
	TYPE_PRIVATE_DOMAIN,
	TYPE_COUNTRY,
	TYPE_PUBLIC_DOMAIN,
	TYPE_GIVEN_NAME,
	TYPE_SURNAME,
	TYPE_COUNT,
};

/* Every component, the public domain and two names of a user. */
enum { PAIRS_MAX = NAME_MAX_COMPONENTS + 3 };

struct pair {
	enum type       type;
	struct spelling whole; /* TYPE=value */
	struct spelling value;
};

struct pairs {
	struct pair list[PAIRS_MAX];
	unsigned    count;
};

static const struct {
	const char *text, *alias;
} types[TYPE_COUNT] = {
	[TYPE_NODE] = { "CN", "N" },         [TYPE_UNIT] = { "OU", NULL },
	[TYPE_ORGANISATION] = { "O", NULL }, [TYPE_PRIVATE_DOMAIN] = { "PRMD", "P" },
	[TYPE_COUNTRY] = { "C", NULL },      [TYPE_PUBLIC_DOMAIN] = { "ADMD", "A" },
	[TYPE_GIVEN_NAME] = { "G", NULL },   [TYPE_SURNAME] = { "S", NULL },
};

static enum status scan(struct pairs *pairs, const char *text, struct diagnostic *diagnostic);
static enum status scan_pair(struct pair *pair, struct spelling whole,
                             struct diagnostic *diagnostic);
static enum status scan_type(enum type *type, struct spelling part, struct diagnostic *diagnostic);
static bool        type_is(struct spelling part, const char *text);
static enum status check_pair(const struct pairs *pairs, const struct pair *pair, unsigned allow,
                              struct diagnostic *diagnostic);
static const struct pair *find_type(const struct pairs *pairs, enum type type);
static enum status        order_components(const struct pairs *pairs, struct pairs *components,
                                           struct diagnostic *diagnostic);
static enum status        check_positions(const struct pairs *components, const char *text,
                                          struct diagnostic *diagnostic);
static enum type          type_of_position(unsigned position, unsigned count, bool is_node);
static enum status        join_components(struct name *name, const struct pairs *components,
                                          const char *text, struct diagnostic *diagnostic);
static enum status        join_user(struct name_typed *typed, const struct pairs *pairs,
                                    struct diagnostic *diagnostic);

bool
name_typed_recognize(const char *text)
{
	return strpbrk(text, "=/") != NULL;
}

enum status
name_typed_parse(struct name_typed *typed, const char *text, unsigned allow,
                 struct diagnostic *diagnostic)
{
	struct pairs pairs, components;
	enum status  status = scan(&pairs, text, diagnostic);

	for (unsigned i = 0; status == STATUS_OK && i < pairs.count; i++)
		status = check_pair(&pairs, &pairs.list[i], allow, diagnostic);
	if (status == STATUS_OK)
		status = order_components(&pairs, &components, diagnostic);
	if (status == STATUS_OK)
		status = check_positions(&components, text, diagnostic);
	if (status == STATUS_OK)
		status = join_components(&typed->name, &components, text, diagnostic);
	if (status == STATUS_OK)
		status = join_user(typed, &pairs, diagnostic);
	return status;
}

void
name_typed_format(const struct name *name, bool is_node, enum name_typed_spelling spelling,
                  struct buffer *out)
{
	const char *component[NAME_MAX_COMPONENTS] = { name->text };
	unsigned    count = name_depth(name->text), position = 0;

	assert(count <= NAME_MAX_COMPONENTS);

	for (const char *at = name->text; at != NULL && *at != '\0'; at = name_parent(at))
		component[position++] = at;
	for (unsigned i = 0; i < count; i++) {
		bool slashed = spelling == NAME_TYPED_SLASHED;

		position = slashed ? count - 1 - i : i;
		buffer_append_format(out, "%s%s=%.*s",
		                     slashed  ? "/"
		                     : i == 0 ? ""
		                              : ".",
		                     types[type_of_position(position, count, is_node)].text,
		                     (int)strcspn(component[position], "."), component[position]);
	}
	if (spelling == NAME_TYPED_SLASHED && count > 0)
		buffer_append_text(out, "/");
}

/* pairs = pair *("." pair) | ["/"] pair *("/" pair) ["/"] */
static enum status
scan(struct pairs *pairs, const char *text, struct diagnostic *diagnostic)
{
	const char *separator = strchr(text, '/') != NULL ? "/" : ".";
	const char *at        = text;

	pairs->count = 0;
	if (*at == '/')
		at++;
	for (;;) {
		struct spelling whole = { text, at, strcspn(at, separator) };
		enum status     status;

		if (pairs->count == PAIRS_MAX)
			return spelling_refuse(diagnostic, whole, NULL,
			                       "too many types; a name has at most %d components",
			                       NAME_MAX_COMPONENTS);
		status = scan_pair(&pairs->list[pairs->count++], whole, diagnostic);
		if (status != STATUS_OK)
			return status;
		at += whole.length;
		if (*at == '\0')
			return STATUS_OK;
		at++;
		if (*at == '\0' && *separator == '/')
			return STATUS_OK;
	}
}

/* pair = type "=" value */
static enum status
scan_pair(struct pair *pair, struct spelling whole, struct diagnostic *diagnostic)
{
	char        quote[SPELLING_QUOTE_SIZE];
	const char *equals = memchr(whole.at, '=', whole.length);
	size_t      before;

	if (equals == NULL)
		return spelling_refuse(diagnostic, whole,
		                       "give every component a type, as in O=su, or none",
		                       "%s has no type", spelling_quote(quote, whole));
	before      = (size_t)(equals - whole.at);
	pair->whole = whole;
	pair->value = (struct spelling){ whole.text, equals + 1, whole.length - before - 1 };
	return scan_type(&pair->type, (struct spelling){ whole.text, whole.at, before },
	                 diagnostic);
}

static enum status
scan_type(enum type *type, struct spelling part, struct diagnostic *diagnostic)
{
	char quote[SPELLING_QUOTE_SIZE];

	for (*type = 0; *type < TYPE_COUNT; (*type)++)
		if (type_is(part, types[*type].text) ||
		    (types[*type].alias != NULL && type_is(part, types[*type].alias)))
			return STATUS_OK;
	return spelling_refuse(diagnostic, part,
	                       "the types are C, PRMD, O, OU, CN; for a user G, S",
	                       "%s is no type of a name's component", spelling_quote(quote, part));
}

static bool
type_is(struct spelling part, const char *text)
{
	if (part.length != strlen(text))
		return false;
	for (size_t i = 0; i < part.length; i++)
		if (spelling_lower(part.at[i]) != spelling_lower(text[i]))
			return false;
	return true;
}

/* What one pair must be, wherever it stands. */
static enum status
check_pair(const struct pairs *pairs, const struct pair *pair, unsigned allow,
           struct diagnostic *diagnostic)
{
	const struct pair *first = find_type(pairs, pair->type);

	if (pair->type != TYPE_UNIT && first != pair)
		return spelling_refuse(diagnostic, pair->whole, "only OU may be repeated",
		                       "a second %s", types[pair->type].text);
	switch (pair->type) {
	case TYPE_PUBLIC_DOMAIN:
		if (strspn(pair->value.at, " ") >= pair->value.length)
			return STATUS_OK;
		return spelling_refuse(diagnostic, pair->whole, "leave ADMD out, or empty",
		                       "this network has no administration domains");
	case TYPE_GIVEN_NAME:
	case TYPE_SURNAME:
		if ((allow & NAME_TYPED_ALLOW_USER) == 0)
			return spelling_refuse(diagnostic, pair->whole, NULL,
			                       "%s names a user, and none can stand here",
			                       types[pair->type].text);
		return spelling_check_user(pair->value, diagnostic);
	case TYPE_NODE:
		if ((allow & NAME_TYPED_ALLOW_NODE) == 0)
			return spelling_refuse(diagnostic, pair->whole, NULL,
			                       "CN names a node, and a region has none");
		return spelling_check_component(pair->value, diagnostic);
	case TYPE_COUNTRY:
		return spelling_check_top(pair->value, diagnostic);
	default:
		return spelling_check_component(pair->value, diagnostic);
	}
}

static const struct pair *
find_type(const struct pairs *pairs, enum type type)
{
	for (unsigned i = 0; i < pairs->count; i++)
		if (pairs->list[i].type == type)
			return &pairs->list[i];
	return NULL;
}

/* Copies what makes the name, most specific first. */
static enum status
order_components(const struct pairs *pairs, struct pairs *components, struct diagnostic *diagnostic)
{
	const struct pair *organisation = find_type(pairs, TYPE_ORGANISATION);
	const struct pair *first_unit   = find_type(pairs, TYPE_UNIT);
	bool               reversed     = false;

	if (organisation != NULL && first_unit != NULL)
		reversed = organisation < first_unit;
	components->count = 0;
	for (enum type type = TYPE_NODE; type <= TYPE_COUNTRY; type++) {
		for (unsigned i = 0; i < pairs->count; i++) {
			bool               backwards = type == TYPE_UNIT && reversed;
			const struct pair *pair =
			    &pairs->list[backwards ? pairs->count - 1 - i : i];

			if (pair->type != type)
				continue;
			if (type == TYPE_UNIT && !reversed && organisation != NULL &&
			    organisation < pair)
				return spelling_refuse(
				    diagnostic, pair->whole, "write all OU on the same side of O",
				    "OU on both sides of O: their order is unclear");
			components->list[components->count++] = *pair;
		}
	}
	return STATUS_OK;
}

static enum status
check_positions(const struct pairs *components, const char *text, struct diagnostic *diagnostic)
{
	char quote[SPELLING_QUOTE_SIZE];
	bool is_node = components->count > 0 && components->list[0].type == TYPE_NODE;

	if (components->count == 0)
		return spelling_refuse(diagnostic, (struct spelling){ text, text, strlen(text) },
		                       NULL, "a name is missing");
	if (components->count > NAME_MAX_COMPONENTS)
		return spelling_refuse(diagnostic, (struct spelling){ text, text, strlen(text) },
		                       NULL, "a name of %u components; at most %d are allowed",
		                       components->count, NAME_MAX_COMPONENTS);
	for (unsigned i = components->count; i-- > 0;) {
		const struct pair *pair   = &components->list[i];
		enum type          wanted = type_of_position(i, components->count, is_node);

		if (pair->type != wanted)
			return spelling_refuse(diagnostic, pair->whole,
			                       "from the right: C, PRMD, O, OU as often as "
			                       "needed, then the CN of a node",
			                       "%s stands where %s belongs",
			                       spelling_quote(quote, pair->whole),
			                       types[wanted].text);
	}
	return STATUS_OK;
}

/* Positions count from the most specific. */
static enum type
type_of_position(unsigned position, unsigned count, bool is_node)
{
	unsigned from_right = count - 1 - position;

	if (is_node && position == 0)
		return TYPE_NODE;
	switch (from_right) {
	case 0:
		return TYPE_COUNTRY;
	case 1:
		return TYPE_PRIVATE_DOMAIN;
	case 2:
		return TYPE_ORGANISATION;
	default:
		return TYPE_UNIT;
	}
}

static enum status
join_components(struct name *name, const struct pairs *components, const char *text,
                struct diagnostic *diagnostic)
{
	struct name joined = { "" };
	size_t      length = components->count - 1, used = 0; /* the dots */

	for (unsigned i = 0; i < components->count; i++)
		length += components->list[i].value.length;
	if (length > NAME_MAX_BYTES)
		return spelling_refuse(diagnostic, (struct spelling){ text, text, strlen(text) },
		                       NULL, "a name of %zu bytes; at most %d are allowed", length,
		                       NAME_MAX_BYTES);
	for (unsigned i = 0; i < components->count; i++) {
		struct spelling value = components->list[i].value;

		if (i > 0)
			joined.text[used++] = '.';
		for (size_t byte = 0; byte < value.length; byte++)
			joined.text[used++] = spelling_lower(value.at[byte]);
	}
	*name = joined;
	return STATUS_OK;
}

static enum status
join_user(struct name_typed *typed, const struct pairs *pairs, struct diagnostic *diagnostic)
{
	static const struct spelling none    = { "", "", 0 };
	const struct pair           *given   = find_type(pairs, TYPE_GIVEN_NAME);
	const struct pair           *surname = find_type(pairs, TYPE_SURNAME);
	struct spelling              left    = given == NULL ? none : given->value;
	struct spelling              right   = surname == NULL ? none : surname->value;
	const char                  *dot     = left.length > 0 && right.length > 0 ? "." : "";
	size_t                       length  = left.length + strlen(dot) + right.length;

	if (length > SPELLING_USER_MAX_BYTES)
		return spelling_refuse(diagnostic, left.length > right.length ? left : right, NULL,
		                       "the given name and surname make a user of %zu bytes; "
		                       "at most %d are allowed",
		                       length, SPELLING_USER_MAX_BYTES);
	snprintf(typed->user, sizeof(typed->user), "%.*s%s%.*s", (int)left.length, left.at, dot,
	         (int)right.length, right.at);
	return STATUS_OK;
}
