/*
 * manpage.c - a manual page in CommonMark becomes one in man(7), for the build
 *
 *   manpage doc/mulga.1.md > mulga.1
 *
 * cmark has a printer for man pages, but a dot that its line filling moves to the start
 * of a line becomes a request, and nested lists lose their indentation. So this walks
 * the tree that cmark parses and writes the few macros that manual pages need; what the
 * source may hold is what is handled here, and anything else is an error with its line.
 *
 *   # NAME(SECTION)           .TH; the date is that of the text, not of the build: a
 *                             comment <!-- date: 2026-11-20 --> in the source
 *   ## HEADING, ### Heading   .SH, .SS
 *   - **--flag** ARG - text   .TP, where an item begins with strong text or code
 *   - text, 1. text           .IP
 *   `code`, **strong**        bold, with hyphens that can be copied into a shell
 */
#include <cmark.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "spool/base/buffer.h"

/* sysexits */
enum { EXIT_USAGE = 64, EXIT_BAD_DATA = 65, EXIT_NO_INPUT = 66, EXIT_IO = 74 };

enum font { ROMAN = 'R', BOLD = 'B', ITALIC = 'I' };

struct page {
	const char   *path;
	struct buffer out;
	bool          line_start; /* nothing stands on the line yet                        */
	bool          begun;      /* a heading or an item began the paragraph: no .PP      */
	bool          tight;      /* no space between items is in force (.PD 0)            */
	bool          plain;      /* no fonts: in a heading                                */
	bool          literal;    /* a code block: every character stands for itself       */
	enum font     font;
	unsigned      errors;
};

static bool read_file(const char *path, struct buffer *content);
static void page_complain(struct page *page, cmark_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void page_document(struct page *page, cmark_node *document);
static void page_title(struct page *page, cmark_node *document, cmark_node *heading);
static void page_blocks(struct page *page, cmark_node *first);
static void page_block(struct page *page, cmark_node *node);
static void page_heading(struct page *page, cmark_node *heading);
static void page_paragraph(struct page *page, cmark_node *paragraph);
static void page_code_block(struct page *page, cmark_node *block);
static void page_list(struct page *page, cmark_node *list);
static void page_item(struct page *page, cmark_node *item, int number);
static void page_definition(struct page *page, cmark_node *paragraph, cmark_node *dash);
static void page_distance(struct page *page, bool tight);

static cmark_node *definition_dash(cmark_node *paragraph);

static void page_inlines(struct page *page, cmark_node *first, const cmark_node *end);
static void page_inline(struct page *page, cmark_node *node);
static void page_link(struct page *page, cmark_node *link);

static void   page_macro(struct page *page, const char *macro);
static void   page_end_line(struct page *page);
static void   page_font(struct page *page, enum font font);
static void   page_text(struct page *page, const char *text, size_t length);
static void   page_ascii(struct page *page, char character);
static void   page_hyphen(struct page *page, char before, char after);
static size_t page_code_point(struct page *page, const char *text, size_t length);

int
main(int argc, char **argv)
{
	struct buffer source;
	struct page   page = { .line_start = true, .font = ROMAN };
	cmark_node   *document;
	size_t        written;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE.md > PAGE\n", argv[0]);
		return EXIT_USAGE;
	}
	page.path = argv[1];
	buffer_init(&source);
	buffer_init(&page.out);
	if (!read_file(page.path, &source)) {
		fprintf(stderr, "%s: %s\n", page.path, strerror(errno));
		return EXIT_NO_INPUT;
	}
	document =
	    cmark_parse_document(buffer_text(&source), source.length, CMARK_OPT_VALIDATE_UTF8);
	cmark_consolidate_text_nodes(document);
	page_document(&page, document);
	cmark_node_free(document);
	if (page.errors == 0) {
		written = fwrite(page.out.data, 1, page.out.length, stdout);
		if (written != page.out.length || fflush(stdout) != 0)
			return EXIT_IO;
	}
	buffer_release(&page.out);
	buffer_release(&source);
	return page.errors == 0 ? 0 : EXIT_BAD_DATA;
}

static bool
read_file(const char *path, struct buffer *content)
{
	FILE  *file = fopen(path, "rb");
	char   piece[4096];
	size_t length;
	bool   complete;

	if (file == NULL)
		return false;
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(content, piece, length);
	complete = !ferror(file);
	fclose(file);
	return complete;
}

