/*
 * thin_to_uucp.c - the program of a foreign link to a neighbor that speaks UUCP
 *
 *	transport command "/usr/lib/mulga/to-uucp" "%n"
 *
 * The daemon adds service, sender and recipients, and gives the message on standard input. A mail becomes
 * `uux - SITE!rmail (RECIPIENT)...`, with a line on top that says whose it is (RFC 976); a batch of
 * news becomes `uux - SITE!rnews`. What uux refuses is tried again: mostly its disk is full, or
 * somebody is at its configuration. What UUCP could not carry as it is, is refused.
 *
 * A command line of UUCP has a limit: many recipients go as several commands, and if one of these
 * fails, those before it are repeated with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/thin_uux.h"

static const char usage[] = "usage: to-uucp [--uux PROGRAM] [--config FILE] [--site SITE] "
			    "[--as SITE] [--call] NEIGHBOR SERVICE SENDER [RECIPIENT...]";

enum { COMMAND_MAX_BYTES = 800, WORDS_BEFORE = 16 };

struct bridge {
	const char *uux, *config; /* config: NULL, or for uux -I */
	const char *site, *as;    /* the neighbor and this node, as UUCP calls them; owned copies */
	bool        call;         /* let uux start uucico at once */
	const char *sender;
	char      **recipients;
	size_t      count;
};

static int   parse_options(struct bridge *bridge, char ***arguments);
static char *first_part(const char *name);
static int   send_mail(struct bridge *bridge);
static int   check_recipients(const struct bridge *bridge);
static bool  is_plain(const char *text);
static int   send_all(struct bridge *bridge, struct span line);
static int   keep_input(void);
static int   run(struct bridge *bridge, const char *program, char grade, size_t first, size_t count,
                 struct span line);
static int   feed(int output, struct span line);
static void  execute(const char *program, char **words, int input) __attribute__((noreturn));

int
thin_to_uucp(char **arguments)
{
	struct bridge bridge = { .uux = "uux" };
	int           code   = parse_options(&bridge, &arguments);
	char         *site   = code == 0 ? first_part(arguments[0]) : NULL;
	char         *as     = first_part(getenv("MULGA_NODE"));

	if (bridge.site == NULL)
		bridge.site = site;
	if (bridge.as == NULL)
		bridge.as = as;
	signal(SIGPIPE, SIG_IGN);
	if (code == 0) {
		bridge.sender     = arguments[2];
		bridge.recipients = arguments + 3;
		while (bridge.recipients[bridge.count] != NULL)
			bridge.count++;
		if (strcmp(arguments[1], "mail") == 0) {
			code = send_mail(&bridge);
		} else if (strcmp(arguments[1], "news") == 0) {
			code = run(&bridge, "rnews", 'd', 0, 0, (struct span){ NULL, 0 });
		} else {
			complain("UUCP takes mail and news to %s, and nothing of the service %s",
			         arguments[0], arguments[1]);
			code = EX_UNAVAILABLE;
		}
	}
	free(site);
	free(as);
	return code;
}

/* Leaves *arguments at the neighbor's name. */
static int
parse_options(struct bridge *bridge, char ***arguments)
{
	static const struct option options[] = {
		{ "uux", required_argument, NULL, 'u' },
		{ "config", required_argument, NULL, 'I' },
		{ "site", required_argument, NULL, 's' },
		{ "as", required_argument, NULL, 'a' },
		{ "call", no_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	char **words = *arguments - 1;
	int    count = 1, option;

	while (words[count] != NULL)
		count++;
	optind = 1;
	while ((option = getopt_long(count, words, "+", options, NULL)) != -1)
		if (option == 'u')
			bridge->uux = optarg;
		else if (option == 'I')
			bridge->config = optarg;
		else if (option == 's')
			bridge->site = optarg;
		else if (option == 'a')
			bridge->as = optarg;
		else if (option == 'c')
			bridge->call = true;
		else
			break;
	*arguments = words + optind;
	if (option == -1 && count - optind >= 3)
		return 0;
	complain("%s", usage);
	return EX_USAGE;
}

/* UUCP has short names: the first component is one, unless somebody says another. Owned. */
static char *
first_part(const char *name)
{
	char *part = memory_copy_text(name != NULL && name[0] != '\0' ? name : "mulga");

	part[strcspn(part, ".")] = '\0';
	return part;
}

static int
send_mail(struct bridge *bridge)
{
	char          date[32] = "";
	time_t        now      = time(NULL);
	struct tm     broken;
	struct buffer line;
	int           code = check_recipients(bridge);

	if (code != 0)
		return code;
	buffer_init(&line);
	if (gmtime_r(&now, &broken) != NULL)
		strftime(date, sizeof(date), "%a %b %e %H:%M:%S %Y", &broken);
	buffer_append_format(&line, "From %s %s remote from %s\n",
	                     bridge->sender[0] != '\0' ? bridge->sender : "MAILER-DAEMON", date,
	                     bridge->as);
	code = send_all(bridge, buffer_span(&line));
	buffer_release(&line);
	return code;
}

/* Commands of UUCP are words with blanks between, which some of its programs give to a shell. */
static int
check_recipients(const struct bridge *bridge)
{
	if (!is_plain(bridge->sender)) {
		complain("UUCP cannot carry the sender %s", bridge->sender);
		return EX_DATAERR;
	}
	for (size_t i = 0; i < bridge->count; i++)
		if (!is_plain(bridge->recipients[i]) || strlen(bridge->recipients[i]) > 500) {
			complain("UUCP cannot carry the recipient %s", bridge->recipients[i]);
			return EX_DATAERR;
		}
	if (bridge->count > 0)
		return 0;
	complain("a mail for %s needs a user", bridge->site);
	return EX_DATAERR;
}

static bool
is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr("()<>|;&\"'`\\$*?[]{}", *c) != NULL)
			return false;
	return true;
}

