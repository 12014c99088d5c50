/*
 * file_drop.h - delivery as a plain file in a folder
 *
 * The file gets the name that its sender gave it, made harmless: one component, visible,
 * no control bytes, valid UTF-8, of bounded length. Nothing is ever overwritten: the
 * second "report.txt" is "report (2).txt". It belongs to the daemon, mode 0600, or 0700 if
 * the sender's own file could be run (trust T20). Until it is published it is
 * ".mulga-ID" in the same folder. Unlike a Maildir's user, a folder that is missing is
 * made: a drop is the operator's, and its users need no account.
 */
#ifndef DAEMON_DELIVERY_FILE_DROP_H
#define DAEMON_DELIVERY_FILE_DROP_H

#include "daemon/delivery/delivery_place.h"

/* Fills *place; makes what is missing if `make`. Sets the diagnostic unless DONE. */
enum delivery_verdict file_drop_find(struct disk *disk, struct delivery_job *job, bool make,
                                     struct delivery_place *place);
/* Gives the hidden file its name; STATUS_OK also if that happened before. Not yet synced. */
enum status file_drop_publish(struct disk *disk, const struct delivery_job *job,
                              const struct delivery_place *place);
unsigned    file_drop_mode(const struct delivery_job *job);

/*
 * The name for a title, the `attempt`th (from 1) if earlier ones are taken; past
 * FILE_DROP_NUMBERED it holds `id`, which is unique.
 */
enum { FILE_DROP_NUMBERED = 99 };
void file_drop_name(const char *title, const char *id, unsigned attempt,
                    char name[DELIVERY_NAME_SIZE]);

#endif
