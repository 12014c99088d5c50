/*
 * mail_server.h - a delivery to a mail server of this machine, by LMTP or SMTP
 *
 * The target is "unix:PATH" or "HOST:PORT". What the server says decides: it took it, it knows no such
 * user, it refuses, or another time; and another time it is if nobody answers. A server that goes
 * away after the message and before its word is asked again, so it may have a message twice: LMTP
 * has no better (RFC 2033 section 5 shortens the moment, nothing closes it).
 */
#ifndef DAEMON_HANDLER_MAIL_SERVER_H
#define DAEMON_HANDLER_MAIL_SERVER_H

#include <stdint.h>

#include "daemon/delivery/delivery.h"
#include "spool/disk/disk.h"

/* As command_run: on a thread that may block, until `timeout_ms` or `cancel`. */
void mail_server_deliver(struct disk *disk, struct delivery_job *job, int64_t timeout_ms,
                         int cancel);

#endif
