/*
 * loop.c - turns
 *
 * The callbacks of one poll put their events into the inbox; the check handle, which runs
 * after them, looks once more whether anything else is ready, for up to DRAIN_ROUNDS polls
 * that do not wait, and then runs the turn: what came together is committed together.
 *
 * When a step fails, nothing that it said has happened. Calls are hung up, programs are
 * told to try later, and node and store are opened again from the disk, which is the
 * ordinary start; a full disk is asked again every second. A disk that failed or lies is
 * not trusted by this process again: it ends, and its supervisor starts another.
 */
#include "daemon/loop/loop.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/loop/loop_bodies.h"
#include "daemon/loop/loop_calls.h"
#include "daemon/loop/loop_chat.h"
#include "daemon/loop/loop_clients.h"
#include "daemon/loop/loop_clock.h"
#include "daemon/loop/loop_deliveries.h"
#include "daemon/loop/loop_drop.h"
#include "daemon/loop/loop_submit.h"
#include "daemon/loop/loop_visits.h"
#include "daemon/node/node.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/disk/disk_posix.h"
#include "spool/home/home_key.h"
#include "spool/trust/node_key.h"

enum {
	DRAIN_ROUNDS   = 4,
	REOPEN_MS      = 1000,
	STOP_MS        = 4000,
	STOP_CALLS_MS  = 25000, /* programs behind calls are let go of, `after` runs */
	SLEEP_MAX_MS   = 60000,
	CLOSING_ROUNDS = 10
};

enum loop_state {
	LOOP_RUNNING,
	LOOP_REOPENING, /* there is no node; tried again every REOPEN_MS  */
	LOOP_STOPPING,  /* waits for threads, STOP_MS at most             */
};

struct loop {
	enum loop_state        state;
	int                    exit_code;
	uv_loop_t              uv;
	uv_check_t             check;
	uv_timer_t             timer; /* of the node's deadline, a new attempt, or the end */
	uv_signal_t            terminate, interrupt, hang_up;
	bool                   was_full; /* its disk: the node is to hear of it */
	unsigned               rounds;   /* polls since the first event of this turn */
	size_t                 seen;     /* events in the inbox after the last poll  */
	struct config         *config;
	struct store          *store;
	struct node           *node;
	struct actions         actions;
	struct disk           *disk;
	struct loop_inbox      inbox;
	struct loop_calls      calls;
	struct loop_clients    clients;
	struct loop_submit     submit;
	struct loop_bodies     bodies;
	struct loop_deliveries deliveries;
	struct loop_drop       drop;
	struct loop_chats      chats;
	struct loop_visits     visits;
};

static void        enter(struct loop *loop, enum loop_state state);
static enum status open_for_all(struct loop *loop, struct diagnostic *diagnostic);
static enum status open_for_one(struct loop *loop, struct diagnostic *diagnostic);
static enum status open_node(struct loop *loop, struct diagnostic *diagnostic);
static void        read_key(struct loop *loop);
static void        close_node(struct loop *loop);
static void        after_poll(uv_check_t *check);
static void        turn(struct loop *loop);
static void        perform(struct loop *loop);
static void        perform_one(struct loop *loop, const struct action *action);
static void        step_failed(struct loop *loop, enum status status);
static void        read_description(struct loop *loop, uint64_t client);
static void        tell_zone(struct loop *loop);
static void        log_lines(const char *text);
static void        follow_deadline(struct loop *loop);
static void        timer_ended(uv_timer_t *timer);
static void        try_reopening(struct loop *loop);
static void        signalled(uv_signal_t *handle, int number);
static void        stop(struct loop *loop, int exit_code);
static bool        is_busy(const struct loop *loop);
static void        close_all(struct loop *loop);

/* --- opening ------------------------------------------------------------------------------- */

