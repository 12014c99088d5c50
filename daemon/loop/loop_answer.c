/*
 * loop_answer.c - waiting for a caller without keeping the line from others
 */
#include "daemon/loop/loop_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop/loop_line.h"
#include "daemon/loop/loop_serial.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { LOOK_MS = 5000, AGAIN_MS = 1000 };

enum answer_state {
	ANSWER_AWAY,  /* somebody has the line, or it cannot be had: looked at again */
	ANSWER_WAITS, /* for a caller                                                */
	ANSWER_WOKEN, /* there is one: the watching of the line ends                 */
	ANSWER_TAKEN  /* a stream has it                                             */
};

struct loop_answer {
	struct loop_answer                 *next;
	struct loop_answers                *answers;
	enum answer_state                   state;
	char                               *device;
	const struct description_transport *stated; /* NULL: not any more */
	struct serial_port                  port;
	uv_poll_t                           poll; /* while it waits */
	uv_timer_t                          timer;
	char                                why[256]; /* it is away, as it was logged */
};

static struct loop_answer *find_answer(struct loop_answers *answers, const char *device);
static void                add_answer(struct loop_answers *answers, const char *device);
static void                answer_enter(struct loop_answer *answer, enum answer_state state);
static void                looked(uv_timer_t *timer);
static void                wait_for_caller(struct loop_answer *answer);
static void                away(struct loop_answer *answer, const char *why);
static void                woken(uv_poll_t *poll, int status, int events);
static void                watched(uv_handle_t *poll);
static void                take_call(struct loop_answer *answer);
static void                hung_up(void *data);
static void                drop_unwanted(struct loop_answers *answers);
static void                drop_answer(struct loop_answer *answer);
static void                timer_closed(uv_handle_t *timer);

void
loop_answers_init(struct loop_answers *answers, struct loop_streams *streams,
                  struct loop_identity *identity)
{
	*answers = (struct loop_answers){ .streams = streams, .identity = identity };
}

void
loop_answers_follow(struct loop_answers *answers)
{
	const struct description_node *node = config_node(answers->identity->config);

	for (struct loop_answer *old = answers->first; old != NULL; old = old->next)
		old->stated = NULL;
	for (size_t i = 0; i < node->answer_count; i++) {
		const struct description_transport *stated = &node->answers[i];

		if (find_answer(answers, stated->address) == NULL)
			add_answer(answers, stated->address);
		find_answer(answers, stated->address)->stated = stated;
	}
	drop_unwanted(answers);
}

static struct loop_answer *
find_answer(struct loop_answers *answers, const char *device)
{
	struct loop_answer *answer = answers->first;

	while (answer != NULL && strcmp(answer->device, device) != 0)
		answer = answer->next;
	return answer;
}

static void
add_answer(struct loop_answers *answers, const char *device)
{
	struct loop_answer *answer = memory_new(1, sizeof(*answer));

	answer->answers = answers;
	answer->device  = memory_copy_text(device);
	answer->next    = answers->first;
	answers->first  = answer;
	serial_port_init(&answer->port);
	uv_timer_init(answers->streams->uv, &answer->timer);
	answer->timer.data = answer->poll.data = answer;
	uv_timer_start(&answer->timer, looked, 0, 0);
}

static void
answer_enter(struct loop_answer *answer, enum answer_state state)
{
	static const char *const names[] = { "away", "waits", "woken", "taken" };

	log_line(LOG_DEBUG, "answer %s: %s -> %s", answer->device, names[answer->state],
	         names[state]);
	answer->state = state;
	if (state == ANSWER_AWAY)
		uv_timer_start(&answer->timer, looked, LOOK_MS, 0);
}

static void
looked(uv_timer_t *timer)
{
	wait_for_caller(timer->data);
}

/* It is locked for a moment, so that nobody's settings are changed under him. */
static void
wait_for_caller(struct loop_answer *answer)
{
	struct serial_call call;
	struct diagnostic  diagnostic;
	enum status        status;

	diagnostic_init(&diagnostic);
	if (answer->stated == NULL)
		return;
	status =
	    loop_serial_call(answer->answers->identity->config, answer->stated, &call, &diagnostic);
	if (status == STATUS_OK) {
		status =
		    serial_port_open(&answer->port, answer->device, &call.settings, &diagnostic);
		loop_serial_release(&call);
	}
	if (status == STATUS_OK)
		status = serial_port_hold(&answer->port, &diagnostic);
	if (status != STATUS_OK) {
		serial_port_close(&answer->port);
		away(answer, diagnostic.text);
		return;
	}
	serial_port_raise(&answer->port);
	serial_port_let(&answer->port);
	if (answer->why[0] != '\0')
		log_line(LOG_INFO, "calls are answered on %s again", answer->device);
	answer->why[0] = '\0';
	uv_poll_init(answer->answers->streams->uv, &answer->poll, answer->port.file);
	uv_poll_start(&answer->poll, UV_READABLE, woken);
	answer_enter(answer, ANSWER_WAITS);
}

