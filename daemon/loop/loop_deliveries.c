/*
 * loop_deliveries.c - jobs wait, run, and come back as events
 *
 * A job borrows from the node only until its next step, so it is copied here, body and all,
 * into an arena of its own.
 */
#include "daemon/loop/loop_deliveries.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/handler/command.h"
#include "daemon/handler/local_user.h"
#include "daemon/handler/mail_server.h"
#include "daemon/handler/published.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { BATCH_MAX = 64, COMMANDS_MAX = 4, COMMAND_TIMEOUT_MS = 1000 * 1000 };

struct loop_job {
	struct loop_job        *next;
	struct loop_deliveries *deliveries;
	enum loop_job_kind      kind;
	uint64_t                id;
	struct delivery_job     delivery;
	struct arena            arena;
	uv_thread_t             thread; /* of a command                     */
	atomic_bool             ended;  /* the thread's last write to a job */
};

struct batch {
	uv_work_t               request;
	struct loop_deliveries *deliveries;
	enum loop_job_kind      kind;
	struct loop_job        *members[BATCH_MAX]; /* of deliveries->running[kind] */
	struct delivery_job     jobs[BATCH_MAX];    /* theirs, while a thread has them */
	size_t                  count;
};

static struct loop_job *copy_job(struct loop_deliveries *deliveries, const struct action *action);
static void             copy_rest(struct loop_job *job, const struct delivery_job *from);
static bool             is_known(const struct loop_deliveries *deliveries, uint64_t id);
static struct loop_job *next_waiting(struct loop_deliveries *deliveries, enum loop_job_kind kind);
static void             now_running(struct loop_job *job);
static void             no_longer_running(struct loop_job *job);
static void             start_batches(struct loop_deliveries *deliveries, enum loop_job_kind kind);
static void             start_batch(struct loop_deliveries *deliveries, enum loop_job_kind kind);
static void             run_batch(uv_work_t *request);
static void             batch_ended(uv_work_t *request, int status);
static void             start_commands(struct loop_deliveries *deliveries);
static void             run_command(void *job);
static void             commands_ended(uv_async_t *wake);
static void             tell(struct loop_job *job);
static void             free_job(struct loop_job *job);

void
loop_deliveries_init(struct loop_deliveries *deliveries, uv_loop_t *uv, struct loop_inbox *inbox,
                     struct disk *disk, const char *bodies, const char *home, unsigned umask)
{
	*deliveries        = (struct loop_deliveries){ .uv     = uv,
		                                       .inbox  = inbox,
		                                       .disk   = disk,
		                                       .bodies = bodies,
		                                       .home   = home,
		                                       .umask  = umask };
	deliveries->cancel = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (deliveries->cancel < 0)
		log_fatal("no descriptor is left for deliveries");
	uv_async_init(uv, &deliveries->wake, commands_ended);
	deliveries->wake.data = deliveries;
}

void
loop_deliveries_perform(struct loop_deliveries *deliveries, const struct action *action)
{
	struct loop_job *job;

	if (is_known(deliveries, action->id))
		return;
	job = copy_job(deliveries, action);
	if (deliveries->waiting[job->kind] == NULL)
		deliveries->waiting[job->kind] = job;
	else
		deliveries->waiting_last[job->kind]->next = job;
	deliveries->waiting_last[job->kind] = job;
}

static bool
is_known(const struct loop_deliveries *deliveries, uint64_t id)
{
	for (size_t kind = 0; kind < LOOP_JOB_KINDS; kind++) {
		for (struct loop_job *job = deliveries->running[kind]; job != NULL; job = job->next)
			if (job->id == id)
				return true;
		for (struct loop_job *job = deliveries->waiting[kind]; job != NULL; job = job->next)
			if (job->id == id)
				return true;
	}
	return false;
}

