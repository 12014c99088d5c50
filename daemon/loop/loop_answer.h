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

#include "daemon/loop/loop_calls.h"

struct loop_answer;

/* Answers where the description says, and nowhere else any more; a call that goes on goes on. */
void loop_answers_follow(struct loop_calls *calls);
void loop_answers_stop(struct loop_calls *calls);

/* EVENT_LISTENING for each. */
void loop_answers_announce(struct loop_calls *calls);

#endif
