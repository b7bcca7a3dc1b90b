"""Which texts the product says, by feature: collected from its Python files and its templates.

A comment that begins with ``Translators:`` is handed on with what is below it: in Python with every text of that
statement or line, in a template with the next text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n.python_sources import texts_of_python
from core.i18n.template_sources import texts_of_templates

if TYPE_CHECKING:
    from pathlib import Path

    from core.i18n.source_text import SourceText


def source_texts(root: Path) -> list[SourceText]:
    """Return every marked text below ``root``, in a stable order."""
    return [*texts_of_python(root), *texts_of_templates(root)]
