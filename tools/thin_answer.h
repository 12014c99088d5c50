/*
 * thin_answer.h - `mulga answer`: this program's input and output are the line of a call
 */
#ifndef TOOLS_THIN_ANSWER_H
#define TOOLS_THIN_ANSWER_H

#include "spool/home/home.h"

/*
 * Asks the daemon to take the call, with `words` (the verb and its options, ended by NULL), and
 * carries its bytes until either end has no more. Returns the exit code.
 */
int thin_answer(const struct home *home, char **words);

#endif
