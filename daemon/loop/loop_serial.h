/*
 * loop_serial.h - from what the description says of a serial line to a call over it
 */
#ifndef DAEMON_LOOP_LOOP_SERIAL_H
#define DAEMON_LOOP_LOOP_SERIAL_H

#include "daemon/config.h"
#include "daemon/loop/loop_stream.h"
#include "daemon/transport/serial_medium.h"

/*
 * Fills *call, whose device is borrowed from the description, with its dialogues: one chat for
 * each phone number, of `dial` and `login`. STATUS_NOT_FOUND, STATUS_DENIED, STATUS_INVALID: a
 * secret cannot be had, and why; then there is nothing to release.
 */
enum status loop_serial_call(const struct config                *config,
                             const struct description_transport *transport,
                             struct serial_call *call, struct diagnostic *diagnostic);

/* What it fills with is given up again. */
void loop_serial_release(struct serial_call *call);

/* Puts on what lies below everything else, and paces the stream as the line goes. */
void loop_serial_prepare(struct loop_stream *stream, const struct description_transport *transport,
                         bool calls);

#endif
