"""The refusals of files."""

from __future__ import annotations

from core.errors import ConflictError, InvalidError, NotFoundError, QuotaError, RefusedError, UnsupportedError
from core.messages import Octets, messages_of

N_ = messages_of("files")


def no_such_file() -> NotFoundError:
    """It is not there, or not yours, or not to be handed out."""
    return NotFoundError(N_("This file is not here. It may have been deleted, or the link is incomplete."))


def no_file_chosen() -> InvalidError:
    """The form came without a file."""
    return InvalidError(N_("Choose a file first."), code="no_file", field="file")


def too_many_files(most: int) -> InvalidError:
    """The form came with more files than are taken in one go; ``most`` of them were."""
    return InvalidError(
        N_(
            "Only {count} file can be uploaded at once. The first is here; send the others again.",
            "Only {count} files can be uploaded at once. The first {count} are here; send the others again.",
            count=most,
        ),
        code="too_many_files",
        field="file",
    )


def kind_refused() -> UnsupportedError:
    """The tenant does not accept this kind of file."""
    return UnsupportedError(
        N_("This workspace doesn’t accept this kind of file. Nothing was saved."), code="kind_refused", field="file"
    )


def may_not_open() -> RefusedError:
    """The tenant's policy names others to open what nobody could look into."""
    return RefusedError(N_("You can’t open files that could not be scanned. Ask an admin."), code="role")


def no_such_rule() -> InvalidError:
    """A form named a role or a kind that there is not."""
    return InvalidError(N_("This choice is not offered. Choose from the list."), code="no_rule")


def size_unknown() -> InvalidError:
    """The browser did not say how much it is going to send."""
    return InvalidError(N_("The size of the upload is missing. Nothing was saved."), code="no_size")


def over_quota(free: int, size: int) -> QuotaError:
    """The tenant's space does not suffice."""
    return QuotaError(
        N_(
            "This needs {size}, but only {free} is free. Nothing was saved. Delete files or ask for more space.",
            size=Octets(size),
            free=Octets(free),
        ),
        code="over_quota",
        field="file",
    )


def given_up() -> ConflictError:
    """Nothing was heard of the upload for so long that its row and its space were given to others."""
    return ConflictError(
        N_("This upload stopped sending data for too long, so it was given up. Nothing was saved; send it again."),
        code="given_up",
    )


def still_in_work() -> ConflictError:
    """A file that is being prepared cannot be removed at the same time."""
    return ConflictError(N_("This file is still being prepared. Cancel its preparation instead."), code="in_work")
