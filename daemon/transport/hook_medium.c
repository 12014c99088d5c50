/*
 * hook_medium.c - what is told passes through, but the beginning and the end wait for a program
 */
#include "daemon/transport/hook_medium.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "daemon/transport/program.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

struct hook_medium {
	struct medium              medium;
	struct medium             *inner; /* NULL: released, or none   */
	char                     **before, **after;
	struct process_environment environment;
	char                      *called;
	struct program            *program; /* of the two, the one that runs */
	char                       why[PROGRAM_WHY_SIZE + 16];
};

static void            start(struct medium *medium);
static struct program *run(struct hook_medium *hook, char **arguments,
                           program_ended_function *ended);
static void            too_long(uv_timer_t *timer);
static void            cannot_start(uv_timer_t *timer);
static void            before_ended(void *owner, int code, const char *why);
static void            told(void *owner, enum medium_news news, const char *why);
static bool            at_end(struct medium *medium);
static void            hang_up(struct medium *medium);
static void            hang_up_inner(struct hook_medium *hook);
static void            run_after(struct hook_medium *hook);
static void            after_ended(void *owner, int code, const char *why);
static void            release(struct medium *medium);

static const struct medium_operations operations = {
	.start   = start,
	.hang_up = hang_up,
	.at_end  = at_end,
	.free    = release,
};

struct medium *
hook_medium_new(uv_loop_t *loop, struct medium *inner, const struct hook_medium_order *order)
{
	struct hook_medium *hook = memory_new(1, sizeof(*hook));

	medium_init(&hook->medium, &operations, loop);
	hook->inner = inner;
	if (order->before != NULL)
		hook->before = process_arguments_copy(order->before);
	if (order->after != NULL)
		hook->after = process_arguments_copy(order->after);
	process_environment_copy(&hook->environment, order->environment);
	hook->called = memory_copy_text(order->called);
	if (inner != NULL)
		medium_own(inner, told, hook);
	return &hook->medium;
}

static void
start(struct medium *medium)
{
	struct hook_medium *hook = (struct hook_medium *)medium;

	if (hook->inner == NULL)
		return; /* an `after` that is owed runs when this is hung up, and nothing before it */
	if (hook->before == NULL) {
		medium_start(hook->inner);
		return;
	}
	hook->program = run(hook, hook->before, before_ended);
	if (hook->program == NULL)
		uv_timer_start(&medium->timer, cannot_start, 0, 0);
}

/* NULL: it cannot be started, and hook->why. */
static struct program *
run(struct hook_medium *hook, char **arguments, program_ended_function *ended)
{
	const struct program_order order = {
		.arguments   = (const char *const *)arguments,
		.environment = &hook->environment,
		.input       = -1,
		.output      = -1,
		.extra       = -1,
		.called      = hook->called,
	};
	struct diagnostic diagnostic;
	struct program   *program;

	diagnostic_init(&diagnostic);
	program = program_start(hook->medium.loop, &order, ended, hook, &diagnostic);
	if (program != NULL)
		uv_timer_start(&hook->medium.timer, too_long, HOOK_LIMIT_MS, 0);
	snprintf(hook->why, sizeof(hook->why), "%s", diagnostic.text);
	return program;
}

static void
too_long(uv_timer_t *timer)
{
	struct hook_medium *hook = timer->data;

	program_end(hook->program, "it took too long");
}

static void
cannot_start(uv_timer_t *timer)
{
	struct hook_medium *hook = timer->data;

	medium_lost(&hook->medium, hook->why);
}

static void
before_ended(void *owner, int code, const char *why)
{
	struct hook_medium *hook = owner;

	hook->program = NULL;
	uv_timer_stop(&hook->medium.timer);
	snprintf(hook->why, sizeof(hook->why), "before: %s", why);
	hook->medium.busy = code == EX_TEMPFAIL;
	if (hook->medium.hung_up)
		hang_up_inner(hook);
	else if (code == EX_OK)
		medium_start(hook->inner);
	else
		medium_lost(&hook->medium, hook->why);
}

static void
told(void *owner, enum medium_news news, const char *why)
{
	struct hook_medium *hook = owner;

	switch (news) {
	case MEDIUM_CONNECTED:
		medium_connected(&hook->medium, hook->inner->stream, hook->inner->out);
		break;
	case MEDIUM_STATUS:
		medium_status(&hook->medium, why);
		break;
	case MEDIUM_LOST:
		hook->medium.busy = hook->inner->busy;
		medium_lost(&hook->medium, why);
		break;
	case MEDIUM_RELEASED:
		hook->inner = NULL;
		run_after(hook);
		break;
	}
}

static bool
at_end(struct medium *medium)
{
	return medium_ask_why(((struct hook_medium *)medium)->inner);
}

/* --- the end ------------------------------------------------------------------------------- */

static void
hang_up(struct medium *medium)
{
	struct hook_medium *hook = (struct hook_medium *)medium;

	uv_timer_stop(&medium->timer);
	medium->stream = medium->out = NULL; /* the inner one's */
	if (hook->program != NULL)
		program_end(hook->program, "hung up");
	else
		hang_up_inner(hook);
}

static void
hang_up_inner(struct hook_medium *hook)
{
	if (hook->inner != NULL)
		medium_hang_up(hook->inner);
	else
		run_after(hook);
}

static void
run_after(struct hook_medium *hook)
{
	if (hook->after != NULL) {
		hook->program = run(hook, hook->after, after_ended);
		if (hook->program != NULL)
			return;
		log_line(LOG_ERROR, "%s: after: %s", hook->called, hook->why);
	}
	medium_release(&hook->medium);
}

static void
after_ended(void *owner, int code, const char *why)
{
	struct hook_medium *hook = owner;

	hook->program = NULL;
	if (code != EX_OK)
		log_line(LOG_ERROR, "%s: after: %s", hook->called, why);
	medium_release(&hook->medium);
}

static void
release(struct medium *medium)
{
	struct hook_medium *hook = (struct hook_medium *)medium;

	if (hook->before != NULL)
		process_arguments_free(hook->before);
	if (hook->after != NULL)
		process_arguments_free(hook->after);
	free(hook->called);
	free(hook);
}
