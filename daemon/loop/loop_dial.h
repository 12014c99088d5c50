/*
 * loop_dial.h - from what the description says of a link to a medium and the layers on it
 */
#ifndef DAEMON_LOOP_LOOP_DIAL_H
#define DAEMON_LOOP_LOOP_DIAL_H

#include "daemon/loop/loop_identity.h"
#include "spool/description/description.h"

/*
 * Begins a call by one of the link's transports. One that cannot even begin fails with the reason;
 * `link` may be NULL, and `number` beyond what a reload has left.
 */
void loop_dial(struct loop_identity *identity, struct loop_stream *call,
               const struct description_link *link, unsigned number);

/* Lets go of what stood behind a call to that link which an end of the daemon has cut: `after` runs. */
void loop_dial_release(struct loop_identity *identity, struct loop_stream *call,
                       const struct description_link *link);

#endif
