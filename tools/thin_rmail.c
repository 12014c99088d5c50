/*
 * thin_rmail.c - mail as uuxqt hands it over: rmail RECIPIENT... < MAIL
 *
 * The sender is what the lines at its head say, and where they name no host, it is of the one that
 * uuxqt says the mail is from. A recipient `a!b!user` goes that way.
 */
#include "tools/thin_rmail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/mail/mail_path.h"
#include "tools/complain.h"
#include "tools/thin_send.h"

#define NOBODY "MAILER-DAEMON" /* as mailers write an empty sender into such a line */

static void name_sender(struct thin_mail *mail, struct buffer *sender);

int
thin_rmail(const struct home *home, char **arguments)
{
	struct thin_mail mail;
	int              code = thin_mail_init(&mail, home);

	while (*arguments != NULL && (*arguments)[0] == '-') /* -d, and what other rmails take */
		arguments++;
	if (code == 0 && *arguments == NULL) {
		complain("usage: rmail RECIPIENT...");
		code = EX_USAGE;
	}
	for (; code == 0 && *arguments != NULL; arguments++)
		code = thin_mail_recipients(&mail, *arguments);
	if (code == 0)
		code = thin_rmail_take(&mail);
	thin_mail_release(&mail);
	return code;
}

int
thin_rmail_take(struct thin_mail *mail)
{
	struct buffer head, sender;
	uint8_t       bytes[CONTROL_PIECE_MAX];
	bool          taken = false, over = false;
	int           code = 0;

	buffer_init(&head);
	buffer_init(&sender);
	while (code == 0 && !over) {
		ssize_t     length = read(STDIN_FILENO, bytes, sizeof(bytes));
		struct span piece  = { bytes, length > 0 ? (size_t)length : 0 };

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0) {
			complain("cannot read the mail: %s", strerror(errno));
			code = EX_NOINPUT;
			break;
		}
		over = length == 0;
		if (!taken) {
			buffer_append_span(&head, piece);
			piece = buffer_span(&head);
			taken = mail_path_take(&piece, over, &sender);
			if (!taken)
				continue;
			name_sender(mail, &sender);
		}
		code = thin_mail_data(mail, piece);
	}
	if (code == 0)
		code = thin_mail_end(mail);
	buffer_release(&head);
	buffer_release(&sender);
	return code;
}

static void
name_sender(struct thin_mail *mail, struct buffer *sender)
{
	const char   *machine = getenv("UU_MACHINE");
	struct buffer whole;

	if (mail->sender != NULL || sender->length == 0)
		return;
	if (machine != NULL && machine[0] != '\0' &&
	    strpbrk(buffer_text(sender), "!@") == NULL) { /* it is that machine's own */
		buffer_init(&whole);
		buffer_append_format(&whole, "%s!%s", machine, buffer_text(sender));
		buffer_release(sender);
		*sender = whole;
	}
	mail->sender = buffer_text(sender);
	if (strcasecmp(mail->sender, NOBODY) == 0 ||
	    (sender->length > strlen(NOBODY) &&
	     strcasecmp(mail->sender + sender->length - strlen("!" NOBODY), "!" NOBODY) == 0))
		mail->sender = "";
}
