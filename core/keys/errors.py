"""What opening a sealed value can come to, other than the value."""

from __future__ import annotations

from core.errors import NotFoundError
from core.messages import messages_of

N_ = messages_of("core")

ERASED = "erased"
"""The code of :class:`ErasedError`, and the type of the failure of a run whose data was erased."""


class ErasedError(NotFoundError):
    """The key was destroyed: what it has sealed is gone for good. Trying again brings nothing back."""

    @classmethod
    def of_tenant(cls) -> ErasedError:
        """The key of a whole tenant, and with it those of its people."""
        return cls(N_("The data of this workspace was erased."), code=ERASED)

    @classmethod
    def of_person(cls) -> ErasedError:
        """The key of one person in one tenant."""
        return cls(N_("The data of this person was erased."), code=ERASED)
