/*
 * chat.c - one step after the other, on whatever the line says
 *
 * The line's bytes lie in `heard`. An expect looks at them one by one, so that of two texts
 * the one that ends first is the one that was said, an `abort` before an `expect`. What is
 * heard while nothing is expected waits for the next expect; an `abort` is seen at once.
 *
 * A line that talks for ever is no way to keep us: an expect's time counts from when it
 * began to wait, not from the last byte.
 */
#include "daemon/line/chat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/line/chat_inside.h"
#include "spool/base/memory.h"

static void run_step(struct chat *chat, struct instant now, struct buffer *out,
                     enum chat_want *want);
static void run_send(struct chat *chat, struct instant now, struct buffer *out,
                     enum chat_want *want);
static void run_expect(struct chat *chat, struct instant now, struct buffer *out,
                       enum chat_want *want);
static void run_wait(struct chat *chat, struct instant now, enum chat_want *want);
static bool send_text(struct chat *chat, const struct chat_text *text, struct instant now,
                      struct buffer *out, enum chat_want *want);
static void next_step(struct chat *chat);
static void chat_end(struct chat *chat, enum chat_outcome outcome);
static bool scan(struct chat *chat, const struct chat_step *expect);
static bool scan_aborts(struct chat *chat, size_t end);
static bool text_ends_at(const struct chat *chat, const struct chat_text *text, size_t end);
static void forget_oldest(struct chat *chat);

enum chat_want
chat_run(struct chat *chat, struct instant now, struct buffer *out)
{
	enum chat_want want = CHAT_WANT_END;

	while (chat->outcome == CHAT_GOES_ON) {
		if (chat->at == chat->count) {
			chat_tell_heard(chat, chat->from);
			chat_end(chat, CHAT_DONE);
			break;
		}
		run_step(chat, now, out, &want);
		if (want != CHAT_WANT_END)
			return want; /* else the step has ended */
	}
	return CHAT_WANT_END;
}

static void
run_step(struct chat *chat, struct instant now, struct buffer *out, enum chat_want *want)
{
	const struct chat_step *step = &chat->steps[chat->at];

	switch (step->kind) {
	case CHAT_ABORT:
		chat->aborts = chat->at + 1;
		next_step(chat);
		break;
	case CHAT_TIMEOUT:
		chat->timeout_ms = step->duration_ms;
		next_step(chat);
		break;
	case CHAT_SEND:
	case CHAT_SECRET:
		run_send(chat, now, out, want);
		break;
	case CHAT_EXPECT:
		run_expect(chat, now, out, want);
		break;
	case CHAT_WAIT:
		run_wait(chat, now, want);
		break;
	}
}

static void
run_send(struct chat *chat, struct instant now, struct buffer *out, enum chat_want *want)
{
	const struct chat_step *step = &chat->steps[chat->at];

	if (scan(chat, NULL))
		return;
	if (!chat->entered) {
		chat->entered = true;
		chat_tell_heard(chat, chat->from);
		chat_tell_sent(chat, &step->texts[0], step->kind == CHAT_SECRET);
	}
	if (send_text(chat, &step->texts[0], now, out, want))
		next_step(chat);
}

/*
 * False: a delay or a break is in between, and *want says which. Then it is called again, and
 * goes on behind.
 */
static bool
send_text(struct chat *chat, const struct chat_text *text, struct instant now, struct buffer *out,
          enum chat_want *want)
{
	while (chat->code < text->count) {
		uint16_t code = text->codes[chat->code];

		if (code <= UINT8_MAX) {
			buffer_append_u8(out, (uint8_t)code);
		} else if (code == CHAT_BREAK) {
			chat->code++;
			*want = CHAT_WANT_BREAK;
			return false;
		} else if (code == CHAT_DELAY || code == CHAT_PAUSE) {
			if (chat->until.ms == INSTANT_NEVER.ms)
				chat->until = instant_after(
				    now, code == CHAT_DELAY ? CHAT_DELAY_MS : CHAT_PAUSE_MS);
			if (!instant_reached(chat->until, now)) {
				*want = CHAT_WANT_TIME;
				return false;
			}
			chat->until = INSTANT_NEVER;
		}
		chat->code++;
	}
	chat->code = 0;
	return true;
}

static void
run_expect(struct chat *chat, struct instant now, struct buffer *out, enum chat_want *want)
{
	const struct chat_step *step = &chat->steps[chat->at];

	if (!chat->entered) {
		chat->entered = true;
		chat->retries = step->retries;
		chat->scanned = chat->from;
	}
	if (scan(chat, step)) {
		if (chat->outcome == CHAT_GOES_ON)
			next_step(chat);
		return;
	}
	if (chat->retrying) {
		if (!send_text(chat, &step->retry, now, out, want))
			return;
		chat->retrying = false;
	}
	if (chat->until.ms == INSTANT_NEVER.ms)
		chat->until = instant_after(now, chat->timeout_ms);
	if (!instant_reached(chat->until, now)) {
		*want = CHAT_WANT_TIME;
		return;
	}
	chat->until = INSTANT_NEVER;
	if (chat->retries == 0) {
		chat_tell_timed_out(chat, step);
		chat_end(chat, CHAT_TIMED_OUT);
		return;
	}
	chat->retries--;
	chat->retrying = true;
	chat_tell_heard(chat, chat->heard.length);
	chat_tell_sent(chat, &step->retry, false);
}

