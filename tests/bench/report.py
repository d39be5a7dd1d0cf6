"""What a benchmark says: medians of several rounds, beside the limit and what another would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """One path: its rounds in `unit`, the limit in the same unit, and the rounds of a peer run in turn with it."""

    name: str
    unit: str
    rounds: Sequence[float]
    limit: float
    peer: str = ""
    peer_rounds: Sequence[float] = ()

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.rounds)

    @property
    def ratio(self) -> float | None:
        """How many times the peer's median, where there is a peer."""
        return self.median / median(self.peer_rounds) if self.peer_rounds else None

    @property
    def reached(self) -> bool:
        """Is the median within the limit?"""
        return self.median <= self.limit


def show(measures: Sequence[Measure], console: Console | None = None) -> None:
    """Print a table of measures."""
    table = Table("path", "median", "best", "worst", "limit", "", "beside")
    for one in measures:
        beside = f"{one.ratio:.2f} x {one.peer}" if one.ratio is not None else ""
        numbers = [f"{value:.3g} {one.unit}" for value in (one.median, min(one.rounds), max(one.rounds), one.limit)]
        table.add_row(one.name, *numbers, "reached" if one.reached else "missed", beside)
    (console or Console()).print(table)
