/*
 * chat.h - what is said to a modem and to a login prompt, as a machine without a line
 *
 * A chat runs the dialogues of a description (CHATS in doc/mulga.topo.5.md) one after the
 * other. It is fed what the line said and the time; it gives bytes to send, breaks and a
 * deadline, and ends in one of three ways. What was heard and not expected by one dialogue
 * is still there for the next, and what is left at the end belongs to whoever speaks next.
 *
 * It keeps a transcript for people: bytes escaped, secrets as ****, also where the far end
 * echoes them. Every wait has an end, and no more than CHAT_HEARD_MAX bytes are kept of
 * what the line says.
 */
#ifndef DAEMON_LINE_CHAT_H
#define DAEMON_LINE_CHAT_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"

enum {
	CHAT_HEARD_MAX      = 4096,
	CHAT_TRANSCRIPT_MAX = 64 * 1024,
	CHAT_TIMEOUT_MS     = 30000, /* of an expect, until a `timeout` says otherwise */
	CHAT_DELAY_MS       = 2000,  /* \d */
	CHAT_PAUSE_MS       = 250,   /* \p */
};

struct chat; /* heap */
struct description_chat;

/* A secret by the name that dialogues have for it; both borrowed during chat_add. */
struct chat_secret {
	const char *name;
	struct span text;
};

enum chat_outcome {
	CHAT_GOES_ON,
	CHAT_DONE,
	CHAT_ABORTED,   /* the line said a text of `abort`  */
	CHAT_TIMED_OUT, /* it did not say what was expected */
};

enum chat_want {
	CHAT_WANT_TIME,  /* bytes of the line, or chat_deadline()                     */
	CHAT_WANT_BREAK, /* a break, after the bytes that were appended; then go on   */
	CHAT_WANT_END,   /* nothing more                                              */
};

struct chat *chat_new(void);
void         chat_free(struct chat *chat);

/*
 * Appends a dialogue, before the first chat_run; everything is copied. `title` ("dial",
 * "login") says in words which one speaks; `phone` stands for \P, NULL: none. STATUS_NOT_FOUND:
 * it needs a secret that is not among those given. An `abort` holds to the end of the chat.
 */
enum status chat_add(struct chat *chat, const char *title, const struct description_chat *dialogue,
                     const char *phone, const struct chat_secret *secrets, size_t secret_count,
                     struct diagnostic *diagnostic);

/* What the line says. Given byte by byte, with chat_run in between, nothing is taken that follows
 * the last expected text. */
void chat_hear(struct chat *chat, struct span bytes);

/* Goes as far as it gets, appending to `out` what is to be sent. */
enum chat_want chat_run(struct chat *chat, struct instant now, struct buffer *out);

/* When to run it though nothing was heard. */
struct instant chat_deadline(const struct chat *chat);

/* Again from the beginning; nothing that was heard counts. */
void chat_rewind(struct chat *chat);

enum chat_outcome chat_outcome(const struct chat *chat);

/* Once ended otherwise than done: one line, `dial: the line said "BUSY"`. Borrowed. */
const char *chat_reason(const struct chat *chat);

/* Whole lines for people, `login: sent "Usyd\r"`, since the caller last cleared it. Borrowed. */
struct buffer *chat_transcript(struct chat *chat);

#endif
