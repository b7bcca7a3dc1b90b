from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from core.ids import new_id
from domain.auth.sealing import Sealer, token_hash
from domain.auth.types import Application

SEALER = Sealer(SecretStr("a secret that is long enough for this"))
OTHER = Sealer(SecretStr("another secret that is long enough too"))
APPLICATION = Application("Ada Lovelace", "ada@example.com", "$argon2id$hash")


def test_an_application_opens_for_its_account_and_key_alone() -> None:
    account_id = new_id()
    sealed = SEALER.seal(APPLICATION, account_id)
    assert "ada" not in sealed.lower()
    assert SEALER.unseal(sealed, account_id) == APPLICATION
    with pytest.raises(InvalidTag):
        SEALER.unseal(sealed, new_id())
    with pytest.raises(InvalidTag):
        OTHER.unseal(sealed, account_id)


def test_a_link_is_the_same_each_time_and_nobody_elses() -> None:
    account_id = new_id()
    token = SEALER.link_token(account_id)
    assert len(token) == 43  # 256 bits
    assert token == SEALER.link_token(account_id)
    assert len({token, SEALER.link_token(new_id()), OTHER.link_token(account_id)}) == 3
    assert token.encode() not in token_hash(token)
