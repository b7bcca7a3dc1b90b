from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import aiosmtplib
import pytest

from entrypoints.mailbox.pages import create_mailbox
from entrypoints.mailbox.smtp import listen
from entrypoints.mailbox.store import KEPT, MailStore

if TYPE_CHECKING:
    from pathlib import Path


def mail(message_id: str = "<1@adx>", html: str = "<p>Hello</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "ADX <no-reply@localhost>", "Zoë <zoe@acme.example>"
    message["Subject"], message["Message-ID"] = "Willkommen, Zoë", message_id
    message.set_content("Hello https://localhost/verify")
    message.add_alternative(html, subtype="html")
    return message


async def test_a_sent_mail_is_shown_once(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    async with await listen(store, 0) as server:
        port = server.sockets[0].getsockname()[1]
        for _ in range(2):
            await aiosmtplib.send(mail(), hostname="127.0.0.1", port=port)
    client = create_mailbox(store).test_client()
    (shown,) = await (await client.get("/mails.json?to=zoe@acme.example")).get_json()
    assert (shown["subject"], shown["recipients"]) == ("Willkommen, Zoë", ["zoe@acme.example"])
    page = await (await client.get(f"/mails/{shown['id']}")).get_data(as_text=True)
    assert 'href="https://localhost/verify"' in page


async def test_mails_survive_a_restart_and_are_newest_first(tmp_path: Path) -> None:
    for number in range(2):
        MailStore(tmp_path).add(mail(f"<{number}@adx>").as_bytes(), "a@x", ["zoe@acme.example"])
    assert [found.message_id for found in MailStore(tmp_path).newest()] == ["<1@adx>", "<0@adx>"]


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrypoints.mailbox.store.KEPT", 3)
    store = MailStore(tmp_path)
    for number in range(5):
        store.add(mail(f"<{number}@adx>").as_bytes(), "a@x", ["b@x"])
    assert [found.message_id for found in store.newest()] == ["<4@adx>", "<3@adx>", "<2@adx>"]
    assert KEPT > 3


async def test_a_mail_cannot_run_anything(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    store.add(mail(html="<script>alert(1)</script>").as_bytes(), "a@x", ["b@x"])
    client = create_mailbox(store).test_client()
    shown = f"/mails/{store.newest()[0].id}"
    policies = [(await client.get(path)).headers["Content-Security-Policy"] for path in ("/", shown, f"{shown}/body")]
    assert all(policy.startswith("default-src 'none'") and "script-src" not in policy for policy in policies)
    assert "sandbox" in policies[-1]


@pytest.mark.parametrize("path", ["/", "/mails.json"])
async def test_another_sites_page_cannot_read_the_mails(tmp_path: Path, path: str) -> None:
    client = create_mailbox(MailStore(tmp_path)).test_client()
    assert (await client.get(path, headers={"Host": "evil.example"})).status_code == 421


async def test_another_sites_page_cannot_throw_mails_away(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    store.add(mail().as_bytes(), "a@x", ["b@x"])
    client = create_mailbox(store).test_client()
    assert (await client.post("/removal", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert len(store.newest()) == 1
    assert (await client.post("/removal", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303
    assert store.newest() == []


async def test_a_mail_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    client = create_mailbox(MailStore(tmp_path)).test_client()
    assert (await client.get("/mails/1-abc")).status_code == 404
