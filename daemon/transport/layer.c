/*
 * layer.c - bytes up and down a stack
 *
 * Nothing lies between two layers: what one puts out, the next takes at once.
 */
#include "daemon/transport/layer.h"

#include <assert.h>

enum { PIECE_BYTES = 16 * 1024 };

static void        keep_hearing(struct layers *layers, struct instant now);
static enum status read_below(struct layers *layers, size_t above, struct instant now, bool *more);
static enum status read_layer(struct layers *layers, size_t index, void *bytes, size_t room,
                              size_t *length, struct instant now);
static enum status read_past(struct layers *layers, size_t above, void *bytes, size_t room,
                             size_t *length, struct instant now);
static size_t      passing(const struct layer *layer);
static enum status send_down(struct layers *layers, struct instant now);
static enum status give(struct layers *layers, size_t index, struct span bytes, struct instant now);
static size_t      holder(const struct layers *layers);
static enum status note(struct layers *layers, size_t index, enum status status);

void
layers_init(struct layers *layers)
{
	*layers = (struct layers){ .why = "" };
}

void
layers_release(struct layers *layers)
{
	for (size_t i = layers->count; i-- > 0;)
		layers->items[i]->operations->free(layers->items[i]);
	layers_init(layers);
}

void
layers_add(struct layers *layers, struct layer *layer)
{
	assert(layers->count < LAYERS_MAX);
	layers->items[layers->count++] = layer;
}

/* --- up -------------------------------------------------------------------------------- */

enum status
layers_begin(struct layers *layers, struct instant now)
{
	const struct span none   = { NULL, 0 };
	enum status       status = STATUS_OK;

	for (size_t i = 0; i < layers->count && status == STATUS_OK; i++)
		status = note(layers, i,
		              layers->items[i]->operations->receive(layers->items[i], none, now));
	return status;
}

enum status
layers_receive(struct layers *layers, struct span bytes, struct instant now)
{
	assert(layers->count > 0);
	return note(layers, 0, layers->items[0]->operations->receive(layers->items[0], bytes, now));
}

enum status
layers_read(struct layers *layers, void *bytes, size_t room, size_t *length, struct instant now)
{
	enum status status;

	*length = 0;
	if (layers->count == 0)
		return STATUS_OK;
	status = read_layer(layers, layers->count - 1, bytes, room, length, now);
	if (status == STATUS_NOT_FOUND)
		keep_hearing(layers, now);
	return status;
}

enum status
layers_fill(struct layers *layers, void *bytes, size_t room, size_t *length, struct instant now)
{
	enum status status = STATUS_OK;
	size_t      more   = 1;

	*length = 0;
	while (status == STATUS_OK && more > 0 && *length < room) {
		status =
		    layers_read(layers, (uint8_t *)bytes + *length, room - *length, &more, now);
		if (status == STATUS_OK)
			*length += more;
	}
	return status;
}

/* Nothing follows for above; but the layer that keeps bytes is to hear what became of ours. */
static void
keep_hearing(struct layers *layers, struct instant now)
{
	size_t index = holder(layers);
	bool   more  = index > 0 && index < layers->count;

	while (more && read_below(layers, index, now, &more) == STATUS_OK)
		;
}

static enum status
read_layer(struct layers *layers, size_t index, void *bytes, size_t room, size_t *length,
           struct instant now)
{
	struct layer *layer  = layers->items[index];
	enum status   status = STATUS_OK;
	bool          more   = true;

