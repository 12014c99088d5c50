/*
 * description_parse_template.c - settings that links share
 *
 * A template is read twice: once where it stands, into a link that nobody sees, so that
 * its errors are reported whether or not a link uses it; and again at each `use`.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_parser.h"
#include "spool/description/description_read.h"
#include "spool/description/description_suggestion.h"

static bool rehearse(struct description_parser *parser);
static bool find_template(struct description_parser *parser, const char *name, size_t *index);
static bool is_used(struct description_parser *parser, size_t index);

/* template = "template" label "{" { link-statement } "}" */
bool
description_parse_template(struct description_parser *parser)
{
	const struct description_token *token = description_parser_peek(parser);
	struct description_template template  = { .broken = false };
	size_t existing;

	if (!description_read_label(parser, "the name of a template", &template.name))
		return false;
	if (find_template(parser, template.name, &existing)) {
		free(template.name);
		return description_parser_error(parser, token->place,
		                                "a template of this name is in sight already");
	}
	if (!description_parser_expect(parser, TOKEN_OPEN)) {
		free(template.name);
		return false;
	}
	template.first    = parser->position;
	template.broken   = !rehearse(parser);
	parser->templates = memory_grow(parser->templates, &parser->template_capacity,
	                                parser->template_count + 1, sizeof(parser->templates[0]));
	parser->templates[parser->template_count++] = template;
	return description_parser_expect(parser, TOKEN_CLOSE);
}

/* use = "use" label */
bool
description_parse_use(struct description_parser *parser, struct description_link *link,
                      struct description_block *block)
{
	const struct description_token *token = description_parser_peek(parser);
	size_t                          index, back;
	char                           *name;

	if (!description_read_label(parser, "the name of a template", &name))
		return false;
	if (!find_template(parser, name, &index)) {
		struct description_suggestion suggestion = description_suggestion_for(name);

		description_parser_error(parser, token->place, "there is no template \"%s\" above",
		                         name);
		for (size_t i = 0; i < parser->template_count; i++)
			description_suggestion_consider(&suggestion, parser->templates[i].name);
		description_suggestion_hint(&suggestion, parser->last);
		free(name);
		return false;
	}
	free(name);
	if (is_used(parser, index))
		return description_parser_error(parser, token->place,
		                                "this link uses the template already");
	parser->used = memory_grow(parser->used, &parser->used_capacity, parser->used_count + 1,
	                           sizeof(parser->used[0]));
	parser->used[parser->used_count++] = index;
	if (parser->templates[index].broken)
		return true;
	back             = parser->position;
	parser->position = parser->templates[index].first;
	description_parse_link_block(parser, link, block);
	parser->position = back;
	return true;
}

/* Reads the statements of a template for their errors; true if there are none. */
static bool
rehearse(struct description_parser *parser)
{
	static const struct name nobody = { "" };
	struct description_block block  = description_block_of(BLOCK_LINK);
	struct description_link  link;
	size_t                   errors = parser->report->error_count;

	parser->used_count = 0;
	parser->rehearsing = true;
	description_link_init(&link, &nobody);
	description_parse_link_block(parser, &link, &block);
	description_link_release(&link);
	parser->rehearsing = false;
	return parser->report->error_count == errors;
}

static bool
find_template(struct description_parser *parser, const char *name, size_t *index)
{
	for (*index = 0; *index < parser->template_count; (*index)++)
		if (strcmp(parser->templates[*index].name, name) == 0)
			return true;
	return false;
}

static bool
is_used(struct description_parser *parser, size_t index)
{
	for (size_t i = 0; i < parser->used_count; i++)
		if (parser->used[i] == index)
			return true;
	return false;
}
