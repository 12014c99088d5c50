/*
 * loop_answer.h - serial lines where calls are taken
 *
 * A line that waits for a caller is open but not locked, so that this daemon or another program may
 * dial out on it; bytes that come while nobody has it are a call (a modem that rings, a far end
 * that speaks). Then it is locked, the `login` dialogue of the `answer` is run, and a stream
 * made of it. One caller at a time; when he has hung up, it waits for the next.
 */
#ifndef DAEMON_LOOP_LOOP_ANSWER_H
#define DAEMON_LOOP_LOOP_ANSWER_H

#include "daemon/loop/loop_identity.h"

struct loop_answer;

struct loop_answers {
	struct loop_answer   *first;
	struct loop_streams  *streams; /* to which callers go */
	struct loop_identity *identity;
};

void loop_answers_init(struct loop_answers *answers, struct loop_streams *streams,
                       struct loop_identity *identity);

/* Answers where the description says, and nowhere else any more; a call that goes on goes on. */
void loop_answers_follow(struct loop_answers *answers);
void loop_answers_stop(struct loop_answers *answers);

/* EVENT_LISTENING for each. */
void loop_answers_announce(struct loop_answers *answers);

#endif
