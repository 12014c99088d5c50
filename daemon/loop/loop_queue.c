/*
 * loop_queue.c - a list of stretches, and a list of what was taken of them
 */
#include "daemon/loop/loop_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

struct loop_output {
	struct loop_output *next;
	struct buffer       bytes;  /* either the rest of these, ...  */
	struct disk_file   *file;   /* ... or `left` bytes of this    */
	uint64_t            offset; /* of the next one                */
	uint32_t            left;
	bool                ends; /* what follows is not taken with it  */
};

struct loop_mark {
	struct loop_mark *next;
	uint64_t          at;
	size_t            length;
};

static struct loop_output *add_output(struct loop_queue *queue);
static bool                drop_output(struct loop_queue *queue);
static void                drop_mark(struct loop_queue *queue);

void
loop_queue_init(struct loop_queue *queue)
{
	*queue = (struct loop_queue){ .first = NULL };
}

void
loop_queue_clear(struct loop_queue *queue)
{
	while (queue->first != NULL)
		drop_output(queue);
	while (queue->oldest != NULL)
		drop_mark(queue);
	loop_queue_init(queue);
}

void
loop_queue_add(struct loop_queue *queue, struct span bytes)
{
	struct loop_output *last = queue->last;

	if (bytes.length == 0)
		return;
	if (last == NULL || last->file != NULL || last->ends ||
	    last->bytes.length >= LOOP_PIECE_BYTES)
		last = add_output(queue);
	buffer_append_span(&last->bytes, bytes);
	queue->unsent += bytes.length;
}

void
loop_queue_add_file(struct loop_queue *queue, struct disk_file *file, uint64_t offset,
                    uint32_t length)
{
	struct loop_output *output = add_output(queue);

	output->file   = file;
	output->offset = offset;
	output->left   = length;
	queue->unsent += length;
}

void
loop_queue_end_piece(struct loop_queue *queue)
{
	if (queue->last != NULL)
		queue->last->ends = true;
}

static struct loop_output *
add_output(struct loop_queue *queue)
{
	struct loop_output *output = memory_new(1, sizeof(*output));

	buffer_init(&output->bytes);
	if (queue->first == NULL)
		queue->first = output;
	else
		queue->last->next = output;
	queue->last = output;
	return output;
}

/* Did a piece end with it? */
static bool
drop_output(struct loop_queue *queue)
{
	struct loop_output *output = queue->first;
	bool                ends   = output->ends;

	queue->first = output->next;
	if (queue->first == NULL)
		queue->last = NULL;
	if (output->file != NULL)
		output->file->disk->operations->close(output->file);
	buffer_release(&output->bytes);
	free(output);
	return ends;
}

enum status
loop_queue_take(struct loop_queue *queue, size_t room, struct buffer *bytes)
{
	while (queue->first != NULL && bytes->length < room) {
		struct loop_output *output = queue->first;
		size_t              left   = room - bytes->length;
		size_t length = output->file == NULL ? output->bytes.length - (size_t)output->offset
		                                     : output->left;
		enum status status;

		length = length < left ? length : left;
		queue->in_flight += length;
		if (output->file == NULL) {
			buffer_append(bytes, output->bytes.data + output->offset, length);
			output->offset += length;
			if (output->offset == output->bytes.length && drop_output(queue))
				break;
			continue;
		}
		buffer_reserve(bytes, length);
		status = output->file->disk->operations->read_at(
		    output->file, output->offset, bytes->data + bytes->length, length);
		if (status != STATUS_OK)
			return status;
		bytes->length += length;
		output->offset += length;
		output->left -= (uint32_t)length;
		if (output->left == 0 && drop_output(queue))
			break;
	}
	return STATUS_OK;
}

void
loop_queue_mark(struct loop_queue *queue, uint64_t at, size_t length)
{
	struct loop_mark *mark = memory_new(1, sizeof(*mark));

	assert(length > 0 && (queue->newest == NULL || queue->newest->at <= at));
	*mark = (struct loop_mark){ .at = at, .length = length };
	if (queue->oldest == NULL)
		queue->oldest = mark;
	else
		queue->newest->next = mark;
	queue->newest = mark;
}

bool
loop_queue_passed(struct loop_queue *queue, uint64_t passed)
{
	uint64_t before = queue->unsent;

	while (queue->oldest != NULL && queue->oldest->at <= passed) {
		queue->in_flight -= queue->oldest->length;
		queue->unsent -= queue->oldest->length;
		drop_mark(queue);
	}
	return queue->unsent != before;
}

static void
drop_mark(struct loop_queue *queue)
{
	struct loop_mark *mark = queue->oldest;

	queue->oldest = mark->next;
	if (queue->oldest == NULL)
		queue->newest = NULL;
	free(mark);
}
