/*
 * smtp_data.c - dots and the ends of lines
 */
#include "spool/smtp/smtp_data.h"

#include <string.h>

static void take(struct smtp_data *data, uint8_t byte, struct buffer *out);
static void end_line(struct smtp_data *data, struct buffer *out);
static void inside(struct smtp_data *data, uint8_t byte, struct buffer *out);

void
smtp_data_init(struct smtp_data *data, bool lenient)
{
	*data = (struct smtp_data){ SMTP_DATA_START, lenient, false };
}

bool
smtp_data_read(struct smtp_data *data, struct span *bytes, struct buffer *out)
{
	while (bytes->length > 0 && data->state != SMTP_DATA_OVER) {
		take(data, bytes->data[0], out);
		bytes->data++;
		bytes->length--;
	}
	return data->state == SMTP_DATA_OVER;
}

static void
take(struct smtp_data *data, uint8_t byte, struct buffer *out)
{
	switch (data->state) {
	case SMTP_DATA_START:
		if (byte == '.')
			data->state = SMTP_DATA_DOT;
		else
			inside(data, byte, out);
		break;
	case SMTP_DATA_DOT: /* the dot is the line's own doubling, or the end */
		if (byte == '\r')
			data->state = SMTP_DATA_DOT_CARRIAGE;
		else if (byte == '\n' && data->lenient)
			data->state = SMTP_DATA_OVER;
		else
			inside(data, byte, out);
		break;
	case SMTP_DATA_DOT_CARRIAGE:
		if (byte == '\n') {
			data->state = SMTP_DATA_OVER;
			break;
		}
		data->bare = true;
		buffer_append_u8(out, '\r');
		inside(data, byte, out);
		break;
	case SMTP_DATA_CARRIAGE:
		if (byte == '\n') {
			end_line(data, out);
			break;
		}
		data->bare = true;
		buffer_append_u8(out, '\r');
		inside(data, byte, out);
		break;
	case SMTP_DATA_INSIDE:
		inside(data, byte, out);
		break;
	case SMTP_DATA_OVER:
	default:
		break;
	}
}

static void
inside(struct smtp_data *data, uint8_t byte, struct buffer *out)
{
	data->state = SMTP_DATA_INSIDE;
	if (byte == '\r') {
		data->state = SMTP_DATA_CARRIAGE;
	} else if (byte == '\n') {
		data->bare = data->bare || !data->lenient;
		end_line(data, out);
		if (!data->lenient) /* what follows is no start of a line, and so no end */
			data->state = SMTP_DATA_INSIDE;
	} else {
		buffer_append_u8(out, byte);
	}
}

static void
end_line(struct smtp_data *data, struct buffer *out)
{
	buffer_append_u8(out, '\n');
	data->state = SMTP_DATA_START;
}

void
smtp_data_write(struct span bytes, bool *line_start, struct buffer *line)
{
	for (size_t i = 0; i < bytes.length; i++) {
		uint8_t byte = bytes.data[i];

		if (*line_start && byte == '.')
			buffer_append_u8(line, '.');
		*line_start = byte == '\n';
		if (byte == '\n')
			buffer_append_u8(line, '\r');
		buffer_append_u8(line, byte);
	}
}
