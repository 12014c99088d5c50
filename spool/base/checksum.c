/*
 * checksum.c - CRC-32C, half a byte at a time
 *
 * Sixteen words are a table that can be checked by eye; the lines that want a sum carry a few
 * kilobytes a second.
 */
#include "spool/base/checksum.h"

/* The remainders of 0..15 by x^32 + ... reflected, 82f63b78. */
static const uint32_t remainders[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t
checksum_crc32c(uint32_t before, struct span bytes)
{
	uint32_t sum = ~before;

	for (size_t i = 0; i < bytes.length; i++) {
		sum ^= bytes.data[i];
		sum = (sum >> 4) ^ remainders[sum & 15];
		sum = (sum >> 4) ^ remainders[sum & 15];
	}
	return ~sum;
}
