/*
 * repeat.c - runs a program again and again, several at once, and prints the seconds it took
 *
 *	bench-repeat COUNT AT-ONCE PROGRAM [ARGUMENT...]
 *
 * A shell's own forks would cost more than what is measured. The first run that fails ends
 * it all with exit 1. What the programs print goes nowhere.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static bool   start(char **words);
static bool   wait_one(void);
static double seconds(void);

int
main(int count, char **words)
{
	long   left    = count > 3 ? strtol(words[1], NULL, 10) : 0;
	long   at_once = count > 3 ? strtol(words[2], NULL, 10) : 0;
	long   running = 0;
	double began   = seconds();

	if (left <= 0 || at_once <= 0) {
		fputs("usage: bench-repeat COUNT AT-ONCE PROGRAM [ARGUMENT...]\n", stderr);
		return 64;
	}
	while (left > 0 || running > 0) {
		bool starts = left > 0 && running < at_once;

		if (!(starts ? start(words + 3) : wait_one())) {
			fprintf(stderr, "bench-repeat: %s failed\n", words[3]);
			return 1;
		}
		left -= starts;
		running += starts ? 1 : -1;
	}
	printf("%.3f\n", seconds() - began);
	return 0;
}

static bool
start(char **words)
{
	posix_spawn_file_actions_t silence;
	pid_t                      child;
	bool                       started;

	posix_spawn_file_actions_init(&silence);
	posix_spawn_file_actions_addopen(&silence, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	started = posix_spawn(&child, words[0], &silence, NULL, words, environ) == 0;
	posix_spawn_file_actions_destroy(&silence);
	return started;
}

static bool
wait_one(void)
{
	int status;

	return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
