/*
 * maildir.h - delivery into a Maildir
 *
 * D. J. Bernstein's Maildir: a message appears in new/ by one rename, readers move it on to
 * cur/. Until then it lies in new/ too, under a name with a dot, which readers pass over:
 * not in tmp/, for two reasons. Readers remove what is older than 36 hours there, and what
 * we prepared and find no more, we take for delivered. And a rename between two folders may
 * survive a crash by half, with the message under both names; one of them a reader takes,
 * and we would publish the other (doc/decisions/0007). Its name is its id, so that a second delivery is seen as one. A user
 * exists if the directory does whose component holds `%u` (interface section 5): for
 * /var/mail/%u/Maildir there must be a /var/mail/joe; the rest is made here, mode 0700.
 */
#ifndef DAEMON_DELIVERY_MAILDIR_H
#define DAEMON_DELIVERY_MAILDIR_H

#include "daemon/delivery/delivery_place.h"

/* Fills *place; makes what is missing if `make`. Sets the diagnostic unless DONE. */
enum delivery_verdict maildir_find(struct disk *disk, struct delivery_job *job, bool make,
                                   struct delivery_place *place);
/* Is it in new/ already? Then there is nothing to prepare. */
bool maildir_has(struct disk *disk, const struct delivery_job *job,
                 const struct delivery_place *place);
/* Gives it the visible name; STATUS_OK also if that happened before. The folder is not yet synced. */
enum status maildir_publish(struct disk *disk, const struct delivery_job *job,
                            const struct delivery_place *place);

#endif
