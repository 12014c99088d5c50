/*
 * thin_fetch.c - asks for a file piece by piece, and gives it its name when it is whole
 */
#include "tools/thin_fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "spool/message/file_name.h"
#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_socket.h"

static const char usage[] = "usage: mulga fetch [list] [--json], fetch take|keep [--as PATH] "
			    "ID..., fetch refuse ID [WHY]";

/* A file that is being taken. */
struct taking {
	int socket;
	const char
	    *as; /* what the user wants to call it, or the folder it is to be in; NULL: neither */
	bool keep;
	char id[MESSAGE_ID_MAX_BYTES + 1];
	uint64_t size_bytes;
	unsigned mode;
	int64_t  modified_ms;
	char     title[ENVELOPE_TITLE_MAX + 1];
	char     folder[PATH_MAX]; /* where it comes to lie; with a '/' at its end, or empty */
	char     hidden[PATH_MAX]; /* what it is called until it is whole */
};

static int  take_files(const struct home *home, bool keep, char **words);
static int  take_file(struct taking *taking, const char *id);
static int  ask(int socket, const char *word, const char *id, const char *more, FILE *out);
static int  open_file(struct taking *taking, const char *id);
static bool read_line(FILE *lines, char *line, size_t size);
static int  write_file(struct taking *taking);
static bool find_folder(struct taking *taking);
static int  copy_pieces(struct taking *taking, FILE *file);
static int  make_durable(const struct taking *taking, int file);
static int  give_name(struct taking *taking);
static int  rename_new(const char *from, const char *to);
static int  sync_folder(const char *folder);

int
thin_fetch(const struct home *home, char **words)
{
	const char *word = words[1] != NULL ? words[1] : "list";

	if (strcmp(word, "list") == 0 || strcmp(word, "--json") == 0)
		return thin_ask(home, words, true);
	if ((strcmp(word, "take") == 0 || strcmp(word, "keep") == 0) && words[2] != NULL)
		return take_files(home, word[0] == 'k', words + 2);
	if (strcmp(word, "refuse") == 0 && words[2] != NULL &&
	    (words[3] == NULL || words[4] == NULL))
		return thin_ask(home, words, false);
	complain("%s", usage);
	return EX_USAGE;
}

static int
take_files(const struct home *home, bool keep, char **words)
{
	struct taking taking = { .keep = keep };
	int           code   = 0;

	if (strcmp(words[0], "--as") == 0) {
		if (words[1] == NULL || words[1][0] == '\0' || words[2] == NULL) {
			complain("%s", usage);
			return EX_USAGE;
		}
		taking.as = words[1];
		words += 2;
	}
	taking.socket = thin_socket_connect(home);
	if (taking.socket < 0) {
		complain("fetch needs the daemon, and none is running in %s", home->run);
		return THIN_NO_DAEMON;
	}
	for (; *words != NULL && code == 0; words++)
		code = take_file(&taking, *words);
	close(taking.socket);
	return code;
}

static int
take_file(struct taking *taking, const char *id)
{
	int code = open_file(taking, id);

	if (code == 0)
		code = write_file(taking);
	if (code == 0 && !taking->keep)
		code = ask(taking->socket, "done", taking->id, NULL, stdout);
	return code;
}

/* One request; what is answered goes to `out`, what is complained of to people. */
static int
ask(int socket, const char *word, const char *id, const char *more, FILE *out)
{
	struct control_request request;
	struct control_done    done;
	struct buffer          frames;
	int                    code = EX_TEMPFAIL;

	control_request_init(&request);
	buffer_init(&frames);
	control_request_add(&request, "fetch");
	control_request_add(&request, word);
	control_request_add(&request, id);
	if (more != NULL)
		control_request_add(&request, more);
	control_append_request(&frames, &request);
	thin_socket_write(socket, buffer_span(&frames));
	if (thin_socket_answer(socket, out, &done))
		code = done.exit_code;
	else
		complain("the daemon went away before it had answered");
	buffer_release(&frames);
	control_request_release(&request);
	return code;
}

static int
open_file(struct taking *taking, const char *id)
{
	char   size[24], mode[16], modified[24], from[ENVELOPE_SENDER_MAX + 1];
	char  *answer = NULL;
	size_t length = 0;
	FILE  *out    = open_memstream(&answer, &length), *lines;
	int    code;

	if (out == NULL)
		return EX_OSERR;
	code = ask(taking->socket, "open", id, NULL, out);
	fclose(out);
	lines = code == 0 ? fmemopen(answer, length, "r") : NULL;
	if (lines != NULL) {
		if (!read_line(lines, taking->id, sizeof(taking->id)) ||
		    !read_line(lines, size, sizeof(size)) ||
		    !read_line(lines, mode, sizeof(mode)) ||
		    !read_line(lines, modified, sizeof(modified)) ||
		    !read_line(lines, from, sizeof(from)) ||
		    !read_line(lines, taking->title, sizeof(taking->title)))
			code = EX_PROTOCOL;
		fclose(lines);
	} else if (code == 0) {
		code = EX_OSERR;
	}
	if (code == EX_PROTOCOL)
		complain("the daemon's answer about %s is not understood", id);
	if (code == 0) {
		taking->size_bytes  = strtoull(size, NULL, 10);
		taking->mode        = (unsigned)strtoul(mode, NULL, 8) & 0777;
		taking->modified_ms = strtoll(modified, NULL, 10);
	}
	free(answer);
	return code;
}

