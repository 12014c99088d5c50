/*
 * simulate_generate.h - networks that could be
 */
#ifndef TOOLS_SIMULATE_SIMULATE_GENERATE_H
#define TOOLS_SIMULATE_SIMULATE_GENERATE_H

#include <stddef.h>
#include <stdint.h>

/* Prints the description of a network of so many nodes; the same for the same arguments. */
void simulate_generate(size_t count, uint64_t seed);

#endif
