/*
 * tcp_medium.c - while it dials there is a dial, afterwards a socket with nothing behind it
 */
#include "daemon/transport/tcp_medium.h"

#include <stdlib.h>

#include "spool/base/memory.h"

struct tcp_medium {
	struct medium      medium;
	struct tcp_address address;
	struct tcp_dial   *dial; /* NULL before and after */
};

static void start(struct medium *medium);
static void dialled(void *data, uv_tcp_t *tcp, const char *why);
static void hang_up(struct medium *medium);
static void release(struct medium *medium);

static const struct medium_operations operations = { .start   = start,
	                                             .hang_up = hang_up,
	                                             .free    = release };

struct medium *
tcp_medium_new(uv_loop_t *loop, const struct tcp_address *address)
{
	struct tcp_medium *tcp = memory_new(1, sizeof(*tcp));

	medium_init(&tcp->medium, &operations, loop);
	tcp->address = *address;
	return &tcp->medium;
}

static void
start(struct medium *medium)
{
	struct tcp_medium *tcp = (struct tcp_medium *)medium;

	tcp->dial = tcp_dial_start(medium->loop, &tcp->address, dialled, tcp);
}

static void
dialled(void *data, uv_tcp_t *connected, const char *why)
{
	struct tcp_medium *tcp = data;

	tcp->dial = NULL;
	if (connected == NULL)
		medium_lost(&tcp->medium, why);
	else
		medium_connected(&tcp->medium, (uv_stream_t *)connected, (uv_stream_t *)connected);
}

static void
hang_up(struct medium *medium)
{
	struct tcp_medium *tcp = (struct tcp_medium *)medium;

	if (tcp->dial != NULL)
		tcp_dial_cancel(tcp->dial);
	tcp->dial = NULL;
	medium_release(medium);
}

static void
release(struct medium *medium)
{
	free(medium);
}
