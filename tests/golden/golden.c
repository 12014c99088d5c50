/*
 * golden.c - the product against cases that an independent program computed
 *
 * golden FILE... computes every case and fails on any difference from its `expect`,
 * naming file, case, place, what was expected and what came. Without a FILE it takes the
 * project's own, tests/golden/cases. --self-test turns to the comparison itself: it
 * alters every single value of every expectation in turn, and each altered copy must be
 * told from what the product computes.
 */
#include "tests/golden/golden.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals {
	unsigned passed;
	unsigned failed;
	unsigned skipped;
	unsigned altered; /* --self-test: values altered, ... */
	unsigned missed;  /* ... and not noticed              */
};

/* Where a comparison is, and whether it speaks. */
struct place {
	const char *file;
	const char *test;
	bool        silent;
	char        path[512];
};

typedef json_t *compute_function(const json_t *test);

static const struct {
	const char       *kind;
	compute_function *compute;
} kinds[] = {
	{ "db", golden_db_compute },
	{ "events", golden_events_compute },
	{ "network", golden_network_compute },
};

static void run_file(const char *path, bool self_test, struct totals *totals);
static void run_case(const char *path, const json_t *test, bool self_test, struct totals *totals);
static void alter_each(struct place *place, json_t *root, json_t *part, const json_t *got,
                       struct totals *totals);
static json_t  *altered_value(const json_t *value);
static unsigned differences(struct place *place, const json_t *expected, const json_t *got);
static unsigned object_differences(struct place *place, const json_t *expected, const json_t *got);
static unsigned array_differences(struct place *place, const json_t *expected, const json_t *got);
static unsigned difference(const struct place *place, const json_t *expected, const json_t *got);
static bool     rests_on_pseudolink(const json_t *label);
static bool     unordered(const struct place *place);
static json_t  *sorted(const json_t *texts);
static int      text_compare(const void *left, const void *right);

int
main(int argc, char **argv)
{
	struct totals totals    = { 0 };
	bool          self_test = argc > 1 && strcmp(argv[1], "--self-test") == 0;
	int           first     = self_test ? 2 : 1;
	glob_t        own       = { .gl_pathc = 0 };

	for (int i = first; i < argc; i++)
		run_file(argv[i], self_test, &totals);
	if (first == argc && glob("tests/golden/cases/*.json", 0, NULL, &own) != 0)
		golden_broken("no FILE is named, and there is no tests/golden/cases here");
	for (size_t i = 0; i < own.gl_pathc; i++)
		run_file(own.gl_pathv[i], self_test, &totals);
	if (own.gl_pathc > 0)
		globfree(&own);
	if (self_test)
		printf("golden: %u values altered, %u not noticed\n", totals.altered,
		       totals.missed);
	printf("golden: %u passed, %u failed, %u skipped\n", totals.passed, totals.failed,
	       totals.skipped);
	return totals.failed == 0 && totals.missed == 0 ? 0 : 1;
}

static void
run_file(const char *path, bool self_test, struct totals *totals)
{
	json_error_t  error;
	json_t       *tests = json_load_file(path, 0, &error);
	const json_t *test;
	size_t        i;

	if (!json_is_array(tests))
		golden_broken("%s:%d: %s", path, error.line,
		              tests == NULL ? error.text : "no array");
	json_array_foreach(tests, i, test)
	{
		run_case(path, test, self_test, totals);
	}
	json_decref(tests);
}

static void
run_case(const char *path, const json_t *test, bool self_test, struct totals *totals)
{
	const char  *kind   = json_string_value(json_object_get(test, "kind"));
	json_t      *wanted = json_object_get(test, "expect");
	struct place place  = { .file = path, .path = "expect" };
	json_t      *got    = NULL;

	place.test = json_string_value(json_object_get(test, "name"));
	if (kind == NULL || place.test == NULL || wanted == NULL)
		golden_broken("%s: a case lacks name, kind or expect", path);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			got = kinds[i].compute(test);
	if (got == NULL) {
		printf("%s: %s: skipped (kind %s)\n", path, place.test, kind);
		totals->skipped++;
		return;
	}
	if (differences(&place, wanted, got) == 0)
		totals->passed++;
	else
		totals->failed++;
	if (self_test) {
		place.silent = true;
		alter_each(&place, wanted, wanted, got, totals);
	}
	json_decref(got);
}

/* Alters each value inside `part`, one at a time, and compares `root`, which holds it. */
static void
alter_each(struct place *place, json_t *root, json_t *part, const json_t *got,
           struct totals *totals)
{
	size_t count  = json_is_array(part) ? json_array_size(part) : json_object_size(part);
	void  *member = json_object_iter(part);

