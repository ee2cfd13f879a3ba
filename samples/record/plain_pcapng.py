#!/usr/bin/env python3
"""Copies a little-endian pcapng file without the options of its section header.

    plain_pcapng.py IN OUT

Those options name the operating system, the programs and the source files of
the machine that wrote the file.
"""
import struct
import sys

SECTION_HEADER = 0x0A0D0D0A


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    out, at = b"", 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        block = data[at:at + length]
        if kind == SECTION_HEADER:
            block = struct.pack("<II", kind, 28) + block[8:24] \
                + struct.pack("<I", 28)
        out += block
        at += length
    with open(sys.argv[2], "wb") as file:
        file.write(out)


if __name__ == "__main__":
    main()
