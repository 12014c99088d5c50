/*
 * owner.h - what the verbs of mulga-spool share
 *
 * mulga-spool is run by mulga for what needs the files of a node themselves: making
 * them, judging a description, and reading the spool while no daemon has it.
 */
#ifndef TOOLS_OWNER_H
#define TOOLS_OWNER_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/description/description.h"
#include "spool/home/home.h"

enum { OWNER_NO_SPOOL = 3 }; /* exit code: there is nothing to read, start the daemon */

/* One verb: `words` are those after it, ended by NULL, without --json. Returns the exit code. */
struct owner_call {
	const struct home *home;
	const char        *verb;
	char             **words;
	size_t             word_count;
	bool               json;
};

int owner_init(const struct owner_call *call);
int owner_key(const struct owner_call *call);
int owner_check(const struct owner_call *call);
int owner_print(const struct owner_call *call);
int owner_import(const struct owner_call *call);
int owner_network(const struct owner_call *call); /* routes, explain and map with -f */
int owner_query(const struct owner_call *call);   /* every other verb that reads */

/*
 * Reads, parses and checks files into an initialised *description; complaints go to
 * stderr. With `warnings` false only errors are shown. Returns 0 or the exit code.
 */
int owner_read_description(char *const *paths, size_t count, bool warnings,
                           struct description *description);

/* Prints both, and clears them. */
void owner_say(struct buffer *out, struct buffer *errors);

/* What the clock on the wall says. */
struct walltime owner_walltime(void);

#endif
