"""Passwords: what is accepted, and how they are hashed without holding up everybody else."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.messages import messages_of
from core.shares import CrowdedError, Shares
from core.turns import resting
from domain.auth.errors import busy, too_many_at_once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable
    from uuid import UUID

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
"""For everybody. 64 MiB each; more would only take processor time from pages."""

MOST_WAITING = 64
MOST_WAITING_OF_ONE = 4
"""Of one part of the network. Where no room is left, those who have most waiting give way to those who have less."""

THREADS_OF_KNOWN = 1
"""For browsers that have signed in to the account before: strangers cannot make them wait."""

MOST_KNOWN_WAITING = 64
MOST_KNOWN_WAITING_OF_ONE = 2
"""Of one account."""

THREADS_OF_OURS = 1

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
        return N_(
            "Use at least {count} character. A few words in a row work well.",
            "Use at least {count} characters. A few words in a row work well.",
            count=SHORTEST,
        )
    if len(password) > LONGEST:
        return N_("Use at most {count} character.", "Use at most {count} characters.", count=LONGEST)
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


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a hash: a part of the network, and the account that the browser has signed in to before, if any."""

    network: str
    known_account: UUID | None = None


OURSELVES = Asker("")
"""What is hashed for no request, or for somebody whose password has just been found right."""


class Passwords:
    """Hashes and checks with argon2id, a few at a time, off the event loop.

    Raises, whoever asks:
        TooManyError: too many of this asker's wait already.
        UnavailableError: too many wait in all.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(THREADS + THREADS_OF_KNOWN + THREADS_OF_OURS, thread_name_prefix="argon2")
        self._strangers = Shares(
            THREADS, most_waiting=MOST_WAITING, most_waiting_of_one=MOST_WAITING_OF_ONE, makes_room=True
        )
        self._known = Shares(
            THREADS_OF_KNOWN,
            most_waiting=MOST_KNOWN_WAITING,
            most_waiting_of_one=MOST_KNOWN_WAITING_OF_ONE,
            makes_room=True,
        )
        self._own = Shares(THREADS_OF_OURS)
        self._nobody = self._hasher.hash("the password of nobody")

    async def hash(self, password: str, asker: Asker = OURSELVES) -> str:
        """Return the hash to store."""
        return await self._run(asker, self._hasher.hash, password)

    async def check(self, stored: str | None, password: str, asker: Asker = OURSELVES) -> Verdict:
        """Tell whether ``password`` fits ``stored``. None (nobody) takes just as long and never fits."""
        fits = await self._run(asker, self._verify, stored or self._nobody, password)
        if stored is None or not fits:
            return Verdict(fits=False)
        return Verdict(fits=True, stale=self._hasher.check_needs_rehash(stored))

    async def _run(self, asker: Asker, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with resting(), self._place(asker):  # how many wait here is counted here
            running = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))
            try:
                return await asyncio.shield(running)
            finally:
                if not running.done():  # given up by who waited, yet the thread is taken until it ends
                    await asyncio.wait({running})

    @asynccontextmanager
    async def _place(self, asker: Asker) -> AsyncIterator[None]:
        shares, key = self._share_of(asker)
        try:
            async with shares.place(key):
                yield
        except CrowdedError as error:
            raise (too_many_at_once() if error.of_key else busy()) from error

    def _share_of(self, asker: Asker) -> tuple[Shares, Hashable]:
        if asker is OURSELVES:
            return self._own, None
        if asker.known_account is not None:
            return self._known, asker.known_account
        return self._strangers, asker.network

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


@cache
def passwords() -> Passwords:
    """Return the one pool of this process."""
    return Passwords()
