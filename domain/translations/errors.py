"""The refusals of translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ConflictError, InvalidError, NotFoundError, TooLargeError, UnsupportedError
from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.translations.rules import Flaw

N_ = messages_of("translations")


class FlawedError(InvalidError):
    """A wording that cannot be shown as it is; ``flaws`` says of each form what is wrong with it."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(flaws[0].message, code="flawed")
        self.flaws = tuple(flaws)


def no_such_text() -> NotFoundError:
    """The product has no such text, or none any more."""
    return NotFoundError(N_("ADX has no such text. It may have gone with an update."), code="no_text")


def no_such_language() -> NotFoundError:
    """The product does not speak that language."""
    return NotFoundError(N_("ADX isn’t available in this language."), code="no_language")


def no_such_version() -> NotFoundError:
    """That text never read like that here."""
    return NotFoundError(N_("This version of the text is not here."), code="no_version")


def no_such_batch() -> NotFoundError:
    """It is not there, or it was undone."""
    return NotFoundError(N_("These changes are not here. They may have been undone."), code="no_batch")


def not_a_catalogue() -> UnsupportedError:
    """Something else than a catalogue was sent."""
    return UnsupportedError(
        N_("Only .po files in UTF-8 can be read. Nothing was changed."), code="not_a_catalogue", field="file"
    )


def catalogue_too_large() -> TooLargeError:
    """No catalogue of ours is as large."""
    return TooLargeError(N_("This file is too large for a translation file. Nothing was changed."), field="file")


def unreadable(line: int) -> InvalidError:
    """The file breaks off, or is no catalogue from some line on."""
    return InvalidError(
        N_("Line {line} cannot be read. Correct it and choose the file again; nothing was changed.", line=line),
        code="unreadable",
        field="file",
    )


def another_language(found: str) -> InvalidError:
    """The file says of itself that it is in another language."""
    return InvalidError(
        N_("The file says that its language is {found}. Choose that language, or another file.", found=found),
        code="another_language",
        field="file",
    )


def nothing_to_change() -> InvalidError:
    """No text was chosen, or none would change."""
    return InvalidError(N_("Choose at least one text to change."), code="nothing")


def taken_back_already() -> ConflictError:
    """There is nothing left to take back."""
    return ConflictError(N_("None of these changes still applies."), code="taken_back")


def not_applied() -> ConflictError:
    """The changes that a batch has made are not there."""
    return ConflictError(N_("The changes that were made are no longer there."), code="not_applied")
