/*
 * diagnostic.c - fill a diagnostic
 */
#include "spool/base/diagnostic.h"

#include <stdio.h>

void
diagnostic_init(struct diagnostic *diagnostic)
{
	*diagnostic = (struct diagnostic){ .line = 0 };
}

void
diagnostic_set(struct diagnostic *diagnostic, const char *format, ...)
{
	va_list arguments;

	if (diagnostic == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(diagnostic->text, sizeof(diagnostic->text), format, arguments);
	va_end(arguments);
}
