/*
 * envelope_test.c - a heading comes back as it went, or not at all
 */
#include "spool/message/envelope.h"

#include <string.h>

#include "spool/base/field.h"
#include "tests/unit/unit.h"

enum { ID = 1, SERVICE, SENDER, TITLE, PREFERENCE, PRIORITY, LIFETIME = 12, DIGEST = 14 };

static struct envelope envelope, decoded;
static struct buffer   bytes, again;

static void
setup(void)
{
	static const uint8_t token[MESSAGE_TOKEN_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

	envelope_init(&envelope);
	envelope_init(&decoded);
	buffer_init(&bytes);
	buffer_init(&again);
	message_id_make(&envelope.id, name_of("basser.cs.su.oz.au"), token);
	memcpy(envelope.service, "mail", 5);
	envelope.lifetime_ms = 1;
}

static void
teardown(void)
{
	envelope_release(&envelope);
	envelope_release(&decoded);
	buffer_release(&bytes);
	buffer_release(&again);
}

static void
every_field_comes_back(void)
{
	struct field  field = { 40, span_of_text("of a newer version") };
	struct reader reader;
	uint32_t      last = 0;

	setup();
	memcpy(envelope.sender, "piers@basser", 13);
	memcpy(envelope.title, "na\xc3\xafve.txt", 11);
	envelope.preference  = PREFERENCE_CHEAPEST;
	envelope.priority    = PRIORITY_LOW;
	envelope.receipt     = true;
	envelope.report      = true;
	envelope.mode        = 04755;
	envelope.modified.ms = 1795171200123;
	envelope.created.ms  = INT64_MAX;
	envelope.lifetime_ms = 604800000;
	envelope.size_bytes  = UINT64_C(1) << 40;
	memset(envelope.digest, 0xab, sizeof(envelope.digest));
	envelope.about.id = envelope.id;
	memcpy(envelope.about.destination, "b!joe@c.d", 10);
	memcpy(envelope.about.outcome, "expired", 8);
	memcpy(envelope.about.reason, "too late", 9);
	envelope.notify.ret = NOTIFY_RETURN_HEADINGS;
	memcpy(envelope.notify.envid, "QQ314159", 9);
	memcpy(envelope.notify.language, "pt-BR", 6);
	notify_add(&envelope.notify, true, NOTIFY_SUCCESS, "", "joe@b.oz.au");
	notify_add(&envelope.notify, false, NOTIFY_NEVER, "rfc822;Ann@x", "ann@b.oz.au");
	envelope.after.id      = envelope.id;
	envelope.after.left_ms = 86400000;
	memcpy(envelope.part.set, "abcdefgh234567zz", 17);
	envelope.part.number = 3;
	envelope.part.count  = 1024;
	field_append(&envelope.unknown, field.number, field.value);
	field_append_number(&envelope.unknown, 400, 7);
	envelope_encode(&envelope, &bytes);
	CU_ASSERT_EQUAL(envelope_decode(&decoded, buffer_span(&bytes), NULL), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(decoded.id.text, envelope.id.text);
	CU_ASSERT_STRING_EQUAL(decoded.service, "mail");
	CU_ASSERT_STRING_EQUAL(decoded.sender, "piers@basser");
	CU_ASSERT_STRING_EQUAL(decoded.title, envelope.title);
	CU_ASSERT_EQUAL(decoded.preference, PREFERENCE_CHEAPEST);
	CU_ASSERT_EQUAL(decoded.priority, PRIORITY_LOW);
	CU_ASSERT_TRUE(decoded.receipt && decoded.report);
	CU_ASSERT_EQUAL(decoded.mode, 04755);
	CU_ASSERT_EQUAL(decoded.modified.ms, 1795171200123);
	CU_ASSERT_EQUAL(decoded.created.ms, INT64_MAX);
	CU_ASSERT_EQUAL(decoded.lifetime_ms, 604800000);
	CU_ASSERT_EQUAL(decoded.size_bytes, UINT64_C(1) << 40);
	CU_ASSERT_EQUAL(memcmp(decoded.digest, envelope.digest, ENVELOPE_DIGEST_BYTES), 0);
	CU_ASSERT_STRING_EQUAL(decoded.about.id.text, envelope.id.text);
	CU_ASSERT_STRING_EQUAL(decoded.about.destination, "b!joe@c.d");
	CU_ASSERT_STRING_EQUAL(decoded.about.outcome, "expired");
	CU_ASSERT_STRING_EQUAL(decoded.about.reason, "too late");
	CU_ASSERT_EQUAL(decoded.notify.bits, NOTIFY_SUCCESS);
	CU_ASSERT_EQUAL(decoded.notify.ret, NOTIFY_RETURN_HEADINGS);
	CU_ASSERT_STRING_EQUAL(decoded.notify.envid, "QQ314159");
	CU_ASSERT_STRING_EQUAL(decoded.notify.language, "pt-BR");
	CU_ASSERT_STRING_EQUAL(buffer_text(&decoded.notify.recipients),
	                       "8 rfc822;Ann@x ann@b.oz.au\n");
	CU_ASSERT_STRING_EQUAL(decoded.after.id.text, envelope.id.text);
	CU_ASSERT_EQUAL(decoded.after.left_ms, 86400000);
	CU_ASSERT_STRING_EQUAL(decoded.part.set, "abcdefgh234567zz");
	CU_ASSERT_EQUAL(decoded.part.number, 3);
	CU_ASSERT_EQUAL(decoded.part.count, 1024);
	reader_init(&reader, buffer_span(&decoded.unknown));
	CU_ASSERT_TRUE(field_next(&reader, &last, &field));
	CU_ASSERT_TRUE(span_equal(field.value, span_of_text("of a newer version")));
	envelope_encode(&decoded, &again);
	CU_ASSERT_TRUE(span_equal(buffer_span(&again), buffer_span(&bytes)));
	teardown();
}

static void
a_clock_before_1970_is_one_that_was_never_set(void)
{
	setup();
	envelope.created.ms = -5;
	envelope_encode(&envelope, &bytes);
	CU_ASSERT_EQUAL(envelope_decode(&decoded, buffer_span(&bytes), NULL), STATUS_OK);
	CU_ASSERT_EQUAL(decoded.created.ms, 0);
	teardown();
}

static void
a_heading_cut_anywhere_is_refused(void)
{
	setup();
	envelope_encode(&envelope, &bytes);
	for (size_t length = 0; length < bytes.length; length++)
		CU_ASSERT_EQUAL(
		    envelope_decode(&decoded, (struct span){ bytes.data, length }, NULL),
		    STATUS_INVALID);
	CU_ASSERT_EQUAL(decoded.service[0], '\0');
	teardown();
}

/* One field of the heading replaced, left out (value NULL) or, being new, added. */
static enum status
decode_with(uint32_t number, const char *value, size_t length, struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          done = value == NULL;

	buffer_clear(&bytes);
	buffer_clear(&again);
	envelope_encode(&envelope, &bytes);
	reader_init(&reader, buffer_span(&bytes));
	while (field_next(&reader, &last, &field)) {
		if (!done && field.number >= number) {
			field_append(&again, number,
			             (struct span){ (const uint8_t *)value, length });
			done = true;
		}
		if (field.number != number)
			field_append(&again, field.number, field.value);
	}
	if (!done)
		field_append(&again, number, (struct span){ (const uint8_t *)value, length });
	return envelope_decode(&decoded, buffer_span(&again), diagnostic);
}

static void
every_limit_is_enforced(void)
{
	static const struct {
		uint32_t    number;
		const char *value;
		size_t      length;
		const char *path; /* NULL = accepted */
	} cases[] = {
		{ ID, NULL, 0, "id" },
		{ ID, "basser-AAAAAAAAAAAAAAAA", 23, "id" },
		{ SERVICE, NULL, 0, "service" },
		{ SERVICE, "", 0, "service" },
		{ SERVICE, "Mail", 4, "service" },
		{ SERVICE, "../mail", 7, "service" },
		{ SERVICE, "a234567890123456789012345678901", 31, NULL },
		{ SERVICE, "a2345678901234567890123456789012", 32, "service" },
		{ SENDER, "joe\n@a", 6, "sender" },
		{ SENDER, "joe\0@a", 6, "sender" },
		{ TITLE, "\033[31m", 5, "title" },
		{ TITLE, "a\177", 2, "title" },
		{ TITLE, "", 0, "heading" },
		{ PREFERENCE, "\1", 1, NULL },
		{ PREFERENCE, "\0", 1, "preference" },
		{ PREFERENCE, "\2", 1, "preference" },
		{ PRIORITY, "\3", 1, NULL },
		{ PRIORITY, "\4", 1, "priority" },
		{ PRIORITY, "", 0, "heading" },
		{ 7, "\2", 1, "receipt" },
		{ 8, "\2", 1, "report" },
		{ 9, "\17\377", 2, NULL },
		{ 9, "\20\0", 2, "mode" },
		{ 10, "\200\0\0\0\0\0\0\0", 8, "modified" },
		{ 11, "\200\0\0\0\0\0\0\0", 8, "created" },
		{ LIFETIME, NULL, 0, "lifetime" },
		{ LIFETIME, "", 0, "lifetime" },
		{ 13, "\377\0\0\0\0\0\0\0\0", 9, "size" },
		{ DIGEST, NULL, 0, "heading" },
		{ DIGEST, "short", 5, "digest" },
		{ 15, "basser", 6, "about" },
		{ 16, "joe\n@a", 6, "end" },
		{ 17, "\4", 1, NULL },
		{ 17, "\5", 1, "outcome" },
		{ 17, "\0", 1, "outcome" },
		{ 17, "", 0, "outcome" },
		{ 18, "\033[31m", 5, "reason" },
		{ 19, "\3", 1, NULL },
		{ 19, "\40", 1, "notify" },
		{ 20, "\3", 1, "return" },
		{ 21, "a=b", 3, "envid" },
		{ 22, "pt_BR", 5, "language" },
		{ 22, "portuguese", 10, "language" },
		{ 23, "1 - joe@b.oz.au\n", 16, NULL },
		{ 23, "1 - joe@b.oz.au", 15, "recipients" },
		{ 23, "1 joe@b.oz.au\n", 14, "recipients" },
		{ 23, "99 - joe@b.oz.au\n", 17, "recipients" },
		{ 23, "1 a b\033[31m\n", 11, "recipients" },
		{ 40, "", 0, NULL },
		{ 24, "basser", 6, "after" },
		{ 25, "\200\0\0\0\0\0\0\0", 8, "after-left" },
		{ 26, "abcdefgh234567zz", 16, "part" }, /* of nothing */
		{ 26, "abcdefgh", 8, "part" },
		{ 27, "\1", 1, "part" },
		{ 27, "\377\377", 2, "part-number" },
		{ 28, "\377\377", 2, "part-count" },
		{ 1u << 31, "far away", 8, NULL },
	};
	struct diagnostic diagnostic;

	setup();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum status status =
		    decode_with(cases[i].number, cases[i].value, cases[i].length, &diagnostic);

		CU_ASSERT_EQUAL(status, cases[i].path == NULL ? STATUS_OK : STATUS_INVALID);
		if (cases[i].path != NULL)
			CU_ASSERT_STRING_EQUAL(diagnostic.path, cases[i].path);
	}
	teardown();
}

static void
a_heading_is_no_longer_than_its_limit(void)
{
	static const char zeroes[ENVELOPE_MAX_BYTES] = { 0 };
	size_t            room;

	setup();
	envelope_encode(&envelope, &bytes);
	room = ENVELOPE_MAX_BYTES - bytes.length - 3; /* number, two bytes of length */
	CU_ASSERT_EQUAL(decode_with(40, zeroes, room, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(decode_with(40, zeroes, room + 1, NULL), STATUS_INVALID);
	teardown();
}

static void
a_second_spelling_is_refused(void)
{
	setup();
	envelope_encode(&envelope, &bytes);
	buffer_append(&again, bytes.data, bytes.length);
	field_append(&again, DIGEST, (struct span){ envelope.digest, ENVELOPE_DIGEST_BYTES });
	CU_ASSERT_EQUAL(envelope_decode(&decoded, buffer_span(&again), NULL), STATUS_INVALID);
	buffer_clear(&again);
	buffer_append(&again, "\x81\0", 2); /* number 1 in two bytes */
	buffer_append(&again, bytes.data + 1, bytes.length - 1);
	CU_ASSERT_EQUAL(envelope_decode(&decoded, buffer_span(&again), NULL), STATUS_INVALID);
	teardown();
}

static void
urgent_things_go_first(void)
{
	static const struct {
		const char   *service;
		uint64_t      size;
		enum priority priority;
	} cases[] = {
		{ "control", 1 << 20, PRIORITY_URGENT },
		{ "mail", 16383, PRIORITY_HIGH },
		{ "mail", 16384, PRIORITY_NORMAL },
		{ "file", 1, PRIORITY_LOW },
		{ "news", 1, PRIORITY_LOW },
		{ "backup", 1, PRIORITY_NORMAL },
	};
	enum priority priority;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(priority_usual(cases[i].service, cases[i].size), cases[i].priority);
	for (int i = PRIORITY_URGENT; i <= PRIORITY_LOW; i++) {
		CU_ASSERT_EQUAL(priority_parse(&priority, priority_text((enum priority)i)),
		                STATUS_OK);
		CU_ASSERT_EQUAL((int)priority, i);
	}
	CU_ASSERT_EQUAL(priority_parse(&priority, "Urgent"), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(preference_text(PREFERENCE_CHEAPEST), "cheapest");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_field_comes_back),
	UNIT_TEST(a_clock_before_1970_is_one_that_was_never_set),
	UNIT_TEST(a_heading_cut_anywhere_is_refused),
	UNIT_TEST(every_limit_is_enforced),
	UNIT_TEST(a_heading_is_no_longer_than_its_limit),
	UNIT_TEST(a_second_spelling_is_refused),
	UNIT_TEST(urgent_things_go_first),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo envelope_suite = UNIT_SUITE("message/envelope", NULL, NULL, tests);
