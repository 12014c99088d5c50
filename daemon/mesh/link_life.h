/*
 * link_life.h - how long a link may be silent before nobody counts on it
 *
 * A link that nothing was heard from for a day is down: its ends say so in their records,
 * and the network goes round about. Seven times as long, and it is dead: time for somebody
 * to look. A link that takes longer than a day by its nature, such as a stick on the weekly
 * plane, is given three times the delay that its operator stated. The first word from the far
 * end makes it alive again.
 */
#ifndef DAEMON_MESH_LINK_LIFE_H
#define DAEMON_MESH_LINK_LIFE_H

#include <stdint.h>

enum link_life { LINK_ALIVE, LINK_DOWN, LINK_DEAD };

/* Of a link with that stated delay, after so long without a word. */
enum link_life link_life_of(int64_t silent_ms, int64_t delay_ms);

/* How much longer until it is something else, if the silence goes on; INT64_MAX: for ever. */
int64_t link_life_left_ms(int64_t silent_ms, int64_t delay_ms);

#endif
