"""Networks that keep sending what is refused: after so many, nothing that they send as strangers is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.errors import TooManyError
from core.messages import messages_of
from core.throttle import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.throttle import Throttle

N_ = messages_of("kit")

LIMIT = Limit("refused", hits=60, seconds=60)
"""Of one network. Whoever is signed in, or has the page's own script send its token, is not held up by it."""

MOST_REMEMBERED = 10_000


class Refusals:
    """Counts refused requests by network, across all processes; remembers in this one who is over the limit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._over_until: dict[str, float] = {}

    def check(self, network: str) -> None:
        """Raise TooManyError for a network that was refused too often."""
        left = self._over_until.get(network, 0.0) - self._clock()
        if left > 0:
            raise TooManyError(
                N_("Too many attempts. Nothing was changed; wait a moment and try again."),
                code="too_many",
                retry_after=round(left) + 1,
            )

    async def count(self, throttle: Throttle, network: str) -> None:
        """Note that a request of the network was refused."""
        wait = await throttle.hit(LIMIT, network)
        if wait:
            self._forget_those_that_waited()
            self._over_until[network] = self._clock() + wait

    def _forget_those_that_waited(self) -> None:
        if len(self._over_until) < MOST_REMEMBERED:
            return
        now = self._clock()
        self._over_until = {network: until for network, until in self._over_until.items() if until > now}
        if len(self._over_until) >= MOST_REMEMBERED:
            self._over_until.clear()
