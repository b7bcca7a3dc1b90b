"""What every feature may read of people and tenants: rows in the schema ``platform`` that their owners alone write.

So a list can name who made something without touching another feature's tables.
"""

from __future__ import annotations

from sqlalchemy import column, table

TENANTS = table("tenants", *map(column, ("id", "slug", "name", "locale", "state")), schema="platform")
"""Every tenant of the installation; of which there is one row for each, readable by all."""

PEOPLE = table("people", *map(column, ("tenant_id", "user_id", "name", "email", "role", "state")), schema="platform")
"""The people of the transaction's tenant, those who have left included: ``state`` is ``active`` for the others."""
