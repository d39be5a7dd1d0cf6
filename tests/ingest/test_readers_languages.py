"""The language of a story is the declared one where its letters agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.languages import language_of

CHINESE = "上海理工大学与青浦区人民政府签约仪式举行，双方将进一步加强合作。"
ENGLISH = "The university and the district signed an agreement on Wednesday morning."


@pytest.mark.parametrize(
    ("declared", "text", "usual", "language"),
    [
        ("en", CHINESE, "en", "zh"),
        ("en", CHINESE, "zh", None),
        ("zh-CN", CHINESE, "zh", None),
        ("zh-CN", CHINESE, "en", "zh-CN"),
        ("zh_CN", CHINESE, "en", "zh-CN"),
        ("", CHINESE, "en", "zh"),
        ("zh-CN", ENGLISH, "en", None),
        ("de", ENGLISH, "en", "de"),
        ("", ENGLISH, "zh", None),
        ("ja", "大学は五月二十七日に協定を結びました。学生たちも喜んでいます。", "en", "ja"),
        ("en", "대학은 오월에 협정을 체결하였으며 학생들도 기뻐하였다고 한다", "en", "ko"),
        ("en", "Университет подписал соглашение с районом в среду утром.", "en", None),
        ("ru", "Университет подписал соглашение с районом в среду утром.", "en", "ru"),
        ("<script>", ENGLISH, "en", None),
        ("fr", "Oui.", "en", "fr"),
    ],
)
def test_language(declared: str, text: str, usual: str, language: str | None) -> None:
    assert language_of(declared, text, usual) == language


@given(st.text(max_size=20), st.text(max_size=200), st.sampled_from(["en", "zh-CN"]))
def test_no_text_breaks_it(declared: str, text: str, usual: str) -> None:
    language = language_of(declared, text, usual)
    assert language is None or language.isascii()
