#!/usr/bin/env python3
"""Traffic that is not SMTP, between two network namespaces.

    other_traffic.py CLIENT-NS SERVER-NS ADDRESS

A TCP connection to port 8080 whose text looks like SMTP, a refused one to
port 26, and two UDP datagrams, one of them to port 25.
"""
import ctypes
import socket
import sys


def enter(path):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as ns:
        if libc.setns(ns.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), "setns " + path)


def main():
    client_ns, server_ns, address = sys.argv[1:]
    # A socket stays in the namespace it was made in.
    enter(server_ns)
    server = socket.create_server((address, 8080))
    enter(client_ns)
    client = socket.create_connection((address, 8080))
    peer, _ = server.accept()
    for who, text in ((peer, b"220 this is not SMTP\r\n"),
                      (client, b"EHLO other.example.org\r\n"),
                      (peer, b"250 port 8080\r\n")):
        who.sendall(text)
        (client if who is peer else peer).recv(4096)
    client.close()
    peer.close()
    try:
        socket.create_connection((address, 26))
    except ConnectionRefusedError:
        pass
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.sendto(b"MAIL FROM:<alice@example.org>\r\n", (address, 25))
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.sendto(b"something else", (address, 9999))


if __name__ == "__main__":
    main()
