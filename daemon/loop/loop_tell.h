/*
 * loop_tell.h - what a stream's line is like, as the node is told it
 *
 * By the medium's driver, line by line; and by layers that repair what the line does, in figures,
 * once a second while the call does anything.
 */
#ifndef DAEMON_LOOP_LOOP_TELL_H
#define DAEMON_LOOP_LOOP_TELL_H

#include "daemon/loop/loop_stream.h"

/* One line as link_quality.h has it. */
void loop_tell_line(const struct loop_stream *stream, const char *line);

/* To be called whenever something was done; does something once a second. */
void loop_tell_figures(struct loop_stream *stream, struct instant now);

#endif
