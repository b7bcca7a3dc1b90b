"""What WTForms' own fields and validators say, in the product's words and in the reader's language."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.i18n import speaker
from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.i18n import Speaker
    from core.messages import Message

N_ = messages_of("kit")

MESSAGES = MappingProxyType(
    {
        "This field is required.": N_("Fill this in."),
        "Invalid input.": N_("This is not in the format that is needed here."),
        "Invalid email address.": N_("Enter an email address such as name@example.com."),
        "Invalid URL.": N_("Enter a web address such as https://example.com."),
        "Invalid IP address.": N_("Enter an IP address."),
        "Invalid Mac address.": N_("Enter a MAC address."),
        "Invalid UUID.": N_("Enter a UUID."),
        "Invalid value, must be one of: %(values)s.": N_("Use one of these: {values}."),
        "Invalid value, can't be any of: %(values)s.": N_("Use something other than: {values}."),
        "Field must be equal to %(other_name)s.": N_("The two must be the same."),
        "Field must be at least %(min)d character long.": N_(
            "Use at least {count} character.", "Use at least {count} characters."
        ),
        "Field cannot be longer than %(max)d character.": N_(
            "Use at most {count} character.", "Use at most {count} characters."
        ),
        "Field must be exactly %(max)d character long.": N_(
            "Use exactly {count} character.", "Use exactly {count} characters."
        ),
        "Field must be between %(min)d and %(max)d characters long.": N_(
            "Use {min} to {count} character.", "Use {min} to {count} characters."
        ),
        "Number must be at least %(min)s.": N_("Enter {min} or more."),
        "Number must be at most %(max)s.": N_("Enter {max} or less."),
        "Number must be between %(min)s and %(max)s.": N_("Enter a number from {min} to {max}."),
        "Date must be at least %(min)s.": N_("Choose {min} or later."),
        "Date must be at most %(max)s.": N_("Choose {max} or earlier."),
        "Date must be between %(min)s and %(max)s.": N_("Choose a date from {min} to {max}."),
        "This field cannot be edited.": N_("This cannot be changed here."),
        "This field is disabled and cannot have a value.": N_("This cannot be filled in here."),
        "Not a valid choice.": N_("Choose one from the list."),
        "Choices cannot be None.": N_("There is nothing to choose from."),
        "'%(value)s' is not a valid choice for this field.": N_(
            "“{value}” is not on the list.", "These are not on the list: {value}."
        ),
        "Invalid Choice: could not coerce.": N_("Choose one from the list."),
        "Invalid choice(s): one or more data inputs could not be coerced.": N_("Choose from the list."),
        "Not a valid integer value.": N_("Enter a whole number."),
        "Not a valid decimal value.": N_("Enter a number."),
        "Not a valid float value.": N_("Enter a number."),
        "Not a valid datetime value.": N_("Enter a date and a time."),
        "Not a valid date value.": N_("Enter a date."),
        "Not a valid time value.": N_("Enter a time."),
        "Not a valid week value.": N_("Enter a week."),
        "Invalid CSRF Token.": N_("This page was open for too long. Reload it and try again."),
        "CSRF token missing.": N_("This page was open for too long. Reload it and try again."),
        "CSRF failed.": N_("This page was open for too long. Reload it and try again."),
        "CSRF token expired.": N_("This page was open for too long. Reload it and try again."),
    }
)
"""By WTForms' English text: what is said instead. A test holds it against the installed WTForms."""

VALUE = re.compile(r"%\((\w+)\)[sd]")


class Translations:
    """Answers WTForms, which fills in the values itself: with texts that do so as all texts of a speaker are filled."""

    def gettext(self, string: str) -> str:
        """Return what is said instead of WTForms' text; one that it does not know is looked up as it is."""
        voice, found = speaker(), MESSAGES.get(string)
        return _Fillable.of(found, string, voice) if found else voice.say(string, "kit")

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the form for ``n``."""
        voice, found = speaker(), MESSAGES.get(singular)
        if found is None:
            return voice.catalogues.choose(singular, plural, n, voice.locale, "kit")
        return _Fillable.of(found, singular, voice, n)


class _Fillable(str):
    """A text whose values come by ``%``, as WTForms gives them: only then is it known which plural form it takes."""

    __slots__ = ("_message", "_number", "_voice", "_who_counts")
    _message: Message
    _number: int | None
    _voice: Speaker
    _who_counts: str

    @classmethod
    def of(cls, message: Message, asked: str, voice: Speaker, number: int | None = None) -> _Fillable:
        """Return what is said in the place of WTForms' ``asked``; ``{count}`` is the last of the numbers it gives."""
        fillable = cls(voice.say(message))
        fillable._message, fillable._voice, fillable._number = message, voice, number
        fillable._who_counts = ("count", *VALUE.findall(asked))[-1]
        return fillable

    def __mod__(self, values: Mapping[str, object]) -> str:
        counted = {"count": values.get(self._who_counts), **values}
        return self._voice.filled(self._form(counted["count"]), counted)

    def _form(self, count: object) -> str:
        number = count if self._number is None else self._number
        if self._message.plural is None or not isinstance(number, int):
            return str(self)
        one, many, voice = self._message.text, self._message.plural, self._voice
        return voice.catalogues.choose(one, many, number, voice.locale, "kit", voice.wording)
