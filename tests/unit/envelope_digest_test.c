/*
 * envelope_digest_test.c - what is taken out of a heading and put in again is the same heading
 */
#include "spool/message/envelope_digest.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "tests/unit/unit.h"

static struct envelope envelope;

static void
setup(void)
{
	envelope_init(&envelope);
	message_id_parse(&envelope.id, "a.oz.au-aebagbafaydqqcik", NULL);
	snprintf(envelope.service, sizeof(envelope.service), "mail");
	envelope.lifetime_ms = 1000;
	envelope.size_bytes  = 5;
	memset(envelope.digest, 0xdd, sizeof(envelope.digest));
}

static void
teardown(void)
{
	envelope_release(&envelope);
}

/* The heading as it is now, there and back. */
static void
check_both_ways(void)
{
	struct buffer whole, rest, again;

	buffer_init(&whole);
	buffer_init(&rest);
	buffer_init(&again);
	envelope_encode(&envelope, &whole);
	envelope_leave_out_digest(buffer_span(&whole), &rest);
	CU_ASSERT_EQUAL(rest.length, whole.length - 34);
	CU_ASSERT_EQUAL(envelope_put_in_digest(buffer_span(&rest), envelope.digest, &again),
	                STATUS_OK);
	CU_ASSERT_TRUE(span_equal(buffer_span(&whole), buffer_span(&again)));
	CU_ASSERT_EQUAL(envelope_put_in_digest(buffer_span(&whole), envelope.digest, &again),
	                STATUS_INVALID);
	buffer_release(&whole);
	buffer_release(&rest);
	buffer_release(&again);
}

static void
a_digest_that_was_left_out_is_put_in_again(void)
{
	check_both_ways(); /* it is the last field */
	snprintf(envelope.about.outcome, sizeof(envelope.about.outcome), "delivered");
	check_both_ways(); /* one follows */
	field_append_text(&envelope.unknown, 99, "of a later version");
	check_both_ways();
}

static void
what_is_no_list_of_fields_gets_none(void)
{
	static const uint8_t bad[] = { 0x01, 0x05, 'x' };
	struct buffer        out;

	buffer_init(&out);
	CU_ASSERT_EQUAL(
	    envelope_put_in_digest((struct span){ bad, sizeof(bad) }, envelope.digest, &out),
	    STATUS_INVALID);
	buffer_release(&out);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_digest_that_was_left_out_is_put_in_again),
	UNIT_TEST(what_is_no_list_of_fields_gets_none),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo envelope_digest_suite = UNIT_SUITE("message/envelope_digest", setup, teardown, tests);