	for (size_t i = 0; i < count; i++) {
		json_t *value =
		    json_is_array(part) ? json_array_get(part, i) : json_object_iter_value(member);
		json_t *kept  = json_incref(value);
		json_t *other = altered_value(value);

		if (other == NULL && !rests_on_pseudolink(value)) {
			alter_each(place, root, value, got, totals);
		} else if (other != NULL) {
			if (json_is_array(part))
				json_array_set_new(part, i, other);
			else
				json_object_iter_set_new(part, member, other);
			totals->altered++;
			if (differences(place, root, got) == 0) {
				totals->missed++;
				printf("%s: %s: an altered value was not noticed\n", place->file,
				       place->test);
			}
			if (json_is_array(part))
				json_array_set(part, i, kept);
			else
				json_object_iter_set(part, member, kept);
		}
		json_decref(kept);
		member = json_is_object(part) ? json_object_iter_next(part, member) : NULL;
	}
}

/* NULL for what holds other values. */
static json_t *
altered_value(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return NULL;
	case JSON_STRING:
		return json_sprintf("%sx", json_string_value(value));
	case JSON_INTEGER:
		return json_integer(json_integer_value(value) + 1);
	default:
		return json_string("altered");
	}
}

static unsigned
differences(struct place *place, const json_t *expected, const json_t *got)
{
	json_t  *in_order[2];
	unsigned count;

	if (json_typeof(expected) != json_typeof(got))
		return difference(place, expected, got);
	if (json_is_object(expected))
		return object_differences(place, expected, got);
	if (!json_is_array(expected))
		return json_equal(expected, got) ? 0 : difference(place, expected, got);
	if (rests_on_pseudolink(expected) && rests_on_pseudolink(got))
		return 0; /* the hop beside it is compared */
	if (!unordered(place))
		return array_differences(place, expected, got);
	in_order[0] = sorted(expected);
	in_order[1] = sorted(got);
	count       = array_differences(place, in_order[0], in_order[1]);
	json_decref(in_order[0]);
	json_decref(in_order[1]);
	return count;
}

static unsigned
object_differences(struct place *place, const json_t *expected, const json_t *got)
{
	size_t        length = strlen(place->path);
	unsigned      count  = 0;
	const char   *key;
	const json_t *value;

	json_object_foreach((json_t *)expected, key, value)
	{
		const json_t *other = json_object_get(got, key);

		snprintf(place->path + length, sizeof(place->path) - length, ".\"%s\"", key);
		count += other == NULL ? difference(place, value, NULL)
		                       : differences(place, value, other);
		place->path[length] = '\0';
	}
	json_object_foreach((json_t *)got, key, value)
	{
		snprintf(place->path + length, sizeof(place->path) - length, ".\"%s\"", key);
		if (json_object_get(expected, key) == NULL)
			count += difference(place, NULL, value);
		place->path[length] = '\0';
	}
	return count;
}

static unsigned
array_differences(struct place *place, const json_t *expected, const json_t *got)
{
	size_t   length = strlen(place->path);
	unsigned count  = 0;

	for (size_t i = 0; i < json_array_size(expected) || i < json_array_size(got); i++) {
		const json_t *here = json_array_get(expected, i), *there = json_array_get(got, i);

		snprintf(place->path + length, sizeof(place->path) - length, "[%zu]", i);
		count += here == NULL || there == NULL ? difference(place, here, there)
		                                       : differences(place, here, there);
		place->path[length] = '\0';
	}
	return count;
}

static unsigned
difference(const struct place *place, const json_t *expected, const json_t *got)
{
	char *texts[2];

	if (place->silent)
		return 1;
	texts[0] = expected == NULL ? NULL : json_dumps(expected, JSON_ENCODE_ANY);
	texts[1] = got == NULL ? NULL : json_dumps(got, JSON_ENCODE_ANY);
	printf("%s: %s: %s: expected %s, got %s\n", place->file, place->test, place->path,
	       texts[0] == NULL ? "nothing" : texts[0], texts[1] == NULL ? "nothing" : texts[1]);
	free(texts[0]);
	free(texts[1]);
	return 1;
}

/* [primary, secondary, hops], where the format fixes only the hop (README of the files). */
static bool
rests_on_pseudolink(const json_t *label)
{
	return json_is_array(label) && json_array_size(label) == 3 &&
	       json_integer_value(json_array_get(label, 0)) >= GOLDEN_PSEUDOLINK;
}

/* Destinations of a forwarding or an update are a set. */
static bool
unordered(const struct place *place)
{
	return strncmp(place->path, "expect.\"forward\"[", 17) == 0 ||
	       strncmp(place->path, "expect.\"update_address\".", 24) == 0;
}

static json_t *
sorted(const json_t *texts)
{
	size_t       count  = json_array_size(texts);
	const char **all    = calloc(count + 1, sizeof(all[0]));
	json_t      *result = json_array();

	for (size_t i = 0; i < count; i++)
		all[i] = json_string_value(json_array_get(texts, i));
	qsort(all, count, sizeof(all[0]), text_compare);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(result, json_string(all[i]));
	free(all);
	return result;
}

static int
text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}
