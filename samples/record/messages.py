#!/usr/bin/env python3
"""Writes the messages of the samples into a folder:  messages.py FOLDER

Everything in them is invented; nothing depends on the clock or on chance.
"""
import base64
import os
import sys
import textwrap

HEAD = ["Date: Tue, 03 Mar 2026 10:15:00 +0000",
        "From: Alice <alice@example.org>",
        "To: Bob <bob@example.com>"]
BODY = """Hello Bob,

the delivery for warehouse 4 left this morning and should reach you on
Thursday.  The list of items is the same as last month; only the number of
pallets changed from 12 to 14.

Please confirm when it has arrived.

Regards
Alice"""
WORDS = ("pallet carton invoice delivery warehouse gate list number order "
         "label weight truck driver office morning schedule").split()


def prose(size):
    """About `size` bytes of sentences, the same on every run."""
    out, n = "", 0
    while len(out) < size:
        out += " ".join(WORDS[(n * 7 + k * k) % len(WORDS)]
                        for k in range(5 + n % 4)).capitalize() + ". "
        n += 1
    return out[:size]


def noise(size):
    """Bytes that look compressed, the same on every run."""
    out, state = bytearray(), 12345
    while len(out) < size:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 16 & 255)
    return bytes(out)


def letter(name, subject, *headers, body=BODY):
    ident = "Message-ID: <20260303.%s@example.org>" % name
    lines = HEAD + ["Subject: " + subject, ident] + list(headers)
    return "\n".join(lines) + "\n\n" + body + "\n"


def mixed(name, subject, *parts, kind="mixed"):
    """A multipart message; each part is (list of header lines, body)."""
    mark = "=_part_" + name
    body = "".join("--%s\n%s\n\n%s\n" % (mark, "\n".join(headers), text)
                   for headers, text in parts) + "--%s--" % mark
    return letter(name, subject, "MIME-Version: 1.0",
                  'Content-Type: multipart/%s; boundary="%s"' % (kind, mark),
                  body=body)


def encoded(size):
    return "\n".join(textwrap.wrap(
        base64.b64encode(noise(size)).decode("ascii"), 76))


TEXT_PART = (["Content-Type: text/plain; charset=us-ascii"], BODY)


def attached(name, subject, kind, disposition, size):
    return mixed(name, subject, TEXT_PART,
                 ([kind, "Content-Transfer-Encoding: base64"] + disposition,
                  encoded(size)))


def messages():
    yield "plain", letter("plain", "Delivery for warehouse 4")
    yield "short", letter("short", "Ok", body="Arrived.")
    yield "dots", letter(
        "dots", "Lines with dots",
        body=".\n..\n...\n.one dot in front\nno dot in front\n.\nend")
    yield "utf8", letter(
        "utf8", "Grüße aus Köln", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        body="Schöne Grüße!\n日本語のテキスト\nДобрый день")
    yield "8bit", letter(
        "8bit", "Offer", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        body="Für 14 Paletten berechnen wir 280 €.\nÄnderungen möglich.")
    yield "html", mixed(
        "html", "Newsletter",
        (["Content-Type: text/plain; charset=utf-8",
          "Content-Transfer-Encoding: quoted-printable"],
         "Opening hours in March =E2=80=93 please note:\n"
         "Monday to Friday, 8 to 16=\n, Saturday closed."),
        (["Content-Type: text/html; charset=utf-8",
          "Content-Transfer-Encoding: quoted-printable"],
         "<html><body><h1>Opening hours</h1>\n"
         "<p style=3D\"color:#333\">Monday to Friday, 8 to 16</p>\n"
         "</body></html>"), kind="alternative")
    line = "X-Route-Log: " + prose(1300).replace(". ", "-").replace(" ", "-")
    yield "long-header", letter("long-header", "Long header", line[:1200])
    folded = ["References:"] + [
        "\t<20260303.%02d.thread-of-the-warehouse@mail.example.org>" % n
        for n in range(24)]
    yield "folded-header", letter(
        "folded-header", "Re: Thread", "\n".join(folded))
    yield "long-line", letter("long-line", "Report", body="\n".join(
        ["The next line has 2000 bytes.", prose(1999) + "#",
         "It ends above."]))
    yield "attachment", attached(
        "attachment", "Invoice",
        'Content-Type: application/pdf; name="invoice-0317.pdf"',
        ['Content-Disposition: attachment; filename="invoice-0317.pdf"'], 6000)
    yield "exe", attached(
        "exe", "Setup",
        'Content-Type: application/octet-stream; name="setup.exe"',
        ['Content-Disposition: attachment; filename="setup.exe"'], 2000)
    name = (prose(400).replace(". ", "_").replace(" ", "_"))[:296] + ".pdf"
    yield "long-filename", attached(
        "long-filename", "Long name", "Content-Type: application/pdf",
        ['Content-Disposition: attachment; filename="%s"' % name], 600)
    pieces = textwrap.wrap(name, 50)
    yield "long-filename-2231", attached(
        "long-filename-2231", "Long name in pieces",
        "Content-Type: application/pdf",
        ["Content-Disposition: attachment;\n" + ";\n".join(
            ' filename*%d="%s"' % pair for pair in enumerate(pieces))], 600)
    plain = "Content-Type: text/plain; charset=us-ascii"
    yield "encodings", mixed(
        "encodings", "Every encoding",
        ([plain, "Content-Transfer-Encoding: 7bit"], "seven bits"),
        (["Content-Type: text/plain; charset=utf-8",
          "Content-Transfer-Encoding: 8bit"], "acht Bits: äöü"),
        ([plain, "Content-Transfer-Encoding: quoted-printable"], "a=3Db"),
        ([plain, "Content-Transfer-Encoding: base64"], "YmFzZTY0Cg=="),
        ([plain, "Content-Transfer-Encoding: binary"], "binary"),
        ([plain, "Content-Transfer-Encoding: x-uuencode"],
         "begin 644 note.txt\n%:&5L;&\\*\n`\nend"),
        ([plain, "Content-Transfer-Encoding: x-unheard-of"], "unknown"))
    yield "big", letter("big", "Minutes", body="\n".join(
        textwrap.wrap(prose(30000), 72)))
    yield "middle", letter("middle", "Minutes, shorter", body="\n".join(
        textwrap.wrap(prose(20000), 72)))


def main():
    for name, text in messages():
        with open(os.path.join(sys.argv[1], name), "wb") as file:
            file.write(text.encode("utf-8"))


if __name__ == "__main__":
    main()
