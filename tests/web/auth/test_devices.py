from __future__ import annotations

import pytest

from web.auth.devices import device_of

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, {"browser": "Chrome", "system": "Windows"}),
        (f"{CHROME} Edg/156.0", {"browser": "Edge", "system": "Windows"}),
        (SAFARI, {"browser": "Safari", "system": "iPhone"}),
        ("curl/8.9", {"device": "curl"}),
        ("", {}),
        ("<script>alert(1)</script>", {}),
    ],
)
def test_a_device_is_named_as_far_as_it_is_known(user_agent: str, words: dict[str, str]) -> None:
    assert dict(device_of(user_agent).params) == words
