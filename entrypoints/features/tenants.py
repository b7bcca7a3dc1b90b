"""Workspaces and who works in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from core.navigation import Page
from domain.tenants.notices import NEWS
from domain.tenants.permissions import CHANGE_SETTINGS, PERMISSIONS, SEE_PEOPLE
from domain.tenants.unsettled import UNSETTLED
from entrypoints.manifest import Feature
from workflows.tenants.contract import PROVISION

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("tenants")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.tenants.provision import Provision

    return (Provision,)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.tenants.provisioning import ProvisioningActivities
    from core.identity.hosts import Hosts

    return (ProvisioningActivities(given.db, given.storage, given.mailer, Hosts.of(given.settings)),)


PAGES = (
    Page(
        menu="main",
        # Translators: A page, in the main menu: one word or two.
        title=N_("People"),
        path="/members",
        icon="people",
        order=40,
        permission=SEE_PEOPLE,
        shortcut="g p",
    ),
    Page(
        menu="workspace",
        # Translators: A page of the settings, in a row of tabs: one word or two.
        title=N_("Workspace"),
        # Translators: A page, in the list that search opens.
        found_as=N_("Workspace settings"),
        path="/admin/workspace",
        icon="tenant",
        order=30,
        permission=CHANGE_SETTINGS,
    ),
)
FEATURE = Feature(
    name="tenants",
    title=N_("Workspaces and people"),
    workflows=workflows,
    activities=activities,
    contracts=(PROVISION,),
    unsettled=UNSETTLED,
    notice_kinds=(NEWS,),
    permissions=PERMISSIONS,
    pages=PAGES,
)
