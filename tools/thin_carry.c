/*
 * thin_carry.c - between a medium, which is this program's, and the node, which is the daemon's
 *
 * Files are opened here, by whoever runs the verb; their bytes go over the control socket, so that a
 * stick which hangs or is pulled out hangs nobody else. Where no daemon runs, a mulgad of our
 * own serves this program alone and calls nobody: so the disk of a dead machine is carried
 * away by any other.
 */
#include "tools/thin_carry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/control/control.h"
#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_socket.h"
#include "tools/thin_stick.h"

static const char usage[] = "usage: mulga carry out DIR|- [--repair PERCENT] [NODE...]\n"
			    "       mulga carry in DIR|-\n"
			    "       mulga carry visit DIR [NODE...]\n"
			    "       mulga carry list\n"
			    "       mulga carry lost STICK\n"
			    "       mulga carry again STICK [DIR|-] [--repair PERCENT]\n";

enum { PIECE = 65536 };

struct carry {
	const struct home *home;
	int                socket;
	pid_t              server; /* our own mulgad; 0 = a daemon runs */
	const char        *repair; /* as typed; NULL = as described     */
	const char        *again;  /* a stick; NULL = what is queued    */
	bool               gone;   /* the daemon is                     */
	bool               visits; /* the link's windows hold           */
	bool     spoilt;  /* a bundle is not durable: none is written, as far as it knows */
	unsigned bundles; /* complete */
};

static int   run(struct carry *carry, const char *word, char **words);
static int   take_repair(struct carry *carry, char **words);
static int   connect_node(struct carry *carry);
static pid_t start_server(const struct home *home, int socket);
static int   ask(struct carry *carry, FILE *out, const char *const *words, char **text);
static int   out_to_folder(struct carry *carry, const char *path, char **nodes);
static int   write_bundles(struct carry *carry, struct thin_stick *stick, uint64_t used,
                           char *neighbors);
static int   out_to_pipe(struct carry *carry, char **nodes);
static int   plan(struct carry *carry, char **nodes, char **neighbors);
static int   write_bundle(struct carry *carry, const char *neighbor, uint64_t space, uint64_t used,
                          FILE *file);
static int   in_from_folder(struct carry *carry, const char *path, bool quiet);
static int   look_at(struct carry *carry, struct thin_stick *stick, const char *name, char **text);
static void  remove_done(struct carry *carry, struct thin_stick *stick);
static int   feed(struct carry *carry, int file, const char *name, bool quiet);
static int   again(struct carry *carry, char **words);
static int   worse(int left, int right);

int
thin_carry(const struct home *home, char **words)
{
	struct carry carry = { .home = home, .socket = -1 };
	const char  *word  = words[0] != NULL ? words[0] : "";
	int          code;

	if (strcmp(word, "list") == 0)
		return thin_ask(home, words - 1, true);
	code = take_repair(&carry, words);
	if (code == EX_OK)
		code = run(&carry, word, words + 1);
	if (code == EX_USAGE)
		fputs(usage, stderr);
	if (carry.gone)
		complain("the daemon went away before it had answered");
	if (carry.socket >= 0)
		close(carry.socket);
	if (carry.server > 0)
		waitpid(carry.server, NULL, 0);
	return code;
}

static int
run(struct carry *carry, const char *word, char **words)
{
	bool out = strcmp(word, "out") == 0, in = strcmp(word, "in") == 0;
	bool visit = strcmp(word, "visit") == 0;
	bool pipe  = words[0] != NULL && strcmp(words[0], "-") == 0;
	int  code;

	if ((out || in || visit) && words[0] != NULL && !(in && words[1] != NULL) &&
	    !(visit && pipe)) {
		code = connect_node(carry);
		if (code != EX_OK)
			return code;
		if (out) {
			code = pipe ? out_to_pipe(carry, words + 1)
			            : out_to_folder(carry, words[0], words + 1);
			if (code == 1)
				complain("carry out: nothing waits to be carried");
			return code;
		}
		if (in)
			return pipe ? feed(carry, STDIN_FILENO, "standard input", false)
			            : in_from_folder(carry, words[0], false);
		carry->visits = true;
		code          = in_from_folder(carry, words[0], true);
		return worse(code > 1 ? code : 0, out_to_folder(carry, words[0], words + 1));
	}
	if (strcmp(word, "lost") == 0 && words[0] != NULL && words[1] == NULL) {
		const char *const request[] = { "carry", "lost", words[0], NULL };

		code = connect_node(carry);
		return code != EX_OK ? code : ask(carry, stdout, request, NULL);
	}
	if (strcmp(word, "again") == 0 && words[0] != NULL)
		return again(carry, words);
	return EX_USAGE;
}

