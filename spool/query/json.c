/*
 * json.c - commas, quotes and escapes
 */
#include "spool/query/json.h"

#include <assert.h>
#include <inttypes.h>

#include "spool/name/spelling.h"

static void begin_value(struct json *json, const char *name);
static void enter(struct json *json, const char *name, const char *bracket);
static void leave(struct json *json, const char *bracket);
static void append_quoted(struct buffer *out, const char *text);

void
json_init(struct json *json, struct buffer *out)
{
	*json = (struct json){ .out = out };
}

void
json_object_begin(struct json *json, const char *name)
{
	enter(json, name, "{");
}

void
json_object_end(struct json *json)
{
	leave(json, "}");
}

void
json_array_begin(struct json *json, const char *name)
{
	enter(json, name, "[");
}

void
json_array_end(struct json *json)
{
	leave(json, "]");
}

void
json_text(struct json *json, const char *name, const char *value)
{
	begin_value(json, name);
	if (value == NULL)
		buffer_append_text(json->out, "null");
	else
		append_quoted(json->out, value);
}

void
json_number(struct json *json, const char *name, int64_t value)
{
	begin_value(json, name);
	buffer_append_format(json->out, "%" PRId64, value);
}

void
json_boolean(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	buffer_append_text(json->out, value ? "true" : "false");
}

void
json_null(struct json *json, const char *name)
{
	json_text(json, name, NULL);
}

void
json_time(struct json *json, const char *name, struct walltime value)
{
	char text[WALLTIME_TEXT_SIZE];

	json_text(json, name, value.ms == 0 ? NULL : walltime_format(value, text));
}

void
json_line(struct json *json)
{
	assert(json->depth == 0 && json->begun[0]);
	buffer_append_text(json->out, "\n");
	json->begun[0] = false;
}

static void
enter(struct json *json, const char *name, const char *bracket)
{
	begin_value(json, name);
	buffer_append_text(json->out, bracket);
	assert(json->depth < JSON_MAX_DEPTH);
	json->begun[++json->depth] = false;
}

static void
leave(struct json *json, const char *bracket)
{
	assert(json->depth > 0);
	json->depth--;
	buffer_append_text(json->out, bracket);
}

static void
begin_value(struct json *json, const char *name)
{
	assert(json->depth > 0 || !json->begun[0]);
	if (json->begun[json->depth])
		buffer_append_text(json->out, ",");
	json->begun[json->depth] = true;
	if (name != NULL) {
		append_quoted(json->out, name);
		buffer_append_text(json->out, ":");
	}
}

static void
append_quoted(struct buffer *out, const char *text)
{
	buffer_append_text(out, "\"");
	while (*text != '\0') {
		uint32_t code;
		size_t   length = spelling_character(text, &code);

		if (length == 0) {
			buffer_append_text(out, "\\ufffd");
			length = 1;
		} else if (code == '"' || code == '\\') {
			buffer_append_format(out, "\\%c", (char)code);
		} else if (code == '\n') {
			buffer_append_text(out, "\\n");
		} else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
			buffer_append_format(out, "\\u%04" PRIx32, code);
		} else {
			buffer_append(out, text, length);
		}
		text += length;
	}
	buffer_append_text(out, "\"");
}
