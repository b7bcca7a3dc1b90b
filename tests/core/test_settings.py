from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from core.keys.root_file import make as make_root_key
from core.production import weakness
from core.settings import Settings, SettingsError
from core.settings_report import variable_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRODUCTION = {
    "ADX_ENVIRONMENT": "production",
    "ADX_BASE_URL": "https://adx.example.com",
    "ADX_SECRET_KEY": "vJ3xq_8dWm2ZtLr0YkHf5sBnPc7uEaTi",
    "STORAGE_URL": "s3://bucket",
}
ENOUGH = {
    "DATABASE_URL": "postgresql://adx_app:p%40ss@db.example:5432/adx?sslmode=require",
    "REDIS_URL": "redis://redis.example/0",
    "TEMPORAL_ADDRESS": "temporal.example:7233",
    "SMTP_URL": "smtp://mail.example:25",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(Settings, name), raising=False)
    monkeypatch.setenv("ADX_STATE_DIR", str(tmp_path))
    for name, value in ENOUGH.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    return str(caught.value)


def test_four_addresses_are_enough_at_a_desk(tmp_path: Path) -> None:
    settings = Settings.load()
    assert settings.migrate_database_url == ENOUGH["DATABASE_URL"].replace("adx_app:", "adx_migrate:")
    assert settings.storage_url == (tmp_path / "storage").as_uri()
    assert (settings.bind_port, settings.base_host) == (8000, "localhost")


def test_a_secret_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first, second = Settings.load().secret_key, Settings.load().secret_key
    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_every_missing_address_is_named_with_an_example(environment: pytest.MonkeyPatch) -> None:
    for name in ENOUGH:
        environment.delenv(name)
    text = refusal()
    assert "4 settings are wrong" in text
    assert all(f"{name} is not set" in text for name in ENOUGH)
    assert "smtp://localhost:1025" in text


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with postgresql://"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis://"),
        ("TEMPORAL_ADDRESS", "http://localhost", "TEMPORAL_ADDRESS must be host:port"),
        ("SMTP_URL", "mail.example", "SMTP_URL must begin with smtp://"),
        ("CLAMD_URL", "localhost", "CLAMD_URL must begin with tcp:// or unix://"),
        ("ADX_BASE_URL", "https://adx.example/app", "ADX_BASE_URL must have no path"),
        ("ADX_SECRET_KEY", "short", "ADX_SECRET_KEY is shorter than 32 bytes"),
        ("ADX_METRICS_PORT", "99999", "ADX_METRICS_PORT cannot be used"),
        ("ADX_LOG_LEVEL", "loud", "ADX_LOG_LEVEL cannot be used"),
        ("ADX_MAX_UPLOAD_BYTES", "much", "ADX_MAX_UPLOAD_BYTES cannot be used"),
        ("ADX_RUNS_AT_WORK", "0", "ADX_RUNS_AT_WORK cannot be used"),
    ],
)
def test_a_wrong_value_is_refused_by_its_variables_name(
    environment: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    environment.setenv(variable, value)
    assert said in refusal()


def test_a_slip_of_the_pen_is_noticed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ADX_LOGLEVEL", "debug")
    assert "Did you mean ADX_LOG_LEVEL?" in refusal()


@pytest.fixture
def root_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("etc") / "root_key"
    make_root_key(path)
    return path


@pytest.fixture
def production(environment: pytest.MonkeyPatch, root_key: Path) -> pytest.MonkeyPatch:
    for name, value in {**PRODUCTION, "KMS_URL": root_key.as_uri()}.items():
        environment.setenv(name, value)
    return environment


@pytest.mark.parametrize("missing", ["ADX_SECRET_KEY", "STORAGE_URL", "KMS_URL"])
def test_production_makes_nothing_up(production: pytest.MonkeyPatch, missing: str) -> None:
    assert Settings.load().is_production
    production.delenv(missing)
    assert f"{missing} is not set" in refusal()


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex], ids=["letters", "hexadecimal"])
def test_a_random_key_is_strong(make: Callable[[int], str]) -> None:
    assert {weakness(make(48)) for _ in range(2000)} == {None}
    assert {weakness(make(32)) for _ in range(2000)} == {None}