/* Each reason is logged once, but for somebody's call, which is no trouble. */
static void
away(struct loop_answer *answer, const char *why)
{
	if (strcmp(answer->why, why) != 0)
		log_line(LOG_INFO, "no calls are answered on %s for now: %s", answer->device, why);
	snprintf(answer->why, sizeof(answer->why), "%s", why);
	answer_enter(answer, ANSWER_AWAY);
}

static void
woken(uv_poll_t *poll, int status, int events)
{
	struct loop_answer *answer = poll->data;

	(void)status;
	(void)events;
	answer_enter(answer, ANSWER_WOKEN);
	uv_close((uv_handle_t *)poll, watched);
}

/* The line is not watched any more: for a call, or because it is to be let go. */
static void
watched(uv_handle_t *poll)
{
	struct loop_answer *answer = poll->data;

	if (answer->stated != NULL) {
		take_call(answer);
		return;
	}
	serial_port_close(&answer->port);
	uv_close((uv_handle_t *)&answer->timer, timer_closed);
}

static void
take_call(struct loop_answer *answer)
{
	struct loop_answers *answers = answer->answers;
	struct loop_stream  *stream;
	struct serial_call   call;
	struct diagnostic    diagnostic;
	enum status          status;

	diagnostic_init(&diagnostic);
	status = loop_serial_call(answers->identity->config, answer->stated, &call, &diagnostic);
	if (status == STATUS_OK) {
		status = serial_port_hold(&answer->port, &diagnostic);
		if (status == STATUS_OK)
			status = loop_identity_read(answers->identity, &diagnostic);
		if (status != STATUS_OK)
			loop_serial_release(&call);
	}
	if (status != STATUS_OK) {
		serial_port_close(&answer->port);
		away(answer, diagnostic.text);
		return;
	}
	call.freed = hung_up;
	call.data  = answer;
	stream     = loop_stream_new(answers->streams, answers->streams->next_id);
	answers->streams->next_id += 2;
	snprintf(stream->from, sizeof(stream->from), "serial %s", answer->device);
	loop_serial_prepare(stream, answer->stated, false);
	loop_line_prepare(stream, answer->stated, false);
	loop_identity_answer(answers->identity, stream);
	answer_enter(answer, ANSWER_TAKEN);
	loop_stream_start(stream, serial_medium_answer(answers->streams->uv, &call, &answer->port));
}

/* The medium has given the line back. */
static void
hung_up(void *data)
{
	struct loop_answer *answer = data;

	if (answer->stated == NULL) {
		uv_close((uv_handle_t *)&answer->timer, timer_closed);
		return;
	}
	answer_enter(answer, ANSWER_AWAY);
	uv_timer_start(&answer->timer, looked, AGAIN_MS, 0); /* the modem's last words pass by */
}

/* --- the end --------------------------------------------------------------------------------- */

void
loop_answers_stop(struct loop_answers *answers)
{
	for (struct loop_answer *answer = answers->first; answer != NULL; answer = answer->next)
		answer->stated = NULL;
	drop_unwanted(answers);
}

static void
drop_unwanted(struct loop_answers *answers)
{
	for (struct loop_answer **link = &answers->first; *link != NULL;) {
		struct loop_answer *answer = *link;

		if (answer->stated != NULL) {
			link = &answer->next;
			continue;
		}
		*link = answer->next;
		drop_answer(answer);
	}
}

static void
drop_answer(struct loop_answer *answer)
{
	switch (answer->state) {
	case ANSWER_AWAY:
		uv_close((uv_handle_t *)&answer->timer, timer_closed);
		break;
	case ANSWER_WAITS:
		answer_enter(answer, ANSWER_WOKEN);
		uv_close((uv_handle_t *)&answer->poll, watched);
		break;
	case ANSWER_WOKEN:
	case ANSWER_TAKEN:
		break; /* when that has ended */
	}
}

static void
timer_closed(uv_handle_t *timer)
{
	struct loop_answer *answer = timer->data;

	free(answer->device);
	free(answer);
}

void
loop_answers_announce(struct loop_answers *answers)
{
	struct loop_inbox *inbox = answers->streams->inbox;

	for (struct loop_answer *answer = answers->first; answer != NULL; answer = answer->next) {
		char        line[256];
		const char *text;

		snprintf(line, sizeof(line), "serial %.240s", answer->device);
		text                                            = loop_inbox_text(inbox, line);
		loop_inbox_add(inbox, EVENT_LISTENING, 0)->text = text;
	}
}
