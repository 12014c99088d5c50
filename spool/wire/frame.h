/*
 * frame.h - frames on a stream of bytes: a type, a length, a payload
 *
 * The link protocol and the control socket share this. A frame is one byte of type, the
 * length of its payload as a base-128 integer of at most four bytes in its shortest
 * form (field.h), and the payload. Each protocol has a table that says, per type, how
 * long a payload may be and whether it is handed on in pieces as it arrives or whole.
 *
 * Versions meet in the field. Types 1 to 127 that the table does not know are skipped, if
 * they are not longer than FRAME_SKIP_MAX: a later version may say more to whom it may
 * concern. Types 128 to 255 are for what must be understood: unknown, they end the
 * stream, and so does type 0, which is what a line of noise or zeroes looks like.
 *
 * Nothing is allocated before its bytes came: the length in a header is only compared.
 */
#ifndef SPOOL_WIRE_FRAME_H
#define SPOOL_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"

enum {
	FRAME_HEADER_MAX = 5,
	FRAME_SKIP_MAX   = 65536, /* longest payload of an unknown type            */
	FRAME_MUST_KNOW  = 128,   /* from this type on, unknown is an error        */
	FRAME_TYPE_LIMIT = 32,    /* types of a table are below, for frame_set     */
};

/* Types as a set of bits: what a reader takes at this point of the conversation. */
#define FRAME_ALL       UINT32_MAX
#define FRAME_UNKNOWN   UINT32_C(1) /* those that are skipped */
#define FRAME_BIT(type) (UINT32_C(1) << (type))

struct frame_rule {
	uint32_t max_bytes; /* of the payload; 0 with `known`: always empty */
	bool     known;
	bool     pieces; /* hand on what came, do not wait for the rest     */
};

struct frame_table {
	const struct frame_rule *rules; /* by type */
	size_t                   count; /* at most FRAME_TYPE_LIMIT */
};

struct frame_reader {
	const struct frame_table *table;
	uint32_t                  allowed; /* the owner may change it between frames      */
	uint8_t                   header[FRAME_HEADER_MAX];
	unsigned                  header_length;
	bool                      inside; /* the header is complete                      */
	uint32_t                  length; /* of the payload                              */
	uint32_t                  taken;  /* bytes of it that came                       */
	struct buffer             held;   /* a frame to be whole that came in pieces     */
};

struct frame {
	uint8_t     type;
	uint32_t    length; /* of the whole payload                                      */
	uint32_t    offset; /* of these bytes in it; 0 unless in pieces                  */
	struct span bytes;  /* borrowed from the input or the reader until the next call */
	bool        last;   /* the payload ends with these bytes                         */
};

enum frame_result { FRAME_NOTHING, FRAME_READ, FRAME_BROKEN };

void frame_reader_init(struct frame_reader *reader, const struct frame_table *table,
                       uint32_t allowed);
void frame_reader_release(struct frame_reader *reader);

/*
 * Uses bytes from the front of *input until a frame, or a piece of one, is there; NOTHING
 * means that all of them are used up. After BROKEN (the sentence is in *diagnostic) the
 * reader is of no more use.
 */
enum frame_result frame_read(struct frame_reader *reader, struct span *input, struct frame *frame,
                             struct diagnostic *diagnostic);

/* Is the reader between two frames? If not, the stream must not end here. */
bool frame_reader_between(const struct frame_reader *reader);

/* Appends a header alone; `length` bytes of payload follow by other means. */
void frame_append_header(struct buffer *out, uint8_t type, size_t length);
void frame_append(struct buffer *out, uint8_t type, struct span payload);

#endif
