"""Reading a CSV file of people, without a database."""

import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import InputError
from feedsvc.model.subscriber import Choice
from feedsvc.subscribers.rows import BadRow, Person, Rules, Table, encoding_of, person

RULES = Rules(
    lists=frozenset({"alumni", "staff"}),
    categories=frozenset({"news", "research"}),
    language="en",
    timezone=ZoneInfo("Asia/Shanghai"),
    consent_source="import",
    now=datetime(2020, 6, 8, tzinfo=UTC),
    list_slug="alumni",
)


def table(text: str) -> Table:
    return Table(io.StringIO(text, newline=""))


@pytest.mark.parametrize(
    ("head", "encoding", "read_as"),
    [
        (b"", "utf-8", "utf-8-sig"),
        (b"\xef\xbb\xbf", "utf-8", "utf-8-sig"),
        (b"", "gb18030", "gb18030"),
        (b"", "utf-16", "utf-16"),
    ],
)
def test_letters_are_read_as_they_were_written(tmp_path: Path, head: bytes, encoding: str, read_as: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(head + "email,name\nlu@example.edu,卢文\n".encode(encoding))
    assert encoding_of(file) == read_as
    with file.open(encoding=read_as, newline="") as text:
        assert list(Table(text).rows()) == [(2, {"email": "lu@example.edu", "name": "卢文"})]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"people.csv cannot be read: No such file"):
        encoding_of(tmp_path / "people.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    rows = table(f"Email {delimiter} NAME{end}a@example.edu{delimiter}A{end}{end}b@example.edu{delimiter} B ").rows()
    assert [row for _, row in rows] == [
        {"email": "a@example.edu", "name": "A"},
        {"email": "b@example.edu", "name": "B"},
    ]


def test_lines_are_counted_through_quoted_cells_and_blank_lines() -> None:
    text = 'email,name\na@example.edu,"A\nof\ntwo"\n\nb@example.edu,B\nc@example.edu,C,more\nd@example.edu\n'
    assert list(table(text).rows()) == [
        (2, {"email": "a@example.edu", "name": "A\nof\ntwo"}),
        (6, {"email": "b@example.edu", "name": "B"}),
        (7, BadRow(7, "it has 3 cells, the first line names 2 columns")),
        (8, {"email": "d@example.edu"}),
    ]


def test_a_cell_beyond_every_limit_costs_its_row_alone() -> None:
    rows = list(table(f"email\n{'a' * 200_000}\nb@example.edu\n").rows())
    assert isinstance(rows[0][1], BadRow)
    assert rows[-1] == (3, {"email": "b@example.edu"})


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "has no column 'email'"),
        ("name,lists", "has no column 'email'"),
        ("email,name,Email", "has the column 'email' twice"),
        ("email,catgories", "'catgories' is not known. Call it 'categories'"),
        ("e-mail,name", "'e-mail' is not known. Call it 'email'"),
    ],
)
def test_a_header_that_cannot_be_meant_is_refused(header: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        table(header + "\na@example.edu\n")


def test_other_columns_are_ignored_and_named() -> None:
    read = table("email,birthday,state,confirmed_at\na@example.edu,1 May,active,\n")
    assert read.ignored == ("birthday", "state", "confirmed_at")


def test_a_row_says_what_it_asks_for() -> None:
    row = {
        "email": " Lu.Wen@Example.edu",
        "name": "Lu\x00  Wen",
        "language": "zh",
        "timezone": "Asia/Shanghai",
        "lists": "staff; alumni;",
        "categories": "news;research",
        "frequency": "Weekly",
        "consent_at": "2020-06-06 08:00",
        "consent_source": "alumni\nfair",
    }
    assert person(row, RULES) == Person(
        "Lu.Wen@example.edu",
        Choice(("staff", "alumni"), ("news", "research"), "weekly", "Lu Wen", "zh"),
        "Asia/Shanghai",
        datetime(2020, 6, 6, tzinfo=UTC),
        "alumni fair",
    )


def test_what_is_empty_has_its_default() -> None:
    assert person({"email": "a@example.edu"}, RULES) == Person(
        "a@example.edu", Choice(("alumni",), language="en"), "", None, "import"
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"email": ""}, "the column email is empty"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"language": "English"}, "'English' is not a language tag"),
        ({"timezone": "Mars/Base"}, "'Mars/Base' is not a time zone"),
        ({"timezone": "../../etc/passwd"}, "is not a time zone"),
        ({"lists": "nowhere"}, "there is no list 'nowhere'"),
        ({"categories": "nothing"}, "there is no category 'nothing'"),
        ({"frequency": "hourly"}, "'hourly' is not one of daily, weekly, monthly"),
        ({"name": "x" * 101}, "the name is longer than 100 characters"),
        ({"consent_at": "yesterday"}, "'yesterday' is not a date"),
        ({"consent_at": "2020-06-09"}, "lies in the future"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(cells: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        person({"email": "a@example.edu"} | cells, RULES)


def test_a_row_needs_a_list() -> None:
    rules = Rules(frozenset({"alumni"}), frozenset(), "en", ZoneInfo("UTC"), "import", RULES.now)
    with pytest.raises(InputError, match="names no list"):
        person({"email": "a@example.edu"}, rules)
    with pytest.raises(InputError, match="not an e-mail address"):
        person({"email": "nobody", "language": "English"}, rules)
    assert person({"email": "a@example.edu", "lists": "alumni"}, rules).choice.lists == ("alumni",)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        rows = list(table("email,name\n" + text).rows())
    except InputError:
        return
    for line, row in rows:
        assert 2 <= line <= text.count("\n") + text.count("\r") + 2
        if not isinstance(row, BadRow):
            try:
                read = person(row, RULES)
            except InputError:
                continue
            assert read.choice.name.isprintable()
