"""The operator's settings: defaults < file < environment < file named by the environment.

A settings file is TOML with one table per section. `FEEDSVC_MAIL__PORT=2525` sets `[mail] port`;
`FEEDSVC_MAIL__PASSWORD_FILE=/run/secrets/mail` reads the value from that file. A key that does not exist refuses to
start and names the nearest that does. Sources, categories, lists and digests are no settings: see `feedsvc apply`.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from feedsvc.errors import SecretMissing, SettingsError

DEFAULT_FILE = Path("config/feedsvc.toml")
PREFIX = "FEEDSVC_"

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s#]*)?(\?[^\s#]*)?")
# What every link begins with is written as it will stand there: no login, no escapes, no slash twice, no `..`.
_BASE = re.compile(
    r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)(:(?P<port>[0-9]{1,5}))?(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)*/?"
)


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError as error:
        msg = f"{value!r} is not a network: write it like 10.0.0.0/8, 192.0.2.7 or fd00::/8"
        raise ValueError(msg) from error
    return value


def _web_address(value: str) -> str:
    if value and not _WEB_ADDRESS.fullmatch(value):
        msg = f"{value!r} is not an http or https address: write it like https://hub.example.edu/"
        raise ValueError(msg)
    return value


_WebAddress = Annotated[str, AfterValidator(_web_address)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Site(_Section):
    """Who publishes: the name on every page, feed and mail."""

    base_url: str = Field("http://127.0.0.1:8080", description="Where readers reach the service; may carry a path.")
    title: str = Field("News", description="The name on pages, feeds and mails.")
    description: str = Field("News, as feeds and as a mail.", description="One sentence under the name.")
    logo: str = Field("", description="Address of a logo image; empty shows the name alone.")
    icon: _WebAddress = Field("", description="Address of a square picture for feed readers; empty names none.")
    rights: str = Field("", description="Who holds the rights, as feeds say it, such as © 2026 USST.")
    accent: str = Field("#0b4f8a", description="The one accent colour, as #rrggbb.", pattern=r"^#[0-9a-fA-F]{6}$")
    language: Literal["en", "zh"] = Field("en", description="Language of the pages' own words.")
    timezone: str = Field("UTC", description="IANA zone in which pages print times.")
    contact: str = Field("", description="An address people may write to; also sent with every fetch.")
    postal_address: str = Field("", description="The sender's postal address, at the foot of every mail.")
    privacy_url: str = Field("", description="Address of the privacy statement; empty leaves the link out.")
    link_params: str = Field("", description="Query appended to story links in mails, such as utm_source=digest.")

    @field_validator("base_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        base = _BASE.fullmatch(value)
        if base is None or int(base["port"] or 0) > 65535:
            msg = "must be an http or https address without login, query or unusual letters, such as https://news.example.edu"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            msg = "must be an IANA time zone such as Asia/Shanghai"
            raise ValueError(msg) from error
        return value


class Database(_Section):
    """Where everything is kept."""

    url: str = Field(
        "sqlite:///data/feedsvc.db",
        description="sqlite:///path/to/file.db, or postgresql://user:password@host/name (extra `postgres`).",
    )
    busy_timeout: float = Field(10.0, gt=0, description="Seconds to wait for another writer before giving up.")


class Http(_Section):
    """The address the service listens on."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = Field(
        [], description="Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8."
    )


class Feeds(_Section):
    """What feeds hold and how long they may be kept."""

    items: int = Field(50, ge=1, le=500, description="Stories in a feed.")
    max_age: int = Field(300, ge=0, description="Seconds a reader may keep a feed before asking again.")
    hubs: list[_WebAddress] = Field([], description="Addresses of WebSub hubs that feeds name; empty names none.")
    stale_after: int = Field(
        300, ge=1, description="Seconds without the database after which feeds are marked as possibly out of date."
    )
    memory: int = Field(128, ge=1, description="Megabytes of rendered feeds kept ready; the least used leave first.")


class Mail(_Section):
    """The relay that takes our mail."""

    host: str = Field("127.0.0.1", description="The relay's host name.")
    port: int = Field(25, ge=1, le=65535, description="The relay's port.")
    tls: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="none (refused unless the relay is on this machine or allow_plain), starttls, or tls."
    )
    allow_plain: bool = Field(False, description="Allow tls = none to a relay on another machine.")
    verify: bool = Field(True, description="Check the relay's certificate.")
    username: str = Field("", description="Name to log in with; empty does not log in.")
    password: SecretStr = Field(SecretStr(""), description="Password to log in with.")
    sender: str = Field("News <news@localhost>", description="The From of every mail.")
    reply_to: str = Field("", description="Where answers go; empty means the site's contact.")
    bounce_domain: str = Field("", description="Domain of the per-message return address (VERP); empty uses sender.")
    connections: int = Field(4, ge=1, le=64, description="Connections to the relay at once.")
    rate: float = Field(0, ge=0, description="Messages a second at the most, over all connections; 0 is no limit.")
    timeout: float = Field(30, gt=0, description="Seconds to wait for each answer of the relay.")


class Ingest(_Section):
    """How upstream sites are visited."""

    timeout: float = Field(60, gt=0, description="Seconds one fetch may take in all.")
    max_bytes: int = Field(10_000_000, ge=10_000, description="Bytes one answer may have after decompression.")
    concurrency: int = Field(
        16, ge=1, le=64, description="Hosts visited at once; each host sees one request at a time."
    )
    robots: bool = Field(True, description="Obey robots.txt.")


