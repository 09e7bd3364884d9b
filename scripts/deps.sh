#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# Installs the Debian and Ubuntu packages that are missing; does nothing where none is.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: scripts/deps.sh build|test|long|contestants
  build  what ./run.sh needs: compiler, libraries, curl
  test   that and what ./test.sh needs: browser, emulator, network tools, proxies (nothing is started)
  long   that and what ./test.sh --long needs: a way to install Debian into a folder
  contestants  what test needs and GStreamer, for the program of bench/contestants that is built (which needs cargo besides)
Uses apt-get as root or through sudo, and asks nothing.
TEXT
}

build=(
    gcc libc6-dev pkg-config meson ninja-build
    python3 python3-venv
    ca-certificates curl
    libssl-dev libsrtp2-dev libcurl4-openssl-dev libjansson-dev libmicrohttpd-dev
    libx264-dev libyuv-dev libturbojpeg0-dev
    libwslay-dev nanopb libnanopb-dev
)

test=(
    libcmocka-dev g++ clang libclang-rt-dev gcovr
    chromium ffmpeg v4l-utils
    nftables iproute2 ethtool tcpdump strace
    nginx tinyproxy-bin microsocks
    qemu-system-x86 seabios busybox-static kmod cpio
)

long=(
    mmdebstrap
)

contestants=(
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libgstreamer-plugins-bad1.0-dev
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
    gstreamer1.0-nice
)

missing() {
    local name
    for name in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then
            echo "$name"
        fi
    done
}

# dpkg does not work without the folders of the administrator's programs.
as_root() {
    set -- env DEBIAN_FRONTEND=noninteractive PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH" "$@"
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# nginx comes for its program: as long as the installation takes no service is started, and what was
# not there before is not enabled.
install() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_root sh -eu -c '
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >"$policy"
            chmod 755 "$policy"
        fi
        apt-get install -q -y --no-install-recommends "$@"
        for name in "$@"; do
            if [ "$name" = nginx ]; then
                update-rc.d nginx disable
            fi
        done
    ' sh "$@"
}

case "${1:-}" in
    build) wanted=("${build[@]}") ;;
    test) wanted=("${build[@]}" "${test[@]}") ;;
    long) wanted=("${build[@]}" "${test[@]}" "${long[@]}") ;;
    contestants) wanted=("${build[@]}" "${test[@]}" "${contestants[@]}") ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac

if ! command -v apt-get >/dev/null; then
    echo "deps.sh: no apt-get here; install what corresponds to: ${wanted[*]}" >&2
    exit 1
fi
mapfile -t names < <(missing "${wanted[@]}")
if [ "${#names[@]}" = 0 ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "deps.sh: not root and no sudo; as root: apt-get install ${names[*]}" >&2
    exit 1
fi
echo "deps.sh: installing ${names[*]}" >&2
as_root apt-get update -q >&2
install "${names[@]}" >&2
