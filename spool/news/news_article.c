/*
 * news_article.c - the heading of an article, and patterns of groups
 */
#include "spool/news/news_article.h"

#include <string.h>

#define GROUP_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_"

static bool         next_field(struct span *rest, struct span *name, struct span *value);
static bool         is_blank_line(struct span rest, size_t *length);
static struct span *place_of(struct news_article *article, struct span name);
static bool         is_named(struct span name, const char *text);
static char         lower(char letter);
static struct span  trimmed(struct span value);
static bool         is_id(struct span id);
static bool         match(const char *pattern, size_t length, const char *group);

enum status
news_article_parse(struct news_article *article, struct span bytes, struct diagnostic *diagnostic)
{
	struct span rest = bytes, name, value;
	size_t      blank;

	*article = (struct news_article){ .bytes = bytes };
	while (!is_blank_line(rest, &blank)) {
		struct span *place;

		if (rest.length == 0 || !next_field(&rest, &name, &value)) {
			diagnostic_set(diagnostic, rest.length == 0
			                               ? "it has a heading without end"
			                               : "a line of its heading is none");
			return STATUS_INVALID;
		}
		place = place_of(article, name);
		if (place == NULL)
			continue;
		if (place->length > 0) {
			diagnostic_set(diagnostic, "it has two fields \"%.*s\"", (int)name.length,
			               (const char *)name.data);
			return STATUS_INVALID;
		}
		*place = trimmed(value);
	}
	article->body = (struct span){ rest.data + blank, rest.length - blank };
	if (!is_id(article->message_id) || article->newsgroups.length == 0) {
		diagnostic_set(diagnostic, "it has no %s",
		               article->newsgroups.length == 0   ? "Newsgroups"
		               : article->message_id.length == 0 ? "Message-ID"
		                                                 : "Message-ID that is one");
		return STATUS_INVALID;
	}
	if (article->path.data != NULL && article->path.length == 0) { /* INN refuses it as well */
		diagnostic_set(diagnostic, "its Path is empty");
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

bool
news_article_passed(const struct news_article *article, const char *site)
{
	const char *at  = (const char *)article->path.data;
	const char *end = at + article->path.length;

	while (at < end) {
		const char *next = memchr(at, '!', (size_t)(end - at));

		if (next == NULL)
			return false;
		while (at < next && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
			at++;
		if (is_named((struct span){ (const uint8_t *)at, (size_t)(next - at) }, site))
			return true;
		at = next + 1;
	}
	return false;
}

void
news_article_pass(const struct news_article *article, const char *site, struct buffer *out)
{
	size_t length = strlen(site), before;

	if (article->path.length == 0) {
		buffer_append_format(out, "Path: %s!not-for-mail\n", site);
		buffer_append_span(out, article->bytes);
		return;
	}
	before = (size_t)(article->path.data - article->bytes.data);
	buffer_append(out, article->bytes.data, before);
	if (article->path.length <= length || article->path.data[length] != '!' ||
	    !is_named((struct span){ article->path.data, length }, site))
		buffer_append_format(out, "%s!", site);
	buffer_append(out, article->path.data, article->bytes.length - before);
}

bool
news_article_group(const struct news_article *article, size_t *position,
                   char group[NEWS_GROUP_MAX + 1])
{
	const char *text = (const char *)article->newsgroups.data;

	while (*position < article->newsgroups.length) {
		size_t length = 0;

		while (*position < article->newsgroups.length &&
		       strchr(", \t\r\n", text[*position]) != NULL && text[*position] != '\0')
			++*position;
		while (*position + length < article->newsgroups.length &&
		       (text[*position + length] == '\0' ||
		        strchr(", \t\r\n", text[*position + length]) == NULL))
			length++;
		if (length > 0 && length <= NEWS_GROUP_MAX) {
			memcpy(group, text + *position, length);
			group[length] = '\0';
		}
		*position += length;
		if (length > 0 && length <= NEWS_GROUP_MAX && strlen(group) == length &&
		    news_group_valid(group))
			return true;
	}
	return false;
}

bool
news_article_wanted(const struct news_article *article, const char *patterns)
{
	char   group[NEWS_GROUP_MAX + 1];
	size_t position = 0;

	while (news_article_group(article, &position, group))
		if (news_pattern_match(patterns, group))
			return true;
	return false;
}

bool
news_group_valid(const char *group)
{
	for (;;) {
		size_t length = strspn(group, GROUP_BYTES);

		if (length == 0 || strspn(group, "0123456789") == length ||
		    (group[length] != '.' && group[length] != '\0'))
			return false;
		if (group[length] == '\0')
			return true;
		group += length + 1;
	}
}

bool
news_pattern_match(const char *patterns, const char *group)
{
	bool wanted = false;

	for (;;) {
		size_t length = strcspn(patterns, ",");
		bool   except = patterns[0] == '!';

		if (match(patterns + except, length - except, group))
			wanted = !except;
		if (patterns[length] == '\0')
			return wanted;
		patterns += length + 1;
	}
}

bool
news_pattern_valid(const char *patterns)
{
	for (;;) {
		size_t length;

		patterns += patterns[0] == '!';
		length = strspn(patterns, GROUP_BYTES ".*?");
		if (length == 0 || length > NEWS_GROUP_MAX ||
		    (patterns[length] != ',' && patterns[length] != '\0'))
			return false;
		if (patterns[length] == '\0')
			return true;
		patterns += length + 1;
	}
}

/* A field with the lines that go on with it; the name without its colon. */
static bool
next_field(struct span *rest, struct span *name, struct span *value)
{
	const uint8_t *colon = memchr(rest->data, ':', rest->length);
	const uint8_t *line  = memchr(rest->data, '\n', rest->length);
	const uint8_t *end   = rest->data + rest->length;

	if (colon == NULL || line == NULL || line < colon || colon == rest->data ||
	    rest->data[0] == ' ' || rest->data[0] == '\t')
		return false;
	while (line + 1 < end && (line[1] == ' ' || line[1] == '\t')) {
		line = memchr(line + 1, '\n', (size_t)(end - line - 1));
		if (line == NULL)
			return false;
	}
	*name  = (struct span){ rest->data, (size_t)(colon - rest->data) };
	*value = (struct span){ colon + 1, (size_t)(line - colon - 1) };
	*rest  = (struct span){ line + 1, (size_t)(end - line - 1) };
	return true;
}

static bool
is_blank_line(struct span rest, size_t *length)
{
	*length = rest.length > 1 && rest.data[0] == '\r' ? 2 : 1;
	return rest.length >= *length && rest.data[*length - 1] == '\n';
}

static struct span *
place_of(struct news_article *article, struct span name)
{
	const struct {
		const char  *name;
		struct span *place;
	} fields[] = {
		{ "Path", &article->path },
		{ "Newsgroups", &article->newsgroups },
		{ "Message-ID", &article->message_id },
		{ "Subject", &article->subject },
		{ "From", &article->from },
		{ "Date", &article->date },
		{ "References", &article->references },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (is_named(name, fields[i].name))
			return fields[i].place;
	return NULL;
}

static bool
is_named(struct span name, const char *text)
{
	if (name.length != strlen(text))
		return false;
	for (size_t i = 0; i < name.length; i++)
		if (lower((char)name.data[i]) != lower(text[i]))
			return false;
	return true;
}

static char
lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static struct span
trimmed(struct span value)
{
	while (value.length > 0 && strchr(" \t\r\n", value.data[0]) != NULL &&
	       value.data[0] != '\0')
		value = (struct span){ value.data + 1, value.length - 1 };
	while (value.length > 0 && value.data[value.length - 1] != '\0' &&
	       strchr(" \t\r\n", value.data[value.length - 1]) != NULL)
		value.length--;
	return value;
}

static bool
is_id(struct span id)
{
	if (id.length < 3 || id.length > NEWS_ID_MAX || id.data[0] != '<' ||
	    id.data[id.length - 1] != '>')
		return false;
	for (size_t i = 0; i < id.length; i++)
		if (id.data[i] <= ' ' || id.data[i] >= 0x7f)
			return false;
	return true;
}

/* The usual two places to go back to: behind the last `*`, one byte later each time. */
static bool
match(const char *pattern, size_t length, const char *group)
{
	size_t      at = 0, star = length; /* length: there was none */
	const char *again = NULL;

	while (*group != '\0') {
		if (at < length && pattern[at] == '*') {
			star  = at++;
			again = group;
		} else if (at < length && (pattern[at] == '?' || pattern[at] == *group)) {
			at++;
			group++;
		} else if (again != NULL) {
			at    = star + 1;
			group = ++again;
		} else {
			return false;
		}
	}
	while (at < length && pattern[at] == '*')
		at++;
	return at == length;
}