/* Takes `--repair PERCENT` out of the words. */
static int
take_repair(struct carry *carry, char **words)
{
	size_t kept = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], "--repair") != 0) {
			words[kept++] = words[i];
			continue;
		}
		carry->repair = words[++i];
		if (carry->repair == NULL || strspn(carry->repair, "0123456789") == 0 ||
		    strlen(carry->repair) > 3)
			return EX_USAGE;
	}
	words[kept] = NULL;
	return EX_OK;
}

/* --- the node ---------------------------------------------------------------------------- */

static int
connect_node(struct carry *carry)
{
	int ends[2], error;

	carry->socket = thin_socket_connect(carry->home);
	if (carry->socket >= 0)
		return EX_OK;
	error = errno;
	if (error == EACCES || error == EPERM) {
		complain("%s/" HOME_SOCKET ": %s", carry->home->run, strerror(error));
		return EX_NOPERM;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		complain("%s", strerror(errno));
		return EX_OSERR;
	}
	carry->server = start_server(carry->home, ends[1]);
	carry->socket = ends[0];
	close(ends[1]);
	return carry->server > 0 ? EX_OK : EX_OSERR;
}

/* It ends when our end of the socket does. */
static pid_t
start_server(const struct home *home, int socket)
{
	char *words[] = { "--once", NULL };
	pid_t child   = fork();

	if (child != 0)
		return child;
	if (dup2(socket, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		_exit(EX_OSERR);
	_exit(thin_run_beside("mulgad", home->folder, words));
}

/* One request and its answer: to `out`, or into *text, which the caller frees. */
static int
ask(struct carry *carry, FILE *out, const char *const *words, char **text)
{
	struct control_request request;
	struct control_done    done;
	struct buffer          frames;
	size_t                 size   = 0;
	char                  *spare  = NULL;
	FILE                  *memory = NULL;

	if (out == NULL) {
		memory = open_memstream(text != NULL ? text : &spare, &size);
		out    = memory;
	}
	control_request_init(&request);
	buffer_init(&frames);
	for (; *words != NULL; words++)
		control_request_add(&request, *words);
	control_append_request(&frames, &request);
	thin_socket_write(carry->socket, buffer_span(&frames));
	if (!thin_socket_answer(carry->socket, out, &done)) {
		carry->gone    = true;
		done.exit_code = EX_TEMPFAIL;
	}
	if (memory != NULL)
		fclose(memory);
	free(spare);
	buffer_release(&frames);
	control_request_release(&request);
	return done.exit_code;
}

/* --- out ----------------------------------------------------------------------------------- */

static int
out_to_folder(struct carry *carry, const char *path, char **nodes)
{
	struct thin_stick stick;
	const char *const written[] = { "carry", "written", path, NULL };
	char             *neighbors = NULL;
	uint64_t          used;
	int               code;

	if (!thin_stick_open(&stick, path))
		return EX_CANTCREAT;
	remove_done(carry, &stick);
	thin_stick_list_free(thin_stick_list(&stick, &used));
	code = plan(carry, nodes, &neighbors);
	if (code == EX_OK)
		code = write_bundles(carry, &stick, used, neighbors);
	if (carry->bundles > 0 && !carry->gone && !carry->spoilt)
		code = worse(code > 1 ? code : EX_OK, ask(carry, stdout, written, NULL));
	else if (code == EX_OK)
		code = 1;
	free(neighbors);
	thin_stick_close(&stick);
	return code;
}

/* A file each. */
static int
write_bundles(struct carry *carry, struct thin_stick *stick, uint64_t used, char *neighbors)
{
	int   code = EX_OK;
	char *rest = NULL;

	for (char *neighbor = strtok_r(neighbors, "\n", &rest); neighbor != NULL && !carry->gone;
	     neighbor       = strtok_r(NULL, "\n", &rest)) {
		int one;

		if (!thin_stick_begin(stick))
			return EX_CANTCREAT;
		one = write_bundle(carry, neighbor, thin_stick_space(stick), used, stick->file);
		if (one == EX_OK) {
			used += (uint64_t)ftell(stick->file);
			carry->bundles++;
			if (!thin_stick_publish(stick, neighbor)) {
				carry->spoilt = true;
				return EX_CANTCREAT;
			}
		}
		thin_stick_drop(stick);
		code = worse(code, one);
	}
	return code;
}

static int
out_to_pipe(struct carry *carry, char **nodes)
{
	static const char *const written[] = { "carry", "written", "-", NULL };
	char                    *neighbors = NULL, *rest = NULL, *text = NULL;
	int                      code;

	if (isatty(STDOUT_FILENO)) {
		complain("carry out -: a terminal is no medium");
		return EX_USAGE;
	}
	code = plan(carry, nodes, &neighbors);
	for (char *neighbor = code == EX_OK ? strtok_r(neighbors, "\n", &rest) : NULL;
	     neighbor != NULL && !carry->gone; neighbor = strtok_r(NULL, "\n", &rest)) {
		int one = write_bundle(carry, neighbor, INT64_MAX, 0, stdout);

		carry->bundles += one == EX_OK;
		code = worse(code, one);
	}
	free(neighbors);
	if (fflush(stdout) != 0 || ferror(stdout) ||
	    (fsync(STDOUT_FILENO) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)) {
		complain("carry out -: %s", strerror(errno));
		return EX_IOERR;
	}
	if (carry->bundles > 0 && !carry->gone)
		code = worse(code > 1 ? code : EX_OK, ask(carry, NULL, written, &text));
	else if (code == EX_OK)
		code = 1;
	fputs(text != NULL ? text : "", stderr);
	free(text);
	return code;
}

/* The neighbors that there is anything for, one a line. */
static int
plan(struct carry *carry, char **nodes, char **neighbors)
{
	size_t       count = 0;
	const char **words;
	int          code;

	while (nodes[count] != NULL)
		count++;
	words    = memory_new(count + 5, sizeof(words[0]));
	words[0] = "carry";
	words[1] = "plan";
	if (carry->again != NULL) {
		words[2] = "--again";
		words[3] = carry->again;
	} else {
		memcpy(words + 2, nodes, count * sizeof(words[0]));
	}
	code = ask(carry, NULL, words, neighbors);
	if (code == EX_OK && carry->again != NULL) { /* its first line is the place */
		char *line = strchr(*neighbors, '\n');

		memmove(*neighbors, line + 1, strlen(line + 1) + 1);
	}
	free(words);
	return code;
}

/* 1: there is nothing for it. */
static int
write_bundle(struct carry *carry, const char *neighbor, uint64_t space, uint64_t used, FILE *file)
{
	char        numbers[2][24];
	const char *words[13] = { "carry",    "write",  neighbor,  "--space",
		                  numbers[0], "--used", numbers[1] };
	size_t      count     = 7;

	snprintf(numbers[0], sizeof(numbers[0]), "%llu", (unsigned long long)space);
	snprintf(numbers[1], sizeof(numbers[1]), "%llu", (unsigned long long)used);
	if (carry->visits)
		words[count++] = "--visit";
	if (carry->repair != NULL) {
		words[count++] = "--repair";
		words[count++] = carry->repair;
	}
	if (carry->again != NULL) {
		words[count++] = "--again";
		words[count++] = carry->again;
	}
	return ask(carry, file, words, NULL);
}

/* `again STICK [DIR|-]`: to where it was written, unless told otherwise. */
static int
again(struct carry *carry, char **words)
{
	static char *nobody[] = { NULL };
	char        *text     = NULL, *end;
	const char  *place;
	int          code = connect_node(carry);

	if (code != EX_OK || (words[1] != NULL && words[2] != NULL))
		return code != EX_OK ? code : EX_USAGE;
	carry->again = words[0];
	if (words[1] != NULL) {
		place = words[1];
	} else {
		const char *const request[] = { "carry", "plan", "--again", words[0], NULL };

		code = ask(carry, NULL, request, &text);
		end  = text != NULL ? strchr(text, '\n') : NULL;
		if (code != EX_OK || end == NULL) {
			free(text);
			return code;
		}
		*end  = '\0';
		place = text;
	}
	if (strcmp(place, "-") != 0)
		code = out_to_folder(carry, place, nobody);
	else
		code = out_to_pipe(carry, nobody);
	free(text);
	return code;
}

/* --- in ------------------------------------------------------------------------------------ */

static int
in_from_folder(struct carry *carry, const char *path, bool quiet)
{
	struct thin_stick stick;
	uint64_t          bytes;
	char            **names;
	int               code = EX_OK;
	bool              any  = false;

	if (!thin_stick_open(&stick, path))
		return EX_NOINPUT;
	names = thin_stick_list(&stick, &bytes);
	for (size_t i = 0; names[i] != NULL && !carry->gone; i++) {
		char *text = NULL;
		int   one  = look_at(carry, &stick, names[i], &text);

		if (one == EX_OK) {
			int file = thin_stick_read(&stick, names[i]);

			one = file < 0 ? EX_NOINPUT : feed(carry, file, names[i], quiet);
			if (file >= 0)
				close(file);
			if (one == EX_OK) {
				thin_stick_remove(&stick, names[i]);
				any = true;
			}
			code = worse(code, one);
		} else if (!quiet && text != NULL && strncmp(text, "own ", 4) != 0) {
			printf("%s/%s is left alone: %s", path, names[i], text);
		}
		free(text);
	}
	if (!quiet && !any && code == EX_OK) {
		printf("%s holds nothing for this node.\n", path);
		code = 1;
	}
	thin_stick_list_free(names);
	thin_stick_close(&stick);
	return code;
}

/* Shows the daemon how it begins. EX_OK: it is to be brought. */
static int
look_at(struct carry *carry, struct thin_stick *stick, const char *name, char **text)
{
	unsigned char bytes[STICK_LABEL_BYTES];
	char          digits[2 * STICK_LABEL_BYTES + 1] = "";
	const char   *words[]                           = { "carry", "look", digits, NULL };
	int           file                              = thin_stick_read(stick, name);
	ssize_t       length = file < 0 ? 0 : read(file, bytes, sizeof(bytes));

	if (file >= 0)
		close(file);
	for (ssize_t i = 0; i < length; i++)
		snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
	return ask(carry, NULL, words, text);
}

/* Our own bundles that nobody waits for any more make room. */
static void
remove_done(struct carry *carry, struct thin_stick *stick)
{
	uint64_t bytes;
	char   **names = thin_stick_list(stick, &bytes);

	for (size_t i = 0; names[i] != NULL && !carry->gone; i++) {
		char *text = NULL;

		if (look_at(carry, stick, names[i], &text) == 1 && text != NULL &&
		    strncmp(text, "own ", 4) == 0) {
			const char *words[] = { "carry", "wanted", text + 4, NULL };

			text[strcspn(text, "\n")] = '\0';
			if (ask(carry, NULL, words, NULL) == 1)
				thin_stick_remove(stick, names[i]);
		}
		free(text);
	}
	thin_stick_list_free(names);
}

/* Everything that can be read there, to its end. */
static int
feed(struct carry *carry, int file, const char *name, bool quiet)
{
	struct control_request request;
	struct control_done    done;
	struct buffer          frames;
	char                  *bytes = memory_new(PIECE, 1), *text = NULL;
	size_t                 size = 0;
	FILE                  *out  = open_memstream(&text, &size);
	ssize_t                length;

	control_request_init(&request);
	buffer_init(&frames);
	control_request_add(&request, "carry");
	control_request_add(&request, "in");
	control_append_feed(&frames, &request);
	while ((length = read(file, bytes, PIECE)) > 0 || (length < 0 && errno == EINTR)) {
		if (length < 0)
			continue;
		control_append_data(&frames, (struct span){ (uint8_t *)bytes, (size_t)length });
		if (!thin_socket_write(carry->socket, buffer_span(&frames)))
			break;
		buffer_clear(&frames);
	}
	if (length < 0)
		complain("%s: %s", name, strerror(errno)); /* what came before it is good */
	control_append_end(&frames);
	thin_socket_write(carry->socket, buffer_span(&frames));
	if (!thin_socket_answer(carry->socket, out, &done)) {
		carry->gone    = true;
		done.exit_code = EX_TEMPFAIL;
	}
	fclose(out);
	if (!quiet || done.exit_code != 1)
		fputs(text, stdout);
	free(text);
	free(bytes);
	buffer_release(&frames);
	control_request_release(&request);
	return length < 0 ? worse(done.exit_code, EX_IOERR) : done.exit_code;
}

static int
worse(int left, int right)
{
	return left > right ? left : right;
}
