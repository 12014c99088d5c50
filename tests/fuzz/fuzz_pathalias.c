/*
 * fuzz_pathalias.c - any bytes as a UUCP map: refused at a place, or a network that parses
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "spool/description/description_parse.h"
#include "spool/import/pathalias.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pathalias          *maps = pathalias_new();
	struct description_sources sources;
	struct description         description;
	struct description_report  report;
	struct diagnostic          diagnostic;
	struct buffer              out;

	diagnostic_init(&diagnostic);
	buffer_init(&out);
	description_sources_init(&sources);
	description_init(&description);
	description_report_init(&report);
	if (pathalias_read(maps, "map", (struct span){ data, size }, &diagnostic) != STATUS_OK) {
		if (diagnostic.text[0] == '\0' || diagnostic.line == 0)
			abort(); /* refused without a place */
	} else {
		pathalias_print(maps, "uucp", &out);
		description_sources_add(&sources, "out", buffer_text(&out), out.length);
		if (description_parse(&description, &sources, NULL, &report) != STATUS_OK) {
			fwrite(buffer_text(&out), 1, out.length, stderr);
			abort();
		}
	}
	description_report_release(&report);
	description_release(&description);
	description_sources_release(&sources);
	buffer_release(&out);
	pathalias_free(maps);
	return 0;
}
