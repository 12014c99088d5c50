/*
 * line_frame.h - one frame: what it says, and its bytes before they become digits
 *
 *   kind        one byte, the sum of what follows
 *   DATA        serial, one byte; offset, two: then its bytes, which end the frame
 *   ACK         acknowledged, two bytes; heard, one; the number of ranges, one; of each
 *               the gap before it and its length, base-128 integers
 *   OPEN        fields, which end the frame; nothing but TURN goes with it
 *   check       CRC-32C of all of it, the least significant byte last, begun with the call's
 *               seed: a frame of an earlier call, or our own come back, is no frame
 *
 * Offsets are of bytes of the stream, modulo 65,536, so what is sent again may be cut into
 * other pieces; serials are of frames, modulo 256, so each sending is known from each other.
 */
#ifndef DAEMON_LINE_LINE_FRAME_H
#define DAEMON_LINE_LINE_FRAME_H

#include "daemon/line/line_ranges.h"
#include "spool/base/buffer.h"

enum line_frame_kind {
	LINE_DATA = 1,  /* bytes of the stream, or with END perhaps none       */
	LINE_ACK  = 2,  /* what came of the far end's                         */
	LINE_TURN = 4,  /* half-duplex: from here on I listen                 */
	LINE_END  = 8,  /* with DATA: nothing follows these bytes             */
	LINE_OPEN = 16, /* who I am, for this call, and what my line passes   */
};

enum {
	LINE_FRAME_PLAIN_MAX = 4 + 4 + LINE_RANGES_MAX * 6 + 1024 + 4,
	LINE_CHECK_BYTES     = 4,
};

struct line_frame_range {
	uint16_t gap, length; /* after the range before it, or after `acknowledged` */
};

struct line_frame {
	uint8_t                 kind;
	uint8_t                 serial;
	uint16_t                offset;
	uint16_t                acknowledged; /* all before it has come                      */
	uint8_t                 heard;        /* the latest DATA frame that came             */
	size_t                  range_count;
	struct line_frame_range ranges[LINE_RANGES_MAX]; /* what came besides                */
	struct span             bytes;                   /* of DATA or OPEN; borrowed        */
};

/* Appends the frame. */
void line_frame_encode(const struct line_frame *frame, uint32_t seed, struct buffer *plain);

/* Takes it apart; OPEN frames are checked without a seed. False: it is no frame of this call. */
bool line_frame_decode(struct line_frame *frame, uint32_t seed, struct span plain);

#endif
