# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Reads the strip of blocks that the pattern draws into each picture (layout: src/media/stamp.h)."""
import numpy as np

COLUMNS, ROWS = 32, 3
THRESHOLD = (235 + 16) / 2


def block_px(width, height):
    block = 16 if width >= 640 else 8
    return block if width >= COLUMNS * block and height >= ROWS * block else 0


def crc16(data):
    """CRC-16/CCITT-FALSE."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def read_stamp(luma):
    """@return (frame id, microseconds of CLOCK_MONOTONIC at capture), or None where no check sum is right. The picture may be a half or a
    quarter of the one that was stamped, as the lower layers of a simulcast are."""
    block = block_px(luma.shape[1], luma.shape[0])
    for size in (block, block // 2, block // 4):
        found = size >= 4 and read_blocks(luma, size)
        if found:
            return found
    return None


def read_blocks(luma, block):
    strip = luma[:ROWS * block, :COLUMNS * block].reshape(ROWS, block, COLUMNS, block)
    middle = strip[:, block // 4:-(block // 4), :, block // 4:-(block // 4)]
    return read_rows(np.packbits(middle.mean(axis=(1, 3)) > THRESHOLD, axis=1).tobytes())


def read_rows(rows):
    """The same of the blocks' bits, 4 bytes a row."""
    if len(rows) != ROWS * COLUMNS // 8:
        return None
    number, low = (int.from_bytes(rows[i:i + 4], "big") for i in (0, 4))
    high, crc = (int.from_bytes(rows[i:i + 2], "big") for i in (8, 10))
    time_us = high << 32 | low
    if crc16(number.to_bytes(4, "big") + time_us.to_bytes(6, "big")) != crc:
        return None
    return number, time_us
