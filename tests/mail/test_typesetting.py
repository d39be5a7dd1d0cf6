"""What every template may call, and what may never come out of one."""

import pytest
from markupsafe import Markup

from feedsvc.errors import RenderError
from feedsvc.mail import typesetting
from tests.mail import samples

SITE = samples.SETTINGS.site


def test_words_are_escaped_in_html_and_plain_in_text() -> None:
    for html, expected in ((True, "Your links for &lt;News&gt; &amp; more"), (False, "Your links for <News> & more")):
        say = typesetting.context(SITE, "en", html=html)["_"]
        assert say("Your links for %(site)s", site="<News> & more") == expected


def test_a_slot_is_not_escaped_away() -> None:
    assert typesetting.context(SITE, "en", html=True)["slot"]("leave") == Markup("\x02leave\x03")


def test_the_sites_own_words_cannot_be_a_slot() -> None:
    site = SITE.model_copy(update={"title": "\x02leave\x03News", "postal_address": "One\x02\n\nTwo\x03"})
    found = typesetting.context(site, "en", html=False)
    assert found["site"].title == "leaveNews"
    assert found["site"].postal_address == "One\nTwo"
    assert found["postal_lines"] == Markup("One<br>Two")


@pytest.mark.parametrize("key", ["logo", "privacy_url"])
def test_an_address_of_the_site_that_is_none_is_an_error(key: str) -> None:
    with pytest.raises(RenderError, match="only http, https and mailto"):
        typesetting.context(SITE.model_copy(update={key: "javascript:alert(1)"}), "en", html=True)


def test_a_template_cannot_leave_its_folder() -> None:
    with pytest.raises(RenderError, match="no mail template"):
        typesetting.render("../../settings.py", {})


def test_a_template_that_lacks_a_value_is_an_error_that_names_it() -> None:
    with pytest.raises(RenderError, match=r"confirmation/subject\.txt could not be rendered"):
        typesetting.render("confirmation/subject.txt", {})


@pytest.mark.parametrize(("language", "attribute"), [("zh", "zh-Hans"), ("zh-Hant", "zh-Hant"), ("en", "en")])
def test_chinese_without_a_script_is_simplified(language: str, attribute: str) -> None:
    assert typesetting.html_language(language) == attribute
