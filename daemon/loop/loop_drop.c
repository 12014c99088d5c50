/*
 * loop_drop.c - a folder that everybody may write to is a hostile place
 *
 * A name in it may be a link to somebody else's file, a fifo that never ends, a device, a
 * file that is still growing. So a file is opened once, without following links and
 * without waiting, judged by what was opened, and read by descriptor. Names that begin
 * with a dot are files still being written. A file that was left for later is looked at
 * again when the folder changes or a minute is over.
 */
#include "daemon/loop/loop_drop.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/loop/loop_clients.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

#define REFUSED "refused"

enum { MINUTE_MS = 60000, REFUSED_NAMES_MAX = 100 };

static enum status make_folder(const char *path, struct diagnostic *diagnostic);
static void        changed(uv_fs_event_t *watch, const char *name, int events, int status);
static void        minute_over(uv_timer_t *timer);
static void        scan(struct loop_drop *drop);
static int         name_order(const void *left, const void *right);
static bool        is_open(const struct loop_drop *drop, const char *name);
static void        take_in(struct loop_drop *drop, struct loop_drop_file *file, const char *name);
static void        read_piece(struct loop_drop *drop, struct loop_drop_file *file);
static void        refuse(const struct loop_drop *drop, const char *name, const char *why);
static void        free_place(struct loop_drop_file *file);

enum status
loop_drop_open(struct loop_drop *drop, uv_loop_t *uv, struct loop_inbox *inbox, const char *folder,
               struct diagnostic *diagnostic)
{
	enum status status = make_folder(folder, diagnostic);
	int         result;

	if (status != STATUS_OK)
		return status;
	*drop = (struct loop_drop){ .inbox = inbox, .next_id = 2, .scan = true, .open = true };
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++)
		drop->files[i].fd = -1;
	drop->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uv_fs_event_init(uv, &drop->watch);
	uv_timer_init(uv, &drop->minute);
	drop->watch.data = drop->minute.data = drop;
	if (mkdirat(drop->folder, REFUSED, 0700) != 0 && errno != EEXIST)
		log_line(LOG_WARNING, "%s/" REFUSED ": %s", folder, strerror(errno));
	result = uv_fs_event_start(&drop->watch, changed, folder, 0);
	if (result != 0)
		log_line(LOG_WARNING, "%s is looked at once a minute only: %s", folder,
		         uv_strerror(result));
	uv_timer_start(&drop->minute, minute_over, MINUTE_MS, MINUTE_MS);
	return STATUS_OK;
}

/* The sticky bit keeps users from each other's files, no read permission keeps them from
 * names; the group, inherited by the files, lets the daemon read them. */
static enum status
make_folder(const char *path, struct diagnostic *diagnostic)
{
	struct stat info;

	if (mkdir(path, 0700) == 0 && chmod(path, 03733) == 0)
		return STATUS_OK;
	if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
		return STATUS_OK;
	diagnostic_set(diagnostic, "cannot make the folder %s: %s", path, strerror(errno));
	return STATUS_UNAVAILABLE;
}

void
loop_drop_close(struct loop_drop *drop)
{
	if (!drop->open)
		return;
	loop_drop_forget(drop);
	drop->open = false;
	free(drop->waiting);
	close(drop->folder);
	uv_close((uv_handle_t *)&drop->watch, NULL);
	uv_close((uv_handle_t *)&drop->minute, NULL);
}

static void
changed(uv_fs_event_t *watch, const char *name, int events, int status)
{
	struct loop_drop *drop = watch->data;

	(void)name, (void)events, (void)status;
	drop->scan = true;
	loop_inbox_wake(drop->inbox);
}

static void
minute_over(uv_timer_t *timer)
{
	struct loop_drop *drop = timer->data;

	drop->scan = true;
	loop_inbox_wake(drop->inbox);
}

bool
loop_drop_has_more(const struct loop_drop *drop)
{
	bool is_free = false;

	if (!drop->open)
		return false;
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++) {
		if (drop->files[i].id != 0 && drop->files[i].fd >= 0)
			return true;
		is_free = is_free || drop->files[i].id == 0;
	}
	return is_free && (drop->waiting_count > 0 || drop->scan);
}

void
loop_drop_gather(struct loop_drop *drop)
{
	if (drop->waiting_count == 0 && drop->scan)
		scan(drop);
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++) {
		struct loop_drop_file *file = &drop->files[i];

		if (file->id == 0 && drop->waiting_count > 0) {
			char *name = drop->waiting[--drop->waiting_count];

			if (!is_open(drop, name))
				take_in(drop, file, name);
			free(name);
		}
		if (file->id != 0 && file->fd >= 0)
			read_piece(drop, file);
	}
}

