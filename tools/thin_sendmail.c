/*
 * thin_sendmail.c - the face that every program which sends mail knows
 *
 * Options are sendmail's, as its callers use them (interface section 5). The heading is
 * held in memory and rewritten by spool/mail; the body is streamed behind it.
 */
#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "spool/mail/mail_address.h"
#include "spool/mail/mail_heading.h"
#include "tools/complain.h"
#include "tools/node_name.h"
#include "tools/thin_ask.h"
#include "tools/thin_send.h"
#include "tools/thin_socket.h"
#include "tools/thin_submit.h"

enum mode { MODE_SEND, MODE_QUEUE, MODE_ALIASES, MODE_CALL };

/* What the command line said. */
struct sendmail {
	const struct home    *home;
	enum mode             mode;
	bool                  extract;     /* -t */
	bool                  ignore_dots; /* -i */
	const char           *sender;      /* -f */
	const char           *full_name;   /* -F */
	const char           *call;        /* -qR; NULL with -q: all that are due */
	struct mail_addresses recipients;
	struct name           node;
};

/* A heading as it came, and the first bytes of the body behind it. */
struct beginning {
	struct buffer bytes;
	size_t        heading;
	size_t        body;
	bool          ended; /* there are no more bytes */
};

static int  parse_options(struct sendmail *sendmail, int count, char **words);
static int  apply(struct sendmail *sendmail, int option, const char *value);
static int  apply_mode(struct sendmail *sendmail, const char *value);
static int  add_recipients(struct sendmail *sendmail, char **words);
static int  submit_mail(struct sendmail *sendmail);
static int  read_beginning(struct beginning *beginning);
static int  prepare(struct sendmail *sendmail, const struct beginning *beginning,
                    struct control_submission *submission, struct buffer *heading);
static int  set_sender(const struct sendmail *sendmail, struct control_submission *submission);
static void format_from(const struct sendmail *sendmail, const char *sender, struct buffer *from);
static void format_full_name(const char *full_name, const struct passwd *user, struct buffer *from);
static int  send_body(const struct sendmail *sendmail, struct thin_submit *submit,
                      const struct beginning *beginning);
static ssize_t read_more(void *bytes, size_t size);

int
thin_sendmail(const struct home *home, char **arguments)
{
	static char    *queue[]  = { "queue", NULL };
	char           *call[]   = { "call", NULL, NULL };
	struct sendmail sendmail = { .home = home };
	int             count    = 1;
	int             code;

	while (arguments[count - 1] != NULL)
		count++;
	mail_addresses_init(&sendmail.recipients);
	code = parse_options(&sendmail, count, arguments - 1);
	if (code == 0) {
		switch (sendmail.mode) {
		case MODE_QUEUE:
			code = thin_ask(home, queue, true);
			break;
		case MODE_CALL:
			call[1] = (char *)(sendmail.call != NULL ? sendmail.call : "--due");
			code    = thin_ask(home, call, false);
			break;
		case MODE_ALIASES:
			break; /* aliases are in the description: nothing to build */
		case MODE_SEND:
			code = submit_mail(&sendmail);
			break;
		}
	}
	mail_addresses_release(&sendmail.recipients);
	return code;
}

/* --- the command line ------------------------------------------------------------------ */

static int
parse_options(struct sendmail *sendmail, int count, char **words)
{
	int code = 0, option;

	optind = 1;
	while (code == 0 &&
	       (option = getopt(count, words,
	                        "+A:B:b:C:d::e:F:f:Gh:iIL:mN:nO:o:p:q::R:r:tUV:vX:")) != -1)
		code = apply(sendmail, option, optarg);
	if (code == 0 && sendmail->call != NULL && sendmail->call[0] == '\0' && optind < count)
		sendmail->call = words[optind++]; /* -qR NODE */
	if (code == 0)
		code = add_recipients(sendmail, words + optind);
	if (code == 0 && sendmail->mode == MODE_SEND && !sendmail->extract &&
	    sendmail->recipients.count == 0) {
		complain("name the recipients, or take them from the heading with -t");
		code = EX_USAGE;
	}
	return code;
}

