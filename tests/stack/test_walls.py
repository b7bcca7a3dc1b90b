from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entrypoints import doctor, walls
from entrypoints.embedded.program import StartError

if TYPE_CHECKING:
    from core.settings import Environment, Settings


@pytest.fixture
def open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (walls, doctor):
        monkeypatch.setattr(module, "open_doors", lambda: ("network", "files"))


def of(settings: Settings, environment: Environment) -> Settings:
    return settings.model_copy(update={"environment": environment})


@pytest.mark.usefixtures("open_doors")
@pytest.mark.parametrize("environment", ["production", "test"])
def test_a_worker_that_decodes_does_not_start_without_walls(settings: Settings, environment: Environment) -> None:
    with pytest.raises(StartError, match="could reach here: the network, files of others"):
        walls.ensure(of(settings, environment), ["auth", "files"])
    walls.ensure(of(settings, environment), ["auth"])


@pytest.mark.usefixtures("open_doors")
def test_a_desk_is_warned(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    walls.ensure(of(settings, "development"), ["files"])
    assert "confinement.missing" in capsys.readouterr().out


@pytest.mark.usefixtures("open_doors")
def test_the_doctor_says_what_is_open() -> None:
    found = doctor._decoders()
    assert (found.state, found.detail) == ("wrong", "a hostile file could reach: the network, files of others")
    assert "landlock" in found.remedy


def test_here_every_door_is_shut(settings: Settings) -> None:
    walls.ensure(of(settings, "production"), ["files"])
    assert doctor._decoders().state == "ok"
