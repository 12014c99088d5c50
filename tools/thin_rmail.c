/*
 * thin_rmail.c - mail as uuxqt hands it over: rmail RECIPIENT... < MAIL
 *
 * The sender is what the lines at its head say. A recipient `a!b!user` goes that way.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/mail/mail_path.h"
#include "tools/complain.h"
#include "tools/thin_mail.h"
#include "tools/thin_send.h"

static int feed(struct thin_mail *mail);

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
		code = feed(&mail);
	thin_mail_release(&mail);
	return code;
}

static int
feed(struct thin_mail *mail)
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
			mail->sender = sender.length > 0 ? buffer_text(&sender) : NULL;
		}
		code = thin_mail_data(mail, piece);
	}
	if (code == 0)
		code = thin_mail_end(mail);
	buffer_release(&head);
	buffer_release(&sender);
	return code;
}