static int
apply(struct sendmail *sendmail, int option, const char *value)
{
	switch (option) {
	case 't':
		sendmail->extract = true;
		return 0;
	case 'i':
		sendmail->ignore_dots = true;
		return 0;
	case 'o':
		if (strcmp(value, "i") == 0)
			sendmail->ignore_dots = true;
		return 0;
	case 'f':
	case 'r':
		sendmail->sender = value;
		return 0;
	case 'F':
		sendmail->full_name = value;
		return 0;
	case 'I':
		sendmail->mode = MODE_ALIASES;
		return 0;
	case 'b':
		return apply_mode(sendmail, value);
	case 'q':
		sendmail->mode = MODE_CALL;
		if (value == NULL)
			return 0;
		sendmail->call = value + 1;
		if (value[0] == 'R')
			return 0;
		complain("-q%s: the daemon calls by itself; -q calls now, -qR NODE one node",
		         value);
		return EX_USAGE;
	case '?': /* getopt has said what is wrong */
		return EX_USAGE;
	default: /* has no meaning here: -A -B -C -d -e -G -h -L -m -N -n -O -p -R -U -V -v -X */
		return 0;
	}
}

static int
apply_mode(struct sendmail *sendmail, const char *value)
{
	if (strcmp(value, "m") == 0)
		sendmail->mode = MODE_SEND;
	else if (strcmp(value, "p") == 0)
		sendmail->mode = MODE_QUEUE;
	else if (strcmp(value, "i") == 0)
		sendmail->mode = MODE_ALIASES;
	else {
		complain("-b%s: not in this version%s", value,
		         strcmp(value, "d") == 0 || strcmp(value, "D") == 0
		             ? "; the daemon is mulgad"
		             : "");
		return EX_USAGE;
	}
	return 0;
}

static int
add_recipients(struct sendmail *sendmail, char **words)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	for (; sendmail->mode == MODE_SEND && *words != NULL; words++)
		if (mail_addresses_parse(&sendmail->recipients, *words, &diagnostic) != STATUS_OK) {
			complain("%s", diagnostic.text);
			return EX_DATAERR;
		}
	return 0;
}

/* --- the message ----------------------------------------------------------------------- */

