/*
 * local_user.c - asks the machine for a login
 */
#include "daemon/handler/local_user.h"

#include <pwd.h>
#include <string.h>

void
local_user_check(struct delivery_job *job)
{
	struct passwd entry, *found = NULL;
	char          room[16384];
	int           error = 0;

	if (job->user[0] != '\0')
		error = getpwnam_r(job->user, &entry, room, sizeof(room), &found);
	if (found != NULL) {
		job->verdict = DELIVERY_DONE;
	} else if (error != 0) {
		job->verdict = DELIVERY_LATER;
		diagnostic_set(&job->diagnostic, "nobody can say who is a user here: %s",
		               strerror(error));
	} else {
		job->verdict = DELIVERY_NO_USER;
		diagnostic_set(&job->diagnostic, job->user[0] != '\0'
		                                     ? "no such user"
		                                     : "a file needs a user here: user@node");
	}
}