@pytest.mark.parametrize(
    "key",
    [
        *("k" * 32, "ab" * 16, "0123456789abcdef" * 2, "0123456789abcdef0123456789abcdefX"),
        *("correct horse battery " * 2, "the output of: python3 -c", "my secret key that nobody will ever guess"),
        *("abcdefghijklmnopqrstuvwxyz123456", "zyxwvutsrqponmlkjihgfedcba987654", "ADX-change-me-1f9a4c07b2e85d63"),
        "x9-production-key-2026-11-28-adx!",
    ],
)
def test_production_refuses_a_key_that_can_be_guessed(production: pytest.MonkeyPatch, key: str) -> None:
    production.setenv("ADX_SECRET_KEY", key.ljust(32, "~"))
    assert "ADX_SECRET_KEY" in refusal()
    assert f"{key}~" not in refusal()


@pytest.mark.parametrize(
    "address",
    [
        *("http://adx.example.com", "https://localhost", "https://localhost.", "https://acme.localhost:8443"),
        *(
            "https://127.0.0.1",
            "https://[::1]",
            "https://0.0.0.0",
            "https://192.0.2.7",
            "https://adx",
            "https://adx.local",
        ),
    ],
)
def test_production_refuses_an_address_that_is_only_safe_at_a_desk(
    production: pytest.MonkeyPatch, address: str
) -> None:
    production.setenv("ADX_BASE_URL", address)
    assert "ADX_BASE_URL must" in refusal()
    production.delenv("ADX_BASE_URL")
    assert "ADX_BASE_URL must" in refusal()


def test_production_refuses_a_root_key_that_is_not_kept(production: pytest.MonkeyPatch, root_key: Path) -> None:
    root_key.chmod(0o644)
    assert "KMS_URL names a root key that can be read by others (mode 0644)" in refusal()
    root_key.chmod(0o600)
    production.setenv("ADX_STATE_DIR", str(root_key.parent))
    assert "KMS_URL names a root key that is inside the state folder" in refusal()
    root_key.unlink()
    assert "KMS_URL names a root key that cannot be read" in refusal()


def test_production_refuses_a_key_of_anchors_that_is_not_kept_and_makes_none_up(
    production: pytest.MonkeyPatch, root_key: Path
) -> None:
    settings = Settings.load()
    assert (settings.anchor_key_file, settings.anchor_url) == (None, "")
    key = root_key.with_name("anchor_key")
    production.setenv("ANCHOR_KEY_FILE", str(key))
    assert "ANCHOR_KEY_FILE names a key that cannot be read" in refusal()
    key.touch(mode=0o644)
    assert "ANCHOR_KEY_FILE names a key that can be read by others (mode 0644)" in refusal()
    key.chmod(0o600)
    assert Settings.load().anchor_key_file == key
    production.setenv("ADX_STATE_DIR", str(key.parent))
    root_key.chmod(0o600)
    assert "KMS_URL names a root key that is inside" in refusal()


@pytest.mark.parametrize("url", ["root_key", "file://root_key", "s3://bucket/key", "https://kms.example"])
def test_a_root_key_is_a_file_for_now(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("KMS_URL", url)
    assert "KMS_URL must be file://" in refusal()


def test_the_addresses_of_a_running_stack_are_found(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("SMTP_URL")
    (tmp_path / "env").write_text('SMTP_URL="smtp://127.0.0.1:2525"\nREDIS_URL="redis://elsewhere"\n')
    settings = Settings.load()
    assert (settings.smtp_url, settings.redis_url) == ("smtp://127.0.0.1:2525", ENOUGH["REDIS_URL"])


def test_production_reads_no_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("ADX_ENVIRONMENT", "production")
    environment.delenv("SMTP_URL")
    (tmp_path / "env").write_text('SMTP_URL="smtp://127.0.0.1:2525"\n')
    assert "SMTP_URL is not set" in refusal()


def test_lists_are_written_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ADX_FEATURES", "auth, files")
    environment.setenv("ADX_TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1/32")
    environment.setenv("ADX_MAX_UPLOAD_BYTES", "2GiB")
    settings = Settings.load()
    assert settings.features == {"auth", "files"}
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "127.0.0.1/32"]
    assert settings.max_upload_bytes == 2 * 1024**3


def test_passwords_do_not_show_when_settings_are_printed() -> None:
    assert "p%40ss" not in repr(Settings.load())


def test_every_setting_is_documented() -> None:
    undocumented = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undocumented == []