/* Without its newline; false at the end, or if it does not fit. */
static bool
read_line(FILE *lines, char *line, size_t size)
{
	size_t length = 0;
	int    byte;

	while ((byte = fgetc(lines)) != EOF && byte != '\n') {
		if (length + 1 >= size)
			return false;
		line[length++] = (char)byte;
	}
	line[length] = '\0';
	return byte == '\n';
}

/* Under a hidden name until it is whole and durable. */
static int
write_file(struct taking *taking)
{
	FILE *file;
	int   descriptor, code;

	if (!find_folder(taking)) {
		complain("%s: the name is too long", taking->as);
		return EX_CANTCREAT;
	}
	descriptor = mkstemp(taking->hidden);
	file       = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
	if (file == NULL) {
		complain("cannot write here: %s", strerror(errno));
		if (descriptor >= 0) {
			close(descriptor);
			unlink(taking->hidden);
		}
		return EX_CANTCREAT;
	}
	code = copy_pieces(taking, file);
	if (code == 0)
		code = make_durable(taking, descriptor);
	if (fclose(file) != 0 && code == 0)
		code = EX_IOERR;
	if (code == 0)
		code = give_name(taking);
	if (code != 0)
		unlink(taking->hidden);
	return code;
}

/* That of `as`, or all of it if it is one; else the working folder. */
static bool
find_folder(struct taking *taking)
{
	const char *slash = taking->as != NULL ? strrchr(taking->as, '/') : NULL;
	struct stat status;
	int         length = 0;

	if (taking->as != NULL && stat(taking->as, &status) == 0 && S_ISDIR(status.st_mode))
		length = snprintf(taking->folder, PATH_MAX, "%s/", taking->as);
	else
		length = snprintf(taking->folder, PATH_MAX, "%.*s",
		                  slash != NULL ? (int)(slash + 1 - taking->as) : 0,
		                  taking->as != NULL ? taking->as : "");
	return length < PATH_MAX &&
	       snprintf(taking->hidden, PATH_MAX, "%s.mulga-XXXXXX", taking->folder) < PATH_MAX;
}

static int
copy_pieces(struct taking *taking, FILE *file)
{
	char offset[24];
	int  code;

	do {
		long at = ftell(file);

		snprintf(offset, sizeof(offset), "%ld", at);
		code = ask(taking->socket, "read", taking->id, offset, file);
		if (code == 0 && (fflush(file) != 0 || ferror(file))) {
			complain("cannot write here: %s", strerror(errno));
			code = EX_IOERR;
		}
		if (code == 0 && (uint64_t)ftell(file) < taking->size_bytes && ftell(file) == at) {
			complain("the daemon gives only a part of %s", taking->id);
			code = EX_TEMPFAIL;
		}
	} while (code == 0 && (uint64_t)ftell(file) < taking->size_bytes);
	return code;
}

/* As its sender had it, as far as this user's umask lets it be; nothing runs as somebody else. */
static int
make_durable(const struct taking *taking, int file)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_NOW },
		{ .tv_sec  = (time_t)(taking->modified_ms / 1000),
		  .tv_nsec = taking->modified_ms % 1000 * 1000000 },
	};
	mode_t mask = umask(0);

	umask(mask);
	if (fchmod(file, (taking->mode != 0 ? taking->mode : 0666) & ~mask) != 0 ||
	    (taking->modified_ms > 0 && futimens(file, times) != 0) || fsync(file) != 0) {
		complain("cannot write here: %s", strerror(errno));
		return EX_IOERR;
	}
	return 0;
}

/* What there is stays: a name that the user has chosen must be free, the sender's gets a number. */
static int
give_name(struct taking *taking)
{
	const char *token = strrchr(taking->id, '-') + 1;
	char        name[FILE_NAME_SIZE], path[PATH_MAX + FILE_NAME_SIZE];
	bool        chosen = taking->as != NULL && taking->as[strlen(taking->as) - 1] != '/' &&
	              strlen(taking->folder) <= strlen(taking->as);
	int error = EEXIST;

	for (unsigned attempt = 1; error == EEXIST && attempt <= FILE_NAME_NUMBERED + 1;
	     attempt++) {
		file_name_choose(taking->title, token, attempt, name);
		if (chosen)
			snprintf(path, sizeof(path), "%s", taking->as);
		else
			snprintf(path, sizeof(path), "%s%s", taking->folder, name);
		error = rename_new(taking->hidden, path);
		if (chosen)
			break;
	}
	if (error == 0)
		error = sync_folder(taking->folder);
	if (error != 0) {
		complain("%s: %s", path, strerror(error));
		return EX_CANTCREAT;
	}
	printf("%s\n", path);
	return 0;
}

/* 0, or what is wrong. A file system that cannot rename so can link, most likely. */
static int
rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (link(from, to) != 0)
		return errno;
	return unlink(from) == 0 ? 0 : errno;
}

static int
sync_folder(const char *folder)
{
	int descriptor = open(folder[0] != '\0' ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error      = descriptor < 0 || fsync(descriptor) != 0 ? errno : 0;

	if (descriptor >= 0)
		close(descriptor);
	return error;
}
