/*
 * thin_rnews.c - a batch of news comes in
 *
 * As rnews(1): from a news server's feed, from UUCP, from the daemon as the program of the service
 * `news`. The whole batch is read and judged before anything is done with it, so that one with a wrong
 * length, or one that unpacks to the moon, is refused whole and stays with who has it. Then articles
 * go where they are wanted: to nodes (--to), to subscribers (--feed), to files (--keep); if nothing is
 * said, to this node's own service `news`.
 */
#include "tools/thin_news.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "spool/query/query_text.h"
#include "tools/complain.h"
#include "tools/node_name.h"
#include "tools/thin_news_areas.h"
#include "tools/thin_news_expire.h"
#include "tools/thin_news_files.h"
#include "tools/thin_news_keep.h"
#include "tools/thin_news_source.h"
#include "tools/thin_news_target.h"

static const char usage[] =
    "usage: rnews [--to ADDRESS]... [--feed] [--keep FOLDER [--keep-for 30d]] [--groups G] "
    "[--expire 7d] [--limit BYTES] [--batch BYTES] [FILE]\n"
    "       rnews --sweep --keep FOLDER [--keep-for 30d]";

/* Of kept articles; their ids are remembered so much longer, for who offers them again. */
enum { KEEP_S = 30 * 86400, REMEMBER_S = 60 * 86400 };

struct rnews {
	const struct home        *home;
	struct name               node;
	struct control_submission submission;
	struct news_targets       targets;
	const char               *groups, *folder;
	int64_t                   keep_s;             /* 0: for ever */
	bool                      feed, sweep, timed; /* timed: keep_s was said */
	uint64_t                  limit_bytes;
	struct buffer             batch; /* all that came, unpacked */
};

static int  parse_options(struct rnews *rnews, char **arguments, const char **path);
static bool fit_together(const struct rnews *rnews, bool file);
static int  apply(struct rnews *rnews, int option, const char *value);
static int  apply_time(struct rnews *rnews, const char *value);
static int  parse_bytes(const char *text, uint64_t *bytes);
static void add_targets(struct rnews *rnews);
static int  take_batch(struct rnews *rnews, const char *path);
static int  read_batch(struct rnews *rnews, const char *path);
static int  distribute(struct rnews *rnews);
static int  begin_keep(struct rnews *rnews, struct news_keep *keep, bool *more);
static int  sweep_folder(struct rnews *rnews);
static int  take_articles(struct rnews *rnews, struct news_keep *keep);

int
thin_rnews(const struct home *home, char **arguments)
{
	struct rnews rnews = {
		.home = home, .groups = "*", .keep_s = KEEP_S, .limit_bytes = NEWS_BATCH_LIMIT
	};
	struct diagnostic diagnostic;
	const char       *path = "-";
	int               code;

	control_submission_init(&rnews.submission);
	news_targets_init(&rnews.targets, NEWS_BATCH_LIMIT);
	diagnostic_init(&diagnostic);
	snprintf(rnews.submission.service, sizeof(rnews.submission.service), "news");
	code = parse_options(&rnews, arguments, &path);
	if (code == 0 && node_name_read(home, &rnews.node, &diagnostic) != STATUS_OK) {
		complain("no node lives here: %s", diagnostic.text);
		code = EX_CONFIG;
	}
	if (code == 0)
		code = rnews.sweep ? sweep_folder(&rnews) : take_batch(&rnews, path);
	buffer_release(&rnews.batch);
	news_targets_release(&rnews.targets);
	control_submission_release(&rnews.submission);
	return code;
}

