/*
 * thin_send.c - `mulga send`: each file is one message
 */
#include "tools/thin_send.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "spool/mail/mail_part.h"
#include "spool/query/query_text.h"
#include "tools/complain.h"
#include "tools/node_name.h"
#include "tools/thin_mail.h"
#include "tools/thin_parts.h"
#include "tools/thin_socket.h"
#include "tools/thin_submit.h"

static const char usage[] = "usage: mulga send [--service S] [--fastest|--cheapest] [--urgent] "
			    "[--expire 7d] [--receipt] [--notify WHEN] "
			    "[--name N] [--whole] [--markdown] ADDRESS [FILE...]";

/* How each file goes, besides what the daemon is told. */
struct manner {
	bool markdown;
	bool whole; /* not in parts, though it would go in parts only */
};

static int  parse_options(struct control_submission *submission, struct manner *manner,
                          char ***arguments);
static int  apply(struct control_submission *submission, int option, const char *value);
static int  set_text(char *to, size_t size, const char *what, const char *value);
static int  send_file(const struct home *home, const struct name *node,
                      struct control_submission *submission, const char *path, bool whole);
static void name_file(struct control_submission *submission, const char *path);
static int  send_markdown(const struct home *home, const struct control_submission *submission,
                          const char *path);
static int  feed_mail(struct thin_mail *mail, int file, const char *path);

