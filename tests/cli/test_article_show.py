"""What a revision changed, sentence by sentence, in both scripts."""

import pytest

from feedsvc.cli import article_show
from feedsvc.storage.history import Wording


def test_sentences_end_where_each_script_ends_them() -> None:
    html = "<p>他说：“好。”然后走了！今天是6.5日。</p><p>It works. Dr Li said so; 3.5 degrees. End</p>"
    assert article_show._sentences(Wording(1, "A title", "", html)) == [
        "A title", "他说：“好。”", "然后走了！", "今天是6.5日。", "It works.", "Dr Li said so; 3.5 degrees.", "End",
    ]  # fmt: skip


def test_a_changed_word_shows_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    before = Wording(1, "毕业典礼", "", "<p>典礼在体育馆举行。共有四千人毕业。大家合影。</p>")
    after = Wording(2, "毕业典礼", "", "<p>典礼在体育馆举行。共有五千人毕业。大家合影。</p>")
    article_show._print_diff([before, after])
    assert capsys.readouterr().out.splitlines() == [
        "...", "  毕业典礼", "  典礼在体育馆举行。", "- 共有四千人毕业。", "+ 共有五千人毕业。", "  大家合影。",
    ]  # fmt: skip
    article_show._print_diff([before, before])
    assert capsys.readouterr().out.startswith("The words are the same")
    article_show._print_diff([before])
    assert capsys.readouterr().out.startswith("It has one revision")
