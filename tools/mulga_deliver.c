/*
 * mulga_deliver.c - delivers as the recipient: the only program here that is run as root
 *
 *	mulga-deliver USER maildir FOLDER [QUOTA]      < MAIL
 *	mulga-deliver USER command PROGRAM [ARGUMENT...] < MAIL
 *
 * The daemon runs as a user of its own and writes no file as anybody else. Where mailboxes belong
 * to their readers, it runs this instead, as a `deliver command`. Installed as root, of the daemon's
 * group and mode 4750, it may be run by the daemon alone, which the kernel sees to. It becomes the
 * recipient, for ever and never root, before it looks at anything of theirs: whatever a user has
 * put in the way, a link or a pipe, is then theirs to suffer from. FOLDER is below their home, or
 * absolute. Nothing of the caller's is kept but the message on standard input: not its environment,
 * not its open files, not its groups.
 *
 * A message is one file, named by MULGA_ID: a second run finds it and does nothing. Exit codes are
 * sysexits, as handlers have them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { ID_MAX = 200, CPU_SECONDS = 600, NAME_SIZE = 256 };

static int  become(const char *user);
static int  leave_behind(const struct passwd *user);
static bool is_open_to_all(void);
static int  deliver_maildir(const char *folder, const char *quota);
static int  make_folders(const char *folder);
static int  write_message(int new_folder, const char *id, unsigned long long room);
static int  copy_input(int file, unsigned long long room);
static int  used_bytes(const char *folder, unsigned long long *used);
static bool has_been_read(const char *id);
static bool is_file_name(const char *id);
static int  complain(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

static char message_id[NAME_SIZE]; /* of the environment, before that went */

int
main(int count, char **words)
{
	const char *id = getenv("MULGA_ID");
	bool        maildir;
	int         code;

	if (count < 4)
		return complain(EX_USAGE, "usage: mulga-deliver USER maildir FOLDER [QUOTA] | "
		                          "USER command PROGRAM [ARGUMENT...]");
	if (id == NULL || !is_file_name(id))
		return complain(EX_USAGE, "MULGA_ID does not name a message");
	snprintf(message_id, sizeof(message_id), "%s", id);
	maildir = strcmp(words[2], "maildir") == 0 && count <= 5;
	if (!maildir && strcmp(words[2], "command") != 0)
		return complain(EX_USAGE, "maildir FOLDER [QUOTA] or command, not \"%s\"",
		                words[2]);
	code = become(words[1]);
	if (code == 0 && chdir(getenv("HOME")) != 0 && words[3][0] != '/')
		code = complain(EX_TEMPFAIL, "the home of %s: %s", words[1], strerror(errno));
	if (code != 0)
		return code;
	if (maildir)
		return deliver_maildir(words[3], count == 5 ? words[4] : NULL);
	execv(words[3], words + 3);
	return complain(errno == ENOENT ? EX_CONFIG : EX_OSERR, "%s: %s", words[3],
	                strerror(errno));
}

/* --- who we are -------------------------------------------------------------------------- */

/* 0: this process is that user. A program that is root only as it runs checks first
 * that not everybody can run it. */
static int
become(const char *user)
{
	const struct passwd *entry = getpwnam(user);

	if (geteuid() != 0)
		return complain(EX_CONFIG,
		                "must be installed as root, of mode 4750 and the daemon's group");
	if (getuid() != 0 && is_open_to_all())
		return complain(EX_CONFIG, "everybody may run this: its mode must be 4750");
	if (entry == NULL)
		return complain(EX_NOUSER, "no such user");
	if (entry->pw_uid == 0)
		return complain(EX_NOPERM, "never as root: give root's mail to somebody");
	return leave_behind(entry);
}

static bool
is_open_to_all(void)
{
	struct stat status;

	return stat("/proc/self/exe", &status) != 0 || (status.st_mode & S_IXOTH) != 0;
}

/* The order matters: groups while we are root, the user last, and then it is tried to go back. */
static int
leave_behind(const struct passwd *user)
{
	const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS }, core = { 0, 0 };
	char                home[PATH_MAX], name[NAME_SIZE];

	snprintf(home, sizeof(home), "%s", user->pw_dir);
	snprintf(name, sizeof(name), "%s", user->pw_name);
	if (close_range(3, ~0U, 0) != 0 || clearenv() != 0)
		return complain(EX_OSERR, "%s", strerror(errno));
	if (initgroups(user->pw_name, user->pw_gid) != 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return complain(EX_OSERR, "cannot become %s: %s", user->pw_name, strerror(errno));
	if (setuid(0) == 0 || geteuid() == 0 || getegid() != user->pw_gid)
		return complain(EX_OSERR, "cannot stop to be root");
	umask(077);
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	if (setenv("HOME", home, 1) != 0 || setenv("USER", name, 1) != 0 ||
	    setenv("LOGNAME", name, 1) != 0 ||
	    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1) != 0 ||
	    setenv("MULGA_ID", message_id, 1) != 0)
		return complain(EX_OSERR, "%s", strerror(errno));
	return 0;
}

