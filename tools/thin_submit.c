/*
 * thin_submit.c - a socket if there is one, else a file that a crash cannot take away
 *
 * The order for a file: write, fsync, rename, then syncfs, because who may only write to
 * drop/ cannot open it to sync the rename (architecture section 3).
 */
#include "tools/thin_submit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/name/address.h"
#include "tools/complain.h"
#include "tools/thin_socket.h"

static int  check_address(const char *text);
static int  open_drop(struct thin_submit *submit);
static int  flush(struct thin_submit *submit);
static int  write_file(struct thin_submit *submit, struct span bytes);
static bool has_answered(const struct thin_submit *submit);
static int  end_socket(struct thin_submit *submit);
static int  end_drop(struct thin_submit *submit);
static int  cannot_write(const struct thin_submit *submit);
static void release(struct thin_submit *submit);

void
thin_submit_draw(struct control_submission *submission)
{
	if (getrandom(submission->token, sizeof(submission->token), 0) !=
	    (ssize_t)sizeof(submission->token))
		log_fatal("the kernel gives no random bytes");
}

void
thin_submit_language(struct notify *notify)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == '\0')
			continue;
		notify_language(notify->language, value);
		return;
	}
}

int
thin_submit_begin(struct thin_submit *submit, const struct home *home, const struct name *node,
                  const struct control_submission *submission)
{
	int code = check_address(buffer_text(&submission->address));

	*submit = (struct thin_submit){ .home = home, .file = -1 };
	if (code != 0)
		return code;
	submit->file = thin_socket_connect(home);
	message_id_make(&submit->id, node, submission->token);
	if (submit->file < 0)
		code = open_drop(submit);
	if (code == 0) {
		control_append_submission(&submit->frames, submission);
		code = flush(submit);
	}
	return code;
}

/* A daemon that takes the message from drop/ later could only return it. */
static int
check_address(const char *text)
{
	struct address    address;
	struct diagnostic diagnostic;
	int               code = 0;

	address_init(&address);
	diagnostic_init(&diagnostic);
	if (address_add_text(&address, text, &diagnostic) != STATUS_OK) {
		complain("%s%s%s", diagnostic.text, diagnostic.hint[0] == '\0' ? "" : "; ",
		         diagnostic.hint);
		code = EX_DATAERR;
	}
	address_release(&address);
	return code;
}

/* A name that begins with a dot is not complete: the daemon leaves it alone. */
static int
open_drop(struct thin_submit *submit)
{
	const char   *token = strrchr(submit->id.text, '-') + 1;
	struct buffer path;

	buffer_init(&path);
	buffer_append_format(&path, "%s/.%s", submit->home->drop, token);
	submit->path    = (char *)path.data;
	submit->is_drop = true;
	submit->file =
	    open(submit->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (submit->file < 0) {
		complain("no daemon answers and nothing can be left in %s: %s", submit->home->drop,
		         strerror(errno));
		return EX_CANTCREAT;
	}
	return 0;
}

int
thin_submit_data(struct thin_submit *submit, struct span bytes)
{
	int code;

	control_append_data(&submit->frames, bytes);
	code = flush(submit);
	if (code == 0 && !submit->is_drop &&
	    has_answered(submit)) { /* before the end: it is refused */
		code = end_socket(submit);
		if (code == 0)
			code = EX_TEMPFAIL;
	}
	return code;
}

static bool
has_answered(const struct thin_submit *submit)
{
	struct pollfd answer = { .fd = submit->file, .events = POLLIN };

	return poll(&answer, 1, 0) > 0;
}

static int
flush(struct thin_submit *submit)
{
	struct span bytes = buffer_span(&submit->frames);
	int         code  = 0;

	if (submit->is_drop)
		code = write_file(submit, bytes);
	else if (!submit->cut)
		submit->cut = !thin_socket_write(submit->file, bytes);
	buffer_clear(&submit->frames);
	return code;
}

static int
write_file(struct thin_submit *submit, struct span bytes)
{
	while (bytes.length > 0) {
		ssize_t written = write(submit->file, bytes.data, bytes.length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return cannot_write(submit);
		bytes.data += written;
		bytes.length -= (size_t)written;
	}
	return 0;
}

void
thin_submit_describe(struct control_submission *submission, int file)
{
	struct stat status;

	submission->mode           = 0;
	submission->declared_bytes = 0;
	submission->modified       = (struct walltime){ 0 };
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
		submission->mode           = status.st_mode & 07777;
		submission->declared_bytes = (uint64_t)status.st_size;
		submission->modified = (struct walltime){ (int64_t)status.st_mtim.tv_sec * 1000 +
			                                  status.st_mtim.tv_nsec / 1000000 };
	}
}

int
thin_submit_file(struct thin_submit *submit, int file, const char *path)
{
	uint8_t bytes[CONTROL_PIECE_MAX];

	for (;;) {
		ssize_t length = read(file, bytes, sizeof(bytes));
		int     code;

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0) {
			complain("%s: %s", path, strerror(errno));
			return EX_NOINPUT;
		}
		if (length == 0)
			return 0;
		code = thin_submit_data(submit, (struct span){ bytes, (size_t)length });
		if (code != 0)
			return code;
	}
}

int
thin_submit_end(struct thin_submit *submit)
{
	int code;

	control_append_end(&submit->frames);
	code = flush(submit);
	if (code == 0)
		code = submit->is_drop ? end_drop(submit) : end_socket(submit);
	if (code != 0)
		thin_submit_abort(submit);
	else
		release(submit);
	return code;
}

int
thin_submit_finish(struct thin_submit *submit, int code)
{
	if (code != 0)
		thin_submit_abort(submit);
	else
		code = thin_submit_end(submit);
	if (code == 0)
		printf("%s\n", submit->id.text);
	return code;
}

static int
end_socket(struct thin_submit *submit)
{
	struct control_done done;

	if (!thin_socket_answer(submit->file, stderr, &done)) {
		complain("the daemon went away before it answered; if it took the message, "
		         "its id is %s",
		         submit->id.text);
		return EX_TEMPFAIL;
	}
	if (done.id.text[0] != '\0')
		submit->id = done.id;
	submit->fits_bytes = done.exit_code == EX_UNAVAILABLE ? done.fits_bytes : 0;
	return done.exit_code;
}

static int
end_drop(struct thin_submit *submit)
{
	char *final = memory_copy_text(submit->path);
	char *token = strrchr(final, '/') + 1;
	int   code  = 0;

	memmove(token, token + 1, strlen(token));
	if (fchmod(submit->file, 0640) != 0 || fsync(submit->file) != 0 ||
	    rename(submit->path, final) != 0 || syncfs(submit->file) != 0)
		code = cannot_write(submit);
	free(final);
	return code;
}

static int
cannot_write(const struct thin_submit *submit)
{
	complain("cannot write to %s: %s", submit->home->drop, strerror(errno));
	return errno == ENOSPC || errno == EDQUOT ? EX_TEMPFAIL : EX_IOERR;
}

void
thin_submit_abort(struct thin_submit *submit)
{
	if (submit->is_drop && submit->file >= 0)
		unlink(submit->path); /* nothing there once it has its final name */
	release(submit);
}

static void
release(struct thin_submit *submit)
{
	if (submit->file >= 0)
		close(submit->file);
	submit->file = -1;
	free(submit->path);
	submit->path = NULL;
	buffer_release(&submit->frames);
}
