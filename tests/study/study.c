/*
 * study.c - the paper's further work: what hierarchical routing costs, and what it saves
 *
 *	study [--sample N] [--seed N] [--visible as-is|parent|holes|wider]
 *	      [--audience mutual|region] stretch|sizes [NETWORK]
 *
 * NETWORK is a file as network_read_visible takes it, by default the UUCP network of 1992.
 * All is computed by the product's own code from what each node knows when all is told and
 * quiet. doc/STUDY.md has the figures and what they mean.
 */
#include "tests/study/study.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char *const visibles[]  = { "as-is", "parent", "holes", "wider" };
static const char *const audiences[] = { "mutual", "region" };
static const struct {
	const char *name;
	void (*run)(struct study *study);
} questions[] = { { "stretch", study_stretch }, { "sizes", study_sizes } };

static unsigned choose(const char *text, const char *const names[], unsigned count);
static void     usage(void);

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "sample", required_argument, NULL, 'n' },
		                                 { "seed", required_argument, NULL, 's' },
		                                 { "visible", required_argument, NULL, 'v' },
		                                 { "audience", required_argument, NULL, 'a' },
		                                 { NULL, 0, NULL, 0 } };
	const char                *path      = "../shared/data/uucp-1992-12-visible.tsv";
	unsigned                   visible = STUDY_AS_IS, audience = NETWORK_MUTUAL, question;
	uint64_t                   seed    = 1;
	const char *const          asked[] = { questions[0].name, questions[1].name };
	struct study               study   = { .sample = 1000 };
	struct network             network;
	struct network_views       views;
	int                        option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n')
			study.sample = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'v')
			visible = choose(optarg, visibles, 4);
		else if (option == 'a')
			audience = choose(optarg, audiences, 2);
		else
			usage();
	}
	if (study.sample == 0 || optind == argc || argc - optind > 2)
		usage();
	question = choose(argv[optind], asked, 2);
	if (argc - optind == 2)
		path = argv[optind + 1];
	network_init(&network);
	if (!network_read_visible(&network, path)) {
		fprintf(stderr, "study: %s cannot be read\n", path);
		return EX_NOINPUT;
	}
	random_seed_number(&study.random, seed);
	study_see(&network, (enum study_visible)visible, &study.random);
	network_views_init(&views, &network, (enum network_audience)audience);
	study.network = &network;
	study.views   = &views;
	questions[question].run(&study);
	network_views_release(&views);
	network_release(&network);
	return 0;
}

static unsigned
choose(const char *text, const char *const names[], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	usage();
	return 0;
}

static void
usage(void)
{
	fprintf(stderr, "usage: study [--sample N] [--seed N] [--visible as-is|parent|holes|wider] "
	                "[--audience mutual|region] stretch|sizes [NETWORK]\n");
	exit(EX_USAGE);
}

void
study_see(struct network *network, enum study_visible visible, struct random *random)
{
	for (uint32_t i = 0; i < network->count; i++) {
		struct name *seen   = &network->visible[i];
		const char  *parent = name_parent(network->names[i].text), *wider;

		wider = name_parent(seen->text);
		if (visible == STUDY_PARENT ||
		    (visible == STUDY_HOLES && strcmp(seen->text, parent) != 0 &&
		     random_below(random, 10) == 0))
			name_parse_region(seen, parent, NULL);
		else if (visible == STUDY_WIDER && wider != NULL)
			memmove(seen->text, wider, strlen(wider) + 1);
	}
}

void
study_sort(double *values, unsigned count)
{
	/* Samples are some thousands at most, and arrive nearly in order of their network. */
	for (unsigned i = 1; i < count; i++)
		for (unsigned j = i; j > 0 && values[j] < values[j - 1]; j--) {
			double value  = values[j];
			values[j]     = values[j - 1];
			values[j - 1] = value;
		}
}

double
study_quantile(const double *values, unsigned count, unsigned thousandths)
{
	unsigned place = (unsigned)((uint64_t)count * thousandths / 1000);

	return count == 0 ? 0 : values[place < count ? place : count - 1];
}
