/*
 * loop_line.h - from what the description says of a line to the layer that repairs it
 */
#ifndef DAEMON_LOOP_LOOP_LINE_H
#define DAEMON_LOOP_LOOP_LINE_H

#include "daemon/loop/loop_stream.h"
#include "spool/description/description.h"

/* Is it a line that needs repair, other letters or turns? */
bool loop_line_is_needed(const struct description_transport *transport);

/* If so, puts the layer on; after what the medium itself needs, before TLS. */
void loop_line_prepare(struct loop_stream *stream, const struct description_transport *transport,
                       bool calls);

#endif
