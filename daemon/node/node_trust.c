/*
 * node_trust.c - whose key is it?
 *
 * The transport proves that the far end holds a key; the description says whose key that is.
 * `plain` is the operator's word that the network between is trusted, so a call without a
 * key passes where that is said, and from a neighbor whose key is not stated.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_state.h"

void
node_trust_keep(struct node_call *call, struct span key)
{
	snprintf(call->key, sizeof(call->key), "%.*s", (int)key.length, (const char *)key.data);
}

const char *
node_trust_stranger(const struct node *node, const struct node_call *call)
{
	for (size_t i = 0; i < node->link_count && call->key[0] != '\0'; i++) {
		const char *stated = node->links[i].description->auth_key;

		if (stated != NULL && strcmp(stated, call->key) == 0)
			return NULL;
	}
	return call->key[0] == '\0' ? NULL : "no link here has the key of this caller";
}

struct node_link *
node_trust_link(const struct node *node, const struct node_call *call)
{
	struct node_link *found = NULL;

	for (size_t i = 0; i < node->link_count && call->key[0] != '\0'; i++) {
		struct node_link *link   = &node->links[i];
		const char       *stated = link->description->auth_key;

		if (stated == NULL || strcmp(stated, call->key) != 0)
			continue;
		if (found != NULL &&
		    name_compare(&found->description->neighbor, &link->description->neighbor) != 0)
			return NULL;
		found = found == NULL ? link : found;
	}
	return found;
}

const char *
node_trust_objection(const struct node_call *call, const struct node_link *link)
{
	const struct description_link *stated = link->description;
	bool                           plain  = stated->auth_key == NULL;

	for (size_t i = 0; i < stated->transport_count; i++)
		plain = plain || stated->transports[i].plain;
	if (call->key[0] == '\0')
		return plain ? NULL : "a call without TLS, where the description states a key";
	if (stated->auth_key == NULL)
		return "the description states no key for the far end";
	return strcmp(stated->auth_key, call->key) == 0
	           ? NULL
	           : "the far end's key is not the one that the description states";
}

void
node_trust_judge(struct node *node)
{
	for (struct node_call *call = node->calls, *next; call != NULL; call = next) {
		const char *why = call->greeted ? node_trust_objection(call, call->link) : NULL;

		next = call->next;
		if (why != NULL)
			node_call_close(node, call, why);
	}
}
