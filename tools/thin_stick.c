/*
 * thin_stick.c - whole files only, and only ours are ever removed
 *
 * Who writes holds a lock on the hidden file, so a half written one that nobody has locked is left
 * over from a writer that was killed. The order at the end: fsync of the file, rename, fsync of
 * the folder; only then is the daemon told.
 */
#include "tools/thin_stick.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "tools/complain.h"

#define SUFFIX ".mulga"
#define PART   ".mulga-part-" /* and 16 hexadecimal digits */

enum { NAME_OF_NODE_MAX = 200, BUNDLE_ID_AT = 14, BUNDLE_ID_LENGTH = 16, SPARE_BYTES = 1 << 16 };

static void remove_leftovers(const struct thin_stick *stick);
static bool is_bundle(const char *name);
static int  name_order(const void *left, const void *right);
static bool bundle_name(struct thin_stick *stick, const char *neighbor, char *name, size_t size);
static bool fail(struct thin_stick *stick, const char *what);

bool
thin_stick_open(struct thin_stick *stick, const char *path)
{
	*stick        = (struct thin_stick){ .path = path };
	stick->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stick->folder < 0) {
		complain("%s: %s", path, strerror(errno));
		return false;
	}
	remove_leftovers(stick);
	return true;
}

void
thin_stick_close(struct thin_stick *stick)
{
	thin_stick_drop(stick);
	close(stick->folder);
}

uint64_t
thin_stick_space(const struct thin_stick *stick)
{
	struct statvfs info;
	uint64_t       space;

	if (fstatvfs(stick->folder, &info) != 0)
		return 0;
	space = (uint64_t)info.f_bavail * info.f_frsize;
	return space > SPARE_BYTES ? space - SPARE_BYTES : 0; /* names take room, too */
}

char **
thin_stick_list(const struct thin_stick *stick, uint64_t *bytes)
{
	int            copy   = openat(stick->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR           *folder = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;
	struct stat    info;
	char         **names = memory_new(1, sizeof(*names));
	size_t         count = 0, capacity = 1;

	*bytes = 0;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (!is_bundle(entry->d_name) ||
		    fstatat(stick->folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(info.st_mode))
			continue;
		*bytes += (uint64_t)info.st_size;
		names          = memory_grow(names, &capacity, count + 2, sizeof(*names));
		names[count++] = memory_copy_text(entry->d_name);
	}
	names[count] = NULL;
	if (folder != NULL)
		closedir(folder);
	qsort(names, count, sizeof(*names), name_order);
	return names;
}

void
thin_stick_list_free(char **names)
{
	for (size_t i = 0; names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

bool
thin_stick_begin(struct thin_stick *stick)
{
	uint64_t drawn = 0;
	int      file;

	if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
		return fail(stick, "the kernel gives no random bytes");
	snprintf(stick->part, sizeof(stick->part), PART "%016llx", (unsigned long long)drawn);
	file = openat(stick->folder, stick->part,
	              O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (file < 0) {
		stick->part[0] = '\0';
		return fail(stick, strerror(errno));
	}
	flock(file, LOCK_EX | LOCK_NB); /* some file systems have none: then nobody cleans up */
	stick->file = fdopen(file, "w+");
	return stick->file != NULL || fail(stick, strerror(errno));
}

bool
thin_stick_publish(struct thin_stick *stick, const char *neighbor)
{
	char name[NAME_OF_NODE_MAX + 64];

	if (fflush(stick->file) != 0 || ferror(stick->file) ||
	    !bundle_name(stick, neighbor, name, sizeof(name)) || fsync(fileno(stick->file)) != 0 ||
	    renameat(stick->folder, stick->part, stick->folder, name) != 0)
		return fail(stick, strerror(errno));
	fclose(stick->file);
	stick->file    = NULL;
	stick->part[0] = '\0';
	if (fsync(stick->folder) == 0 || errno == EINVAL)
		return true;
	complain("%s: %s", stick->path, strerror(errno));
	return false;
}

void
thin_stick_drop(struct thin_stick *stick)
{
	if (stick->file != NULL)
		fclose(stick->file);
	if (stick->part[0] != '\0')
		unlinkat(stick->folder, stick->part, 0);
	stick->file    = NULL;
	stick->part[0] = '\0';
}

int
thin_stick_read(const struct thin_stick *stick, const char *name)
{
	int file = openat(stick->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (file < 0)
		complain("%s/%s: %s", stick->path, name, strerror(errno));
	return file;
}

bool
thin_stick_remove(const struct thin_stick *stick, const char *name)
{
	if (unlinkat(stick->folder, name, 0) == 0)
		return true;
	if (errno != EROFS)
		complain("%s/%s: %s", stick->path, name, strerror(errno));
	return false;
}

static void
remove_leftovers(const struct thin_stick *stick)
{
	int            copy   = openat(stick->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR           *folder = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		int file;

		if (strncmp(entry->d_name, PART, strlen(PART)) != 0 ||
		    strlen(entry->d_name) != strlen(PART) + 16)
			continue;
		file = openat(stick->folder, entry->d_name,
		              O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
			unlinkat(stick->folder, entry->d_name, 0);
		if (file >= 0)
			close(file);
	}
	if (folder != NULL)
		closedir(folder);
}

static bool
is_bundle(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > strlen(SUFFIX) &&
	       strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int
name_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* For people: whom it is for. It is unlike any other by the id, which is in its first block. */
static bool
bundle_name(struct thin_stick *stick, const char *neighbor, char *name, size_t size)
{
	unsigned char id[BUNDLE_ID_LENGTH];
	char          digits[2 * BUNDLE_ID_LENGTH + 1];

	if (pread(fileno(stick->file), id, sizeof(id), BUNDLE_ID_AT) != (ssize_t)sizeof(id))
		return false;
	for (size_t i = 0; i < sizeof(id); i++)
		snprintf(digits + 2 * i, 3, "%02x", id[i]);
	snprintf(name, size, "%.*s.%s" SUFFIX, NAME_OF_NODE_MAX, neighbor, digits);
	return true;
}

static bool
fail(struct thin_stick *stick, const char *what)
{
	complain("%s: %s", stick->path, what);
	thin_stick_drop(stick);
	return false;
}
