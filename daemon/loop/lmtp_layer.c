/*
 * lmtp_layer.c - messages of a conversation as submissions
 *
 * What the client says ahead of an answer is kept, LATER_MAX bytes of it: a client that says more
 * without listening is cut off.
 */
#include "daemon/loop/lmtp_layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/control/control.h"
#include "spool/mail/mail_submission.h"
#include "spool/name/address.h"
#include "spool/smtp/smtp_ending.h"
#include "spool/smtp/smtp_server.h"

enum { LATER_MAX = 1 << 20, SAID_MAX = 400 };

struct lmtp {
	struct layer          layer;
	char                 *node;
	struct smtp_server   *server;
	struct control_reader answers;
	struct buffer         above, below; /* to be read, to be put out         */
	struct buffer         later;        /* said while an answer is due       */
	bool                  on;           /* that was answered: more for the node, or the end */
	const char           *why;          /* it died; NULL = it lives          */

	char          sender[SMTP_PATH_MAX + 1];
	struct buffer recipients; /* an address list             */
	struct notify notify;     /* for them                    */
	uint64_t      declared_bytes;
	struct buffer heading;  /* until it is whole           */
	bool          begun;    /* SUBMIT has gone up          */
	bool          asked;    /* END has gone up             */
	bool          answered; /* the node's word has come    */
	int           code;     /* of it                       */
	char          said[SAID_MAX + 1];
};

static enum status    receive(struct layer *layer, struct span bytes, struct instant now);
static enum status    read_above(struct layer *layer, void *bytes, size_t room, size_t *length);
static enum status    write_below(struct layer *layer, struct span bytes, struct instant now);
static void           output(struct layer *layer, struct buffer *below, struct instant now);
static struct instant deadline(const struct layer *layer);
static enum status    tick(struct layer *layer, struct instant now);
static const char    *why(const struct layer *layer);
static void           free_layer(struct layer *layer);
static void           converse(struct lmtp *lmtp, struct span bytes);
static void           happen(struct lmtp *lmtp, const struct smtp_event *event);
static void           begin(struct lmtp *lmtp, const struct smtp_command *command);
static void           add_recipient(struct lmtp *lmtp, const struct smtp_command *command);
static void           message_bytes(struct lmtp *lmtp, struct span bytes, bool all);
static bool           submit(struct lmtp *lmtp, size_t heading, size_t body);
static void           take_answer(struct lmtp *lmtp, const struct control_item *item);
static void           answer_message(struct lmtp *lmtp);
static void           forget_message(struct lmtp *lmtp);

static const struct layer_operations operations = {
	.receive  = receive,
	.read     = read_above,
	.write    = write_below,
	.output   = output,
	.deadline = deadline,
	.tick     = tick,
	.why      = why,
	.free     = free_layer,
};

struct layer *
lmtp_layer_new(const char *node, uint64_t size_max)
{
	struct lmtp                     *lmtp    = memory_new(1, sizeof(*lmtp));
	const struct smtp_server_options options = { .name     = node,
		                                     .lmtp     = true,
		                                     .size_max = size_max };

	lmtp->layer.operations = &operations;
	lmtp->node             = memory_copy_text(node);
	lmtp->server           = smtp_server_new(&options);
	control_reader_init(&lmtp->answers, CONTROL_DAEMON);
	smtp_server_greet(lmtp->server, &lmtp->below);
	return &lmtp->layer;
}

static void
free_layer(struct layer *layer)
{
	struct lmtp *lmtp = (struct lmtp *)layer;

	smtp_server_free(lmtp->server);
	control_reader_release(&lmtp->answers);
	buffer_release(&lmtp->above);
	buffer_release(&lmtp->below);
	buffer_release(&lmtp->later);
	buffer_release(&lmtp->recipients);
	buffer_release(&lmtp->heading);
	notify_release(&lmtp->notify);
	free(lmtp->node);
	free(lmtp);
}