int
thin_send(const struct home *home, char **arguments)
{
	static char              *standard_input[] = { "-", NULL };
	struct control_submission submission;
	struct diagnostic         diagnostic;
	struct name               node;
	struct manner             manner = { .markdown = false };
	int                       code;

	control_submission_init(&submission);
	thin_submit_language(&submission.notify);
	diagnostic_init(&diagnostic);
	snprintf(submission.service, sizeof(submission.service), "file");
	code = parse_options(&submission, &manner, &arguments);
	if (code == 0 && node_name_read(home, &node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		code = EX_CONFIG;
	}
	if (code == 0 && *arguments == NULL)
		arguments = standard_input;
	for (; code == 0 && *arguments != NULL; arguments++)
		code = manner.markdown
		           ? send_markdown(home, &submission, *arguments)
		           : send_file(home, &node, &submission, *arguments, manner.whole);
	control_submission_release(&submission);
	return code;
}

/* Leaves *arguments at the first file. */
static int
parse_options(struct control_submission *submission, struct manner *manner, char ***arguments)
{
	static const struct option options[] = {
		{ "service", required_argument, NULL, 's' }, { "fastest", no_argument, NULL, 'f' },
		{ "cheapest", no_argument, NULL, 'c' },      { "urgent", no_argument, NULL, 'u' },
		{ "expire", required_argument, NULL, 'e' },  { "receipt", no_argument, NULL, 'r' },
		{ "name", required_argument, NULL, 'n' },    { "seal", no_argument, NULL, 'S' },
		{ "markdown", no_argument, NULL, 'm' },      { "whole", no_argument, NULL, 'w' },
		{ "notify", required_argument, NULL, 'N' },  { NULL, 0, NULL, 0 },
	};
	char **words = *arguments - 1; /* the verb, as getopt wants it */
	int    count = 1, code = 0, option;

	while (words[count] != NULL)
		count++;
	optind = 1;
	while (code == 0 && (option = getopt_long(count, words, "+", options, NULL)) != -1)
		if (option == 'm')
			manner->markdown = true;
		else if (option == 'w')
			manner->whole = true;
		else
			code = apply(submission, option, optarg);
	if (code == 0 && optind == count) {
		complain("%s", usage);
		code = EX_USAGE;
	}
	if (code == 0)
		buffer_append_text(&submission->address, words[optind++]);
	*arguments = words + optind;
	return code;
}

static int
apply(struct control_submission *submission, int option, const char *value)
{
	switch (option) {
	case 's':
		return set_text(submission->service, sizeof(submission->service), "service", value);
	case 'n':
		return set_text(submission->title, sizeof(submission->title), "name", value);
	case 'f':
		submission->preference = PREFERENCE_FASTEST;
		return 0;
	case 'c':
		submission->preference = PREFERENCE_CHEAPEST;
		return 0;
	case 'r':
		submission->receipt = true;
		return 0;
	case 'u':
		submission->has_priority = true;
		submission->priority     = PRIORITY_URGENT;
		return 0;
	case 'e':
		if (query_text_parse_duration(value, &submission->lifetime_ms))
			return 0;
		complain("\"%s\" is no time; write 90s, 10m, 4h, 7d or 2w", value);
		return EX_USAGE;
	case 'N':
		if (notify_parse_bits(&submission->notify.bits, value))
			return 0;
		complain("--notify %s: success, failure and delay, or never", value);
		return EX_USAGE;
	case 'S':
		complain("--seal: not in this version");
		return EX_USAGE;
	default: /* getopt has said what is wrong */
		fprintf(stderr, "%s\n", usage);
		return EX_USAGE;
	}
}

static int
set_text(char *to, size_t size, const char *what, const char *value)
{
	if (value[0] != '\0' && strlen(value) < size) {
		memcpy(to, value, strlen(value) + 1);
		return 0;
	}
	complain("the %s must have 1 to %zu bytes", what, size - 1);
	return EX_USAGE;
}

static int
send_file(const struct home *home, const struct name *node, struct control_submission *submission,
          const char *path, bool whole)
{
	char               title[ENVELOPE_TITLE_MAX + 1];
	bool               standard = strcmp(path, "-") == 0;
	struct thin_submit submit;
	uint64_t           size;
	int                file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int                code;

	if (file < 0) {
		complain("%s: %s", path, strerror(errno));
		return EX_NOINPUT;
	}
	memcpy(title, submission->title, sizeof(title));
	name_file(submission, standard ? "" : path);
	thin_submit_describe(submission, file);
	thin_submit_draw(submission);
	code = thin_submit_begin(&submit, home, node, submission);
	if (code == 0)
		code = thin_submit_file(&submit, file, path);
	code = thin_submit_finish(&submit, code);
	size = submission->declared_bytes;
	if (code != 0 && !whole && thin_parts_can(submission, size, submit.fits_bytes))
		code = thin_parts_send(home, node, submission, file, size, submit.fits_bytes);
	memcpy(submission->title, title, sizeof(title));
	if (!standard)
		close(file);
	return code;
}

/* A mail whose text is that file: the name is its subject. */
static int
send_markdown(const struct home *home, const struct control_submission *submission,
              const char *path)
{
	bool             standard = strcmp(path, "-") == 0;
	int              file     = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct thin_mail mail;
	struct buffer    heading;
	int              code;

	if (file < 0) {
		complain("%s: %s", path, strerror(errno));
		return EX_NOINPUT;
	}
	code          = thin_mail_init(&mail, home);
	mail.markdown = true;
	mail.wishes   = submission;
	mail.address  = buffer_text(&submission->address);
	buffer_init(&heading);
	buffer_append_format(&heading, "To: %s\nSubject: ", mail.address);
	mail_append_words(submission->title, &heading);
	buffer_append_text(&heading, "\n\n");
	if (code == 0)
		code = thin_mail_data(&mail, buffer_span(&heading));
	if (code == 0)
		code = feed_mail(&mail, file, path);
	if (code == 0)
		code = thin_mail_end(&mail);
	if (code == 0)
		printf("%s\n", mail.submit.id.text);
	buffer_release(&heading);
	thin_mail_release(&mail);
	if (!standard)
		close(file);
	return code;
}

static int
feed_mail(struct thin_mail *mail, int file, const char *path)
{
	uint8_t bytes[CONTROL_PIECE_MAX];
	ssize_t length;
	int     code = 0;

	while (code == 0 && (length = read(file, bytes, sizeof(bytes))) != 0) {
		if (length > 0) {
			code = thin_mail_data(mail, (struct span){ bytes, (size_t)length });
		} else if (errno != EINTR) {
			complain("%s: %s", path, strerror(errno));
			code = EX_NOINPUT;
		}
	}
	return code;
}

/* As it is called here, unless it was given another name. */
static void
name_file(struct control_submission *submission, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (submission->title[0] == '\0')
		snprintf(submission->title, sizeof(submission->title), "%.*s", ENVELOPE_TITLE_MAX,
		         slash == NULL ? path : slash + 1);
}
