/*
 * control_request.c - a verb and its arguments as fields
 *
 * Unlike a message's heading nothing here outlives the connection: unknown fields are
 * passed over and the encoding need not be the only one.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/memory.h"
#include "spool/control/control.h"

enum field_number { FIELD_ARGUMENT = 1, FIELD_JSON, FIELD_COLOR, FIELD_WIDTH };

enum { WIDTH_MAX = 10000 };

static bool decode_field(struct control_request *request, const struct field *field);
static bool decode_argument(struct control_request *request, const struct field *field);
static void append_set(struct buffer *out, uint32_t number, uint64_t value);

void
control_request_init(struct control_request *request)
{
	*request = (struct control_request){ .arguments = NULL };
}

void
control_request_release(struct control_request *request)
{
	for (size_t i = 0; i < request->count; i++)
		free(request->arguments[i]);
	free(request->arguments);
	control_request_init(request);
}

void
control_request_add(struct control_request *request, const char *argument)
{
	request->arguments = memory_grow(request->arguments, &request->capacity, request->count + 2,
	                                 sizeof(request->arguments[0]));
	request->arguments[request->count++] = memory_copy_text(argument);
	request->arguments[request->count]   = NULL;
}

void
control_request_encode(const struct control_request *request, struct buffer *out)
{
	for (size_t i = 0; i < request->count; i++)
		field_append_text(out, FIELD_ARGUMENT, request->arguments[i]);
	append_set(out, FIELD_JSON, request->json);
	append_set(out, FIELD_COLOR, request->color);
	append_set(out, FIELD_WIDTH, request->width < WIDTH_MAX ? request->width : WIDTH_MAX);
}

enum status
control_request_decode(struct control_request *request, struct span bytes,
                       struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          good = true;

	control_request_release(request);
	reader_init(&reader, bytes);
	while (good && field_next(&reader, &last, &field))
		good = decode_field(request, &field);
	if (good && !reader.failed && request->count > 0)
		return STATUS_OK;
	control_request_release(request);
	diagnostic_set(diagnostic, "the request is malformed");
	return STATUS_INVALID;
}

static bool
decode_field(struct control_request *request, const struct field *field)
{
	uint64_t value;

	if (field->number == FIELD_ARGUMENT)
		return decode_argument(request, field);
	if (field->number > FIELD_WIDTH)
		return true; /* of a newer version */
	if (!field_number(field, &value) || value > WIDTH_MAX)
		return false;
	if (field->number == FIELD_JSON)
		request->json = value != 0;
	else if (field->number == FIELD_COLOR)
		request->color = value != 0;
	else
		request->width = (uint32_t)value;
	return true;
}

static bool
decode_argument(struct control_request *request, const struct field *field)
{
	struct buffer text;
	bool          good;

	if (request->count == CONTROL_ARGUMENTS_MAX)
		return false;
	buffer_init(&text);
	buffer_append_span(&text, field->value);
	good = strlen(buffer_text(&text)) == text.length; /* no NUL inside */
	if (good)
		control_request_add(request, buffer_text(&text));
	buffer_release(&text);
	return good;
}

static void
append_set(struct buffer *out, uint32_t number, uint64_t value)
{
	if (value != 0)
		field_append_number(out, number, value);
}
