/*
 * chat_inside.h - the parts of a chat, for the files chat*.c only
 */
#ifndef DAEMON_LINE_CHAT_INSIDE_H
#define DAEMON_LINE_CHAT_INSIDE_H

#include "daemon/line/chat.h"
#include "spool/description/description.h"

/* A description's text with the phone number in its place: bytes and chat codes. */
struct chat_text {
	uint16_t *codes;
	size_t    count;
};

/* A step of the description, ready to be run. */
struct chat_step {
	enum description_chat_kind kind;
	const char                *title; /* of its dialogue, owned by the chat */
	struct chat_text          *texts;
	size_t                     text_count;
	struct chat_text           retry;
	unsigned                   retries;
	int64_t                    duration_ms;
};

struct chat {
	struct chat_step *steps;
	size_t            count, capacity;
	char            **titles;
	size_t            title_count, title_capacity;

	enum chat_outcome outcome;
	size_t            at;       /* the step that runs                                  */
	bool              entered;  /* its deadline is armed, or its sending has begun     */
	bool              retrying; /* an expect that sends its `retry`                   */
	size_t            code;     /* the next one of the text that is being sent         */
	unsigned          retries;  /* of this expect that are left                        */
	struct instant    until;    /* of a delay or of an expect                          */
	int64_t           timeout_ms;
	size_t            aborts; /* steps before this one whose `abort` holds            */

	struct buffer heard;
	size_t        from;    /* what is before has been expected and came            */
	size_t        scanned; /* no text that matters ends before                     */
	size_t        told;    /* what is before is in the transcript                  */

	struct buffer *secrets;
	size_t         secret_count, secret_capacity;

	struct buffer transcript;
	size_t        line; /* where its last line begins */
	struct buffer reason;
};

/* --- chat_words.c: what people see of it */

/* What was heard since the last time, up to there. */
void chat_tell_heard(struct chat *chat, size_t end);
void chat_tell_sent(struct chat *chat, const struct chat_text *text, bool secret);
void chat_tell_wait(struct chat *chat, int64_t ms);
/* Says why it ends; appends that to the transcript, too. */
void chat_tell_aborted(struct chat *chat, const struct chat_text *text);
void chat_tell_timed_out(struct chat *chat, const struct chat_step *step);

#endif
