/*
 * notice_render.c - the tree that cmark parses, as text and as HTML
 *
 * cmark prints HTML and CommonMark, but no text without marks. What a reader of text needs
 * is little: lines as they stand, a dash before an item, blanks before what is to be typed,
 * and where a link leads.
 */
#include "spool/notice/notice_render.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT_MAX = 40 };

struct text {
	struct buffer *out;
	unsigned       indent;
	bool           begun; /* something stands on the line */
	bool           mark;  /* an item has just begun: its first line has the dash */
};

static void enter(struct text *text, cmark_node *node);
static void leave(struct text *text, cmark_node *node);
static void put(struct text *text, const char *literal);
static void put_lines(struct text *text, const char *literal);
static void end_line(struct text *text);
static bool is_tight(cmark_node *node);

void
notice_render_html(struct span markdown, struct buffer *out)
{
	char *html = cmark_markdown_to_html((const char *)markdown.data, markdown.length,
	                                    CMARK_OPT_VALIDATE_UTF8);

	buffer_append_text(out, html);
	free(html);
}

void
notice_render_text(struct span markdown, struct buffer *out)
{
	struct text text     = { .out = out };
	cmark_node *document = cmark_parse_document((const char *)markdown.data, markdown.length,
	                                            CMARK_OPT_VALIDATE_UTF8);
	cmark_iter *iterator = cmark_iter_new(document);
	cmark_event_type event;

	while ((event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE)
		if (event == CMARK_EVENT_ENTER)
			enter(&text, cmark_iter_get_node(iterator));
		else
			leave(&text, cmark_iter_get_node(iterator));
	cmark_iter_free(iterator);
	cmark_node_free(document);
}

static void
enter(struct text *text, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_ITEM:
		text->mark = true;
		text->indent += 2;
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		text->indent += 2;
		break;
	case CMARK_NODE_CODE_BLOCK:
		text->indent += 4;
		put_lines(text, cmark_node_get_literal(node));
		text->indent -= 4;
		buffer_append_text(text->out, "\n");
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		put(text, "---");
		end_line(text);
		break;
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
		put(text, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_SOFTBREAK:
	case CMARK_NODE_LINEBREAK:
		end_line(text);
		break;
	default: /* raw HTML is for nobody; the rest shows by what is in it */
		break;
	}
}

static void
leave(struct text *text, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_ITEM:
		text->indent -= 2;
		text->mark = false;
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		text->indent -= 2;
		break;
	case CMARK_NODE_HEADING:
	case CMARK_NODE_PARAGRAPH:
		end_line(text);
		if (!is_tight(node))
			buffer_append_text(text->out, "\n");
		break;
	case CMARK_NODE_LIST:
		if (cmark_node_get_list_tight(node))
			buffer_append_text(text->out, "\n");
		break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		put(text, " (");
		put(text, cmark_node_get_url(node));
		put(text, ")");
		break;
	default:
		break;
	}
}

/* Text without a line's end. */
static void
put(struct text *text, const char *literal)
{
	static const char blanks[INDENT_MAX + 1] = "                                        ";
	unsigned          indent = text->indent < INDENT_MAX ? text->indent : INDENT_MAX;

	if (literal == NULL || literal[0] == '\0')
		return;
	if (!text->begun && text->mark && indent >= 2)
		buffer_append_format(text->out, "%.*s- ", (int)indent - 2, blanks);
	else if (!text->begun)
		buffer_append_format(text->out, "%.*s", (int)indent, blanks);
	text->begun = true;
	text->mark  = false;
	buffer_append_text(text->out, literal);
}

static void
put_lines(struct text *text, const char *literal)
{
	struct buffer line;

	buffer_init(&line);
	while (literal != NULL && *literal != '\0') {
		size_t length = strcspn(literal, "\n");

		buffer_clear(&line);
		buffer_append(&line, literal, length);
		put(text, buffer_text(&line));
		end_line(text);
		literal += length + (literal[length] == '\n');
	}
	buffer_release(&line);
}

static void
end_line(struct text *text)
{
	buffer_append_text(text->out, "\n");
	text->begun = false;
}

static bool
is_tight(cmark_node *node)
{
	cmark_node *item = cmark_node_parent(node);

	return item != NULL && cmark_node_get_type(item) == CMARK_NODE_ITEM &&
	       cmark_node_get_list_tight(cmark_node_parent(item));
}
