#!/bin/sh
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Line coverage of src/wire by the unit tests and the fuzz replay; fails below 90 %.
#
#     scripts/coverage.sh [BUILD_FOLDER]       (needs gcovr)
set -eu
cd "$(dirname "$0")/.."
build=${1:-build-coverage}

[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=true -Dbuildtype=debug -Db_coverage=true
meson compile -C "$build"
find "$build" -name '*.gcda' -delete # else the counts of earlier runs are added
meson test -C "$build" --no-rebuild --suite unit --suite fuzz
gcovr --root . "$build" --filter 'src/wire/' --fail-under-line 90
