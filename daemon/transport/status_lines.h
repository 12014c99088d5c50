/*
 * status_lines.h - what a program says of its line, on a descriptor of its own
 *
 * Lines of up to STATUS_LINE_MAX bytes; a longer one, or one with other bytes than printable ASCII,
 * is passed over. A program that says too much is read slowly, and waits.
 */
#ifndef DAEMON_TRANSPORT_STATUS_LINES_H
#define DAEMON_TRANSPORT_STATUS_LINES_H

#include <uv.h>

enum { STATUS_LINE_MAX = 160 };

struct status_lines; /* heap, its own */

typedef void status_line_function(void *owner, const char *line);

/* Takes the descriptor over. */
struct status_lines *status_lines_open(uv_loop_t *loop, int fd, status_line_function *said,
                                       void *owner);
/* Nothing is said any more; it frees itself. What lies there still is said before. */
void status_lines_close(struct status_lines *lines);

#endif
