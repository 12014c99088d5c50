/*
 * meeting.h - two ends of a line that carries other things first
 *
 * When a dialogue has ended, more comes than the far end's first byte: the rest of CONNECT, an
 * echo, a message of the day; and the far end may not be there yet, or throw away what came
 * before it was. So the one who answers says that it is ready, when it begins and whenever it is
 * asked; the one who calls asks until it hears that. Then each says that it begins, and what
 * follows that word is the line's. doc/PROTOCOL.md, "A line that has to be found".
 *
 * Below a line that repairs itself no words are needed: its frames are found in any noise.
 *
 * A modem without a wire for the carrier tells of its loss in words among the bytes.
 */
#ifndef DAEMON_LINE_MEETING_H
#define DAEMON_LINE_MEETING_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"

#define MEETING_ASK   "\rmulga?\r"
#define MEETING_READY "\r\nmulga!\r\n"
#define MEETING_BEGIN "\rmulga:\r"

enum {
	MEETING_ASK_MS     = 3000,
	MEETING_LIMIT_MS   = 60000,
	MEETING_CARRIER_MS = 1000, /* that the words NO CARRIER may take */
	MEETING_HEARD_MAX  = 48,   /* bytes, for people           */
};

struct meeting {
	bool           calls, minds_carrier;
	bool           said, met;  /* our BEGIN is said, the far end's was heard */
	bool           ready_due;  /* READY is to be said                      */
	bool           lost;       /* the carrier, before they met                   */
	bool           begin_due;  /* BEGIN is to be said                      */
	struct instant ask, limit; /* of the caller; of both                   */
	struct instant silent;     /* what is held is let pass               */
	struct buffer  tail;       /* of what was heard before they met        */
	struct buffer  above;      /* for above, not yet read                  */
	size_t         carrier;    /* bytes of those words heard, held but the first two */
	char           why[160];
};

/* `words` false: there is nothing to find, they have met. */
void meeting_init(struct meeting *meeting, bool calls, bool words, bool minds_carrier,
                  struct instant now);
void meeting_release(struct meeting *meeting);

/* STATUS_INVALID: it is over, see `why`. */
enum status meeting_receive(struct meeting *meeting, struct span bytes, struct instant now);
enum status meeting_tick(struct meeting *meeting, struct instant now);

/* Appends what the line is to carry; bytes from above may follow once `said`. */
void meeting_output(struct meeting *meeting, struct buffer *line, struct instant now);

struct instant meeting_deadline(const struct meeting *meeting);

#endif
