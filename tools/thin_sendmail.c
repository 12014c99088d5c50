/*
 * thin_sendmail.c - the face that every program which sends mail knows
 *
 * Options are sendmail's, as its callers use them (interface section 5).
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_mail.h"
#include "tools/thin_send.h"
#include "tools/thin_smtp.h"

enum { MARKDOWN = 256 }; /* an option without a letter */

enum mode { MODE_SEND, MODE_QUEUE, MODE_ALIASES, MODE_CALL, MODE_SMTP, MODE_VERIFY };

/* What the command line said. */
struct sendmail {
	const struct home *home;
	enum mode          mode;
	bool               extract;     /* -t */
	bool               ignore_dots; /* -i */
	const char        *sender;      /* -f */
	const char        *full_name;   /* -F */
	bool               markdown;    /* --markdown */
	unsigned           notify;      /* -N */
	enum notify_return ret;         /* -R */
	const char        *envid;       /* -V */
	const char        *call;        /* -qR; NULL with -q: all that are due */
	char             **addresses;   /* the rest of the line, ended by NULL */
};

static int     parse_options(struct sendmail *sendmail, int count, char **words);
static int     apply(struct sendmail *sendmail, int option, const char *value);
static int     apply_return(struct sendmail *sendmail, const char *value);
static int     apply_mode(struct sendmail *sendmail, const char *value);
static int     set_wishes(const struct sendmail *sendmail, struct thin_mail *mail);
static int     verify(const struct sendmail *sendmail);
static int     submit(const struct sendmail *sendmail);
static int     feed(const struct sendmail *sendmail, struct thin_mail *mail);
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
		case MODE_SMTP:
			code = thin_smtp(home, THIN_SMTP_SPOKEN);
			break;
		case MODE_VERIFY:
			code = verify(&sendmail);
			break;
		case MODE_SEND:
			code = submit(&sendmail);
			break;
		}
	}
	return code;
}

/* --- the command line ------------------------------------------------------------------ */

static int
parse_options(struct sendmail *sendmail, int count, char **words)
{
	static const struct option longer[] = { { "markdown", no_argument, NULL, MARKDOWN },
		                                { NULL, 0, NULL, 0 } };
	int                        code     = 0, option;

	optind = 1;
	while (code == 0 &&
	       (option = getopt_long(count, words,
	                             "+A:B:b:C:d::e:F:f:Gh:iIL:mN:nO:o:p:q::R:r:tUV:vX:", longer,
	                             NULL)) != -1)
		code = apply(sendmail, option, optarg);
	if (code == 0 && sendmail->call != NULL && sendmail->call[0] == '\0' && optind < count)
		sendmail->call = words[optind++]; /* -qR NODE */
	sendmail->addresses = words + optind;
	if (code == 0 && (sendmail->mode == MODE_SEND || sendmail->mode == MODE_VERIFY) &&
	    !sendmail->extract && sendmail->addresses[0] == NULL) {
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
	case 'N':
		if (notify_parse_bits(&sendmail->notify, value))
			return 0;
		complain("-N %s: success, failure and delay, or never", value);
		return EX_USAGE;
	case 'R':
		return apply_return(sendmail, value);
	case 'V':
		sendmail->envid = value;
		return 0;
	case MARKDOWN:
		sendmail->markdown = true;
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
	default: /* has no meaning here: -A -B -C -d -e -G -h -L -m -n -O -p -U -v -X */
		return 0;
	}
}

static int
apply_return(struct sendmail *sendmail, const char *value)
{
	if (strcasecmp(value, "full") == 0)
		sendmail->ret = NOTIFY_RETURN_FULL;
	else if (strcasecmp(value, "hdrs") == 0)
		sendmail->ret = NOTIFY_RETURN_HEADINGS;
	else {
		complain("-R %s: full or hdrs", value);
		return EX_USAGE;
	}
	return 0;
}

