/*
 * layer.h - what stands between the bytes of a call and those of its medium
 *
 * A call may need the repair of a lossy line, above it TLS, above it compression. Each is a
 * layer with the same face: bytes from below go in and others come out for above, and the other
 * way around. A layer sees no descriptor and reads no clock, so that one can be tested, or
 * stacked on any medium, without one.
 *
 * A layer may answer by itself, also to nothing but the time: whatever was done to it,
 * `output` has what goes below next. It takes all that it is given; one that keeps bytes until the
 * far end has them says so with `room` and `held`, and is given no more than it likes.
 */
#ifndef DAEMON_TRANSPORT_LAYER_H
#define DAEMON_TRANSPORT_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"

struct layer; /* the first member of each kind's own struct; heap */

/* NULL where a layer has nothing to do, if the comment says what that means. */
struct layer_operations {
	/* Takes bytes from below; none is a way to begin. STATUS_INVALID: it is dead, see `why`. */
	enum status (*receive)(struct layer *layer, struct span bytes, struct instant now);
	/* The next bytes for above, at most `room`; 0: no more for now. STATUS_INVALID as above;
	 * STATUS_NOT_FOUND: the far end said that nothing follows. */
	enum status (*read)(struct layer *layer, void *bytes, size_t room, size_t *length);
	/* So many bytes from below are the next ones for above as they are, and need not pass through it:
	 * `passed` says how many did. NULL: none. */
	size_t (*passing)(const struct layer *layer);
	void (*passed)(struct layer *layer, size_t length);
	/* Takes bytes from above: the call's own once all are open, those of a layer before, too. */
	enum status (*write)(struct layer *layer, struct span bytes, struct instant now);
	/* Appends what below is to carry. */
	void (*output)(struct layer *layer, struct buffer *below, struct instant now);

	/* Have both ends of it met? NULL: always. */
	bool (*is_open)(const struct layer *layer);
	/* Does it like to be given more from above? NULL: always. */
	bool (*has_room)(const struct layer *layer);
	/* Bytes from above that the far end does not have yet. NULL: it passes all on at once. */
	uint64_t (*held)(const struct layer *layer);
	/* Nothing follows from above. NULL: it says no goodbye. */
	void (*close)(struct layer *layer, struct instant now);

	/* When `tick` must be called. NULL: never. */
	struct instant (*deadline)(const struct layer *layer);
	enum status (*tick)(struct layer *layer, struct instant now);

	/* The key that the far end has proved to hold, once open. NULL: it proves nothing. */
	const char *(*key)(const struct layer *layer);
	const char *(*why)(const struct layer *layer); /* it died, one line */
	/* Appends what it has found the line to be like, in lines of daemon/mesh/link_quality.h. NULL: it
	 * finds nothing. */
	void (*describe)(const struct layer *layer, struct buffer *lines);
	void (*free)(struct layer *layer);
};

struct layer {
	const struct layer_operations *operations;
};

enum { LAYERS_MAX = 4 };

/* A stack, from the medium up; it may be empty, but then no bytes can pass. */
struct layers {
	struct layer *items[LAYERS_MAX];
	size_t        count;
	uint64_t      entered; /* bytes given to the lowest layer that keeps them, if one does */
	const char   *why;     /* of the layer that died; borrowed from it                     */
};

void layers_init(struct layers *layers);
void layers_release(struct layers *layers);

/* Puts a layer on top, and owns it. */
void layers_add(struct layers *layers, struct layer *layer);

/* Lets each begin, once there is a medium. */
enum status layers_begin(struct layers *layers, struct instant now);

/* As one layer has it; what the medium carries is at one end, the call's own bytes at the other. */
enum status layers_receive(struct layers *layers, struct span bytes, struct instant now);
enum status layers_read(struct layers *layers, void *bytes, size_t room, size_t *length,
                        struct instant now);
/* As much as there is, so that its reader has few pieces of many bytes; they count with any status. */
enum status layers_fill(struct layers *layers, void *bytes, size_t room, size_t *length,
                        struct instant now);
enum status layers_write(struct layers *layers, struct span bytes, struct instant now);
enum status layers_output(struct layers *layers, struct buffer *medium, struct instant now);
/* `said`: the far end knows, and only a layer that keeps bytes has its end to say. */
enum status layers_close(struct layers *layers, bool said, struct instant now);
enum status layers_tick(struct layers *layers, struct instant now);

bool           layers_are_open(const struct layers *layers);
bool           layers_have_room(const struct layers *layers);
struct instant layers_deadline(const struct layers *layers);

/* Does any of them keep bytes until the far end has them? Then `layers_passed` counts those it
 * has, of `entered`. */
bool     layers_hold(const struct layers *layers);
uint64_t layers_passed(const struct layers *layers);

/* Nothing is kept. */
bool layers_are_idle(const struct layers *layers);

const char *layers_key(const struct layers *layers); /* "": none has proved any */
const char *layers_why(const struct layers *layers);
void        layers_describe(const struct layers *layers, struct buffer *lines);

#endif
