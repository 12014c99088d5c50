/*
 * fuzz_meeting.c - whatever a line says, an end that looks for another keeps little of it
 *
 * The first byte says which end it is. Then pieces: how long the line is silent (tenths of a
 * second), how many bytes it says then. Once met, all that is said passes, in order.
 */
#include <assert.h>

#include "daemon/line/meeting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct meeting meeting;
	struct instant now = { 0 };
	struct buffer  line, said; /* after they met */
	enum status    status = STATUS_OK;
	unsigned       kind   = size > 0 ? data[0] : 0;

	meeting_init(&meeting, kind & 1, kind & 2, kind & 4, now);
	buffer_init(&line);
	buffer_init(&said);
	for (size_t at = 1; at + 1 < size && status == STATUS_OK;) {
		size_t length = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;
		bool   before = meeting.met;

		now    = instant_after(now, data[at] * 100);
		status = meeting_tick(&meeting, now);
		if (meeting_receive(&meeting, (struct span){ data + at + 2, length }, now) !=
		    STATUS_OK)
			status = STATUS_INVALID;
		buffer_clear(&line);
		meeting_output(&meeting, &line, now);
		assert(line.length <= 64 && meeting.tail.length <= 2 * MEETING_HEARD_MAX);
		assert(!meeting.met || meeting.said);
		if (before)
			buffer_append(&said, data + at + 2, length);
		else if (meeting.met) /* it began within this piece */
			buffer_append_span(&said, buffer_span(&meeting.above));
		assert(meeting.above.length <= said.length);
		at += 2 + length;
	}
	if ((kind & 2) == 0 && status == STATUS_OK) {
		meeting_tick(&meeting, instant_after(now, 10 * MEETING_CARRIER_MS));
		assert(span_equal(buffer_span(&meeting.above), buffer_span(&said)));
	}
	meeting_release(&meeting);
	buffer_release(&line);
	buffer_release(&said);
	return 0;
}
