/*
 * random.c - xoshiro256**, seeded by splitmix64 where only a number is given
 */
#include "spool/base/random.h"

#include <assert.h>
#include <string.h>

static uint64_t
rotate(uint64_t x, int by)
{
	return (x << by) | (x >> (64 - by));
}

void
random_seed(struct random *random, const uint8_t seed[32])
{
	memcpy(random->state, seed, sizeof(random->state));
	if ((random->state[0] | random->state[1] | random->state[2] | random->state[3]) == 0)
		random->state[0] = 1; /* the one state that xoshiro cannot leave */
}

void
random_seed_number(struct random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z                = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		z                = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
		random->state[i] = z ^ (z >> 31);
	}
}

uint64_t
random_next(struct random *random)
{
	uint64_t *s = random->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t
random_below(struct random *random, uint64_t limit)
{
	uint64_t threshold, value;

	assert(limit > 0);
	threshold = -limit % limit; /* below it, some remainders would come too often */
	do
		value = random_next(random);
	while (value < threshold);
	return value % limit;
}
