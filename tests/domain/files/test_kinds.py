from __future__ import annotations

import pytest

from domain.files.kinds import KINDS, PDF, PICTURES, claim_by_name, kind_of, rendering_of, suffix_of, type_by_name
from domain.files.suffixes import SUFFIXES


def test_every_type_that_a_name_can_claim_is_of_a_kind() -> None:
    assert [media_type for media_type in SUFFIXES.values() if kind_of(media_type) is KINDS["unknown"]] == []


def test_every_kind_can_be_claimed_by_a_name() -> None:
    assert {kind_of(media_type).key for media_type in SUFFIXES.values()} == set(KINDS) - {"unknown"}


@pytest.mark.parametrize(
    ("media_type", "key"),
    [
        ("image/jpeg", "picture"),
        ("image/svg+xml", "drawing"),
        ("application/vnd.oasis.opendocument.text-template", "document"),
        ("application/vnd.ms-excel.sheet.macroenabled.12", "spreadsheet"),
        ("application/vnd.ms-excel", "spreadsheet"),
        ("text/x-script.python", "code"),
        ("text/x-tex", "text"),
        ("application/octet-stream", "unknown"),
        ("text/troff", "text"),
        ("", "unknown"),
    ],
)
def test_a_type_is_of_the_kind_that_fits_it_best(media_type: str, key: str) -> None:
    assert kind_of(media_type).key == key


def test_pictures_and_documents_alone_are_drawn() -> None:
    drawn = {media_type for media_type in SUFFIXES.values() if rendering_of(media_type) != "none"}
    assert drawn == PICTURES | {PDF}


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.PDF", ".pdf"), ("archive.tar.gz", ".gz"), ("README", ""), ("a.", ""), ("a.b c", ""), (".profile", ".profile")],
)
def test_the_end_of_a_name(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


@pytest.mark.parametrize("name", ["talk.key", "graph.dot", "messages.pot", "logo.ai", "www.example.com"])
def test_an_end_that_several_kinds_share_claims_nothing(name: str) -> None:
    assert type_by_name(name) is not None
    assert claim_by_name(name) is None


def test_a_name_claims_a_type_or_nothing() -> None:
    assert type_by_name("Plan.DOCX") == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert type_by_name("what.is-this") is None
