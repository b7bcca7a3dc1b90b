from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

from core.errors import InvalidError, UnavailableError
from core.i18n import Catalogues
from core.i18n.catalogues import Book
from core.i18n.wording import Wording
from core.mail import Mail, Mailer
from core.messages import messages_of
from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.settings import Settings
    from tests.support.mails import Mailbox

N_ = messages_of("auth")

URL = "http://localhost:8000/verify/abc"


def _mail(key: str = "run:send", *, name: str = "Ada", address: str = "ada@mail.example", locale: str = "en") -> Mail:
    subject = N_("Confirm your address")
    return Mail(key, name, address, subject, "auth/confirmation", locale, {"name": name, "url": URL})


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load(ROOT / "locales")


@pytest.fixture
def mailer(settings: Settings, catalogues: Catalogues) -> Mailer:
    return Mailer(settings, catalogues)


async def test_a_mail_arrives_as_text_and_as_a_page(mailer: Mailer, mailbox: Mailbox) -> None:
    await mailer.send(_mail("arrives", address="arrives@mail.example"))
    found = await mailbox.wait_for("arrives@mail.example")
    assert found.subject == "Confirm your address"
    assert URL in found.text
    assert "Hello Ada," in found.text


async def test_a_mail_that_is_sent_again_is_the_same_mail(mailer: Mailer, mailbox: Mailbox) -> None:
    for _ in range(3):
        await mailer.send(_mail("twice", address="twice@mail.example"))
    await mailer.send(_mail("another", address="twice@mail.example"))
    await asyncio.sleep(0.1)
    assert len(mailbox.to("twice@mail.example")) == 2


def test_it_is_written_in_the_language_of_its_reader(mailer: Mailer) -> None:
    message = _read(mailer.compose(_mail(locale="de")))
    assert message["Subject"] == "E-Mail-Adresse bestätigen"
    assert message["Content-Language"] == "de"
    page = message.get_body(("html",))
    assert page is not None
    assert '<html lang="de"' in page.get_content()


def test_what_people_type_stays_words(mailer: Mailer) -> None:
    name = 'Eve <b>"x"</b>\r\nBcc: victim@mail.example'
    message = _read(mailer.compose(_mail(name=name)))
    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1
    page = message.get_body(("html",))
    assert page is not None
    assert "<b>" not in page.get_content()


def test_a_wording_of_two_lines_makes_a_subject_of_one(mailer: Mailer) -> None:
    own = Book({"Confirm your address": ("Bitte\r\nBcc: victim@mail.example",)}, int)
    message = _read(mailer.compose(_mail(locale="de"), Wording({"de": {"auth": own}})))
    assert message["Subject"] == "Bitte Bcc: victim@mail.example"
    assert message["Bcc"] is None


class Refusing:
    """A server that refuses receivers."""

    def __init__(self, reply: str) -> None:
        self.reply = reply

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802  # aiosmtpd's name
        return self.reply


@pytest.fixture
async def port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Refusing(request.param)), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("port", "error", "code"),
    [
        ("550 no such user", InvalidError, "mail_refused"),
        ("450 try later", UnavailableError, "mail_unavailable"),
    ],
    indirect=["port"],
)
async def test_a_refusal_for_ever_is_told_from_one_for_now(
    settings: Settings, catalogues: Catalogues, port: int, error: type[Exception], code: str
) -> None:
    mailer = Mailer(settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"}), catalogues)
    with pytest.raises(error) as refused:
        await mailer.send(_mail())
    assert refused.value.code == code  # type: ignore[attr-defined]


async def test_a_server_that_is_down_is_unavailable(settings: Settings, catalogues: Catalogues) -> None:
    mailer = Mailer(settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"}), catalogues)
    with pytest.raises(UnavailableError) as down:
        await mailer.send(_mail())
    assert down.value.code == "mail_unavailable"


async def test_while_the_server_is_away_one_mail_at_a_time_waits_for_it(
    settings: Settings, catalogues: Catalogues, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Queue[asyncio.StreamWriter]()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked.put(writer)

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        mailer = Mailer(settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"}), catalogues)
        first = asyncio.create_task(mailer.send(_mail()))
        (await asked.get()).transport.abort()
        with pytest.raises(UnavailableError):
            await first

        probe = asyncio.create_task(mailer.send(_mail()))
        waiting = await asked.get()
        with pytest.raises(UnavailableError):
            await mailer.send(_mail())
        assert asked.empty()
        assert not probe.done()
        waiting.transport.abort()
        await asyncio.gather(probe, return_exceptions=True)

    monkeypatch.setattr(mailer, "_server", Mailer(settings, catalogues)._server)
    await mailer.send(_mail("back", address="back@mail.example"))
    await asyncio.gather(*(mailer.send(_mail(f"b{one}", address="back@mail.example")) for one in range(3)))
    assert len(mailbox.to("back@mail.example")) == 4


class Slow:
    """A server that takes its time at each step, though never long at one."""

    async def handle_MAIL(self, _server: object, _session: object, envelope: Any, address: str, _: object) -> str:  # noqa: N802
        await asyncio.sleep(0.2)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: object, _session: object, envelope: Any, address: str, _: object) -> str:  # noqa: N802
        await asyncio.sleep(0.2)
        envelope.rcpt_tos.append(address)
        return "250 OK"


async def test_a_server_that_is_slow_at_each_step_has_no_more_time_than_one_that_is_silent(
    settings: Settings, catalogues: Catalogues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.mail.mailer.SECONDS_FOR_A_MAIL", 0.3)
    async with await asyncio.get_running_loop().create_server(lambda: SMTP(Slow()), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        mailer = Mailer(settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"}), catalogues)
        with pytest.raises(UnavailableError):
            await mailer.send(_mail())
