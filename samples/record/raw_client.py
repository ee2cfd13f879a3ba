#!/usr/bin/env python3
"""Sends SMTP lines exactly as written, from a small script on standard input.

    raw_client.py ADDRESS [PORT]

    > TEXT        send TEXT and CRLF, then wait for a complete reply
    | TEXT        keep TEXT and CRLF; it leaves in one write with the next >
    = TEXT        the same without CRLF (\\r, \\n, \\0 and \\xNN are understood)
    <             wait for one more reply (sends what was kept)
    !flush        send what was kept, wait a moment, expect no reply
    !data FILE    send FILE as message text with its final dot, wait for a reply
    !bdat FILE N  send FILE in N BDAT chunks, wait for each reply
    !bdat0 FILE N the same, without waiting, with an empty last chunk
    !slow S       from here on one byte a packet, S seconds apart
    !fast         end of !slow
    !pause S      wait S seconds
    !wait-close   read until the server closes
    !rst          end by RST instead of FIN

{x*600} in a TEXT stands for 600 times x.  Lines starting with # are skipped.
"""
import re
import socket
import struct
import sys
import time

TIMEOUT = 15


class Client:
    def __init__(self, address, port):
        self.sock = socket.create_connection((address, port), TIMEOUT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kept = b""
        self.received = b""
        self.gap = None
        self.reply()

    def reply(self):
        """Reads one reply: lines up to the one without a hyphen after its code."""
        while True:
            end = self.received.find(b"\r\n")
            if end < 0:
                more = self.sock.recv(65536)
                if not more:
                    raise SystemExit("server closed the connection")
                self.received += more
                continue
            line, self.received = self.received[:end], self.received[end + 2:]
            if line[3:4] != b"-":
                return

    def send(self, data):
        data, self.kept = self.kept + data, b""
        if self.gap is None:
            self.sock.sendall(data)
            return
        for byte in data:
            self.sock.sendall(bytes([byte]))
            time.sleep(self.gap)

    def bdat(self, message, count, wait):
        size = -(-len(message) // count)
        chunks = [message[i:i + size] for i in range(0, len(message), size)]
        if not wait:
            chunks.append(b"")
        for i, chunk in enumerate(chunks):
            last = b" LAST" if i == len(chunks) - 1 else b""
            self.send(b"BDAT %d%s\r\n" % (len(chunk), last) + chunk)
            if wait:
                self.reply()
        if not wait:
            for _ in chunks:
                self.reply()

    def do(self, order, rest):
        if order == ">":
            self.send(text(rest) + b"\r\n")
            self.reply()
        elif order == "|":
            self.kept += text(rest) + b"\r\n"
        elif order == "=":
            self.kept += text(rest).decode("unicode_escape").encode("latin-1")
        elif order == "<":
            if self.kept:
                self.send(b"")
            self.reply()
        elif order == "!flush":
            self.send(b"")
            time.sleep(0.1)
        elif order == "!data":
            message = crlf(rest)
            self.send(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
            self.reply()
        elif order in ("!bdat", "!bdat0"):
            name, count = rest.split()
            self.bdat(crlf(name), int(count), order == "!bdat")
        elif order == "!slow":
            self.gap = float(rest)
        elif order == "!fast":
            self.gap = None
        elif order == "!pause":
            time.sleep(float(rest))
        elif order == "!wait-close":
            while self.sock.recv(65536):
                pass
        elif order == "!rst":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
        else:
            raise SystemExit("unknown order: " + order)


def text(line):
    line = re.sub(r"\{([^*{}]+)\*(\d+)\}",
                  lambda m: m.group(1) * int(m.group(2)), line)
    return line.encode("utf-8")


def crlf(name):
    with open(name, "rb") as file:
        return re.sub(rb"\r?\n", b"\r\n", file.read())


def main():
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 25
    client = Client(sys.argv[1], port)
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            order, _, rest = line.partition(" ")
            client.do(order, rest)
    client.sock.close()


if __name__ == "__main__":
    main()
