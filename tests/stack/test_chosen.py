"""What `bin/test <feature>` and `bin/test --changed` choose, in which order files are begun, and what a run tells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.settings import ROOT
from tests.support.reach import CHOSEN, _nearest, changed_files, concerning, pytest_ignore_collect, reached
from tests.support.seconds import seconds_of, subject_of, table

FILES = "tests/web/files/test_pages.py"
BRANDING = "tests/web/branding/test_editor.py"
JOURNEY = "tests/browser/test_main_journey.py"


def test_what_concerns_a_feature_is_found_in_every_layer() -> None:
    found = concerning("files")
    folders = {Path(file).parts[1] for file in found}
    assert folders >= {"web", "workflows", "activities", "domain", "browser", "security"}
    assert FILES in found
    assert "tests/browser/test_many_files.py" in found, "by its name"
    assert "tests/security/test_decoder.py" in found, "by what it imports"
    assert not {BRANDING, JOURNEY} & found


@pytest.mark.parametrize(
    ("changed", "steps", "not_reached"),
    [
        ("domain/files/quota.py", {"tests/domain/files/test_quota.py": 0, FILES: 1, JOURNEY: 9}, BRANDING),
        ("web/files/routes.py", {FILES: 0}, "tests/workflows/branding/test_publish.py"),
        ("entrypoints/features/branding.py", {BRANDING: 0, "tests/workflows/branding/test_publish.py": 0}, FILES),
        ("core/plain_text.py", {"tests/core/test_plain_text.py": 0}, "tests/core/test_colour.py"),
        ("templates/branding/editor.html", {BRANDING: 0}, FILES),
        ("locales/de/LC_MESSAGES/branding.po", {BRANDING: 0}, JOURNEY),
        ("tests/web/files/conftest.py", {FILES: 0}, BRANDING),
        ("tests/factories/files.py", {"tests/activities/files/test_drawing.py": 0}, BRANDING),
        (FILES, {FILES: 0}, BRANDING),
        ("docs/README.md", {"tests/architecture/test_sources.py": 0}, FILES),
    ],
)
def test_a_change_reaches_what_hangs_on_it(changed: str, steps: dict[str, int], not_reached: str) -> None:
    found = reached([changed])
    assert {file: found.get(file) for file in steps} == steps
    assert not_reached not in found


def test_what_is_nearest_is_run_as_far_as_there_is_time_for_it() -> None:
    steps = {"tests/core/test_far.py": 2, "tests/core/test_near.py": 1, "tests/core/test_it.py": 0}
    known = dict.fromkeys(steps, 80.0)
    chosen, told = _nearest(steps, known)
    assert chosen == {"tests/core/test_it.py", "tests/core/test_near.py"}
    assert told == "; 1 that are further away are left to bin/test"
    assert _nearest(steps, {**known, "tests/core/test_it.py": 1000.0})[0] == {"tests/core/test_it.py"}
    assert _nearest(steps, {}) == (frozenset(steps), "")


def test_changes_are_those_since_main_and_without_any_those_of_the_last_commit(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(name: str) -> None:
        (tmp_path / name).write_text(name)
        git("add", name)
        git("commit", "-m", name)

    git("init", "-b", "main")
    commit("first.py")
    commit("second.py")
    assert changed_files(tmp_path) == {"second.py"}
    git("switch", "-c", "work")
    commit("third.py")
    (tmp_path / "new.py").write_text("")
    (tmp_path / "first.py").write_text("changed")
    assert changed_files(tmp_path) == {"third.py", "new.py", "first.py"}
    with pytest.raises(pytest.UsageError):
        changed_files(tmp_path / ".git")


def test_a_run_tells_what_each_feature_takes() -> None:
    taken = {FILES: 30.0, "tests/workflows/files/test_ingest.py": 20.0, "tests/core/test_db.py": 60.0, BRANDING: 3.0}
    assert [" ".join(line.split()) for line in table(taken)] == [
        "60.0 tests/core core 60.0",
        "50.0 ! files web 30.0, workflows 20.0",
        "3.0 branding web 3.0",
    ]
    assert subject_of("tests/browser/test_many_files.py") == "files"


def test_what_took_long_is_begun_first_and_unknown_files_by_their_folder() -> None:
    files = ["tests/core/test_new.py", "tests/browser/test_new.py", "tests/core/test_known.py"]
    known = {"tests/core/test_known.py": 50.0}
    assert sorted(files, key=lambda file: -seconds_of(file, known)) == [files[2], files[1], files[0]]


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ("files kit -k quota", "-n 2 --dist loadfile --no-loadscope-reorder --feature files --feature kit -k quota"),
        ("--changed", "-n 2 --dist loadfile --no-loadscope-reorder --changed"),
        ("tests/stack -k files", "-n 2 --dist loadfile --no-loadscope-reorder tests/stack -k files"),
        ("tests/web/files/test_pages.py", "tests/web/files/test_pages.py"),
        ("files -n0", "--feature files -n0"),
        ("nothing", "-n 2 --dist loadfile --no-loadscope-reorder nothing"),
    ],
)
def test_the_command_takes_features_first_and_hands_the_rest_on(tmp_path: Path, given: str, handed_on: str) -> None:
    for folder in ("bin", ".venv/bin", "web/kit", "domain/files"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "test", tmp_path / "bin")
    for name, text in {"bin/setup": "#!/bin/sh\n", ".venv/bin/python": '#!/bin/sh\necho "$@"\n'}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    command = [str(tmp_path / "bin" / "test"), *given.split()]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["-m", "pytest", *handed_on.split()]


def test_what_was_not_chosen_is_not_collected() -> None:
    config: Any = SimpleNamespace(stash=pytest.Stash())
    assert pytest_ignore_collect(ROOT / BRANDING, config) is None, "nothing was asked for"
    config.stash[CHOSEN] = frozenset({FILES})
    assert pytest_ignore_collect(ROOT / BRANDING, config)
    assert pytest_ignore_collect(ROOT / FILES, config) is None
    assert pytest_ignore_collect(ROOT / "tests", config) is None
