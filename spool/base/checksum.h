/*
 * checksum.h - CRC-32C, for what a line or a medium does to bytes by accident
 *
 * Castagnoli's polynomial, as iSCSI has it (RFC 3720, section 12.1 and appendix B.4): for
 * frames of the lengths that a line carries it finds every error of up to five bits, which
 * the CRC of Ethernet does not. Against somebody who means harm it is nothing.
 */
#ifndef SPOOL_BASE_CHECKSUM_H
#define SPOOL_BASE_CHECKSUM_H

#include <stdint.h>

#include "spool/base/buffer.h"

/*
 * Of `bytes` that follow others whose sum is `before`; 0 begins. Whatever is taken for
 * `before` is part of what is summed: two that differ never give the same for equal bytes.
 */
uint32_t checksum_crc32c(uint32_t before, struct span bytes);

#endif
