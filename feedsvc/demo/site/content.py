"""The sample university's stories, as data."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """One story of the sample site. `kind`: english, chinese, library or events; `day` is None for an undated one."""

    kind: str
    id: str
    title: str
    day: date | None
    body: tuple[str, ...]
    later: bool = False
    column: int = 0
    byline: str = ""
    author: str = ""
    origin: str = ""
    term: str = ""
    place: str = ""
    image: str = ""
    caption: str = ""
    short: str = ""
    pinned: bool = False

    @property
    def shown_title(self) -> str:
        """The link's text in a list: cut where the CMS cuts it."""
        return self.short or self.title


@lru_cache(maxsize=1)
def _data() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("feedsvc.demo.site").joinpath("stories.toml").read_text("utf-8"))


def pieces(kind: str, today: date, later: bool) -> list[Piece]:
    """The stories of a kind, newest first and undated last; those that appear later only where `later` is set."""
    by_id = {row["id"]: row for row in _data()[kind]}
    found = []
    for row in _data()[kind]:
        full = {**by_id[row["same_as"]], **row} if "same_as" in row else row
        if later or not full.get("later"):
            found.append(_piece(kind, full, today))
    return sorted(found, key=lambda piece: (piece.day is not None, piece.day or today), reverse=True)


def _piece(kind: str, row: dict[str, Any], today: date) -> Piece:
    day = today - timedelta(days=row["days"]) if "days" in row else row.get("date")
    given = {key: row[key] for key in Piece.__slots__ if key in row and key not in ("kind", "id", "day", "body")}
    return Piece(kind=kind, id=str(row["id"]), day=day, body=tuple(row["body"]), **given)
