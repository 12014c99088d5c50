/*
 * query.c - which verb, which options, which message
 */
#include "spool/query/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

static const struct query_option *find_option(const struct query_option *options, size_t count,
                                              const char *word, const char **value);
static size_t take_option(struct query_call *call, const struct query_option *option,
                          const char *value, size_t at);
static bool   is_here(const struct query *query, const char *text, struct message_id *id);
static bool   next_id(struct query_call *call, const char *prefix, struct message_id *id,
                      bool *several);
static bool   owned_by(const struct query *query, const struct message_id *id);

static const struct {
	const char          *name;
	query_verb_function *run;
} verbs[] = {
	{ "routes", query_routes }, { "explain", query_explain }, { "queue", query_queue },
	{ "sent", query_sent },     { "why", query_why },         { "trace", query_trace },
	{ "status", query_status }, { "links", query_links },     { "topology", query_topology },
	{ "map", query_map },       { "carry", query_carry },     { "watch", query_watch },
	{ "fetch", query_fetch },   { "uustat", query_uustat },
};

int
query_run(const struct query *query, const char *const *arguments, size_t count, struct buffer *out,
          struct buffer *errors)
{
	for (size_t i = 0; count > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct query_call call;
		int               code;

		if (strcmp(verbs[i].name, arguments[0]) != 0)
			continue;
		call = (struct query_call){ query, arguments[0], NULL, count - 1, out, errors };
		call.words = memory_new(count, sizeof(call.words[0]));
		for (size_t j = 1; j < count; j++)
			call.words[j - 1] = arguments[j];
		code = verbs[i].run(&call);
		free(call.words);
		return code;
	}
	return QUERY_NOT_MINE;
}

bool
query_options(struct query_call *call, const struct query_option *options, size_t count,
              size_t most)
{
	size_t kept = 0;

	for (size_t i = 0; i < call->word_count; i++) {
		const char                *word  = call->words[i];
		const char                *value = NULL;
		const struct query_option *option;

		if (word[0] != '-' || word[1] == '\0') {
			call->words[kept++] = word;
			continue;
		}
		option = find_option(options, count, word, &value);
		if (option == NULL) {
			query_complain(call, "there is no option %s", word);
			return false;
		}
		i = take_option(call, option, value, i);
		if (i == call->word_count) {
			query_complain(call, "%s: %s", word,
			               option->flag != NULL ? "takes no value" : "needs a value");
			return false;
		}
	}
	call->word_count = kept;
	if (kept <= most)
		return true;
	query_complain(call, "\"%s\" is one word too many", call->words[most]);
	return false;
}

/* `--name=value` is the same as two words; *value is what follows the sign, if any. */
static const struct query_option *
find_option(const struct query_option *options, size_t count, const char *word, const char **value)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, word, length) == 0) {
			*value = word[length] == '=' ? word + length + 1 : NULL;
			return &options[i];
		}
	return NULL;
}

/* Returns the place of the last word used, or word_count if the value is amiss. */
static size_t
take_option(struct query_call *call, const struct query_option *option, const char *value,
            size_t at)
{
	if (option->flag != NULL) {
		*option->flag = true;
		return value == NULL ? at : call->word_count;
	}
	if (value == NULL && ++at < call->word_count)
		value = call->words[at];
	*option->value = value;
	return at;
}

void
query_complain(struct query_call *call, const char *format, ...)
{
	char    text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	buffer_append_format(call->errors, "mulga %s: ", call->verb);
	query_text_append(call->errors, text);
	buffer_append_text(call->errors, "\n");
}

enum status
query_find_id(struct query_call *call, const char *text, struct message_id *id)
{
	char own[MESSAGE_ID_MAX_BYTES + 1];
	bool several = false;

	if (text[0] != '\0' && next_id(call, text, id, &several) && !several)
		return STATUS_OK;
	if (!several && text[0] != '\0' &&
	    snprintf(own, sizeof(own), "%s-%s", call->query->home->name.text, text) <
	        (int)sizeof(own) &&
	    next_id(call, own, id, &several) && !several)
		return STATUS_OK;
	if (!several && is_here(call->query, text, id))
		return STATUS_OK;
	if (several)
		query_complain(call, "more than one message id begins with \"%s\"", text);
	else
		query_complain(call, "no message of that id is known here: \"%s\"", text);
	return STATUS_NOT_FOUND;
}

/* A whole id of a message without a history: what nodes tell each other. */
static bool
is_here(const struct query *query, const char *text, struct message_id *id)
{
	struct stored_message stored;
	bool                  here;

	stored_message_init(&stored);
	here = query->is_operator && message_id_parse(id, text, NULL) == STATUS_OK &&
	       store_message_find(query->store, id, 0, &stored);
	stored_message_release(&stored);
	return here;
}

/* The only id that begins so and that the asker may see; a whole id is always the only one. */
static bool
next_id(struct query_call *call, const char *prefix, struct message_id *id, bool *several)
{
	struct store     *store = call->query->store;
	struct message_id found;
	bool              have = false;

	for (const char *after = NULL; store_passage_next_id(store, prefix, after, &found);
	     after             = found.text) {
		if (!query_may_see(call->query, &found))
			continue;
		*several = have;
		if (have)
			return true;
		*id  = found;
		have = true;
		if (strcmp(found.text, prefix) == 0)
			break;
	}
	return have;
}

bool
query_may_see(const struct query *query, const struct message_id *id)
{
	return query->is_operator || owned_by(query, id);
}

static bool
owned_by(const struct query *query, const struct message_id *id)
{
	struct stored_passage passage;
	bool                  owned = false;

	stored_passage_init(&passage);
	for (unsigned i = 0; !owned && store_passage_get(query->store, id, i, &passage); i++)
		owned = passage.from[0] == '\0' && passage.owner[0] != '\0' &&
		        strcmp(passage.owner, query->user) == 0;
	stored_passage_release(&passage);
	return owned;
}

struct walltime
query_walltime(const struct query *query, int64_t spool_ms)
{
	if (spool_ms == INT64_MAX)
		return (struct walltime){ 0 };
	return (struct walltime){ query->now.wall.ms + (spool_ms - query->spool_ms) };
}