static void
scan(struct loop_drop *drop)
{
	int            copy   = openat(drop->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR           *folder = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *entry;

	drop->scan = false;
	if (folder == NULL) {
		log_line(LOG_ERROR, "drop: %s", strerror(errno));
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, REFUSED) == 0)
			continue;
		drop->waiting = memory_grow(drop->waiting, &drop->waiting_capacity,
		                            drop->waiting_count + 1, sizeof(drop->waiting[0]));
		drop->waiting[drop->waiting_count++] = memory_copy_text(entry->d_name);
	}
	closedir(folder);
	if (drop->waiting_count > 0)
		qsort(drop->waiting, drop->waiting_count, sizeof(drop->waiting[0]), name_order);
}

/* Descending: names are taken from the end. */
static int
name_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)right, *(char *const *)left);
}

static bool
is_open(const struct loop_drop *drop, const char *name)
{
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++)
		if (drop->files[i].id != 0 && strcmp(drop->files[i].name, name) == 0)
			return true;
	return false;
}

static void
take_in(struct loop_drop *drop, struct loop_drop_file *file, const char *name)
{
	int         fd = openat(drop->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0) {
		if (errno == ELOOP)
			refuse(drop, name, "it is a symbolic link");
		else if (errno != ENOENT)
			log_line(LOG_WARNING, "drop/%s cannot be read: %s", name, strerror(errno));
		return;
	}
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1) {
		close(fd);
		refuse(drop, name, "it is no plain file with one name");
		return;
	}
	*file = (struct loop_drop_file){ .id = drop->next_id, .fd = fd };
	snprintf(file->name, sizeof(file->name), "%s", name);
	drop->next_id += 2;
	loop_client_opened(drop->inbox, file->id, info.st_uid)->drop = true;
}

static void
read_piece(struct loop_drop *drop, struct loop_drop_file *file)
{
	ssize_t     length = read(file->fd, drop->room, sizeof(drop->room));
	struct span bytes;

	if (length > 0) {
		bytes = loop_inbox_span(drop->inbox, drop->room, (size_t)length);
		loop_inbox_add(drop->inbox, EVENT_CLIENT_BYTES, file->id)->bytes = bytes;
		return;
	}
	close(file->fd);
	file->fd = -1;
	if (length == 0) {
		loop_inbox_add(drop->inbox, EVENT_CLIENT_ENDED, file->id);
	} else {
		log_line(LOG_ERROR, "drop/%s cannot be read: %s", file->name, strerror(errno));
		loop_inbox_add(drop->inbox, EVENT_CLIENT_CLOSED, file->id);
		free_place(file);
	}
}

void
loop_drop_perform(struct loop_drop *drop, const struct action *action)
{
	if (action->kind != ACTION_CLIENT_CLOSE)
		return;
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++) {
		struct loop_drop_file *file = &drop->files[i];
		char                   why[32];

		if (file->id != action->id || file->id == 0)
			continue;
		if (action->code == 0 && unlinkat(drop->folder, file->name, 0) != 0)
			log_line(LOG_ERROR, "drop/%s is taken but stays: %s", file->name,
			         strerror(errno));
		else if (action->code == EX_TEMPFAIL)
			log_line(LOG_INFO, "drop/%s is left for later", file->name);
		else if (action->code != 0) {
			snprintf(why, sizeof(why), "exit code %d", action->code);
			refuse(drop, file->name, why);
		}
		free_place(file);
	}
}

static void
refuse(const struct loop_drop *drop, const char *name, const char *why)
{
	char aside[sizeof(REFUSED) + NAME_MAX + 8];

	snprintf(aside, sizeof(aside), REFUSED "/%s", name);
	for (int i = 1; renameat2(drop->folder, name, drop->folder, aside, RENAME_NOREPLACE) != 0;
	     i++) {
		if (errno != EEXIST || i > REFUSED_NAMES_MAX) {
			log_line(LOG_ERROR, "drop/%s is refused, %s, but stays: %s", name, why,
			         strerror(errno));
			return;
		}
		snprintf(aside, sizeof(aside), REFUSED "/%s.%d", name, i);
	}
	log_line(LOG_WARNING, "drop/%s is refused, %s: now drop/%s", name, why, aside);
}

void
loop_drop_forget(struct loop_drop *drop)
{
	for (size_t i = 0; i < LOOP_DROP_OPEN_MAX; i++)
		if (drop->files[i].id != 0)
			free_place(&drop->files[i]);
	while (drop->waiting_count > 0)
		free(drop->waiting[--drop->waiting_count]);
	drop->scan = true;
}

static void
free_place(struct loop_drop_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	*file = (struct loop_drop_file){ .fd = -1 };
}
