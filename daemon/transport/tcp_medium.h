/*
 * tcp_medium.h - a call over TCP as a medium
 */
#ifndef DAEMON_TRANSPORT_TCP_MEDIUM_H
#define DAEMON_TRANSPORT_TCP_MEDIUM_H

#include "daemon/transport/medium.h"
#include "daemon/transport/tcp.h"

struct medium *tcp_medium_new(uv_loop_t *loop, const struct tcp_address *address);

#endif