/* --- from the client ------------------------------------------------------------------------- */

static enum status
receive(struct layer *layer, struct span bytes, struct instant now)
{
	struct lmtp *lmtp = (struct lmtp *)layer;

	(void)now;
	if (!lmtp->asked) {
		converse(lmtp, bytes);
	} else if (lmtp->later.length + bytes.length <= LATER_MAX) {
		buffer_append_span(&lmtp->later, bytes);
	} else {
		lmtp->why = "the mail server does not wait for answers";
	}
	return lmtp->why == NULL ? STATUS_OK : STATUS_INVALID;
}

static void
converse(struct lmtp *lmtp, struct span bytes)
{
	struct smtp_event event;

	while (!lmtp->asked && smtp_server_read(lmtp->server, &bytes, &event, &lmtp->below))
		happen(lmtp, &event);
	if (lmtp->asked)
		buffer_append_span(&lmtp->later, bytes);
}

static void
happen(struct lmtp *lmtp, const struct smtp_event *event)
{
	switch (event->kind) {
	case SMTP_MAIL:
		begin(lmtp, &event->command);
		break;
	case SMTP_RECIPIENT:
		add_recipient(lmtp, &event->command);
		break;
	case SMTP_BYTES:
		message_bytes(lmtp, event->bytes, false);
		break;
	case SMTP_MESSAGE:
		message_bytes(lmtp, (struct span){ NULL, 0 }, true);
		lmtp->asked = true;
		if (lmtp->begun)
			control_append_end(&lmtp->above);
		if (lmtp->answered) /* it was refused in its middle */
			answer_message(lmtp);
		break;
	case SMTP_DROPPED:
		if (lmtp->begun && !lmtp->answered)
			control_append_cancel(&lmtp->above);
		else if (lmtp->begun)
			control_append_end(
			    &lmtp->above); /* it was refused; the node waits for its end */
		forget_message(lmtp);
		break;
	case SMTP_QUIT:
		break;
	}
}

static void
begin(struct lmtp *lmtp, const struct smtp_command *command)
{
	forget_message(lmtp);
	snprintf(lmtp->sender, sizeof(lmtp->sender), "%s", command->path);
	lmtp->notify.ret     = (enum notify_return)command->ret;
	lmtp->declared_bytes = command->size;
	memcpy(lmtp->notify.envid, command->envid, sizeof(lmtp->notify.envid));
	smtp_server_answer(lmtp->server, 250, "2.1.0 ok", &lmtp->below);
}

/* Only its form is judged: what the node thinks of it is said after the message. */
static void
add_recipient(struct lmtp *lmtp, const struct smtp_command *command)
{
	const char       *path = command->path;
	struct buffer     whole;
	struct address    address;
	struct diagnostic diagnostic;
	char              text[SMTP_REASON_SIZE];
	enum status       status;

	diagnostic_init(&diagnostic);
	address_init(&address);
	buffer_init(&whole);
	mail_address_qualify(path, lmtp->node, &whole);
	status = address_add_text(&address, path, &diagnostic);
	if (status == STATUS_OK && address.count == 1 &&
	    !notify_add(&lmtp->notify, lmtp->recipients.length == 0, command->notify,
	                command->origin, buffer_text(&whole))) {
		smtp_server_answer(lmtp->server, 452,
		                   "4.5.3 too many recipients with parameters of their own",
		                   &lmtp->below);
	} else if (status == STATUS_OK && address.count == 1) {
		if (lmtp->recipients.length > 0)
			buffer_append_text(&lmtp->recipients, ",");
		buffer_append_span(&lmtp->recipients, buffer_span(&whole));
		smtp_server_answer(lmtp->server, 250, "2.1.5 ok", &lmtp->below);
	} else {
		snprintf(text, sizeof(text), "5.1.3 %.110s",
		         status == STATUS_OK ? "that is not one address" : diagnostic.text);
		smtp_server_answer(lmtp->server, 550, text, &lmtp->below);
	}
	buffer_release(&whole);
	address_release(&address);
}