static void
page_complain(struct page *page, cmark_node *node, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: error: ", page->path, cmark_node_get_start_line(node));
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	page->errors++;
}

/* --- blocks --------------------------------------------------------------------------- */

static void
page_document(struct page *page, cmark_node *document)
{
	cmark_node *node = cmark_node_first_child(document);

	while (node != NULL && cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK)
		node = cmark_node_next(node);
	if (node == NULL || cmark_node_get_heading_level(node) != 1) {
		page_complain(page, document, "the text begins with # NAME(SECTION)");
		return;
	}
	page_title(page, document, node);
	page_blocks(page, cmark_node_next(node));
}

/* .TH "NAME" "SECTION" "date of the text" "program version" "manual" */
static void
page_title(struct page *page, cmark_node *document, cmark_node *heading)
{
	cmark_node *text  = cmark_node_first_child(heading);
	const char *title = text == NULL ? NULL : cmark_node_get_literal(text);
	char        name[64], section, bracket, rest, date[11] = "";

	if (title == NULL || cmark_node_next(text) != NULL ||
	    sscanf(title, "%63[^(](%c%c%c", name, &section, &bracket, &rest) != 3 ||
	    section < '1' || section > '8' || bracket != ')') {
		page_complain(page, heading, "a title is NAME(SECTION)");
		return;
	}
	for (cmark_node *node = cmark_node_first_child(document); node != NULL;
	     node             = cmark_node_next(node))
                if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK)
                        sscanf(cmark_node_get_literal(node), "<!-- date: %10[0-9-] -->", date);
	if (strlen(date) != 10)
		page_complain(page, heading, "no <!-- date: YYYY-MM-DD --> in the text");
	page_macro(page, ".TH \"");
	page_text(page, name, strlen(name));
	buffer_append_format(&page->out, "\" \"%c\" \"%s\" \"mulga %s\" \"mulga manual\"", section,
	                     date, MULGA_VERSION);
	page_end_line(page);
}

static void
page_blocks(struct page *page, cmark_node *first)
{
	for (cmark_node *node = first; node != NULL; node = cmark_node_next(node))
		page_block(page, node);
}

static void
page_block(struct page *page, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		page_heading(page, node);
		break;
	case CMARK_NODE_PARAGRAPH:
		page_paragraph(page, node);
		break;
	case CMARK_NODE_CODE_BLOCK:
		page_code_block(page, node);
		break;
	case CMARK_NODE_LIST:
		page_list(page, node);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		page_macro(page, ".RS 4\n");
		page_blocks(page, cmark_node_first_child(node));
		page_macro(page, ".RE\n");
		break;
	case CMARK_NODE_HTML_BLOCK:
		if (strncmp(cmark_node_get_literal(node), "<!--", 4) == 0)
			break; /* a comment; one of them was the date */
			       /* fallthrough */
	default:
		page_complain(page, node, "a manual page has no %s",
		              cmark_node_get_type_string(node));
		break;
	}
}

static void
page_heading(struct page *page, cmark_node *heading)
{
	int level = cmark_node_get_heading_level(heading);

	if (level < 2 || level > 3)
		page_complain(page, heading, "the headings after the title are of level 2 or 3");
	page_macro(page, level == 2 ? ".SH \"" : ".SS \"");
	page->plain = true;
	page_inlines(page, cmark_node_first_child(heading), NULL);
	page->plain = false;
	buffer_append_text(&page->out, "\"");
	page_end_line(page);
	page->begun = true;
}

static void
page_paragraph(struct page *page, cmark_node *paragraph)
{
	if (!page->begun)
		page_macro(page, ".PP\n");
	page_inlines(page, cmark_node_first_child(paragraph), NULL);
	page_end_line(page);
	page->begun = false;
}

static void
page_code_block(struct page *page, cmark_node *block)
{
	const char *text = cmark_node_get_literal(block);

	if (!page->begun)
		page_macro(page, ".PP\n");
	page_macro(page, ".RS 4\n.nf\n");
	page->literal = true;
	page_text(page, text, strlen(text));
	page->literal = false;
	page_macro(page, ".fi\n.RE\n");
	page->begun = false;
}

