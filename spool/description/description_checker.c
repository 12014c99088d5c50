/*
 * description_checker.c - report what a check found
 */
#include "spool/description/description_checker.h"

#include <stdio.h>

static struct diagnostic *add(const struct description_checker *checker,
                              enum description_severity severity, struct description_place place,
                              const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

struct diagnostic *
description_checker_error(const struct description_checker *checker, struct description_place place,
                          const char *format, ...)
{
	struct diagnostic *diagnostic;
	va_list            arguments;

	va_start(arguments, format);
	diagnostic = add(checker, DESCRIPTION_ERROR, place, format, arguments);
	va_end(arguments);
	return diagnostic;
}

struct diagnostic *
description_checker_warn(const struct description_checker *checker, struct description_place place,
                         const char *format, ...)
{
	struct diagnostic *diagnostic;
	va_list            arguments;

	va_start(arguments, format);
	diagnostic = add(checker, DESCRIPTION_WARNING, place, format, arguments);
	va_end(arguments);
	return diagnostic;
}

void
description_checker_repeated(const struct description_checker *checker,
                             struct description_place place, struct description_place first,
                             const char *what)
{
	char where[DESCRIPTION_PLACE_TEXT_SIZE];

	description_checker_error(
	    checker, place, "%s is stated already, in %s", what,
	    description_place_text(where, checker->description, first, place));
}

static struct diagnostic *
add(const struct description_checker *checker, enum description_severity severity,
    struct description_place place, const char *format, va_list arguments)
{
	char text[sizeof(((struct diagnostic *)NULL)->text)];

	vsnprintf(text, sizeof(text), format, arguments);
	return description_report_add(checker->report, severity, checker->description, place, "%s",
	                              text);
}
