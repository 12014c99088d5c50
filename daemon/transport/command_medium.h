/*
 * command_medium.h - a program whose standard input and output are the line
 *
 * Any program that is a byte pipe will do: ssh, a bridge to a radio. Both are sockets with small
 * buffers, so that what we count as sent is on its way; and it may write lines `key=value` about
 * the line (daemon/mesh/link_quality.h) to the descriptor that MULGA_STATUS_FD names. When it ends,
 * the call does, and the other way around.
 */
#ifndef DAEMON_TRANSPORT_COMMAND_MEDIUM_H
#define DAEMON_TRANSPORT_COMMAND_MEDIUM_H

#include "daemon/process/process.h"
#include "daemon/transport/medium.h"

struct command_medium_order {
	const char *const                *arguments;    /* copied, NULL after the last       */
	const struct process_environment *environment;  /* copied; with room for one more    */
	const char                       *called;       /* copied: its place in the log      */
	int                               buffer_bytes; /* of the sockets, about            */
};

struct medium *command_medium_new(uv_loop_t *loop, const struct command_medium_order *order);

#endif
