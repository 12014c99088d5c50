/*
 * tls_secrets.c - a line for our own key, then a line for each far end
 *
 * The file is renamed into place and not synced: if a power cut takes it, certificates are shown.
 */
#include "daemon/transport/tls_secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "spool/base/log.h"

enum {
	LINE_SIZE     = 256,
	IDENTITY_TEXT = 2 * TLS_MEMORY_IDENTITY_BYTES + 1,
	SECRET_TEXT   = 2 * TLS_MEMORY_SECRET_BYTES + 1,
};

static const char first_line[] = "mulga secrets 1 of ";

static bool read_secret(struct tls_secret *secret, const char *line, int64_t now_s);
static bool decode_hex(uint8_t *bytes, size_t length, const char *text);
static void encode_hex(struct buffer *out, const uint8_t *bytes, size_t length);
static bool write_file(const char *path, struct span text);

void
tls_secrets_load(struct tls_memory *memory, const char *path, const char *own_key)
{
	int         handle = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE       *file   = handle < 0 ? NULL : fdopen(handle, "r");
	char        line[LINE_SIZE];
	struct stat about;
	bool        is_ours = false;

	if (file == NULL)
		return;
	if (fstat(handle, &about) == 0 && (about.st_mode & 077) == 0 && about.st_uid == geteuid() &&
	    fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		is_ours                   = strncmp(line, first_line, strlen(first_line)) == 0 &&
		          strcmp(line + strlen(first_line), own_key) == 0;
	}
	while (is_ours && fgets(line, sizeof(line), file) != NULL) {
		struct tls_secret secret;

		if (read_secret(&secret, line, (int64_t)time(NULL)))
			tls_memory_keep(memory, &secret);
		explicit_bzero(&secret, sizeof(secret));
	}
	explicit_bzero(line, sizeof(line));
	fclose(file);
}

/* `made_s` of a secret in the file is of the wall clock, in the struct the age. */
static bool
read_secret(struct tls_secret *secret, const char *line, int64_t now_s)
{
	char      identity[IDENTITY_TEXT], key[TLS_KEY_SIZE], text[SECRET_TEXT];
	long long made_s;
	bool      good;

	*secret = (struct tls_secret){ .made_s = 0 };
	good    = sscanf(line, "%60s %32s %64s %lld", key, identity, text, &made_s) == 4 &&
	       strlen(key) == TLS_KEY_SIZE - 1 &&
	       decode_hex(secret->identity, sizeof(secret->identity), identity) &&
	       decode_hex(secret->secret, sizeof(secret->secret), text) && made_s <= now_s;
	if (good) {
		memcpy(secret->key, key, sizeof(key));
		secret->made_s = now_s - made_s;
	}
	explicit_bzero(text, sizeof(text));
	return good;
}

void
tls_secrets_save(const struct tls_memory *memory, const char *path, const char *own_key)
{
	struct buffer text;
	int64_t       now_s = (int64_t)time(NULL);

	buffer_init(&text);
	buffer_append_format(&text, "%s%s\n", first_line, own_key);
	for (size_t i = 0; i < memory->count; i++) {
		const struct tls_secret *secret = &memory->secrets[i];

		buffer_append_format(&text, "%s ", secret->key);
		encode_hex(&text, secret->identity, sizeof(secret->identity));
		buffer_append_u8(&text, ' ');
		encode_hex(&text, secret->secret, sizeof(secret->secret));
		buffer_append_format(&text, " %lld\n",
		                     (long long)(now_s - tls_memory_age_s(secret)));
	}
	if (!write_file(path, buffer_span(&text)))
		log_line(LOG_WARNING, "%s cannot be written: %s", path, strerror(errno));
	explicit_bzero(text.data, text.length);
	buffer_release(&text);
}

static bool
write_file(const char *path, struct span text)
{
	char path_new[4096];
	int  handle;
	bool written;

	if (snprintf(path_new, sizeof(path_new), "%s.new", path) >= (int)sizeof(path_new))
		return false;
	unlink(path_new);
	handle = open(path_new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (handle < 0)
		return false;
	written = write(handle, text.data, text.length) == (ssize_t)text.length;
	written = close(handle) == 0 && written;
	if (written && rename(path_new, path) == 0)
		return true;
	unlink(path_new);
	return false;
}

static bool
decode_hex(uint8_t *bytes, size_t length, const char *text)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(text) != 2 * length)
		return false;
	for (size_t i = 0; i < 2 * length; i++) {
		const char *digit = strchr(digits, text[i]);

		if (digit == NULL)
			return false;
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (digit - digits));
	}
	return true;
}

static void
encode_hex(struct buffer *out, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		buffer_append_format(out, "%02x", bytes[i]);
}