static int
apply_mode(struct sendmail *sendmail, const char *value)
{
	if (strcmp(value, "m") == 0)
		sendmail->mode = MODE_SEND;
	else if (strcmp(value, "p") == 0)
		sendmail->mode = MODE_QUEUE;
	else if (strcmp(value, "s") == 0)
		sendmail->mode = MODE_SMTP;
	else if (strcmp(value, "v") == 0)
		sendmail->mode = MODE_VERIFY;
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

/* Where each would go, as `mulga explain` says it; 67 if one goes nowhere. */
static int
verify(const struct sendmail *sendmail)
{
	struct buffer line;
	struct name   node;
	int           worst = 0;

	struct thin_mail mail;
	int              code = thin_mail_init(&mail, sendmail->home);

	node = mail.node;
	buffer_init(&line);
	for (char **word = sendmail->addresses; code == 0 && *word != NULL; word++)
		code = thin_mail_recipients(&mail, *word);
	for (size_t i = 0; code == 0 && i < mail.recipients.count; i++) {
		char *words[] = { "explain", "--mail", NULL, NULL };

		buffer_clear(&line);
		mail_address_qualify(mail.recipients.items[i].text, node.text, &line);
		words[2] = (char *)line.data;
		code     = thin_ask(sendmail->home, words, false);
		if (code == 1) {
			worst = EX_NOUSER;
			code  = 0;
		}
	}
	buffer_release(&line);
	thin_mail_release(&mail);
	return code != 0 ? code : worst;
}

/* --- the message ----------------------------------------------------------------------- */

static int
submit(const struct sendmail *sendmail)
{
	struct thin_mail mail;
	int              code = thin_mail_init(&mail, sendmail->home);

	mail.sender    = sendmail->sender;
	mail.full_name = sendmail->full_name;
	mail.extract   = sendmail->extract;
	mail.markdown  = sendmail->markdown;
	if (code == 0)
		code = set_wishes(sendmail, &mail);
	for (char **word = sendmail->addresses; code == 0 && *word != NULL; word++)
		code = thin_mail_recipients(&mail, *word);
	if (code == 0)
		code = feed(sendmail, &mail);
	if (code == 0)
		code = thin_mail_end(&mail);
	thin_mail_release(&mail);
	return code;
}

/* What the sender wants to hear; and if a file is at hand, how large the mail is. */
static int
set_wishes(const struct sendmail *sendmail, struct thin_mail *mail)
{
	struct buffer envid;
	struct stat   status;
	int           code = 0;

	mail->notify.bits = sendmail->notify;
	mail->notify.ret  = sendmail->ret;
	if (sendmail->envid != NULL) {
		buffer_init(&envid);
		notify_make_xtext(sendmail->envid, &envid);
		if (envid.length > NOTIFY_ENVID_MAX) {
			complain("-V: at most %d bytes", NOTIFY_ENVID_MAX);
			code = EX_USAGE;
		} else {
			memcpy(mail->notify.envid, buffer_text(&envid), envid.length + 1);
		}
		buffer_release(&envid);
	}
	if (fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
		mail->declared_bytes = (uint64_t)status.st_size;
	return code;
}

/* Standard input, up to its end or a lone dot. */
static int
feed(const struct sendmail *sendmail, struct thin_mail *mail)
{
	struct mail_dot dot = { .line_start = true };
	uint8_t         bytes[CONTROL_PIECE_MAX];
	struct buffer   passed;
	bool            over = false;
	int             code = 0;

	buffer_init(&passed);
	while (code == 0 && !over) {
		ssize_t     length = read_more(bytes, sizeof(bytes));
		struct span piece  = { bytes, length > 0 ? (size_t)length : 0 };

		if (length < 0) {
			complain("cannot read the message: %s", strerror(errno));
			code = EX_NOINPUT;
			break;
		}
		over = length == 0;
		buffer_clear(&passed);
		if (sendmail->ignore_dots)
			buffer_append_span(&passed, piece);
		else
			over = mail_dot_pass(&dot, piece, &passed) || over;
		code = thin_mail_data(mail, buffer_span(&passed));
	}
	buffer_release(&passed);
	return code;
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
