"""What a short text is on the page, told to translators: worked out from where it stands in the source.

"Open" alone may be a verb or a state. The macro that shows it, the element around it, or what is built of it in Python
says which; what none of these say, a comment above the text does (``Translators: ...``).
"""

from __future__ import annotations

import re
from types import MappingProxyType

LONGEST_SHORT = 4
"""Words of a text that is told what it is; a sentence says so itself."""

WORD = re.compile(r"[^\W\d_]+(?:[\N{RIGHT SINGLE QUOTATION MARK}'-][^\W\d_]+)*")
HOLE = re.compile(r"\{\w+\}")

NOTICE = "A notice of what has just happened."
IN_EMAIL = "In an email."
ON_TERMINAL = "On the command line."
BUTTON = "On a button: a verb, as short as the English."
LINK = "A link to a page."
MENU = "In a menu."
HEADING = "A heading."
LABEL = "The label of a field."
HINT = "A hint beneath a field."
COLUMN = "The heading of a column: short."
STATE = "A state, in a badge: an adjective or participle, short."
FACT = "The label of a value, such as a size or a date: short."
POINTED_AT = "Shown when something is pointed at."
HEARD = "Read out by screen readers, seen nowhere."
CHOICE = "A choice in a list."
TAB = "A tab or a part of a switch: short."
PAGE_TITLE = "The title of a page, also of the browser’s tab."
TITLE = "The title of a workflow: right while it happens and for ever after."
STEP = "A step of a workflow, as in a list of things to do."
OUTCOME = "How a workflow ended, as a state: short."
ERROR = "Said beneath a field that was filled in wrongly."
REFUSED = "Said when something cannot be done: a whole sentence."
CAUSE = "Why a step of a workflow did not work: a whole sentence."
REMEDY = "What to do when a step of a workflow did not work: a whole sentence."
FOUND = "A page or an action, offered by the search."
TO_DO = "Something to do, in the list of first steps."
SEARCHED = "A group of results in the search."

_FIELDS = ("checkbox", "switch", "input", "textarea", "select", "date", "search", "file_input", "dropzone")

OF_MACROS = MappingProxyType({
    **dict.fromkeys(("button.label", "post_button.label", "copy_button.label", "dialog_opener.label"), BUTTON),
    **dict.fromkeys(("dialog_actions.keep", "act.label", "colour.clear"), BUTTON),
    **dict.fromkeys(("link_button.label", "_step.label"), "On a button that leads to a page: short."),
    "icon_button.label": "What a button with a picture alone does: a verb, read out and shown to the pointer.",
    **dict.fromkeys(("menu_link.label", "menu_post.label", "menu_dialog.label", "menu_note.text"), MENU),
    "menu.label": "What a menu is called.",
    "page_head.title": PAGE_TITLE,
    **dict.fromkeys(("card.title", "card_link.title", "form_section.title", "empty.title"), HEADING),
    **dict.fromkeys(("dialog.title", "drawer.title", "alert.title", "part.title"), HEADING),
    "table.caption": "What a table is called: read out by screen readers.",
    "table.columns": COLUMN,
    "badge.label": STATE,
    **dict.fromkeys(("facts.pairs", "stat.label", "meter.label", "progress.label"), FACT),
    **{f"{macro}.label": LABEL for macro in _FIELDS},
    "radios.legend": LABEL,
    **{f"{macro}.lead": "Beneath a heading: a sentence." for macro in ("part", "page_head")},
    "empty.text": "Where there is nothing yet: what will be here.",
    **dict.fromkeys(("radios.options", "select.options"), CHOICE),
    **dict.fromkeys(("segments.items", "tabs.items", "segments.label"), TAB),
    **dict.fromkeys(("tabs.label", "icon.label", "count.label", "select_cell.label", "bulk_bar.label"), HEARD),
    "breadcrumbs.items": "A page in the way back to the first one.",
    "tooltip.text": POINTED_AT,
})  # fmt: skip
"""By ``macro.parameter`` of templates/components."""

OF_TAGS = MappingProxyType(
    {
        **dict.fromkeys(("h1", "h2", "h3", "summary", "legend", "caption"), HEADING),
        "th": COLUMN,
        "dt": FACT,
        "label": LABEL,
        "option": CHOICE,
        "a": LINK,
        "button": BUTTON,
        "title": PAGE_TITLE,
    }
)
OF_ATTRIBUTES = MappingProxyType(
    {
        "aria-label": HEARD,
        "title": POINTED_AT,
        "placeholder": "Shown in an empty field.",
        "alt": "Read out in the place of a picture.",
    }
)
OF_CALLS = MappingProxyType(
    {
        "Contract.title": TITLE,
        "Step.title": STEP,
        "Outcome.0": OUTCOME,
        "searchable.title": SEARCHED,
        **{
            f"{field}Field.0": LABEL
            for field in ("String", "Email", "Password", "Select", "Radio", "Boolean", "TextArea", "Integer")
        },
        "SelectChoice.label": CHOICE,
        "Kind.1": "A kind of file, as a noun.",
        **{f"{check}.0": ERROR for check in ("DataRequired", "InputRequired", "ValidationError")},
        **{
            f"{refusal}Error.0": REFUSED
            for refusal in ("NotFound", "Conflict", "Refused", "Invalid", "Quota", "TooMany", "TooLarge", "Unsupported")
        },
        "Remedy.cause": CAUSE,
        "Remedy.remedy": REMEDY,
        "Remedy.0": CAUSE,
        "Remedy.1": REMEDY,
        "Hit.0": FOUND,
        "FirstStep.0": TO_DO,
    }
)
"""By ``callee.keyword`` or ``callee.position`` in Python."""

ALWAYS = frozenset({TITLE, STEP})
"""What is told of longer texts too: they have a form to keep."""


def words_of(text: str) -> int:
    """Return how many words a text has beside its placeholders."""
    return len(WORD.findall(HOLE.sub(" ", text)))


def told(text: str, role: str | None) -> tuple[str, ...]:
    """Return what to tell translators of a text that is ``role``: nothing, of one that speaks for itself."""
    return (role,) if role and (role in ALWAYS or words_of(text) <= LONGEST_SHORT) else ()
