"""Font pairings: families that are on people's devices already, so nothing is loaded and nothing jumps."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.messages import Message

N_ = messages_of("branding")

FALLBACKS = (
    '"Noto Sans Arabic","Geeza Pro","Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP",'
    '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'
)
"""Every stack ends in families that have Arabic, Japanese and Chinese."""

SERIF_FALLBACKS = '"Noto Naskh Arabic","Hiragino Mincho ProN","Yu Mincho","Noto Serif CJK JP","Songti SC",serif'

SYSTEM = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial'
HUMANIST = 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans"'
GEOMETRIC = 'Avenir,"Avenir Next",Montserrat,Corbel,"URW Gothic","Century Gothic"'
GROTESQUE = '"Helvetica Neue","Arial Nova","Nimbus Sans",Arial'
ROUNDED = 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,Comfortaa,Manjari,"Arial Rounded MT Bold",Calibri'
OLD_STYLE = '"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052'
TRANSITIONAL = 'Charter,"Bitstream Charter","Sitka Text",Cambria,"DejaVu Serif"'
DIDONE = 'Didot,"Bodoni MT","Noto Serif Display","URW Palladio L",P052,Georgia'
INDUSTRIAL = 'Bahnschrift,"DIN Alternate","Franklin Gothic Medium","Nimbus Sans Narrow","Arial Narrow"'


@dataclass(frozen=True, slots=True)
class Pairing:
    """A family for text and one for headings."""

    title: Message
    text: str
    headings: str


# Translators: The character of a pair of fonts, in a list: an adjective about typefaces (masculine or feminine as
# “font” is).
PAIRINGS: Mapping[str, Pairing] = MappingProxyType(
    {
        "system": Pairing(N_("Each device’s own"), f"{SYSTEM},{FALLBACKS}", f"{SYSTEM},{FALLBACKS}"),
        "humanist": Pairing(N_("Friendly"), f"{HUMANIST},{FALLBACKS}", f"{HUMANIST},{FALLBACKS}"),
        "geometric": Pairing(N_("Modern"), f"{SYSTEM},{FALLBACKS}", f"{GEOMETRIC},{FALLBACKS}"),
        "grotesque": Pairing(N_("Neutral"), f"{GROTESQUE},{FALLBACKS}", f"{GROTESQUE},{FALLBACKS}"),
        "rounded": Pairing(N_("Rounded"), f"{ROUNDED},{FALLBACKS}", f"{ROUNDED},{FALLBACKS}"),
        "industrial": Pairing(N_("Technical"), f"{SYSTEM},{FALLBACKS}", f"{INDUSTRIAL},{FALLBACKS}"),
        "classic": Pairing(N_("Classic headings"), f"{SYSTEM},{FALLBACKS}", f"{OLD_STYLE},{SERIF_FALLBACKS}"),
        "editorial": Pairing(
            N_("Like a newspaper"), f"{TRANSITIONAL},{SERIF_FALLBACKS}", f"{DIDONE},{SERIF_FALLBACKS}"
        ),
    }
)