enum status
loop_open(struct loop **opened, struct config *config, struct diagnostic *diagnostic)
{
	struct loop *loop = memory_new(1, sizeof(*loop));
	enum status  status;

	loop->config = config;
	loop->disk   = disk_posix();
	uv_loop_init(&loop->uv);
	loop->uv.data = loop;
	actions_init(&loop->actions);
	loop_inbox_init(&loop->inbox, &loop->uv);
	loop_calls_init(&loop->calls, &loop->uv, &loop->inbox, config, &loop->bodies);
	loop_chats_init(&loop->chats, &loop->uv, &loop->inbox, config);
	loop_submit_init(&loop->submit, &loop->clients, config);
	loop_bodies_init(&loop->bodies, &loop->uv, &loop->inbox, loop->disk, config->home.bodies);
	loop_deliveries_init(&loop->deliveries, &loop->uv, &loop->inbox, loop->disk,
	                     config->home.bodies, config->home.folder, config->umask);
	uv_check_init(&loop->uv, &loop->check);
	uv_timer_init(&loop->uv, &loop->timer);
	loop->check.data = loop->timer.data = loop;
	uv_signal_init(&loop->uv, &loop->terminate);
	uv_signal_init(&loop->uv, &loop->interrupt);
	uv_signal_init(&loop->uv, &loop->hang_up);
	loop->terminate.data = loop->interrupt.data = loop->hang_up.data = loop;

	status = config->once ? open_for_one(loop, diagnostic) : open_for_all(loop, diagnostic);
	if (status != STATUS_OK) {
		close_all(loop);
		return status;
	}
	uv_check_start(&loop->check, after_poll);
	uv_signal_start(&loop->terminate, signalled, SIGTERM);
	uv_signal_start(&loop->interrupt, signalled, SIGINT);
	uv_signal_start(&loop->hang_up, signalled, SIGHUP);
	*opened = loop;
	return STATUS_OK;
}

static enum status
open_for_all(struct loop *loop, struct diagnostic *diagnostic)
{
	struct config *config = loop->config;
	enum status    status = loop_calls_listen(&loop->calls, diagnostic);

	loop_visits_open(&loop->visits, &loop->uv, &loop->inbox, config);
	if (status == STATUS_OK)
		status = open_node(loop, diagnostic);
	if (status == STATUS_OK)
		status = loop_drop_open(&loop->drop, &loop->uv, &loop->inbox, config->home.drop,
		                        diagnostic);
	if (status == STATUS_OK)
		status = loop_clients_open(&loop->clients, &loop->uv, &loop->inbox,
		                           config->home.run, diagnostic);
	if (status == STATUS_OK)
		status = loop_submit_follow(&loop->submit, diagnostic);
	loop_submit_announce(&loop->submit);
	return status;
}

/* Nobody is called or heard, and nothing is delivered: a spool for the program on our standard input,
 * whose machine may be dead or not here. */
static enum status
open_for_one(struct loop *loop, struct diagnostic *diagnostic)
{
	enum status status = open_node(loop, diagnostic);

	if (status != STATUS_OK ||
	    loop_clients_adopt(&loop->clients, &loop->uv, &loop->inbox, STDIN_FILENO))
		return status;
	diagnostic_set(diagnostic, "--once serves a program that is at standard input");
	return STATUS_UNAVAILABLE;
}

static enum status
open_node(struct loop *loop, struct diagnostic *diagnostic)
{
	const struct store_options options = { .disk = loop->disk };
	struct buffer              description;
	uint8_t                    seed[32];
	enum status                status;

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		log_fatal("the kernel has no random bytes");
	status = store_open(&loop->store, loop->config->home.database, &options, diagnostic);
	if (status != STATUS_OK) {
		loop->store = NULL;
		return status;
	}
	buffer_init(&description);
	config_print(loop->config, &description);
	status = node_open(&loop->node, loop->store, buffer_span(&description), seed,
	                   loop_clock_now(), &loop->actions, diagnostic);
	buffer_release(&description);
	if (status != STATUS_OK) {
		loop->node = NULL;
		close_node(loop);
		return status;
	}
	read_key(loop);
	if (loop_bodies_clean(&loop->bodies, loop->node) != STATUS_OK)
		log_line(LOG_WARNING, "%s cannot be cleaned", loop->config->home.bodies);
	perform(loop);
	loop_bodies_cleaned(&loop->bodies);
	loop_calls_announce(&loop->calls);
	loop_submit_announce(&loop->submit);
	if (loop->was_full)
		loop_inbox_add(&loop->inbox, EVENT_SPOOL_WAS_FULL, 0);
	loop->was_full = false;
	tell_zone(loop);
	loop_visits_announce(&loop->visits);
	loop_inbox_wake(&loop->inbox);
	return STATUS_OK;
}

