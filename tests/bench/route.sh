#!/bin/bash
# route.sh - tables and lookups in the UUCP network of 1992, where its map is at hand
exec "$BUILD/tests/bench-route" "$SOURCE/../shared/data/uucp-1992-12.tsv"
