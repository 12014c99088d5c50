/*
 * session_receive.c - the far end's offers, from the offer to our acknowledgement
 *
 * Stream numbers of offers count up from 1 and are never used again, so a number at or
 * below the latest that is not in the table was ended by us, and what still comes of it
 * is dropped. A body's bytes are passed on as they arrive; what is declared is enforced
 * at the first byte over (trust T17).
 */
#include <assert.h>
#include <string.h>

#include "daemon/session/session_inside.h"
#include "spool/base/memory.h"

struct offer {
	uint64_t    stream, size, eager;
	struct span heading, transit;
};

static bool        decode_offer(struct offer *offer, struct span payload);
static bool        decode_offer_field(struct offer *offer, const struct field *field);
static const char *offer_problem(const struct session *session, const struct offer *offer);
static bool take_stream(struct session *session, const struct frame *frame, struct span *bytes);
static void take_body(struct receiving *receiving, struct span bytes, struct session_event *event);
static struct receiving *find(struct session *session, uint32_t stream);
static void              end_receiving(struct session *session, struct receiving *receiving,
                                       enum session_verdict verdict, const char *text);

void
session_read_offer(struct session *session, struct span payload, struct session_event *event)
{
	struct offer offer = { .stream = 0 };
	const char  *problem;

	if (!decode_offer(&offer, payload)) {
		session_break(event, "an offer is malformed");
		return;
	}
	problem = offer_problem(session, &offer);
	if (problem != NULL) {
		session_break(event, "%s", problem);
		return;
	}
	session->receivings =
	    memory_grow(session->receivings, &session->receiving_capacity,
	                session->receiving_count + 1, sizeof(session->receivings[0]));
	session->receivings[session->receiving_count++] = (struct receiving){
		.stream   = (uint32_t)offer.stream,
		.size     = offer.size,
		.eager    = offer.eager != 0,
		.accepted = offer.eager != 0,
	};
	session->last_received = (uint32_t)offer.stream;
	event->kind            = SESSION_OFFERED;
	event->stream          = session->last_received;
	event->heading         = offer.heading;
	event->transit         = offer.transit;
	event->size            = offer.size;
	event->eager           = offer.eager != 0;
	event->bare            = offer.eager == EAGER_BARE;
}

void
session_accept(struct session *session, uint32_t stream, uint64_t offset)
{
	struct receiving *receiving = find(session, stream);
	struct buffer     payload;

	if (receiving == NULL || session->state == SESSION_CLOSED)
		return;
	assert(offset <= receiving->size && (receiving->eager || !receiving->accepted));
	receiving->wanted = offset;
	if (receiving->eager)
		return;
	receiving->accepted = true;
	receiving->offset   = offset;
	buffer_init(&payload);
	field_append_number(&payload, ACCEPT_STREAM, stream);
	field_append_number(&payload, ACCEPT_OFFSET, offset);
	frame_append(&session->out, FRAME_ACCEPT, buffer_span(&payload));
	buffer_release(&payload);
}

void
session_acknowledge(struct session *session, uint32_t stream, enum session_verdict verdict,
                    const char *text)
{
	struct receiving *receiving = find(session, stream);

	if (receiving != NULL && session->state != SESSION_CLOSED)
		end_receiving(session, receiving, verdict, text);
}

void
session_write_answers(struct session *session, struct buffer *out)
{
	if (session->answer_count == 0)
		return;
	frame_append(out, FRAME_ACKNOWLEDGE, buffer_span(&session->answers));
	buffer_clear(&session->answers);
	session->answer_count = 0;
}

void
session_read_data(struct session *session, const struct frame *frame, struct session_event *event)
{
	struct span       bytes = frame->bytes;
	struct receiving *receiving;

	if (frame->offset == 0) {
		session->data_header_length = 0;
		session->data_stream        = 0;
	}
	if (session->data_stream == 0 && !take_stream(session, frame, &bytes)) {
		session_break(event, "a piece of a body of no offer");
		return;
	}
	if (session->data_stream == 0)
		return; /* its number is not complete */
	receiving = find(session, session->data_stream);
	if (receiving == NULL)
		return;
	if (!receiving->accepted) {
		session_break(event, "a body came that was not asked for");
		return;
	}
	if (receiving->complete || bytes.length > receiving->size - receiving->offset) {
		session_break(event, "a body is longer than the %llu bytes that were offered",
		              (unsigned long long)receiving->size);
		return;
	}
	take_body(receiving, bytes, event);
	if (frame->last && receiving->offset == receiving->size) {
		receiving->complete = true;
		session->completed  = receiving->stream;
	}
}

