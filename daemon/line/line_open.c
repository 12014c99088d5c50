/*
 * line_open.c - two ends meet
 *
 * Each end has drawn a number for the call and says it, with what it knows of the line, in the
 * alphabet that every line passes. It says it again until it has heard its own number from the
 * far end, or a frame that could only be made with it: bytes of an earlier call, which may
 * still be in a modem or a driver, know only earlier numbers.
 *
 * Nobody waits for that with sending: who knows the far end's number may send, and what the far
 * end cannot read yet is sent again like anything that got lost. So a call costs half a round
 * trip before the first byte, and no end needs to be told which of the two it is.
 */
#include "daemon/line/line_inside.h"

#include <string.h>

#include "spool/base/checksum.h"
#include "spool/base/field.h"

enum open_field {
	OPEN_NUMBER = 1,
	OPEN_FAR_NUMBER,
	OPEN_SEVEN_BIT,
	OPEN_HALF_DUPLEX,
	OPEN_AVOIDED
};

enum { OPEN_WAIT_MAX_MS = 30000 };

struct opening {
	uint32_t    number, far_number; /* 0: not said */
	bool        seven_bit, half_duplex;
	struct span avoided;
};

static bool     read_opening(struct opening *opening, struct span bytes);
static bool     read_number(const struct field *field, uint32_t *number);
static void     meet(struct line *line, const struct opening *opening, struct instant now);
static uint32_t seed(uint32_t from, uint32_t to);

void
line_open_begin(struct line *line, const struct line_options *options, struct instant now)
{
	static const uint8_t flow_control[]   = { 0x11, 0x13, 0x91, 0x93 };
	static const uint8_t never_in_seven[] = { 0x00, '\n', '\r', 0x11, 0x13, 0x7f };

	line->number      = options->number;
	line->calls       = options->calls;
	line->seven_bit   = options->seven_bit;
	line->half_duplex = options->half_duplex;
	for (size_t i = 0; options->xonxoff && i < sizeof(flow_control); i++)
		line_bytes_add(&line->avoided, flow_control[i]);
	for (size_t i = 0; options->seven_bit && i < sizeof(never_in_seven); i++)
		line_bytes_add(&line->avoided, never_in_seven[i]);
	for (size_t i = 0; i < options->avoided_count; i++)
		line_bytes_add(&line->avoided, options->avoided[i]);
	line_alphabet_init_safe(&line->safe);
	line_alphabet_init(&line->agreed, line->seven_bit, &line->avoided);
	line->open_due     = INSTANT_NEVER;
	line->open_due_now = true;
	line->heard        = now;
}

void
line_open_say(struct line *line, struct buffer *medium, struct instant now)
{
	struct line_frame frame = { .kind = LINE_OPEN };
	struct buffer     fields;
	uint8_t           number[4], avoided[LINE_AVOIDED_MAX];
	size_t            count = 0;

	buffer_init(&fields);
	for (int i = 0; i < 4; i++)
		number[i] = (uint8_t)(line->number >> (24 - 8 * i));
	field_append(&fields, OPEN_NUMBER, (struct span){ number, 4 });
	for (int i = 0; i < 4; i++)
		number[i] = (uint8_t)(line->far_number >> (24 - 8 * i));
	if (line->far_number != 0)
		field_append(&fields, OPEN_FAR_NUMBER, (struct span){ number, 4 });
	if (line->seven_bit)
		field_append_number(&fields, OPEN_SEVEN_BIT, 1);
	if (line->half_duplex)
		field_append_number(&fields, OPEN_HALF_DUPLEX, 1);
	for (unsigned byte = 0; byte < 256 && count < LINE_AVOIDED_MAX; byte++)
		if (line_bytes_has(&line->avoided, (uint8_t)byte))
			avoided[count++] = (uint8_t)byte;
	if (count > 0)
		field_append(&fields, OPEN_AVOIDED, (struct span){ avoided, count });
	frame.bytes = buffer_span(&fields);
	if (line->half_duplex && line->far_number == 0)
		frame.kind |= LINE_TURN; /* there is nothing more to say before an answer */
	line_put(line, &frame, true, medium, now);
	buffer_release(&fields);

	line->open_due_now = false;
	if ((frame.kind & LINE_TURN) != 0)
		line_turn_passed(line);
	else if (!line->confirmed && !line->half_duplex) {
		int64_t wait = line_measure_wait_ms(line) << (line->opens < 4 ? line->opens : 4);

		/* The answering side waits a little longer, so that two never keep in step. */
		wait           = wait < OPEN_WAIT_MAX_MS ? wait : OPEN_WAIT_MAX_MS;
		line->open_due = instant_after(line->clear, line->calls ? wait : wait + wait / 4);
		line->opens++;
	}
}