/* --- a Maildir --------------------------------------------------------------------------- */

static int
deliver_maildir(const char *folder, const char *quota)
{
	unsigned long long most = 0, used = 0;
	char              *end  = NULL;
	int                code = make_folders(folder), new_folder;

	if (quota != NULL) {
		errno = 0;
		most  = strtoull(quota, &end, 10);
		if (errno != 0 || *end != '\0' || most == 0 || quota[0] == '-')
			return complain(EX_USAGE, "\"%s\" is no quota in bytes", quota);
	}
	if (code != 0)
		return code;
	if (has_been_read(message_id))
		return EX_OK;
	if (quota != NULL)
		code = used_bytes("new", &used) + used_bytes("cur", &used);
	if (code != 0)
		return EX_TEMPFAIL;
	if (used > most)
		used = most;
	new_folder = open("new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (new_folder < 0)
		return complain(EX_CANTCREAT, "new: %s", strerror(errno));
	return write_message(new_folder, message_id, quota != NULL ? most - used : ULLONG_MAX);
}

/* Makes what is missing, and goes there. */
static int
make_folders(const char *folder)
{
	static const char *const names[] = { "tmp", "new", "cur" };

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return complain(EX_CANTCREAT, "%s: %s", folder, strerror(errno));
	if (chdir(folder) != 0)
		return complain(EX_CANTCREAT, "%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mkdir(names[i], 0700) != 0 && errno != EEXIST)
			return complain(EX_CANTCREAT, "%s/%s: %s", folder, names[i],
			                strerror(errno));
	return 0;
}

/* Whole and durable under a hidden name, then by one rename. */
static int
write_message(int new_folder, const char *id, unsigned long long room)
{
	char hidden[NAME_SIZE + 16];
	int  file, code;

	snprintf(hidden, sizeof(hidden), ".mulga-%s", id);
	unlinkat(new_folder, hidden, 0); /* of a run that was cut */
	file =
	    openat(new_folder, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return complain(errno == ENOSPC || errno == EDQUOT ? EX_TEMPFAIL : EX_CANTCREAT,
		                "new: %s", strerror(errno));
	code = copy_input(file, room);
	if (code == 0 && (fsync(file) != 0 || close(file) != 0))
		code = complain(EX_TEMPFAIL, "%s", strerror(errno));
	if (code == 0 && renameat2(new_folder, hidden, new_folder, id, RENAME_NOREPLACE) != 0 &&
	    errno != EEXIST)
		code = complain(EX_TEMPFAIL, "%s", strerror(errno));
	if (code == 0 && fsync(new_folder) != 0)
		code = complain(EX_TEMPFAIL, "%s", strerror(errno));
	unlinkat(new_folder, hidden, 0);
	return code;
}

static int
copy_input(int file, unsigned long long room)
{
	char    bytes[65536];
	ssize_t length;

	while ((length = read(STDIN_FILENO, bytes, sizeof(bytes))) != 0) {
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return complain(EX_TEMPFAIL, "%s", strerror(errno));
		if ((unsigned long long)length > room)
			return complain(EX_TEMPFAIL, "the mailbox is full");
		room -= (unsigned long long)length;
		for (ssize_t done = 0, written; done < length; done += written) {
			written = write(file, bytes + done, (size_t)(length - done));
			if (written < 0 && errno != EINTR)
				return complain(EX_TEMPFAIL, "%s", strerror(errno));
			if (written < 0)
				written = 0;
		}
	}
	return 0;
}

static int
used_bytes(const char *folder, unsigned long long *used)
{
	DIR           *directory = opendir(folder);
	struct dirent *entry;
	struct stat    status;

	if (directory == NULL)
		return complain(EX_TEMPFAIL, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(directory)) != NULL)
		if (fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) && strncmp(entry->d_name, ".mulga-", 7) != 0)
			*used += (unsigned long long)status.st_size;
	closedir(directory);
	return 0;
}

/* In new/ under its id, or in cur/ where a reader has put flags behind it. */
static bool
has_been_read(const char *id)
{
	DIR           *directory;
	struct dirent *entry;
	size_t         length = strlen(id);
	char           path[NAME_SIZE + 16];
	bool           found;

	snprintf(path, sizeof(path), "new/%s", id);
	found     = access(path, F_OK) == 0;
	directory = found ? NULL : opendir("cur");
	while (directory != NULL && !found && (entry = readdir(directory)) != NULL)
		found = strncmp(entry->d_name, id, length) == 0 &&
		        (entry->d_name[length] == '\0' || entry->d_name[length] == ':');
	if (directory != NULL)
		closedir(directory);
	return found;
}

/* --- words ------------------------------------------------------------------------------- */

static bool
is_file_name(const char *id)
{
	size_t length = strlen(id);

	return length > 0 && length <= ID_MAX &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length && id[0] != '.';
}

static int
complain(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return code;
}
