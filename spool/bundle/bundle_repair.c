/*
 * bundle_repair.c - ISA-L's erasure code, by columns when writing, by an inverse when reading
 */
#include "spool/bundle/bundle_repair.h"

#include <assert.h>
#include <isa-l/erasure_code.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum { TABLE_BYTES = 32, SYMBOLS = 255 }; /* of one coefficient; vectors of a code over GF(2^8) */

struct bundle_repair {
	uint32_t group, repair;
	size_t   vector_bytes;
	uint8_t *matrix; /* group + repair rows of group coefficients; the first are the identity */
	uint8_t *tables; /* of the repair rows                       */
	uint8_t **vectors; /* the repair vectors                       */
};

static uint32_t choose_rows(const struct bundle_repair *repair, uint32_t count,
                            const uint8_t *const *vectors, uint32_t *rows);
static void     make_lost(const struct bundle_repair *repair, uint32_t count, const uint32_t *rows,
                          uint8_t *inverse, const uint8_t *const *vectors, uint8_t *const *made);

struct bundle_repair *
bundle_repair_new(uint32_t group, uint32_t repair, size_t vector_bytes)
{
	struct bundle_repair *made = memory_new(1, sizeof(*made));
	int                   k = (int)group, m = (int)repair;

	assert(group > 0 && repair > 0 && group + repair <= SYMBOLS);
	*made         = (struct bundle_repair){ group, repair, vector_bytes, NULL, NULL, NULL };
	made->matrix  = memory_new((size_t)(group + repair) * group, 1);
	made->tables  = memory_new((size_t)TABLE_BYTES * group * repair, 1);
	made->vectors = memory_new(repair, sizeof(made->vectors[0]));
	for (uint32_t i = 0; i < repair; i++)
		made->vectors[i] = memory_new(vector_bytes, 1);
	gf_gen_cauchy1_matrix(made->matrix, k + m, k);
	ec_init_tables(k, m, made->matrix + (size_t)group * group, made->tables);
	return made;
}

void
bundle_repair_free(struct bundle_repair *repair)
{
	if (repair == NULL)
		return;
	for (uint32_t i = 0; i < repair->repair; i++)
		free(repair->vectors[i]);
	free(repair->vectors);
	free(repair->tables);
	free(repair->matrix);
	free(repair);
}

void
bundle_repair_add(struct bundle_repair *repair, uint32_t index, const uint8_t *vector)
{
	assert(index < repair->group);
	ec_encode_data_update((int)repair->vector_bytes, (int)repair->group, (int)repair->repair,
	                      (int)index, repair->tables, (uint8_t *)vector, repair->vectors);
}

uint8_t *
bundle_repair_vector(struct bundle_repair *repair, uint32_t index)
{
	assert(index < repair->repair);
	return repair->vectors[index];
}

void
bundle_repair_clear(struct bundle_repair *repair)
{
	for (uint32_t i = 0; i < repair->repair; i++)
		memset(repair->vectors[i], 0, repair->vector_bytes);
}

bool
bundle_repair_restore(const struct bundle_repair *repair, uint32_t count,
                      const uint8_t *const *vectors, uint8_t *const *made)
{
	size_t    k       = repair->group;
	uint32_t *rows    = memory_new(k, sizeof(rows[0]));
	uint8_t  *square  = memory_new(k * k, 1);
	uint8_t  *inverse = memory_new(k * k, 1);
	bool      good    = choose_rows(repair, count, vectors, rows) == k;

	if (good) {
		for (size_t i = 0; i < k; i++)
			memcpy(square + i * k, repair->matrix + rows[i] * k, k);
		good = gf_invert_matrix(square, inverse, (int)k) == 0;
	}
	if (good)
		make_lost(repair, count, rows, inverse, vectors, made);
	free(inverse);
	free(square);
	free(rows);
	return good;
}

/* As many rows as the group has, of vectors that are there; zeroes beyond `count` always are. */
static uint32_t
choose_rows(const struct bundle_repair *repair, uint32_t count, const uint8_t *const *vectors,
            uint32_t *rows)
{
	uint32_t chosen = 0;

	for (uint32_t i = 0; i < repair->group + repair->repair && chosen < repair->group; i++)
		if (vectors[i] != NULL || (i >= count && i < repair->group))
			rows[chosen++] = i;
	return chosen;
}

static void
make_lost(const struct bundle_repair *repair, uint32_t count, const uint32_t *rows,
          uint8_t *inverse, const uint8_t *const *vectors, uint8_t *const *made)
{
	size_t    k       = repair->group;
	uint8_t  *zeroes  = memory_new(repair->vector_bytes, 1);
	uint8_t **sources = memory_new(k, sizeof(sources[0]));
	uint8_t  *tables  = memory_new(TABLE_BYTES * k, 1);

	for (size_t i = 0; i < k; i++)
		sources[i] = vectors[rows[i]] != NULL ? (uint8_t *)vectors[rows[i]] : zeroes;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t *target = made[i];

		if (target == NULL)
			continue;
		ec_init_tables((int)k, 1, inverse + i * k, tables);
		ec_encode_data((int)repair->vector_bytes, (int)k, 1, tables, sources, &target);
	}
	free(tables);
	free(sources);
	free(zeroes);
}
