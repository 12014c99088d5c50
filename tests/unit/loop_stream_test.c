/*
 * loop_stream_test.c - a call whose medium has not come yet
 */
#include "daemon/loop/loop_stream.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tests/unit/unit.h"

enum { CALL = 4 };

static struct {
	unsigned started, hung_up, freed;
} count;

static uv_loop_t           uv;
static struct loop_inbox   inbox;
static struct loop_streams calls;
static struct loop_stream *stream;
static struct medium      *medium;

static void
start(struct medium *self)
{
	(void)self;
	count.started++;
}

static void
hang_up(struct medium *self)
{
	count.hung_up++;
	medium_release(self);
}

static void
free_medium(struct medium *self)
{
	count.freed++;
	free(self);
}

static const struct medium_operations waiting = { .start   = start,
	                                          .hang_up = hang_up,
	                                          .free    = free_medium };

static void
setup(void)
{
	memset(&count, 0, sizeof(count));
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&uv), 0);
	loop_inbox_init(&inbox, &uv);
	loop_streams_init(&calls, LOOP_CALL, &uv, &inbox);
	stream       = loop_stream_new(&calls, CALL);
	stream->held = CALL;
	medium       = memory_new(1, sizeof(*medium));
	medium_init(medium, &waiting, &uv);
	loop_stream_start(stream, medium);
	loop_stream_send(stream, span_of_text("hello"));
	loop_streams_go_on(&calls, false);
	CU_ASSERT_EQUAL(count.started, 1);
}

static void
teardown(void)
{
	uv_close((uv_handle_t *)&inbox.idle, NULL);
	uv_run(&uv, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(uv_loop_close(&uv), 0);
	loop_inbox_release(&inbox);
}

/* Everything behind it is gone, each part once. */
static void
expect_gone(void)
{
	for (int i = 0; i < 10 && calls.count > 0; i++)
		uv_run(&uv, UV_RUN_NOWAIT);
	CU_ASSERT_EQUAL(calls.count, 0);
	CU_ASSERT_PTR_NULL(calls.first);
	CU_ASSERT_EQUAL(count.hung_up, 1);
	CU_ASSERT_EQUAL(count.freed, 1);
}

static void
expect_events(size_t expected, const enum event_kind *kinds, const char *why)
{
	const struct loop_batch *batch;

	CU_ASSERT_EQUAL_FATAL(loop_inbox_count(&inbox), expected);
	batch = loop_inbox_take(&inbox);
	for (size_t i = 0; i < expected; i++) {
		CU_ASSERT_EQUAL(batch->events[i].kind, kinds[i]);
		CU_ASSERT_EQUAL(batch->events[i].id, CALL);
		if (kinds[i] == EVENT_CALL_ENDED)
			CU_ASSERT_STRING_EQUAL(batch->events[i].text, why);
	}
	loop_inbox_done(&inbox);
}

static void
what_the_node_gives_up_before_it_connects_ends_unheard(void)
{
	static const enum event_kind kinds[] = { EVENT_CALL_RELEASED };

	loop_stream_finish(stream);
	CU_ASSERT_PTR_NULL(loop_streams_find(&calls, CALL));
	loop_streams_go_on(&calls, false); /* it is still there, and dead */
	expect_gone();
	expect_events(1, kinds, "");
}

static void
what_cannot_be_had_is_told_with_its_reason(void)
{
	static const enum event_kind kinds[] = { EVENT_CALL_ENDED, EVENT_CALL_RELEASED };

	medium_lost(medium, "no carrier");
	CU_ASSERT_PTR_NULL(loop_streams_find(&calls, CALL));
	loop_streams_go_on(&calls, true);
	loop_streams_go_on(&calls, false);
	expect_gone();
	expect_events(2, kinds, "no carrier");
}

static void
what_is_cut_twice_is_hung_up_once(void)
{
	static const enum event_kind kinds[] = { EVENT_CALL_RELEASED };

	loop_stream_abort(stream);
	loop_stream_cut(stream);
	medium_lost(medium, "nobody hears this any more");
	expect_gone();
	expect_events(1, kinds, "");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_the_node_gives_up_before_it_connects_ends_unheard),
	UNIT_TEST(what_cannot_be_had_is_told_with_its_reason),
	UNIT_TEST(what_is_cut_twice_is_hung_up_once),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo loop_stream_suite = UNIT_SUITE("loop/stream", setup, teardown, tests);
