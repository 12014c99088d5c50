/*
 * transit_test.c - the changing part of a message comes back as it went, or not at all
 */
#include "spool/message/transit.h"

#include <string.h>

#include "spool/base/field.h"
#include "tests/unit/unit.h"

static struct transit transit, decoded;
static struct buffer  bytes, again;

static void
setup(void)
{
	struct hop hop = { .arrived = { 5000 }, .left = { 6000 } };

	transit_init(&transit);
	transit_init(&decoded);
	buffer_init(&bytes);
	buffer_init(&again);
	CU_ASSERT_EQUAL(address_add_text(&transit.destinations,
	                                 "joe@b.oz.au,*.su.oz.au,a.oz!c.oz!pat@d.oz", NULL),
	                STATUS_OK);
	transit.age_ms = 123456;
	hop.node       = *name_of("a.oz.au");
	transit_add_hop(&transit, &hop);
	hop.node    = *name_of("m.oz.au");
	hop.left.ms = 0;
	transit_add_hop(&transit, &hop);
	transit_add_hop(&transit, &hop);
	transit.forgiven = 2;
	CU_ASSERT_TRUE(aliases_add(&transit.aliases, "root@m.oz.au", "joe@b.oz.au"));
	field_append_text(&transit.unknown, 9, "of a newer version");
	transit_encode(&transit, &bytes);
}

static void
teardown(void)
{
	transit_release(&transit);
	transit_release(&decoded);
	buffer_release(&bytes);
	buffer_release(&again);
}

static void
every_part_comes_back(void)
{
	setup();
	CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&bytes), NULL), STATUS_OK);
	CU_ASSERT_EQUAL(decoded.destinations.count, 3);
	CU_ASSERT_EQUAL(decoded.age_ms, 123456);
	CU_ASSERT_EQUAL_FATAL(decoded.hop_count, 3);
	CU_ASSERT_STRING_EQUAL(decoded.hops[0].node.text, "a.oz.au");
	CU_ASSERT_EQUAL(decoded.hops[0].arrived.ms, 5000);
	CU_ASSERT_EQUAL(decoded.hops[0].left.ms, 6000);
	CU_ASSERT_EQUAL(decoded.hops[1].left.ms, 0);
	CU_ASSERT_EQUAL(decoded.forgiven, 2);
	CU_ASSERT_EQUAL_FATAL(decoded.aliases.count, 1);
	CU_ASSERT_STRING_EQUAL(decoded.aliases.items[0].from, "root@m.oz.au");
	CU_ASSERT_STRING_EQUAL(decoded.aliases.items[0].to, "joe@b.oz.au");
	CU_ASSERT_EQUAL(transit_visits(&decoded, name_of("m.oz.au")), 2);
	CU_ASSERT_EQUAL(transit_visits(&decoded, name_of("oz.au")), 0);
	transit_encode(&decoded, &again);
	CU_ASSERT_TRUE(span_equal(buffer_span(&again), buffer_span(&bytes)));
	teardown();
}

static void
a_transit_cut_inside_a_field_is_refused(void)
{
	size_t whole = 0; /* prefixes that are transits themselves: cut between fields */

	setup();
	for (size_t length = 0; length < bytes.length; length++)
		whole += transit_decode(&decoded, (struct span){ bytes.data, length }, NULL) ==
		         STATUS_OK;
	CU_ASSERT_EQUAL(whole,
	                9); /* three destinations, an age, three hops, what is forgiven, an alias */
	teardown();
}

