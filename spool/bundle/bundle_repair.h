/*
 * bundle_repair.h - blocks that stand in for lost ones
 *
 * A systematic Cauchy Reed-Solomon code over GF(2^8), ISA-L's: of `group` data vectors and `repair`
 * computed ones, any `group` give back all. A vector that is all zeroes need not be there, so a
 * last group may be shorter. Both sides make the matrix of (group, repair) alone.
 */
#ifndef SPOOL_BUNDLE_BUNDLE_REPAIR_H
#define SPOOL_BUNDLE_BUNDLE_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bundle_repair;

struct bundle_repair *bundle_repair_new(uint32_t group, uint32_t repair, size_t vector_bytes);
void                  bundle_repair_free(struct bundle_repair *repair);

/* Writing: enters data vector `index` into the repair vectors, which begin as zeroes. */
void     bundle_repair_add(struct bundle_repair *repair, uint32_t index, const uint8_t *vector);
uint8_t *bundle_repair_vector(struct bundle_repair *repair, uint32_t index);
void     bundle_repair_clear(struct bundle_repair *repair);

/*
 * Reading: `vectors` are those of the data and behind them those of repair, NULL where lost. The
 * lost ones of the first `count` are made, into `made` (room for `count` pointers to whole
 * vectors, NULL where nothing is to be made). False: too many are lost.
 */
bool bundle_repair_restore(const struct bundle_repair *repair, uint32_t count,
                           const uint8_t *const *vectors, uint8_t *const *made);

#endif
