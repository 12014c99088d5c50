/*
 * simulate.c - `mulga simulate NETWORK`: the daemon's own code under virtual time
 *
 * Run by mulga with the same words: `mulga-simulate simulate ...`.
 */
#include "tools/simulate/simulate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/simulate/simulate_generate.h"

enum { DAYS_MAX = 3650, MESSAGES_MAX = 100000, CHANGES_MAX = 100000, GENERATE_MAX = 100000 };

static int  read_options(struct simulate_options *options, char **words, int64_t *generate);
static bool read_number(const char *option, const char *text, int64_t least, int64_t most,
                        int64_t *value);
static bool read_traffic(struct simulate_options *options, const char *text);
static bool read_fault(struct world_faults *faults, const char *text);
static int  check_newcomer(const struct simulation *simulation);
static int  run(struct simulation *simulation);
static void usage(void);

int
main(int count, char **words)
{
	struct simulation simulation = { .options = { .days = 7, .messages = 30, .seed = 1 } };
	int64_t           generate   = 0;
	int               code       = EX_USAGE;

	simulation.options.mix = SIMULATE_PAPER;
	if (count > 1 && strcmp(words[1], "simulate") == 0)
		code = read_options(&simulation.options, words + 2, &generate);
	else
		usage();
	if (code == 0 && generate > 0) {
		simulate_generate((size_t)generate, simulation.options.seed);
	} else if (code == 0) {
		description_init(&simulation.network);
		code = simulate_read(&simulation);
		if (code == 0)
			code = check_newcomer(&simulation);
		if (code == 0)
			code = run(&simulation);
		description_release(&simulation.network);
	}
	if (fflush(stdout) != 0 && code == 0)
		code = EX_IOERR;
	return code;
}

static int
read_options(struct simulate_options *options, char **words, int64_t *generate)
{
	int64_t seed = 1;

	for (; *words != NULL; words++) {
		const char *option = *words;
		bool        good   = true;

		if (strcmp(option, "--json") == 0) {
			options->json = true;
		} else if (strcmp(option, "--nodes") == 0) {
			options->each_node = true;
		} else if (option[0] != '-' && options->network == NULL) {
			options->network = *words;
		} else if (option[0] != '-' || words[1] == NULL) {
			usage();
			return EX_USAGE;
		} else {
			words++;
			if (strcmp(option, "--days") == 0)
				good = read_number(option, *words, 1, DAYS_MAX, &options->days);
			else if (strcmp(option, "--seed") == 0)
				good = read_number(option, *words, 0, INT64_MAX, &seed);
			else if (strcmp(option, "--changes") == 0)
				good =
				    read_number(option, *words, 0, CHANGES_MAX, &options->changes);
			else if (strcmp(option, "--generate") == 0)
				good = read_number(option, *words, 2, GENERATE_MAX, generate);
			else if (strcmp(option, "--traffic") == 0)
				good = read_traffic(options, *words);
			else if (strcmp(option, "--fault") == 0)
				good = read_fault(&options->faults, *words);
			else if (strcmp(option, "--newcomer") == 0)
				options->newcomer = *words;
			else {
				complain("there is no option %s", option);
				return EX_USAGE;
			}
		}
		if (!good)
			return EX_USAGE;
	}
	options->seed = (uint64_t)seed;
	if ((options->network == NULL) == (*generate == 0)) {
		usage();
		return EX_USAGE;
	}
	return 0;
}

static bool
read_number(const char *option, const char *text, int64_t least, int64_t most, int64_t *value)
{
	char *end;

	errno  = 0;
	*value = strtoll(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && *value >= least && *value <= most)
		return true;
	complain("%s: \"%s\" is not a number from %lld to %lld", option, text, (long long)least,
	         (long long)most);
	return false;
}

/* "none", "paper[=N]" or "mail[=N]": N messages of each node in ten days, 30 if not stated. */
static bool
read_traffic(struct simulate_options *options, const char *text)
{
	size_t length = strcspn(text, "=");

	if (strcmp(text, "none") == 0) {
		options->messages = 0;
		return true;
	}
	if (length == 4 && strncmp(text, "mail", length) == 0) {
		options->mix = SIMULATE_MAIL;
	} else if (length == 5 && strncmp(text, "paper", length) == 0) {
		options->mix = SIMULATE_PAPER;
	} else {
		complain("--traffic: \"%s\" is not none, mail[=N] or paper[=N]", text);
		return false;
	}
	return text[length] == '\0' ||
	       read_number("--traffic", text + length + 1, 0, MESSAGES_MAX, &options->messages);
}

/* "KIND=N": N chances of a thousand. */
static bool
read_fault(struct world_faults *faults, const char *text)
{
	const struct {
		const char *name;
		unsigned   *chances;
	} kinds[] = {
		{ "cut", &faults->cut },
		{ "crash", &faults->crash_after_commit },
		{ "fragment", &faults->fragment },
		{ "slow-disk", &faults->slow_disk },
	};
	size_t  length = strcspn(text, "=");
	int64_t chances;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (text[length] == '\0' || strlen(kinds[i].name) != length ||
		    strncmp(kinds[i].name, text, length) != 0)
			continue;
		if (!read_number("--fault", text + length + 1, 0, 1000, &chances))
			return false;
		*kinds[i].chances = (unsigned)chances;
		return true;
	}
	complain("--fault: \"%s\" is not cut=N, crash=N, fragment=N or slow-disk=N", text);
	return false;
}

static int
check_newcomer(const struct simulation *simulation)
{
	const char *newcomer = simulation->options.newcomer;

	if (newcomer == NULL || description_find_node(&simulation->network, newcomer) != NULL)
		return 0;
	complain("--newcomer: %s describes no node \"%s\"", simulation->options.network, newcomer);
	return EX_USAGE;
}

static int
run(struct simulation *simulation)
{
	int code = 0;

	world_init(&simulation->world, simulation->options.seed, true);
	simulation->world.faults = simulation->options.faults;
	simulation->nodes =
	    memory_new(simulation->network.node_count, sizeof(simulation->nodes[0]));
	simulate_build(simulation);
	simulate_run(simulation);
	if (simulation->world.failure[0] != '\0') {
		complain("after %lld ms: %s", (long long)simulation->world.now_ms,
		         simulation->world.failure);
		code = EX_SOFTWARE;
	} else {
		simulate_report(simulation);
	}
	world_release(&simulation->world);
	topology_release(&simulation->flat);
	free(simulation->nodes);
	free(simulation->ways);
	free(simulation->latency_ms.items);
	free(simulation->hops.items);
	return code;
}

static void
usage(void)
{
	complain("usage: mulga simulate NETWORK [--days N] [--traffic none|mail[=N]|paper[=N]] "
	         "[--changes N] [--fault KIND=N]... [--newcomer NODE] [--seed N] [--nodes] "
	         "[--json]; or mulga simulate --generate N [--seed N]");
}
