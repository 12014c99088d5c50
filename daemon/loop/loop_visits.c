/*
 * loop_visits.c - what changed in a folder while nobody of us was there is news
 *
 * A folder is known by its device, its inode, and the names, sizes and times of the bundles in it.
 * When a visit has ended that is taken down anew, so that what we wrote ourselves is no news.
 */
#include "daemon/loop/loop_visits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"

enum { QUIET_MS = 500, AGAIN_MS = 60000, SAID_MAX = 4096 };

struct loop_folder {
	uv_fs_event_t       watch;
	struct loop_visits *visits;
	struct loop_folder *next;
	char               *path, *neighbor, *label;
	bool                wanted;
	bool                there;
	uint64_t            mark; /* of what was in it */
};

struct loop_visit {
	uv_process_t        process;
	uv_pipe_t           output;
	struct loop_visits *visits;
	struct loop_visit  *next;
	uint64_t            id; /* 0: nobody waits for its end */
	struct loop_folder *folder;
	char               *path;
	struct buffer       said;
	char                room[1024];
	unsigned            handles;
	int                 code;
};

static void     add_folder(struct loop_visits *visits, const struct description_link *link,
                           const char *path);
static void     drop_folder(struct loop_folder *folder);
static void     folder_closed(uv_handle_t *handle);
static void     watch_folder(struct loop_folder *folder);
static void     folder_changed(uv_fs_event_t *watch, const char *name, int events, int status);
static void     mounts_changed(uv_poll_t *poll, int status, int events);
static void     look(uv_timer_t *timer);
static bool     mark_of(const char *path, uint64_t *mark);
static uint64_t mix(uint64_t mark, uint64_t value);
static void     begin(struct loop_visits *visits, const struct action *action);
static bool     run(struct loop_visit *visit, const char *neighbor);
static bool     find_program(char *path, size_t size);
static void     give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room);
static void     said(uv_stream_t *stream, ssize_t length, const uv_buf_t *room);
static void     ended(uv_process_t *process, int64_t code, int signal_number);
static void     handle_closed(uv_handle_t *handle);
static void     tell_end(struct loop_visits *visits, uint64_t id, int code, const char *text);

void
loop_visits_open(struct loop_visits *visits, uv_loop_t *uv, struct loop_inbox *inbox,
                 const struct config *config)
{
	*visits = (struct loop_visits){ .uv = uv, .inbox = inbox, .config = config, .open = true };
	uv_timer_init(uv, &visits->timer);
	visits->timer.data  = visits;
	visits->mounts_file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (visits->mounts_file >= 0 &&
	    uv_poll_init(uv, &visits->mounts, visits->mounts_file) != 0) {
		close(visits->mounts_file);
		visits->mounts_file = -1;
	}
	if (visits->mounts_file >= 0)
		visits->mounts.data = visits;
	loop_visits_watch(visits);
}

void
loop_visits_close(struct loop_visits *visits)
{
	if (!visits->open)
		return;
	visits->open = false;
	while (visits->folders != NULL)
		drop_folder(visits->folders);
	for (struct loop_visit *visit = visits->first; visit != NULL; visit = visit->next) {
		visit->id     = 0;
		visit->folder = NULL;
		uv_process_kill(&visit->process, SIGTERM);
	}
	uv_close((uv_handle_t *)&visits->timer, NULL);
	if (visits->mounts_file >= 0) {
		uv_close((uv_handle_t *)&visits->mounts, NULL);
		close(visits->mounts_file);
	}
}

/* --- folders ------------------------------------------------------------------------------- */

