/*
 * description_check_foreign.c - a link to a neighbor that does not speak our protocol
 *
 * What is for it is handed to a program, so what is said of calls over a line means nothing here. A
 * neighbor is foreign or it is not: a station that was converted loses its foreign link.
 */
#include "spool/description/description_checker.h"

static void check_program(const struct description_checker *checker,
                          const struct description_link    *link);
static void check_neighbor(const struct description_checker *checker,
                           const struct description_node    *node,
                           const struct description_link    *link);

void
description_check_foreign(const struct description_checker *checker,
                          const struct description_node *node, const struct description_link *link)
{
	if (!link->foreign)
		return;
	check_program(checker, link);
	check_neighbor(checker, node, link);
	if (link->auth_key != NULL)
		description_checker_warn(checker, link->auth_place,
		                         "nobody proves a key over a foreign link");
	if (link->before.count > 0 || link->after.count > 0)
		description_checker_warn(checker, link->place,
		                         "a foreign link makes no call that something could be "
		                         "run before or after");
}

static void
check_program(const struct description_checker *checker, const struct description_link *link)
{
	if (link->transport_count > 1)
		description_checker_error(checker, link->transports[1].place,
		                          "a foreign link has one program");
	if (link->transport_count > 0 && link->transports[0].kind != TRANSPORT_COMMAND)
		description_report_hint(
		    description_checker_error(checker, link->transports[0].place,
		                              "a foreign neighbor is not called by this node"),
		    "`transport command` names the program that takes what is for it");
}

static void
check_neighbor(const struct description_checker *checker, const struct description_node *node,
               const struct description_link *link)
{
	char where[DESCRIPTION_PLACE_TEXT_SIZE];

	for (size_t i = 0; i < node->link_count; i++) {
		const struct description_link *other = &node->links[i];

		if (other == link || name_compare(&other->neighbor, &link->neighbor) != 0)
			continue;
		description_checker_error(
		    checker, link->place, "a foreign neighbor has one link; there is another in %s",
		    description_place_text(where, checker->description, other->place, link->place));
		return;
	}
}
