"""The template environment: strict, escaping, speaking the reader's language, one loader order per theme."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from core.i18n import install, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.environment import TemplateModule
    from jinja2.runtime import Context

    from core.messages import Message

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent


class SharedGlobals(Template):
    """A template whose globals are those of its environment, as all of ours are.

    Jinja compares them name by name at every ``{% from ... import ... %}``, hundreds of times a page.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002  # the base's signature
        return super()._get_default_module()


class Templates:
    """Environments by theme. A theme's ``templates`` folder is looked at first, then the product's own."""

    def __init__(self, globals_: Mapping[str, Any], *, root: Path = ROOT, watch: bool = False) -> None:
        self._root = root
        self._environment = Environment(
            loader=FileSystemLoader(self._folders(None)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=watch,
            cache_size=-1,
        )
        self._environment.template_class = SharedGlobals
        install(self._environment)
        self._environment.filters["said"] = said
        self._environment.filters["apart"] = apart
        self._environment.globals.update(globals_)
        self._themed: dict[str, Environment] = {}

    def render(self, template: str, variables: Mapping[str, Any], *, theme: str) -> Markup:
        """Return a template as markup; a variable that is missing is an error, never silence.

        Where a theme's own templates fail, the product's are shown instead.
        """
        environment = self._of(theme)
        if environment is not self._environment:
            try:
                return Markup(environment.get_template(template).render(variables))  # noqa: S704  # it escaped
            except Exception as error:  # noqa: BLE001  # whatever a theme's template does wrong; the product's decide
                log.warning("theming.broken_template", theme=theme, template=template, error=repr(error))
        return Markup(self._environment.get_template(template).render(variables))  # noqa: S704  # the template escaped

    @property
    def environment(self) -> Environment:
        """The product's own templates, without any theme's."""
        return self._environment

    def has(self, template: str) -> bool:
        """Whether the product has such a template."""
        return template in self._environment.list_templates()

    def has_folder(self, name: str) -> bool:
        """Whether the product has templates of a feature."""
        return (self._root / "templates" / name).is_dir()

    def _of(self, theme: str) -> Environment:
        if theme not in self._themed:
            overrides = self._root / "themes" / theme / "templates"
            self._themed[theme] = (
                self._environment.overlay(loader=FileSystemLoader(self._folders(overrides)))
                if overrides.is_dir()
                else self._environment
            )
        return self._themed[theme]

    def _folders(self, overrides: Path | None) -> list[Path]:
        own = [self._root / "templates", Path(__file__).parent / "templates"]
        return own if overrides is None else [overrides, *own]


def variables_of(model: object) -> dict[str, Any]:
    """Return a page model's fields as template variables (the fields themselves, not copies)."""
    if model is None:
        return {}
    if isinstance(model, dict):
        return dict(model)
    if is_dataclass(model):
        return {item.name: getattr(model, item.name) for item in fields(model)}
    raise TypeError(f"a page model is a dataclass or a dict, not {type(model).__name__}")


def said(text: Message | str | None) -> str:
    """Return what a component is given to say: a Message in the reader's words, a text as it is."""
    return text if isinstance(text, str) else speaker().say(text)


def apart(name: str) -> str:
    """Return what people call something, for an element of its own: it keeps its own direction there, too."""
    return speaker().filled("{name}", {"name": name})


def dom_id(kind: str, key: object) -> str:
    """Return the id of the element that shows one thing: ``file-<uuid>``."""
    return f"{kind}-{key}"
