/*
 * compress.h - fewer bytes for the same words: one direction of a call, and back
 *
 * What is written comes out in stretches (doc/PROTOCOL.md, "Compression"), each of which the far
 * end can read as soon as it has it. A stretch is bytes of a long zstd frame (RFC 8878), so
 * what was said earlier in the call makes shorter what is said later, and a dictionary, which
 * both ends have, what is said first; or it is stored, where looking for something to save would
 * be a waste of time.
 *
 * Reading is for bytes from outside: memory is bounded by COMPRESS_WINDOW_LOG, and a stretch
 * that would become more than COMPRESS_STRETCH_MAX bytes is refused where it does. A reader
 * gives what it has in pieces of its caller's size and keeps the rest packed, so one who takes
 * no more cannot be flooded.
 */
#ifndef DAEMON_COMPRESS_COMPRESS_H
#define DAEMON_COMPRESS_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"

enum {
	COMPRESS_WINDOW_LOG  = 17,    /* of the frame, at most: 128 KiB               */
	COMPRESS_STRETCH_MAX = 65536, /* plain bytes in one                           */
};

/* How much work is done for a byte less. */
enum compress_effort { COMPRESS_QUICK, COMPRESS_HARD };

struct compressor;   /* heap */
struct decompressor; /* heap */

struct compressor *compressor_new(enum compress_effort effort);
void               compressor_free(struct compressor *compressor);

/*
 * From the next stretch on. That, and a rest, which gives memory back until there is something
 * to say again, begin a new frame: what was said before helps no more.
 */
void compressor_set_effort(struct compressor *compressor, enum compress_effort effort);
void compressor_rest(struct compressor *compressor);

/* Appends the stretches of all of `plain`. */
void compressor_write(struct compressor *compressor, struct span plain, struct buffer *out);

struct decompressor *decompressor_new(void);
void                 decompressor_free(struct decompressor *decompressor);

/* Takes what came; it is copied. */
void decompressor_receive(struct decompressor *decompressor, struct span bytes);

/*
 * The next plain bytes, at most `room` > 0; 0: no more for now. STATUS_INVALID: what came is no
 * stretch, and nothing more will be read.
 */
enum status decompressor_read(struct decompressor *decompressor, void *bytes, size_t room,
                              size_t *length);

/*
 * So many of the bytes that come next are plain bytes already, and can be had without this; 0: none,
 * or not known yet. Who takes some of them past it says so.
 */
size_t decompressor_passing(const struct decompressor *decompressor);
void   decompressor_passed(struct decompressor *decompressor, size_t length);

/* Do they look like bytes that another program has compressed, or that were drawn? */
bool compress_is_hopeless(struct span bytes);

#endif