bool
session_next_complete(struct session *session, struct session_event *event)
{
	struct receiving *receiving = find(session, session->completed);

	session->completed = 0;
	if (receiving == NULL) /* none, or the node has answered meanwhile */
		return false;
	event->kind   = SESSION_COMPLETE;
	event->stream = receiving->stream;
	event->size   = receiving->size;
	return true;
}

/*
 * A complete body stays: the node may have taken it already, and says so. Anything else is
 * ended here, in the name of a node that has nothing to decide.
 */
void
session_read_withdraw(struct session *session, struct span payload, struct session_event *event)
{
	uint32_t          stream    = session_read_stream(payload);
	struct receiving *receiving = find(session, stream);

	if (stream == 0 || stream > session->last_received) {
		session_break(event, "an offer was withdrawn that was not made");
		return;
	}
	if (receiving == NULL || receiving->complete)
		return;
	end_receiving(session, receiving, SESSION_LATER, "withdrawn");
	event->kind   = SESSION_WITHDRAWN;
	event->stream = stream;
}

static bool
decode_offer(struct offer *offer, struct span payload)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (!decode_offer_field(offer, &field))
			return false;
	return !reader.failed && offer->heading.length > 0 && offer->transit.length > 0 &&
	       offer->size <= INT64_MAX;
}

static bool
decode_offer_field(struct offer *offer, const struct field *field)
{
	switch (field->number) {
	case OFFER_STREAM:
		return field_number(field, &offer->stream);
	case OFFER_HEADING:
		offer->heading = field->value;
		return true;
	case OFFER_TRANSIT:
		offer->transit = field->value;
		return true;
	case OFFER_SIZE:
		return field_number(field, &offer->size);
	case OFFER_EAGER:
		return field_number(field, &offer->eager);
	default:
		return true; /* of a newer version */
	}
}

/* What the far end could not have done if it counts as we do; NULL = nothing. */
static const char *
offer_problem(const struct session *session, const struct offer *offer)
{
	if (offer->stream != (uint64_t)session->last_received + 1 || offer->stream > UINT32_MAX)
		return "an offer is out of order";
	if (session->receiving_count + session->answer_count >= SESSION_WINDOW_OFFERS)
		return "more offers than the window allows";
	if (offer->eager != 0 && offer->size > SESSION_WINDOW_BYTES)
		return "a body too long to come unasked";
	return NULL;
}

/* Takes the stream's number off the front of *bytes; false if it is wrong. */
static bool
take_stream(struct session *session, const struct frame *frame, struct span *bytes)
{
	struct reader reader;
	uint64_t      stream;
	bool          more = true; /* of the number's bytes follow */

	while (more && bytes->length > 0 && session->data_header_length < VARINT_U32_MAX) {
		more                                                = bytes->data[0] >= 0x80;
		session->data_header[session->data_header_length++] = bytes->data[0];
		bytes->data++;
		bytes->length--;
	}
	if (more)
		return !frame->last && session->data_header_length < VARINT_U32_MAX;
	reader_init(&reader, (struct span){ session->data_header, session->data_header_length });
	stream = reader_varint(&reader);
	if (reader.failed || stream == 0 || stream > session->last_received)
		return false;
	session->data_stream = (uint32_t)stream;
	return true;
}

static void
take_body(struct receiving *receiving, struct span bytes, struct session_event *event)
{
	uint64_t unwanted = 0; /* bytes at the front that are here already */

	if (receiving->wanted > receiving->offset)
		unwanted = receiving->wanted - receiving->offset;
	if (unwanted > bytes.length)
		unwanted = bytes.length;
	if (unwanted < bytes.length) {
		event->kind   = SESSION_BODY;
		event->stream = receiving->stream;
		event->offset = receiving->offset + unwanted;
		event->bytes  = (struct span){ bytes.data + unwanted, bytes.length - unwanted };
	}
	receiving->offset += bytes.length;
}

static struct receiving *
find(struct session *session, uint32_t stream)
{
	for (size_t i = 0; i < session->receiving_count; i++)
		if (session->receivings[i].stream == stream)
			return &session->receivings[i];
	return NULL;
}

/* Drops the offer and puts its answer into the next ACKNOWLEDGE frame. */
static void
end_receiving(struct session *session, struct receiving *receiving, enum session_verdict verdict,
              const char *text)
{
	size_t after = (size_t)(session->receivings + session->receiving_count - receiving) - 1;
	struct buffer answer;
	char          clean[SESSION_TEXT_MAX + 1];

	session_clean_text(clean, text);
	buffer_init(&answer);
	varint_append(&answer, receiving->stream);
	varint_append(&answer, verdict);
	buffer_append_text(&answer, clean);
	field_append(&session->answers, ANSWER, buffer_span(&answer));
	buffer_release(&answer);
	session->answer_count++;
	memmove(receiving, receiving + 1, after * sizeof(*receiving));
	session->receiving_count--;
}