void
line_open_heard(struct line *line, const struct line_frame *frame, struct instant now)
{
	struct opening opening = { .number = 0 };

	if (!read_opening(&opening, frame->bytes) || opening.number == line->number)
		return; /* our own, come back */
	if (opening.number != line->far_number && line->confirmed) {
		if (opening.far_number == line->number)
			line_die(line, "the far end began anew");
		else
			line->open_due_now = true; /* stale, or a new far end, which will answer */
		return;
	}
	line->heard = now;
	if (opening.number != line->far_number)
		meet(line, &opening, now);
	if (opening.far_number == line->number) {
		line->confirmed    = true;
		line->open_due     = INSTANT_NEVER;
		line->open_due_now = false;
		line->ack_due_now  = true; /* so that it hears that we know it */
	} else {
		line->open_due_now = true;
	}
	if ((frame->kind & LINE_TURN) != 0)
		line_turn_given(line, now);
}

/* What one end's line does not pass, neither end writes. */
static void
meet(struct line *line, const struct opening *opening, struct instant now)
{
	line->far_number = opening->number;
	line->seven_bit |= opening->seven_bit;
	line->half_duplex |= opening->half_duplex;
	for (size_t i = 0; i < opening->avoided.length; i++)
		line_bytes_add(&line->avoided, opening->avoided.data[i]);
	line_alphabet_init(&line->agreed, line->seven_bit, &line->avoided);
	line->seed_out   = seed(line->number, line->far_number);
	line->seed_in    = seed(line->far_number, line->number);
	line->waits_from = now;
	line_send_anew(line);
}

static uint32_t
seed(uint32_t from, uint32_t to)
{
	uint8_t bytes[8];

	for (int i = 0; i < 4; i++) {
		bytes[i]     = (uint8_t)(from >> (24 - 8 * i));
		bytes[i + 4] = (uint8_t)(to >> (24 - 8 * i));
	}
	return checksum_crc32c(0, (struct span){ bytes, sizeof(bytes) });
}

static bool
read_opening(struct opening *opening, struct span bytes)
{
	struct reader reader;
	struct field  field;
	uint32_t      last  = 0;
	uint64_t      value = 0;

	reader_init(&reader, bytes);
	while (field_next(&reader, &last, &field))
		switch (field.number) {
		case OPEN_NUMBER:
			if (!read_number(&field, &opening->number))
				return false;
			break;
		case OPEN_FAR_NUMBER:
			if (!read_number(&field, &opening->far_number))
				return false;
			break;
		case OPEN_SEVEN_BIT:
			if (!field_number(&field, &value))
				return false;
			opening->seven_bit = value != 0;
			break;
		case OPEN_HALF_DUPLEX:
			if (!field_number(&field, &value))
				return false;
			opening->half_duplex = value != 0;
			break;
		case OPEN_AVOIDED:
			opening->avoided = field.value;
			break;
		default: /* of a later version */
			break;
		}
	return !reader.failed && opening->number != 0;
}

static bool
read_number(const struct field *field, uint32_t *number)
{
	struct reader reader;

	reader_init(&reader, field->value);
	*number = reader_u32(&reader);
	return field->value.length == 4 && *number != 0;
}
