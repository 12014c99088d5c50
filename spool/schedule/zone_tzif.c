/*
 * zone_tzif.c - compiled zone files, RFC 8536
 *
 * A header with six counts, a block of so much data with times of four bytes; from version 2
 * on the same again with eight, and a rule for what comes later. Names, leap seconds and the
 * marks of standard and universal time are passed over: a wall clock is all that is wanted.
 * The file is the operator's system's, and is read as if it were anybody's.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/schedule/zone.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, OFFSET_MAX_S = 26 * 3600 };

#define TIME_MAX_S (INT64_C(1) << 40) /* of what is told: 34,000 years */

struct header {
	char     version;
	uint64_t marks_utc, marks_standard, leaps, times, types, name_bytes;
};

static bool     take(struct span *bytes, uint64_t length, struct span *taken);
static bool     take_header(struct span *bytes, struct header *header);
static uint64_t block_bytes(const struct header *header, unsigned time_bytes);
static bool     take_block(struct span *bytes, const struct header *header, unsigned time_bytes,
                           struct zone *zone);
static bool     take_footer(struct span bytes, struct zone *zone);
static uint64_t number(const uint8_t *bytes, unsigned count);
static int64_t  signed_number(const uint8_t *bytes, unsigned count);

enum status
zone_file_decode(struct zone *zone, struct span bytes, struct diagnostic *diagnostic)
{
	struct header header;
	struct span   skipped;
	bool          good = take_header(&bytes, &header);

	if (good && header.version >= '2')
		good = take(&bytes, block_bytes(&header, 4), &skipped) &&
		       take_header(&bytes, &header) && take_block(&bytes, &header, 8, zone) &&
		       take_footer(bytes, zone);
	else if (good)
		good = take_block(&bytes, &header, 4, zone);
	if (good)
		return STATUS_OK;
	zone_release(zone);
	diagnostic_set(diagnostic, "it is not a zone file, or only a part of one");
	return STATUS_INVALID;
}

static bool
take(struct span *bytes, uint64_t length, struct span *taken)
{
	if (length > bytes->length)
		return false;
	*taken = (struct span){ bytes->data, (size_t)length };
	bytes->data += length;
	bytes->length -= (size_t)length;
	return true;
}

static bool
take_header(struct span *bytes, struct header *header)
{
	struct span taken;

	if (!take(bytes, HEADER_BYTES, &taken) || memcmp(taken.data, "TZif", 4) != 0)
		return false;
	*header = (struct header){
		.version        = (char)taken.data[4],
		.marks_utc      = number(taken.data + 20, 4),
		.marks_standard = number(taken.data + 24, 4),
		.leaps          = number(taken.data + 28, 4),
		.times          = number(taken.data + 32, 4),
		.types          = number(taken.data + 36, 4),
		.name_bytes     = number(taken.data + 40, 4),
	};
	return header->types > 0;
}

/* Counts have 32 bits, so their sum does not overflow. */
static uint64_t
block_bytes(const struct header *header, unsigned time_bytes)
{
	return header->times * (time_bytes + 1) + header->types * TYPE_BYTES + header->name_bytes +
	       header->leaps * (time_bytes + 4) + header->marks_standard + header->marks_utc;
}

/* Times, the type of each, types. The whole block is there, so its counts cost no more than it. */
static bool
take_block(struct span *bytes, const struct header *header, unsigned time_bytes, struct zone *zone)
{
	struct span    block;
	const uint8_t *kinds, *types;

	if (!take(bytes, block_bytes(header, time_bytes), &block))
		return false;
	kinds = block.data + header->times * time_bytes;
	types = kinds + header->times;
	for (uint64_t i = 0; i < header->types; i++) {
		int64_t offset_s = signed_number(types + i * TYPE_BYTES, 4);

		if (offset_s < -OFFSET_MAX_S || offset_s > OFFSET_MAX_S)
			return false;
	}
	zone->first_ms = 1000 * signed_number(types, 4);
	zone->changes  = memory_new((size_t)header->times, sizeof(zone->changes[0]));
	for (uint64_t i = 0; i < header->times; i++) {
		int64_t at_s = signed_number(block.data + i * time_bytes, time_bytes);

		if (kinds[i] >= header->types || at_s > TIME_MAX_S)
			return false;
		if (at_s < -TIME_MAX_S && zone->count == 0) {
			zone->first_ms = 1000 * signed_number(types + kinds[i] * TYPE_BYTES, 4);
			continue; /* the big bang, of some files */
		}
		if (zone->count > 0 &&
		    (at_s < -TIME_MAX_S || at_s * 1000 <= zone->changes[zone->count - 1].at.ms))
			return false;
		zone->changes[zone->count++] =
		    (struct zone_change){ { at_s * 1000 },
			                  1000 * signed_number(types + kinds[i] * TYPE_BYTES, 4) };
	}
	return true;
}

/* A newline, the rule, a newline; an empty rule says that nobody knows. */
static bool
take_footer(struct span bytes, struct zone *zone)
{
	const uint8_t *end;

	if (bytes.length < 2 || bytes.data[0] != '\n')
		return false;
	end = memchr(bytes.data + 1, '\n', bytes.length - 1);
	if (end == NULL)
		return false;
	if (end == bytes.data + 1)
		return true;
	zone->has_rule = zone_rule_parse(
	    &zone->rule, (struct span){ bytes.data + 1, (size_t)(end - bytes.data) - 1 });
	return zone->has_rule;
}

static uint64_t
number(const uint8_t *bytes, unsigned count)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum = sum << 8 | bytes[i];
	return sum;
}

/* Two's complement, of four or eight bytes. */
static int64_t
signed_number(const uint8_t *bytes, unsigned count)
{
	uint64_t value = number(bytes, count);

	if (count == 4)
		return (int64_t)value - ((value & 0x80000000U) != 0 ? INT64_C(1) << 32 : 0);
	return value <= INT64_MAX ? (int64_t)value : -(int64_t)(UINT64_MAX - value) - 1;
}
