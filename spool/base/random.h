/*
 * random.h - random numbers that the caller seeded
 *
 * xoshiro256** (Blackman and Vigna 2018). Ids need no secrecy, they need 80 bits that do
 * not repeat; keys come from libcrypto. The daemon seeds it from the kernel, the
 * simulator from its seed: the same code runs either way.
 */
#ifndef SPOOL_BASE_RANDOM_H
#define SPOOL_BASE_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state[4];
};

void     random_seed(struct random *random, const uint8_t seed[32]);
void     random_seed_number(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);

/* Uniform in [0, limit); `limit` > 0. */
uint64_t random_below(struct random *random, uint64_t limit);

#endif