/* For what is carried by hand; a home without a key carries nothing. */
static void
read_key(struct loop *loop)
{
	struct buffer pem;
	uint8_t       seed[NODE_KEY_SEED_BYTES];

	buffer_init(&pem);
	if (home_key_read(&loop->config->home, &pem, NULL) == STATUS_OK &&
	    node_key_seed(buffer_span(&pem), seed) == STATUS_OK)
		node_set_key(loop->node, seed);
	explicit_bzero(seed, sizeof(seed));
	if (pem.length > 0)
		explicit_bzero(pem.data, pem.length);
	buffer_release(&pem);
}

static void
close_node(struct loop *loop)
{
	actions_clear(&loop->actions);
	if (loop->node != NULL)
		node_close(loop->node);
	if (loop->store != NULL)
		store_close(loop->store);
	loop->node  = NULL;
	loop->store = NULL;
}

static void
enter(struct loop *loop, enum loop_state state)
{
	static const char *const names[] = { "running", "reopening", "stopping" };

	log_line(LOG_DEBUG, "loop: %s -> %s", names[loop->state], names[state]);
	loop->state = state;
	if (state == LOOP_REOPENING)
		uv_timer_start(&loop->timer, timer_ended, REOPEN_MS, 0);
	if (state == LOOP_STOPPING)
		uv_timer_start(&loop->timer, timer_ended,
		               loop_calls_busy(&loop->calls) ? STOP_CALLS_MS : STOP_MS, 0);
}

/* --- turns ---------------------------------------------------------------------------------- */

static void
after_poll(uv_check_t *check)
{
	struct loop *loop  = check->data;
	size_t       count = loop_inbox_count(&loop->inbox);

	if (loop->node == NULL) { /* what came belongs to a node that is gone */
		loop_inbox_take(&loop->inbox);
		loop_inbox_done(&loop->inbox);
	} else if (count > loop->seen && loop->rounds < DRAIN_ROUNDS) {
		loop->seen = count;
		loop->rounds++;
	} else if (loop_inbox_is_awake(&loop->inbox)) {
		turn(loop);
	}
	if (loop->state == LOOP_RUNNING && loop->config->once && loop->clients.streams.count == 0 &&
	    !is_busy(loop))
		stop(loop, EX_OK);
	if (loop->state == LOOP_STOPPING && !is_busy(loop) && loop_inbox_count(&loop->inbox) == 0)
		uv_stop(&loop->uv);
}

static void
turn(struct loop *loop)
{
	const struct loop_batch *batch;
	enum status              status;
	bool                     hold;

	loop->rounds = 0;
	loop->seen   = 0;
	if (loop->state == LOOP_RUNNING && !loop_bodies_are_full(&loop->bodies))
		loop_drop_gather(&loop->drop);
	batch = loop_inbox_take(&loop->inbox);
	status =
	    node_step(loop->node, loop_clock_now(), batch->events, batch->count, &loop->actions);
	if (status == STATUS_OK && loop->state == LOOP_RUNNING)
		perform(loop);
	loop_inbox_done(&loop->inbox);
	if (status == STATUS_OK && loop->bodies.disk_failed)
		status = STATUS_IO;
	if (status != STATUS_OK) {
		step_failed(loop, status);
		return;
	}
	if (loop->state != LOOP_RUNNING)
		return;
	hold = loop_bodies_are_full(&loop->bodies);
	loop_streams_go_on(&loop->calls.streams, hold);
	loop_streams_go_on(&loop->clients.streams, hold);
	loop_deliveries_go_on(&loop->deliveries);
	if (!hold && loop_drop_has_more(&loop->drop))
		loop_inbox_wake(&loop->inbox);
	follow_deadline(loop);
}

static void
perform(struct loop *loop)
{
	for (size_t i = 0; i < loop->actions.count; i++)
		perform_one(loop, &loop->actions.items[i]);
}

