/*
 * bundle_label.c - who wrote it, for whom, and how it is cut
 */
#include <string.h>

#include "spool/base/field.h"
#include "spool/bundle/bundle_block.h"

enum {
	LABEL_VERSION = 1,
	LABEL_FROM,
	LABEL_TO,
	LABEL_WRITTEN,
	LABEL_BLOCK,
	LABEL_GROUP,
	LABEL_REPAIR,
	LABEL_BOX,
};

enum { VERSION = 1 };

static bool take_field(struct bundle_label *label, const struct field *field, uint64_t *version);
static bool take_name(struct name *name, const struct field *field);
static bool take_number(const struct field *field, uint64_t most, uint32_t *value);
static bool is_whole(const struct bundle_label *label);

void
bundle_label_encode(const struct bundle_label *label, struct buffer *out)
{
	field_append_number(out, LABEL_VERSION, VERSION);
	field_append_text(out, LABEL_FROM, label->from.text);
	field_append_text(out, LABEL_TO, label->to.text);
	field_append_number(out, LABEL_WRITTEN, (uint64_t)label->written.ms);
	field_append_number(out, LABEL_BLOCK, label->shape.block_bytes);
	field_append_number(out, LABEL_GROUP, label->shape.group);
	field_append_number(out, LABEL_REPAIR, label->shape.repair);
	if (label->sealed)
		field_append(out, LABEL_BOX, (struct span){ label->box, SEAL_BOX_BYTES });
}

enum status
bundle_label_decode(struct bundle_label *label, struct span payload, struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last    = 0;
	uint64_t      version = 0;
	bool          good    = true;

	reader_init(&reader, payload);
	while (good && field_next(&reader, &last, &field))
		good = take_field(label, &field, &version);
	if (version > VERSION) {
		diagnostic_set(diagnostic, "it is of a later version, %llu",
		               (unsigned long long)version);
		return STATUS_STALE;
	}
	if (good && !reader.failed && version == VERSION && is_whole(label))
		return STATUS_OK;
	diagnostic_set(diagnostic, "its label is malformed");
	return STATUS_INVALID;
}

static bool
take_field(struct bundle_label *label, const struct field *field, uint64_t *version)
{
	uint64_t value;

	switch (field->number) {
	case LABEL_VERSION:
		return field_number(field, version);
	case LABEL_FROM:
		return take_name(&label->from, field);
	case LABEL_TO:
		return take_name(&label->to, field);
	case LABEL_WRITTEN:
		if (!field_number(field, &value) || value > INT64_MAX)
			return false;
		label->written.ms = (int64_t)value;
		return true;
	case LABEL_BLOCK:
		return take_number(field, BUNDLE_BLOCK_MAX, &label->shape.block_bytes);
	case LABEL_GROUP:
		return take_number(field, BUNDLE_GROUP_MAX, &label->shape.group);
	case LABEL_REPAIR:
		return take_number(field, BUNDLE_REPAIR_MAX, &label->shape.repair);
	case LABEL_BOX:
		if (field->value.length != SEAL_BOX_BYTES)
			return false;
		memcpy(label->box, field->value.data, SEAL_BOX_BYTES);
		label->sealed = true;
		return true;
	default:
		return true; /* of a later one that we can read all the same */
	}
}

static bool
take_name(struct name *name, const struct field *field)
{
	char text[NAME_MAX_BYTES + 1];

	return field_line(field, text, sizeof(text)) && name_parse(name, text, NULL) == STATUS_OK &&
	       strcmp(name->text, text) == 0;
}

static bool
take_number(const struct field *field, uint64_t most, uint32_t *value)
{
	uint64_t number;

	if (!field_number(field, &number) || number > most)
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool
is_whole(const struct bundle_label *label)
{
	const struct bundle_shape *shape = &label->shape;

	return label->from.text[0] != '\0' && label->to.text[0] != '\0' &&
	       shape->block_bytes >= BUNDLE_BLOCK_MIN &&
	       shape->block_bytes % BUNDLE_BLOCK_MIN == 0 && shape->group > 0 &&
	       (shape->repair > 0 || shape->group == 1);
}

enum status
bundle_label_peek(struct bundle_label *label, struct span bytes, struct diagnostic *diagnostic)
{
	struct bundle_block block;

	*label = (struct bundle_label){ .sealed = false };
	if (bytes.length < BLOCK_HEAD_BYTES || !bundle_block_parse(&block, bytes.data) ||
	    block.kind != BLOCK_LABEL || bytes.length < BLOCK_FRAME_BYTES + block.length) {
		diagnostic_set(diagnostic, "no label begins here");
		return STATUS_NOT_FOUND;
	}
	memcpy(label->id, block.id, BUNDLE_ID_BYTES);
	return bundle_label_decode(
	    label, (struct span){ bytes.data + BLOCK_HEAD_BYTES, block.length }, diagnostic);
}

bool
bundle_label_is_of(struct span bytes, const uint8_t key[SEAL_PUBLIC_BYTES])
{
	struct bundle_block block;

	return bytes.length >= BLOCK_HEAD_BYTES && bundle_block_parse(&block, bytes.data) &&
	       bytes.length >= BLOCK_FRAME_BYTES + block.length &&
	       bundle_block_verify(
		   (struct span){ bytes.data, BLOCK_FRAME_BYTES + (size_t)block.length }, key);
}
