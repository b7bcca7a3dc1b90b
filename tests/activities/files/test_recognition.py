"""Everyday files are recognised, in the product's own cells, and named as well as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from activities.files import working_copy
from activities.files.drawing.heard import BROKEN, understood
from activities.files.drawing.studio import Desk
from activities.files.recognition import RecognitionActivities
from core.ids import new_id
from core.storage import Storage
from domain.files.kinds import UNKNOWN_TYPE, kind_of, rendering_of
from domain.files.service import key_of
from domain.files.types import FileRef
from tests.factories.kinds import everyday

if TYPE_CHECKING:
    from activities.files.drawing.studio import Studio


class Recognition:
    """Recognises bytes under a name, as the step of the workflow does."""

    def __init__(self, studio: Studio) -> None:
        self.storage = Storage.from_url("memory:")
        self._activities = RecognitionActivities(None, self.storage, studio)  # type: ignore[arg-type]  # not asked

    async def of(self, content: bytes, name: str) -> tuple[str, bool]:
        ref = FileRef(new_id(), new_id())
        await self.storage.put_bytes(key_of(ref.tenant_id, ref.file_id), content)
        return await self._activities.recognised(ref, name)


@pytest.fixture
def recognition(studio: Studio) -> Recognition:
    return Recognition(studio)


async def test_a_large_file_is_told_by_its_ends(recognition: Recognition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_copy, "COPIED_WHOLE", 1000)
    monkeypatch.setattr(working_copy, "EDGE", 4096)
    files = everyday()
    for name in ("report.docx", "budget.xls", "disk.iso"):
        media_type, _ = await recognition.of(files[name].content, name)
        assert kind_of(media_type).key == files[name].kind


@pytest.mark.parametrize(
    "words",
    [
        "",
        '{"type": "no type"}',
        '{"type": "text/html\\r\\nX-Planted: 1"}',
        '{"type": "image/png", "is_sealed": "perhaps"}',
        '{"type": "' + "x" * 300 + '/y"}',
    ],
    ids=["nothing", "blank", "lines", "perhaps", "long"],
)
def test_what_a_recognition_says_out_of_order_is_not_heard(words: str) -> None:
    assert understood("identify", words) == BROKEN


async def test_a_file_whose_job_was_killed_is_of_unknown_kind_and_not_sealed(
    recognition: Recognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(desk: Desk, *_order: object) -> dict[str, Any]:
        desk.has_killed = True
        return BROKEN

    monkeypatch.setattr(Desk, "perform", killed)
    assert await recognition.of(b"PK", "a.zip") == (UNKNOWN_TYPE, False)


async def test_everyday_files_are_named_as_what_they_are(recognition: Recognition) -> None:
    expected = {name: (file.kind, file.is_drawn, file.is_sealed) for name, file in everyday().items()}
    told = {name: await recognition.of(file.content, name) for name, file in everyday().items()}
    found = {
        name: (kind_of(media_type).key, rendering_of(media_type) != "none", is_sealed)
        for name, (media_type, is_sealed) in told.items()
    }
    assert found == expected
