"""An HTTP answer that was read whole, so that a test may look at it when the connection is gone."""

from dataclasses import dataclass

from multidict import CIMultiDictProxy


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")
