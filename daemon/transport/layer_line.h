/*
 * layer_line.h - the repair of a lossy line as a layer of a call
 */
#ifndef DAEMON_TRANSPORT_LAYER_LINE_H
#define DAEMON_TRANSPORT_LAYER_LINE_H

#include "daemon/line/line.h"
#include "daemon/transport/layer.h"

/* Begins when the medium does; `avoided` is not used. What the line was like is logged at its end. */
struct layer *layer_line_new(const struct line_options *options);

#endif
