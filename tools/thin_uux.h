/*
 * thin_uux.h - mulga with the faces of UUCP's programs, and the one that speaks to a real UUCP
 */
#ifndef TOOLS_THIN_UUX_H
#define TOOLS_THIN_UUX_H

#include "spool/home/home.h"

/* `arguments` are those after the program's name; each returns the exit code. */
int thin_uux(const struct home *home, char **arguments);
int thin_uucp(const struct home *home, char **arguments);
int thin_uustat(const struct home *home, char **arguments);

/* What a foreign link's program does: hands a message over to uux. */
int thin_to_uucp(char **arguments);

#endif
