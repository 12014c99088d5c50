/*
 * layer_test.c - a stack of layers of which each leaves its mark on what passes
 */
#include "daemon/transport/layer.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tests/unit/unit.h"

/* Puts its letter before what goes down, after what comes up, and says it twice at its end. */
struct marking {
	struct layer   layer;
	char           letter[2];
	bool           open, has_room, dies;
	size_t         passing; /* bytes that it does not mark */
	struct instant due;
	unsigned       ticks;
	struct buffer  up, down;
};

static struct layers        layers;
static struct marking      *lower, *upper;
static struct buffer        medium;
static const struct instant now = { 1000 };

static enum status
receive(struct layer *layer, struct span bytes, struct instant at)
{
	struct marking *self = (struct marking *)layer;

	(void)at;
	buffer_append_span(&self->up, bytes);
	if (bytes.length > 0)
		buffer_append_text(&self->up, self->letter);
	return self->dies ? STATUS_INVALID : STATUS_OK;
}

static enum status
read_up(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	*length = buffer_take_front(&((struct marking *)layer)->up, bytes, room);
	return STATUS_OK;
}

static size_t
passing(const struct layer *layer)
{
	return ((const struct marking *)layer)->passing;
}

static void
passed(struct layer *layer, size_t length)
{
	((struct marking *)layer)->passing -= length;
}

static enum status
write_down(struct layer *layer, struct span bytes, struct instant at)
{
	struct marking *self = (struct marking *)layer;

	(void)at;
	buffer_append_text(&self->down, self->letter);
	buffer_append_span(&self->down, bytes);
	return STATUS_OK;
}

static void
output(struct layer *layer, struct buffer *below, struct instant at)
{
	(void)at;
	buffer_move(below, &((struct marking *)layer)->down);
}

static bool
is_open(const struct layer *layer)
{
	return ((const struct marking *)layer)->open;
}

static bool
has_room(const struct layer *layer)
{
	return ((const struct marking *)layer)->has_room;
}

static void
say_end(struct layer *layer, struct instant at)
{
	struct marking *self = (struct marking *)layer;

	(void)at;
	buffer_append_text(&self->down, self->letter);
	buffer_append_text(&self->down, self->letter);
}

static struct instant
deadline(const struct layer *layer)
{
	return ((const struct marking *)layer)->due;
}

static enum status
tick(struct layer *layer, struct instant at)
{
	(void)at;
	((struct marking *)layer)->ticks++;
	return STATUS_OK;
}

static const char *
why(const struct layer *layer)
{
	return ((const struct marking *)layer)->letter;
}

static void
describe(const struct layer *layer, struct buffer *lines)
{
	buffer_append_format(lines, "text=%s\n", ((const struct marking *)layer)->letter);
}

static void
release(struct layer *layer)
{
	struct marking *self = (struct marking *)layer;

	buffer_release(&self->up);
	buffer_release(&self->down);
	free(self);
}

static struct marking *
add(char letter)
{
	static const struct layer_operations operations = {
		.receive  = receive,
		.read     = read_up,
		.passing  = passing,
		.passed   = passed,
		.write    = write_down,
		.output   = output,
		.is_open  = is_open,
		.has_room = has_room,
		.close    = say_end,
		.deadline = deadline,
		.tick     = tick,
		.why      = why,
		.describe = describe,
		.free     = release,
	};
	struct marking *self = memory_new(1, sizeof(*self));

	self->layer.operations = &operations;
	self->letter[0]        = letter;
	self->open = self->has_room = true;
	self->due                   = INSTANT_NEVER;
	buffer_init(&self->up);
	buffer_init(&self->down);
	layers_add(&layers, &self->layer);
	return self;
}

static void
setup(void)
{
	layers_init(&layers);
	buffer_init(&medium);
	lower = add('l');
	upper = add('u');
	CU_ASSERT_EQUAL(layers_begin(&layers, now), STATUS_OK);
}

static void
teardown(void)
{
	layers_release(&layers);
	buffer_release(&medium);
}

