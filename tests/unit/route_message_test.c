/*
 * route_message_test.c - a table comes back as it was told, or not at all
 */
#include "spool/route/route_message.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "tests/unit/unit.h"

static const struct route_told rows[] = {
	{ "seal.cs.su", "seal.cs.su", ROUTE_GENUINE, NULL },
	{ "cs.su", "basser.cs.su", ROUTE_GENUINE, "slow.cs.su" },
	{ "su", "extro.su", ROUTE_WIDER, NULL },
	{ "", "extro.su", ROUTE_OTHER, "basser.cs.su" },
};

static const struct route_message table = { "basser.cs.su", "su", rows, 4 };

static struct route_message decoded;
static struct arena         arena;
static struct buffer        bytes;

static void
setup(void)
{
	arena_init(&arena);
	buffer_init(&bytes);
}

static void
teardown(void)
{
	buffer_release(&bytes);
	arena_release(&arena);
}

static enum status
decode(void)
{
	return route_message_decode(&decoded, "basser.cs.su", buffer_span(&bytes), &arena, NULL);
}

static void
every_row_comes_back_in_the_order_of_its_region(void)
{
	static const char *const regions[] = { "", "cs.su", "seal.cs.su", "su" };
	static const char *const hops[] = { "extro.su", "basser.cs.su", "seal.cs.su", "extro.su" };

	CU_ASSERT_EQUAL(route_message_encode(&table, 0, &bytes), 4);
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(decoded.sender, "basser.cs.su");
	CU_ASSERT_STRING_EQUAL(decoded.visible, "su");
	CU_ASSERT_EQUAL_FATAL(decoded.count, 4);
	for (size_t i = 0; i < 4; i++) {
		CU_ASSERT_STRING_EQUAL(decoded.rows[i].region, regions[i]);
		CU_ASSERT_STRING_EQUAL(decoded.rows[i].next_hop, hops[i]);
	}
	CU_ASSERT_STRING_EQUAL(decoded.rows[0].cheapest_hop, "basser.cs.su");
	CU_ASSERT_STRING_EQUAL(decoded.rows[1].cheapest_hop, "slow.cs.su");
	CU_ASSERT_PTR_NULL(decoded.rows[2].cheapest_hop);
	CU_ASSERT_EQUAL(decoded.rows[0].class, ROUTE_OTHER);
	CU_ASSERT_EQUAL(decoded.rows[1].class, ROUTE_GENUINE);
	CU_ASSERT_EQUAL(decoded.rows[3].class, ROUTE_WIDER);
}

static void
an_empty_table_is_a_message_too(void)
{
	const struct route_message empty = { "basser.cs.su", "", NULL, 0 };

	CU_ASSERT_EQUAL(route_message_encode(&empty, 0, &bytes), 0);
	CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(decoded.visible, "");
	CU_ASSERT_EQUAL(decoded.count, 0);
}

static void
a_large_table_takes_several_messages_and_loses_no_row(void)
{
	static struct route_told many[ROUTE_MESSAGE_MAX_ROWS];
	static char              names[ROUTE_MESSAGE_MAX_ROWS][32];
	struct route_message     large = { "basser.cs.su", "su", many, ROUTE_MESSAGE_MAX_ROWS };
	size_t                   done = 0, messages = 0, told = 0;

	for (size_t i = 0; i < large.count; i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu.cs.su", i);
		many[i] = (struct route_told){ names[i], names[i], ROUTE_GENUINE, NULL };
	}
	while (done < large.count) {
		buffer_clear(&bytes);
		done = route_message_encode(&large, done, &bytes);
		CU_ASSERT_TRUE_FATAL(bytes.length <= ROUTE_MESSAGE_MAX_BYTES);
		CU_ASSERT_EQUAL_FATAL(decode(), STATUS_OK);
		told += decoded.count;
		messages++;
	}
	CU_ASSERT_TRUE(messages > 1);
	CU_ASSERT_EQUAL(told, large.count);
}

static void
fields_of_a_newer_version_are_passed_over(void)
{
	route_message_encode(&table, 0, &bytes);
	field_append_text(&bytes, 9, "of a newer version");
	CU_ASSERT_EQUAL(decode(), STATUS_OK);
	CU_ASSERT_EQUAL(decoded.count, 4);
}

/* A message of one hop and rows as they are given: class, hop, region. */
static enum status
decode_rows(const char *visible, const char *hop, const char *const *encoded, size_t count)
{
	buffer_clear(&bytes);
	if (visible != NULL)
		field_append_text(&bytes, 1, visible);
	field_append_text(&bytes, 2, hop);
	for (size_t i = 0; i < count; i++) {
		struct buffer row;

		buffer_init(&row);
		buffer_append_u8(&row, (uint8_t)(encoded[i][0] - '0'));
		buffer_append_u8(&row, (uint8_t)(encoded[i][1] - '0'));
		buffer_append_text(&row, encoded[i] + 2);
		field_append(&bytes, 3, buffer_span(&row));
		buffer_release(&row);
	}
	return decode();
}

