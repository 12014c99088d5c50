/*
 * thin_uux.c - `uux` as mail and news servers call it: work for the program of another machine
 *
 *	uux -r -n -z -aSENDER - SITE!rmail (RECIPIENT)     Postfix's transport `uucp`
 *	uux - -r -gd SITE!rnews                            INN's send-uucp and batchers
 *
 * Of the programs over there, rmail is the service mail and rnews the service news of that node. A SITE may
 * be a short name, as `mulga send` takes it, or a path, a!b. When it ends with 0 the message is
 * durable here: the `-r` of uux, to leave the call for later, is what mulga does anyway.
 */
#include "tools/thin_uux.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/thin_news.h"
#include "tools/thin_rmail.h"

static const char usage[] =
    "usage: uux [-r] [-n] [-z] [-g GRADE] [-a SENDER] - [SITE]!rmail RECIPIENT...\n"
    "       uux [-r] [-n] [-z] [-g GRADE] - [SITE]!rnews";

struct uux {
	const char *sender; /* NULL: as the mail says */
	bool        input;  /* `-` was said           */
	char      **words;  /* of the command, ended by NULL; owned */
	size_t      count;
};

static int  parse_options(struct uux *uux, char **arguments);
static void split(struct uux *uux, char *text);
static void add_word(struct uux *uux, char *word);
static int  run(const struct home *home, struct uux *uux);
static int  run_rmail(const struct home *home, const char *site, struct uux *uux);

int
thin_uux(const struct home *home, char **arguments)
{
	struct uux uux  = { .sender = NULL };
	int        code = parse_options(&uux, arguments);

	if (code == 0)
		code = run(home, &uux);
	free(uux.words);
	return code;
}

/* Those of Taylor UUCP and of HoneyDanBer; most say nothing to us. A `-` may stand among them. */
static int
parse_options(struct uux *uux, char **arguments)
{
	static const struct option options[] = {
		{ "requestor", required_argument, NULL, 'a' },
		{ "grade", required_argument, NULL, 'g' },
		{ "config", required_argument, NULL, 'I' },
		{ "debug", required_argument, NULL, 'x' },
		{ "status", required_argument, NULL, 's' },
		{ "notification", required_argument, NULL, 't' },
		{ "stdin", no_argument, NULL, 'p' },
		{ "nouucico", no_argument, NULL, 'r' },
		{ "jobid", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	char **words = arguments - 1;
	int    count = 1, option = 0;

	while (words[count] != NULL)
		count++;
	optind = 1;
	for (;;) {
		option = getopt_long(count, words, "+a:bcCg:I:jlnprs:t:vWx:z", options, NULL);
		if (option == -1 && optind < count && strcmp(words[optind], "-") == 0) {
			uux->input = true;
			optind++;
			continue;
		}
		if (option == -1 || option == '?')
			break;
		uux->sender = option == 'a' ? optarg : uux->sender;
		uux->input  = uux->input || option == 'p';
	}
	for (; option == -1 && optind < count; optind++)
		split(uux, words[optind]);
	if (option == '?' || uux->count == 0) {
		complain("%s", usage);
		return EX_USAGE;
	}
	return 0;
}

/* The command may be one argument or many; `(word)` is a word that names no file. */
static void
split(struct uux *uux, char *text)
{
	char *rest = NULL;

	for (char *word = strtok_r(text, " \t", &rest); word != NULL;
	     word       = strtok_r(NULL, " \t", &rest)) {
		size_t length = strlen(word);

		if (length > 2 && word[0] == '(' && word[length - 1] == ')') {
			word[length - 1] = '\0';
			word++;
		}
		add_word(uux, word);
	}
}

static void
add_word(struct uux *uux, char *word)
{
	char **words = memory_new(uux->count + 2, sizeof(words[0]));

	if (uux->count > 0)
		memcpy(words, uux->words, uux->count * sizeof(words[0]));
	free(uux->words);
	words[uux->count++] = word;
	uux->words          = words;
}

static int
run(const struct home *home, struct uux *uux)
{
	char *site    = uux->words[0];
	char *mark    = strrchr(site, '!');
	char *program = mark != NULL ? mark + 1 : site;

	if (mark != NULL)
		*mark = '\0';
	else
		site = "";
	if (strcmp(program, "rmail") != 0 && strcmp(program, "rnews") != 0) {
		complain("%s: mulga runs no programs elsewhere; rmail and rnews are the services "
		         "mail and news",
		         program);
		return EX_UNAVAILABLE;
	}
	if (!uux->input) {
		complain("%s: what it is to read is expected on standard input: say -", program);
		return EX_USAGE;
	}
	if (strcmp(program, "rmail") == 0)
		return run_rmail(home, site, uux);
	return thin_rnews(home,
	                  site[0] != '\0' ? (char *[]){ "--to", site, NULL } : (char *[]){ NULL });
}

static int
run_rmail(const struct home *home, const char *site, struct uux *uux)
{
	struct thin_mail mail;
	struct buffer    recipient;
	int              code = thin_mail_init(&mail, home);

	buffer_init(&recipient);
	if (code == 0 && uux->count < 2) {
		complain("%s", usage);
		code = EX_USAGE;
	}
	for (size_t i = 1; code == 0 && i < uux->count; i++) {
		buffer_clear(&recipient);
		buffer_append_format(&recipient, "%s%s%s", site, site[0] != '\0' ? "!" : "",
		                     uux->words[i]);
		code = thin_mail_recipients(&mail, buffer_text(&recipient));
	}
	mail.sender = uux->sender;
	if (code == 0)
		code = thin_rmail_take(&mail);
	buffer_release(&recipient);
	thin_mail_release(&mail);
	return code;
}
