/*
 * mulga.c - what people type: sends, asks the daemon, or runs mulga-spool or mulga-simulate
 *
 * Thin on purpose: it links nothing but libc and cmark, so that it starts at once and can be anybody's
 * mail program. Called as sendmail, mailq or newaliases it is that program.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/home/home.h"
#include "tools/complain.h"
#include "tools/thin_answer.h"
#include "tools/thin_ask.h"
#include "tools/thin_carry.h"
#include "tools/thin_fetch.h"
#include "tools/thin_news.h"
#include "tools/thin_request.h"
#include "tools/thin_send.h"
#include "tools/thin_shell.h"
#include "tools/thin_smtp.h"
#include "tools/thin_socket.h"
#include "tools/thin_uux.h"
#include "tools/thin_watch.h"

enum way {
	WAY_ANSWER,   /* here, and the daemon                    */
	WAY_SHELL,    /* the same, on a terminal                  */
	WAY_SEND,     /* here                                     */
	WAY_READ,     /* the daemon, else mulga-spool             */
	WAY_ACT,      /* the daemon alone                         */
	WAY_WATCH,    /* ... each second                          */
	WAY_OWNER,    /* mulga-spool, whether a daemon runs or not */
	WAY_SIMULATE, /* mulga-simulate                          */
	WAY_CARRY,    /* here, with the daemon or one of our own */
	WAY_RNEWS,    /* here, as send                           */
	WAY_AREA,     /* here, as send                           */
	WAY_FETCH,    /* here, with the daemon                    */
	WAY_REQUEST,  /* here, as send                           */
	WAY_LATER,    /* not in this version                      */
};

static const struct verb {
	const char *name;
	enum way    way;
	const char *summary; /* NULL: said with the verb before it */
} verbs[] = {
	{ "init", WAY_OWNER, "make a node: its description, its key, an empty spool" },
	{ "key", WAY_OWNER, "show the node's public key" },
	{ "check", WAY_OWNER, "errors and warnings of a description" },
	{ "print", WAY_OWNER, "a description in its canonical form" },
	{ "import", WAY_OWNER, "a description out of UUCP's files, or of its maps" },
	{ "reload", WAY_ACT, "let the daemon read its description again" },
	{ "send", WAY_SEND, "submit files" },
	{ "request", WAY_REQUEST, "ask for files that a node publishes: NODE:PATH" },
	{ "rnews", WAY_RNEWS, "take a batch of news: to nodes, to subscribers, to files" },
	{ "area", WAY_AREA, "newsgroups: subscribe, unsubscribe, list" },
	{ "fetch", WAY_FETCH, "files that wait for me: list, take, keep, refuse" },
	{ "queue", WAY_READ, "what waits here; hold, release, cancel, return, reroute, expedite" },
	{ "sent", WAY_READ, "what I sent and is not ended everywhere" },
	{ "why", WAY_READ, "why a message waits, or how it ended" },
	{ "trace", WAY_READ, "the hops of a message" },
	{ "status", WAY_READ, "the node at work" },
	{ "links", WAY_READ, "its links" },
	{ "link", WAY_ACT, "link up|down NODE [as LABEL]" },
	{ "call", WAY_ACT, "call a neighbor now: NODE [as LABEL]" },
	{ "hangup", WAY_ACT, "end the call with a neighbor" },
	{ "watch", WAY_WATCH, "links and calls, as they change; --json: each second" },
	{ "answer", WAY_ANSWER, "take a call whose line is this program's input and output" },
	{ "shell", WAY_SHELL, "the same for a login, whose terminal is the line: mulga-shell" },
	{ "routes", WAY_READ, "the routing tables" },
	{ "explain", WAY_READ, "every step of a routing decision" },
	{ "topology", WAY_READ, "what is known of the network" },
	{ "map", WAY_READ, "a picture of the network: map -o FILE.svg" },
	{ "carry", WAY_CARRY, "sticks, tapes, pipes: out, in, list, lost, again" },
	{ "simulate", WAY_SIMULATE, "the real code under virtual time, in a described network" },
	{ "edit", WAY_LATER, NULL },
	{ "test-chat", WAY_ACT, "try the dialogues of a serial link, and show what is said" },
	{ "top", WAY_LATER, NULL },
	{ "log", WAY_LATER, NULL },
	{ "stats", WAY_LATER, NULL },
	{ "metrics", WAY_LATER, NULL },
	{ "paths", WAY_LATER, NULL },
	{ "invite", WAY_LATER, NULL },
	{ "join", WAY_LATER, NULL },
	{ "trust", WAY_LATER, NULL },
	{ "whois", WAY_LATER, NULL },
	{ "ping", WAY_LATER, NULL },
	{ "rehearse", WAY_LATER, NULL },
	{ "db", WAY_LATER, NULL },
};

static int                run_alias(const char *called, const struct home *home, char **arguments);
static int                run_verb(const struct home *home, char **words);
static const struct verb *find_verb(const char *name);
static bool               reads(char **words);
static bool               names_file(char **words);
static int                write_to_file(char **words);
static int                help(void);

int
main(int count, char **words)
{
	const char *slash  = count > 0 ? strrchr(words[0], '/') : NULL;
	const char *called = slash != NULL ? slash + 1 : count > 0 ? words[0] : "mulga";
	const char *folder = getenv("MULGA_HOME");
	struct home home;
	char      **at = words + 1;
	int         code;

	if (folder != NULL && folder[0] == '\0')
		folder = NULL;
	if (count > 2 && strcmp(called, "mulga") == 0 && strcmp(words[1], "-C") == 0) {
		folder = words[2];
		at     = words + 3;
	}
	if (count > 2 && strcmp(called, "mulga") == 0 && at[0] != NULL &&
	    strcmp(at[0], "--json") == 0 && at[1] != NULL) { /* as `systemctl --output=json VERB` */
		char *json = at[0];

		at[0] = at[1];
		at[1] = json;
	}
	home_init(&home, folder);
	if (count < 1)
		code = EX_USAGE;
	else if (strcmp(called, "mulga") != 0)
		code = run_alias(called, &home, at);
	else
		code = run_verb(&home, at);
	home_release(&home);
	if (fflush(stdout) != 0 && code == 0)
		code = EX_IOERR;
	return code;
}