static void
what_encode_would_not_write_is_refused(void)
{
	static const struct {
		const char *visible, *hop, *rows[2];
		size_t      count;
		bool        good;
	} cases[] = {
		{ "su", "a.su", { "00b.su", "20c.su" }, 2, true },
		{ NULL, "a.su", { "00b.su" }, 1, false },           /* visible nowhere      */
		{ "SU", "a.su", { "00b.su" }, 1, false },           /* not the plain name   */
		{ "su", "", { "00b.su" }, 1, false },               /* a hop without a name */
		{ "su", "a.su", { NULL }, 0, false },               /* a hop of no row      */
		{ "su", "a.su", { "01b.su" }, 1, false },           /* no such hop          */
		{ "su", "a.su", { "30b.su" }, 1, false },           /* no such class        */
		{ "su", "a.su", { "00b..su" }, 1, false },          /* no region            */
		{ "su", "a.su", { "00c.su", "00b.su" }, 2, false }, /* descending           */
		{ "su", "a.su", { "00b.su", "10b.su" }, 2, false }, /* twice                */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum status status =
		    decode_rows(cases[i].visible, cases[i].hop, cases[i].rows, cases[i].count);

		CU_ASSERT_EQUAL(status, cases[i].good ? STATUS_OK : STATUS_INVALID);
		CU_ASSERT_EQUAL(decoded.count, cases[i].good ? 2 : 0);
	}
}

/* Two-way links from that node to two others: the first one dear and fast, the other not. */
static void
put_node(struct topology *topology, const char *node, const char *fast, const char *cheap)
{
	struct record record;

	record_init(&record);
	record.node    = *name_of(node);
	record.visible = *name_of("su");
	record.serial  = 1;
	for (int i = 0; i < 2; i++) {
		struct record_link link = { .to       = *name_of(i == 0 ? fast : cheap),
			                    .delay_ms = i == 0 ? 1 : 9,
			                    .cost     = i == 0 ? 9 : 1 };

		record_add_link(&record, &link);
		link.direction = RECORD_INBOUND;
		record_add_link(&record, &link);
	}
	topology_put(topology, &record);
	record_release(&record);
}

static void
a_node_tells_the_hops_of_both_tables(void)
{
	struct topology     topology;
	struct route_tables tables;
	struct route_told   told = { NULL, NULL, ROUTE_GENUINE, NULL };

	topology_init(&topology);
	put_node(&topology, "a.su", "b.su", "c.su");
	put_node(&topology, "d.su", "b.su", "c.su");
	route_tables_compute(&topology, "a.su", NULL, &tables);
	for (size_t i = 0; i < tables.tables[ROUTE_FASTEST].count; i++)
		if (strcmp(tables.tables[ROUTE_FASTEST].routes[i].region, "d.su") == 0)
			told = route_told_of(&tables, i);
	CU_ASSERT_PTR_NOT_NULL_FATAL(told.cheapest_hop);
	CU_ASSERT_STRING_EQUAL(told.next_hop, "b.su");
	CU_ASSERT_STRING_EQUAL(told.cheapest_hop, "c.su");
	CU_ASSERT_TRUE(route_told_by(&told, "b.su") && route_told_by(&told, "c.su"));
	CU_ASSERT_FALSE(route_told_by(&told, "d.su"));
	route_tables_release(&tables);
	topology_release(&topology);
}

/* Of rows b.su and c.su, both by a.su: number of a row, its other hop. */
static void
another_hop_is_of_a_row_and_another(void)
{
	static const struct {
		const char *others[2];
		bool        good;
	} cases[] = {
		{ { "0x.su", "1y.su" }, true },  { { "1y.su", "0x.su" }, false }, /* descending   */
		{ { "0x.su", "0y.su" }, false },                                  /* twice        */
		{ { "0x.su", "2y.su" }, false },                                  /* no such row  */
		{ { "0x.su", "1a.su" }, false },                                  /* the same hop */
		{ { "0x.su", "1" }, false },                                      /* no name      */
		{ { "0x.su", "1Y.su" }, false },                                  /* not plain    */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(
		    decode_rows("su", "a.su", (const char *const[]){ "00b.su", "00c.su" }, 2),
		    STATUS_OK);
		for (size_t j = 0; j < 2; j++) {
			struct buffer other;

			buffer_init(&other);
			buffer_append_u8(&other, (uint8_t)(cases[i].others[j][0] - '0'));
			buffer_append_text(&other, cases[i].others[j] + 1);
			field_append(&bytes, 4, buffer_span(&other));
			buffer_release(&other);
		}
		CU_ASSERT_EQUAL(decode(), cases[i].good ? STATUS_OK : STATUS_INVALID);
	}
}

static void
bytes_beyond_the_limit_are_refused(void)
{
	field_append_text(&bytes, 1, "su");
	while (bytes.length <= ROUTE_MESSAGE_MAX_BYTES)
		field_append_text(&bytes, 9, "of a newer version");
	CU_ASSERT_EQUAL(decode(), STATUS_TOO_BIG);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_row_comes_back_in_the_order_of_its_region),
	UNIT_TEST(an_empty_table_is_a_message_too),
	UNIT_TEST(a_large_table_takes_several_messages_and_loses_no_row),
	UNIT_TEST(fields_of_a_newer_version_are_passed_over),
	UNIT_TEST(what_encode_would_not_write_is_refused),
	UNIT_TEST(a_node_tells_the_hops_of_both_tables),
	UNIT_TEST(another_hop_is_of_a_row_and_another),
	UNIT_TEST(bytes_beyond_the_limit_are_refused),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_message_suite = UNIT_SUITE("route/route_message", setup, teardown, tests);
