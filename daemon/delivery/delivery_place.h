/*
 * delivery_place.h - inside this room: where the file of one job goes
 *
 * The target of a description holds `%u` for the user. What replaces it comes from a
 * sender far away, so it must be one plain path component, and it must not make a path
 * mean another place (trust T20).
 */
#ifndef DAEMON_DELIVERY_DELIVERY_PLACE_H
#define DAEMON_DELIVERY_DELIVERY_PLACE_H

#include "daemon/delivery/delivery.h"

struct delivery_place {
	char folder[DISK_PATH_SIZE];
	char hidden[DISK_PATH_SIZE]; /* the prepared file, in that folder */
};

enum { DELIVERY_NAME_SIZE = 256 };

/*
 * The target with the user in it, in `path`. `user_path` gets the part up to the end of
 * the first component that names the user, and a '/'; "" if none does. STATUS_NOT_FOUND: no
 * user can have this name; INVALID: too long.
 */
enum status delivery_place_expand(const char *target, const char *user, char path[DISK_PATH_SIZE],
                                  char user_path[DISK_PATH_SIZE]);

/* The message's file name: its id, or where that is too long for a file its digest. */
void delivery_place_name(const struct message_id *id, char name[DELIVERY_NAME_SIZE]);

/* Fills place->hidden once its folder is known: ".mulga-" and the name. False: too long. */
bool delivery_place_hide(struct delivery_place *place, const struct message_id *id);

/* What a failed operation means for the job, with its words in job->diagnostic. */
enum delivery_verdict delivery_place_failed(struct delivery_job *job, enum status status,
                                            const char *path);

#endif