static void
run_wait(struct chat *chat, struct instant now, enum chat_want *want)
{
	int64_t ms = chat->steps[chat->at].duration_ms;

	if (!chat->entered) {
		chat->entered = true;
		chat->until   = instant_after(now, ms);
		chat_tell_heard(chat, chat->from);
		chat_tell_wait(chat, ms);
	}
	if (scan(chat, NULL))
		return;
	if (!instant_reached(chat->until, now))
		*want = CHAT_WANT_TIME;
	else
		next_step(chat);
}

static void
next_step(struct chat *chat)
{
	chat->at++;
	chat->entered  = false;
	chat->retrying = false;
	chat->code     = 0;
	chat->until    = INSTANT_NEVER;
}

static void
chat_end(struct chat *chat, enum chat_outcome outcome)
{
	chat->outcome = outcome;
	chat->until   = INSTANT_NEVER;
}

/* --- what was heard ------------------------------------------------------------------------ */

void
chat_hear(struct chat *chat, struct span bytes)
{
	while (bytes.length > 0) {
		size_t room = CHAT_HEARD_MAX - chat->heard.length;
		size_t some = bytes.length < room ? bytes.length : room;

		if (some == 0 && chat->outcome != CHAT_GOES_ON)
			return;
		if (some == 0) {
			/* an abort in what is about to be forgotten must not be missed */
			if (scan(chat, NULL) || chat->outcome != CHAT_GOES_ON)
				return;
			forget_oldest(chat);
			continue;
		}
		buffer_append(&chat->heard, bytes.data, some);
		bytes.data += some;
		bytes.length -= some;
	}
}

static void
forget_oldest(struct chat *chat)
{
	size_t cut = CHAT_HEARD_MAX / 2;

	chat_tell_heard(chat, chat->heard.length);
	buffer_drop_front(&chat->heard, cut);
	chat->from    = chat->from > cut ? chat->from - cut : 0;
	chat->scanned = chat->scanned > cut ? chat->scanned - cut : 0;
	chat->told    = chat->told > cut ? chat->told - cut : 0;
}

void
chat_rewind(struct chat *chat)
{
	chat->outcome    = CHAT_GOES_ON;
	chat->at         = 0;
	chat->entered    = false;
	chat->retrying   = false;
	chat->code       = 0;
	chat->aborts     = 0;
	chat->until      = INSTANT_NEVER;
	chat->timeout_ms = CHAT_TIMEOUT_MS;
	chat->from = chat->scanned = chat->told = 0;
	buffer_clear(&chat->heard);
	buffer_clear(&chat->reason);
}

/* Has a text ended that matters: one of `expect`, or of an abort? Then the chat says which. */
static bool
scan(struct chat *chat, const struct chat_step *expect)
{
	for (size_t i = 0; expect != NULL && i < expect->text_count; i++)
		if (expect->texts[i].count == 0)
			return true;
	while (chat->scanned < chat->heard.length) {
		size_t end = ++chat->scanned;

		if (scan_aborts(chat, end))
			return true;
		for (size_t i = 0; expect != NULL && i < expect->text_count; i++)
			if (text_ends_at(chat, &expect->texts[i], end)) {
				chat->from = end;
				chat_tell_heard(chat, end);
				return true;
			}
	}
	return false;
}

static bool
scan_aborts(struct chat *chat, size_t end)
{
	for (size_t i = 0; i < chat->aborts; i++) {
		const struct chat_step *step = &chat->steps[i];

		for (size_t j = 0; step->kind == CHAT_ABORT && j < step->text_count; j++)
			if (text_ends_at(chat, &step->texts[j], end)) {
				chat_tell_heard(chat, end);
				chat_tell_aborted(chat, &step->texts[j]);
				chat_end(chat, CHAT_ABORTED);
				return true;
			}
	}
	return false;
}

static bool
text_ends_at(const struct chat *chat, const struct chat_text *text, size_t end)
{
	const uint8_t *heard = chat->heard.data + end;

	if (text->count == 0 || end - chat->from < text->count)
		return false;
	for (size_t i = 1; i <= text->count; i++)
		if (text->codes[text->count - i] != heard[-(ptrdiff_t)i])
			return false;
	return true;
}

/* --- for the driver ------------------------------------------------------------------------ */

struct instant
chat_deadline(const struct chat *chat)
{
	return chat->until;
}

enum chat_outcome
chat_outcome(const struct chat *chat)
{
	return chat->outcome;
}

const char *
chat_reason(const struct chat *chat)
{
	return buffer_text(&chat->reason);
}

struct buffer *
chat_transcript(struct chat *chat)
{
	return &chat->transcript;
}