/* Items of a tight list stand without space between them, the first as its surroundings do. */
static void
page_list(struct page *page, cmark_node *list)
{
	bool outer_tight = page->tight;
	int  number      = cmark_node_get_list_start(list);

	for (cmark_node *item = cmark_node_first_child(list); item != NULL;
	     item             = cmark_node_next(item)) {
		page_item(page, item, number++);
		if (cmark_node_next(item) != NULL)
			page_distance(page, cmark_node_get_list_tight(list) != 0);
	}
	page_distance(page, outer_tight);
}

static void
page_item(struct page *page, cmark_node *item, int number)
{
	cmark_node *list  = cmark_node_parent(item);
	cmark_node *child = cmark_node_first_child(item);
	cmark_node *dash  = definition_dash(child);
	char        macro[32];

	if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST)
		snprintf(macro, sizeof(macro), ".IP %d. 4\n", number);
	else
		snprintf(macro, sizeof(macro), "%s\n", dash == NULL ? ".IP \\(bu 4" : ".TP 4");
	page_macro(page, macro);
	page->begun = true;
	if (dash != NULL) {
		page_definition(page, child, dash);
		child = cmark_node_next(child);
	} else if (child != NULL && cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH) {
		page_paragraph(page, child);
		child = cmark_node_next(child);
	}
	page->begun = false;
	if (child == NULL)
		return;
	page_distance(page, cmark_node_get_list_tight(list) != 0);
	page_macro(page, ".RS 4\n");
	page_blocks(page, child);
	page_macro(page, ".RE\n");
}

/*
 * The text that holds the dash of `**term** - meaning`, or NULL: only an item of a bullet
 * list whose first paragraph begins with strong text or code, with the dash on its first
 * line, is a definition.
 */
static cmark_node *
definition_dash(cmark_node *paragraph)
{
	cmark_node *node;

	if (paragraph == NULL || cmark_node_get_type(paragraph) != CMARK_NODE_PARAGRAPH ||
	    cmark_node_get_list_type(cmark_node_parent(cmark_node_parent(paragraph))) !=
	        CMARK_BULLET_LIST)
		return NULL;
	node = cmark_node_first_child(paragraph);
	if (cmark_node_get_type(node) != CMARK_NODE_STRONG &&
	    cmark_node_get_type(node) != CMARK_NODE_CODE)
		return NULL;
	for (; node != NULL && cmark_node_get_type(node) != CMARK_NODE_SOFTBREAK;
	     node = cmark_node_next(node))
		if (cmark_node_get_type(node) == CMARK_NODE_TEXT &&
		    strstr(cmark_node_get_literal(node), " - ") != NULL)
			return node;
	return NULL;
}

/* After .TP: the term on one line, then what it means. */
static void
page_definition(struct page *page, cmark_node *paragraph, cmark_node *dash)
{
	const char *text = cmark_node_get_literal(dash);
	const char *cut  = strstr(text, " - ");

	page_inlines(page, cmark_node_first_child(paragraph), dash);
	page_text(page, text, (size_t)(cut - text));
	page_end_line(page);
	page_text(page, cut + 3, strlen(cut + 3));
	page_inlines(page, cmark_node_next(dash), NULL);
	page_end_line(page);
}

static void
page_distance(struct page *page, bool tight)
{
	if (page->tight != tight)
		page_macro(page, tight ? ".PD 0\n" : ".PD\n");
	page->tight = tight;
}

/* --- inlines -------------------------------------------------------------------------- */

/* The siblings from `first` up to `end`, which is not shown. */
static void
page_inlines(struct page *page, cmark_node *first, const cmark_node *end)
{
	for (cmark_node *node = first; node != end; node = cmark_node_next(node))
		page_inline(page, node);
}

