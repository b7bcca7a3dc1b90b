"""Components are what they say; pages are made of them; the pattern page and the documentation know them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.components import (
    EXCEPTIONS,
    FOLDER,
    ROOT,
    macros,
    raw_faults,
    shown_faults,
    signature_faults,
    table_of_macros,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_every_macro_is_documented_as_it_is() -> None:
    assert signature_faults() == []


def component(root: Path, text: str) -> Path:
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    (root / FOLDER / "thing.html").write_text(text)
    return root


SIGNATURES = {
    '{#- thing(a: str, b: str = "")\n-#}\n{%- macro thing(a, b="") -%}{%- endmacro -%}': "does not say what it is",
    '{#- thing(a: str)\n    One. -#}\n{%- macro thing(a, b="") -%}{%- endmacro -%}': "but is a, b=",
    '{#- thing(a, b: str = "")\n    One. -#}\n{%- macro thing(a, b="") -%}{%- endmacro -%}': "the types of a",
    '{#- thing(a: str, b: str = "x")\n    One. -#}\n{%- macro thing(a, b="") -%}{%- endmacro -%}': "is documented as",
    "{#- A thing. -#}\n{%- macro thing(a) -%}{%- endmacro -%}": "is not documented",
    "{#- thing(a of b)\n    One. -#}\n{%- macro thing(a) -%}{%- endmacro -%}": "as Python writes",
}


@pytest.mark.parametrize("text", SIGNATURES)
def test_a_macro_that_differs_from_its_comment_is_told(tmp_path: Path, text: str) -> None:
    found = signature_faults(component(tmp_path, text))
    assert len(found) == 1
    assert SIGNATURES[text] in found[0]


def test_a_macro_as_documented_is_fine(tmp_path: Path) -> None:
    comment = '{#- thing(a: "x" | "y" = "x", attrs: dict = {})\n    One. -#}\n'
    text = comment + '{%- macro thing(a="x", attrs={}) -%}{%- endmacro -%}'
    assert signature_faults(component(tmp_path, text)) == []


def test_an_inner_macro_needs_no_comment(tmp_path: Path) -> None:
    assert list(macros(component(tmp_path, "{%- macro _inner(a) -%}{%- endmacro -%}"))) == []


def test_pages_are_made_of_components() -> None:
    assert raw_faults() == []


RAW = {
    "<p><button>Press</button></p>": "<button>",
    "<input name=q>": "<input name=q>",
    "{# a table #}\n<TABLE class=x>": "page.html:2",
    "<dialog open>": "<dialog",
    "<progress max=1>": "<progress",
}


@pytest.mark.parametrize("text", RAW)
def test_a_page_that_goes_past_the_components_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "templates" / "sample").mkdir(parents=True)
    (tmp_path / "templates" / "sample" / "page.html").write_text(text)
    found = raw_faults(tmp_path)
    assert len(found) == 1
    assert RAW[text] in found[0]


def test_hidden_inputs_and_exceptions_that_are_used_may_stay(tmp_path: Path) -> None:
    (tmp_path / "templates" / "sample").mkdir(parents=True)
    (tmp_path / "templates" / "sample" / "page.html").write_text('<input type="hidden" name="a">{# <button> #}')
    assert raw_faults(tmp_path) == []


def test_every_exception_is_still_needed() -> None:
    raw = raw_faults(exceptions={})
    assert [name for name in EXCEPTIONS if not any(fault.startswith(f"{name}:") for fault in raw)] == []


def test_the_pattern_page_shows_every_component() -> None:
    assert shown_faults() == []


def test_a_component_that_is_not_shown_is_told(tmp_path: Path) -> None:
    component(tmp_path, "{%- macro thing(a) -%}{%- endmacro -%}")
    assert shown_faults(tmp_path) == ["thing.html: thing is not shown"]


def test_the_documentation_has_every_macro_as_it_is() -> None:
    assert table_of_macros() in (ROOT / "docs" / "components.md").read_text("utf-8"), (
        "write the table anew: python -m tests.architecture.components"
    )
