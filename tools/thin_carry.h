/*
 * thin_carry.h - `mulga carry`: sticks, tapes and pipes
 */
#ifndef TOOLS_THIN_CARRY_H
#define TOOLS_THIN_CARRY_H

#include "spool/home/home.h"

/* `words` are those after the verb. Returns the exit code. */
int thin_carry(const struct home *home, char **words);

#endif
