#!/bin/bash
# line.sh - the repair of a lossy line: goodput, and frames a second
#
# Beside it, what UUCP's protocols are known to do with the same: `i` carries 78 % of a clean line of
# this kind and needs 8 bits; none of them carries anything over one that is lossy and has 7.
exec "$BUILD/tests/bench-line"
