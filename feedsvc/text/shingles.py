"""How near two texts are: sets of hashed word sequences, and the share of them that both have.

A shingle is three words in a row, or five characters where a script writes no spaces (Chinese, Japanese, Thai and their
like): about the same amount of meaning. Case, punctuation and markup do not count. Hashes are numbers of 63 bits and the
same on every machine, since they are kept.
"""

import re
import unicodedata
from hashlib import blake2b
from heapq import nsmallest
from html import unescape

FEWEST = 20
"""Shingles below which a text is too short to be like another: "Photo of the day" is many stories."""

SKETCH = 12
"""Hashes of a sketch: of texts that share half of their shingles, one pair in 4,000 has none of these in common."""

NEAR = 0.5
"""The share of shingles from which two texts tell nearly the same (DESIGN, section 4)."""

_TAG = re.compile(r"<[^>]*>")
# Thai, Lao, Burmese, Khmer, kana, ideographs, Hangul (whose spaces vary).
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_MOST = 1 << 15
_LETTERS = re.compile(rf"[{_DENSE}]")
_WORDS = re.compile(rf"[^\W_{_DENSE}]+")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
# Five of them sum up to 63 bits, which a signed column holds.
_BITS = (1 << 60) - 1
# Odd numbers without a pattern (the digits of pi): each place of a shingle has its own.
_PLACES = (0x243F6A8885A308D3, 0x13198A2E03707345, 0xA4093822299F31D1, 0x082EFA98EC4E6C89, 0x452821E638D01377)


def shingles(title: str, html: str) -> frozenset[int]:
    """The hashes of all that a title and a body say; none where they are fewer than `FEWEST`.

    Words and dense writing are cut each for themselves, so that a foreign name in a Chinese sentence does not cut it.
    """
    text = unicodedata.normalize("NFKC", f"{title}\n{unescape(_TAG.sub(' ', html))}").casefold()
    # The same words, found five times as fast.
    found = _of_words(_ASCII_WORDS.findall(text)) if text.isascii() else _of_mixed(text)
    return frozenset(found) if len(found) >= FEWEST else frozenset()


def sketch(of: frozenset[int]) -> tuple[int, ...]:
    """The smallest hashes of a set: sets that share much share some of these."""
    return tuple(nsmallest(SKETCH, of))


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of what either has that both have, from 0 to 1; 0 where both are empty."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _of_mixed(text: str) -> set[int]:
    return _of_words(_WORDS.findall(text)) | _of_letters(_LETTERS.findall(text))


def _of_words(words: list[str]) -> set[int]:
    if len(words) < 3:
        return set()
    a, b, c, *_ = zip(*map(_PLACED.__getitem__, words), strict=True)
    return {i + j + k for i, j, k in zip(a, b[1:], c[2:], strict=False)}


def _of_letters(letters: list[str]) -> set[int]:
    if len(letters) < 5:
        return set()
    a, b, c, d, e = zip(*map(_PLACED.__getitem__, letters), strict=True)
    rows = zip(a, b[1:], c[2:], d[3:], e[4:], strict=False)
    return {i + j + k + m + n for i, j, k, m, n in rows}


class _Placed(dict[str, tuple[int, ...]]):
    """A token's hash at each place of a shingle. Stories use few words again and again: most are known already."""

    def __missing__(self, token: str) -> tuple[int, ...]:
        if len(self) >= _MOST:
            self.clear()
        plain = int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "big")
        self[token] = found = tuple(plain * place & _BITS for place in _PLACES)
        return found


_PLACED = _Placed()
