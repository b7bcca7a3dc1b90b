"""What strangers type, in every header that it can reach, through the real SMTP server: the bytes that arrive."""

from __future__ import annotations

import base64
import quopri
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.i18n import Catalogues
from core.mail import Contact, Mail, MailBrand, Mailer, MailingList, UnsafeMailError
from core.mail.checking import check_bytes
from core.mail.headers import of_address, of_text, of_tokens
from core.messages import Message
from core.plain_text import one_line
from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.product import Product

BCC = "Bcc: victim@mail.example"
BODY = "\r\n\r\n<h1>Send your password to evil.example</h1>"


def _word(text: str, kind: str = "q", charset: str = "utf-8") -> str:
    raw = text.encode(charset)
    coded = base64.b64encode(raw).decode() if kind in "bB" else "".join(f"={octet:02X}" for octet in raw)
    return f"=?{charset}?{kind}?{coded}?="


HOSTILE = {
    "crlf": f"Ada\r\n{BCC}",
    "cr": f"Ada\r{BCC}",
    "lf": f"Ada\n{BCC}",
    "other-line-ends": f"Ada\x0b{BCC}\x0c{BCC}\x1c{BCC}\x85{BCC}\u2028{BCC}\u2029{BCC}",
    "nul": f"Ada\0{BCC}",
    "controls": "Ada\x01\x08\x1b[31m\x7f\x9b",
    "word-q": _word(f"Ada\r\n{BCC}{BODY}"),
    "word-b": _word(f"Ada\r\n{BCC}{BODY}", "b"),
    "word-capitals": _word(f"Ada\r\n{BCC}", "Q", "UTF-8"),
    "word-latin": _word(f"Ada\r\n{BCC}", "q", "iso-8859-1"),
    "word-utf-16": _word(f"Ada\r\n{BCC}", "b", "utf-16"),
    "word-language": f"=?utf-8*en?q?Ada=0D=0A{BCC.replace(' ', '_')}?=",
    "word-nul": _word("Ada\0\n"),
    "word-surrogate": "=?utf-8?q?=ED=A0=80?=",
    "word-unknown": "=?x-unknown?q?Ada=0D=0A?=",
    "word-harmless": "=?utf-8?q?Ada?=",
    "word-within": f"Ada {_word(f'x{chr(13)}{chr(10)}{BCC}')} Lovelace",
    "word-quoted": f'"{_word(f"Ada{chr(13)}{chr(10)}{BCC}")}"',
    "word-in-word": _word(_word(f"Ada\r\n{BCC}")),
    "words-in-a-row": _word("Ada\r") + " " + _word(f"\n{BCC}"),
    "word-folded": f"=?utf-8?q?Ada?=\r\n {_word(f'{chr(13)}{chr(10)}{BCC}')}",
    "word-cut-off": "=?utf-8?q?Ada=0D=0A",
    "word-too-long": _word("\r\n" * 400),
    "folded": f"Ada\r\n {BCC}\r\n\t{BCC}",
    "second-address": 'Ada" <victim@mail.example>, "Eve',
    "specials": "Ada (a\\) <b@c.example>; \"d\\\" e, [f]: 'g'",
    "comment": "Ada (((((",
    "backslash": "Ada\\",
    "only-blanks": " \t\r\n ",
    "empty": "",
    "bidi": "Ada\u202egro.live\u202c \u2066x\u2069",
    "tags": "Ada" + "".join(chr(0xE0000 + ord(letter)) for letter in "evil.example"),
    "surrogates": "Ada\ud800\udfff\udcff",
    "very-long": "Ada " * 5000,
    "very-long-word": "x" * 20_000,
    "very-long-unicode": "山" * 20_000,
    "right-to-left": "محمد بن سلمان",
    "emoji": "👩\u200d⚕\ufe0f Ada 葛\U000e0100",
    "dot": ".",
    "smuggled-end": f"Ada\r\n.\r\nMAIL FROM:<x@y.example>\r\n{BCC}",
}
TOO_LONG_FOR_A_LINK = {"surrogates", "very-long", "very-long-word", "very-long-unicode", "word-too-long"}
EXPECTED = [
    *("Message-ID", "Date", "From", "To", "Reply-To", "Subject", "List-Id", "List-Unsubscribe"),
    *("Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
]
WORD = "=?utf-8?q?a=0D=0ABcc:c?="
URL = "https://acme.localhost/verify/abc"


@pytest.fixture(scope="module")
def mailer(settings: Settings) -> Mailer:
    return Mailer(settings, Catalogues.load(ROOT / "locales"))


def _mail(key: str, text: str) -> Mail:
    return Mail(
        key,
        text,
        "ada@headers.example",
        Message("auth", "About {name}", {"name": text}),
        "auth/confirmation",
        params={"name": text, "url": URL},
        brand=MailBrand(text, "https://acme.localhost"),
        reply_to=Contact(text, "answers@headers.example"),
        list=MailingList(text, "news.acme.localhost", URL),
    )


@pytest.mark.parametrize("case", HOSTILE)
async def test_what_is_typed_reaches_each_header_as_that_text_and_nothing_else(
    case: str, mailer: Mailer, mailbox: Mailbox
) -> None:
    await mailer.send(_mail(f"headers:{case}", HOSTILE[case]))
    raw = _newest(mailbox)
    fields, body = _fields(raw)
    typed = one_line(HOSTILE[case], longest=200)

    assert [name for name, _ in fields] == EXPECTED
    found = dict(fields)
    for name, address in {
        "From": "no-reply@localhost",
        "To": "ada@headers.example",
        "Reply-To": "answers@headers.example",
        "List-Id": "news.acme.localhost",
    }.items():
        phrase, _, rest = found[name].rpartition("<")
        assert (_decoded(phrase.strip()), rest) == (typed, f"{address}>"), name
    subject = one_line(f"About {one_line(HOSTILE[case])}", longest=200)
    if case == "right-to-left":  # set apart from the sentence around it, which goes the other way
        subject = f"About \N{FIRST STRONG ISOLATE}{typed}\N{POP DIRECTIONAL ISOLATE}"
    assert _decoded(found["Subject"], quoted=False) == subject
    assert found["List-Unsubscribe"] == f"<{URL}>"
    assert body.count(b"Content-Type: ") == 2
    assert all(len(line) <= 78 for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n"))


@pytest.mark.parametrize("name", [_word("Ada\r\nBcc:x\r\n\r\nb"), "Ada\r\nBcc: x"], ids=["word", "lines"])
async def test_a_name_that_brings_headers_registers_as_the_name_that_it_is(
    name: str, request: pytest.FixtureRequest, product: Product, mailbox: Mailbox
) -> None:
    email = f"{request.node.callspec.id}@headers.example"
    await product.registered(email, name=name)
    await mailbox.wait_for(email, seconds=60)
    fields, _ = _fields(_newest(mailbox, email))

    assert [header for header, _ in fields] == [
        *("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type"),
    ]
    assert _decoded(dict(fields)["To"].rpartition("<")[0].strip()) == one_line(name)


def _sound() -> tuple[bytes, list[Any], dict[str, str]]:
    head = [
        of_address("To", 'Ada "L"', "ada@mail.example"),
        of_text("Subject", "Größe"),
        of_tokens("Content-Type", 'multipart/alternative; boundary="b"'),
    ]
    coding = "Content-Transfer-Encoding: quoted-printable"
    part = f'\r\n--b\r\nContent-Type: text/{{}}; charset="utf-8"\r\n{coding}\r\n\r\n{{}}\r\n'
    body = part.format("plain", "one") + part.format("html", "two") + "\r\n--b--\r\n"
    raw = "".join(header.line for header in head) + body
    return raw.encode(), head, {"text/plain": "one", "text/html": "two"}


def test_the_check_takes_what_was_meant() -> None:
    check_bytes(*_sound())


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Subject: ", b"Bcc: x@y.example\r\nSubject: "),
        (b"Subject: ", b"Subject: a\r\nSubject: "),
        (b"Subject: ", b"X-Subject: "),
        (b"To: ", b"Cc: "),
        (b"Subject: ", b"Subject:"),
        (b"Subject: ", b"Subject: \xc3\xa4"),
        (b"Subject: ", b"Subject: \0"),
        (b"Subject: ", b"Subject: a\nBcc: x@y.example "),
        (b"Subject: ", b"Subject: a\rBcc: x@y.example "),
        (b"Subject: ", b"\r\nSubject: "),
        (b"Subject: ", b"Subject: a\r\n\r\nb"),
        (b"Subject: ", b"Subject: =?utf-8?q?=0D=0ABcc:x?= "),
        (b"Subject: ", b"not a header\r\nSubject: "),
        (b"Subject: ", b"Subject: " + b"x" * 1000),
        (b"<ada@mail.example>", b"<eve@mail.example>"),
        (b"<ada@mail.example>", b"<ada@mail.example>, <eve@mail.example>"),
        (b"<ada@mail.example>", b"<ada@mail.example>, eve@mail.example"),
        (b"<ada@mail.example>", b", Eve <ada@mail.example>"),
        (b'"Ada \\"L\\""', b'"Ada"'),
        (b'boundary="b"', b'boundary="c"'),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"text/html", b"text/plain"),
        (b"two\r\n", b"two and more\r\n"),
        (b"\r\n--b--", b"\r\n--b\r\n\r\nmore\r\n--b--"),
        (b"Content-Transfer-Encoding: ", b"X-More: 1\r\nContent-Transfer-Encoding: "),
    ],
)
def test_the_check_finds_what_was_not_meant(was: bytes, becomes: bytes) -> None:
    raw, head, texts = _sound()
    assert was in raw
    with pytest.raises(UnsafeMailError):
        check_bytes(raw.replace(was, becomes, 1), head, texts)


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: c@d.example", "a@b.example>, <c@d.example", "a b@c.example", "", f"{WORD}@b.example"],
)
async def test_no_mail_goes_to_what_is_no_address(address: str, mailer: Mailer, mailbox: Mailbox) -> None:
    before = _kept(mailbox)
    mail = replace(_mail("no-address", "Ada"), to_address=address)
    with pytest.raises(UnsafeMailError):
        await mailer.send(mail)
    assert _kept(mailbox) == before


