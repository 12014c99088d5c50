/*
 * store.c - messages through the spool's database: taken in, and gone again
 *
 *	bench-store [MESSAGES [BATCH [BODY-BYTES]]]      in the present folder
 *
 * One message is an insert of message, copy, seen and passage, and later, in a transaction
 * of its own, the deletion of the copy and the message. The queue is kept 1000 messages
 * long, so that rows are not all in the page that was written last.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spool/base/random.h"
#include "spool/store/store_message.h"

enum { QUEUE_LENGTH = 1000 };

static double seconds(void);
static void   take(struct store *store, struct random *random, struct span body);
static void   finish(struct store *store, struct store_rank *rank);

int
main(int argc, char **argv)
{
	long              messages   = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
	long              batch      = argc > 2 ? strtol(argv[2], NULL, 10) : 64;
	long              body_bytes = argc > 3 ? strtol(argv[3], NULL, 10) : 800;
	static uint8_t    bytes[STORE_INLINE_BODY_MAX];
	struct span       body = { bytes, (size_t)body_bytes };
	struct store_rank rank = STORE_RANK_FIRST;
	struct store     *store;
	struct diagnostic diagnostic;
	struct random     random;
	double            start;

	unlink("bench.db");
	unlink("bench.db-wal");
	random_seed_number(&random, 1);
	if (body_bytes > STORE_INLINE_BODY_MAX ||
	    store_open(&store, "bench.db", NULL, &diagnostic) != STATUS_OK)
		return 1;
	start = seconds();
	for (long done = 0; done < messages + QUEUE_LENGTH; done += batch) {
		if (done < messages && store_begin(store) == STATUS_OK) {
			for (long i = 0; i < batch; i++)
				take(store, &random, body);
			if (store_commit(store) != STATUS_OK)
				return 1;
		}
		if (done >= QUEUE_LENGTH && store_begin(store) == STATUS_OK) {
			for (long i = 0; i < batch; i++)
				finish(store, &rank);
			if (store_commit(store) != STATUS_OK)
				return 1;
		}
	}
	printf("store: %ld messages of %ld bytes in transactions of %ld: %.0f/s\n", messages,
	       body_bytes, batch, (double)messages / (seconds() - start));
	store_close(store);
	unlink("bench.db");
	return 0;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
take(struct store *store, struct random *random, struct span body)
{
	static uint8_t heading[300], transit[120], destinations[] = "joe@cluster.cs.su.oz.au";
	static int64_t now            = 1;
	struct stored_message message = { .state      = MESSAGE_ACCEPTED,
		                          .neighbor   = "munnari.cs.mu.oz.au",
		                          .heading    = { heading, sizeof(heading), 0 },
		                          .transit    = { transit, sizeof(transit), 0 },
		                          .size_bytes = body.length,
		                          .arrived_ms = now,
		                          .expires_ms = now + 604800000 };
	struct stored_copy    copy    = { .neighbor     = "cluster.cs.su.oz.au",
		                          .destinations = { destinations, sizeof(destinations) - 1, 0 },
		                          .priority     = PRIORITY_NORMAL,
		                          .size_bytes   = body.length,
		                          .expires_ms   = message.expires_ms };
	struct stored_passage passage = { .from    = "munnari.cs.mu.oz.au",
		                          .heading = message.heading,
		                          .transit = message.transit };

	now++;
	snprintf(message.id.text, sizeof(message.id.text), "basser.cs.su.oz.au-%016" PRIx64,
	         random_next(random));
	passage.id = message.id;
	store_message_insert(store, &message, &body);
	copy.message = message.key;
	store_copy_insert(store, &copy);
	store_seen_add(store, &message.id, (const char *)destinations, 0, now + 1209600000);
	store_passage_add(store, &passage, now + 2592000000);
}

static void
finish(struct store *store, struct store_rank *rank)
{
	struct stored_copy copy;

	stored_copy_init(&copy);
	if (store_copy_next_for(store, "cluster.cs.su.oz.au", 0, rank, &copy) &&
	    store_copy_delete(store, copy.key) == 0)
		store_message_delete(store, copy.message);
	stored_copy_release(&copy);
}