	for (*length = 0; more;) {
		status = note(layers, index, layer->operations->read(layer, bytes, room, length));
		if (status != STATUS_OK || *length > 0 || index == 0)
			return status;
		if (passing(layer) > 0)
			return read_past(layers, index, bytes, room, length, now);
		status = read_below(layers, index, now, &more);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* What a layer does not look at needs no copy of its own. */
static enum status
read_past(struct layers *layers, size_t above, void *bytes, size_t room, size_t *length,
          struct instant now)
{
	struct layer *layer = layers->items[above];
	size_t        most  = passing(layer);
	enum status   status =
	    read_layer(layers, above - 1, bytes, room < most ? room : most, length, now);

	if (status == STATUS_OK)
		layer->operations->passed(layer, *length);
	return status;
}

static size_t
passing(const struct layer *layer)
{
	return layer->operations->passing == NULL ? 0 : layer->operations->passing(layer);
}

static enum status
read_below(struct layers *layers, size_t above, struct instant now, bool *more)
{
	uint8_t       piece[PIECE_BYTES];
	struct layer *layer = layers->items[above];
	size_t        length;
	enum status   status = read_layer(layers, above - 1, piece, sizeof(piece), &length, now);

	*more = status == STATUS_OK && length > 0;
	if (!*more)
		return status;
	return note(layers, above,
	            layer->operations->receive(layer, (struct span){ piece, length }, now));
}

/* --- down ------------------------------------------------------------------------------ */

enum status
layers_write(struct layers *layers, struct span bytes, struct instant now)
{
	enum status status;

	assert(layers->count > 0);
	status = give(layers, layers->count - 1, bytes, now);
	return status == STATUS_OK ? send_down(layers, now) : status;
}

enum status
layers_output(struct layers *layers, struct buffer *medium, struct instant now)
{
	enum status status = send_down(layers, now);

	if (layers->count > 0)
		layers->items[0]->operations->output(layers->items[0], medium, now);
	return status;
}

/* What each layer has put out becomes the next one's, but for the lowest. */
static enum status
send_down(struct layers *layers, struct instant now)
{
	enum status   status = STATUS_OK;
	struct buffer bytes;

	buffer_init(&bytes);
	for (size_t i = layers->count; i > 1 && status == STATUS_OK; i--) {
		buffer_clear(&bytes);
		layers->items[i - 1]->operations->output(layers->items[i - 1], &bytes, now);
		if (bytes.length > 0)
			status = give(layers, i - 2, buffer_span(&bytes), now);
	}
	buffer_release(&bytes);
	return status;
}

static enum status
give(struct layers *layers, size_t index, struct span bytes, struct instant now)
{
	struct layer *layer = layers->items[index];

	if (index == holder(layers))
		layers->entered += bytes.length;
	return note(layers, index, layer->operations->write(layer, bytes, now));
}

/* From above, so that what a layer says at its end still passes those below. */
enum status
layers_close(struct layers *layers, bool said, struct instant now)
{
	enum status status = STATUS_OK;

	for (size_t i = layers->count; i-- > 0 && status == STATUS_OK;) {
		struct layer *layer = layers->items[i];

		if (layer->operations->close != NULL && (!said || layer->operations->held != NULL))
			layer->operations->close(layer, now);
		status = send_down(layers, now);
	}
	return status;
}

enum status
layers_tick(struct layers *layers, struct instant now)
{
	for (size_t i = 0; i < layers->count; i++) {
		struct layer *layer = layers->items[i];
		enum status   status;

		if (layer->operations->deadline == NULL ||
		    !instant_reached(layer->operations->deadline(layer), now))
			continue;
		status = note(layers, i, layer->operations->tick(layer, now));
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* --- what they say of themselves --------------------------------------------------------- */

bool
layers_are_open(const struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i]->operations->is_open != NULL &&
		    !layers->items[i]->operations->is_open(layers->items[i]))
			return false;
	return true;
}

bool
layers_have_room(const struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i]->operations->has_room != NULL &&
		    !layers->items[i]->operations->has_room(layers->items[i]))
			return false;
	return true;
}

struct instant
layers_deadline(const struct layers *layers)
{
	struct instant deadline = INSTANT_NEVER;

	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i]->operations->deadline != NULL)
			deadline = instant_earlier(
			    deadline, layers->items[i]->operations->deadline(layers->items[i]));
	return deadline;
}

/* The lowest that keeps bytes; `count` if none does. */
static size_t
holder(const struct layers *layers)
{
	size_t index = 0;

	while (index < layers->count && layers->items[index]->operations->held == NULL)
		index++;
	return index;
}

bool
layers_hold(const struct layers *layers)
{
	return holder(layers) < layers->count;
}

uint64_t
layers_passed(const struct layers *layers)
{
	const struct layer *layer;
	uint64_t            held;

	assert(layers_hold(layers));
	layer = layers->items[holder(layers)];
	held  = layer->operations->held(layer);
	return layers->entered > held ? layers->entered - held : 0;
}

bool
layers_are_idle(const struct layers *layers)
{
	const struct layer *layer = layers_hold(layers) ? layers->items[holder(layers)] : NULL;

	return layer == NULL || layer->operations->held(layer) == 0;
}

const char *
layers_key(const struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i]->operations->key != NULL)
			return layers->items[i]->operations->key(layers->items[i]);
	return "";
}

const char *
layers_why(const struct layers *layers)
{
	return layers->why;
}

void
layers_describe(const struct layers *layers, struct buffer *lines)
{
	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i]->operations->describe != NULL)
			layers->items[i]->operations->describe(layers->items[i], lines);
}

/* Keeps the words of the first that died. */
static enum status
note(struct layers *layers, size_t index, enum status status)
{
	if (status != STATUS_OK && status != STATUS_NOT_FOUND && layers->why[0] == '\0')
		layers->why = layers->items[index]->operations->why(layers->items[index]);
	return status;
}
