/*
 * thin_request.c - asks for files, and answers who asks
 *
 * The folder is walked name by name from its descriptor, so what a path means is decided by what is
 * there when it is opened. The answer has an id that follows from that of the request: a daemon that
 * is killed between the two runs this program again, and the file is sent once.
 */
#include "tools/thin_request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/control/control.h"
#include "spool/name/destination.h"
#include "tools/complain.h"
#include "tools/node_name.h"
#include "tools/thin_parts.h"
#include "tools/thin_submit.h"

enum { PATH_MAX_BYTES = 1024 };

static int  ask(const struct home *home, char **words);
static int  ask_for(const struct home *home, const struct name *node, const char *word);
static int  answer(const struct home *home, const char *folder);
static int  read_path(char path[PATH_MAX_BYTES + 1]);
static bool is_plain(const char *path);
static int  open_below(const char *folder, char *path);
static bool find_asker(const char *from, const char *id, struct buffer *address);
static int send_back(const struct home *home, const char *address, const char *id, const char *path,
                     int file);
static bool make_token(const char *id, uint8_t token[MESSAGE_TOKEN_BYTES]);

int
thin_request(const struct home *home, char **words)
{
	if (words[0] != NULL && strcmp(words[0], "answer") == 0 && words[1] != NULL &&
	    words[2] == NULL)
		return answer(home, words[1]);
	if (words[0] != NULL)
		return ask(home, words);
	complain("usage: mulga request NODE:PATH...");
	return EX_USAGE;
}

