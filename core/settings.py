"""Everything a process can be told from outside: one typed, documented class, refused with a clear message when wrong.

Addresses carry the names the world knows (``DATABASE_URL``); the product's own settings begin with ``ADX_``.
A running ``bin/dev`` leaves its addresses in ``.adx/env``, so that ``adx doctor`` and the like find them;
the environment wins over that file, and production never reads it.
"""

from __future__ import annotations

import ipaddress
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, ByteSize, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.database_url import as_role
from core.development_key import development_key
from core.keys.root_file import RootKeyUrl
from core.production import refuse_desk_defaults
from core.server_addresses import ClamdUrl, DatabaseUrl, HostAndPort, RedisUrl, SmtpUrl
from core.settings_report import explain, strangers_in

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds templates, locales, themes and migrations."""

SECRET_BYTES = 32
"""The least length of the secret key: what HMAC-SHA-256 and AES-256 need."""

RUNS_AT_WORK = 2
"""Two keep two cores nearly as busy as four, and cost another's run half as much (docs/operations/figures.md)."""

Environment = Literal["development", "test", "production"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
CommaList = NoDecode


class SettingsError(Exception):
    """The settings cannot be used; the text names each variable, what is wrong and what to do."""

    def __init__(self, problems: list[str]) -> None:
        count = f"{len(problems)} setting{' is' if len(problems) == 1 else 's are'} wrong"
        super().__init__("\n\n".join([f"ADX cannot start: {count}.", *problems]))


class Settings(BaseSettings):
    """The settings of one process. Made by :meth:`load`; tests may build one by keyword."""

    model_config = SettingsConfigDict(
        env_prefix="ADX_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        validate_default=False,
        ignored_types=(cached_property,),
    )

    # --- where the servers are -----------------------------------------------------------------------------------
    database_url: DatabaseUrl = Field(
        validation_alias=AliasChoices("DATABASE_URL"),
        repr=False,
        description="PostgreSQL 18, as the role adx_app, which owns nothing and obeys row security.",
        examples=["postgresql://adx_app:password@localhost:5432/adx"],
    )
    migrate_database_url: DatabaseUrl = Field(
        default="",
        validation_alias=AliasChoices("MIGRATE_DATABASE_URL"),
        repr=False,
        description="The same database as the role adx_migrate. Without it: DATABASE_URL with that role's name.",
        examples=["postgresql://adx_migrate:password@localhost:5432/adx"],
    )
    redis_url: RedisUrl = Field(
        validation_alias=AliasChoices("REDIS_URL"),
        repr=False,
        description="Valkey or Redis 7 and later, with append-only persistence.",
        examples=["redis://localhost:6379/0"],
    )
    temporal_address: HostAndPort = Field(
        validation_alias=AliasChoices("TEMPORAL_ADDRESS"),
        description="Host and port of Temporal's frontend.",
        examples=["localhost:7233"],
    )
    temporal_namespace: str = Field(
        default="default",
        min_length=1,
        validation_alias=AliasChoices("TEMPORAL_NAMESPACE"),
        description="Temporal namespace that holds the workflows; needs the search attributes TenantId and RunState.",
        examples=["default"],
    )
    temporal_ui_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("TEMPORAL_UI_URL"),
        description="Address of Temporal's own pages; outside production, run cards link to it for engineers.",
        examples=["http://localhost:8233"],
    )
    storage_url: str = Field(
        default="",
        validation_alias=AliasChoices("STORAGE_URL"),
        description="Where files are kept: a folder or a bucket. Development uses a folder under .adx.",
        examples=["file:///var/lib/adx/storage", "s3://bucket/prefix"],
    )
    smtp_url: SmtpUrl = Field(
        validation_alias=AliasChoices("SMTP_URL"),
        repr=False,
        description="Server that takes the outgoing mail; smtps:// for TLS, smtp+starttls:// for STARTTLS.",
        examples=["smtps://user:password@mail.example.com:465", "smtp://localhost:1025"],
    )
    clamd_url: ClamdUrl | None = Field(
        default=None,
        validation_alias=AliasChoices("CLAMD_URL"),
        description="ClamAV's daemon. Without it the built-in scanner is used, and pages say so.",
        examples=["tcp://localhost:3310", "unix:///run/clamav/clamd.ctl"],
    )
    kms_url: RootKeyUrl = Field(
        default="",
        validation_alias=AliasChoices("KMS_URL"),
        description="Where the root key is that wraps all others: a file of mode 0600, outside the state folder and "
        "its backups. `adx keys create` makes it. Development makes one and keeps it in .adx/root_key.",
        examples=["file:///etc/adx/root_key"],
    )
    anchor_url: str = Field(
        default="",
        validation_alias=AliasChoices("ANCHOR_URL"),
        description="Where the heads of audit chains are kept, signed: a bucket of another account with object lock, "
        "or a folder that the database's administrators cannot change. Development uses a folder under .adx.",
        examples=["s3://bucket-of-another-account/prefix"],
    )
    anchor_key_file: Path | None = Field(
        default=None,
        validation_alias=AliasChoices("ANCHOR_KEY_FILE"),
        description="The key that signs them: a file of mode 0600, outside the state folder, on the machines of the "
        "feature runs alone. `adx audit create-key` makes it. Development makes one and keeps it in .adx/anchor_key.",
        examples=["/etc/adx/anchor_key"],
    )
    mailbox_url: str | None = Field(
        default=None, description="Page of the development mailbox, linked from “check your mail”. Never in production."
    )

    # --- who we are ----------------------------------------------------------------------------------------------
    base_url: str = Field(
        default="http://localhost:8000",
        description="Scheme, host and port of the base host; tenants live on hosts below it.",
        examples=["https://adx.example.com"],
    )
    environment: Environment = Field(
        default="development", description="How strict to be: production refuses defaults that are only safe at a desk."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description=f"At least {SECRET_BYTES} random bytes; signs tokens and encrypts workflow payloads. "
        "Development makes one and keeps it in .adx/secret_key.",
        examples=['the output of: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'],
    )
    mail_from: str = Field(
        default="ADX <no-reply@localhost>",
        description="Sender of the product's mails.",
        examples=["ADX <no-reply@example.com>"],
    )

    # --- how this process runs -----------------------------------------------------------------------------------
    features: Annotated[frozenset[str], CommaList] = Field(
        default=frozenset(),
        description="The features this process runs, by name and comma; empty means all of them.",
        examples=["auth,tenants"],
    )
    bind_host: str = Field(default="127.0.0.1", description="Address the web process listens on.")
    bind_port: int = Field(
        default=0, ge=0, le=65535, description="Port the web process listens on; 0 means the port of ADX_BASE_URL."
    )
    trusted_proxies: Annotated[tuple[Network, ...], CommaList] = Field(
        default=(),
        description="Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, by comma.",
        examples=["10.0.0.0/8,127.0.0.1/32"],
    )
    database_pool_size: int = Field(default=10, ge=1, le=200, description="Database connections a process may hold.")
    runs_at_work: int = Field(
        default=RUNS_AT_WORK,
        ge=1,
        le=1000,
        description="How many runs of one workspace and feature are at work at once; further ones wait in line. The "
        "same for web and worker. A workspace's entitlement runs.at_work goes before it.",
    )
    drain_seconds: float = Field(
        default=5,
        ge=0,
        le=60,
        description="Seconds for which web goes on answering after SIGTERM, while proxies see that it is not ready.",
    )
    max_upload_bytes: ByteSize = Field(
        default=ByteSize(5 * 1024**3), gt=0, description="The largest upload taken in one go.", examples=["5GiB"]
    )
    state_dir: Path = Field(default=ROOT / ".adx", description="Folder for what development keeps between starts.")

    # --- what can be seen of it ----------------------------------------------------------------------------------
    log_format: Literal["pretty", "json"] = Field(default="pretty", description="Log lines for people or for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe log line that is written."
    )
    otlp_endpoint: str | None = Field(
        default=None,
        description="Base address of an OpenTelemetry collector (OTLP over HTTP); without it no traces are sent.",
        examples=["http://localhost:4318"],
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port for Prometheus' /metrics; 0 picks a free one, empty turns it off.",
    )

    @classmethod
    def load(cls, **given: Any) -> Settings:  # noqa: ANN401 - the values are validated here
        """Read the environment (and ``.adx/env`` outside production).

        Raises:
            SettingsError: a setting is missing, wrong or unknown; the text says which and what to do.
        """
        state_dir = Path(given.get("state_dir") or os.environ.get("ADX_STATE_DIR") or ROOT / ".adx")
        production = os.environ.get("ADX_ENVIRONMENT") == "production"
        env_file = None if production else state_dir / "env"
        strangers = strangers_in(os.environ, cls)
        try:
            settings = cls(_env_file=env_file, **given)
        except ValidationError as error:
            raise SettingsError(explain(cls, error) + strangers) from None
        if strangers:
            raise SettingsError(strangers)
        return settings

    @field_validator("features", "trusted_proxies", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(
        "anchor_key_file", "clamd_url", "otlp_endpoint", "metrics_port", "temporal_ui_url", "mailbox_url", mode="before"
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("base_url")
    @classmethod
    def _check_base(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be http:// or https:// and a host")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must have no path, query or fragment")
        return value.rstrip("/")

    @field_validator("state_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @model_validator(mode="after")
    def _fill_in(self) -> Settings:
        if self.environment == "production":
            refuse_desk_defaults(self)
        filled = {
            "migrate_database_url": self.migrate_database_url or as_role(self.database_url, "adx_migrate"),
            "storage_url": self.storage_url or (self.state_dir / "storage").as_uri(),
            "secret_key": self.secret_key if self.secret_key.get_secret_value() else development_key(self.state_dir),
            "kms_url": self.kms_url or (self.state_dir / "root_key").as_uri(),
            "anchor_url": self.anchor_url or ("" if self.is_production else (self.state_dir / "anchors").as_uri()),
            "anchor_key_file": self.anchor_key_file or (None if self.is_production else self.state_dir / "anchor_key"),
            "bind_port": self.bind_port or self.base_port,
        }
        # Frozen for everyone else: what is derived is written once, here.
        self.__dict__.update(filled)
        if len(self.secret_key.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(f"ADX_SECRET_KEY: is shorter than {SECRET_BYTES} bytes")
        return self

    @property
    def base_host(self) -> str:
        """Host of the base address without its port, such as ``localhost``."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def base_port(self) -> int:
        """Port of the base address; the scheme's own when it names none."""
        parts = urlsplit(self.base_url)
        return parts.port or {"http": 80, "https": 443}[parts.scheme]

    @property
    def is_production(self) -> bool:
        """Whether real people depend on this process."""
        return self.environment == "production"