/* The short ones are those of other rnews programs, which say nothing to this one. */
static int
parse_options(struct rnews *rnews, char **arguments, const char **path)
{
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "feed", no_argument, NULL, 'f' },
		{ "keep", required_argument, NULL, 'k' },
		{ "keep-for", required_argument, NULL, 'K' },
		{ "sweep", no_argument, NULL, 's' },
		{ "groups", required_argument, NULL, 'g' },
		{ "expire", required_argument, NULL, 'e' },
		{ "limit", required_argument, NULL, 'l' },
		{ "batch", required_argument, NULL, 'B' },
		{ NULL, 0, NULL, 0 },
	};
	char **words = arguments - 1;
	int    count = 1, code = 0, option;

	while (words[count] != NULL)
		count++;
	optind = 1;
	while (code == 0 && (option = getopt_long(count, words, "abdNvh:", options, NULL)) != -1)
		code = apply(rnews, option, optarg);
	if (code == 0 && (optind < count - 1 || !fit_together(rnews, optind < count))) {
		complain("%s", usage);
		code = EX_USAGE;
	}
	if (code == 0 && optind < count)
		*path = words[optind];
	return code;
}

/* A time to keep is of a folder; a sweep takes no batch. */
static bool
fit_together(const struct rnews *rnews, bool file)
{
	bool sends = rnews->feed || rnews->targets.count > 0;

	return (rnews->folder != NULL || !(rnews->timed || rnews->sweep)) &&
	       !(rnews->sweep && (file || sends));
}

static int
apply(struct rnews *rnews, int option, const char *value)
{
	uint64_t bytes;
	int      code;

	switch (option) {
	case 't':
		news_targets_add(&rnews->targets, value, "*");
		return 0;
	case 'f':
		rnews->feed = true;
		return 0;
	case 'k':
		rnews->folder = value;
		return 0;
	case 'K':
		return apply_time(rnews, value);
	case 's':
		rnews->sweep = true;
		return 0;
	case 'g':
		rnews->groups = value;
		if (news_pattern_valid(value))
			return 0;
		complain("\"%s\" are no groups; write aus.*,!aus.jokes", value);
		return EX_USAGE;
	case 'e':
		if (query_text_parse_duration(value, &rnews->submission.lifetime_ms))
			return 0;
		complain("\"%s\" is no time; write 90s, 10m, 4h, 7d or 2w", value);
		return EX_USAGE;
	case 'l':
	case 'B':
		code = parse_bytes(value, &bytes);
		if (code == 0 && option == 'l')
			rnews->limit_bytes = bytes;
		else if (code == 0)
			rnews->targets.parcel_max_bytes = (size_t)bytes;
		return code;
	case '?': /* getopt has said what is wrong */
		fprintf(stderr, "%s\n", usage);
		return EX_USAGE;
	default:
		return 0;
	}
}

static int
apply_time(struct rnews *rnews, const char *value)
{
	int64_t ms = 0;

	rnews->timed = true;
	if (strcmp(value, "ever") != 0 && (!query_text_parse_duration(value, &ms) || ms < 1000)) {
		complain("\"%s\" is no time to keep articles; write 30d, 8w or ever", value);
		return EX_USAGE;
	}
	rnews->keep_s = ms / 1000;
	return 0;
}

static int
parse_bytes(const char *text, uint64_t *bytes)
{
	size_t digits = strspn(text, "0123456789"), unit;

	*bytes = 0;
	for (size_t i = 0; i < digits && i < 12; i++)
		*bytes = *bytes * 10 + (uint64_t)(text[i] - '0');
	unit = text[digits] == 'K' ? 10 : text[digits] == 'M' ? 20 : text[digits] == 'G' ? 30 : 0;
	*bytes <<= unit;
	if (digits > 0 && digits <= 10 && text[digits + (unit > 0)] == '\0' && *bytes > 0)
		return 0;
	complain("\"%s\" is no size; write 20000, 64K, 1M", text);
	return EX_USAGE;
}

static void
add_targets(struct rnews *rnews)
{
	struct buffer patterns;
	struct name   node = { "" };

	buffer_init(&patterns);
	while (rnews->feed && news_areas_next(rnews->home, NEWS_AREAS_FED, &node, &patterns))
		news_targets_add(&rnews->targets, node.text, buffer_text(&patterns));
	buffer_release(&patterns);
	if (rnews->targets.count == 0 && !rnews->feed && rnews->folder == NULL)
		news_targets_add(&rnews->targets, rnews->node.text, "*");
}