void
loop_visits_watch(struct loop_visits *visits)
{
	const struct description_node *node = config_node(visits->config);

	for (struct loop_folder *folder = visits->folders; folder != NULL; folder = folder->next)
		folder->wanted = false;
	for (size_t i = 0; i < node->link_count; i++)
		for (size_t j = 0; j < node->links[i].transport_count; j++)
			if (node->links[i].transports[j].kind == TRANSPORT_DIRECTORY)
				add_folder(visits, &node->links[i],
				           node->links[i].transports[j].address);
	for (struct loop_folder *folder = visits->folders, *next; folder != NULL; folder = next) {
		next = folder->next;
		if (!folder->wanted)
			drop_folder(folder);
	}
	if (visits->folders == NULL) {
		uv_timer_stop(&visits->timer);
		if (visits->mounts_file >= 0)
			uv_poll_stop(&visits->mounts);
		return;
	}
	if (visits->mounts_file >= 0)
		uv_poll_start(&visits->mounts, UV_PRIORITIZED, mounts_changed);
	uv_timer_start(&visits->timer, look, 0, AGAIN_MS);
}

void
loop_visits_announce(struct loop_visits *visits)
{
	for (struct loop_folder *folder = visits->folders; folder != NULL; folder = folder->next)
		folder->there = false;
	if (visits->open && visits->folders != NULL)
		uv_timer_start(&visits->timer, look, 0, AGAIN_MS);
}

static void
add_folder(struct loop_visits *visits, const struct description_link *link, const char *path)
{
	struct loop_folder *folder;

	for (folder = visits->folders; folder != NULL; folder = folder->next)
		if (strcmp(folder->path, path) == 0 &&
		    strcmp(folder->neighbor, link->neighbor.text) == 0 &&
		    strcmp(folder->label, link->label) == 0) {
			folder->wanted = true;
			return;
		}
	folder           = memory_new(1, sizeof(*folder));
	folder->visits   = visits;
	folder->path     = memory_copy_text(path);
	folder->neighbor = memory_copy_text(link->neighbor.text);
	folder->label    = memory_copy_text(link->label);
	folder->wanted   = true;
	folder->next     = visits->folders;
	visits->folders  = folder;
	uv_fs_event_init(visits->uv, &folder->watch);
	folder->watch.data = folder;
}

static void
drop_folder(struct loop_folder *folder)
{
	struct loop_folder **place = &folder->visits->folders;

	while (*place != folder)
		place = &(*place)->next;
	*place = folder->next;
	for (struct loop_visit *visit = folder->visits->first; visit != NULL; visit = visit->next)
		if (visit->folder == folder)
			visit->folder = NULL;
	uv_close((uv_handle_t *)&folder->watch, folder_closed);
}

static void
folder_closed(uv_handle_t *handle)
{
	struct loop_folder *folder = handle->data;

	free(folder->path);
	free(folder->neighbor);
	free(folder->label);
	free(folder);
}

/* The folder, or what it will appear in. A watch that cannot be had leaves the minute. */
static void
watch_folder(struct loop_folder *folder)
{
	char *parent = memory_copy_text(folder->path);
	char *slash  = strrchr(parent, '/');

	if (slash != NULL && slash != parent)
		*slash = '\0';
	uv_fs_event_stop(&folder->watch);
	if (uv_fs_event_start(
		&folder->watch, folder_changed,
		folder->there || slash == NULL || slash == parent ? folder->path : parent, 0) != 0)
		log_line(LOG_DEBUG, "%s is looked at every minute only", folder->path);
	free(parent);
}

static void
folder_changed(uv_fs_event_t *watch, const char *name, int events, int status)
{
	struct loop_folder *folder = watch->data;

	(void)name, (void)events, (void)status;
	uv_timer_start(&folder->visits->timer, look, QUIET_MS, AGAIN_MS);
}

static void
mounts_changed(uv_poll_t *poll, int status, int events)
{
	struct loop_visits *visits = poll->data;

	(void)status, (void)events;
	uv_timer_start(&visits->timer, look, QUIET_MS, AGAIN_MS);
}

