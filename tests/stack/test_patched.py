"""A Python with a known fault in what reads strangers' bytes serves nobody in production."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from entrypoints import cli, doctor, patched
from entrypoints.embedded.program import StartError

if TYPE_CHECKING:
    from core.settings import Settings

SOUND = [(3, 11, 10), (3, 11, 14), (3, 12, 6), (3, 13, 0), (3, 14, 1)]
FAULTY = [(3, 10, 14), (3, 11, 0), (3, 11, 7), (3, 11, 9), (3, 12, 0), (3, 12, 5)]


@pytest.mark.parametrize("running", SOUND)
def test_a_patched_python_is_taken(running: tuple[int, ...]) -> None:
    assert patched._python(running) == []


@pytest.mark.parametrize("running", FAULTY)
def test_a_python_before_the_patch_is_named_with_its_fault(running: tuple[int, ...]) -> None:
    (found,) = patched._python(running)
    assert (found.name, found.fault) == ("Python", "CVE-2024-7592")
    assert found.needed == ("3.12.6" if running[:2] == (3, 12) else "3.11.10")


def test_the_libraries_that_are_installed_are_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert patched._libraries() == []
    monkeypatch.setattr(patched, "version", lambda name: {"werkzeug": "3.0.5"}.get(name, version(name)))
    (found,) = patched._libraries()
    assert (found.name, found.needed, found.fault) == ("werkzeug", "3.0.6", "CVE-2024-49767")


@pytest.mark.parametrize("process", [cli.web, cli.worker])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_production_does_not_start_on_it_and_development_does(
    process: object, environment: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    told = settings.model_copy(update={"environment": environment})
    monkeypatch.setattr(sys, "version_info", (3, 11, 9, "final", 0))
    monkeypatch.setattr("core.settings.Settings.load", lambda: told)
    for module in ("entrypoints.web.serve", "entrypoints.worker.serve"):
        monkeypatch.setattr(module, lambda *_: served.append("yes"))
    assert callable(process)
    if environment == "production":
        with pytest.raises(StartError, match=r"Python 3\.11\.9 is open to CVE-2024-7592.* 3\.11\.10 or newer"):
            process()
    else:
        process()
    assert served == (["yes"] if environment == "development" else [])


@pytest.mark.parametrize(("environment", "state"), [("production", "wrong"), ("development", "outdated")])
def test_the_doctor_says_so(environment: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 11, 7, "final", 0))
    monkeypatch.setenv("ADX_ENVIRONMENT", environment)
    found = {finding.name: finding for finding in doctor.checks_of_the_machine()}
    assert (found["Python"].state, found["Python"].detail) == (state, "3.11.7: CVE-2024-7592")
    assert "Python 3.11.10" in found["Python"].remedy


def test_the_doctor_is_content_with_a_patched_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 11, "final", 0))
    found = {finding.name: finding for finding in doctor.checks_of_the_machine()}
    assert found["Python"].state == "ok"
