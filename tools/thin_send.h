/*
 * thin_send.h - the verbs that submit: `mulga send`, and `sendmail`
 */
#ifndef TOOLS_THIN_SEND_H
#define TOOLS_THIN_SEND_H

#include "spool/home/home.h"

/* `arguments` are those after the verb, ended by NULL; returns the exit code. */
int thin_send(const struct home *home, char **arguments);

/* `arguments` are those after the program's name. */
int thin_sendmail(const struct home *home, char **arguments);
int thin_rmail(const struct home *home, char **arguments);

#endif
