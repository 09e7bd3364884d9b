#!/bin/sh
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# make_initrd.sh KERNEL_DIR OUT MODULES PROGRAM...: a root file system in memory with busybox, the programs and their
# libraries, and the modules ("vivid uvcvideo") with those they depend on, beside those that every guest needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$(cd "$1" && pwd)/k
out=$2
modules="virtio_pci virtio_net 9pnet_virtio 9p $3"
shift 3
version=$(ls "$kernel/lib/modules")
root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/host" "$root/lib/modules/$version"
cp /bin/busybox "$root/bin/"
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
cp "$here/guest_init.sh" "$root/init"
chmod 755 "$root/init"

for module in $modules; do
    modprobe -d "$kernel" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r file; do
    to=$root/lib/modules/$version/${file#*"/lib/modules/$version/"}
    mkdir -p "${to%/*}"
    cp "$file" "$to"
done
cp "$kernel/lib/modules/$version/modules.builtin" "$kernel/lib/modules/$version/modules.order" \
    "$root/lib/modules/$version/"
depmod -b "$root" "$version"

copy_libraries() {
    ldd "$1" | awk '/=> \// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
        mkdir -p "$root${library%/*}"
        cp -L "$library" "$root$library"
    done
}
for program; do
    # In the place of the applet of the same name.
    rm -f "$root/bin/${program##*/}"
    cp -L "$program" "$root/bin/"
    copy_libraries "$program"
done
# Debian's libsrtp2 is built on NSS, which opens these by name when it starts; ldd does not know of them.
nss=$(ldconfig -p | awk '$1 == "libnss3.so" { print $NF; exit }')
for library in "${nss%/*}"/libsoftokn3.* "${nss%/*}"/libfreeblpriv3.* "${nss%/*}"/nss/libsoftokn3.* \
    "${nss%/*}"/nss/libfreeblpriv3.* "${nss%/*}"/libsqlite3.so.0; do
    [ -e "$library" ] || continue
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
    case $library in *.so*) copy_libraries "$library" ;; esac
done

(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 > "$out"
