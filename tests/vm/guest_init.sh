#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
# The guest's first and only process: mounts the test's directory, runs its test.sh, powers off.
# There is no default route: the guest reaches the host's loopback as 10.0.2.2 and nothing else.
export PATH=/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
modprobe -a virtio_pci virtio_net 9pnet_virtio 9p
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 share /host
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
cd /host
sh test.sh > out.txt 2>&1
echo $? > rc
dmesg > dmesg.txt
cd /
umount /host
poweroff -f