static int
run_alias(const char *called, const struct home *home, char **arguments)
{
	static char *queue[] = { "queue", NULL };

	if (strcmp(called, "sendmail") == 0)
		return thin_sendmail(home, arguments);
	if (strcmp(called + (*called == '-'), "mulga-shell") == 0) /* login puts a - before it */
		return thin_shell(home, arguments);
	if (strcmp(called, "mailq") == 0)
		return thin_ask(home, queue, true);
	if (strcmp(called, "newaliases") == 0)
		return EX_OK; /* aliases are in the description */
	if (strcmp(called, "rmail") == 0)
		return thin_rmail(home, arguments);
	if (strcmp(called, "rnews") == 0)
		return thin_rnews(home, arguments);
	if (strcmp(called, "rsmtp") == 0)
		return thin_smtp(home, THIN_SMTP_BATCH);
	if (strcmp(called, "uux") == 0)
		return thin_uux(home, arguments);
	if (strcmp(called, "uucp") == 0)
		return thin_uucp(home, arguments);
	if (strcmp(called, "uustat") == 0)
		return thin_uustat(home, arguments);
	if (strcmp(called, "to-uucp") == 0)
		return thin_to_uucp(arguments);
	complain("there is no program of that name");
	return EX_USAGE;
}

static int
run_verb(const struct home *home, char **words)
{
	const struct verb *verb;
	int                code;

	if (words[0] == NULL || strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0)
		return words[0] == NULL ? (help(), EX_USAGE) : help();
	if (strcmp(words[0], "--version") == 0) {
		puts("mulga " MULGA_VERSION);
		return EX_OK;
	}
	verb = find_verb(words[0]);
	if (verb == NULL) {
		complain("there is no verb \"%s\"; mulga help lists them", words[0]);
		return EX_USAGE;
	}
	switch (verb->way) {
	case WAY_SEND:
		return thin_send(home, words + 1);
	case WAY_ANSWER:
		return thin_answer(home, words);
	case WAY_SHELL:
		return thin_shell(home, words + 1);
	case WAY_READ:
		if (strcmp(words[0], "map") == 0 && (code = write_to_file(words)) != EX_OK)
			return code;
		if (names_file(words))
			return thin_run_owner(home, words);
		return thin_ask(home, words, reads(words));
	case WAY_CARRY:
		return thin_carry(home, words + 1);
	case WAY_ACT:
		return thin_ask(home, words, false);
	case WAY_WATCH:
		return thin_watch(home, words);
	case WAY_OWNER:
		return thin_run_owner(home, words);
	case WAY_RNEWS:
		return thin_rnews(home, words + 1);
	case WAY_AREA:
		return thin_area(home, words + 1);
	case WAY_FETCH:
		return thin_fetch(home, words);
	case WAY_REQUEST:
		return thin_request(home, words + 1);
	case WAY_SIMULATE: /* a gigabyte of small things: with large pages a sixth quicker */
		setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", false);
		return thin_run_beside("mulga-simulate", NULL, words);
	case WAY_LATER:
		break;
	}
	complain("%s: not in this version", verb->name);
	return EX_USAGE;
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* Some words after `queue` and `topology` change things; only a daemon does that. */
static bool
reads(char **words)
{
	static const char *const changes[] = { "hold",    "release",  "cancel", "return",
		                               "reroute", "expedite", "forget" };

	if (strcmp(words[0], "queue") != 0 && strcmp(words[0], "topology") != 0)
		return true;
	for (size_t i = 0; words[1] != NULL && i < sizeof(changes) / sizeof(changes[0]); i++)
		if (strcmp(words[1], changes[i]) == 0)
			return false;
	return true;
}

/* `routes`, `explain` and `map` with `-f NETWORK` need no node at all. */
static bool
names_file(char **words)
{
	if (strcmp(words[0], "routes") != 0 && strcmp(words[0], "explain") != 0 &&
	    strcmp(words[0], "map") != 0)
		return false;
	for (; *words != NULL; words++)
		if (strcmp(*words, "-f") == 0)
			return true;
	return false;
}

/* Takes `-o FILE` out of the words and makes it our output, as `> FILE` would: also that of
 * mulga-spool, and nothing but this program's user decides where it may write. */
static int
write_to_file(char **words)
{
	const char *path = NULL;
	size_t      kept = 0;
	int         file;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], "-o") != 0) {
			words[kept++] = words[i];
			continue;
		}
		path = words[++i];
		if (path == NULL) {
			complain("%s: -o needs the name of a file", words[0]);
			return EX_USAGE;
		}
	}
	words[kept] = NULL;
	if (path == NULL)
		return EX_OK;
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file < 0 || dup2(file, STDOUT_FILENO) < 0) {
		complain("%s: %s", path, strerror(errno));
		return EX_CANTCREAT;
	}
	close(file);
	return EX_OK;
}

static int
help(void)
{
	puts("usage: mulga [-C DIR] VERB [ARGUMENT...]\n");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].summary != NULL)
			printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
	puts("\nEvery verb that reads takes --json. See mulga(1).");
	return EX_OK;
}
