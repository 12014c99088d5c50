/*
 * thin_shell.c - a terminal is made raw before the daemon says a word on it
 *
 * The far end does not know when this program starts: what it says before is echoed, translated or
 * thrown away. So the terminal is flushed when it is raw, and only then is the daemon asked, which
 * says READY (PROTOCOL section 8).
 *
 * Whoever ends us, a modem that loses its carrier (SIGHUP) above all, gets the terminal back as it
 * was; that our connection to the daemon closes is what ends the call.
 */
#include "tools/thin_shell.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/thin_answer.h"
#include "tools/thin_socket.h"

static struct termios before; /* for the handler of signals, which has nobody else to ask */

static bool   daemon_runs(const struct home *home);
static bool   make_raw(void);
static void   restore(void);
static void   ended(int number);
static char **answer_words(char **words, bool terminal);

int
thin_shell(const struct home *home, char **words)
{
	bool   terminal = isatty(STDIN_FILENO) != 0;
	char **asked;
	int    code;

	if (!daemon_runs(home)) {
		complain("no mulga runs here now, try later");
		return EX_TEMPFAIL;
	}
	if (terminal && !make_raw()) {
		complain("this terminal cannot be made raw");
		return EX_IOERR;
	}
	asked = answer_words(words, terminal);
	code  = thin_answer(home, asked);
	free(asked);
	if (terminal)
		restore();
	return code;
}

static bool
daemon_runs(const struct home *home)
{
	int socket = thin_socket_connect(home);

	if (socket >= 0)
		close(socket);
	return socket >= 0;
}

static bool
make_raw(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT };
	struct termios   raw;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return false;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], ended);
	raw = before;
	cfmakeraw(&raw);
	raw.c_iflag |= IGNBRK | IGNPAR;
	raw.c_cc[VMIN]  = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0;
}

static void
restore(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void
ended(int number)
{
	restore();
	_exit(128 + number);
}

/* `answer`, what is known of the line, and the options that were given. */
static char **
answer_words(char **words, bool terminal)
{
	const char *name  = terminal ? ttyname(STDIN_FILENO) : NULL;
	size_t      count = 0, at = 0;
	char      **asked;

	while (words[count] != NULL)
		count++;
	asked       = memory_new(count + 5, sizeof(asked[0]));
	asked[at++] = "answer";
	if (terminal)
		asked[at++] = "--terminal";
	if (name != NULL) {
		asked[at++] = "--from";
		asked[at++] = (char *)name;
	}
	for (; *words != NULL && strcmp(*words, "-c") != 0; words++)
		asked[at++] = *words;
	return asked;
}
