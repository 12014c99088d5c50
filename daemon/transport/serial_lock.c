/*
 * serial_lock.c - taking away a stale lock without taking somebody's fresh one
 *
 * Between reading a dead pid and removing the file somebody else may have done both and made
 * his own lock. So a stale file is first renamed to a name of ours and read again: if it is
 * a living process's after all, it is linked back.
 */
#include "daemon/transport/serial_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 5, UNFINISHED_S = 10 };

static bool  lock_path(char *path, size_t size, const char *folder, const char *device);
static bool  write_own(const char *path);
static pid_t read_pid(const char *path);
static bool  is_alive(pid_t pid);
static bool  is_unfinished(const char *path);
static void  remove_stale(const char *path, const char *own);
static void  name_process(pid_t pid, char *text, size_t size);

enum status
serial_lock_take(struct serial_lock *lock, const char *folder, const char *device,
                 struct diagnostic *diagnostic)
{
	char own[SERIAL_LOCK_PATH_SIZE + 32], holder[64];
	bool taken = false;

	if (!lock_path(lock->path, sizeof(lock->path), folder, device)) {
		lock->path[0] = '\0';
		diagnostic_set(diagnostic, "%s: its name is too long for a lock", device);
		return STATUS_INVALID;
	}
	snprintf(own, sizeof(own), "%s.%ld", lock->path, (long)getpid());
	if (!write_own(own)) {
		diagnostic_set(diagnostic, "%s cannot be written: %s", own, strerror(errno));
		lock->path[0] = '\0';
		return STATUS_UNAVAILABLE;
	}
	for (int i = 0; i < ATTEMPTS && !taken; i++) {
		pid_t pid;

		taken = link(own, lock->path) == 0;
		if (taken || errno != EEXIST)
			break;
		pid = read_pid(lock->path);
		if ((pid > 0 && pid != getpid() && is_alive(pid)) ||
		    (pid <= 0 && is_unfinished(lock->path)))
			break;
		remove_stale(lock->path, own);
		write_own(own); /* its name was needed */
	}
	unlink(own);
	if (taken)
		return STATUS_OK;
	if (!serial_lock_holder(folder, device, holder, sizeof(holder)))
		snprintf(holder, sizeof(holder), "another program");
	diagnostic_set(diagnostic, "%s is in use by %s", device, holder);
	lock->path[0] = '\0';
	return STATUS_BUSY;
}

void
serial_lock_drop(struct serial_lock *lock)
{
	if (lock->path[0] != '\0' && read_pid(lock->path) == getpid())
		unlink(lock->path);
	lock->path[0] = '\0';
}

bool
serial_lock_holder(const char *folder, const char *device, char *text, size_t size)
{
	char  path[SERIAL_LOCK_PATH_SIZE];
	pid_t pid;

	if (!lock_path(path, sizeof(path), folder, device))
		return false;
	pid = read_pid(path);
	if (pid <= 0 || !is_alive(pid))
		return false;
	name_process(pid, text, size);
	return true;
}

/* "/dev/pts/5" is LCK..pts_5. */
static bool
lock_path(char *path, size_t size, const char *folder, const char *device)
{
	char       *real = realpath(device, NULL);
	const char *name = real != NULL ? real : device;
	size_t      start;
	int         length;

	if (strncmp(name, "/dev/", 5) == 0)
		name += 5;
	else if (strrchr(name, '/') != NULL)
		name = strrchr(name, '/') + 1;
	length = snprintf(path, size, "%s/LCK..", folder != NULL ? folder : SERIAL_LOCK_FOLDER);
	start  = (size_t)length;
	if (start < size)
		length += snprintf(path + start, size - start, "%s", name);
	for (size_t i = start; i < size && path[i] != '\0'; i++)
		if (path[i] == '/')
			path[i] = '_';
	free(real);
	return (size_t)length < size;
}

static bool
write_own(const char *path)
{
	char text[16];
	int  file, error;
	bool well;

	unlink(path);
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (file < 0)
		return false;
	snprintf(text, sizeof(text), "%10ld\n", (long)getpid());
	well  = write(file, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(file, 0644) == 0;
	error = errno;
	close(file);
	if (!well)
		unlink(path);
	errno = error;
	return well;
}

/* 0: there is none, or nobody's. Old programs wrote the number as it is in memory. */
static pid_t
read_pid(const char *path)
{
	char    text[32];
	int     file   = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
	long    pid;

	if (file >= 0)
		close(file);
	if (length <= 0)
		return 0;
	if (length == (ssize_t)sizeof(int32_t)) {
		int32_t number;

		memcpy(&number, text, sizeof(number));
		return number > 0 ? number : 0;
	}
	text[length] = '\0';
	pid          = strtol(text, NULL, 10);
	return pid > 0 && pid <= INT32_MAX ? (pid_t)pid : 0;
}

static bool
is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* Some programs make the file first and write their pid afterwards. */
static bool
is_unfinished(const char *path)
{
	struct stat     about;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return lstat(path, &about) == 0 && now.tv_sec - about.st_mtim.tv_sec < UNFINISHED_S;
}

static void
remove_stale(const char *path, const char *own)
{
	pid_t pid;

	if (rename(path, own) != 0)
		return;
	pid = read_pid(own);
	if (pid > 0 && pid != getpid() && is_alive(pid) && link(own, path) != 0)
		return; /* two fresh ones: the second to come has seen the line free */
	unlink(own);
}

static void
name_process(pid_t pid, char *text, size_t size)
{
	char  path[48], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fgets(name, sizeof(name), file) == NULL)
			name[0] = '\0';
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	if (name[0] != '\0')
		snprintf(text, size, "%s (pid %ld)", name, (long)pid);
	else
		snprintf(text, size, "pid %ld", (long)pid);
}

/* A line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:19:6 0 EOF". */
bool
serial_lock_flock_holder(int file, char *text, size_t size)
{
	struct stat about;
	char        line[256], wanted[64];
	FILE       *locks;
	bool        found = false;

	if (fstat(file, &about) != 0)
		return false;
	locks = fopen("/proc/locks", "re");
	if (locks == NULL)
		return false;
	snprintf(wanted, sizeof(wanted), " %02x:%02x:%llu ", major(about.st_dev),
	         minor(about.st_dev), (unsigned long long)about.st_ino);
	while (!found && fgets(line, sizeof(line), locks) != NULL) {
		char *place = strstr(line, wanted);
		char *pid;

		if (place == NULL || strstr(line, " FLOCK ") == NULL)
			continue;
		*place = '\0';
		pid    = strrchr(line, ' ');
		if (pid == NULL)
			continue;
		name_process((pid_t)strtol(pid, NULL, 10), text, size);
		found = true;
	}
	fclose(locks);
	return found;
}