static int
ask(const struct home *home, char **words)
{
	struct name       node;
	struct diagnostic diagnostic;
	int               code = 0;

	diagnostic_init(&diagnostic);
	if (node_name_read(home, &node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		return EX_CONFIG;
	}
	for (; code == 0 && *words != NULL; words++)
		code = ask_for(home, &node, *words);
	return code;
}

static int
ask_for(const struct home *home, const struct name *node, const char *word)
{
	struct control_submission submission;
	struct thin_submit        submit;
	const char               *colon = strchr(word, ':');
	int                       code;

	if (colon == NULL || colon == word || !is_plain(colon + 1)) {
		complain("\"%s\": write NODE:PATH, a path below what that node publishes", word);
		return EX_USAGE;
	}
	control_submission_init(&submission);
	thin_submit_language(&submission.notify);
	snprintf(submission.service, sizeof(submission.service), "request");
	snprintf(submission.title, sizeof(submission.title), "%.*s", ENVELOPE_TITLE_MAX, colon + 1);
	buffer_append(&submission.address, word, (size_t)(colon - word));
	submission.declared_bytes = strlen(colon + 1);
	thin_submit_draw(&submission);
	code = thin_submit_begin(&submit, home, node, &submission);
	if (code == 0)
		code = thin_submit_data(&submit, span_of_text(colon + 1));
	code = thin_submit_finish(&submit, code);
	control_submission_release(&submission);
	return code;
}

/* --- over there ---------------------------------------------------------------------------- */

static int
answer(const struct home *home, const char *folder)
{
	const char   *from = getenv("MULGA_FROM"), *id = getenv("MULGA_ID");
	char          path[PATH_MAX_BYTES + 1], walked[PATH_MAX_BYTES + 1];
	struct buffer address;
	int           file = -1, code = read_path(path);

	buffer_init(&address);
	if (code == 0 && (from == NULL || id == NULL || !find_asker(from, id, &address))) {
		complain("it does not say who asks, a user of the node that it is from");
		code = EX_DATAERR;
	}
	if (code == 0 && !is_plain(path)) {
		complain("\"%s\" is no path below a published folder", path);
		code = EX_DATAERR;
	}
	if (code == 0) {
		memcpy(walked, path, sizeof(walked));
		file = open_below(folder, walked);
		if (file < 0) {
			complain("there is no published file \"%s\"", path);
			code = EX_NOINPUT;
		}
	}
	if (code == 0)
		code = send_back(home, buffer_text(&address), id, path, file);
	if (file >= 0)
		close(file);
	buffer_release(&address);
	return code;
}

/* All of standard input; a newline at its end is not of the path. */
static int
read_path(char path[PATH_MAX_BYTES + 1])
{
	size_t length = fread(path, 1, PATH_MAX_BYTES + 1, stdin);

	if (length > 0 && length <= PATH_MAX_BYTES && path[length - 1] == '\n')
		length--;
	if (length == 0 || length > PATH_MAX_BYTES || memchr(path, '\0', length) != NULL) {
		complain("it asks for no file, or its name is too long");
		return EX_DATAERR;
	}
	path[length] = '\0';
	return 0;
}

/* Names with one '/' between them; none is empty or begins with a dot, so none leads up or hides. */
static bool
is_plain(const char *path)
{
	const char *name = path;

	if (strlen(path) > PATH_MAX_BYTES)
		return false;
	for (;;) {
		size_t length = strcspn(name, "/");

		if (length == 0 || name[0] == '.')
			return false;
		if (name[length] == '\0')
			return true;
		name += length + 1;
	}
}

/* A regular file, or -1. Neither a link nor a device nor a pipe is one; the path is used up. */
static int
open_below(const char *folder, char *path)
{
	int         at   = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char       *name = path, *slash;
	struct stat status;

	while (at >= 0 && (slash = strchr(name, '/')) != NULL) {
		int next;

		*slash = '\0';
		next   = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at   = next;
		name = slash + 1;
	}
	if (at >= 0) {
		int file =
		    openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

		close(at);
		at = file;
	}
	if (at < 0 || (fstat(at, &status) == 0 && S_ISREG(status.st_mode)))
		return at;
	close(at);
	return -1;
}

/* The sender, if it is a user of the node whose message it is: nobody else is sent files. */
static bool
find_asker(const char *from, const char *id, struct buffer *address)
{
	struct destination sender;
	struct message_id  message;
	struct name        origin;
	bool               good;

	destination_init(&sender);
	good = destination_parse(&sender, from, NULL) == STATUS_OK && !sender.broadcast &&
	       sender.waypoint_count == 0 && sender.user[0] != '\0' &&
	       message_id_parse(&message, id, NULL) == STATUS_OK;
	if (good) {
		message_id_origin(&message, &origin);
		good = name_compare(&origin, &sender.node) == 0;
		destination_format(&sender, address);
	}
	destination_release(&sender);
	return good;
}

static int
send_back(const struct home *home, const char *address, const char *id, const char *path, int file)
{
	struct control_submission submission;
	struct thin_submit        submit;
	struct diagnostic         diagnostic;
	struct name               node;
	const char               *slash = strrchr(path, '/');
	int                       code;

	diagnostic_init(&diagnostic);
	if (node_name_read(home, &node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		return EX_CONFIG;
	}
	control_submission_init(&submission);
	snprintf(submission.service, sizeof(submission.service), "file");
	snprintf(submission.title, sizeof(submission.title), "%.*s", ENVELOPE_TITLE_MAX,
	         slash != NULL ? slash + 1 : path);
	buffer_append_text(&submission.address, address);
	thin_submit_describe(&submission, file);
	if (!make_token(id, submission.token))
		thin_submit_draw(&submission);
	code = thin_submit_begin(&submit, home, &node, &submission);
	if (code == 0)
		code = thin_submit_file(&submit, file, path);
	code = thin_submit_finish(&submit, code);
	if (code != 0 && thin_parts_can(&submission, submission.declared_bytes, submit.fits_bytes))
		code = thin_parts_send(home, &node, &submission, file, submission.declared_bytes,
		                       submit.fits_bytes);
	control_submission_release(&submission);
	return code;
}

/* The random part of the id, turned: also a node that asks itself gives its answer another id. */
static bool
make_token(const char *id, uint8_t token[MESSAGE_TOKEN_BYTES])
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	const char       *text       = strrchr(id, '-');
	unsigned          bits = 0, value = 0;
	size_t            used = 0;

	for (text = text != NULL ? text + 1 : ""; *text != '\0'; text++) {
		const char *digit = strchr(alphabet, *text);

		if (digit == NULL)
			return false;
		value = (value << 5 | (unsigned)(digit - alphabet)) & 0xfff;
		bits += 5;
		if (bits >= 8 && used < MESSAGE_TOKEN_BYTES) {
			bits -= 8;
			token[used++] = (uint8_t) ~(value >> bits & 0xff);
		}
	}
	return used == MESSAGE_TOKEN_BYTES;
}
