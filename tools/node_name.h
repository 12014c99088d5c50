/*
 * node_name.h - the name of the node that lives in a home, whether or not its daemon runs
 */
#ifndef TOOLS_NODE_NAME_H
#define TOOLS_NODE_NAME_H

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/home/home.h"
#include "spool/name/name.h"

/* Anything but STATUS_OK comes with the reason in *diagnostic. */
enum status node_name_read(const struct home *home, struct name *name,
                           struct diagnostic *diagnostic);

#endif
