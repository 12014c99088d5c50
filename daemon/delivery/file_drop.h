/*
 * file_drop.h - delivery as a plain file in a folder
 *
 * The file gets the name that its sender gave it, made harmless (file_name.h), its time of last
 * change, and of its permission bits what the operator's umask leaves: others may read and run it
 * where its sender's own file let them, nobody else may write, and nothing runs as somebody else
 * (trust T20). It belongs to the daemon; who may come to it at all, the folder says. Until it is
 * published it is ".mulga-ID" in the same folder. Unlike a Maildir's user, a folder that is missing
 * is made, for the daemon alone: a drop is the operator's, and its users need no account.
 */
#ifndef DAEMON_DELIVERY_FILE_DROP_H
#define DAEMON_DELIVERY_FILE_DROP_H

#include "daemon/delivery/delivery_place.h"

/* Fills *place; makes what is missing if `make`. Sets the diagnostic unless DONE. */
enum delivery_verdict file_drop_find(struct disk *disk, struct delivery_job *job, bool make,
                                     struct delivery_place *place);
/* Gives the hidden file its name; STATUS_OK also if that happened before. Not yet synced. */
enum status file_drop_publish(struct disk *disk, struct delivery_job *job,
                              const struct delivery_place *place);
/* What may be done with the published file. */
unsigned file_drop_mode(const struct delivery_job *job);

#endif