static struct loop_job *
copy_job(struct loop_deliveries *deliveries, const struct action *action)
{
	const struct delivery_job *from  = action->delivery;
	struct loop_job           *job   = memory_new(1, sizeof(*job));
	struct delivery_job       *to    = &job->delivery;
	size_t                     count = 0;

	job->deliveries = deliveries;
	job->id         = action->id;
	job->kind       = action->kind == ACTION_PUBLISH        ? LOOP_PUBLISH
	                  : delivery_is_handed_over(from->kind) ? LOOP_COMMAND
	                  : from->kind == DELIVERY_HOLD         ? LOOP_LOOK_UP
	                                                        : LOOP_PREPARE;
	arena_init(&job->arena);
	*to         = *from;
	to->target  = from->target != NULL ? arena_text(&job->arena, from->target) : NULL;
	to->user    = from->user != NULL ? arena_text(&job->arena, from->user) : NULL;
	to->title   = from->title != NULL ? arena_text(&job->arena, from->title) : NULL;
	to->sender  = from->sender != NULL ? arena_text(&job->arena, from->sender) : NULL;
	to->address = from->address != NULL ? arena_text(&job->arena, from->address) : NULL;
	to->home    = from->home != NULL ? arena_text(&job->arena, from->home) : NULL;
	to->envid   = from->envid != NULL ? arena_text(&job->arena, from->envid) : NULL;
	to->origin  = from->origin != NULL ? arena_text(&job->arena, from->origin) : NULL;
	to->head    = arena_span(&job->arena, from->head);
	if (from->body.bytes.data != NULL)
		to->body.bytes = arena_span(&job->arena, from->body.bytes);
	to->body.folder = deliveries->bodies;
	to->umask       = deliveries->umask;
	copy_rest(job, from);
	if (from->arguments != NULL) {
		const char **arguments;

		while (from->arguments[count] != NULL)
			count++;
		arguments = arena_new(&job->arena, count + 1, sizeof(arguments[0]));
		for (size_t i = 0; i < count; i++)
			arguments[i] = arena_text(&job->arena, from->arguments[i]);
		to->arguments = arguments;
	}
	return job;
}

static void
copy_rest(struct loop_job *job, const struct delivery_job *from)
{
	struct delivery_body *rest;

	if (from->rest_count == 0)
		return;
	rest = arena_new(&job->arena, from->rest_count, sizeof(rest[0]));
	for (size_t i = 0; i < from->rest_count; i++) {
		rest[i] = from->rest[i];
		if (rest[i].bytes.data != NULL)
			rest[i].bytes = arena_span(&job->arena, rest[i].bytes);
	}
	job->delivery.rest = rest;
}

void
loop_deliveries_go_on(struct loop_deliveries *deliveries)
{
	start_batches(deliveries, LOOP_PREPARE);
	start_batches(deliveries, LOOP_PUBLISH);
	start_batches(deliveries, LOOP_LOOK_UP);
	start_commands(deliveries);
}

static struct loop_job *
next_waiting(struct loop_deliveries *deliveries, enum loop_job_kind kind)
{
	struct loop_job *job = deliveries->waiting[kind];

	if (job != NULL) {
		deliveries->waiting[kind] = job->next;
		job->next                 = NULL;
	}
	return job;
}

static void
now_running(struct loop_job *job)
{
	struct loop_deliveries *deliveries = job->deliveries;

	job->next                      = deliveries->running[job->kind];
	deliveries->running[job->kind] = job;
}

static void
no_longer_running(struct loop_job *job)
{
	struct loop_job **link = &job->deliveries->running[job->kind];

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
}

/* --- files ------------------------------------------------------------------------------- */

/*
 * Two batches at a time are written: their syncs share the disk's work, and one of them goes
 * on while the loop commits what the other has ended. Publishing is short. So one thread
 * of the pool's four is left for large bodies.
 */
static void
start_batches(struct loop_deliveries *deliveries, enum loop_job_kind kind)
{
	static const size_t most[] = { [LOOP_PREPARE] = 2, [LOOP_PUBLISH] = 1, [LOOP_LOOK_UP] = 1 };

	while (deliveries->batches[kind] < most[kind] && deliveries->waiting[kind] != NULL)
		start_batch(deliveries, kind);
}

static void
start_batch(struct loop_deliveries *deliveries, enum loop_job_kind kind)
{
	struct batch    *batch = memory_new(1, sizeof(*batch));
	struct loop_job *job;

	batch->deliveries = deliveries;
	batch->kind       = kind;
	while (batch->count < BATCH_MAX && (job = next_waiting(deliveries, kind)) != NULL) {
		batch->members[batch->count] = job;
		batch->jobs[batch->count++]  = job->delivery;
		now_running(job);
	}
	deliveries->batches[kind]++;
	uv_queue_work(deliveries->uv, &batch->request, run_batch, batch_ended);
}

/* On a thread of the pool. */
static void
run_batch(uv_work_t *request)
{
	struct batch *batch = (struct batch *)request;

	if (batch->kind == LOOP_PREPARE)
		delivery_prepare(batch->deliveries->disk, batch->jobs, batch->count);
	else if (batch->kind == LOOP_PUBLISH)
		delivery_publish(batch->deliveries->disk, batch->jobs, batch->count);
	else
		for (size_t i = 0; i < batch->count; i++)
			local_user_check(&batch->jobs[i]);
}

