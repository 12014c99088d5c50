/*
 * fuzz_uucp.c - any bytes as the files of a Taylor UUCP
 *
 * They are refused at a place, or become a description that parses. The files stand one after the other
 * in the input, with a byte \1 between: config, sys, port, dial, call.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/description/description_parse.h"
#include "spool/import/uucp_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[UUCP_FILE_COUNT] = { "config", "sys", "port", "dial",
		                                            "call" };

	for (int foreign = 0; foreign < 2; foreign++) {
		struct uucp_file           files[UUCP_FILE_COUNT] = { { .path = NULL } };
		struct uucp_import_wish    wish = { "home.oz.au", "oz.au", foreign == 1 };
		struct description_sources sources;
		struct description         description;
		struct description_report  report;
		struct diagnostic          diagnostic;
		struct buffer              out;
		const uint8_t             *at = data, *end = data + size;

		for (size_t i = 0; i < UUCP_FILE_COUNT && at != NULL; i++) {
			const uint8_t *next = i + 1 < UUCP_FILE_COUNT && at < end
			                          ? memchr(at, 1, (size_t)(end - at))
			                          : NULL;

			files[i].path = names[i];
			files[i].text =
			    (struct span){ at, (size_t)((next != NULL ? next : end) - at) };
			at = next != NULL ? next + 1 : NULL;
		}
		diagnostic_init(&diagnostic);
		buffer_init(&out);
		description_sources_init(&sources);
		description_init(&description);
		description_report_init(&report);
		if (uucp_import(files, &wish, &out, &diagnostic) != STATUS_OK) {
			if (diagnostic.text[0] == '\0' || diagnostic.line == 0)
				abort(); /* refused without a place */
		} else {
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
	}
	return 0;
}
