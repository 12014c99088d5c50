/*
 * mulga_spool.c - the verbs that open a node's own files
 *
 * Run by mulga with the same words: `mulga-spool [-C DIR] VERB ...`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "tools/complain.h"
#include "tools/owner.h"

static size_t take_json(char **words, bool *json);
static int    run(const struct owner_call *call);

int
main(int count, char **words)
{
	const char       *folder = getenv("MULGA_HOME");
	char            **at     = words + 1;
	struct home       home;
	struct owner_call call;
	int               code;

	if (count > 2 && strcmp(words[1], "-C") == 0) {
		folder = words[2];
		at     = words + 3;
	}
	if (count < 2 || *at == NULL) {
		complain("usage: mulga-spool [-C DIR] VERB ...; mulga(1) runs it");
		return EX_USAGE;
	}
	home_init(&home, folder != NULL && folder[0] != '\0' ? folder : NULL);
	call            = (struct owner_call){ .home = &home, .verb = *at, .words = at + 1 };
	call.word_count = take_json(call.words, &call.json);
	code            = run(&call);
	home_release(&home);
	if (fflush(stdout) != 0 && code == 0)
		code = EX_IOERR;
	return code;
}

static size_t
take_json(char **words, bool *json)
{
	size_t kept = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], "--json") == 0)
			*json = true;
		else
			words[kept++] = words[i];
	}
	words[kept] = NULL;
	return kept;
}

static int
run(const struct owner_call *call)
{
	static const struct {
		const char *name;
		int (*run)(const struct owner_call *call);
	} verbs[] = {
		{ "init", owner_init },   { "key", owner_key },       { "check", owner_check },
		{ "print", owner_print }, { "import", owner_import },
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, call->verb) == 0)
			return verbs[i].run(call);
	for (size_t i = 0; i < call->word_count; i++)
		if (strcmp(call->words[i], "-f") == 0)
			return owner_network(call);
	return owner_query(call);
}

void
owner_say(struct buffer *out, struct buffer *errors)
{
	fwrite(buffer_text(out), 1, out->length, stdout);
	fwrite(buffer_text(errors), 1, errors->length, stderr);
	buffer_clear(out);
	buffer_clear(errors);
}

struct walltime
owner_walltime(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (struct walltime){ (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000 };
}
