/*
 * owner_describe.c - `check` and `print`: a description judged, and in its canonical form
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "spool/description/description_check.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_print.h"
#include "spool/query/json.h"
#include "spool/schedule/zone_file.h"
#include "tools/complain.h"
#include "tools/owner.h"

/* A description with what was found in it. */
struct judged {
	struct description        description;
	struct description_report report;
	int                       code; /* 0, 66 a file cannot be read, 78 it holds an error */
};

static void judge(char *const *paths, size_t count, struct judged *judged);
static void release(struct judged *judged);
static void print_findings(const struct judged *judged, bool warnings);
static void print_json(const struct judged *judged);

int
owner_check(const struct owner_call *call)
{
	char         *own = call->home->description;
	struct judged judged;
	int           code;

	judge(call->word_count > 0 ? call->words : &own,
	      call->word_count > 0 ? call->word_count : 1, &judged);
	description_unsupported(&judged.description, &judged.report);
	if (call->json)
		print_json(&judged);
	else
		print_findings(&judged, true);
	if (judged.code == 0 && !call->json)
		printf("%zu node%s, no error, %zu warning%s.\n", judged.description.node_count,
		       judged.description.node_count == 1 ? "" : "s", judged.report.warning_count,
		       judged.report.warning_count == 1 ? "" : "s");
	code = judged.code;
	release(&judged);
	return code;
}

int
owner_print(const struct owner_call *call)
{
	char              *path = call->word_count > 0 ? call->words[0] : call->home->description;
	struct description description;
	struct buffer      text, errors;
	int                code;

	if (call->word_count > 1) {
		complain("usage: mulga print [FILE]");
		return EX_USAGE;
	}
	description_init(&description);
	buffer_init(&text);
	buffer_init(&errors);
	code = owner_read_description(&path, 1, false, &description);
	if (code == 0)
		description_print(&description, &text);
	owner_say(&text, &errors);
	buffer_release(&text);
	buffer_release(&errors);
	description_release(&description);
	return code;
}

int
owner_read_description(char *const *paths, size_t count, bool warnings,
                       struct description *description)
{
	struct judged judged;
	int           code;

	judge(paths, count, &judged);
	print_findings(&judged, warnings);
	code = judged.code;
	if (code == 0) {
		description_release(description);
		*description = judged.description;
		description_init(&judged.description);
	}
	release(&judged);
	return code;
}

static void
judge(char *const *paths, size_t count, struct judged *judged)
{
	struct description_sources roots;
	struct diagnostic          diagnostic;

	*judged = (struct judged){ .code = 0 };
	description_init(&judged->description);
	description_report_init(&judged->report);
	description_sources_init(&roots);
	diagnostic_init(&diagnostic);
	for (size_t i = 0; i < count && judged->code == 0; i++)
		if (description_file_read(paths[i], &roots, &diagnostic) != STATUS_OK) {
			complain("%s", diagnostic.text);
			judged->code = EX_NOINPUT;
		}
	if (judged->code == 0 &&
	    (description_parse(&judged->description, &roots, description_file_include,
	                       &judged->report) != STATUS_OK ||
	     description_check(&judged->description, &judged->report) != STATUS_OK ||
	     zone_file_check(&judged->description, &judged->report) != STATUS_OK))
		judged->code = EX_CONFIG;
	description_sources_release(&roots);
}

static void
release(struct judged *judged)
{
	description_report_release(&judged->report);
	description_release(&judged->description);
}

static void
print_findings(const struct judged *judged, bool warnings)
{
	struct buffer text;

	buffer_init(&text);
	for (size_t i = 0; i < judged->report.count; i++)
		if (warnings || judged->report.findings[i].severity == DESCRIPTION_ERROR)
			description_finding_format(&judged->report.findings[i], &text);
	fputs(buffer_text(&text), stderr);
	buffer_release(&text);
}

/* One object a line. */
static void
print_json(const struct judged *judged)
{
	static const char *const severities[] = { [DESCRIPTION_ERROR]   = "error",
		                                  [DESCRIPTION_WARNING] = "warning",
		                                  [DESCRIPTION_NOTE]    = "note" };
	struct buffer            text;
	struct json              json;

	buffer_init(&text);
	json_init(&json, &text);
	for (size_t i = 0; i < judged->report.count; i++) {
		const struct description_finding *finding = &judged->report.findings[i];

		json_object_begin(&json, NULL);
		json_text(&json, "severity", severities[finding->severity]);
		json_text(&json, "path", finding->diagnostic.path);
		json_number(&json, "line", finding->diagnostic.line);
		json_number(&json, "column", finding->diagnostic.column);
		json_text(&json, "text", finding->diagnostic.text);
		json_text(&json, "hint",
		          finding->diagnostic.hint[0] == '\0' ? NULL : finding->diagnostic.hint);
		json_object_end(&json);
		json_line(&json);
	}
	fputs(buffer_text(&text), stdout);
	buffer_release(&text);
}
