"""Who wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.story.bylines import by_pattern, is_nobody, names, writers


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("June 6, 2020 | By Lu Wen | Zhang Liu", ("Lu Wen", "Zhang Liu")),
        ("September 4, 2020 | By Li Rui, Dong Xiaofei | Copyedited by William, Zhang Liu", ("Li Rui", "Dong Xiaofei")),
        ("By Ann Li and Bo Wu | Photos by Cy", ("Ann Li", "Bo Wu")),
        ("By Ann | Source: The Office | Views: 12", ("Ann",)),
        ("By Ann Li, 6 June 2020", ("Ann Li",)),
        ("By Ann Li on June 6, 2020", ("Ann Li",)),
        ("By Ann Li • 6 June 2020 • Research", ("Ann Li",)),
        ("By Ann Li, PhD and Bo Wu, MSc", ("Ann Li", "Bo Wu")),
        ("By Ann Li, News Office", ("Ann Li",)),
        ("By Ludwig van der Berg and María de la Cruz", ("Ludwig van der Berg", "María de la Cruz")),
        ("By admin", ()),
        ("By continuing to use this site you accept our cookies", ()),
        ("by the way", ()),
        ("June 6, 2020", ()),
        ("Passed by the council | 2020", ()),
        ("", ()),
        ("发布时间：2020-06-06 作者：李瑞 浏览次数：12", ("李瑞",)),
        ("作者：王 堃", ("王堃",)),
        ("作者：张三 李四 来源：学工部", ("张三", "李四")),
        ("作者：张三、李四；王五", ("张三", "李四", "王五")),
        ("作者：李瑞来源：张柳", ("李瑞",)),
        ("作者：陆雯 | 来源：张柳", ("陆雯",)),
        ("文/张三 图/李四", ("张三",)),
        ("作者： 来源：学工部", ()),
        ("来源：学工部 编辑：王五", ()),
        ("通讯员：赵六 2020-06-06", ("赵六",)),
    ],
)
def test_writers_are_those_who_wrote(line: str, named: tuple[str, ...]) -> None:
    assert writers(line) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("By Ann Li & Bo", ("Ann Li", "Bo")),
        ("Author: Ann Li", ("Ann Li",)),
        ("张三、李四", ("张三", "李四")),
        ("", ()),
        ("Published 6 June 2020 by Ann Li", ("Ann Li",)),
        ("Posted by Ann Li on June 6, 2020", ("Ann Li",)),
        ("admin", ()),
        ("Veröffentlicht am 6. Juni 2020 von Ann Li und Bo Wu", ("Ann Li", "Bo Wu")),
        ("Ann Li, 6 June 2020", ("Ann Li",)),
    ],
)
def test_a_text_of_names(text: str, named: tuple[str, ...]) -> None:
    assert names(text) == named


def test_a_sources_own_pattern() -> None:
    lines = ["June 6, 2020", "Words: Ann Li, Bo Wu | Pictures: Cy"]
    assert by_pattern(r"Words: (?P<names>[^|]+)", lines) == ("Ann Li", "Bo Wu")
    assert by_pattern(r"Sounds: (?P<names>[^|]+)", lines) == ()
    assert by_pattern(r"June(?P<names>x)?", lines) == ()


@pytest.mark.parametrize("pattern", ["(", "Words: (.+)", "(?P<name>.+)"])
def test_a_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ReadError, match=r"article\.byline"):
        by_pattern(pattern, ["Words: Ann"])


@pytest.mark.parametrize("name", ["admin", "Admin", "Webmaster", "管理员", "佚名", "news@lake.example"])
def test_nobody(name: str) -> None:
    assert is_nobody(name)
    assert not is_nobody("Ann Li")


@given(st.text(max_size=100))
def test_no_line_breaks_it(line: str) -> None:
    assert all(name == name.strip() and name for name in (*writers(line), *names(line)))