/* The heading is held until it is whole; `all`: the message is. */
static void
message_bytes(struct lmtp *lmtp, struct span bytes, bool all)
{
	size_t heading, body;

	if (lmtp->answered)
		return; /* refused: nobody wants the rest */
	if (lmtp->begun) {
		control_append_data(&lmtp->above, bytes);
		return;
	}
	buffer_append_span(&lmtp->heading, bytes);
	if (mail_heading_end(buffer_span(&lmtp->heading), all, &heading, &body)) {
		lmtp->begun = submit(lmtp, heading, body);
		buffer_clear(&lmtp->heading);
	} else if (lmtp->heading.length > MAIL_HEADING_MAX_BYTES) {
		lmtp->answered = true;
		lmtp->code     = EX_DATAERR;
		snprintf(lmtp->said, sizeof(lmtp->said), "the heading is too long");
	}
}

/* False: its heading is no heading, and the answer is known. */
static bool
submit(struct lmtp *lmtp, size_t heading, size_t body)
{
	struct control_submission submission;
	struct diagnostic         diagnostic;
	struct buffer             rewritten, from;
	struct message_id         message = { .text = "" };
	struct name               node    = { "" };
	struct mail_face          face    = { lmtp->node, &message, "", ") with LMTP", { 0 } };
	time_t                    now     = time(NULL);
	enum status               status;

	diagnostic_init(&diagnostic);
	control_submission_init(&submission);
	buffer_init(&rewritten);
	buffer_init(&from);
	if (getrandom(submission.token, sizeof(submission.token), 0) !=
	    (ssize_t)sizeof(submission.token))
		log_fatal("the kernel gives no random bytes");
	snprintf(node.text, sizeof(node.text), "%s", lmtp->node);
	message_id_make(&message, &node, submission.token);
	buffer_append_format(&from, "<%s>",
	                     lmtp->sender[0] != '\0' ? lmtp->sender : "MAILER-DAEMON");
	face.from = buffer_text(&from);
	localtime_r(&now, &face.now);
	submission.notify         = lmtp->notify;
	submission.declared_bytes = lmtp->declared_bytes;
	notify_init(&lmtp->notify);
	status = mail_submission_prepare((struct span){ lmtp->heading.data, heading }, &face, NULL,
	                                 &submission.notify, &rewritten, &diagnostic);
	snprintf(submission.service, sizeof(submission.service), "mail");
	if (strlen(lmtp->sender) < sizeof(submission.sender)) {
		memcpy(submission.sender, lmtp->sender, strlen(lmtp->sender) + 1);
	} else if (status == STATUS_OK) {
		status = STATUS_INVALID;
		diagnostic_set(&diagnostic, "the sender's address is too long");
	}
	submission.report = lmtp->sender[0] == '\0';
	buffer_append_span(&submission.address, buffer_span(&lmtp->recipients));
	if (status == STATUS_OK) {
		control_append_submission(&lmtp->above, &submission);
		control_append_data(&lmtp->above, buffer_span(&rewritten));
		control_append_data(&lmtp->above, (struct span){ lmtp->heading.data + body,
		                                                 lmtp->heading.length - body });
	} else {
		lmtp->answered = true;
		lmtp->code     = status == STATUS_TOO_BIG ? EX_PROTOCOL : EX_DATAERR;
		snprintf(lmtp->said, sizeof(lmtp->said), "%s", diagnostic.text);
	}
	buffer_release(&rewritten);
	buffer_release(&from);
	control_submission_release(&submission);
	return status == STATUS_OK;
}

static enum status
read_above(struct layer *layer, void *bytes, size_t room, size_t *length)
{
	struct lmtp *lmtp = (struct lmtp *)layer;

	*length = lmtp->above.length < room ? lmtp->above.length : room;
	if (*length > 0) {
		memcpy(bytes, lmtp->above.data, *length);
		buffer_drop_front(&lmtp->above, *length);
		return STATUS_OK;
	}
	if (lmtp->why != NULL)
		return STATUS_INVALID;
	return smtp_server_is_over(lmtp->server) ? STATUS_NOT_FOUND : STATUS_OK; /* QUIT */
}

