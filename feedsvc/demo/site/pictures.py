"""Small pictures for the sample site, drawn here so that the tour needs nothing from elsewhere."""

import struct
import zlib
from functools import lru_cache
from math import cos, hypot, pi, sin

WIDTH, HEIGHT = 640, 360

# Sky above, sky below, hills, water or ground, light: one palette a picture.
_PALETTES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "signing": ((38, 70, 112), (236, 196, 158), (30, 54, 84), (84, 116, 148), (255, 236, 200)),
    "ceremony": ((122, 176, 214), (232, 240, 238), (62, 104, 72), (126, 160, 96), (255, 250, 226)),
    "lights": ((16, 20, 48), (78, 52, 96), (10, 14, 34), (30, 34, 66), (255, 206, 120)),
    "lens": ((12, 36, 54), (24, 92, 110), (8, 24, 38), (16, 60, 78), (190, 244, 236)),
    "bridge": ((176, 208, 222), (246, 232, 210), (70, 98, 84), (96, 140, 150), (255, 246, 220)),
}
NAMES = tuple(_PALETTES)


@lru_cache(maxsize=8)
def picture(name: str) -> bytes:
    """A landscape as PNG, 640 x 360 pixels. Raises KeyError for a name that is not in `NAMES`."""
    high, low, hills, ground, light = _PALETTES[name]
    seed = sum(name.encode())
    ridges = [_ridge(x, seed) for x in range(WIDTH)]
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        sky = _mix(high, low, y / (HEIGHT * 0.7))
        for x in range(WIDTH):
            rows += bytes(_pixel(x, y, ridges[x], (sky, hills, ground, light), seed))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _ridge(x: int, seed: int) -> float:
    return HEIGHT * (0.6 + 0.07 * sin(x / 95 + seed) + 0.035 * sin(x / 31 + seed * 2) + 0.02 * cos(x / 13))


def _pixel(x: int, y: int, ridge: float, colours: tuple[tuple[int, int, int], ...], seed: int) -> tuple[int, int, int]:
    sky, hills, ground, light = colours
    if y > HEIGHT * 0.72:
        ripple = 0.5 + 0.5 * sin(y / 2.6 + 3 * sin(x / 60 + seed))
        return _mix(ground, sky, 0.25 * ripple)
    if y > ridge:
        return _mix(hills, ground, (y - ridge) / (HEIGHT * 0.25))
    distance = hypot(x - WIDTH * (0.3 + 0.4 * (seed % 7) / 7), y - HEIGHT * 0.32)
    glow = max(0.0, 1 - distance / 170)
    disc = 1.0 if distance < 28 else 0.0
    return _mix(sky, light, max(disc, 0.7 * glow * glow * (0.9 + 0.1 * cos(pi * glow))))


def _mix(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    part = min(1.0, max(0.0, share))
    return (
        round(one[0] + (other[0] - one[0]) * part),
        round(one[1] + (other[1] - one[1]) * part),
        round(one[2] + (other[2] - one[2]) * part),
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
