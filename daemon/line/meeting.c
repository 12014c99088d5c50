/*
 * meeting.c - asked, ready, begun
 *
 *	caller                          who answers
 *	                    <- READY    when it begins
 *	ASK ->                          every three seconds, until it hears READY
 *	                    <- READY    for each ASK
 *	BEGIN, bytes ->                 the caller has heard READY
 *	                    <- BEGIN, bytes
 *
 * Each throws away all that comes before the other's BEGIN. The words of the two sides differ,
 * but for BEGIN, which is said after READY was heard: an echo of our own words means nothing.
 */
#include "daemon/line/meeting.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_escape.h"

static const char no_carrier[] = "\r\nNO CARRIER\r\n";

enum { CARRIER_LENGTH = sizeof(no_carrier) - 1, CARRIER_PASSED = 2 };

static size_t seek(struct meeting *meeting, struct span bytes);
static bool   tail_is(const struct meeting *meeting, const char *word);
static void   pass(struct meeting *meeting, struct span bytes);
static void   let_carrier_pass(struct meeting *meeting);
static void   say_not_met(struct meeting *meeting);
static void   say_lost(struct meeting *meeting);

void
meeting_init(struct meeting *meeting, bool calls, bool words, bool minds_carrier,
             struct instant now)
{
	*meeting = (struct meeting){
		.calls         = calls,
		.minds_carrier = minds_carrier,
		.said          = !words,
		.met           = !words,
		.ready_due     = words && !calls,
		.ask           = words && calls ? now : INSTANT_NEVER,
		.limit         = words ? instant_after(now, MEETING_LIMIT_MS) : INSTANT_NEVER,
		.silent        = INSTANT_NEVER,
	};
	buffer_init(&meeting->tail);
	buffer_init(&meeting->above);
}

void
meeting_release(struct meeting *meeting)
{
	buffer_release(&meeting->tail);
	buffer_release(&meeting->above);
}

enum status
meeting_receive(struct meeting *meeting, struct span bytes, struct instant now)
{
	if (!meeting->met) {
		size_t used = seek(meeting, bytes);

		bytes.data += used;
		bytes.length -= used;
	}
	if (meeting->met)
		pass(meeting, bytes);
	if (meeting->lost) {
		say_lost(meeting);
		return STATUS_INVALID;
	}
	meeting->silent = meeting->carrier > CARRIER_PASSED ? instant_after(now, MEETING_CARRIER_MS)
	                                                    : INSTANT_NEVER;
	return STATUS_OK;
}

/* Looks for the far end's words; how many bytes are none of the line's. */
static size_t
seek(struct meeting *meeting, struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++) {
		buffer_append_u8(&meeting->tail, bytes.data[i]);
		if (meeting->tail.length > 2 * MEETING_HEARD_MAX)
			buffer_drop_front(&meeting->tail, MEETING_HEARD_MAX);
		if (meeting->minds_carrier && tail_is(meeting, no_carrier)) {
			meeting->lost = true; /* nobody else would say that before we met */
			return bytes.length;
		}
		if (meeting->calls && !meeting->said && tail_is(meeting, MEETING_READY)) {
			meeting->said = meeting->begin_due = true;
			meeting->ask                       = INSTANT_NEVER;
		} else if (!meeting->calls && tail_is(meeting, MEETING_ASK)) {
			meeting->ready_due = true;
		} else if (tail_is(meeting, MEETING_BEGIN) && (meeting->said || !meeting->calls)) {
			meeting->met   = true;
			meeting->limit = INSTANT_NEVER;
			if (!meeting->calls) {
				meeting->said = meeting->begin_due = true;
				meeting->ready_due                 = false;
			}
			buffer_clear(&meeting->tail);
			return i + 1;
		}
	}
	return bytes.length;
}

static bool
tail_is(const struct meeting *meeting, const char *word)
{
	size_t length = strlen(word);

	return meeting->tail.length >= length &&
	       memcmp(meeting->tail.data + meeting->tail.length - length, word, length) == 0;
}

/* --- the modem's last words ------------------------------------------------------------------ */

/*
 * What passes here is TLS's or a frame's, so no message can say these words, and they are believed
 * at once: a modem echoes what it is sent when it has lost the carrier. What may become them is
 * held back from its third byte on, for TLS would die of it with a reason that says nothing; the
 * first two alone are too common to wait for more.
 */
static void
pass(struct meeting *meeting, struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++) {
		uint8_t byte = bytes.data[i];

		if (!meeting->minds_carrier) {
			buffer_append_u8(&meeting->above, byte);
			continue;
		}
		if (byte != (uint8_t)no_carrier[meeting->carrier])
			let_carrier_pass(meeting);
		if (byte == (uint8_t)no_carrier[meeting->carrier])
			meeting->carrier++;
		meeting->lost = meeting->carrier == CARRIER_LENGTH;
		if (meeting->lost)
			return;
		if (meeting->carrier <= CARRIER_PASSED)
			buffer_append_u8(&meeting->above, byte);
	}
}

/* It was not that: what was held goes on. No end of it is a beginning of it but its "\r\n". */
static void
let_carrier_pass(struct meeting *meeting)
{
	if (meeting->carrier > CARRIER_PASSED)
		buffer_append(&meeting->above, no_carrier + CARRIER_PASSED,
		              meeting->carrier - CARRIER_PASSED);
	meeting->carrier = 0;
}

/* --- time -------------------------------------------------------------------------------------- */

enum status
meeting_tick(struct meeting *meeting, struct instant now)
{
	if (instant_reached(meeting->limit, now)) {
		say_not_met(meeting);
		return STATUS_INVALID;
	}
	if (!instant_reached(meeting->silent, now))
		return STATUS_OK;
	meeting->silent = INSTANT_NEVER;
	let_carrier_pass(meeting);
	return STATUS_OK;
}

static void
say_lost(struct meeting *meeting)
{
	snprintf(meeting->why, sizeof(meeting->why), "the modem says NO CARRIER");
}

static void
say_not_met(struct meeting *meeting)
{
	size_t some =
	    meeting->tail.length < MEETING_HEARD_MAX ? meeting->tail.length : MEETING_HEARD_MAX;
	struct buffer heard;

	buffer_init(&heard);
	for (size_t i = meeting->tail.length - some; i < meeting->tail.length; i++)
		description_escape_code(meeting->tail.data[i], &heard);
	if (some == 0)
		snprintf(meeting->why, sizeof(meeting->why),
		         "no mulga answers on the line, nothing was heard");
	else
		snprintf(meeting->why, sizeof(meeting->why),
		         "no mulga answers on the line, heard \"%s\"", buffer_text(&heard));
	buffer_release(&heard);
}

void
meeting_output(struct meeting *meeting, struct buffer *line, struct instant now)
{
	if (meeting->ready_due)
		buffer_append_text(line, MEETING_READY);
	if (instant_reached(meeting->ask, now)) {
		buffer_append_text(line, MEETING_ASK);
		meeting->ask = instant_after(now, MEETING_ASK_MS);
	}
	if (meeting->begin_due)
		buffer_append_text(line, MEETING_BEGIN);
	meeting->ready_due = meeting->begin_due = false;
}

struct instant
meeting_deadline(const struct meeting *meeting)
{
	return instant_earlier(meeting->silent, instant_earlier(meeting->ask, meeting->limit));
}
