/*
 * thin_smtp.c - each message of the conversation becomes one submission
 *
 * What the tools would say on standard error is what the reply says. A batch has nobody to tell:
 * what it refuses is said on standard error, and by the exit code, so that who handed it over (uuxqt,
 * a gateway) keeps it or returns it.
 */
#include "tools/thin_smtp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/smtp/smtp_ending.h"
#include "spool/smtp/smtp_server.h"
#include "tools/complain.h"
#include "tools/thin_mail.h"

struct conversation {
	const struct home  *home;
	enum thin_smtp_way  way;
	struct smtp_server *server;
	struct thin_mail    mail;
	bool                open; /* a mail is begun             */
	int                 code; /* why it failed; 0 = not yet  */
	char                sender[SMTP_PATH_MAX + 1];
	struct buffer       complaint; /* of the tools, for the next reply */
	struct buffer       replies;
	int                 worst;
};

static void happen(struct conversation *conversation, const struct smtp_event *event);
static void answer(struct conversation *conversation, int code, const char *good);
static void begin(struct conversation *conversation, const struct smtp_command *command);
static int  add_recipient(struct conversation *conversation, const struct smtp_command *command);
static void end(struct conversation *conversation);
static bool send_replies(struct conversation *conversation);

int
thin_smtp(const struct home *home, enum thin_smtp_way way)
{
	struct conversation conversation = { .home = home, .way = way };
	struct thin_mail    probe;
	uint8_t             bytes[65536];
	struct smtp_event   event;
	int                 code = thin_mail_init(&probe, home);

	if (code == 0) {
		struct smtp_server_options options = { .name = probe.node.text, .lenient = true };

		conversation.server = smtp_server_new(&options);
	}
	thin_mail_release(&probe);
	if (code != 0)
		return code;
	complain_into(way == THIN_SMTP_SPOKEN ? &conversation.complaint : NULL);
	smtp_server_greet(conversation.server, &conversation.replies);
	while (send_replies(&conversation) && !smtp_server_is_over(conversation.server)) {
		ssize_t     length = read(STDIN_FILENO, bytes, sizeof(bytes));
		struct span input  = { bytes, length > 0 ? (size_t)length : 0 };

		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			break;
		while (smtp_server_read(conversation.server, &input, &event, &conversation.replies))
			happen(&conversation, &event);
	}
	end(&conversation);
	complain_into(NULL);
	smtp_server_free(conversation.server);
	buffer_release(&conversation.replies);
	buffer_release(&conversation.complaint);
	return way == THIN_SMTP_BATCH ? conversation.worst : 0;
}

static void
happen(struct conversation *conversation, const struct smtp_event *event)
{
	switch (event->kind) {
	case SMTP_MAIL:
		begin(conversation, &event->command);
		answer(conversation, conversation->code, "2.1.0 ok");
		if (conversation->code != 0)
			end(conversation);
		break;
	case SMTP_RECIPIENT:
		answer(conversation, add_recipient(conversation, &event->command), "2.1.5 ok");
		break;
	case SMTP_BYTES:
		if (conversation->code == 0)
			conversation->code = thin_mail_data(&conversation->mail, event->bytes);
		break;
	case SMTP_MESSAGE:
		if (conversation->code == 0)
			conversation->code = thin_mail_end(&conversation->mail);
		answer(conversation, conversation->code, "2.0.0 taken");
		end(conversation);
		break;
	case SMTP_DROPPED:
	case SMTP_QUIT:
		end(conversation);
		break;
	}
}

/* `code` is of sysexits. What the tools said about it is the words. */
static void
answer(struct conversation *conversation, int code, const char *good)
{
	char text[512];

	if (code == 0) {
		smtp_server_answer(conversation->server, 250, good, &conversation->replies);
	} else {
		struct smtp_ending ending = smtp_ending_of(code);
		const char        *said   = buffer_text(&conversation->complaint);
		size_t             length = strcspn(said, "\n");

		if (conversation->worst !=
		    EX_TEMPFAIL) /* who hands it over tries all of it again */
			conversation->worst = ending.later ? EX_TEMPFAIL : code;
		snprintf(text, sizeof(text), "%s %.*s", ending.status,
		         (int)(length < 400 ? length : 400), length > 0 ? said : "refused");
		smtp_server_answer(conversation->server, ending.reply, text,
		                   &conversation->replies);
	}
	buffer_clear(&conversation->complaint);
}

static void
begin(struct conversation *conversation, const struct smtp_command *command)
{
	struct thin_mail *mail = &conversation->mail;

	snprintf(conversation->sender, sizeof(conversation->sender), "%s", command->path);
	conversation->code   = thin_mail_init(mail, conversation->home);
	conversation->open   = true;
	mail->sender         = conversation->sender;
	mail->declared_bytes = command->size;
	mail->notify.ret     = (enum notify_return)command->ret;
	memcpy(mail->notify.envid, command->envid, sizeof(mail->notify.envid));
}

/* A path is one address. */
static int
add_recipient(struct conversation *conversation, const struct smtp_command *command)
{
	struct thin_mail *mail   = &conversation->mail;
	size_t            before = mail->recipients.count;
	int               code   = thin_mail_recipients(mail, command->path);
	struct buffer     address;

	buffer_init(&address);
	if (code == 0 && mail->recipients.count == before + 1) {
		mail_address_qualify(mail->recipients.items[before].text, mail->node.text,
		                     &address);
		if (!notify_add(&mail->notify, before == 0, command->notify, command->origin,
		                buffer_text(&address))) {
			complain(
			    "too many recipients with parameters of their own: send them another");
			code = EX_TEMPFAIL;
		}
	} else {
		if (code == 0)
			complain("\"%s\" is not one address", command->path);
		code = EX_DATAERR;
	}
	while (code != 0 && mail->recipients.count > before)
		mail_addresses_drop(&mail->recipients);
	buffer_release(&address);
	return code;
}

static void
end(struct conversation *conversation)
{
	if (conversation->open)
		thin_mail_release(&conversation->mail);
	conversation->open = false;
	conversation->code = 0;
}

/* False: nobody reads them any more. */
static bool
send_replies(struct conversation *conversation)
{
	bool sent = true;

	if (conversation->way == THIN_SMTP_SPOKEN && conversation->replies.length > 0)
		sent = fwrite(conversation->replies.data, 1, conversation->replies.length,
		              stdout) == conversation->replies.length &&
		       fflush(stdout) == 0;
	buffer_clear(&conversation->replies);
	return sent;
}
