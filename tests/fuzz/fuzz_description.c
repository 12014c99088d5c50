/*
 * fuzz_description.c - what is read as a description prints, and reads back equal
 *
 * And what is refused is refused with a place inside the text. An include finds one small
 * file and itself. The seeds are in corpus/description.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/description/description_check.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status include(const char *from, const char *pattern, struct description_sources *found,
                           struct diagnostic *diagnostic);
static void        try_print(const struct description *description);
static void        require_places(const struct description        *description,
                                  const struct description_report *report);
static void        require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct description         description;
	struct description_sources roots;
	struct description_report  report;
	struct buffer              out;
	enum status                status;

	description_init(&description);
	description_sources_init(&roots);
	description_report_init(&report);
	buffer_init(&out);
	description_sources_add(&roots, "input", (const char *)data, size);
	status = description_parse(&description, &roots, include, &report);
	require((status == STATUS_OK) == (report.error_count == 0), "an error is reported");
	if (status == STATUS_OK) {
		description_check(&description, &report);
		description_unsupported(&description, &report);
		try_print(&description);
	}
	require_places(&description, &report);
	description_report_format(&report, &out);
	buffer_release(&out);
	description_report_release(&report);
	description_sources_release(&roots);
	description_release(&description);
	return 0;
}

static enum status
include(const char *from, const char *pattern, struct description_sources *found,
        struct diagnostic *diagnostic)
{
	static const char text[] = "link c.b { include \"x\" ; cost 3";

	if (strcmp(pattern, "x") == 0)
		description_sources_add(found, "x", text, strlen(text));
	else if (strcmp(pattern, "y") == 0)
		description_sources_add(found, "y", "alias r", strlen("alias r"));
	else
		diagnostic_set(diagnostic, "%.50s includes nothing", from);
	return found->count > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static void
try_print(const struct description *description)
{
	struct description         again;
	struct description_sources roots;
	struct description_report  report;
	struct buffer              printed, reprinted;

	description_init(&again);
	description_sources_init(&roots);
	description_report_init(&report);
	buffer_init(&printed);
	buffer_init(&reprinted);
	description_print(description, &printed);
	description_sources_add(&roots, "printed", buffer_text(&printed), printed.length);
	require(description_parse(&again, &roots, NULL, &report) == STATUS_OK,
	        "what is printed can be read");
	require(description_equal(description, &again), "what is printed reads back equal");
	description_print(&again, &reprinted);
	require(strcmp(buffer_text(&printed), buffer_text(&reprinted)) == 0,
	        "there is one canonical form");
	buffer_release(&printed);
	buffer_release(&reprinted);
	description_report_release(&report);
	description_sources_release(&roots);
	description_release(&again);
}

/* Every finding lies in a line that there is. */
static void
require_places(const struct description *description, const struct description_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct diagnostic *diagnostic = &report->findings[i].diagnostic;
		unsigned                 lines      = 1;

		if (diagnostic->line == 0)
			continue;
		for (size_t j = 0; j < description->sources.count; j++) {
			const struct description_source *source = &description->sources.items[j];
			unsigned                         own    = 1;

			for (size_t k = 0; k < source->length; k++)
				own += source->text[k] == '\n';
			lines = own > lines ? own : lines;
		}
		require(diagnostic->line <= lines, "a finding lies in a line that there is");
		require(diagnostic->column >= 1, "a finding has a column");
		require(diagnostic->text[0] != '\0', "a finding says what it is");
	}
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_description: not so: %s\n", what);
	abort();
}