static void
batch_ended(uv_work_t *request, int status)
{
	struct batch           *batch      = (struct batch *)request;
	struct loop_deliveries *deliveries = batch->deliveries;

	assert(status == 0);
	for (size_t i = 0; i < batch->count; i++) {
		struct loop_job *job = batch->members[i];

		job->delivery = batch->jobs[i];
		no_longer_running(job);
		tell(job);
		free_job(job);
	}
	deliveries->batches[batch->kind]--;
	start_batches(deliveries, batch->kind); /* the disk need not wait for the turn */
	free(batch);
}

/* --- commands ------------------------------------------------------------------------------ */

static void
start_commands(struct loop_deliveries *deliveries)
{
	struct loop_job *job;
	size_t           count = 0;

	for (job = deliveries->running[LOOP_COMMAND]; job != NULL; job = job->next)
		count++;
	while (count++ < COMMANDS_MAX && (job = next_waiting(deliveries, LOOP_COMMAND)) != NULL) {
		now_running(job);
		if (uv_thread_create(&job->thread, run_command, job) != 0)
			log_fatal("no thread is left for a delivery");
	}
}

/* On the job's own thread: the job is its own until it has `ended`. */
static void
run_command(void *data)
{
	struct loop_job        *job        = data;
	struct loop_deliveries *deliveries = job->deliveries;

	if (job->delivery.kind == DELIVERY_COMMAND)
		command_run(deliveries->disk, &job->delivery, COMMAND_TIMEOUT_MS,
		            deliveries->cancel);
	else if (job->delivery.kind == DELIVERY_PUBLISHED)
		published_answer(deliveries->disk, &job->delivery, COMMAND_TIMEOUT_MS,
		                 deliveries->cancel, deliveries->home);
	else
		mail_server_deliver(deliveries->disk, &job->delivery, COMMAND_TIMEOUT_MS,
		                    deliveries->cancel);
	atomic_store(&job->ended, true);
	uv_async_send(&deliveries->wake);
}

static void
commands_ended(uv_async_t *wake)
{
	struct loop_deliveries *deliveries = wake->data;

	for (struct loop_job **link = &deliveries->running[LOOP_COMMAND]; *link != NULL;) {
		struct loop_job *job = *link;

		if (!atomic_load(&job->ended)) {
			link = &job->next;
			continue;
		}
		*link = job->next;
		uv_thread_join(&job->thread);
		tell(job);
		free_job(job);
	}
}

static void
tell(struct loop_job *job)
{
	struct loop_inbox *inbox    = job->deliveries->inbox;
	bool               prepared = (job->kind == LOOP_PREPARE || job->kind == LOOP_LOOK_UP) &&
	                job->delivery.verdict == DELIVERY_DONE;
	bool        named = job->kind == LOOP_PUBLISH && job->delivery.verdict == DELIVERY_DONE;
	const char *text =
	    loop_inbox_text(inbox, named ? job->delivery.name : job->delivery.diagnostic.text);
	struct event *event = loop_inbox_add(
	    inbox, prepared ? EVENT_DELIVERY_PREPARED : EVENT_DELIVERY_ENDED, job->id);

	event->verdict = job->delivery.verdict;
	event->reports = job->delivery.reports;
	event->text    = text;
}

static void
free_job(struct loop_job *job)
{
	arena_release(&job->arena);
	free(job);
}

/* --- the end ------------------------------------------------------------------------------- */

void
loop_deliveries_forget(struct loop_deliveries *deliveries)
{
	struct loop_job *job;

	for (enum loop_job_kind kind = 0; kind < LOOP_JOB_KINDS; kind++)
		while ((job = next_waiting(deliveries, kind)) != NULL)
			free_job(job);
}

void
loop_deliveries_stop(struct loop_deliveries *deliveries)
{
	const uint64_t one = 1;

	loop_deliveries_forget(deliveries);
	if (write(deliveries->cancel, &one, sizeof(one)) != sizeof(one))
		log_line(LOG_WARNING, "running commands cannot be ended");
}

bool
loop_deliveries_busy(const struct loop_deliveries *deliveries)
{
	for (size_t kind = 0; kind < LOOP_JOB_KINDS; kind++)
		if (deliveries->running[kind] != NULL)
			return true;
	return false;
}

void
loop_deliveries_close(struct loop_deliveries *deliveries)
{
	assert(!loop_deliveries_busy(deliveries));

	loop_deliveries_forget(deliveries);
	uv_close((uv_handle_t *)&deliveries->wake, NULL);
	close(deliveries->cancel);
}