static void
what_encode_would_not_write_is_refused(void)
{
	static const struct {
		uint32_t    number;
		const char *value;
		size_t      length;
		enum status status;
	} cases[] = {
		{ 1, "joe@b.oz.au", 11, STATUS_OK },
		{ 1, "joe@B.oz.au", 11, STATUS_INVALID },
		{ 1, "joe@C=au", 8, STATUS_INVALID },
		{ 1, "", 0, STATUS_INVALID },
		{ 1, "joe@b.oz.au,c.oz", 16, STATUS_INVALID },
		{ 1, "joe@b\0oz", 8, STATUS_INVALID },
		{ 1, "joe@b\noz", 8, STATUS_INVALID },
		{ 2, "\1", 1, STATUS_OK },
		{ 2, "", 0, STATUS_INVALID },
		{ 2, "\0\1", 2, STATUS_INVALID },
		{ 2, "\200\0\0\0\0\0\0\0", 8, STATUS_INVALID },
		{ 3, "\1\1a", 3, STATUS_OK },
		{ 3, "", 0, STATUS_INVALID },
		{ 3, "\1\1A", 3, STATUS_INVALID },
		{ 3, "\2\1\1", 3, STATUS_INVALID },
		{ 3, "\1\1a\1\1b", 6, STATUS_INVALID },
		{ 3, "\1\1a\2\0", 5, STATUS_INVALID },
		{ 3, "\1\1a\4\1x", 6, STATUS_INVALID },
		{ 4, "", 0, STATUS_INVALID },
		{ 4, "\0", 1, STATUS_INVALID },
		{ 4, "\1", 1, STATUS_INVALID }, /* there are no hops */
		{ 5, "", 0, STATUS_INVALID },
		{ 5, "\1\3u@a\2\3u@b", 10, STATUS_OK },
		{ 5, "\1\3u@a", 5, STATUS_INVALID },
		{ 5, "\1\3u@A\2\3u@b", 10, STATUS_INVALID },
		{ 5, "\1\1a\2\3u@b", 8, STATUS_INVALID },
		{ 5, "\1\3u@a\2\5c!u@b", 12, STATUS_INVALID },
		{ 5, "\1\3u@a\2\3u@b\3\1x", 13, STATUS_INVALID },
		{ 6, "", 0, STATUS_OK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_init(&bytes);
		transit_init(&decoded);
		if (cases[i].number > 1)
			field_append_text(&bytes, 1, "joe@b.oz.au");
		field_append(&bytes, cases[i].number,
		             (struct span){ (const uint8_t *)cases[i].value, cases[i].length });
		CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&bytes), NULL),
		                cases[i].status);
		transit_release(&decoded);
		buffer_release(&bytes);
	}
}

static void
destinations_are_in_order_and_each_is_there_once(void)
{
	static const struct {
		const char *first, *second;
		enum status status;
	} cases[] = {
		{ "a.oz", "b.oz", STATUS_OK },
		{ "b.oz", "a.oz", STATUS_INVALID },
		{ "a.oz", "a.oz", STATUS_INVALID },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_init(&bytes);
		transit_init(&decoded);
		field_append_text(&bytes, 1, cases[i].first);
		field_append_text(&bytes, 1, cases[i].second);
		CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&bytes), NULL),
		                cases[i].status);
		transit_release(&decoded);
		buffer_release(&bytes);
	}
}

static void
hops_and_destinations_are_bounded(void)
{
	struct diagnostic diagnostic;

	setup();
	while (transit.hop_count < TRANSIT_MAX_HOPS)
		transit_add_hop(&transit, &transit.hops[0]);
	transit_add_hop(&transit, &transit.hops[0]);
	buffer_release(&transit.unknown);
	aliases_release(&transit.aliases);
	transit.forgiven = 0;
	transit_encode(&transit, &again);
	CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&again), NULL), STATUS_OK);
	CU_ASSERT_EQUAL(decoded.hop_count, TRANSIT_MAX_HOPS);
	field_append_text(&again, 3, "\1\1a");
	CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&again), &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "too many hops");
	CU_ASSERT_PTR_NULL(decoded.hops);
	buffer_clear(&again);
	for (unsigned i = 0; i <= ADDRESS_MAX_DESTINATIONS; i++) {
		char text[8] = { 'n', (char)('0' + i / 1000), (char)('0' + i / 100 % 10),
			         (char)('0' + i / 10 % 10), (char)('0' + i % 10) };

		field_append_text(&again, 1, text);
	}
	CU_ASSERT_EQUAL(transit_decode(&decoded, buffer_span(&again), &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "too many destinations");
	teardown();
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_part_comes_back),
	UNIT_TEST(a_transit_cut_inside_a_field_is_refused),
	UNIT_TEST(what_encode_would_not_write_is_refused),
	UNIT_TEST(destinations_are_in_order_and_each_is_there_once),
	UNIT_TEST(hops_and_destinations_are_bounded),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo transit_suite = UNIT_SUITE("message/transit", NULL, NULL, tests);
