/*
 * tcp_test.c - which texts are addresses
 */
#include "daemon/transport/tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static void
addresses_are_a_host_and_a_port(void)
{
	static const struct {
		const char *text, *host, *port;
	} cases[] = {
		{ "127.0.0.1:0", "127.0.0.1", "0" },
		{ "cluster.cs.su.oz.au:4242", "cluster.cs.su.oz.au", "4242" },
		{ "[::]:65535", "::", "65535" },
		{ "[fe80::1%eth0]:25", "fe80::1%eth0", "25" },
		{ "x:007", "x", "7" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tcp_address address;

		CU_ASSERT_EQUAL(tcp_address_parse(&address, cases[i].text, NULL), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(address.host, cases[i].host);
		CU_ASSERT_STRING_EQUAL(address.port, cases[i].port);
	}
}

static void
other_texts_are_refused_with_a_reason(void)
{
	static const char *const cases[] = {
		"",         "host",        ":25",    "host:",     "host:65536", "host:-1",
		"host:4 2", "::1:4",       "[::1]",  "[::1",      "[]:4",       "[::1]4",
		"[:4",      "host:123456", "[::1]:", "host:http",
	};
	char longest[300];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tcp_address address;
		struct diagnostic  diagnostic;

		diagnostic_init(&diagnostic);
		CU_ASSERT_EQUAL(tcp_address_parse(&address, cases[i], &diagnostic), STATUS_INVALID);
		CU_ASSERT_NOT_EQUAL(diagnostic.text[0], '\0');
	}
	for (size_t length = TCP_HOST_MAX; length <= TCP_HOST_MAX + 1; length++) {
		struct tcp_address address;

		memset(longest, 'a', length);
		snprintf(longest + length, sizeof(longest) - length, ":1");
		CU_ASSERT_EQUAL(tcp_address_parse(&address, longest, NULL) == STATUS_OK,
		                length == TCP_HOST_MAX);
	}
}

struct outcome {
	unsigned calls;
	bool     connected;
};

static void
dialled(void *data, uv_tcp_t *tcp, const char *why)
{
	struct outcome *outcome = data;

	outcome->calls++;
	outcome->connected = tcp != NULL;
	CU_ASSERT_EQUAL(tcp == NULL, why != NULL);
	if (tcp != NULL)
		uv_close((uv_handle_t *)tcp, (uv_close_cb)free);
}

static void
accepted(uv_stream_t *listener, int status)
{
	(void)status;
	uv_close((uv_handle_t *)listener, NULL);
}

static void
a_dial_ends_once_and_a_cancelled_one_is_silent(void)
{
	struct tcp_address address;
	struct outcome     good = { 0 }, bad = { 0 }, silent = { 0 };
	uv_loop_t          loop;
	uv_tcp_t           listener;
	char               text[TCP_TEXT_SIZE];

	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&loop), 0);
	tcp_address_parse(&address, "127.0.0.1:0", NULL);
	CU_ASSERT_EQUAL_FATAL(tcp_listen(&loop, &listener, &address, accepted, NULL), STATUS_OK);
	tcp_local_text(&listener, text);
	tcp_address_parse(&address, text, NULL);
	tcp_dial_start(&loop, &address, dialled, &good);
	tcp_dial_cancel(tcp_dial_start(&loop, &address, dialled, &silent));
	tcp_address_parse(&address, "no-such-host.invalid:1", NULL);
	tcp_dial_start(&loop, &address, dialled, &bad);
	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(good.calls, 1);
	CU_ASSERT_TRUE(good.connected);
	CU_ASSERT_EQUAL(bad.calls, 1);
	CU_ASSERT_FALSE(bad.connected);
	CU_ASSERT_EQUAL(silent.calls, 0);
	CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(addresses_are_a_host_and_a_port),
	UNIT_TEST(other_texts_are_refused_with_a_reason),
	UNIT_TEST(a_dial_ends_once_and_a_cancelled_one_is_silent),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo tcp_suite = UNIT_SUITE("transport/tcp", NULL, NULL, tests);
