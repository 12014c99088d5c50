/*
 * thin_news_source.c - reads a batch; gzip and bzip2 do the unpacking
 *
 * As INN does it: gzip reads what compress and gzip have packed, a process between feeds it the
 * rest of our input. What it makes of it is counted, and where it becomes more than a batch may
 * have, it is ended: a few kilobytes can claim to be terabytes.
 */
#include "tools/thin_news_source.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tools/complain.h"

static int         fill(struct news_source *source);
static int         unpack(struct news_source *source, struct span rest);
static const char *unpacker_of(const char *word);
static void run_unpacker(const char *program, int input, int output) __attribute__((noreturn));
static void feed(int input, struct span rest, int output) __attribute__((noreturn));
static bool write_all(int output, struct span bytes);
static int  finish(struct news_source *source, int *code);
static int  refuse(int *code, int why);

void
news_source_init(struct news_source *source, int file, uint64_t limit_bytes)
{
	*source = (struct news_source){ .file = file, .limit_bytes = limit_bytes };
	news_batch_init(&source->batch, NEWS_ARTICLE_LIMIT);
}

void
news_source_release(struct news_source *source)
{
	if (source->unpacker > 0) {
		close(source->file);
		kill(source->unpacker, SIGKILL);
		waitpid(source->unpacker, NULL, 0);
	}
	if (source->feeder > 0) {
		kill(source->feeder, SIGKILL);
		waitpid(source->feeder, NULL, 0);
	}
	news_batch_release(&source->batch);
}

int
news_source_next(struct news_source *source, struct news_article *article, int *code)
{
	struct diagnostic    diagnostic;
	enum news_batch_item item;

	diagnostic_init(&diagnostic);
	for (;;) {
		struct span input = { source->piece + source->used, source->have - source->used };

		item         = news_batch_read(&source->batch, &input, &diagnostic);
		source->used = source->have - input.length;
		if (item == NEWS_BATCH_PACKED && (*code = unpack(source, input)) != 0)
			return -1;
		if (item == NEWS_BATCH_MORE && (*code = fill(source)) != 0)
			return -1;
		if (item == NEWS_BATCH_MORE && source->have == 0)
			item = news_batch_end(&source->batch, &diagnostic);
		else if (item == NEWS_BATCH_MORE || item == NEWS_BATCH_PACKED)
			continue;
		break;
	}
	if (item == NEWS_BATCH_BROKEN) {
		if (source->have == 0 && finish(source, code) < 0)
			return -1; /* that is why it ends there */
		complain("%s", diagnostic.text);
		return refuse(code, EX_DATAERR);
	}
	if (item == NEWS_BATCH_MORE)
		return finish(source, code);
	if (news_article_parse(article, buffer_span(&source->batch.article), &diagnostic) !=
	    STATUS_OK) {
		complain("article %llu: %s", (unsigned long long)source->batch.count,
		         diagnostic.text);
		return refuse(code, EX_DATAERR);
	}
	return 1;
}

/* The next piece, none at the end; 0 or an exit code. */
static int
fill(struct news_source *source)
{
	ssize_t length;

	do
		length = read(source->file, source->piece, sizeof(source->piece));
	while (length < 0 && errno == EINTR);
	if (length < 0) {
		complain("the batch cannot be read: %s", strerror(errno));
		return EX_IOERR;
	}
	source->used = 0;
	source->have = (size_t)length;
	source->taken_bytes += source->have;
	if (source->taken_bytes <= source->limit_bytes)
		return 0;
	complain("the batch %s more than %llu bytes (--limit)",
	         source->unpacker > 0 ? "unpacks to" : "has",
	         (unsigned long long)source->limit_bytes);
	return EX_DATAERR;
}

static int
unpack(struct news_source *source, struct span rest)
{
	const char *program   = unpacker_of(source->batch.unpack);
	int         packed[2] = { -1, -1 }, plain[2] = { -1, -1 };

	if (program == NULL || source->unpacker > 0) {
		complain(program == NULL ? "nothing here unpacks \"#! %s\""
		                         : "there is a packed batch within a packed one: \"#! %s\"",
		         source->batch.unpack);
		return EX_DATAERR;
	}
	if (pipe(packed) != 0 || pipe(plain) != 0) {
		complain("no pipe: %s", strerror(errno));
		return EX_OSERR;
	}
	source->feeder = fork();
	if (source->feeder == 0) {
		close(packed[0]);
		close(plain[0]);
		close(plain[1]);
		feed(source->file, rest, packed[1]);
	}
	close(packed[1]);
	source->unpacker = fork();
	if (source->unpacker == 0) {
		close(plain[0]);
		run_unpacker(program, packed[0], plain[1]);
	}
	close(packed[0]);
	close(plain[1]);
	source->file        = plain[0];
	source->have        = 0;
	source->used        = 0;
	source->taken_bytes = 0;
	news_batch_release(&source->batch);
	news_batch_init(&source->batch, NEWS_ARTICLE_LIMIT);
	if (source->feeder > 0 && source->unpacker > 0)
		return 0;
	complain("no process: %s", strerror(errno));
	return EX_OSERR;
}

static const char *
unpacker_of(const char *word)
{
	static const struct {
		const char *word, *program;
	} known[] = {
		{ "gunbatch", "gzip" },
		{ "cunbatch", "gzip" },
		{ "zunbatch", "gzip" },
		{ "bunbatch", "bzip2" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].word, word) == 0)
			return known[i].program;
	return NULL;
}

static void
run_unpacker(const char *program, int input, int output)
{
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	close(input);
	close(output);
	execlp(program, program, "-dc", (char *)NULL);
	_exit(127);
}

/* Ends quietly when nobody wants more of it. */
static void
feed(int input, struct span rest, int output)
{
	uint8_t piece[65536];
	ssize_t length = 1;

	signal(SIGPIPE, SIG_DFL);
	if (write_all(output, rest))
		while ((length = read(input, piece, sizeof(piece))) > 0 ||
		       (length < 0 && errno == EINTR))
			if (length > 0 &&
			    !write_all(output, (struct span){ piece, (size_t)length }))
				break;
	_exit(length == 0 ? 0 : 1);
}

static bool
write_all(int output, struct span bytes)
{
	while (bytes.length > 0) {
		ssize_t written = write(output, bytes.data, bytes.length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes.data += written;
		bytes.length -= (size_t)written;
	}
	return true;
}

/* A packed batch is whole only if its program says so. */
static int
finish(struct news_source *source, int *code)
{
	int unpacked = 0, fed = 0;

	if (source->unpacker == 0)
		return 0;
	close(source->file);
	waitpid(source->unpacker, &unpacked, 0);
	waitpid(source->feeder, &fed, 0);
	source->unpacker = source->feeder = 0;
	source->file                      = -1;
	if (WIFEXITED(unpacked) && WEXITSTATUS(unpacked) == 127) {
		complain("the program that unpacks it is not installed");
		return refuse(code, EX_UNAVAILABLE);
	}
	if (unpacked != 0) {
		complain("the packed batch is damaged");
		return refuse(code, EX_DATAERR);
	}
	if (fed != 0) {
		complain("the batch cannot be read to its end");
		return refuse(code, EX_IOERR);
	}
	return 0;
}

static int
refuse(int *code, int why)
{
	*code = why;
	return -1;
}