static void
perform_one(struct loop *loop, const struct action *action)
{
	bool                once = loop->config->once;
	struct loop_stream *client;

	switch (action->kind) {
	case ACTION_CLIENT_SEND:
	case ACTION_CLIENT_CLOSE:
		if (action->id % 2 == 0)
			loop_drop_perform(&loop->drop, action);
		else
			loop_clients_perform(&loop->clients, action);
		break;
	case ACTION_CLIENT_CALLS:
		client = loop_clients_let_go(&loop->clients, action->id);
		if (client != NULL)
			loop_calls_adopt(&loop->calls, client, action);
		break;
	case ACTION_CALL_OPEN:
	case ACTION_CALL_RELEASE:
	case ACTION_CALL_SEND:
	case ACTION_CALL_SEND_BODY:
	case ACTION_CALL_CLOSE:
		if (!once)
			loop_calls_perform(&loop->calls, action);
		break;
	case ACTION_BODY_APPEND:
	case ACTION_BODY_RECOVER:
	case ACTION_BODY_SYNC:
	case ACTION_BODY_DELETE:
		loop_bodies_perform(&loop->bodies, action);
		break;
	case ACTION_BODY_READ:
		loop_bodies_read(&loop->bodies, action);
		break;
	case ACTION_VISIT:
	case ACTION_VISIT_END:
		if (!once)
			loop_visits_perform(&loop->visits, action);
		break;
	case ACTION_DELIVER:
	case ACTION_PUBLISH:
		if (!once)
			loop_deliveries_perform(&loop->deliveries, action);
		break;
	case ACTION_CHAT_OPEN:
	case ACTION_CHAT_CLOSE:
		loop_chats_perform(&loop->chats, action);
		break;
	case ACTION_READ_DESCRIPTION:
		read_description(loop, action->id);
		break;
	}
}

static void
read_description(struct loop *loop, uint64_t client)
{
	struct buffer     text;
	struct diagnostic diagnostic;
	struct span       bytes;
	const char       *deaf;
	struct event     *event;
	bool              is_good;

	buffer_init(&text);
	diagnostic_init(&diagnostic);
	is_good = config_read(loop->config, &text) == STATUS_OK;
	if (is_good) {
		buffer_clear(&text);
		config_print(loop->config, &text);
		if (loop_submit_follow(&loop->submit, &diagnostic) != STATUS_OK)
			log_line(LOG_ERROR, "%s", diagnostic.text);
		if (loop_calls_listen(&loop->calls, &diagnostic) != STATUS_OK)
			log_line(LOG_ERROR, "%s", diagnostic.text);
	} else if (client == 0) {
		log_lines(buffer_text(&text)); /* a signal has nobody else to tell */
	}
	bytes        = loop_inbox_span(&loop->inbox, buffer_text(&text), text.length);
	deaf         = loop_inbox_text(&loop->inbox, diagnostic.text);
	event        = loop_inbox_add(&loop->inbox, EVENT_DESCRIPTION, client);
	event->bytes = bytes;
	event->text  = deaf;
	event->code  = is_good ? 0 : EX_CONFIG;
	if (is_good) {
		loop_calls_announce(&loop->calls);
		loop_submit_announce(&loop->submit);
		tell_zone(loop);
		loop_visits_watch(&loop->visits);
	}
	buffer_release(&text);
}

static void
tell_zone(struct loop *loop)
{
	const struct buffer *zone  = &loop->config->zone;
	struct span          bytes = loop_inbox_span(&loop->inbox, zone->data, zone->length);

	loop_inbox_add(&loop->inbox, EVENT_ZONE, 0)->bytes = bytes;
}

static void
log_lines(const char *text)
{
	for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		log_line(LOG_ERROR, "%.*s", (int)length, text);
	}
}

static void
follow_deadline(struct loop *loop)
{
	struct instant deadline = node_deadline(loop->node);
	int64_t        wait     = deadline.ms - loop_clock_now().instant.ms;

	if (wait > SLEEP_MAX_MS) /* libuv's clock stands still while the machine sleeps */
		wait = SLEEP_MAX_MS;
	uv_timer_start(&loop->timer, timer_ended, wait > 0 ? (uint64_t)wait : 0, 0);
}

static void
timer_ended(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	switch (loop->state) {
	case LOOP_RUNNING:
		loop_inbox_wake(&loop->inbox);
		break;
	case LOOP_REOPENING:
		try_reopening(loop);
		break;
	case LOOP_STOPPING:
		log_line(
		    LOG_WARNING,
		    "a delivery, a disk or a program behind a call does not end, the daemon does");
		uv_stop(&loop->uv);
		break;
	}
}

/* --- failure and recovery -------------------------------------------------------------------- */