static int
take_batch(struct rnews *rnews, const char *path)
{
	int code = read_batch(rnews, path);

	if (code != 0)
		return code;
	add_targets(rnews);
	return distribute(rnews);
}

static int
read_batch(struct rnews *rnews, const char *path)
{
	struct news_source  source;
	struct news_article article;
	bool                standard = strcmp(path, "-") == 0;
	int                 file     = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int                 code     = 0;

	if (file < 0) {
		complain("%s: %s", path, strerror(errno));
		return EX_NOINPUT;
	}
	news_source_init(&source, file, rnews->limit_bytes);
	while (news_source_next(&source, &article, &code) == 1)
		news_batch_append(&rnews->batch, article.bytes);
	news_source_release(&source);
	if (!standard)
		close(file);
	return code;
}

static int
distribute(struct rnews *rnews)
{
	struct news_keep keep = { .folder = -1, .lock = -1 };
	bool             more;
	int              code = 0;

	if (rnews->folder != NULL)
		code = begin_keep(rnews, &keep, &more); /* makes room first */
	if (code == 0)
		code = take_articles(rnews, rnews->folder != NULL ? &keep : NULL);
	if (code == 0)
		code = news_targets_send(&rnews->targets, rnews->home, &rnews->node,
		                         &rnews->submission);
	if (code == 0 && rnews->folder != NULL)
		code = news_keep_end(&keep); /* last: who is cut before does all of it again */
	news_keep_release(&keep);
	return code;
}

/* Some of what is over its time goes. */
static int
begin_keep(struct rnews *rnews, struct news_keep *keep, bool *more)
{
	int64_t now_s  = (int64_t)time(NULL);
	int64_t before = rnews->keep_s > 0 ? now_s - rnews->keep_s : INT64_MIN;
	int64_t oldest = rnews->keep_s > 0 ? before - REMEMBER_S : INT64_MIN;
	int     code;

	code  = news_keep_begin(keep, rnews->folder, rnews->groups, &rnews->node, now_s, oldest);
	*more = false;
	if (code == 0 && rnews->keep_s > 0)
		code = news_keep_expire(keep, before, more);
	return code;
}

/* All of it goes, so many at a time: a batch that comes meanwhile gets its turn. */
static int
sweep_folder(struct rnews *rnews)
{
	bool more = true;
	int  code =
            access(rnews->folder, R_OK | W_OK | X_OK) == 0 ? 0 : news_files_failed(rnews->folder);

	while (more && code == 0) {
		struct news_keep keep = { .folder = -1, .lock = -1 };

		code = begin_keep(rnews, &keep, &more);
		if (code == 0)
			code = news_keep_end(&keep);
		news_keep_release(&keep);
	}
	return code;
}

/* What is kept already has been fed, too. */
static int
take_articles(struct rnews *rnews, struct news_keep *keep)
{
	struct span         rest = buffer_span(&rnews->batch);
	struct news_batch   batch;
	struct news_article article;
	int                 code = 0;

	news_batch_init(&batch, NEWS_ARTICLE_LIMIT);
	while (code == 0 && news_batch_read(&batch, &rest, NULL) == NEWS_BATCH_ARTICLE) {
		if (news_article_parse(&article, buffer_span(&batch.article), NULL) != STATUS_OK)
			continue;
		if (keep != NULL && news_history_has(&keep->history, &article)) {
			if (news_history_too_old(&keep->history, &article))
				complain(
				    "%.*s is too old to be told from what was here before: %.*s",
				    (int)article.message_id.length,
				    (const char *)article.message_id.data, (int)article.date.length,
				    (const char *)article.date.data);
			continue;
		}
		if (news_article_wanted(&article, rnews->groups))
			news_targets_take(&rnews->targets, &article, &rnews->node);
		if (keep != NULL)
			code = news_keep_article(keep, &article);
	}
	news_batch_release(&batch);
	return code;
}