static void
what_goes_down_passes_the_upper_first_and_what_comes_up_the_lower(void)
{
	char   bytes[16];
	size_t length;

	CU_ASSERT_EQUAL(layers_write(&layers, span_of_text("-"), now), STATUS_OK);
	CU_ASSERT_EQUAL(layers_output(&layers, &medium, now), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&medium), "lu-");
	CU_ASSERT_EQUAL(layers_receive(&layers, span_of_text("-"), now), STATUS_OK);
	CU_ASSERT_EQUAL(layers_read(&layers, bytes, sizeof(bytes), &length, now), STATUS_OK);
	CU_ASSERT_TRUE(length == 3 && memcmp(bytes, "-lu", 3) == 0);
	CU_ASSERT_EQUAL(layers_read(&layers, bytes, sizeof(bytes), &length, now), STATUS_OK);
	CU_ASSERT_EQUAL(length, 0);
}

static void
what_a_layer_lets_pass_is_read_past_it_and_no_more(void)
{
	char   bytes[16];
	size_t length;

	upper->passing = 3;
	CU_ASSERT_EQUAL(layers_receive(&layers, span_of_text("-+*/"), now), STATUS_OK);
	CU_ASSERT_EQUAL(layers_read(&layers, bytes, 2, &length, now), STATUS_OK);
	CU_ASSERT_TRUE(length == 2 && memcmp(bytes, "-+", 2) == 0);
	CU_ASSERT_EQUAL(layers_fill(&layers, bytes, sizeof(bytes), &length, now), STATUS_OK);
	CU_ASSERT_TRUE(length == 4 && memcmp(bytes, "*/lu", 4) == 0);
	CU_ASSERT_EQUAL(upper->passing, 0);
	upper->passing = 3;
	CU_ASSERT_EQUAL(layers_read(&layers, bytes, sizeof(bytes), &length, now), STATUS_OK);
	CU_ASSERT_EQUAL(length, 0);
	CU_ASSERT_EQUAL(upper->passing, 3);
}

static void
what_the_upper_says_at_its_end_passes_the_lower_before_that_ends(void)
{
	CU_ASSERT_EQUAL(layers_close(&layers, false, now), STATUS_OK);
	CU_ASSERT_EQUAL(layers_output(&layers, &medium, now), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&medium), "luull");
}

static void
the_words_of_the_first_that_died_stay(void)
{
	char   bytes[16];
	size_t length;

	CU_ASSERT_STRING_EQUAL(layers_why(&layers), "");
	CU_ASSERT_EQUAL(layers_receive(&layers, span_of_text("-"), now), STATUS_OK);
	upper->dies = true;
	CU_ASSERT_EQUAL(layers_read(&layers, bytes, sizeof(bytes), &length, now), STATUS_INVALID);
	lower->dies = true;
	CU_ASSERT_EQUAL(layers_receive(&layers, span_of_text("-"), now), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(layers_why(&layers), "u");
}

static void
all_must_be_open_and_have_room(void)
{
	CU_ASSERT_TRUE(layers_are_open(&layers) && layers_have_room(&layers));
	upper->open     = false;
	lower->has_room = false;
	CU_ASSERT_FALSE(layers_are_open(&layers) || layers_have_room(&layers));
}

static void
only_those_whose_time_it_is_are_called(void)
{
	upper->due = (struct instant){ 1000 };
	lower->due = (struct instant){ 2000 };
	CU_ASSERT_EQUAL(layers_deadline(&layers).ms, 1000);
	CU_ASSERT_EQUAL(layers_tick(&layers, now), STATUS_OK);
	CU_ASSERT_TRUE(upper->ticks == 1 && lower->ticks == 0);
}

static void
each_says_what_it_knows_of_the_line(void)
{
	layers_describe(&layers, &medium);
	CU_ASSERT_STRING_EQUAL(buffer_text(&medium), "text=l\ntext=u\n");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_goes_down_passes_the_upper_first_and_what_comes_up_the_lower),
	UNIT_TEST(what_a_layer_lets_pass_is_read_past_it_and_no_more),
	UNIT_TEST(what_the_upper_says_at_its_end_passes_the_lower_before_that_ends),
	UNIT_TEST(the_words_of_the_first_that_died_stay),
	UNIT_TEST(all_must_be_open_and_have_room),
	UNIT_TEST(only_those_whose_time_it_is_are_called),
	UNIT_TEST(each_says_what_it_knows_of_the_line),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo layer_suite = UNIT_SUITE("transport/layer", setup, teardown, tests);
