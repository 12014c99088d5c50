/*
 * thin_request.h - `mulga request`: files that another node has published
 *
 *   request NODE:PATH...       asks; each comes as a file, or a report says why not
 *   request answer FOLDER      the program of a service with `deliver publish`, run by the daemon
 *
 * What is asked for is the body of a message to the service `request`; who may ask, the daemon over
 * there has decided before `answer` runs. A path is below the folder, of plain names only: nothing
 * that begins with a dot, no symbolic links, no way up.
 */
#ifndef TOOLS_THIN_REQUEST_H
#define TOOLS_THIN_REQUEST_H

#include "spool/home/home.h"

int thin_request(const struct home *home, char **words);

#endif
