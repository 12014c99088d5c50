/*
 * published.h - somebody asks for a file of a published folder
 *
 * A program of ours answers, `mulga request answer FOLDER`: it reads the request on its standard
 * input and sends the file as any user would, so that nothing in the daemon opens a path that came
 * from elsewhere. Who may ask was decided before.
 */
#ifndef DAEMON_HANDLER_PUBLISHED_H
#define DAEMON_HANDLER_PUBLISHED_H

#include "daemon/delivery/delivery.h"

/* As command_run; `home` is the node's folder, NULL: the system's own. */
void published_answer(struct disk *disk, struct delivery_job *job, int64_t timeout_ms, int cancel,
                      const char *home);

#endif
