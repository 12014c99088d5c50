/*
 * fuzz_address.c - what is read as a name, a region or an address reads back equal
 *
 * And what is refused is refused with a printable reason, at a column inside the text.
 * The seeds are in corpus/address.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/address.h"
#include "spool/name/name_typed.h"
#include "spool/name/region_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_name(const char *text, bool is_node);
static void try_typed(const struct name *name, bool is_node, enum name_typed_spelling spelling);
static void try_region_tree(const struct name *name);
static void try_address(const char *text);
static void require_equal(const struct destination *a, const struct destination *b);
static void require_reason(const struct diagnostic *diagnostic, const char *text);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memory_new(size + 1, 1);

	if (size > 0)
		memcpy(text, data, size);
	try_name(text, true);
	try_name(text, false);
	try_address(text);
	free(text);
	return 0;
}

static void
try_name(const char *text, bool is_node)
{
	struct diagnostic diagnostic = { .line = 0 };
	struct name       name = { "" }, again = { "" };

	if ((is_node ? name_parse : name_parse_region)(&name, text, &diagnostic) != STATUS_OK) {
		require_reason(&diagnostic, text);
		return;
	}
	require((is_node ? name_parse : name_parse_region)(&again, name.text, NULL) == STATUS_OK &&
	            name_compare(&name, &again) == 0,
	        "a name reads back equal");
	require(name_depth(name.text) <= NAME_MAX_COMPONENTS, "a name has few components");
	if (name.text[0] != '\0') {
		try_typed(&name, is_node, NAME_TYPED_DOTTED);
		try_typed(&name, is_node, NAME_TYPED_SLASHED);
	}
	try_region_tree(&name);
}

static void
try_typed(const struct name *name, bool is_node, enum name_typed_spelling spelling)
{
	struct buffer out;
	struct name   again = { "" };

	buffer_init(&out);
	name_typed_format(name, is_node, spelling, &out);
	require((is_node ? name_parse : name_parse_region)(&again, buffer_text(&out), NULL) ==
	                STATUS_OK &&
	            name_compare(name, &again) == 0,
	        "a typed name reads back equal");
	buffer_release(&out);
}

static void
try_region_tree(const struct name *name)
{
	struct region_tree tree;
	const char        *region = name->text;
	uint32_t           id;

	region_tree_init(&tree);
	id = region_tree_intern(&tree, name->text);
	require(region_tree_count(&tree) == name_depth(name->text) + 1, "every region has an id");
	for (; region != NULL; region = name_parent(region), id = region_tree_parent(&tree, id))
		require(strcmp(region_tree_text(&tree, id), region) == 0 &&
		            region_tree_find(&tree, region) == id,
		        "the tree's parents are the name's");
	require(id == REGION_TREE_NONE, "the world has no parent");
	region_tree_release(&tree);
}

static void
try_address(const char *text)
{
	struct diagnostic diagnostic;
	struct address    address, again;
	struct buffer     out, out_again;

	address_init(&address);
	address_init(&again);
	buffer_init(&out);
	buffer_init(&out_again);
	if (address_add_text(&address, text, &diagnostic) != STATUS_OK) {
		require_reason(&diagnostic, text);
		require(address.count == 0, "a refused text adds nothing");
	} else {
		address_format(&address, &out);
		require(address_add_text(&again, buffer_text(&out), NULL) == STATUS_OK,
		        "an address reads back");
		require(address.count > 0 && address.count == again.count,
		        "an address reads back as long");
		for (size_t i = 0; i < address.count; i++)
			require_equal(&address.destinations[i], &again.destinations[i]);
		address_format(&again, &out_again);
		require(span_equal(buffer_span(&out), buffer_span(&out_again)),
		        "canonical text stays");
	}
	buffer_release(&out_again);
	buffer_release(&out);
	address_release(&again);
	address_release(&address);
}

static void
require_equal(const struct destination *a, const struct destination *b)
{
	require(strcmp(a->user, b->user) == 0 && a->broadcast == b->broadcast &&
	            name_compare(&a->node, &b->node) == 0 && a->waypoint_count == b->waypoint_count,
	        "a destination reads back equal");
	require(a->user[0] != '-' && a->user[0] != '.' && strpbrk(a->user, "/ \t\n,@!") == NULL,
	        "a user is harmless");
	for (size_t i = 0; i < a->waypoint_count; i++)
		require(name_compare(&a->waypoints[i], &b->waypoints[i]) == 0,
		        "a waypoint reads back equal");
}

static void
require_reason(const struct diagnostic *diagnostic, const char *text)
{
	size_t last = (size_t)diagnostic->column - 1 + diagnostic->length;

	require(diagnostic->column > 0 && last <= strlen(text), "an error is inside its text");
	require(diagnostic->text[0] != '\0', "an error has a reason");
	for (const char *at = diagnostic->text; *at != '\0'; at++)
		require(*at >= ' ' && *at <= '~', "a reason is printable");
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}
