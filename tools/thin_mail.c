/*
 * thin_mail.c - the heading is rewritten, and says who sends what to whom
 */
#include "tools/thin_mail.h"

#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "spool/mail/mail_submission.h"
#include "spool/notice/notice_markdown.h"
#include "tools/complain.h"
#include "tools/node_name.h"

static int  begin(struct thin_mail *mail, bool all);
static int  begin_submission(struct thin_mail *mail, size_t heading, size_t body);
static int  convert(struct thin_mail *mail);
static int  prepare(struct thin_mail *mail, struct span came, struct control_submission *submission,
                    struct buffer *heading);
static int  set_address(struct thin_mail *mail, struct control_submission *submission);
static int  set_sender(struct thin_mail *mail, struct control_submission *submission);
static void format_from(const struct thin_mail *mail, const char *sender, struct buffer *from);
static void format_full_name(const char *full_name, const struct passwd *user, struct buffer *from);

int
thin_mail_init(struct thin_mail *mail, const struct home *home)
{
	struct diagnostic diagnostic;

	*mail = (struct thin_mail){ .home = home };
	mail_addresses_init(&mail->recipients);
	buffer_init(&mail->beginning);
	notify_init(&mail->notify);
	thin_submit_language(&mail->notify);
	diagnostic_init(&diagnostic);
	if (node_name_read(home, &mail->node, &diagnostic) == STATUS_OK)
		return 0;
	complain("no node lives here: %s", diagnostic.text);
	return EX_CONFIG;
}

void
thin_mail_release(struct thin_mail *mail)
{
	if (mail->begun)
		thin_submit_abort(&mail->submit);
	buffer_release(&mail->beginning);
	notify_release(&mail->notify);
	mail_addresses_release(&mail->recipients);
}

int
thin_mail_recipients(struct thin_mail *mail, const char *addresses)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	if (mail_addresses_parse(&mail->recipients, addresses, &diagnostic) == STATUS_OK)
		return 0;
	complain("%s", diagnostic.text);
	return EX_DATAERR;
}

int
thin_mail_data(struct thin_mail *mail, struct span bytes)
{
	if (mail->begun)
		return thin_submit_data(&mail->submit, bytes);
	buffer_append_span(&mail->beginning, bytes);
	if (!mail->markdown)
		return begin(mail, false);
	if (mail->beginning.length <= THIN_MAIL_MARKDOWN_MAX)
		return 0;
	complain("a mail in Markdown has at most %d bytes", THIN_MAIL_MARKDOWN_MAX);
	return EX_DATAERR;
}

int
thin_mail_end(struct thin_mail *mail)
{
	int code = mail->markdown ? convert(mail) : 0;

	if (code == 0 && !mail->begun)
		code = begin(mail, true);
	if (code != 0)
		return code;
	mail->begun = false;
	return thin_submit_end(&mail->submit);
}

/* All of it is here: a text becomes that text and HTML. */
static int
convert(struct thin_mail *mail)
{
	struct buffer     both;
	struct diagnostic diagnostic;
	enum status       status;

	buffer_init(&both);
	diagnostic_init(&diagnostic);
	status = notice_markdown_mail(buffer_span(&mail->beginning), &both, &diagnostic);
	if (status != STATUS_OK)
		complain("%s", diagnostic.text);
	buffer_release(&mail->beginning);
	mail->beginning      = both;
	mail->declared_bytes = both.length;
	return status == STATUS_OK ? 0 : EX_DATAERR;
}

/* If the heading is whole, or there is nothing more of it. */
static int
begin(struct thin_mail *mail, bool all)
{
	size_t heading, body;

	if (mail_heading_end(buffer_span(&mail->beginning), all, &heading, &body))
		return begin_submission(mail, heading, body);
	if (mail->beginning.length <= MAIL_HEADING_MAX_BYTES)
		return 0;
	complain("the heading is longer than %d bytes", MAIL_HEADING_MAX_BYTES);
	return EX_DATAERR;
}

static int
begin_submission(struct thin_mail *mail, size_t heading, size_t body)
{
	struct span               came = { mail->beginning.data, heading };
	struct control_submission submission;
	struct buffer             rewritten;
	int                       code;

	control_submission_init(&submission);
	buffer_init(&rewritten);
	code = prepare(mail, came, &submission, &rewritten);
	if (code == 0) {
		code = thin_submit_begin(&mail->submit, mail->home, &mail->node, &submission);
		mail->begun = true;
	}
	if (code == 0)
		code = thin_submit_data(&mail->submit, buffer_span(&rewritten));
	if (code == 0)
		code =
		    thin_submit_data(&mail->submit, (struct span){ mail->beginning.data + body,
		                                                   mail->beginning.length - body });
	buffer_release(&rewritten);
	control_submission_release(&submission);
	buffer_clear(&mail->beginning);
	return code;
}

/* The new heading, and who sends what to whom. */
static int
prepare(struct thin_mail *mail, struct span came, struct control_submission *submission,
        struct buffer *heading)
{
	struct buffer     from, source;
	struct message_id message = { .text = "" };
	struct diagnostic diagnostic;
	time_t            now  = time(NULL);
	struct mail_face  face = { .node = mail->node.text, .message = &message };
	enum status       status;
	int               code;