/* --- from the node --------------------------------------------------------------------------- */

static enum status
write_below(struct layer *layer, struct span bytes, struct instant now)
{
	struct lmtp        *lmtp = (struct lmtp *)layer;
	struct control_item item;

	(void)now;
	do {
		control_read(&lmtp->answers, &bytes, &item, NULL);
		take_answer(lmtp, &item);
	} while (item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
	return STATUS_OK;
}

static void
take_answer(struct lmtp *lmtp, const struct control_item *item)
{
	struct control_done done;

	if (item->kind == CONTROL_ERRORS) {
		size_t used = strlen(lmtp->said);

		for (size_t i = 0; i < item->bytes.length && used < SAID_MAX; i++)
			if (item->bytes.data[i] != '\n')
				lmtp->said[used++] =
				    item->bytes.data[i] < ' ' || item->bytes.data[i] == 0x7f
					? '?'
					: (char)item->bytes.data[i];
		lmtp->said[used] = '\0';
	}
	if (item->kind != CONTROL_DONE ||
	    control_done_decode(&done, item->bytes, NULL) != STATUS_OK)
		return;
	if (!lmtp->begun) { /* there is no node, whoever asks */
		buffer_append_format(&lmtp->below, "421 4.3.0 %s\r\n", lmtp->said);
		return;
	}
	lmtp->answered = true;
	lmtp->code     = done.exit_code;
	if (done.exit_code == 0)
		snprintf(lmtp->said, sizeof(lmtp->said), "%s", done.id.text);
	if (lmtp->asked)
		answer_message(lmtp);
}

/* The same for each recipient: one message has one answer. */
static void
answer_message(struct lmtp *lmtp)
{
	struct smtp_ending ending = smtp_ending_of(lmtp->code);
	size_t             count  = smtp_server_recipients(lmtp->server);
	struct buffer      said;
	char               text[SAID_MAX + 16];

	snprintf(text, sizeof(text), "%s %s", ending.status,
	         lmtp->said[0] != '\0' ? lmtp->said : "refused");
	for (size_t i = 0; i < count; i++)
		smtp_server_answer(lmtp->server, ending.reply, text, &lmtp->below);
	forget_message(lmtp);
	said = lmtp->later;
	buffer_init(&lmtp->later);
	converse(lmtp, buffer_span(&said));
	lmtp->on = said.length > 0;
	buffer_release(&said);
}

static void
forget_message(struct lmtp *lmtp)
{
	lmtp->begun = lmtp->asked = lmtp->answered = false;
	lmtp->code                                 = 0;
	lmtp->said[0]                              = '\0';
	lmtp->declared_bytes                       = 0;
	buffer_clear(&lmtp->recipients);
	buffer_clear(&lmtp->heading);
	notify_release(&lmtp->notify);
}

static void
output(struct layer *layer, struct buffer *below, struct instant now)
{
	struct lmtp *lmtp = (struct lmtp *)layer;

	(void)now;
	buffer_move(below, &lmtp->below);
}

/* Nobody reads what goes up when it is the node that has spoken: it is a matter of now. */
static struct instant
deadline(const struct layer *layer)
{
	const struct lmtp *lmtp = (const struct lmtp *)layer;
	struct instant     due  = INSTANT_NEVER;

	if (lmtp->on)
		due.ms = 0;
	return due;
}

static enum status
tick(struct layer *layer, struct instant now)
{
	(void)now;
	((struct lmtp *)layer)->on = false;
	return STATUS_OK;
}

static const char *
why(const struct layer *layer)
{
	const struct lmtp *lmtp = (const struct lmtp *)layer;

	return lmtp->why != NULL ? lmtp->why : "";
}