static void
step_failed(struct loop *loop, enum status status)
{
	log_line(LOG_ERROR, "nothing of this step happened: %s, %s", status_text(status),
	         store_failure_text(loop->store));
	loop->was_full = loop->was_full || status == STATUS_NO_SPACE;
	loop_calls_forget(&loop->calls);
	loop_bodies_forget(&loop->bodies);
	loop_deliveries_forget(&loop->deliveries);
	if (loop->state == LOOP_RUNNING)
		loop_drop_forget(&loop->drop);
	close_node(loop);
	if (loop->state == LOOP_STOPPING)
		return;
	loop_clients_refuse(&loop->clients, status == STATUS_NO_SPACE
	                                        ? "the disk of the spool is full, try later"
	                                        : "the spool is being opened again, try later");
	loop_streams_go_on(&loop->clients.streams, false);
	if (status == STATUS_IO || status == STATUS_CORRUPT)
		stop(loop, EX_TEMPFAIL);
	else
		enter(loop, LOOP_REOPENING);
}

static void
try_reopening(struct loop *loop)
{
	struct diagnostic diagnostic;
	enum status       status = STATUS_BUSY;

	diagnostic_init(&diagnostic);
	loop_calls_forget(&loop->calls); /* who called meanwhile spoke to nobody */
	if (loop->bodies.disk_failed)
		status = STATUS_IO;
	else if (!loop_bodies_busy(&loop->bodies))
		status = open_node(loop, &diagnostic);
	if (status == STATUS_OK) {
		log_line(LOG_INFO, "the node works again");
		loop_clients_refuse(&loop->clients, NULL);
		enter(loop, LOOP_RUNNING);
	} else if (status == STATUS_NO_SPACE || status == STATUS_BUSY) {
		enter(loop, LOOP_REOPENING);
	} else {
		log_line(LOG_ERROR, "the spool cannot be opened again: %s", diagnostic.text);
		stop(loop, EX_TEMPFAIL);
	}
}

/* --- the end ------------------------------------------------------------------------------------ */

static void
signalled(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	if (number == SIGHUP && loop->state == LOOP_RUNNING)
		read_description(loop, 0);
	else if (number != SIGHUP && loop->state != LOOP_STOPPING)
		stop(loop, EX_OK);
}

/* Nothing new from anywhere; deliveries that end in time are still written down. */
static void
stop(struct loop *loop, int exit_code)
{
	loop->exit_code = exit_code;
	loop_submit_stop(&loop->submit);
	loop_clients_close(&loop->clients);
	loop_calls_stop_listening(&loop->calls);
	loop_streams_cut(&loop->calls.streams);
	loop_chats_close(&loop->chats);
	loop_drop_close(&loop->drop);
	loop_visits_close(&loop->visits);
	loop_deliveries_stop(&loop->deliveries);
	loop_bodies_stop(&loop->bodies);
	enter(loop, LOOP_STOPPING);
	loop_inbox_wake(&loop->inbox);
}

static bool
is_busy(const struct loop *loop)
{
	return loop_deliveries_busy(&loop->deliveries) || loop_bodies_busy(&loop->bodies) ||
	       loop_chats_busy(&loop->chats) || loop_calls_busy(&loop->calls);
}

int
loop_run(struct loop *loop)
{
	int exit_code;

	uv_run(&loop->uv, UV_RUN_DEFAULT);
	exit_code = loop->exit_code;
	close_all(loop);
	return exit_code;
}

/* Threads or lookups that do not end keep their memory: the process ends without them. */
static void
close_all(struct loop *loop)
{
	bool was_busy = is_busy(loop);

	close_node(loop);
	loop_submit_stop(&loop->submit);
	loop_clients_close(&loop->clients);
	loop_streams_cut(&loop->clients.streams);
	loop_calls_stop_listening(&loop->calls);
	loop_streams_cut(&loop->calls.streams);
	loop_drop_close(&loop->drop);
	loop_visits_close(&loop->visits);
	if (was_busy)
		return;
	loop_bodies_forget(&loop->bodies);
	loop_deliveries_close(&loop->deliveries);
	uv_close((uv_handle_t *)&loop->inbox.idle, NULL);
	uv_close((uv_handle_t *)&loop->check, NULL);
	uv_close((uv_handle_t *)&loop->timer, NULL);
	uv_close((uv_handle_t *)&loop->terminate, NULL);
	uv_close((uv_handle_t *)&loop->interrupt, NULL);
	uv_close((uv_handle_t *)&loop->hang_up, NULL);
	for (int i = 0; i < CLOSING_ROUNDS && uv_loop_alive(&loop->uv); i++)
		uv_run(&loop->uv, UV_RUN_NOWAIT);
	if (uv_loop_close(&loop->uv) != 0)
		return;
	loop_calls_release(&loop->calls);
	loop_inbox_release(&loop->inbox);
	actions_release(&loop->actions);
	free(loop);
}
