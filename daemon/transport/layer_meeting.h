/*
 * layer_meeting.h - the lowest layer of a call over a line that carries other things first
 */
#ifndef DAEMON_TRANSPORT_LAYER_MEETING_H
#define DAEMON_TRANSPORT_LAYER_MEETING_H

#include "daemon/line/meeting.h"
#include "daemon/transport/layer.h"

/* As of meeting_init; a call begins when there is a medium. */
struct layer *layer_meeting_new(bool calls, bool words, bool minds_carrier);

#endif
