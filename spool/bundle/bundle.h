/*
 * bundle.h - messages on a medium that answers nobody: a stick, a tape, a pipe
 *
 * A bundle is a row of blocks, each of which is signed by the node that wrote it and can be
 * judged alone: a reader takes what is whole of a bundle that was cut or damaged, and knows what
 * is missing. It is written and read in one direction, in bounded memory, and several may follow
 * each other on one stream. doc/mulga-bundle.5.md has the bytes.
 *
 * Block 0 is the label, in clear: who wrote it, for whom. The others hold a stream of items, each
 * a message as a link would carry it: heading, transit, body. Unless told otherwise they are
 * sealed to the reader. With repair blocks, a group of data blocks survives the loss of as many
 * of its blocks as it has repair blocks.
 */
#ifndef SPOOL_BUNDLE_BUNDLE_H
#define SPOOL_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/name/name.h"
#include "spool/seal/seal.h"

enum {
	BUNDLE_ID_BYTES   = 16,
	BUNDLE_BLOCK_MIN  = 1024,  /* content of a data block, a multiple of this ...  */
	BUNDLE_BLOCK_MAX  = 65536, /* ... up to this                                   */
	BUNDLE_GROUP_MAX  = 100,   /* data blocks of a group, as this version writes    */
	BUNDLE_REPAIR_MAX = 100,   /* repair blocks of a group                          */
	BUNDLE_LABELS     = 5,     /* at the start, where repair is wanted              */
	BUNDLE_ITEM_MAX   = 1 << 20 | 1 << 14, /* bytes of an item before its body      */
};

/* How the content is cut. */
struct bundle_shape {
	uint32_t block_bytes;
	uint32_t group;  /* data blocks of a group                     */
	uint32_t repair; /* repair blocks that follow it; 0 = no groups */
};

struct bundle_label {
	uint8_t             id[BUNDLE_ID_BYTES]; /* random                            */
	struct name         from, to;
	struct walltime     written;
	struct bundle_shape shape;
	bool                sealed;
	uint8_t             box[SEAL_BOX_BYTES]; /* the key of the blocks, to its reader */
};

/* For about so much content, to survive the loss of about `repair_percent` / 2 of all blocks. */
struct bundle_shape bundle_shape_for(uint64_t content_bytes, unsigned repair_percent);
/* Of a bundle with so much content, at most. */
uint64_t bundle_size(const struct bundle_shape *shape, uint64_t content_bytes);
/* What an item adds to the content. */
uint64_t bundle_item_size(uint64_t heading, uint64_t transit, uint64_t body);

/* --- writing ------------------------------------------------------------------------- */

struct bundle_writer;

struct bundle_options {
	struct name                 from, to;
	struct walltime             written;
	struct bundle_shape         shape;
	const struct seal_identity *identity; /* borrowed as long as it is written       */
	const uint8_t              *reader;   /* public key to seal to; NULL = in clear  */
	uint8_t                     random[BUNDLE_ID_BYTES + SEAL_KEY_BYTES + SEAL_SEED_BYTES];
};

/* Appends the label to *out. NULL: the reader's key is none. */
struct bundle_writer *bundle_writer_new(const struct bundle_options *options, struct buffer *out);
void                  bundle_writer_free(struct bundle_writer *writer);
/* Begins an item, whose body of `size` bytes follows in any pieces. Each appends whole blocks. */
void bundle_writer_item(struct bundle_writer *writer, struct span heading, struct span transit,
                        uint64_t size, struct buffer *out);
void bundle_writer_body(struct bundle_writer *writer, struct span bytes, struct buffer *out);
/* The last block, and what belongs behind it. Nothing follows. */
void           bundle_writer_end(struct bundle_writer *writer, struct buffer *out);
const uint8_t *bundle_writer_id(const struct bundle_writer *writer);
/* What the reader proves by an acknowledgement. */
void bundle_writer_token(const struct bundle_writer *writer, uint8_t token[SEAL_TOKEN_BYTES]);

/* --- reading ------------------------------------------------------------------------- */

struct bundle_reader;

enum bundle_kind {
	BUNDLE_NOTHING,  /* all bytes are used up                                          */
	BUNDLE_LABEL,    /* a bundle begins: bundle_reader_open, or its blocks are passed over */
	BUNDLE_ITEM,     /* .heading .transit .size of item .number                        */
	BUNDLE_BODY,     /* .bytes of it, the next ones                                    */
	BUNDLE_ITEM_END, /* all of it has come                                             */
	BUNDLE_LOST,     /* item .number and those after it, .count in all, are not whole;
	                    .count 0: nobody knows how many                               */
	BUNDLE_END,      /* .whole: to the last block, nothing lost                       */
};

struct bundle_item {
	enum bundle_kind kind;
	uint32_t         number; /* of items, from 0                     */
	uint32_t         count;
	struct span      heading, transit, bytes; /* borrowed until the next call */
	uint64_t         size;
	bool             whole;
};

struct bundle_reader *bundle_reader_new(void);
void                  bundle_reader_free(struct bundle_reader *reader);

/* Uses bytes from the front of *input until there is an item. */
void bundle_read(struct bundle_reader *reader, struct span *input, struct bundle_item *item);
/* No more bytes come: call until it says BUNDLE_NOTHING. */
void bundle_read_rest(struct bundle_reader *reader, struct bundle_item *item);

/* Of the bundle that is being read; borrowed until the next label. */
const struct bundle_label *bundle_reader_label(const struct bundle_reader *reader);
/*
 * After BUNDLE_LABEL: this bundle is for us, from who has `sender`. STATUS_INVALID: that one has
 * not signed it. STATUS_DENIED: it is sealed to another key. Then it is passed over.
 */
enum status bundle_reader_open(struct bundle_reader       *reader,
                               const uint8_t               sender[SEAL_PUBLIC_BYTES],
                               const struct seal_identity *identity);
void bundle_reader_token(const struct bundle_reader *reader, uint8_t token[SEAL_TOKEN_BYTES]);

/* --- the label alone ------------------------------------------------------------------- */

/* Of the first block in these bytes, whoever signed it; STATUS_NOT_FOUND: none begins here. */
enum status bundle_label_peek(struct bundle_label *label, struct span bytes,
                              struct diagnostic *diagnostic);
/* Did who has `key` sign the label that bundle_label_peek found there? */
bool bundle_label_is_of(struct span bytes, const uint8_t key[SEAL_PUBLIC_BYTES]);

#endif
