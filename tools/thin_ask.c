/*
 * thin_ask.c - a request over the socket, or another program beside this one
 */
#include "tools/thin_ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/control/control.h"
#include "tools/complain.h"
#include "tools/thin_socket.h"

static void fill_request(struct control_request *request, char **words);
static void try_program(const char *folder, char **arguments);

int
thin_ask(const struct home *home, char **words, bool reads)
{
	int socket = thin_socket_connect(home);
	int error  = errno;
	int code;

	if (socket >= 0) {
		code = thin_ask_on(socket, words);
		close(socket);
		return code;
	}
	if (reads)
		return thin_run_owner(home, words);
	if (error == EACCES || error == EPERM) {
		complain("%s/" HOME_SOCKET ": %s", home->run, strerror(error));
		return EX_NOPERM;
	}
	complain("%s needs the daemon, and none is running in %s", words[0], home->run);
	return THIN_NO_DAEMON;
}

int
thin_ask_on(int socket, char **words)
{
	struct control_request request;
	struct control_done    done;
	struct buffer          frames;
	int                    code = EX_TEMPFAIL;

	control_request_init(&request);
	buffer_init(&frames);
	fill_request(&request, words);
	control_append_request(&frames, &request);
	thin_socket_write(socket, buffer_span(&frames));
	if (thin_socket_answer(socket, stdout, &done))
		code = done.exit_code;
	else
		complain("the daemon went away before it had answered");
	buffer_release(&frames);
	control_request_release(&request);
	return code;
}

static void
fill_request(struct control_request *request, char **words)
{
	const char    *no_color = getenv("NO_COLOR");
	struct winsize window;

	for (; *words != NULL; words++) {
		if (strcmp(*words, "--json") == 0)
			request->json = true;
		else
			control_request_add(request, *words);
	}
	request->color = isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
		request->width = window.ws_col;
}

int
thin_run_owner(const struct home *home, char **words)
{
	return thin_run_beside("mulga-spool", home->folder, words);
}

/* It lies beside this program where both were built, else in lib/mulga of the same prefix. */
int
thin_run_beside(const char *program, const char *home, char **words)
{
	char    folder[4096];
	char  **arguments;
	size_t  count = 0, first = 1;
	ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char   *slash;

	while (words[count] != NULL)
		count++;
	arguments    = memory_new(count + 4, sizeof(arguments[0]));
	arguments[0] = (char *)program;
	if (home != NULL) {
		arguments[first++] = "-C";
		arguments[first++] = (char *)home;
	}
	memcpy(arguments + first, words, count * sizeof(words[0]));
	if (length > 0) {
		folder[length] = '\0';
		slash          = strrchr(folder, '/');
		*slash         = '\0';
		try_program(folder, arguments);
		snprintf(slash, sizeof(folder) - (size_t)(slash - folder), "/../lib/mulga");
		try_program(folder, arguments);
		snprintf(slash, sizeof(folder) - (size_t)(slash - folder), "/../sbin");
		try_program(folder, arguments);
	}
	free(arguments);
	complain("%s is not installed: %s", program, strerror(errno));
	return EX_UNAVAILABLE;
}

static void
try_program(const char *folder, char **arguments)
{
	struct buffer path;

	buffer_init(&path);
	buffer_append_format(&path, "%s/%s", folder, arguments[0]);
	execv(buffer_text(&path), arguments);
	buffer_release(&path);
}
