"""What a revision changed, sentence by sentence, in both scripts."""

from datetime import UTC, datetime

import pytest

from feedsvc.cli import article_show
from feedsvc.storage.history import Wording

NOW = datetime(2020, 6, 8, tzinfo=UTC)


def said(revision: int, html: str, *changed: str, summary: str = "", title: str = "毕业典礼") -> Wording:
    return Wording(revision, title, summary, html, NOW, changed)


def printed(capsys: pytest.CaptureFixture[str], *wordings: Wording) -> list[str]:
    article_show._print_diff(list(wordings))
    return capsys.readouterr().out.splitlines()


def test_sentences_end_where_each_script_ends_them() -> None:
    text = "他说：“好。”然后走了！今天是6.5日。\nIt works. Dr Li said so; 3.5 degrees. End"
    assert article_show._sentences(text) == [
        "他说：“好。”", "然后走了！", "今天是6.5日。", "It works.", "Dr Li said so; 3.5 degrees.", "End",
    ]  # fmt: skip


def test_a_changed_word_shows_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    before = said(
        1, "<p>典礼在体育馆举行。共有四千人毕业。大家合影。</p>", summary="典礼在体育馆举行。共有四千人毕业。"
    )
    after = said(
        2, "<p>典礼在体育馆举行。共有五千人毕业。大家合影。</p>", "summary", "content_html", "image",
        summary="典礼在体育馆举行。共有五千人毕业。",
    )  # fmt: skip
    assert printed(capsys, before, after) == [
        "text:", "...", "  典礼在体育馆举行。", "- 共有四千人毕业。", "+ 共有五千人毕业。", "  大家合影。",
        "Also changed: picture.",
    ]  # fmt: skip
    assert printed(capsys, before) == ["It is the first revision: nothing had changed before it."]


def test_each_part_that_somebody_wrote_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    before = said(1, "<p>Words.</p>", summary="By hand.", title="One")
    after = said(2, "<p>Words.</p>", "title", "summary", summary="By another hand.", title="Two")
    assert printed(capsys, before, after) == [
        "title:", "...", "- One", "+ Two", "summary:", "...", "- By hand.", "+ By another hand.",
    ]  # fmt: skip


def test_what_is_no_word_is_told_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    before = said(1, "<p>Words.</p>")
    after = said(2, "<p>Words.</p>", "authors", "url")
    assert printed(capsys, before, after) == ["The words are the same. Changed: writers, link."]
    marked = said(2, "<p><b>Words.</b></p>", "content_html")
    assert printed(capsys, before, marked)[0].startswith("The words are the same: only their markup")