static int
send_all(struct bridge *bridge, struct span line)
{
	size_t first = 0, count, bytes = 0;
	int    code = 0;

	for (size_t i = 0; i < bridge->count; i++)
		bytes += strlen(bridge->recipients[i]) + 3;
	if (bytes > COMMAND_MAX_BYTES && (code = keep_input()) != 0)
		return code;
	for (; code == 0 && first < bridge->count; first += count) {
		bytes = 0;
		for (count = 0; first + count < bridge->count; count++) {
			bytes += strlen(bridge->recipients[first + count]) + 3;
			if (count > 0 && bytes > COMMAND_MAX_BYTES)
				break;
		}
		if (first > 0)
			lseek(STDIN_FILENO, 0, SEEK_SET);
		code = run(bridge, "rmail", 'C', first, count, line);
	}
	return code;
}

/* Makes the standard input a file, to be read several times. */
static int
keep_input(void)
{
	FILE   *file = tmpfile();
	uint8_t bytes[65536];
	ssize_t length = 0;

	while (file != NULL && (length = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		if (fwrite(bytes, 1, (size_t)length, file) != (size_t)length)
			break;
	if (file == NULL || length != 0 || fflush(file) != 0 ||
	    dup2(fileno(file), STDIN_FILENO) < 0) {
		complain("the mail cannot be kept for several commands: %s", strerror(errno));
		return EX_TEMPFAIL;
	}
	fclose(file);
	lseek(STDIN_FILENO, 0, SEEK_SET);
	return 0;
}

/* One command of uux, with so many of the recipients. */
static int
run(struct bridge *bridge, const char *program, char grade, size_t first, size_t count,
    struct span line)
{
	char        **words     = memory_new(WORDS_BEFORE + count, sizeof(words[0]));
	char          graded[3] = { '-', 'g', '\0' }, letter[2] = { grade, '\0' };
	struct buffer command, *recipients = memory_new(count + 1, sizeof(*recipients));
	size_t        used = 0;
	int           ends[2], state = 0, code;
	pid_t         uux;

	buffer_init(&command);
	buffer_append_format(&command, "%s!%s", bridge->site, program);
	words[used++] = (char *)bridge->uux;
	if (bridge->config != NULL) {
		words[used++] = "-I";
		words[used++] = (char *)bridge->config;
	}
	words[used++] = "-";
	words[used++] = "-z";
	if (!bridge->call)
		words[used++] = "-r";
	words[used++] = graded;
	words[used++] = letter;
	if (bridge->sender[0] != '\0' && is_plain(bridge->sender)) {
		words[used++] = "-a";
		words[used++] = (char *)bridge->sender;
	}
	words[used++] = (char *)buffer_text(&command);
	for (size_t i = 0; i < count; i++) {
		buffer_init(&recipients[i]);
		buffer_append_format(&recipients[i], "(%s)", bridge->recipients[first + i]);
		words[used++] = (char *)buffer_text(&recipients[i]);
	}
	code = EX_TEMPFAIL;
	if (pipe2(ends, O_CLOEXEC) != 0 || (uux = fork()) < 0) {
		complain("%s: %s", bridge->uux, strerror(errno));
	} else {
		if (uux == 0)
			execute(bridge->uux, words, ends[0]);
		close(ends[0]);
		code = feed(ends[1], line);
		if (code != 0)
			kill(uux, SIGKILL); /* lest it take a part for the whole */
		close(ends[1]);
		while (waitpid(uux, &state, 0) < 0 && errno == EINTR)
			;
		if (code != 0 || !WIFEXITED(state) || WEXITSTATUS(state) != 0) {
			complain("%s did not take it for %s", bridge->uux, buffer_text(&command));
			code = EX_TEMPFAIL;
		}
	}
	for (size_t i = 0; i < count; i++)
		buffer_release(&recipients[i]);
	free(recipients);
	free(words);
	buffer_release(&command);
	return code;
}

/* The line and the message; 0, or the exit code. */
static int
feed(int output, struct span line)
{
	uint8_t bytes[65536];
	ssize_t length;

	do {
		while (line.length > 0) {
			ssize_t written = write(output, line.data, line.length);

			if (written < 0 && errno == EINTR)
				continue;
			if (written < 0)
				return EX_TEMPFAIL; /* it has ended, and says why */
			line.data += written;
			line.length -= (size_t)written;
		}
		length = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (length < 0 && errno != EINTR)
			return EX_TEMPFAIL;
		line = (struct span){ bytes, length > 0 ? (size_t)length : 0 };
	} while (length != 0);
	return 0;
}

static void
execute(const char *program, char **words, int input)
{
	signal(SIGPIPE, SIG_DFL);
	if (dup2(input, STDIN_FILENO) >= 0)
		execvp(program, words);
	complain("%s: %s", program, strerror(errno));
	_exit(EX_UNAVAILABLE);
}
