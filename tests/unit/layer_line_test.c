/*
 * layer_line_test.c - a stack on a lossy line, and how it ends
 *
 * Above the line is a layer like TLS, which says goodbye and, when it has heard the far end's,
 * that nothing follows; below it is one that hands bytes on as they come. The medium between the
 * two stacks is memory, and loses a piece now and then.
 */
#include "daemon/transport/layer_line.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"
#include "tests/unit/unit.h"

enum { GOODBYE = 0x04, PIECE = 700, LOSE_ONE_IN = 6, STEPS_MOST = 5000 };

/* Hands on what it is given; one that `parts` ends with a byte. */
struct passing {
	struct layer  layer;
	bool          parts;
	bool          heard_goodbye;
	struct buffer up, down;
};

struct end {
	struct layers layers;
	struct buffer medium, heard;
	bool          over;
};

static struct end     ends[2];
static struct instant now;
static struct random  dice;

static enum status
take_up(struct layer *layer, struct span bytes, struct instant at)
{
	struct passing *self = (struct passing *)layer;

	(void)at;
	for (size_t i = 0; i < bytes.length; i++)
		if (self->parts && bytes.data[i] == GOODBYE)
			self->heard_goodbye = true;
		else
			buffer_append_u8(&self->up, bytes.data[i]);
	return STATUS_OK;
}

static enum status
give_up(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	struct passing *self = (struct passing *)layer;

	*length = buffer_take_front(&self->up, bytes, room);
	return *length == 0 && self->heard_goodbye ? STATUS_NOT_FOUND : STATUS_OK;
}

static enum status
take_down(struct layer *layer, struct span bytes, struct instant at)
{
	(void)at;
	buffer_append_span(&((struct passing *)layer)->down, bytes);
	return STATUS_OK;
}

static void
give_down(struct layer *layer, struct buffer *below, struct instant at)
{
	struct passing *self = (struct passing *)layer;

	(void)at;
	buffer_move(below, &self->down);
}

static void
part(struct layer *layer, struct instant at)
{
	struct passing *self = (struct passing *)layer;

	(void)at;
	if (self->parts)
		buffer_append_u8(&self->down, GOODBYE);
}

static const char *
why(const struct layer *layer)
{
	(void)layer;
	return "";
}

static void
release(struct layer *layer)
{
	struct passing *self = (struct passing *)layer;

	buffer_release(&self->up);
	buffer_release(&self->down);
	free(self);
}

static struct layer *
passing_new(bool parts)
{
	static const struct layer_operations operations = {
		.receive = take_up,
		.read    = give_up,
		.write   = take_down,
		.output  = give_down,
		.close   = part,
		.why     = why,
		.free    = release,
	};
	struct passing *self = memory_new(1, sizeof(*self));

	self->layer.operations = &operations;
	self->parts            = parts;
	buffer_init(&self->up);
	buffer_init(&self->down);
	return &self->layer;
}

static void
setup(void)
{
	now = (struct instant){ 1000 };
	random_seed_number(&dice, 5);
	for (uint32_t i = 0; i < 2; i++) {
		struct line_options options = { .number = i + 1, .calls = i == 0 };

		layers_init(&ends[i].layers);
		layers_add(&ends[i].layers, passing_new(false));
		layers_add(&ends[i].layers, layer_line_new(&options));
		layers_add(&ends[i].layers, passing_new(true));
		buffer_init(&ends[i].medium);
		buffer_init(&ends[i].heard);
		ends[i].over = false;
		CU_ASSERT_EQUAL(layers_begin(&ends[i].layers, now), STATUS_OK);
	}
}

static void
teardown(void)
{
	for (unsigned i = 0; i < 2; i++) {
		layers_release(&ends[i].layers);
		buffer_release(&ends[i].medium);
		buffer_release(&ends[i].heard);
	}
}

static void
read_all(struct end *end)
{
	char        bytes[300];
	size_t      length;
	enum status status;

	do {
		status = layers_read(&end->layers, bytes, sizeof(bytes), &length, now);
		CU_ASSERT_TRUE_FATAL(status == STATUS_OK || status == STATUS_NOT_FOUND);
		buffer_append(&end->heard, bytes, length);
	} while (length > 0);
	end->over |= status == STATUS_NOT_FOUND;
}

/* What the two have to say to each other now, and then to when one of them is due. */
static void
step(void)
{
	struct instant due = INSTANT_NEVER;

	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(layers_tick(&ends[i].layers, now), STATUS_OK);
		CU_ASSERT_EQUAL(layers_output(&ends[i].layers, &ends[i].medium, now), STATUS_OK);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct buffer *medium = &ends[1 - i].medium;

		if (medium->length > 0 && random_below(&dice, LOSE_ONE_IN) > 0)
			CU_ASSERT_EQUAL(layers_receive(&ends[i].layers, buffer_span(medium), now),
			                STATUS_OK);
		buffer_clear(medium);
		read_all(&ends[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		due = instant_earlier(due, layers_deadline(&ends[i].layers));
	now = instant_after(now, due.ms - now.ms < 10 ? due.ms - now.ms : 10);
}

static void
both_ends_learn_that_it_is_over(void)
{
	static const uint8_t piece[PIECE];
	unsigned             steps = 0;

	while (!layers_are_open(&ends[0].layers) || !layers_are_open(&ends[1].layers))
		step();
	for (unsigned given = 0; given < 20; step())
		if (layers_have_room(&ends[0].layers)) {
			layers_write(&ends[0].layers, (struct span){ piece, PIECE }, now);
			given++;
		}
	CU_ASSERT_FALSE(layers_are_idle(&ends[0].layers));
	layers_close(&ends[0].layers, false, now);
	while (!ends[1].over && steps++ < STEPS_MOST)
		step();
	CU_ASSERT_EQUAL(ends[1].heard.length, 20 * PIECE);
	layers_close(&ends[1].layers, false, now);
	/* Both have heard the other's goodbye or will, and below it each waits to be confirmed. */
	while (!(layers_are_idle(&ends[0].layers) && layers_are_idle(&ends[1].layers)) &&
	       steps++ < STEPS_MOST)
		step();
	CU_ASSERT_TRUE(steps < STEPS_MOST);
	CU_ASSERT_TRUE(ends[0].over);
	CU_ASSERT_EQUAL(layers_passed(&ends[0].layers), 20 * PIECE + 1);
}

static void
what_is_held_is_what_the_far_end_has_not(void)
{
	static const uint8_t piece[PIECE];

	while (!layers_are_open(&ends[0].layers) || !layers_are_open(&ends[1].layers))
		step();
	CU_ASSERT_TRUE(layers_hold(&ends[0].layers) && layers_have_room(&ends[0].layers));
	for (int i = 0; i < 30; i++) /* more than it likes: it takes it all the same */
		layers_write(&ends[0].layers, (struct span){ piece, PIECE }, now);
	CU_ASSERT_FALSE(layers_have_room(&ends[0].layers));
	CU_ASSERT_EQUAL(layers_passed(&ends[0].layers), 0);
	for (int i = 0; i < STEPS_MOST && !layers_are_idle(&ends[0].layers); i++)
		step();
	CU_ASSERT_EQUAL(layers_passed(&ends[0].layers), 30 * PIECE);
	CU_ASSERT_EQUAL(ends[1].heard.length, 30 * PIECE);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(both_ends_learn_that_it_is_over),
	UNIT_TEST(what_is_held_is_what_the_far_end_has_not),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo layer_line_suite = UNIT_SUITE("transport/layer_line", setup, teardown, tests);
