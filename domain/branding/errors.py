"""The refusals of branding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ConflictError, InvalidError, NotFoundError, TooLargeError, UnsupportedError
from core.messages import Octets, messages_of

if TYPE_CHECKING:
    from domain.branding.types import AssetKind

N_ = messages_of("branding")


def no_such_brand() -> NotFoundError:
    """A digest that this tenant never published, or a picture that its version does not have."""
    return NotFoundError(N_("There is nothing here."))


def no_such_version() -> NotFoundError:
    """The version is not there, or not yours."""
    return NotFoundError(N_("This version is not here. Load the page again to see the ones that are."))


def version_gone() -> NotFoundError:
    """The version that a publication has written is not there."""
    return NotFoundError(N_("The version that was published is no longer there."), code="version_gone")


def no_picture(kind: AssetKind) -> InvalidError:
    """The form came without a picture."""
    return InvalidError(N_("Choose a picture first."), code="no_picture", field=kind)


def picture_too_large(kind: AssetKind, most: int) -> TooLargeError:
    """More bytes than a logo needs."""
    return TooLargeError(
        N_("A picture may have {size} at most. Nothing was saved.", size=Octets(most)),
        code="picture_too_large",
        field=kind,
    )


def in_other_hands(kind: AssetKind) -> ConflictError:
    """The same picture is being taken in, or erased, by somebody else at this very moment."""
    return ConflictError(
        N_("Someone else is changing this picture right now. Nothing was changed; upload it again in a moment."),
        code="in_other_hands",
        field=kind,
    )


def not_a_picture(kind: AssetKind) -> UnsupportedError:
    """The bytes are not one of the kinds that are taken."""
    return UnsupportedError(
        N_("Only PNG, JPEG and WebP are accepted. Nothing was saved; export the picture as one of these."),
        code="not_a_picture",
        field=kind,
    )


def is_vector(kind: AssetKind) -> UnsupportedError:
    """An SVG can carry programs, so none is ever shown to others."""
    return UnsupportedError(
        N_("SVG files can carry programs, so they aren’t accepted. Export the picture as PNG, 512 pixels or wider."),
        code="is_vector",
        field=kind,
    )


def picture_broken() -> InvalidError:
    """The decoder gave up on a picture, or it has more pixels than are ever decoded."""
    return InvalidError(
        N_("One of the pictures cannot be read. Remove it or upload it again, then publish again."),
        code="picture_broken",
    )


def contrast_fails() -> InvalidError:
    """A pair of colours is not readable."""
    return InvalidError(
        N_("These colours cannot be told apart well enough. Choose the colour that is offered instead."),
        code="contrast_fails",
        field="accent",
    )


def sheet_too_large() -> InvalidError:
    """The sheet has passed its limit."""
    return InvalidError(N_("The brand needs more style rules than fit into its sheet."), code="sheet_too_large")
