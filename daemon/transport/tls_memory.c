/*
 * tls_memory.c - few and small: an array, searched from its begin
 */
#include "daemon/transport/tls_memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spool/base/memory.h"

static int64_t            seconds(void);
static struct tls_secret *place_for(struct tls_memory *memory, const char *key);
static bool               is_good(const struct tls_secret *secret);

void
tls_memory_release(struct tls_memory *memory)
{
	if (memory->count > 0)
		explicit_bzero(memory->secrets, memory->count * sizeof(memory->secrets[0]));
	free(memory->secrets);
	*memory = (struct tls_memory){ .count = 0 };
}

void
tls_memory_put(struct tls_memory *memory, const struct tls_secret *secret)
{
	struct tls_secret *place = place_for(memory, secret->key);

	*place        = *secret;
	place->made_s = seconds();
}

void
tls_memory_keep(struct tls_memory *memory, const struct tls_secret *secret)
{
	struct tls_secret *place;

	if (secret->made_s < 0 || secret->made_s >= (int64_t)TLS_MEMORY_DAYS * 86400)
		return;
	place         = place_for(memory, secret->key);
	*place        = *secret;
	place->made_s = seconds() - secret->made_s;
}

int64_t
tls_memory_age_s(const struct tls_secret *secret)
{
	return seconds() - secret->made_s;
}

static struct tls_secret *
place_for(struct tls_memory *memory, const char *key)
{
	struct tls_secret *oldest = memory->secrets;

	for (size_t i = 0; i < memory->count; i++) {
		if (strcmp(memory->secrets[i].key, key) == 0)
			return &memory->secrets[i];
		if (memory->secrets[i].made_s < oldest->made_s)
			oldest = &memory->secrets[i];
	}
	if (memory->count == TLS_MEMORY_MAX)
		return oldest;
	memory->secrets = memory_grow(memory->secrets, &memory->capacity, memory->count + 1,
	                              sizeof(memory->secrets[0]));
	return &memory->secrets[memory->count++];
}

const struct tls_secret *
tls_memory_of_key(struct tls_memory *memory, const char *key)
{
	for (size_t i = 0; i < memory->count; i++)
		if (strcmp(memory->secrets[i].key, key) == 0 && is_good(&memory->secrets[i]))
			return &memory->secrets[i];
	return NULL;
}

const struct tls_secret *
tls_memory_of_identity(struct tls_memory *memory, const uint8_t *identity, size_t length)
{
	for (size_t i = 0; i < memory->count && length == TLS_MEMORY_IDENTITY_BYTES; i++)
		if (memcmp(memory->secrets[i].identity, identity, length) == 0 &&
		    is_good(&memory->secrets[i]))
			return &memory->secrets[i];
	return NULL;
}

static bool
is_good(const struct tls_secret *secret)
{
	return seconds() - secret->made_s < (int64_t)TLS_MEMORY_DAYS * 86400;
}

static int64_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}