static void
look(uv_timer_t *timer)
{
	struct loop_visits *visits = timer->data;

	for (struct loop_folder *folder = visits->folders; folder != NULL; folder = folder->next) {
		uint64_t mark  = 0;
		bool     there = mark_of(folder->path, &mark);
		bool     news  = there && (!folder->there || mark != folder->mark);
		bool     moved = there != folder->there || news;

		folder->there = there;
		folder->mark  = mark;
		if (moved || !uv_is_active((uv_handle_t *)&folder->watch))
			watch_folder(folder);
		for (struct loop_visit *visit = visits->first; visit != NULL; visit = visit->next)
			news = news && visit->folder != folder; /* its end looks again */
		if (news) {
			const char   *neighbor = loop_inbox_text(visits->inbox, folder->neighbor);
			const char   *label    = loop_inbox_text(visits->inbox, folder->label);
			struct event *event = loop_inbox_add(visits->inbox, EVENT_MEDIUM_FOUND, 0);

			event->text  = neighbor;
			event->label = label;
		}
	}
}

/* False: no such folder. */
static bool
mark_of(const char *path, uint64_t *mark)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;
	struct stat    info;

	if (folder == NULL)
		return false;
	if (fstat(dirfd(folder), &info) == 0)
		*mark = mix(mix(1, (uint64_t)info.st_dev), (uint64_t)info.st_ino);
	while ((entry = readdir(folder)) != NULL) {
		uint64_t one = 2;

		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(info.st_mode))
			continue;
		for (const char *c = entry->d_name; *c != '\0'; c++)
			one = mix(one, (uint64_t)(unsigned char)*c);
		one = mix(one, (uint64_t)info.st_size);
		one = mix(one, (uint64_t)info.st_mtim.tv_sec);
		*mark += mix(one, (uint64_t)info.st_mtim.tv_nsec); /* in any order */
	}
	closedir(folder);
	return true;
}

/* FNV's step: only to tell that something is not as it was. */
static uint64_t
mix(uint64_t mark, uint64_t value)
{
	return (mark ^ value) * UINT64_C(1099511628211);
}

/* --- visits ------------------------------------------------------------------------------- */

void
loop_visits_perform(struct loop_visits *visits, const struct action *action)
{
	if (action->kind == ACTION_VISIT) {
		begin(visits, action);
		return;
	}
	for (struct loop_visit *visit = visits->first; visit != NULL; visit = visit->next)
		if (visit->id == action->id)
			uv_process_kill(&visit->process, SIGTERM);
}

static void
begin(struct loop_visits *visits, const struct action *action)
{
	const struct description_link *link =
	    description_find_link(config_node(visits->config), action->text, action->label);
	struct loop_visit *visit;
	const char        *path;
	struct stat        info;
	char               why[512];

	if (!visits->open || link == NULL || action->number >= link->transport_count) {
		tell_end(visits, action->id, EX_UNAVAILABLE, "the link has changed");
		return;
	}
	path = link->transports[action->number].address;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
		snprintf(why, sizeof(why), "no folder %s", path);
		tell_end(visits, action->id, EX_UNAVAILABLE, why);
		return;
	}
	visit         = memory_new(1, sizeof(*visit));
	visit->visits = visits;
	visit->id     = action->id;
	visit->path   = memory_copy_text(path);
	for (struct loop_folder *folder = visits->folders; folder != NULL; folder = folder->next)
		if (strcmp(folder->path, path) == 0 && strcmp(folder->neighbor, action->text) == 0)
			visit->folder = folder;
	visit->next   = visits->first;
	visits->first = visit;
	if (!run(visit, action->text))
		tell_end(visits, action->id, EX_OSERR, "mulga cannot be run");
}

