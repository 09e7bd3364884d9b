#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Sets up and runs the tests: ./test.sh [unit|system|vm|fresh ...]; --long: those that take longer, too (as root);
# ./test.sh bench runs the benchmark's quick form instead.
# Ends with "N passed, N failed, N skipped" and fails when anything failed, or was skipped for no reason of hardware or kernel.
set -euo pipefail
cd "$(dirname "$0")"

stages=()
for arg in "$@"; do
  case $arg in
    unit|system|vm|fresh|bench) stages+=("$arg") ;;
    --long) stages=(unit system vm fresh) ;;
    -h|--help) sed -n '4,6p' "$0" | cut -c3-; exit 0 ;;
    *) echo "test.sh: unknown argument $arg (unit, system, vm, fresh, bench, --long)" >&2; exit 2 ;;
  esac
done
[ ${#stages[@]} -gt 0 ] || stages=(unit system vm)

results=$PWD/build-test/results
say() { printf '\n== %s (%ds)\n' "$1" "$SECONDS"; }

case " ${stages[*]} " in
  *" fresh "*) scripts/deps.sh long ;;
  *) scripts/deps.sh test ;;
esac
mkdir -p .deps build-test
rm -rf "$results" && mkdir -p "$results"

configure() { # directory, meson options ...
  local dir=$1; shift
  [ -f "$dir/build.ninja" ] || { rm -rf "$dir"; meson setup "$dir" "$@" > "$dir.log" 2>&1 || { cat "$dir.log"; exit 1; }; }
}

# What begins has an empty result until it ends: one that breaks off without any is counted as failed.
begin() { # name
  say "$1"
  : > "$results/$1.xml"
}

# A failing suite is counted at the end, so that all of them run.
suite() { # name, build directory, meson test options ...
  local name=$1 dir=$2; shift 2
  begin "$name"
  rm -f "$dir/meson-logs/testlog.junit.xml"
  meson test -C "$dir" --print-errorlogs --no-rebuild "$@" > "$results/$name.log" 2>&1 || grep -vE ' OK ' "$results/$name.log" || true
  cp "$dir/meson-logs/testlog.junit.xml" "$results/$name.xml" || true
}

# One command as one test.
single() { # name, command ...
  local name=$1 verdict=''; shift
  begin "$name"
  "$@" > "$results/$name.log" 2>&1 || { { grep -vE ' OK ' "$results/$name.log" || true; } | tail -n 30; verdict='<failure/>'; }
  echo "<testsuites><testsuite name=\"$name\"><testcase classname=\"$name\" name=\"$*\">$verdict</testcase></testsuite></testsuites>" > "$results/$name.xml"
}

pytests() { # name, pytest arguments ...
  local name=$1; shift
  begin "$name"
  .deps/venv-test/bin/python -m pytest -q --junitxml="$results/$name.xml" "$@" || true
}

python_environment() {
  local sum
  sum=$(sha256sum tests/system/requirements.txt | cut -c1-16)
  [ -f ".deps/venv-test/.$sum" ] && return
  say "Python environment"
  python3 -m venv --clear .deps/venv-test
  .deps/venv-test/bin/pip install -q --disable-pip-version-check -r tests/system/requirements.txt
  touch ".deps/venv-test/.$sum"
}

say "release build"
scripts/viewer-client.sh > /dev/null
configure build-test/release --buildtype=release -Dtests=true -Dwerror=true
ninja -C build-test/release > build-test/release.log 2>&1 || { tail -50 build-test/release.log; exit 1; }

for stage in "${stages[@]}"; do
  case $stage in
    unit)
      suite unit build-test/release
      say "sanitizer build"
      configure build-test/sanitize --buildtype=debugoptimized -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false
      ninja -C build-test/sanitize > build-test/sanitize.log 2>&1 || { tail -50 build-test/sanitize.log; exit 1; }
      suite sanitize build-test/sanitize --suite unit --suite fuzz
      single coverage scripts/coverage.sh build-test/coverage
      ;;
    system)
      python_environment
      say "livekit-server, new and old"
      for version in 1.11.0 1.8.4; do scripts/livekit-server.sh "$version" > /dev/null; done
      LIVEKIT_SERVER=$(scripts/livekit-server.sh)
      export LIVEKIT_SERVER LKCAM=$PWD/build-test/release/cli/lkcam LKCAM_BUILD=$PWD/build-test/release
      pytests system tests/system
      ;;
    vm)
      python_environment
      LIVEKIT_SERVER=$(scripts/livekit-server.sh)
      export LIVEKIT_SERVER LKCAM=$PWD/build-test/release/cli/lkcam LKCAM_BUILD=$PWD/build-test/release
      pytests vm tests/vm
      ;;
    fresh)
      python_environment
      pytests fresh -s tests/fresh
      ;;
    bench)
      python_environment
      LIVEKIT_SERVER=$(scripts/livekit-server.sh)
      export LIVEKIT_SERVER LKCAM=$PWD/build-test/release/cli/lkcam LKCAM_BUILD=$PWD/build-test/release
      single bench .deps/venv-test/bin/python bench/run --quick
      cat "$results/bench.log"
      ;;
  esac
done

say "done"
python3 scripts/sum_results.py "$results"
