/*
 * news_batch.h - a batch of articles, as rnews(1) of B News, C News and INN takes it
 *
 * "#! rnews BYTES", then so many bytes of an article, and so on; one article alone, without such a
 * line; or "#! gunbatch" and its like, behind which a packed batch stands. Bytes come in pieces of
 * any size. A length is believed for counting, never for allocating: an article grows as it comes,
 * up to a limit. A length that is wrong is seen where the next line is none, and is said with the
 * number of the article.
 */
#ifndef SPOOL_NEWS_NEWS_BATCH_H
#define SPOOL_NEWS_NEWS_BATCH_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"

enum news_batch_item {
	NEWS_BATCH_MORE,    /* all bytes are used up                                  */
	NEWS_BATCH_ARTICLE, /* .article is whole, until the next call                 */
	NEWS_BATCH_PACKED,  /* what is left of the input, and all behind it, is packed */
	NEWS_BATCH_BROKEN,  /* the diagnostic says why; nothing more can be read      */
};

enum news_batch_state {
	NEWS_BATCH_START,
	NEWS_BATCH_LINE, /* "#! rnews BYTES" of the next article, or the end */
	NEWS_BATCH_INSIDE,
	NEWS_BATCH_ALONE, /* one article, up to the end of the input */
	NEWS_BATCH_OVER,
};

struct news_batch {
	enum news_batch_state state;
	size_t                article_max_bytes;
	struct buffer         line; /* as far as it came */
	struct buffer         article;
	uint64_t              left;       /* bytes of the article that are still to come */
	uint64_t              count;      /* articles that were begun                    */
	char                  unpack[16]; /* PACKED: "gunbatch", "cunbatch", ...         */
};

void news_batch_init(struct news_batch *batch, size_t article_max_bytes);
void news_batch_release(struct news_batch *batch);

/* Uses bytes from the front of *input until there is an item. */
enum news_batch_item news_batch_read(struct news_batch *batch, struct span *input,
                                     struct diagnostic *diagnostic);

/* No more bytes will come: an ARTICLE that stood alone, MORE (there is nothing left), or BROKEN. */
enum news_batch_item news_batch_end(struct news_batch *batch, struct diagnostic *diagnostic);

/* The other direction: appends an article with its line. */
void news_batch_append(struct buffer *out, struct span article);

#endif
