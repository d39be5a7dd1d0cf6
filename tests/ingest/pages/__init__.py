"""Small pages modelled on the families of CMS, made for these tests."""

from pathlib import Path

_HERE = Path(__file__).parent


def page(name: str, encoding: str = "utf-8") -> bytes:
    """A page's bytes; the files are UTF-8, so another `encoding` is made on the way."""
    return (_HERE / name).read_text("utf-8").encode(encoding)
