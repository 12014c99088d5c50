/*
 * lmtp_layer.h - LMTP on the line, the control protocol for the node
 *
 * A mail server that hands over by LMTP (RFC 2033) is one more program that submits: each message of
 * its conversation becomes one submission, with all its recipients as destinations, and the node's
 * answer the reply for each of them, after the commit as ever. So the node knows nothing of it.
 *
 * Who may connect may name any sender: that is what a mail server is for. The empty sender is a
 * report, about which none is made.
 */
#ifndef DAEMON_LOOP_LMTP_LAYER_H
#define DAEMON_LOOP_LMTP_LAYER_H

#include "daemon/transport/layer.h"

/* `node` is this node's name; copied. What is larger than size_max is taken by nobody, and refused at
 * MAIL where that says SIZE (RFC 1870); 0 = nobody knows such a limit. */
struct layer *lmtp_layer_new(const char *node, uint64_t size_max);

#endif
