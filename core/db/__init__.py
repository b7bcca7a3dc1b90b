"""The database: one :class:`Database` a process, one :class:`UnitOfWork` a transaction, bound to tenant and feature."""

from core.db.base import Base, TenantBase
from core.db.database import CommitHook, Database
from core.db.unit_of_work import UnitOfWork

__all__ = ["Base", "CommitHook", "Database", "TenantBase", "UnitOfWork"]
