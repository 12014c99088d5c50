/*
 * loop_line.c - rates, round trips, and a number for the call
 */
#include "daemon/loop/loop_line.h"

#include <sys/random.h>

#include "daemon/transport/layer_line.h"
#include "spool/base/log.h"

enum {
	BITS_OF_BYTE   = 8,
	SERIAL_BITS    = 10, /* with its start and stop bit */
	SHAKE_LIMIT_MS = 60000,
	SHAKE_ROUNDS   = 10,
	PIECE_BYTES    = 1024, /* a frame's */
	WINDOW_BYTES   = 65536,
};

static uint32_t draw_number(void);
static int64_t  bytes_a_second(const struct description_transport *transport);

bool
loop_line_is_needed(const struct description_transport *transport)
{
	return transport->path_unreliable || transport->path_7bit || transport->path_half_duplex;
}

void
loop_line_prepare(struct loop_stream *stream, const struct description_transport *transport,
                  bool calls)
{
	struct line_options options = {
		.number        = draw_number(),
		.calls         = calls,
		.seven_bit     = transport->path_7bit,
		.xonxoff       = transport->flow == FLOW_XONXOFF,
		.half_duplex   = transport->path_half_duplex,
		.rate_bytes    = bytes_a_second(transport),
		.round_trip_ms = transport->round_trip_ms > 0 ? transport->round_trip_ms : 0,
		.patience_ms   = transport->timeout_ms,
	};

	if (!loop_line_is_needed(transport))
		return;
	layers_add(&stream->layers, layer_line_new(&options));
	/* What is sent again, and turns, take their time. */
	stream->shake_limit_ms += SHAKE_LIMIT_MS + SHAKE_ROUNDS * (unsigned)options.round_trip_ms;
	stream->turns        = options.half_duplex;
	stream->piece_bytes  = PIECE_BYTES;
	stream->window_bytes = WINDOW_BYTES; /* the line knows how much is enough */
}

static int64_t
bytes_a_second(const struct description_transport *transport)
{
	int64_t bits = transport->rate_bits > 0 ? transport->rate_bits : transport->speed_bits;

	return bits / (transport->kind == TRANSPORT_SERIAL ? SERIAL_BITS : BITS_OF_BYTE);
}

static uint32_t
draw_number(void)
{
	uint32_t number = 0;

	while (number == 0)
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			log_fatal("the kernel has no random bytes");
	return number;
}
