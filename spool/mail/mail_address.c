/*
 * mail_address.c - one walk over the characters of an address list
 */
#include "spool/mail/mail_address.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/spelling.h"

/* What has been read of the current mailbox. */
struct mailbox {
	struct buffer text;     /* the address so far, or a name if "<" comes later */
	size_t        end;      /* in the value, behind the last byte of `text`     */
	bool          gap;      /* blanks or a comment since then                   */
	bool          words;    /* two words stand side by side: no address         */
	bool          in_angle; /* between "<" and ">"                              */
	bool          closed;   /* ">" was read                                     */
};

struct walk {
	const char            *value;
	const char            *at;
	struct mail_addresses *addresses;
	struct mailbox         mailbox;
	bool                   in_group;
	struct diagnostic     *diagnostic;
};

static enum status read_character(struct walk *walk);
static enum status read_comment(struct walk *walk);
static enum status read_quoted(struct walk *walk);
static enum status read_angle(struct walk *walk);
static enum status read_colon(struct walk *walk);
static void        append(struct walk *walk, const char *text, size_t length);
static enum status finish(struct walk *walk);
static void        clear(struct mailbox *mailbox);
static enum status refuse(struct walk *walk, const char *reason);

void
mail_addresses_init(struct mail_addresses *addresses)
{
	*addresses = (struct mail_addresses){ .items = NULL };
}

void
mail_addresses_release(struct mail_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++)
		free(addresses->items[i].text);
	free(addresses->items);
	mail_addresses_init(addresses);
}

void
mail_addresses_drop(struct mail_addresses *addresses)
{
	if (addresses->count > 0)
		free(addresses->items[--addresses->count].text);
}

enum status
mail_addresses_parse(struct mail_addresses *addresses, const char *value,
                     struct diagnostic *diagnostic)
{
	struct walk walk = {
		.value = value, .at = value, .addresses = addresses, .diagnostic = diagnostic
	};
	enum status status = STATUS_OK;

	buffer_init(&walk.mailbox.text);
	while (status == STATUS_OK && *walk.at != '\0')
		status = read_character(&walk);
	if (status == STATUS_OK && walk.mailbox.in_angle)
		status = refuse(&walk, "\"<\" without \">\"");
	if (status == STATUS_OK)
		status = finish(&walk);
	buffer_release(&walk.mailbox.text);
	return status;
}

static enum status
read_character(struct walk *walk)
{
	switch (*walk->at) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		walk->mailbox.gap = true;
		walk->at++;
		return STATUS_OK;
	case '(':
		return read_comment(walk);
	case '"':
		return read_quoted(walk);
	case '<':
	case '>':
		return read_angle(walk);
	case ':':
		return read_colon(walk);
	case ',':
		walk->at++;
		/* inside "<": a source route, which ends with a colon */
		return walk->mailbox.in_angle ? STATUS_OK : finish(walk);
	case ';':
		walk->at++;
		walk->in_group = false;
		return walk->mailbox.in_angle ? refuse(walk, "\";\" inside of \"<\"")
		                              : finish(walk);
	default:
		append(walk, walk->at, 1);
		return STATUS_OK;
	}
}

/* "(" *(text / comment / quoted pair) ")" */
static enum status
read_comment(struct walk *walk)
{
	unsigned depth = 0;

	walk->mailbox.gap = true;
	for (; *walk->at != '\0'; walk->at++) {
		if (*walk->at == '\\' && walk->at[1] != '\0')
			walk->at++;
		else if (*walk->at == '(')
			depth++;
		else if (*walk->at == ')' && --depth == 0) {
			walk->at++;
			return STATUS_OK;
		}
	}
	return refuse(walk, "\"(\" without \")\"");
}

/* Quotes stay only where the address needs them: "joe"@node is joe@node. */
static enum status
read_quoted(struct walk *walk)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789!#$%&'*+-/=?^_`{|}~.";
	const char       *begin   = walk->at;
	const char       *end     = begin + 1;
	size_t            length;

	for (; *end != '"'; end++) {
		if (*end == '\\' && end[1] != '\0')
			end++;
		if (*end == '\0')
			return refuse(walk, "a quotation mark without its other one");
	}
	length = (size_t)(end - begin) - 1;
	if (length > 0 && strspn(begin + 1, plain) == length)
		append(walk, begin + 1, length);
	else
		append(walk, begin, length + 2);
	walk->at = end + 1;
	if (!walk->mailbox.closed)
		walk->mailbox.end = (size_t)(walk->at - walk->value);
	return STATUS_OK;
}