static void
page_inline(struct page *page, cmark_node *node)
{
	const char *text  = cmark_node_get_literal(node);
	enum font   outer = page->font;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		page_text(page, text, strlen(text));
		break;
	case CMARK_NODE_SOFTBREAK:
		page_end_line(page);
		break;
	case CMARK_NODE_LINEBREAK:
		page_macro(page, ".br\n");
		break;
	case CMARK_NODE_CODE:
		page_font(page, BOLD);
		page_text(page, text, strlen(text));
		page_font(page, outer);
		break;
	case CMARK_NODE_STRONG:
	case CMARK_NODE_EMPH:
		page_font(page, cmark_node_get_type(node) == CMARK_NODE_EMPH ? ITALIC : BOLD);
		page_inlines(page, cmark_node_first_child(node), NULL);
		page_font(page, outer);
		break;
	case CMARK_NODE_LINK:
		page_link(page, node);
		break;
	default:
		page_complain(page, node, "a manual page has no %s",
		              cmark_node_get_type_string(node));
		break;
	}
}

/* Its text; and where it leads, if that is an address and not what the text says. */
static void
page_link(struct page *page, cmark_node *link)
{
	const char *url   = cmark_node_get_url(link);
	cmark_node *child = cmark_node_first_child(link);
	const char *text  = child == NULL ? NULL : cmark_node_get_literal(child);

	page_inlines(page, child, NULL);
	if (strstr(url, "://") == NULL || (text != NULL && strcmp(text, url) == 0))
		return;
	page_text(page, " (", 2);
	page_text(page, url, strlen(url));
	page_text(page, ")", 1);
}

/* --- characters ----------------------------------------------------------------------- */

/* Writes a macro on a line of its own; what does not end in a newline goes on. */
static void
page_macro(struct page *page, const char *macro)
{
	page_end_line(page);
	buffer_append_text(&page->out, macro);
	page->line_start = macro[strlen(macro) - 1] == '\n';
}

static void
page_end_line(struct page *page)
{
	if (!page->line_start)
		buffer_append_text(&page->out, "\n");
	page->line_start = true;
}

static void
page_font(struct page *page, enum font font)
{
	if (page->plain || page->font == font)
		return;
	buffer_append_format(&page->out, "\\f%c", font);
	page->line_start = false;
	page->font       = font;
}

/* Text that troff shows as it is: nothing in it is a request, an escape or a pretty quote. */
static void
page_text(struct page *page, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		bool line_end = text[i] == '\n'; /* only in a code block */

		if (page->line_start && text[i] == '.')
			buffer_append_text(&page->out, "\\&");
		if ((text[i] & 0x80) != 0) {
			i += page_code_point(page, text + i, length - i);
		} else if (text[i] == '-') {
			page_hyphen(page, i > 0 ? text[i - 1] : ' ',
			            i + 1 < length ? text[i + 1] : ' ');
			i++;
		} else {
			page_ascii(page, text[i]);
			i++;
		}
		page->line_start = line_end;
	}
}

/* A character of ASCII but the hyphen. */
static void
page_ascii(struct page *page, char character)
{
	const char *escape = NULL;

	switch (character) {
	case '\\':
		escape = "\\(rs";
		break;
	case '"':
		escape = "\\(dq";
		break;
	case '\'':
		escape = "\\(aq";
		break;
	case '`':
		escape = "\\(ga";
		break;
	case '^':
		escape = "\\(ha";
		break;
	case '~':
		escape = "\\(ti";
		break;
	case '\t': /* a tab has no place in text that is filled */
		escape = page->literal ? "\t" : " ";
		break;
	default:
		break;
	}
	if (escape != NULL)
		buffer_append_text(&page->out, escape);
	else
		buffer_append(&page->out, &character, 1);
}

/* Between two letters of running text a hyphen; else the minus sign that shells know. */
static void
page_hyphen(struct page *page, char before, char after)
{
	bool inside = isalnum((unsigned char)before) && isalnum((unsigned char)after);

	buffer_append_text(&page->out,
	                   inside && page->font != BOLD && !page->literal ? "-" : "\\-");
}

/* Writes the UTF-8 character at `text` as \[uXXXX]; returns its bytes. cmark validated it. */
static size_t
page_code_point(struct page *page, const char *text, size_t length)
{
	const unsigned char *bytes  = (const unsigned char *)text;
	size_t               size   = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
	unsigned             number = bytes[0] & (0xffU >> (size + 1));

	for (size_t i = 1; i < size && i < length; i++)
		number = number << 6 | (bytes[i] & 0x3fU);
	buffer_append_format(&page->out, "\\[u%04X]", number);
	return size < length ? size : length;
}
