/*
 * thin_fetch.h - `mulga fetch`: the files that wait for the user who runs it
 *
 *   fetch [list]                           what waits
 *   fetch take|keep [--as PATH] ID...      into this folder, under the sender's name or another
 *   fetch refuse ID [WHY]                  back to the sender
 *
 * The file is written, with its mode and time, by this program as its user; the daemon hands out
 * bytes to whom they are for and to nobody else. What was taken is durable here before it is gone
 * there; `keep` leaves it there as well.
 */
#ifndef TOOLS_THIN_FETCH_H
#define TOOLS_THIN_FETCH_H

#include "spool/home/home.h"

int thin_fetch(const struct home *home, char **words);

#endif
