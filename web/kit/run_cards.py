"""Run cards for pages of any feature: the same card everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.runs.card import RunCard, card_of
from web.kit.services import services

if TYPE_CHECKING:
    from core.context import Context
    from core.runs.snapshot import RunSnapshot


def run_card(snapshot: RunSnapshot, ctx: Context) -> RunCard:
    """Return the card of a run as this reader may see it; only those who run a tenant get the engineers' link."""
    return card_of(snapshot, services().contracts, engineer_url=_engineer_url(snapshot, ctx))


def _engineer_url(snapshot: RunSnapshot, ctx: Context) -> str | None:
    settings = services().settings
    if not ctx.is_admin or not settings.temporal_ui_url:
        return None
    workflow_id = snapshot.workflow_id.replace("/", "%2F")
    return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{workflow_id}"
