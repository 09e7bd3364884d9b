#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Sets up and publishes: packages, build, server, viewer page, camera, token. Does again only what has changed.
set -euo pipefail

root=$(cd "$(dirname "$0")" && pwd)
lkcam=$root/build/cli/lkcam

usage() {
    cat <<'TEXT'
usage: ./run.sh [FLAGS OF lkcam publish]
Installs what is missing, builds lkcam and publishes the camera: CAMERA_DEVICE, else the first there is,
else a test pattern. Asks nothing.

With LIVEKIT_URL it publishes there, with LIVEKIT_TOKEN, a token service (LIVEKIT_TOKEN_URL), or LIVEKIT_API_KEY and
LIVEKIT_API_SECRET; a token service may name the server, too. Without both, it starts a LiveKit server and a viewer page for this machine alone and prints the page's address.
LIVEKIT_ROOM and LIVEKIT_IDENTITY name room and publisher.

'build/cli/lkcam publish --help' lists the flags, for example: ./run.sh --size 1920x1080 --max-bitrate 6M
TEXT
}

say() {
    echo "run.sh: $*" >&2
}

# --- set up -----------------------------------------------------------------

install_packages() {
    local stamp=$root/.deps/packages-are-there
    if cmp -s "$stamp" "$root/scripts/deps.sh"; then
        return
    fi
    "$root/scripts/deps.sh" build
    mkdir -p "$root/.deps"
    cp "$root/scripts/deps.sh" "$stamp"
}

build() {
    local log
    if [ ! -f "$root/build/build.ninja" ]; then
        meson setup --buildtype=release "$root/build" "$root" >&2
    fi
    if ! log=$(ninja -C "$root/build" 2>&1); then
        say "the build failed:"
        echo "$log" >&2
        exit 1
    fi
}

# --- a server and a page for this machine -----------------------------------

work='' server='' page='' publisher='' signalled=0

# Both get TERM; a server that waits for its viewers to leave gets KILL.
clean_up() {
    local pid tries
    trap - EXIT
    for pid in $page $server; do
        kill -TERM "$pid" 2>/dev/null || true
    done
    for pid in $page $server; do
        tries=20
        while kill -0 "$pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
            sleep 0.05
            tries=$((tries - 1))
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    if [ -n "$work" ]; then
        rm -rf "$work"
    fi
}

pass_on() {
    signalled=1
    if [ -z "$publisher" ]; then
        exit 1
    fi
    kill "-$1" "$publisher" 2>/dev/null || true
}

# In use by anyone: the kernel's table has local addresses in the second column, ports in hex.
in_use() {
    awk -v port=":$(printf %04X "$2")\$" '$2 ~ port { found = 1 } END { exit !found }' \
        "/proc/net/$1" "/proc/net/${1}6" 2>/dev/null
}

free_port() {
    local port=$2
    while in_use "$1" "$port"; do
        port=$((port + 1))
    done
    echo "$port"
}

random_hex() {
    head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

# Media stays on loopback. The STUN address keeps public ones from being handed to clients.
write_config() {
    cat <<TEXT
port: $1
bind_addresses: ["127.0.0.1"]
keys: {$LIVEKIT_API_KEY: "$LIVEKIT_API_SECRET"}
rtc:
  tcp_port: $2
  udp_port: $3
  enable_loopback_candidate: true
  interfaces: {includes: [lo]}
  use_external_ip: false
  stun_servers: ["127.0.0.1:3478"]
logging: {level: warn}
TEXT
}

wait_for_server() {
    local tries=200
    until [ "$(curl -s -m 1 --noproxy '*' "$1" || true)" = OK ]; do
        tries=$((tries - 1))
        if [ "$tries" = 0 ] || ! kill -0 "$server" 2>/dev/null; then
            say "the local server does not come up; its last lines:"
            tail -n 5 "$work/server.log" >&2
            exit 5
        fi
        sleep 0.05
    done
}

start_server() {
    local binary=$1 port tcp udp
    port=$(free_port tcp 7880)
    tcp=$(free_port tcp $((port + 1)))
    udp=$(free_port udp $((port + 2)))
    LIVEKIT_API_KEY=API$(random_hex 6)
    LIVEKIT_API_SECRET=$(random_hex 32)
    LIVEKIT_URL=ws://127.0.0.1:$port
    export LIVEKIT_API_KEY LIVEKIT_API_SECRET LIVEKIT_URL
    # A token of the caller's was made for another server.
    unset LIVEKIT_TOKEN
    (umask 077 && write_config "$port" "$tcp" "$udp" >"$work/server.yaml")
    # A session of its own: Ctrl-C is for the publisher, which leaves the room before the server goes.
    setsid "$binary" --config "$work/server.yaml" >"$work/server.log" 2>&1 </dev/null &
    server=$!
    wait_for_server "http://127.0.0.1:$port/"
}

start_page() {
    local client=$1 tries=100
    if [ -z "$client" ]; then
        say "LiveKit's browser client could not be fetched: no viewer page this time"
        return
    fi
    setsid "$lkcam" view --client "$client" >"$work/page" </dev/null &
    page=$!
    until [ -s "$work/page" ]; do
        tries=$((tries - 1))
        if [ "$tries" = 0 ] || ! kill -0 "$page" 2>/dev/null; then
            say "no viewer page this time"
            return
        fi
        sleep 0.02
    done
    say "watch at $(cat "$work/page")"
}

publish() {
    local status
    # Signals of the terminal or of a whole group reach it once, by pass_on: a second one would end it at once.
    setsid "$lkcam" publish --source auto --priority fifo "$@" &
    publisher=$!
    # A signal ends `wait` early; the publisher's own status comes with the next one.
    while :; do
        signalled=0
        status=0
        wait "$publisher" || status=$?
        if [ "$signalled" = 0 ]; then
            return "$status"
        fi
    done
}

publish_locally() {
    local binary client
    binary=$("$root/scripts/livekit-server.sh")
    client=$("$root/scripts/viewer-client.sh" || true)
    trap clean_up EXIT
    trap 'pass_on INT' INT
    trap 'pass_on TERM' TERM HUP
    work=$(mktemp -d)
    start_server "$binary"
    start_page "$client"
    say "local server $LIVEKIT_URL, for this machine only; to publish to another one set LIVEKIT_URL" \
        "and LIVEKIT_TOKEN, or LIVEKIT_TOKEN_URL, or LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET"
    publish "$@"
}

# --- go ---------------------------------------------------------------------

# Three flags concern this script too: whose server it is, who may name it, and which room the page watches.
before=''
for argument in "$@"; do
    case "$before" in
        --url) LIVEKIT_URL=$argument ;;
        --token-url) LIVEKIT_TOKEN_URL=$argument ;;
        --room) export LIVEKIT_ROOM=$argument ;;
    esac
    case "$argument" in
        --help | -h)
            usage
            exit 0
            ;;
        --url=*) LIVEKIT_URL=${argument#*=} ;;
        --token-url=*) LIVEKIT_TOKEN_URL=${argument#*=} ;;
        --room=*) export LIVEKIT_ROOM=${argument#*=} ;;
    esac
    before=$argument
done
install_packages
build
if [ -n "${LIVEKIT_URL:-}${LIVEKIT_TOKEN_URL:-}" ]; then
    exec "$lkcam" publish --source auto --priority fifo "$@"
fi
publish_locally "$@"