static int
submit_mail(struct sendmail *sendmail)
{
	struct control_submission submission;
	struct thin_submit        submit;
	struct beginning          beginning = { .heading = 0 };
	struct buffer             heading;
	struct diagnostic         diagnostic;
	int                       code = 0;

	control_submission_init(&submission);
	buffer_init(&heading);
	diagnostic_init(&diagnostic);
	if (node_name_read(sendmail->home, &sendmail->node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		code = EX_CONFIG;
	}
	if (code == 0)
		code = read_beginning(&beginning);
	if (code == 0)
		code = prepare(sendmail, &beginning, &submission, &heading);
	if (code == 0) {
		code = thin_submit_begin(&submit, sendmail->home, &sendmail->node, &submission);
		if (code == 0)
			code = thin_submit_data(&submit, buffer_span(&heading));
		if (code == 0)
			code = send_body(sendmail, &submit, &beginning);
		if (code == 0)
			code = thin_submit_end(&submit);
		else
			thin_submit_abort(&submit);
	}
	buffer_release(&heading);
	buffer_release(&beginning.bytes);
	control_submission_release(&submission);
	return code;
}

static int
read_beginning(struct beginning *beginning)
{
	struct buffer *bytes = &beginning->bytes;

	while (!mail_heading_end(buffer_span(bytes), beginning->ended, &beginning->heading,
	                         &beginning->body)) {
		ssize_t length;

		if (bytes->length > MAIL_HEADING_MAX_BYTES) {
			complain("the heading is longer than %d bytes", MAIL_HEADING_MAX_BYTES);
			return EX_DATAERR;
		}
		buffer_reserve(bytes, CONTROL_PIECE_MAX);
		length = read_more(bytes->data + bytes->length, CONTROL_PIECE_MAX);
		if (length < 0) {
			complain("cannot read the message: %s", strerror(errno));
			return EX_NOINPUT;
		}
		bytes->length += (size_t)length;
		beginning->ended = length == 0;
	}
	return 0;
}

static ssize_t
read_more(void *bytes, size_t size)
{
	ssize_t length;

	do
		length = read(STDIN_FILENO, bytes, size);
	while (length < 0 && errno == EINTR);
	return length;
}

/* The new heading, and who sends what to whom. */
static int
prepare(struct sendmail *sendmail, const struct beginning *beginning,
        struct control_submission *submission, struct buffer *heading)
{
	struct span                  came = { beginning->bytes.data, beginning->heading };
	struct buffer                from, id, received;
	struct mail_heading_defaults defaults;
	struct message_id            message = { .text = "" };
	struct diagnostic            diagnostic;
	char                         date[64];
	time_t                       now = time(NULL);
	struct tm                    local;
	enum status                  status;
	int                          code;

	thin_submit_draw(submission);
	snprintf(submission->service, sizeof(submission->service), "mail");
	code = set_sender(sendmail, submission);
	if (code != 0)
		return code;
	message_id_make(&message, &sendmail->node, submission->token);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S %z", localtime_r(&now, &local));
	buffer_init(&from);
	buffer_init(&id);
	buffer_init(&received);
	format_from(sendmail, submission->sender, &from);
	buffer_append_format(&id, "<%s@%s>", strrchr(message.text, '-') + 1, sendmail->node.text);
	buffer_append_format(&received, "by %s (mulga " MULGA_VERSION ", from uid %u)\n\tid %s; %s",
	                     sendmail->node.text, (unsigned)getuid(),
	                     strrchr(message.text, '-') + 1, date);
	defaults = (struct mail_heading_defaults){ sendmail->node.text, buffer_text(&from), date,
		                                   buffer_text(&id), buffer_text(&received) };
	diagnostic_init(&diagnostic);
	status =
	    mail_heading_rewrite(came, &defaults, sendmail->extract ? &sendmail->recipients : NULL,
	                         heading, &diagnostic);
	if (status == STATUS_OK && sendmail->recipients.count == 0) {
		diagnostic_set(&diagnostic, "the heading names no recipient");
		status = STATUS_INVALID;
	}
	if (status != STATUS_OK)
		complain("%s", diagnostic.text);
	for (size_t i = 0; i < sendmail->recipients.count; i++) {
		if (i > 0)
			buffer_append_text(&submission->address, ",");
		mail_address_qualify(sendmail->recipients.items[i].text, sendmail->node.text,
		                     &submission->address);
	}
	buffer_release(&from);
	buffer_release(&id);
	buffer_release(&received);
	return status == STATUS_OK ? 0 : EX_DATAERR;
}

/* -f with an empty address is nobody's mail; the daemon then names the user of this login. */
static int
set_sender(const struct sendmail *sendmail, struct control_submission *submission)
{
	struct mail_addresses addresses;
	struct diagnostic     diagnostic;
	struct buffer         sender;
	int                   code = 0;

	if (sendmail->sender == NULL)
		return 0;
	mail_addresses_init(&addresses);
	diagnostic_init(&diagnostic);
	buffer_init(&sender);
	if (mail_addresses_parse(&addresses, sendmail->sender, &diagnostic) == STATUS_OK &&
	    addresses.count > 0)
		mail_address_qualify(addresses.items[0].text, sendmail->node.text, &sender);
	if (diagnostic.text[0] != '\0' || addresses.count > 1 ||
	    sender.length >= sizeof(submission->sender)) {
		complain("-f: \"%s\" is not one address", sendmail->sender);
		code = EX_DATAERR;
	} else {
		memcpy(submission->sender, buffer_text(&sender), sender.length + 1);
	}
	buffer_release(&sender);
	mail_addresses_release(&addresses);
	return code;
}

/* `Full Name <user@node>`, of the sender or else of the user of this login. */
static void
format_from(const struct sendmail *sendmail, const char *sender, struct buffer *from)
{
	const struct passwd *user = getpwuid(getuid());

	format_full_name(sendmail->full_name, user, from);
	if (from->length > 0)
		buffer_append_text(from, " ");
	buffer_append_text(from, "<");
	if (sender[0] != '\0')
		buffer_append_text(from, sender);
	else if (user != NULL)
		buffer_append_format(from, "%s@%s", user->pw_name, sendmail->node.text);
	else
		buffer_append_format(from, "uid-%u@%s", (unsigned)getuid(), sendmail->node.text);
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

static int
send_body(const struct sendmail *sendmail, struct thin_submit *submit,
          const struct beginning *beginning)
{
	struct mail_dot dot = { .line_start = true };
	uint8_t         bytes[CONTROL_PIECE_MAX];
	struct span     piece = { beginning->bytes.data + beginning->body,
		                  beginning->bytes.length - beginning->body };
	struct buffer   passed;
	bool            last = beginning->ended;
	int             code = 0;

	buffer_init(&passed);
	for (;;) {
		ssize_t length;

		buffer_clear(&passed);
		if (sendmail->ignore_dots)
			buffer_append_span(&passed, piece);
		else if (mail_dot_pass(&dot, piece, &passed))
			last = true;
		code = thin_submit_data(submit, buffer_span(&passed));
		if (code != 0 || last)
			break;
		length = read_more(bytes, sizeof(bytes));
		if (length < 0) {
			complain("cannot read the message: %s", strerror(errno));
			code = EX_NOINPUT;
			break;
		}
		piece = (struct span){ bytes, (size_t)length };
		last  = length == 0;
	}
	buffer_release(&passed);
	return code;
}
