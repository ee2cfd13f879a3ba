#!/bin/sh
# mutate.sh - whether the tests notice when the inspection engine is changed.
#
#     sh tests/tools/mutate.sh [OPTION...] [SOURCE...]
#
# Each mutant is analyzer/inspect with one small change: a comparison, a threshold, a condition, an
# operator, an action or another constant, a statement that is gone, a value returned, how sure a
# row of a table is. It is killed if a case comes out otherwise, a unit test of the engine fails,
# the sanitizers complain, or it runs out of time or memory. Survivors are told with their place;
# those that mutants-explained names, with a reason, are counted apart. Last come counts and
# percentages; the status is 1 if a survivor is not explained.
#
# SOURCE        address.c, behaviours.def: of these only (default: all)
# --every N     every Nth mutant only, --from K: beginning with the Kth from 0 on
# --quick       without the sanitizers, which are slow
# --again FILE  those mutants only that survived in FILE, which an earlier run printed
# --goldens     hold what survives against tests/golden, too: two seconds each. How sure a row of
#               behaviours.def is, where a habit is less sure anyway, shows in no case but there
# --list        print the mutants, run nothing
#
# ESI_BUILD     the build folder, configured and built here if need be (default build/mutate)
#
# Nothing in the source tree is changed: mutants are made from copies, in a folder that goes when
# the run ends. All of it takes half an hour of one processor.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tools/packages.sh
export LC_ALL=C.UTF-8

# shellcheck disable=SC2086
need_packages $build_packages $test_packages python3 || exit 1
build=${ESI_BUILD:-build/mutate}
# No sanitizers, little optimisation: what counts is a mutant's compilation and its first failure.
quietly cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE= -DCMAKE_C_FLAGS=-O1 || exit 1
quietly cmake --build "$build" --parallel "$(nproc)" --target test_unit_cases test_unit_inspect \
    esmtp-analyzer esmtp-rewriter || exit 1
exec python3 -B tests/tools/mutate.py --root "$PWD" --build "$(cd "$build" && pwd)" "$@"
