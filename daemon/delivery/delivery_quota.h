/*
 * delivery_quota.h - how much may lie in a mailbox or folder, and how much does
 *
 * What readers take away makes room again, so the files are counted each time: nobody else keeps a
 * number that would be right. Only services with a `quota` pay for that.
 */
#ifndef DAEMON_DELIVERY_DELIVERY_QUOTA_H
#define DAEMON_DELIVERY_DELIVERY_QUOTA_H

#include "daemon/delivery/delivery_place.h"

/*
 * DONE: it fits. FULL: not now; REFUSED: it is larger than all of the quota. LATER or FAILED: it
 * cannot be counted. Sets the diagnostic unless DONE.
 */
enum delivery_verdict delivery_quota_check(struct disk *disk, struct delivery_job *job,
                                           const struct delivery_place *place);

#endif
