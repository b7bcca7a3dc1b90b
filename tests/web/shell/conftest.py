from __future__ import annotations

from tests.support.web_fixtures import application, new_visitor, sign_in, web

__all__ = ["application", "new_visitor", "sign_in", "web"]