	if (mail->wishes != NULL) {
		submission->preference   = mail->wishes->preference;
		submission->has_priority = mail->wishes->has_priority;
		submission->priority     = mail->wishes->priority;
		submission->lifetime_ms  = mail->wishes->lifetime_ms;
		submission->receipt      = mail->wishes->receipt;
		mail->notify.bits        = mail->wishes->notify.bits;
	}
	thin_submit_draw(submission);
	snprintf(submission->service, sizeof(submission->service), "mail");
	submission->declared_bytes = mail->declared_bytes;
	code                       = set_sender(mail, submission);
	if (code != 0)
		return code;
	message_id_make(&message, &mail->node, submission->token);
	buffer_init(&from);
	buffer_init(&source);
	format_from(mail, submission->sender, &from);
	buffer_append_format(&source, ", from uid %u)", (unsigned)getuid());
	face.from   = buffer_text(&from);
	face.source = buffer_text(&source);
	localtime_r(&now, &face.now);
	diagnostic_init(&diagnostic);
	status = mail_submission_prepare(came, &face, mail->extract ? &mail->recipients : NULL,
	                                 &mail->notify, heading, &diagnostic);
	if (status != STATUS_OK)
		complain("%s", diagnostic.text);
	else
		code = set_address(mail, submission);
	submission->notify = mail->notify;
	notify_init(&mail->notify);
	buffer_release(&from);
	buffer_release(&source);
	if (status != STATUS_OK)
		code = status == STATUS_TOO_BIG ? EX_PROTOCOL : EX_DATAERR;
	return code;
}

static int
set_address(struct thin_mail *mail, struct control_submission *submission)
{
	if (mail->address != NULL) {
		buffer_append_text(&submission->address, mail->address);
		return 0;
	}
	for (size_t i = 0; i < mail->recipients.count; i++) {
		if (i > 0)
			buffer_append_text(&submission->address, ",");
		mail_address_qualify(mail->recipients.items[i].text, mail->node.text,
		                     &submission->address);
	}
	if (mail->recipients.count > 0)
		return 0;
	complain("the heading names no recipient");
	return EX_DATAERR;
}

/*
 * -f with an empty address is nobody's mail, about which nobody is told. Root's programs may send
 * such; of others the daemon names the user of this login, who asked for no report.
 */
static int
set_sender(struct thin_mail *mail, struct control_submission *submission)
{
	struct mail_addresses addresses;
	struct diagnostic     diagnostic;
	struct buffer         sender;
	int                   code = 0;

	if (mail->sender == NULL)
		return 0;
	mail_addresses_init(&addresses);
	diagnostic_init(&diagnostic);
	buffer_init(&sender);
	if (mail_addresses_parse(&addresses, mail->sender, &diagnostic) == STATUS_OK &&
	    addresses.count > 0)
		mail_address_qualify(addresses.items[0].text, mail->node.text, &sender);
	if (diagnostic.text[0] != '\0' || addresses.count > 1 ||
	    sender.length >= sizeof(submission->sender)) {
		complain("-f: \"%s\" is not one address", mail->sender);
		code = EX_DATAERR;
	} else if (addresses.count == 0) {
		submission->report = getuid() == 0;
		mail->notify.bits  = NOTIFY_NEVER;
		buffer_clear(&mail->notify.recipients);
	} else {
		memcpy(submission->sender, buffer_text(&sender), sender.length + 1);
	}
	buffer_release(&sender);
	mail_addresses_release(&addresses);
	return code;
}

/* `Full Name <user@node>`, of the sender or else of the user of this login. */
static void
format_from(const struct thin_mail *mail, const char *sender, struct buffer *from)
{
	const struct passwd *user = getpwuid(getuid());

	format_full_name(mail->full_name, user, from);
	if (from->length > 0)
		buffer_append_text(from, " ");
	buffer_append_text(from, "<");
	if (sender[0] != '\0')
		buffer_append_text(from, sender);
	else if (user != NULL)
		buffer_append_format(from, "%s@%s", user->pw_name, mail->node.text);
	else
		buffer_append_format(from, "uid-%u@%s", (unsigned)getuid(), mail->node.text);
	buffer_append_text(from, ">");
}

/* As a quoted string. In GECOS the name ends at a comma and "&" is the login's name. */
static void
format_full_name(const char *full_name, const struct passwd *user, struct buffer *from)
{
	bool   gecos = full_name == NULL && user != NULL;
	size_t length;

	if (gecos)
		full_name = user->pw_gecos;
	length = full_name == NULL ? 0 : strcspn(full_name, gecos ? "," : "");
	if (length == 0)
		return;
	buffer_append_text(from, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)full_name[i];

		if (gecos && byte == '&') {
			buffer_append_format(from, "%c%s", toupper((unsigned char)user->pw_name[0]),
			                     user->pw_name + 1);
			continue;
		}
		if (byte == '"' || byte == '\\')
			buffer_append_text(from, "\\");
		buffer_append_u8(from, byte < ' ' || byte == 0x7f ? '?' : byte);
	}
	buffer_append_text(from, "\"");
}
