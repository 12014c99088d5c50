/*
 * main.c - mulgad: options, one spool, one loop
 *
 *	mulgad [-C DIR] [--debug] [--check | --once]
 *
 * Stays in the foreground and logs to stderr, one line each; a supervisor does the rest.
 * It is ready when its control socket accepts: then it prints "ready" and tells systemd.
 * Exit codes are those of sysexits(3): 64 usage, 65 a corrupt spool, 75 try later (somebody
 * else has the spool, an address is taken, the disk failed), 78 a description that is not
 * good or a spool of a newer version.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/loop/loop.h"
#include "spool/base/log.h"

/* Of memory that is free, so much is kept; what is larger than the latter is given back at once. */
enum { FREE_KEPT_BYTES = 8 << 20, MAPPED_BYTES = 1 << 20 };

static const char usage[] = "usage: mulgad [-C DIR] [--debug] [--check | --once]\n";

static int  run(struct config *config);
static bool read_description(struct config *config);
static int  lock_spool(const struct config *config);
static int  make_folder(const char *path);
static void write_name(const struct config *config);
static void allow_many_files(void);
static void keep_free_memory(void);
static void say_ready(void);
static void log_to_stderr(enum log_level level, const char *line);
static int  exit_code_of(enum status status);

int
main(int argc, char **argv)
{
	struct config config;
	const char   *home  = getenv("MULGA_HOME");
	bool          check = false, once = false;
	mode_t        mask = umask(077);
	int           code;

	log_set_sink(log_to_stderr, LOG_INFO);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-C") == 0 && i + 1 < argc) {
			home = argv[++i];
		} else if (strcmp(argv[i], "--debug") == 0) {
			log_set_sink(log_to_stderr, LOG_DEBUG);
		} else if (strcmp(argv[i], "--check") == 0) {
			check = true;
		} else if (strcmp(argv[i], "--once") == 0) {
			once = true;
			log_set_sink(log_to_stderr, LOG_WARNING);
		} else if (strcmp(argv[i], "--version") == 0) {
			puts("mulgad " MULGA_VERSION);
			return EX_OK;
		} else {
			fputs(usage, stderr);
			return EX_USAGE;
		}
	}
	signal(SIGPIPE, SIG_IGN);
	config_init(&config, home != NULL && *home != '\0' ? home : NULL);
	config.lock_folder = getenv("MULGA_LOCKS");
	config.once        = once;
	config.umask       = mask;
	if (!read_description(&config))
		code = EX_CONFIG;
	else
		code = check ? EX_OK : run(&config);
	config_release(&config);
	return code;
}

static int
run(struct config *config)
{
	struct diagnostic diagnostic;
	struct loop      *loop = NULL;
	enum status       status;
	int               lock, code;

	diagnostic_init(&diagnostic);
	allow_many_files();
	keep_free_memory();
	if (make_folder(config->home.spool) != 0)
		return EX_CANTCREAT;
	lock = lock_spool(config);
	if (lock < 0)
		return EX_TEMPFAIL;
	status = loop_open(&loop, config, &diagnostic);
	if (status != STATUS_OK) {
		log_line(LOG_ERROR, "%s", diagnostic.text);
		close(lock);
		return exit_code_of(status);
	}
	write_name(config);
	log_line(LOG_INFO, "mulgad " MULGA_VERSION " serves %s", config_node(config)->name.text);
	if (!config->once)
		say_ready();
	code = loop_run(loop);
	log_line(LOG_INFO, "mulgad ends");
	close(lock);
	return code;
}

/* What is wrong is shown as the operator's tools show it, not as log lines. */
static bool
read_description(struct config *config)
{
	struct buffer errors;
	enum status   status;

	buffer_init(&errors);
	status = config_read(config, &errors);
	if (status != STATUS_OK)
		fputs(buffer_text(&errors), stderr);
	buffer_release(&errors);
	return status == STATUS_OK;
}

static int
make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	log_line(LOG_ERROR, "cannot make the folder %s: %s", path, strerror(errno));
	return -1;
}

/* Held by the open descriptor, whatever ends the process. Whoever has it is written in it. */
static int
lock_spool(const struct config *config)
{
	int  lock = open(config->home.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char holder[32];

	if (lock < 0) {
		log_line(LOG_ERROR, "cannot open %s: %s", config->home.lock, strerror(errno));
		return -1;
	}
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		ssize_t length = pread(lock, holder, sizeof(holder) - 1, 0);

		holder[length > 0 ? length : 0]      = '\0';
		holder[strspn(holder, "0123456789")] = '\0';
		log_line(LOG_ERROR, "%s is in use by process %s", config->home.spool,
		         *holder != '\0' ? holder : "(not known)");
		close(lock);
		return -1;
	}
	if (ftruncate(lock, 0) == 0)
		dprintf(lock, "%" PRIdMAX "\n", (intmax_t)getpid());
	return lock;
}

/* For programs of other users that submit while no daemon runs; it may be missing. */
static void
write_name(const struct config *config)
{
	int file = open(config->home.name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (file < 0 || fchmod(file, 0644) != 0 ||
	    dprintf(file, "%s\n", config_node(config)->name.text) < 0)
		log_line(LOG_WARNING, "cannot write %s: %s", config->home.name, strerror(errno));
	if (file >= 0)
		close(file);
}

static void
allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Each turn wants again what the last one gave back, and the kernel zeroes every page that it hands out. */
static void
keep_free_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, FREE_KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
}

/* sd_notify(3) in its few lines; without a supervisor that waits, nothing. */
static void
say_ready(void)
{
	static const char  ready[] = "READY=1";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char        *path    = getenv("NOTIFY_SOCKET");
	size_t             length  = path != NULL ? strlen(path) : 0;
	int                notify;

	puts("ready");
	fflush(stdout);
	if (length == 0 || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* an abstract name */
	notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify < 0 ||
	    sendto(notify, ready, strlen(ready), MSG_NOSIGNAL, (const struct sockaddr *)&address,
	           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		log_line(LOG_WARNING, "cannot tell the supervisor: %s", strerror(errno));
	if (notify >= 0)
		close(notify);
}

/* The journal has its own clock and reads "<level>" prefixes; people read the rest. */
static void
log_to_stderr(enum log_level level, const char *line)
{
	static const char *const words[]  = { "error: ", "warning: ", "", "" };
	static const char        levels[] = { '3', '4', '6', '7' };
	struct timespec          now;
	struct tm                utc;
	char                     date[32];

	if (getenv("JOURNAL_STREAM") != NULL) {
		fprintf(stderr, "<%c>%s\n", levels[level], line);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	fprintf(stderr, "%s.%03ldZ mulgad[%" PRIdMAX "]: %s%s\n", date, now.tv_nsec / 1000000,
	        (intmax_t)getpid(), words[level], line);
}

static int
exit_code_of(enum status status)
{
	switch (status) {
	case STATUS_STALE:
	case STATUS_INVALID:
	case STATUS_NOT_FOUND: /* a file that the description needs */
		return EX_CONFIG;
	case STATUS_CORRUPT:
		return EX_DATAERR;
	case STATUS_DENIED:
		return EX_NOPERM;
	default:
		return EX_TEMPFAIL;
	}
}
