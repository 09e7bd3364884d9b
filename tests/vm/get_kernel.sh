#!/bin/sh
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# get_kernel.sh DIR: fetches Debian's kernel package and unpacks it there (k/ and vmlinuz); installs nothing.
# Does nothing where it has been before.
set -eu
mkdir -p "$1"
cd "$1"
[ ! -e vmlinuz ] || exit 0
rm -rf k ./*.deb
apt-get -q download linux-image-amd64
package=$(dpkg-deb -f linux-image-amd64_*.deb Depends)
package=${package%% *}
apt-get -q download "$package"
dpkg-deb -x "$package"_*.deb k
rm ./*.deb
depmod -b k "$(ls k/lib/modules)"
cp k/boot/vmlinuz-* vmlinuz.new
mv vmlinuz.new vmlinuz
