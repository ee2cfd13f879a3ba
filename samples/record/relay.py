#!/usr/bin/env python3
"""Joins two tun/tap interfaces in two network namespaces, frame by frame.

    relay.py {tap|tun} NS/IFACE NS/IFACE [--spoil] [--mirror NS/IFACE TAGS]

--spoil   drops, swaps and doubles TCP segments that carry data, by a fixed
          count and not by chance, so that every recording shows the same.
--mirror  copies every frame to one more tap, as a switch does on a mirror
          port, with 802.1Q tags put in (TAGS: "7", or "100,7" for QinQ).

"ready" on standard output tells that frames are moving.
"""
import ctypes
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
CLONE_NEWNET = 0x40000000
HOLD = 0.05  # a segment to be swapped waits no longer than this for its partner


def enter(path):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as ns:
        if libc.setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + path)


def attach(where, kind):
    """Opens the existing interface NS/IFACE and returns its descriptor."""
    ns, name = where.split("/")
    enter("/run/netns/" + ns)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    flags = (IFF_TAP if kind == "tap" else IFF_TUN) | IFF_NO_PI
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    return fd


def has_data(frame):
    """Whether this Ethernet frame is an IPv4 TCP segment with payload."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return False
    ip_len = (frame[14] & 15) * 4
    total = struct.unpack("!H", frame[16:18])[0]
    return total > ip_len + (frame[14 + ip_len + 12] >> 4) * 4


def tagged(frame, tags):
    kinds = [0x88A8] * (len(tags) - 1) + [0x8100]
    extra = b"".join(struct.pack("!HH", k, t) for k, t in zip(kinds, tags))
    return frame[:12] + extra + frame[12:]


class Direction:
    """One way through the relay; `spoil` gives what happens to which segment."""

    def __init__(self, out, spoil):
        self.out, self.spoil = out, spoil
        self.count = 0
        self.held = None

    def pass_on(self, frame):
        if self.spoil and has_data(frame):
            self.count += 1
            what = self.spoil(self.count)
            if what == "drop":
                return
            if what == "swap" and self.held is None:
                self.held = frame
                return
            if what == "double":
                os.write(self.out, frame)
        os.write(self.out, frame)
        self.release()

    def release(self):
        if self.held is not None:
            frame, self.held = self.held, None
            os.write(self.out, frame)


def spoil_to_server(n):
    return {2: "double", 4: "drop", 7: "drop", 9: "swap", 12: "drop",
            14: "swap", 17: "double", 20: "drop", 22: "swap"}.get(n)


def spoil_to_client(n):
    return {2: "drop", 4: "double", 6: "drop"}.get(n)


def main():
    args = sys.argv[1:]
    kind = args[0]
    client, server = attach(args[1], kind), attach(args[2], kind)
    mirror, tags = None, []
    if "--mirror" in args:
        at = args.index("--mirror")
        mirror = attach(args[at + 1], "tap")
        tags = [int(t) for t in args[at + 2].split(",")]
    spoil = "--spoil" in args
    ways = {client: Direction(server, spoil_to_server if spoil else None),
            server: Direction(client, spoil_to_client if spoil else None)}
    print("ready", flush=True)
    while True:
        held = any(way.held is not None for way in ways.values())
        ready = select.select(list(ways), [], [], HOLD if held else None)[0]
        if not ready:
            for way in ways.values():
                way.release()
        for fd in ready:
            frame = os.read(fd, 65536)
            if mirror is not None:
                os.write(mirror, tagged(frame, tags))
            ways[fd].pass_on(frame)


if __name__ == "__main__":
    main()
