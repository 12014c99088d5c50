/*
 * bundle_item.c - out of blocks, items; over a gap, the next one that begins
 */
#include "spool/bundle/bundle_item.h"

#include <string.h>

#include "spool/base/field.h"
#include "spool/bundle/bundle_block.h"

enum { ITEM_LENGTH = 4, ITEM_HEADING = 1, ITEM_TRANSIT, ITEM_SIZE };

static bool take_head(struct bundle_items *items, struct bundle_item *item);
static bool decode_head(struct span bytes, struct bundle_item *item);
static bool take_body(struct bundle_items *items, struct bundle_item *item);

void
bundle_item_encode(struct span heading, struct span transit, uint64_t size, struct buffer *out)
{
	struct buffer fields;

	buffer_init(&fields);
	field_append(&fields, ITEM_HEADING, heading);
	field_append(&fields, ITEM_TRANSIT, transit);
	field_append_number(&fields, ITEM_SIZE, size);
	buffer_append_u32(out, (uint32_t)fields.length);
	buffer_append_span(out, buffer_span(&fields));
	buffer_release(&fields);
}

void
bundle_token(const struct bundle_label *label, const uint8_t key[SEAL_KEY_BYTES],
             uint8_t token[SEAL_TOKEN_BYTES])
{
	if (label->sealed)
		seal_token(key, token);
	else
		memcpy(token, label->id, SEAL_TOKEN_BYTES);
}

void
bundle_items_init(struct bundle_items *items)
{
	*items = (struct bundle_items){ .at = 0 };
}

void
bundle_items_release(struct bundle_items *items)
{
	buffer_release(&items->plain);
	buffer_release(&items->head);
}

void
bundle_items_begin(struct bundle_items *items)
{
	buffer_clear(&items->plain);
	buffer_clear(&items->head);
	items->at      = 0;
	items->in_body = items->gap = items->lost = false;
	items->item                               = 0;
}

void
bundle_items_filled(struct bundle_items *items)
{
	items->at =
	    BLOCK_PLACE_BYTES < items->plain.length ? BLOCK_PLACE_BYTES : items->plain.length;
}

void
bundle_items_missing(struct bundle_items *items)
{
	items->gap  = true;
	items->lost = true;
}

bool
bundle_items_next(struct bundle_items *items, struct bundle_item *item)
{
	struct reader place;
	uint32_t      begins, number;

	if (items->in_body && items->left == 0 && !items->gap) {
		*item = (struct bundle_item){ .kind = BUNDLE_ITEM_END, .number = items->item++ };
		items->in_body = false;
		buffer_clear(&items->head);
		return true;
	}
	if (items->at >= items->plain.length)
		return false;
	if (!items->gap)
		return items->in_body ? take_body(items, item) : take_head(items, item);
	reader_init(&place, buffer_span(&items->plain));
	begins = reader_u32(&place);
	number = reader_u32(&place);
	if (begins == BLOCK_NO_ITEM || number < items->item ||
	    begins >= items->plain.length - BLOCK_PLACE_BYTES) {
		items->at = items->plain.length;
		return false;
	}
	*item = (struct bundle_item){ .kind   = BUNDLE_LOST,
		                      .number = items->item,
		                      .count  = number - items->item };
	buffer_clear(&items->head);
	items->gap     = false;
	items->in_body = false;
	items->item    = number;
	items->at      = BLOCK_PLACE_BYTES + begins;
	return item->count > 0 || bundle_items_next(items, item);
}

bool
bundle_items_end(struct bundle_items *items, struct bundle_item *item)
{
	if (!items->gap && !items->in_body && items->head.length == 0)
		return false;
	*item          = (struct bundle_item){ .kind = BUNDLE_LOST, .number = items->item };
	items->gap     = false;
	items->in_body = false;
	items->lost    = true;
	buffer_clear(&items->head);
	return true;
}

static bool
take_head(struct bundle_items *items, struct bundle_item *item)
{
	size_t        wanted = ITEM_LENGTH;
	struct reader length;

	while (items->at < items->plain.length) {
		size_t left = items->plain.length - items->at, take;

		if (items->head.length >= ITEM_LENGTH) {
			reader_init(&length, buffer_span(&items->head));
			wanted = (size_t)ITEM_LENGTH + reader_u32(&length);
		}
		if (wanted > BUNDLE_ITEM_MAX) {
			bundle_items_missing(items);
			items->at = items->plain.length;
			return false;
		}
		take = wanted - items->head.length < left ? wanted - items->head.length : left;
		buffer_append(&items->head, items->plain.data + items->at, take);
		items->at += take;
		if (items->head.length < wanted || wanted == ITEM_LENGTH)
			continue;
		if (!decode_head(buffer_span(&items->head), item)) {
			bundle_items_missing(items);
			items->at = items->plain.length;
			return false;
		}
		item->number   = items->item;
		items->left    = item->size;
		items->in_body = true;
		return true;
	}
	return false;
}

static bool
decode_head(struct span bytes, struct bundle_item *item)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          good = true, sized = false;

	*item = (struct bundle_item){ .kind = BUNDLE_ITEM };
	reader_init(&reader, (struct span){ bytes.data + ITEM_LENGTH, bytes.length - ITEM_LENGTH });
	while (good && field_next(&reader, &last, &field)) {
		if (field.number == ITEM_HEADING)
			item->heading = field.value;
		else if (field.number == ITEM_TRANSIT)
			item->transit = field.value;
		else if (field.number == ITEM_SIZE)
			good = sized = field_number(&field, &item->size);
	}
	return good && sized && !reader.failed && item->heading.data != NULL &&
	       item->transit.data != NULL;
}

static bool
take_body(struct bundle_items *items, struct bundle_item *item)
{
	size_t left = items->plain.length - items->at;
	size_t take = items->left < left ? (size_t)items->left : left;

	*item = (struct bundle_item){ .kind   = BUNDLE_BODY,
		                      .number = items->item,
		                      .bytes  = { items->plain.data + items->at, take } };
	items->at += take;
	items->left -= take;
	return true;
}
