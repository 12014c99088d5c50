/*
 * thin_watch.c - one connection, one request a second
 *
 * Whole seconds from the first one on: an answer that is late does not make the next one late. If
 * our output is not read, we ask no more, and the daemon has nothing to keep for us.
 */
#include "tools/thin_watch.h"

#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_socket.h"

static void sleep_until(struct timespec moment);

int
thin_watch(const struct home *home, char **words)
{
	struct timespec moment;
	int             code   = 0;
	int             socket = thin_socket_connect(home);

	if (socket < 0) {
		complain("watch needs the daemon, and none is running in %s", home->run);
		return THIN_NO_DAEMON;
	}
	clock_gettime(CLOCK_MONOTONIC, &moment);
	while (code == 0 && !ferror(stdout)) {
		code = thin_ask_on(socket, words);
		moment.tv_sec++;
		if (code == 0)
			sleep_until(moment);
	}
	close(socket);
	return ferror(stdout) ? EX_IOERR : code;
}

static void
sleep_until(struct timespec moment)
{
	struct timespec now, wait;

	clock_gettime(CLOCK_MONOTONIC, &now);
	wait.tv_sec  = moment.tv_sec - now.tv_sec;
	wait.tv_nsec = moment.tv_nsec - now.tv_nsec;
	if (wait.tv_nsec < 0) {
		wait.tv_sec--;
		wait.tv_nsec += 1000000000;
	}
	if (wait.tv_sec >= 0)
		nanosleep(&wait, NULL);
}
