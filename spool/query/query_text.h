/*
 * query_text.h - what people read: safe text, times, durations, sizes
 *
 * Everything that came from outside is shown on one line and cannot drive a terminal:
 * controls and invisible characters appear as C escapes.
 */
#ifndef SPOOL_QUERY_QUERY_TEXT_H
#define SPOOL_QUERY_QUERY_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/instant.h"

void query_text_append(struct buffer *out, const char *text);

/* "250 ms", "10 s", "8 h", "1 d 4 h": the two largest units that are not zero. */
void query_text_duration(struct buffer *out, int64_t ms);

/* "90s", "10m", "4h", "7d", "2w"; a number alone is seconds. False for anything else. */
bool query_text_parse_duration(const char *text, int64_t *ms);

/* "2026-11-20T10:40:00Z (3 min ago)", without fractions. */
void query_text_time(struct buffer *out, struct walltime time, struct walltime now);

/* "3 min ago", "in 2 h", "now" */
void query_text_relative(struct buffer *out, struct walltime time, struct walltime now);

/* Bytes, from 10 K on in units: "512", "64 K", "3 G" (powers of 1024, rounded up). */
void query_text_size(struct buffer *out, uint64_t bytes);

/* "region", or "the world" */
const char *query_text_region(const char *region);

#endif
