/*
 * local_user.h - is there somebody here who could take it?
 *
 * A file that waits for a user of this machine waits for a login of that name, by whatever the
 * machine asks for its users; a typing error of the sender's comes back at once.
 */
#ifndef DAEMON_HANDLER_LOCAL_USER_H
#define DAEMON_HANDLER_LOCAL_USER_H

#include "daemon/delivery/delivery.h"

/* Of a DELIVERY_HOLD: DONE, NO_USER, or LATER where nobody can say. Sets the diagnostic unless DONE. */
void local_user_check(struct delivery_job *job);

#endif
