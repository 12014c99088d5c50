/*
 * replay.c - every file of a corpus once through a fuzz target, without a fuzzer
 *
 * A fuzz target is LLVMFuzzerTestOneInput of one fuzz_X.c; libFuzzer drives it in
 * `make fuzz`, and this main in `make check`, under any compiler and sanitizer. An input
 * that once broke something is kept in tests/fuzz/corpus/X, so a broken target dies
 * here with the name of the file as its last line.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int  replay_file(const char *folder, const char *name);
static bool read_file(const char *path, struct buffer *content);
static int  is_visible(const struct dirent *entry);

int
main(int argc, char **argv)
{
	struct dirent **entries;
	int             count, failed = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 64;
	}
	count = scandir(argv[1], &entries, is_visible, alphasort);
	if (count <= 0) {
		fprintf(stderr, "%s: no corpus\n", argv[1]);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		failed += replay_file(argv[1], entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	printf("replay %s: %d passed, %d failed, 0 skipped\n", argv[1], count - failed, failed);
	return failed == 0 ? 0 : 1;
}

/* 1 if the file cannot be read; what the target itself finds ends the process. */
static int
replay_file(const char *folder, const char *name)
{
	char          path[4096];
	struct buffer content;
	bool          readable;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buffer_init(&content);
	readable = read_file(path, &content);
	if (readable) {
		/* a copy of the exact size, so that a sanitizer sees the first byte past it */
		uint8_t *exact = memory_new(1, content.length);

		if (content.length > 0)
			memcpy(exact, content.data, content.length);
		fprintf(stderr, "%s\n", path);
		LLVMFuzzerTestOneInput(exact, content.length);
		free(exact);
	} else {
		perror(path);
	}
	buffer_release(&content);
	return readable ? 0 : 1;
}

static bool
read_file(const char *path, struct buffer *content)
{
	FILE  *file = fopen(path, "rb");
	char   piece[4096];
	size_t length;
	bool   complete;

	if (file == NULL)
		return false;
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(content, piece, length);
	complete = !ferror(file);
	fclose(file);
	return complete;
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}