/* False: it did not start; then its handles close and free it. */
static bool
run(struct loop_visit *visit, const char *neighbor)
{
	struct loop_visits  *visits = visit->visits;
	char                 program[4096];
	char                *arguments[8];
	uv_stdio_container_t stdio[3];
	uv_process_options_t options = { .exit_cb = ended };
	size_t               count   = 0;
	bool                 runs;

	arguments[count++] = program;
	if (visits->config->home.folder != NULL) {
		arguments[count++] = "-C";
		arguments[count++] = (char *)visits->config->home.folder;
	}
	arguments[count++] = "carry";
	arguments[count++] = "visit";
	arguments[count++] = visit->path;
	arguments[count++] = (char *)neighbor;
	arguments[count]   = NULL;
	uv_pipe_init(visits->uv, &visit->output, 0);
	stdio[0].flags       = UV_IGNORE;
	stdio[1].flags       = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
	stdio[1].data.stream = (uv_stream_t *)&visit->output;
	stdio[2].flags       = UV_INHERIT_FD;
	stdio[2].data.fd     = STDERR_FILENO;
	options.file         = program;
	options.args         = arguments;
	options.stdio        = stdio;
	options.stdio_count  = 3;
	visit->output.data   = visit;
	visit->process.data  = visit;
	visit->handles       = 2;
	runs                 = find_program(program, sizeof(program)) &&
	       uv_spawn(visits->uv, &visit->process, &options) == 0;
	if (runs) {
		uv_read_start((uv_stream_t *)&visit->output, give_room, said);
		return true;
	}
	visit->id = 0;
	uv_close((uv_handle_t *)&visit->output, handle_closed);
	if (uv_is_closing((uv_handle_t *)&visit->process) == 0 && visit->process.type == UV_PROCESS)
		uv_close((uv_handle_t *)&visit->process, handle_closed);
	else
		visit->handles--;
	return false;
}

/* Beside this program where both were built, else in ../bin. */
static bool
find_program(char *path, size_t size)
{
	static const char *const places[] = { "mulga", "../bin/mulga" };
	char                     own[3072];
	ssize_t                  length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char                    *slash;

	if (length <= 0)
		return false;
	own[length] = '\0';
	slash       = strrchr(own, '/');
	*slash      = '\0';
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, size, "%s/%s", own, places[i]);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static void
give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
	struct loop_visit *visit = handle->data;

	(void)suggested;
	*room = uv_buf_init(visit->room, sizeof(visit->room));
}

static void
said(uv_stream_t *stream, ssize_t length, const uv_buf_t *room)
{
	struct loop_visit *visit = stream->data;

	if (length < 0)
		uv_close((uv_handle_t *)stream, handle_closed);
	else if (visit->said.length + (size_t)length < SAID_MAX)
		buffer_append(&visit->said, room->base, (size_t)length);
}

static void
ended(uv_process_t *process, int64_t code, int signal_number)
{
	struct loop_visit *visit = process->data;

	visit->code = signal_number != 0 ? EX_TEMPFAIL : (int)code;
	uv_close((uv_handle_t *)process, handle_closed);
}

/* When both are closed, all is said. */
static void
handle_closed(uv_handle_t *handle)
{
	struct loop_visit  *visit  = handle->data;
	struct loop_visits *visits = visit->visits;
	struct loop_visit **place  = &visits->first;
	const char         *line   = buffer_text(&visit->said);
	char                text[256], *end;

	if (--visit->handles > 0)
		return;
	while (*place != visit)
		place = &(*place)->next;
	*place = visit->next;
	snprintf(text, sizeof(text), "visited %s", visit->path);
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");

		log_line(LOG_INFO, "%s: %.*s", visit->path, (int)length, line);
		snprintf(text, sizeof(text), "visited %.100s: %.*s", visit->path,
		         (int)(length < 140 ? length : 140), line);
		line += length + (line[length] == '\n');
	}
	for (end = text; *end != '\0'; end++)
		if ((unsigned char)*end < ' ')
			*end = '?';
	if (visit->folder != NULL)
		visit->folder->there = mark_of(visit->folder->path, &visit->folder->mark);
	if (visit->id != 0)
		tell_end(visits, visit->id, visit->code, text);
	buffer_release(&visit->said);
	free(visit->path);
	free(visit);
}

static void
tell_end(struct loop_visits *visits, uint64_t id, int code, const char *text)
{
	const char   *kept  = loop_inbox_text(visits->inbox, text);
	struct event *event = loop_inbox_add(visits->inbox, EVENT_VISIT_ENDED, id);

	event->text = kept;
	event->code = code;
}
