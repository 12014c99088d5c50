/*
 * leaf_share_test.c - what the news of a thousand nodes costs a leaf's line
 *
 * Five domains of ten organisations of twenty nodes. Records change as often as the paper says
 * that a hub of a domain hears of (80 times a week). What D23 tells a leaf of that, an inventory
 * each way every day, and the table of its hub as often as it is asked for, in the bytes that
 * really go, must stay below one percent of a line of 1,200 bits a second.
 */
#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"
#include "spool/route/route.h"
#include "spool/route/route_message.h"
#include "spool/topology/record.h"
#include "spool/topology/topology.h"
#include "tests/unit/unit.h"

enum {
	DOMAINS          = 5,
	ORGANISATIONS    = 10, /* in each */
	NODES            = 20, /* in each */
	UPDATES_A_WEEK   = 80, /* heard by the hub of a domain */
	TABLES_A_WEEK    = 3,
	PERCENT_OF_A_DAY = 1200 / 8 * 86400 / 100,
};

static struct record   records[DOMAINS][ORGANISATIONS][NODES];
static struct topology truth;

static void
name_node(struct name *name, unsigned domain, unsigned organisation, unsigned node)
{
	snprintf(name->text, sizeof(name->text), "n%u.o%u.d%u.au", node, organisation, domain);
}

static void
link_both(struct record *a, struct record *b)
{
	struct record *ends[] = { a, b };

	for (int end = 0; end < 2; end++)
		for (int direction = RECORD_OUTBOUND; direction <= RECORD_INBOUND; direction++) {
			struct record_link link = {
				.to        = ends[1 - end]->node,
				.direction = (enum record_direction)direction,
				.delay_ms  = 5000,
				.cost      = 10,
			};

			record_add_link(ends[end], &link); /* there already: as well */
		}
}

/* Node 0 is the hub of its organisation, and that of organisation 0 the hub of its domain. */
static void
make_record(unsigned domain, unsigned organisation, unsigned node)
{
	struct record *record = &records[domain][organisation][node];

	record_init(record);
	name_node(&record->node, domain, organisation, node);
	record->serial = 100;
	buffer_append_format(&record->contact,
	                     "person: A Person of Organisation %u\nemail: operator@%s\n"
	                     "phone: +61 2 5550 %04u\nlocation: -33.889000 151.191000\n",
	                     organisation, record->node.text, node);
	if (node == 0 && organisation > 0)
		snprintf(record->visible.text, sizeof(record->visible.text), "d%u.au", domain);
	else if (node > 0)
		snprintf(record->visible.text, sizeof(record->visible.text), "o%u.d%u.au",
		         organisation, domain);
}

static void
setup(void)
{
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++)
			for (unsigned n = 0; n < NODES; n++)
				make_record(d, o, n);
	topology_init(&truth);
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++) {
			link_both(&records[d][o][0],
			          o > 0 ? &records[d][0][0] : &records[(d + 1) % DOMAINS][0][0]);
			link_both(&records[d][o][0], &records[d][(o + 1) % ORGANISATIONS][0]);
			for (unsigned n = 1; n < NODES; n++)
				link_both(&records[d][o][n], &records[d][o][n / 3]);
		}
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++)
			for (unsigned n = 0; n < NODES; n++)
				topology_put(&truth, &records[d][o][n]);
}

static void
teardown(void)
{
	topology_release(&truth);
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++)
			for (unsigned n = 0; n < NODES; n++)
				record_release(&records[d][o][n]);
}

/* A message with such a body on its third hop, frames included. */
static uint64_t
message_bytes(const char *title, size_t body)
{
	struct envelope envelope;
	struct transit  transit;
	struct hop      hop = { .arrived = { 1795171200000 }, .left = { 1795171260000 } };
	struct buffer   out;
	uint64_t        bytes;

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&out);
	message_id_make(&envelope.id, &records[0][0][1].node, (const uint8_t[10]){ 1 });
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), "%s", title);
	envelope.report      = true;
	envelope.lifetime_ms = INT64_C(604800000);
	envelope.created     = hop.arrived;
	envelope.size_bytes  = body;
	envelope_encode(&envelope, &out);
	address_add_text(&transit.destinations, "*.o0.d0.au", NULL);
	for (int i = 0; i < 3; i++) {
		hop.node = records[0][0][i].node;
		transit_add_hop(&transit, &hop);
	}
	transit_encode(&transit, &out);
	bytes = out.length + body + 32;
	buffer_release(&out);
	transit_release(&transit);
	envelope_release(&envelope);
	return bytes;
}

/* Of all records that it may have, but its own, as messages; *count is how many. */
static uint64_t
told_bytes(const struct record *receiver, uint64_t *count)
{
	struct buffer bytes;
	uint64_t      sum = 0;

	*count = 0;
	buffer_init(&bytes);
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++)
			for (unsigned n = 0; n < NODES; n++) {
				const struct record *about = &records[d][o][n];

				if (about == receiver ||
				    !topology_entitled(&truth, about->node.text,
				                       receiver->node.text))
					continue;
				buffer_clear(&bytes);
				CU_ASSERT_EQUAL_FATAL(record_encode(about, &bytes), STATUS_OK);
				sum += message_bytes("records", bytes.length + 4);
				++*count;
			}
	buffer_release(&bytes);
	return sum;
}

/* What `teacher` tells of its table. */
static uint64_t
table_bytes(const struct record *teacher)
{
	static const struct route_options none;
	struct topology                   known;
	struct route_tables               tables;
	const struct route_table         *table;
	static struct route_told          rows[ROUTE_MESSAGE_MAX_ROWS];
	struct route_message              message = { .rows = rows };
	struct buffer                     body;
	uint64_t                          bytes;

	topology_init(&known);
	for (unsigned d = 0; d < DOMAINS; d++)
		for (unsigned o = 0; o < ORGANISATIONS; o++)
			for (unsigned n = 0; n < NODES; n++)
				if (&records[d][o][n] == teacher ||
				    topology_entitled(&truth, records[d][o][n].node.text,
				                      teacher->node.text))
					topology_put(&known, &records[d][o][n]);
	route_tables_compute(&known, teacher->node.text, &none, &tables);
	table           = &tables.tables[ROUTE_FASTEST];
	message.visible = tables.visible;
	for (size_t i = 0; i < table->count; i++)
		rows[message.count++] = route_told_of(&tables, i);
	buffer_init(&body);
	CU_ASSERT_EQUAL(route_message_encode(&message, 0, &body), message.count);
	bytes = message_bytes("table", body.length);
	buffer_release(&body);
	route_tables_release(&tables);
	topology_release(&known);
	return bytes;
}

static void
a_leaf_hears_less_than_one_percent_of_a_slow_line(void)
{
	const struct record *hub = &records[0][0][0], *leaf = &records[0][5][7];
	uint64_t             heard_by_hub, heard, news, week, have;

	told_bytes(hub, &heard_by_hub);
	news = told_bytes(leaf, &heard);
	CU_ASSERT_TRUE(heard_by_hub > heard && heard >= NODES - 1);
	have = message_bytes("have", 300 + heard * 24);
	week = news * UPDATES_A_WEEK / heard_by_hub + 2 * 7 * have +
	       TABLES_A_WEEK * table_bytes(&records[0][5][0]);
	CU_ASSERT_TRUE(week / 7 < PERCENT_OF_A_DAY);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_leaf_hears_less_than_one_percent_of_a_slow_line),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo leaf_share_suite = UNIT_SUITE("topology/leaf_share", setup, teardown, tests);