static enum status
read_angle(struct walk *walk)
{
	struct mailbox *mailbox = &walk->mailbox;

	if (*walk->at++ == '<') {
		if (mailbox->in_angle || mailbox->closed)
			return refuse(walk, "one \"<\" too many");
		clear(mailbox);
		mailbox->in_angle = true;
		return STATUS_OK;
	}
	if (!mailbox->in_angle)
		return refuse(walk, "\">\" without \"<\"");
	mailbox->in_angle = false;
	mailbox->closed   = true;
	return STATUS_OK;
}

/* The end of a source route `<@a,@b:user@c>`, or of the name of a group. */
static enum status
read_colon(struct walk *walk)
{
	struct mailbox *mailbox = &walk->mailbox;

	walk->at++;
	if (mailbox->in_angle) {
		if (buffer_text(&mailbox->text)[0] != '@')
			return refuse(walk, "\":\" inside of \"<\"");
		clear(mailbox);
		mailbox->in_angle = true;
		return STATUS_OK;
	}
	if (walk->in_group || mailbox->closed)
		return refuse(walk, "one \":\" too many");
	clear(mailbox);
	walk->in_group = true;
	return STATUS_OK;
}

/* Blanks may surround "." and "@"; anywhere else they part two words. */
static void
append(struct walk *walk, const char *text, size_t length)
{
	struct mailbox *mailbox = &walk->mailbox;

	walk->at += length;
	if (mailbox->closed)
		return; /* words behind an address in angles mean nothing */
	if (mailbox->gap && mailbox->text.length > 0) {
		char last = (char)mailbox->text.data[mailbox->text.length - 1];

		if (last != '.' && last != '@' && text[0] != '.' && text[0] != '@')
			mailbox->words = true;
	}
	mailbox->gap = false;
	buffer_append(&mailbox->text, text, length);
	mailbox->end = (size_t)(walk->at - walk->value);
}

/* The mailbox is complete: hands out its address, if it has one. */
static enum status
finish(struct walk *walk)
{
	struct mailbox        *mailbox   = &walk->mailbox;
	struct mail_addresses *addresses = walk->addresses;
	const char            *text      = buffer_text(&mailbox->text);

	if (mailbox->words)
		return refuse(walk, "words that are no address; write Name <user@node>");
	if (text[0] != '\0') {
		addresses->items = memory_grow(addresses->items, &addresses->capacity,
		                               addresses->count + 1, sizeof(addresses->items[0]));
		addresses->items[addresses->count++] = (struct mail_address){
			.text = memory_copy_text(text),
			.bare = strpbrk(text, "@!") == NULL,
			.end  = mailbox->end,
		};
	}
	clear(mailbox);
	return STATUS_OK;
}

static void
clear(struct mailbox *mailbox)
{
	buffer_clear(&mailbox->text);
	mailbox->gap = mailbox->words = mailbox->in_angle = mailbox->closed = false;
}

static enum status
refuse(struct walk *walk, const char *reason)
{
	struct spelling part = { walk->value, walk->value, strlen(walk->value) };
	char            quote[SPELLING_QUOTE_SIZE];

	diagnostic_set(walk->diagnostic, "%s: %s", spelling_quote(quote, part), reason);
	return STATUS_INVALID;
}

void
mail_address_qualify(const char *address, const char *node, struct buffer *out)
{
	const char *user = strrchr(address, '!');
	const char *last;

	if (strchr(address, '@') != NULL) {
		buffer_append_text(out, address);
		return;
	}
	if (user == NULL) {
		buffer_append_format(out, "%s@%s", address, node);
		return;
	}
	for (last = user; last > address && last[-1] != '!'; last--)
		;
	buffer_append(out, address, (size_t)(last - address));
	buffer_append_format(out, "%s@%.*s", user + 1, (int)(user - last), last);
}
