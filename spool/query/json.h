/*
 * json.h - a writer of JSON (RFC 8259) that cannot write a wrong line
 *
 * Appends to a buffer; knows where commas belong. A member of an object takes a name, an
 * item of an array and the outermost value take NULL. Texts may hold anything: what is no
 * UTF-8 becomes U+FFFD, controls are escaped, so that the output is always one line of
 * valid JSON that is harmless on a terminal.
 */
#ifndef SPOOL_QUERY_JSON_H
#define SPOOL_QUERY_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"

enum { JSON_MAX_DEPTH = 16 };

struct json {
	struct buffer *out; /* borrowed */
	unsigned       depth;
	bool           begun[JSON_MAX_DEPTH + 1]; /* has the level a value already? */
};

void json_init(struct json *json, struct buffer *out);

void json_object_begin(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *name);
void json_array_end(struct json *json);

void json_text(struct json *json, const char *name, const char *value); /* NULL is null */
void json_number(struct json *json, const char *name, int64_t value);
void json_boolean(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
/* RFC 3339 in UTC; a time of 0 is not known, and null. */
void json_time(struct json *json, const char *name, struct walltime value);

/* The end of the outermost value: a newline, and the next one may follow. */
void json_line(struct json *json);

#endif
