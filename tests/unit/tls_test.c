/*
 * tls_test.c - two keys find each other over memory, and nothing altered is taken
 */
#include "daemon/transport/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/trust/node_key.h"
#include "tests/unit/unit.h"

/* The caller and who answers. */
static struct tls_identity *identity[2];
static struct tls          *end[2];
static char                 key[2][TLS_KEY_SIZE];

/* A call from the first to the second. */
static void
meet(void)
{
	end[0] = tls_call(identity[0], key[1]);
	end[1] = tls_answer(identity[1]);
}

static void
part(void)
{
	tls_free(end[0]);
	tls_free(end[1]);
}

/* The same key each time, and no memory. */
static void
new_identity(int i)
{
	uint8_t       seed[NODE_KEY_SEED_BYTES] = { (uint8_t)(i + 1) };
	struct buffer pem, public;

	buffer_init(&pem);
	buffer_init(&public);
	tls_identity_free(identity[i]);
	CU_ASSERT_EQUAL_FATAL(node_key_make(seed, &pem), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(node_key_public(buffer_span(&pem), &public), STATUS_OK);
	snprintf(key[i], sizeof(key[i]), "%s", buffer_text(&public));
	CU_ASSERT_EQUAL_FATAL(tls_identity_new(&identity[i], buffer_span(&pem), "a.oz.au"),
	                      STATUS_OK);
	buffer_release(&pem);
	buffer_release(&public);
}

static void
setup(void)
{
	for (int i = 0; i < 2; i++) {
		identity[i] = NULL;
		new_identity(i);
	}
	meet();
}

static void
teardown(void)
{
	part();
	for (int i = 0; i < 2; i++)
		tls_identity_free(identity[i]);
}

/* What the end has to say goes to the other one; its verdict, and how many bytes those were. */
static enum status
carry(int from, size_t *length)
{
	struct buffer line;
	enum status   status;

	buffer_init(&line);
	tls_output(end[from], &line);
	status = tls_receive(end[1 - from], buffer_span(&line));
	*length += line.length;
	buffer_release(&line);
	return status;
}

/* Who answers a caller that it remembers is open at once, and has said nothing before its first words. */
static enum status
carry_first_words(size_t *length)
{
	struct buffer line;
	enum status   status;
	char          heard[8];
	size_t        heard_length = 0;

	buffer_init(&line);
	tls_output(end[1], &line);
	CU_ASSERT_EQUAL(line.length, 0);
	CU_ASSERT_EQUAL(tls_write(end[1], span_of_text("hello"), &line), STATUS_OK);
	status = tls_receive(end[0], buffer_span(&line));
	CU_ASSERT_EQUAL(tls_read(end[0], heard, sizeof(heard), &heard_length), STATUS_OK);
	CU_ASSERT_TRUE(heard_length == 5 && memcmp(heard, "hello", 5) == 0);
	*length += line.length;
	buffer_release(&line);
	return status;
}

/* How many bytes that took on the line. */
static size_t
shake_hands(void)
{
	size_t length[2] = { 0, 0 };

	CU_ASSERT_EQUAL(tls_receive(end[0], (struct span){ NULL, 0 }), STATUS_OK);
	CU_ASSERT_EQUAL(carry(0, &length[0]), STATUS_OK);
	CU_ASSERT_EQUAL(tls_is_open(end[1]) ? carry_first_words(&length[1]) : carry(1, &length[1]),
	                STATUS_OK);
	CU_ASSERT_EQUAL(carry(0, &length[0]), STATUS_OK);
	CU_ASSERT_TRUE(tls_is_open(end[0]));
	CU_ASSERT_TRUE(tls_is_open(end[1]));
	return length[0] + length[1];
}

static void
each_end_learns_the_key_of_the_other_in_one_flight_each_way(void)
{
	CU_ASSERT_FALSE(tls_is_open(end[0]));
	CU_ASSERT_TRUE(shake_hands() < 1800);
	CU_ASSERT_STRING_EQUAL(tls_key(end[0]), key[1]);
	CU_ASSERT_STRING_EQUAL(tls_key(end[1]), key[0]);
}

static void
a_second_call_shows_no_certificates(void)
{
	size_t first = shake_hands(), second;

	part();
	meet();
	second = shake_hands();
	CU_ASSERT_TRUE(second < 600 && second < first / 2);
	CU_ASSERT_STRING_EQUAL(tls_key(end[0]), key[1]);
	CU_ASSERT_STRING_EQUAL(tls_key(end[1]), key[0]);
	part(); /* and the other way around */
	end[0] = tls_answer(identity[0]);
	end[1] = tls_call(identity[1], key[0]);
	part();
	meet();
	CU_ASSERT_EQUAL(shake_hands(), second);
}

static void
an_end_that_has_forgotten_is_met_anew(void)
{
	size_t first = shake_hands();

	part();
	new_identity(1);
	meet();
	CU_ASSERT_TRUE(shake_hands() > first / 2);
	CU_ASSERT_STRING_EQUAL(tls_key(end[0]), key[1]);
	CU_ASSERT_STRING_EQUAL(tls_key(end[1]), key[0]);
}

static void
what_one_end_says_the_other_reads_and_the_line_does_not(void)
{
	enum { LENGTH = 200000 };
	uint8_t      *said = memory_new(LENGTH, 1), *heard = memory_new(LENGTH, 1);
	struct buffer line;
	size_t        length, total = 0;

	for (size_t i = 0; i < LENGTH; i++)
		said[i] = (uint8_t)(i / 1000);
	shake_hands();
	buffer_init(&line);
	CU_ASSERT_EQUAL(tls_write(end[1], (struct span){ said, LENGTH }, &line), STATUS_OK);
	CU_ASSERT_PTR_NULL(memmem(line.data, line.length, said, 100));
	for (size_t i = 0; i < line.length; i += 999) { /* a line breaks records anywhere */
		struct span piece = { line.data + i,
			              line.length - i < 999 ? line.length - i : 999 };

		CU_ASSERT_EQUAL(tls_receive(end[0], piece), STATUS_OK);
		do {
			CU_ASSERT_EQUAL_FATAL(
			    tls_read(end[0], heard + total, LENGTH - total, &length), STATUS_OK);
			total += length;
		} while (length > 0 && total < LENGTH);
	}
	CU_ASSERT_EQUAL(total, LENGTH);
	CU_ASSERT_EQUAL(memcmp(said, heard, LENGTH), 0);
	buffer_release(&line);
	free(said);
	free(heard);
}

static void
one_altered_byte_ends_the_call(void)
{
	struct buffer line;
	char          heard[64];
	size_t        length;

	shake_hands();
	buffer_init(&line);
	tls_write(end[0], span_of_text("pay 10 to ann"), &line);
	line.data[line.length - 20] ^= 1;
	CU_ASSERT_EQUAL(tls_receive(end[1], buffer_span(&line)), STATUS_OK);
	CU_ASSERT_EQUAL(tls_read(end[1], heard, sizeof(heard), &length), STATUS_INVALID);
	CU_ASSERT_EQUAL(length, 0);
	CU_ASSERT_NOT_EQUAL(tls_why(end[1])[0], '\0');
	CU_ASSERT_EQUAL(tls_receive(end[1], span_of_text("more")), STATUS_INVALID);
	buffer_release(&line);
}

static void
who_speaks_something_else_is_told_apart(void)
{
	CU_ASSERT_EQUAL(tls_receive(end[1], span_of_text("HELO mail.example\r\n")), STATUS_INVALID);
	CU_ASSERT_FALSE(tls_is_open(end[1]));
	CU_ASSERT_NOT_EQUAL(tls_why(end[1])[0], '\0');
}

static void
goodbye_is_not_silence(void)
{
	char   heard[16];
	size_t length = 0;

	shake_hands();
	CU_ASSERT_EQUAL(tls_read(end[1], heard, sizeof(heard), &length), STATUS_OK);
	tls_close(end[0]);
	CU_ASSERT_EQUAL(carry(0, &length), STATUS_OK);
	CU_ASSERT_EQUAL(tls_read(end[1], heard, sizeof(heard), &length), STATUS_NOT_FOUND);
}

static void
what_is_no_key_makes_no_identity(void)
{
	struct tls_identity *none;

	CU_ASSERT_EQUAL(tls_identity_new(&none, span_of_text("-----BEGIN"), "a"), STATUS_INVALID);
	CU_ASSERT_PTR_NULL(none);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(each_end_learns_the_key_of_the_other_in_one_flight_each_way),
	UNIT_TEST(a_second_call_shows_no_certificates),
	UNIT_TEST(an_end_that_has_forgotten_is_met_anew),
	UNIT_TEST(what_one_end_says_the_other_reads_and_the_line_does_not),
	UNIT_TEST(one_altered_byte_ends_the_call),
	UNIT_TEST(who_speaks_something_else_is_told_apart),
	UNIT_TEST(goodbye_is_not_silence),
	UNIT_TEST(what_is_no_key_makes_no_identity),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo tls_suite = UNIT_SUITE("transport/tls", setup, teardown, tests);