class Delivery(_Section):
    """How the outbox is emptied."""

    lease: int = Field(300, ge=30, description="Seconds a worker may hold a message before another may take it.")
    batch: int = Field(64, ge=1, le=1000, description="Messages a worker claims at once.")
    expiry: int = Field(86_400, ge=300, description="Seconds a message is tried before it is given up as expired.")
    grace: float = Field(20, ge=1, description="Seconds that messages in flight get when the service is stopped.")


class Security(_Section):
    """Keys."""

    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs the links in mails; `feedsvc settings --new-key` prints one."
    )
    old_secret_keys: list[SecretStr] = Field([], description="Former keys: links signed with them still work.")


class Log(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    format: Literal["auto", "text", "json"] = Field(
        "auto", description="auto: text on a terminal, JSON lines elsewhere."
    )


class Settings(_Section):
    """All sections."""

    site: Site = Site()
    database: Database = Database()
    http: Http = Http()
    feeds: Feeds = Feeds()
    mail: Mail = Mail()
    ingest: Ingest = Ingest()
    delivery: Delivery = Delivery()
    security: Security = Security()
    log: Log = Log()

    def signing_keys(self) -> tuple[bytes, ...]:
        """The keys that sign links, newest first. Raises SecretMissing where none is set."""
        newest = self.security.secret_key.get_secret_value()
        if not newest:
            msg = (
                "No secret key is set. Run `feedsvc settings --new-key` and put what it prints into [security] secret_key "
                "or FEEDSVC_SECURITY__SECRET_KEY."
            )
            raise SecretMissing(msg)
        if len(newest) < 32:
            msg = "[security] secret_key is shorter than 32 characters: use one from `feedsvc settings --new-key`."
            raise SettingsError(msg)
        old = (key.get_secret_value() for key in self.security.old_secret_keys)
        return tuple(key.encode() for key in (newest, *old))


def known_keys() -> list[str]:
    """Every setting as `section.key`, in the order of the sections."""
    return [f"{name}.{key}" for name, section in _sections().items() for key in section.model_fields]


def _sections() -> dict[str, type[BaseModel]]:
    return {name: type(field.default) for name, field in Settings.model_fields.items()}


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings in force. `path` wins over FEEDSVC_CONFIG, which wins over `config/feedsvc.toml` if it exists.

    Raises SettingsError that names the key, where it was set, and the nearest known key.
    """
    environ = os.environ if environ is None else environ
    values, origin = _from_file(path, environ)
    for section, key, value, where in _from_environment(environ):
        values.setdefault(section, {})[key] = value
        origin[f"{section}.{key}"] = where
    _refuse_unknown(values, origin)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:2])
        where = origin.get(name, "the settings")
        msg = f"{where}: [{name.replace('.', '] ', 1)}: {first['msg'].removeprefix('Value error, ')}."
        raise SettingsError(msg) from error


def _from_file(path: Path | None, environ: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    named = path or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    source = named or DEFAULT_FILE
    try:
        data = tomllib.loads(source.read_text("utf-8"))
    except FileNotFoundError as error:
        if named is None:
            return {}, {}
        msg = f"The settings file {source} does not exist. Name one with --config or FEEDSVC_CONFIG."
        raise SettingsError(msg) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"The settings file {source} cannot be read: {error}."
        raise SettingsError(msg) from error
    for name, section in data.items():
        if not isinstance(section, dict):
            msg = f"{source}: {name!r} stands outside a section. Settings are written in tables such as [site]."
            raise SettingsError(msg)
    return data, {f"{name}.{key}": str(source) for name, section in data.items() for key in section}


def _from_environment(environ: Mapping[str, str]) -> list[tuple[str, str, Any, str]]:
    found: list[tuple[str, str, Any, str]] = []
    # The plain form comes first, so that a value from a file wins over it.
    for name in sorted((n for n in environ if n.startswith(PREFIX) and "__" in n), key=lambda n: n.endswith("_FILE")):
        section, key = name.removeprefix(PREFIX).lower().split("__", 1)
        value: str = environ[name]
        if key.endswith("_file") and f"{section}.{key}" not in known_keys():
            key = key.removesuffix("_file")
            try:
                value = Path(value).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                msg = f"{name} names {value}, which cannot be read: {error}."
                raise SettingsError(msg) from error
        found.append((section, key, _split_list(section, key, value), name))
    return found


def _split_list(section: str, key: str, value: str) -> str | list[str]:
    field = _sections()[section].model_fields.get(key) if section in _sections() else None
    if field is not None and isinstance(field.default, list):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _refuse_unknown(values: dict[str, dict[str, Any]], origin: dict[str, str]) -> None:
    sections = _sections()
    for section, keys in values.items():
        if section not in sections:
            near = difflib.get_close_matches(section, sections, 1)
            hint = f" Did you mean [{near[0]}]?" if near else f" The sections are {', '.join(sections)}."
            where = next((origin[f"{section}.{key}"] for key in keys), "The settings file")
            msg = f"{where}: there is no section [{section}].{hint}"
            raise SettingsError(msg)
        for key in keys:
            if key not in sections[section].model_fields:
                near = difflib.get_close_matches(key, sections[section].model_fields, 1, 0.5)
                there = ", ".join(sections[section].model_fields)
                hint = f" Did you mean {near[0]}?" if near else f" [{section}] has {there}."
                msg = f"{origin[f'{section}.{key}']}: [{section}] has no key {key!r}.{hint}"
                raise SettingsError(msg)
