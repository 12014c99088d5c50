/*
 * owner_import.c - `import`: descriptions out of what other networks' programs read
 *
 *	mulga import uucp [--name NODE] [--region REGION] [--foreign] [DIR]
 *	mulga import pathalias [--region REGION] FILE...
 *
 * The description goes to the standard output, for a person to read and correct; it is judged here before
 * it is written, so that what comes out is one.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/description/description_check.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"
#include "spool/import/pathalias.h"
#include "spool/import/uucp_import.h"
#include "tools/complain.h"
#include "tools/owner.h"

static const char usage[] =
    "usage: mulga import uucp [--name NODE] [--region REGION] [--foreign] [DIR]\n"
    "       mulga import pathalias [--region REGION] FILE...";

static int parse_options(const struct owner_call *call, struct uucp_import_wish *wish,
                         char ***files);
static int import_uucp(const struct uucp_import_wish *wish, const char *folder, struct buffer *out);
static int import_maps(const char *region, char **files, struct buffer *out);
static int refuse(const struct diagnostic *diagnostic);
static int judge(const struct buffer *out);
static struct span text_of(const struct description_sources *sources, size_t number);

int
owner_import(const struct owner_call *call)
{
	struct uucp_import_wish wish = { .region = "" };
	struct buffer           out;
	char                  **files;
	int                     code = parse_options(call, &wish, &files);

	if (code != 0)
		return code;
	buffer_init(&out);
	if (strcmp(call->words[0], "uucp") == 0)
		code = import_uucp(&wish, files[0] != NULL ? files[0] : "/etc/uucp", &out);
	else
		code = import_maps(wish.region, files, &out);
	if (code == 0)
		code = judge(&out);
	if (code == 0)
		fwrite(buffer_text(&out), 1, out.length, stdout);
	buffer_release(&out);
	return code;
}

static int
parse_options(const struct owner_call *call, struct uucp_import_wish *wish, char ***files)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "region", required_argument, NULL, 'r' },
		{ "foreign", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	bool        uucp = call->word_count > 0 && strcmp(call->words[0], "uucp") == 0;
	bool        maps = call->word_count > 0 && strcmp(call->words[0], "pathalias") == 0;
	int         option;
	struct name name;

	optind = 1;
	while ((uucp || maps) && (option = getopt_long((int)call->word_count, call->words, "",
	                                               options, NULL)) != -1) {
		wish->node    = option == 'n' ? optarg : wish->node;
		wish->region  = option == 'r' ? optarg : wish->region;
		wish->foreign = wish->foreign || option == 'f';
		if (option == '?')
			break;
	}
	*files = call->words + optind;
	if ((!uucp && !maps) || option == '?' ||
	    (maps && (wish->node != NULL || wish->foreign || (*files)[0] == NULL)) ||
	    (uucp && (size_t)optind + 1 < call->word_count)) {
		complain("%s", usage);
		return EX_USAGE;
	}
	if ((wish->node != NULL && name_parse(&name, wish->node, NULL) != STATUS_OK) ||
	    (wish->region[0] != '\0' && name_parse(&name, wish->region, NULL) != STATUS_OK)) {
		complain("import: --name and --region are names, such as basser.cs.su.oz.au");
		return EX_USAGE;
	}
	for (char **file = *files; *file != NULL; file++)
		for (const char *c = *file; *c != '\0'; c++)
			if (*c < ' ' || *c > '~') {
				complain(
				    "import: a file of such a name cannot be named in a comment");
				return EX_USAGE;
			}
	return 0;
}

/* A file that is missing says nothing; without `sys` there is nothing to say. */
static int
import_uucp(const struct uucp_import_wish *wish, const char *folder, struct buffer *out)
{
	static const char *const   names[UUCP_FILE_COUNT] = { "config", "sys", "port", "dial",
		                                              "call" };
	struct uucp_file           files[UUCP_FILE_COUNT] = { { .path = NULL } };
	struct description_sources sources;
	struct diagnostic          diagnostic;
	struct buffer              path;
	int                        code = 0;

	description_sources_init(&sources);
	buffer_init(&path);
	for (size_t i = 0; code == 0 && i < UUCP_FILE_COUNT; i++) {
		enum status status;

		diagnostic_init(&diagnostic);
		buffer_clear(&path);
		buffer_append_format(&path, "%s/%s", folder, names[i]);
		status = description_file_read(buffer_text(&path), &sources, &diagnostic);
		if (status == STATUS_OK) {
			files[i].path = sources.items[sources.count - 1].path;
			files[i].text = text_of(&sources, sources.count - 1);
		} else if (status != STATUS_NOT_FOUND || i == UUCP_SYS) {
			complain("%s", diagnostic.text);
			code = EX_NOINPUT;
		}
	}
	diagnostic_init(&diagnostic);
	if (code == 0 && uucp_import(files, wish, out, &diagnostic) != STATUS_OK)
		code = refuse(&diagnostic);
	buffer_release(&path);
	description_sources_release(&sources);
	return code;
}

static int
import_maps(const char *region, char **files, struct buffer *out)
{
	struct description_sources sources;
	struct diagnostic          diagnostic;
	struct pathalias          *maps = pathalias_new();
	int                        code = 0;

	description_sources_init(&sources);
	for (size_t i = 0; code == 0 && files[i] != NULL; i++) {
		diagnostic_init(&diagnostic);
		if (description_file_read(files[i], &sources, &diagnostic) != STATUS_OK) {
			complain("%s", diagnostic.text);
			code = EX_NOINPUT;
		} else if (pathalias_read(maps, files[i], text_of(&sources, i), &diagnostic) !=
		           STATUS_OK) {
			code = refuse(&diagnostic);
		}
	}
	if (code == 0)
		pathalias_print(maps, region, out);
	description_sources_release(&sources);
	pathalias_free(maps);
	return code;
}

static struct span
text_of(const struct description_sources *sources, size_t number)
{
	return (struct span){ (const uint8_t *)sources->items[number].text,
		              sources->items[number].length };
}

static int
refuse(const struct diagnostic *diagnostic)
{
	if (diagnostic->path[0] != '\0')
		complain("%s:%u:%u: error: %s", diagnostic->path, diagnostic->line,
		         diagnostic->column, diagnostic->text);
	else
		complain("import: %s; say --name", diagnostic->text);
	return EX_DATAERR;
}

/* What a map says may be no network: two hosts that state the same link to a third, and the like. */
static int
judge(const struct buffer *out)
{
	struct description_sources sources;
	struct description         description;
	struct description_report  report;
	struct buffer              text;
	int                        code = 0;

	description_sources_init(&sources);
	description_init(&description);
	description_report_init(&report);
	buffer_init(&text);
	description_sources_add(&sources, "imported", buffer_text(out), out->length);
	if (description_parse(&description, &sources, NULL, &report) != STATUS_OK ||
	    description_check(&description, &report) != STATUS_OK)
		code = EX_DATAERR;
	for (size_t i = 0; code != 0 && i < report.count; i++)
		if (report.findings[i].severity == DESCRIPTION_ERROR)
			description_finding_format(&report.findings[i], &text);
	fputs(buffer_text(&text), stderr);
	buffer_release(&text);
	description_report_release(&report);
	description_release(&description);
	description_sources_release(&sources);
	return code;
}
