"""Thumbnails, previews and details of PDF documents. Runs in the drawing process alone, like ``pictures``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw  # type: ignore[import-untyped]
from PIL import Image

from activities.files.drawing.drawn import Drawn, DrawnFacts, save, shown


def draw(path: Path, folder: Path, names: list[str], box: int) -> Drawn:
    """Write a WebP of each of the first pages, one a name, within ``box`` by ``box`` pixels."""
    with _opened(path) as document:
        if document is None:
            return Drawn(note="protected")
        pages = zip(names, range(len(document)), strict=False)
        return Drawn(tuple(save(_page(document, number, box), folder, name) for name, number in pages))


def read(path: Path) -> DrawnFacts:
    """Count the pages and read the title; of a protected document nothing can be told."""
    with _opened(path) as document:
        if document is None:
            return DrawnFacts()
        return DrawnFacts(pages=len(document), title=shown(document.get_metadata_value("Title")))


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument | None]:
    """Yield the document, or None when it wants a password."""
    try:
        # Opened here: given a path, PDFium would look for it from the root, where nobody may not be let in.
        document = pypdfium2.PdfDocument(path.open("rb"), autoclose=True)
    except pypdfium2.PdfiumError as error:
        if error.err_code != pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise
        yield None
    else:
        with document:
            document.init_forms()  # what people have filled in is drawn with the page
            yield document


def _page(document: pypdfium2.PdfDocument, number: int, box: int) -> Image.Image:
    page = document[number]
    picture: Image.Image = page.render(scale=box / max(page.get_size())).to_pil()
    return picture.convert("RGB")