@pytest.mark.parametrize("case", sorted(HOSTILE.keys() - TOO_LONG_FOR_A_LINK))
def test_the_address_of_a_list_holds_one_address_and_nothing_else(case: str, mailer: Mailer) -> None:
    hostile = MailingList(
        "News", "news.acme.localhost", f"https://acme.localhost/{HOSTILE[case]}>, <mailto:x@y.example"
    )
    fields, _ = _fields(mailer.compose(replace(_mail("list", "Ada"), list=hostile)))
    assert [name for name, _ in fields] == EXPECTED
    link = dict(fields)["List-Unsubscribe"]
    assert re.fullmatch(r"<https://acme\.localhost/[^<>, ]*>", link)
    assert "=?" not in link


@pytest.mark.parametrize("case", ["crlf", "lf", "nul", "word-q", "second-address", "bidi", "folded"])
def test_a_list_is_called_by_a_host_or_not_at_all(case: str, mailer: Mailer) -> None:
    hostile = MailingList("News", f"news.{HOSTILE[case]}", URL)
    with pytest.raises(UnsafeMailError):
        mailer.compose(replace(_mail("list", "Ada"), list=hostile))


async def test_a_mail_that_was_composed_wrongly_is_refused_and_never_sent(
    mailer: Mailer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the standard library writes it: what looks encoded is decoded, and goes out as it then is."""
    monkeypatch.setattr("core.mail.headers._encoded", lambda _name, meant: meant.replace("=0D=0A", "\r\n"))
    before = _kept(mailbox)
    with pytest.raises(UnsafeMailError):
        await mailer.send(_mail("planted", HOSTILE["word-q"]))
    assert _kept(mailbox) == before


def _kept(mailbox: Mailbox) -> set[str]:
    return {path.name for path in mailbox.store.folder.glob("*.eml")}


def _newest(mailbox: Mailbox, recipient: str = "ada@headers.example") -> bytes:
    """Return the newest mail to an address as it came, without what the catcher notes of its envelope."""
    for name in sorted(_kept(mailbox), reverse=True):
        _, envelope_to, raw = (mailbox.store.folder / name).read_bytes().split(b"\r\n", 2)
        if envelope_to == f"X-Envelope-To: {recipient}".encode():
            return raw
    raise AssertionError(f"no mail to {recipient}")


def _fields(raw: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Read a mail by the letter of RFC 5322."""
    assert not re.search(rb"[^\t\r\n -~]|(?<!\r)\n|\r(?!\n)", raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n(?=[ \t])", b"", head).decode().split("\r\n")
    return [(name, value) for name, _, value in (line.partition(": ") for line in lines)], body


def _decoded(wire: str, *, quoted: bool = True) -> str:
    """Read a phrase or a text as RFC 2047 has it; what is within quotes is no encoded word, though many decode it."""
    if quoted and wire.startswith('"'):
        assert "=?" not in wire
        return re.sub(r"\\(.)", r"\1", wire[1:-1])
    return "".join(_pieces(re.sub(r"(?<=\?=)\s+(?==\?)", "", wire)))


def _pieces(wire: str) -> Iterator[str]:
    for piece in re.split(r"(=\?[^?]+\?[^?]+\?[^?]*\?=)", wire):
        if word := re.fullmatch(r"=\?([^?]+)\?([^?]+)\?([^?]*)\?=", piece):
            decode = base64.b64decode if word[2].lower() == "b" else lambda text: quopri.decodestring(text, header=True)
            yield decode(word[3].encode()).decode(word[1])
        else:
            yield piece
