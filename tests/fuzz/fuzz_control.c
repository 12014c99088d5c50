/*
 * fuzz_control.c - any bytes on the control socket, from either side
 *
 * The first byte says whose bytes they are and how long the pieces are in which they
 * come. What decodes must encode, and decode again to an equal value.
 */
#include <assert.h>
#include <string.h>

#include "spool/control/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_item(const struct control_item *item);
static void check_request(struct span bytes);
static void check_submission(struct span bytes);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_reader reader;
	struct control_item   item = { .kind = CONTROL_NOTHING };
	size_t                step;

	if (size == 0)
		return 0;
	control_reader_init(&reader, (data[0] & 1) != 0 ? CONTROL_DAEMON : CONTROL_CLIENT);
	step = data[0] / 2 + 1;
	for (size_t at = 1; at < size && item.kind != CONTROL_BROKEN; at += step) {
		struct span input = { data + at, size - at < step ? size - at : step };

		do {
			control_read(&reader, &input, &item, NULL);
			check_item(&item);
		} while (item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
		assert(item.kind == CONTROL_BROKEN || input.length == 0);
	}
	assert(item.kind != CONTROL_BROKEN || !control_reader_complete(&reader));
	assert(reader.frames.held.capacity <= 2 * size + 16);
	control_reader_release(&reader);
	return 0;
}

static void
check_item(const struct control_item *item)
{
	struct control_done done;

	assert(item->bytes.length <= CONTROL_SUBMIT_MAX);
	if (item->kind == CONTROL_REQUEST)
		check_request(item->bytes);
	else if (item->kind == CONTROL_SUBMIT)
		check_submission(item->bytes);
	else if (item->kind == CONTROL_DONE &&
	         control_done_decode(&done, item->bytes, NULL) == STATUS_OK)
		assert(done.exit_code >= 0 && done.exit_code <= 255);
}

static void
check_request(struct span bytes)
{
	struct control_request first, second;
	struct buffer          encoded;

	control_request_init(&first);
	control_request_init(&second);
	buffer_init(&encoded);
	if (control_request_decode(&first, bytes, NULL) == STATUS_OK) {
		control_request_encode(&first, &encoded);
		assert(control_request_decode(&second, buffer_span(&encoded), NULL) == STATUS_OK);
		assert(first.count == second.count && first.arguments[first.count] == NULL);
		for (size_t i = 0; i < first.count; i++)
			assert(strcmp(first.arguments[i], second.arguments[i]) == 0);
		assert(first.json == second.json && first.color == second.color);
		assert(first.width == second.width);
	}
	control_request_release(&first);
	control_request_release(&second);
	buffer_release(&encoded);
}

static void
check_submission(struct span bytes)
{
	struct control_submission first, second;
	struct buffer             encoded, again;

	control_submission_init(&first);
	control_submission_init(&second);
	buffer_init(&encoded);
	buffer_init(&again);
	if (control_submission_decode(&first, bytes, NULL) == STATUS_OK) {
		assert(service_valid(first.service));
		control_submission_encode(&first, &encoded);
		assert(control_submission_decode(&second, buffer_span(&encoded), NULL) ==
		       STATUS_OK);
		control_submission_encode(&second, &again);
		assert(span_equal(buffer_span(&encoded), buffer_span(&again)));
	}
	control_submission_release(&first);
	control_submission_release(&second);
	buffer_release(&encoded);
	buffer_release(&again);
}
