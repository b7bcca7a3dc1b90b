"""Text that a person will read, kept untranslated until the page that shows it is rendered.

Workers, domain code and stored rows carry :class:`Message`; only pages and mails turn it into words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Scalar: TypeAlias = str | int | float | bool | None


class Octets(int):
    """A number of bytes, which readers are told as a size: ``4.2 MB``."""


CONTEXT_ENDS = "\x04"
"""What stands between a text's context and the text, in gettext's files and in everything that is stored."""


@dataclass(frozen=True, slots=True)
class Message:
    """A catalogue entry and the values for its ``{placeholders}``.

    ``domain`` names the feature whose catalogue holds ``text`` (the English source, used as the key).
    A text with a context is kept as gettext keeps it, see :func:`in_context`.
    ``plural`` is the English plural form; the number that chooses between the two is ``params["count"]``.
    """

    domain: str
    text: str
    params: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    plural: str | None = None

    def __hash__(self) -> int:
        return hash((self.domain, self.text, *sorted(self.params.items()), self.plural))


def in_context(text: str, context: str | None) -> str:
    """Return the key of a text that means one thing in one context and another elsewhere: ``context``, U+0004, text."""
    return f"{context}{CONTEXT_ENDS}{text}" if context else text


def without_context(key: str) -> str:
    """Return the English text of a key."""
    return key.rpartition(CONTEXT_ENDS)[2]


def messages_of(domain: str) -> Callable[..., Message]:
    """Return the marker ``N_`` of one feature: ``N_("Preparing {name}", name="a.jpg")`` builds its Message.

    The extractor finds the calls by the name ``N_``; the marked text is translated later, by a page. ``context`` tells
    one meaning of the same English from another.
    """

    def mark(text: str, plural: str | None = None, /, *, context: str | None = None, **params: Scalar) -> Message:
        return Message(domain, in_context(text, context), MappingProxyType(params), plural)

    return mark
