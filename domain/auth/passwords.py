"""Passwords: what is accepted, and how they are hashed without holding up everybody else."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.messages import messages_of
from core.turns import resting
from domain.auth.errors import busy, too_many_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.messages import Message

N_ = messages_of("auth")

P = ParamSpec("P")
T = TypeVar("T")

SHORTEST = 12
LONGEST = 1000
FEWEST_CHARACTERS = 5
SHORTEST_WORD = 3
FEWEST_LETTERS_OF_ONES_OWN = 6

# The defaults of the security guide, above OWASP's floor of m=19 MiB, t=2, p=1.
MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 1

THREADS = 2
"""64 MiB each; more would only take processor time from pages."""

MOST_WAITING = 32
MOST_WAITING_OF_ONE = 4
"""Of one sender, so that nobody alone keeps all others from signing in."""

COMMON = (
    "password", "passwort", "passw0rd", "qwertyuiop", "qwertzuiop", "qwerty", "qwertz", "1234567890", "123456789",
    "12345678", "1234567", "123456", "12345", "0987654321", "987654321", "abcdefghij", "abcdef", "abc", "letmein",
    "welcome", "willkommen", "iloveyou", "ichliebedich", "changeme", "administrator", "admin", "secret", "geheim",
    "hallo", "hello", "login", "test", "adx", "core",
)  # fmt: skip
"""Taken out of a password before its length is judged: they are what is guessed first."""


def objection(password: str, *, name: str = "", email: str = "") -> Message | None:
    """Return why a password is not accepted, or None. Length counts, not the kinds of characters (NIST SP 800-63B)."""
    if len(password) < SHORTEST:
        return N_("Use at least {count} characters. A few words in a row work well.", count=SHORTEST)
    if len(password) > LONGEST:
        return N_("Use at most {count} characters.", count=LONGEST)
    if len(set(password.lower())) < FEWEST_CHARACTERS:
        return N_("This repeats the same few characters. Use a few words in a row.")
    if len(_without_guessable(password, name, email)) < FEWEST_LETTERS_OF_ONES_OWN:
        return N_("This is easy to guess from your name, your address or common words. Add a few words of your own.")
    return None


def _without_guessable(password: str, name: str, email: str) -> str:
    own = {word for word in re.split(r"[\W_]+", f"{name} {email}".lower()) if len(word) >= SHORTEST_WORD}
    rest = password.lower()
    for word in sorted({*own, *COMMON}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[\W_]+", "", rest))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password fits; ``stale`` asks for a new hash, since the parameters have been raised."""

    fits: bool
    stale: bool = False


class Passwords:
    """Hashes and checks with argon2id, a few at a time, off the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        self._waiting_of: Counter[str] = Counter()
        self._nobody = self._hasher.hash("the password of nobody")

    async def hash(self, password: str, *, sender: str | None = None) -> str:
        """Return the hash to store. For ``sender`` and what is raised see :meth:`check`."""
        with self._place(sender):
            return await self._run(self._hasher.hash, password)

    async def check(self, stored: str | None, password: str, *, sender: str | None = None) -> Verdict:
        """Tell whether ``password`` fits ``stored``. None (nobody) takes just as long and never fits.

        ``sender`` is the part of the network that asks; None for ourselves.

        Raises:
            TooManyError: too many of this sender's wait.
            UnavailableError: too many wait in all.
        """
        with self._place(sender):
            fits = await self._run(self._verify, stored or self._nobody, password)
        if stored is None or not fits:
            return Verdict(fits=False)
        return Verdict(fits=True, stale=self._hasher.check_needs_rehash(stored))

    @contextmanager
    def _place(self, sender: str | None) -> Iterator[None]:
        if sender is not None and self._waiting_of[sender] >= MOST_WAITING_OF_ONE:
            raise too_many_at_once()
        if self._waiting >= MOST_WAITING:
            raise busy()
        self._waiting += 1
        self._waiting_of[sender or ""] += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._waiting_of -= Counter([sender or ""])

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with resting():  # how many wait here is counted here
            return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


@cache
def passwords() -> Passwords:
    """Return the one pool of this process."""
    return Passwords()
