/*
 * node_name.c - the file `name`, or else the description
 */
#include "tools/node_name.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "spool/description/description.h"
#include "spool/description/description_file.h"
#include "spool/description/description_parse.h"

static enum status read_name_file(const char *path, struct name *name);
static enum status read_description(const char *path, struct name *name,
                                    struct diagnostic *diagnostic);

enum status
node_name_read(const struct home *home, struct name *name, struct diagnostic *diagnostic)
{
	if (read_name_file(home->name, name) == STATUS_OK)
		return STATUS_OK;
	return read_description(home->description, name, diagnostic);
}

static enum status
read_name_file(const char *path, struct name *name)
{
	char    text[NAME_MAX_BYTES + 2];
	ssize_t length;
	int     file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return STATUS_NOT_FOUND;
	length = read(file, text, sizeof(text) - 1);
	close(file);
	if (length <= 0)
		return STATUS_INVALID;
	text[length]              = '\0';
	text[strcspn(text, "\n")] = '\0';
	return name_parse(name, text, NULL);
}

static enum status
read_description(const char *path, struct name *name, struct diagnostic *diagnostic)
{
	struct description_sources roots;
	struct description         description;
	struct description_report  report;
	enum status                status;

	description_sources_init(&roots);
	description_init(&description);
	description_report_init(&report);
	status = description_file_read(path, &roots, diagnostic);
	if (status == STATUS_OK) {
		description_parse(&description, &roots, description_file_include, &report);
		if (description.node_count == 1)
			*name = description.nodes[0].name;
		else
			status = STATUS_INVALID;
		if (status != STATUS_OK)
			diagnostic_set(diagnostic, "%s does not say which node this is", path);
	}
	description_report_release(&report);
	description_release(&description);
	description_sources_release(&roots);
	return status;
}
