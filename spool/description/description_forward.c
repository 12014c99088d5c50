/*
 * description_forward.c - from a user to those who stand for her
 *
 * One walk in depth, each statement once: a user who is reached by two ways has her mail once, and
 * what is open and reached again is a circle. Whoever is elsewhere is an end here: that node has
 * statements of its own, and a message says by which of them it came (transit.h).
 */
#include "spool/description/description_forward.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum step { STEP_NEW, STEP_OPEN, STEP_DONE };

struct walk {
	const struct description_node    *node;
	enum step                        *steps; /* of each statement */
	struct address                   *out;
	const struct description_forward *closing;
};

static void walk_begin(struct walk *walk, const struct description_node *node, struct address *out);
static void expand(struct walk *walk, const struct description_forward *forward);
static const struct description_forward *next_of(const struct walk                *walk,
                                                 const struct description_forward *forward,
                                                 const struct destination         *to);

const struct description_forward *
description_forward_find(const struct description_node *node, const char *user)
{
	for (size_t i = 0; i < node->forward_count; i++)
		if (strcmp(node->forwards[i].user, user) == 0)
			return &node->forwards[i];
	return NULL;
}

void
description_forward_expand(const struct description_node *node, const char *user,
                           struct address *out)
{
	const struct description_forward *forward = description_forward_find(node, user);
	struct walk                       walk;

	if (forward == NULL)
		return;
	walk_begin(&walk, node, out);
	expand(&walk, forward);
	free(walk.steps);
}

const struct description_forward *
description_forward_circle(const struct description_node *node)
{
	struct address all;
	struct walk    walk;

	address_init(&all);
	walk_begin(&walk, node, &all);
	for (size_t i = 0; i < node->forward_count; i++)
		if (walk.steps[i] == STEP_NEW)
			expand(&walk, &node->forwards[i]);
	free(walk.steps);
	address_release(&all);
	return walk.closing;
}

bool
description_forward_is_home(const struct description_node *node, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(node->name.text, name, length) == 0 &&
	    (node->name.text[length] == '\0' || node->name.text[length] == '.'))
		return true; /* its first components are a short name */
	for (size_t i = 0; i < node->aliases.count; i++)
		if (strcmp(node->aliases.items[i], name) == 0)
			return true;
	for (size_t i = 0; i < node->former_count; i++)
		if (strcmp(node->formers[i].name.text, name) == 0)
			return true;
	return false;
}

static void
walk_begin(struct walk *walk, const struct description_node *node, struct address *out)
{
	*walk = (struct walk){
		.node  = node,
		.steps = memory_new(node->forward_count, sizeof(walk->steps[0])),
		.out   = out,
	};
}

static void
expand(struct walk *walk, const struct description_forward *forward)
{
	enum step         *step = &walk->steps[forward - walk->node->forwards];
	struct destination to;

	*step = STEP_OPEN;
	destination_init(&to);
	for (size_t i = 0; i < forward->to.count; i++) {
		const struct description_forward *next;

		if (destination_parse(&to, forward->to.items[i], NULL) != STATUS_OK)
			continue; /* as description_parse_rule.c wrote it */
		next = next_of(walk, forward, &to);
		if (next == NULL)
			address_add(walk->out, &to);
		else if (walk->steps[next - walk->node->forwards] == STEP_OPEN)
			walk->closing = walk->closing == NULL ? forward : walk->closing;
		else if (walk->steps[next - walk->node->forwards] == STEP_NEW)
			expand(walk, next);
	}
	destination_release(&to);
	*step = STEP_DONE;
}

/* NULL: it ends there. */
static const struct description_forward *
next_of(const struct walk *walk, const struct description_forward *forward,
        const struct destination *to)
{
	if (to->broadcast || to->waypoint_count > 0 ||
	    !description_forward_is_home(walk->node, to->node.text) ||
	    strcmp(to->user, forward->user) == 0)
		return NULL;
	return description_forward_find(walk->node, to->user);
}
