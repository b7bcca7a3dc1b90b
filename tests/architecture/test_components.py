"""Components are what they say; pages are made of them; the pattern page and the documentation know them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.components import FOLDER, macros, signature_faults

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
