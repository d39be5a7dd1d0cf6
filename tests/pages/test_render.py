"""What each page shows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedsvc.errors import RenderError
from feedsvc.pages import render, views
from feedsvc.pages.addresses import article_path, chrome_for
from feedsvc.pages.views import Done, Fault, JoinForm
from tests.pages import sample
from tests.pages.sample import ALUMNI, BASE, BELOW, CHINESE, FORM, NEWS, SITE, STAFF, STORY, WEEKLY, faulty, made
from tests.pages.test_every_page import found, parsed, values

HOME = chrome_for(SITE, "/")
SUBSCRIBE = chrome_for(SITE, "/subscribe")


def text(page: str) -> str:
    return " ".join(parsed(page).text_content().split())


# ---------------------------------------------------------------- stories


def test_home_shows_stories_then_feeds_then_the_form() -> None:
    page = made("home")
    order = [page.index(part) for part in (STORY.title, 'id="follow"', f"{BASE}/feeds/news.rss", "<form")]
    assert order[0] < order[1] < order[3]
    assert 'href="https://news.example.edu/stories/feeds/all.json"' in page
    assert f'action="{BELOW}/subscribe"' in page
    assert f'href="{BELOW}/?before=2020%2C1"' in page


def test_home_without_stories_or_lists_says_so() -> None:
    page = render.home(HOME, views.HomePage((), (NEWS,), JoinForm()))
    assert "There are no stories yet." in page
    assert "<form" not in page


def test_a_story_in_another_language_says_which() -> None:
    story = replace(STORY, language="zh", title="我校与青浦区签署协议", categories=("yaowen",))
    tree = parsed(render.home(HOME, views.HomePage((story,), (CHINESE,), FORM)))
    line = found(tree, "//li[contains(@class,'story')]")[0]
    assert line.get("lang") == "zh-Hans"
    assert found(line, ".//p[@class='meta']")[0].get("lang") == "en"


def test_a_category_offers_its_feeds_to_copy_and_what_is_older() -> None:
    tree = parsed(made("category"))
    assert values(tree, "//button/@data-copy") == [f"{BASE}/feeds/news.{form}" for form in ("rss", "atom", "json")]
    assert all(button.get("hidden") is not None for button in found(tree, "//button[@data-copy]"))
    assert values(tree, "//a[@rel='next']/@href") == [f"{BELOW}/categories/news?before=2020%2C1"]
    assert f"{BELOW}/subscribe?categories=news" in values(tree, "//a/@href")


def test_an_empty_category_and_the_end_of_one_say_so() -> None:
    assert "There are no stories in this topic yet." in render.category(HOME, views.CategoryPage(NEWS, ()))
    assert "There are no older stories in this topic." in made("category, older")


def test_an_article_leads_to_the_original_first_and_last() -> None:
    tree = parsed(made("article"))
    originals = found(tree, f"//article//a[@href='{STORY.url}']")
    assert len(originals) == 2
    assert values(tree, "//link[@rel='canonical']/@href") == [STORY.url]
    assert "By Lu Wen, Zhang Liu" in text(made("article"))
    assert values(tree, "//article//time/@datetime") == ["2020-06-06"]
    assert found(tree, "//article//time")[0].text_content() == "June 6, 2020"


@pytest.mark.parametrize("tail", ["", "/a-slug"])
def test_an_article_that_is_only_here_leads_to_no_original(tail: str) -> None:
    story = replace(STORY, url=f"{BASE}/articles/{STORY.id}{tail}")
    tree = parsed(render.article(HOME, views.ArticlePage(story)))
    assert not found(tree, "//p[contains(@class, 'original')]")
    assert values(tree, "//link[@rel='canonical']/@href") == [f"{BASE}{article_path(story)}"]
    elsewhere = replace(STORY, url=f"{BASE}/articles/{STORY.id}0")
    assert found(parsed(render.article(HOME, views.ArticlePage(elsewhere))), "//p[contains(@class, 'original')]")


def test_who_else_tells_it_stands_beside_the_title() -> None:
    (line,) = found(parsed(made("article")), "//section[@class='also']//li")
    assert line.text_content() == "USST Links Cooperation Agreement with Qingpu News & Events"


def test_an_article_shows_picture_attachments_and_relatives() -> None:
    tree = parsed(made("article"))
    assert found(tree, "//figure/figcaption")[0].text_content() == "The signing"
    assert found(tree, "//figure/img")[0].get("alt") == "Two people sign"
    assert found(tree, "//section[@class='attachments']//a")[0].get("href") == STORY.attachments[0].url
    assert "284.1 kB" in text(made("article"))
    assert found(tree, "//section[@class='related']//h3")[0].text_content() == STORY.title


def test_a_story_that_holds_its_picture_shows_it_once() -> None:
    story = replace(STORY, content_html='<p><img src="https://en.example.edu/a.jpg" alt=""></p>')
    tree = parsed(render.article(HOME, views.ArticlePage(story)))
    assert len(found(tree, "//article//img")) == 1


def test_scripts_in_a_stored_story_never_reach_the_page() -> None:
    story = replace(
        STORY, content_html='<p onclick="x()">Words<script>alert(1)</script></p><iframe src="//x"></iframe>'
    )
    page = render.article(HOME, views.ArticlePage(story))
    assert "alert(1)" not in page
    assert "onclick" not in page
    assert "iframe" not in page


def test_a_story_without_a_date_says_when_it_came() -> None:
    page = render.article(HOME, views.ArticlePage(replace(STORY, published_at=None)))
    assert "Added on June 8, 2020" in text(page)


def test_a_story_with_only_a_summary_shows_that() -> None:
    page = render.article(HOME, views.ArticlePage(replace(STORY, content_html="")))
    assert f"<p>{STORY.summary}</p>" in page


def test_a_withdrawn_story_shows_the_day_and_none_of_its_words() -> None:
    assert "June 9, 2020" in made("withdrawn")
    assert "The newsroom took it back." in render.withdrawn(HOME, views.WithdrawnPage())
    assert STORY.title not in made("withdrawn")


# ---------------------------------------------------------------- the form


def test_the_form_has_exactly_the_agreed_fields() -> None:
    tree = parsed(made("subscribe"))
    assert set(values(tree, "//form//@name")) == {"email", "name", "lists", "categories", "frequency", "hp", "started"}
    assert values(tree, "//input[@name='lists']/@value") == ["alumni", "staff"]
    assert values(tree, "//input[@name='lists'][@checked]/@value") == ["alumni"]
    assert values(tree, "//input[@name='frequency']/@value") == ["", "daily", "weekly"]
    assert values(tree, "//input[@name='started']/@value") == ["t"]


def test_the_honeypot_is_out_of_the_way_of_people() -> None:
    trap = found(parsed(made("subscribe")), "//input[@name='hp']")[0]
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"
    assert trap.xpath("ancestor::*[@aria-hidden='true']")


def test_lists_say_how_often_they_come() -> None:
    assert "USST weekly: every Monday at 08:00 (China Time)" in text(made("subscribe"))
    assert "USST weekly：每星期一 08:00（中国时间）" in text(made("subscribe", "zh"))


def test_with_one_list_and_one_topic_there_is_nothing_to_choose() -> None:
    tree = parsed(render.subscribe(SUBSCRIBE, views.SubscribePage(replace(FORM, lists=(ALUMNI,), categories=(NEWS,)))))
    assert found(tree, "//input[@name='lists']")[0].get("type") == "hidden"
    assert found(tree, "//input[@name='frequency']")[0].get("type") == "hidden"
    assert not found(tree, "//input[@name='categories']")


def test_without_an_open_list_the_page_leads_to_the_feeds() -> None:
    page = render.subscribe(SUBSCRIBE, views.SubscribePage(JoinForm()))
    assert "<form" not in page
    assert f'href="{BELOW}/#follow"' in page


def test_faults_stand_beside_their_field_and_at_the_top() -> None:
    form = faulty(Fault.EMAIL_INVALID, Fault.LISTS_MISSING)
    tree = parsed(render.subscribe(SUBSCRIBE, views.SubscribePage(form)))
    summary = found(tree, "//*[@role='alert']")[0]
    assert "2 things to mend" in summary.text_content()
    assert values(summary, ".//a/@href") == ["#email", "#lists"]
    email = found(tree, "//input[@name='email']")[0]
    assert email.get("aria-invalid") == "true"
    assert email.get("value") == "lu.wen"
    assert "This is not a whole e-mail address." in found(tree, "//*[@id='email-fault']")[0].text_content()
    assert "Mend the form" in found(tree, "//title")[0].text_content()


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fault_is_said(fault: Fault, language: str) -> None:
    chrome = chrome_for(SITE, "/subscribe", language)
    tree = parsed(render.subscribe(chrome, views.SubscribePage(faulty(fault))))
    said = found(tree, "//*[@role='alert']//li")
    assert len(said) == 1
    assert len(said[0].text_content().strip()) > 5


# ---------------------------------------------------------------- links from mails


@pytest.mark.parametrize("name", ["confirm", "leave", "preferences"])
def test_what_changes_something_is_a_form_that_posts_to_the_same_path(name: str) -> None:
    path, _ = sample.ALL[name]
    forms = found(parsed(made(name)), "//form")
    assert forms
    assert all(form.get("method") == "post" and form.get("action") == BELOW + path for form in forms)


def test_the_answer_to_a_sign_up_is_the_same_whoever_asks() -> None:
    one, other = (
        render.check_mail(SUBSCRIBE, views.CheckMailPage(f"{name}@example.edu")) for name in ("known", "fresh")
    )
    assert one.replace("known", "fresh") == other


def test_preferences_are_filled_and_offer_a_break() -> None:
    tree = parsed(made("preferences"))
    assert values(tree, "//input[@name='lists'][@checked]/@value") == ["alumni"]
    assert values(tree, "//input[@name='categories'][@checked]/@value") == ["news"]
    assert values(tree, "//button[@name='action']/@value") == ["save", "pause", "leave"]
    assert not found(tree, "//input[@name='email']")
    assert sample.ADDRESS in text(made("preferences"))
    paused = parsed(made("preferences, paused"))
    assert values(paused, "//button[@name='action']/@value") == ["save", "resume", "leave"]


@pytest.mark.parametrize(
    ("done", "heading"), [(Done.SAVED, "Saved"), (Done.PAUSED, "Paused"), (Done.RESUMED, "Resumed")]
)
def test_saved_preferences_say_what_was_done(done: Done, heading: str) -> None:
    page = render.preferences_saved(HOME, views.PreferencesSavedPage("a@example.edu", done, (ALUMNI,)))
    assert found(parsed(page), "//h1")[0].text_content() == heading


def test_leaving_names_what_ends_and_what_stays() -> None:
    words = text(made("leave"))
    assert words.index("gets no more mail from") < words.index("Alumni") < words.index("These still come")
    assert words.index("These still come") < words.index("Staff")
    assert "You have already left" in made("left already")


def test_goodbye_offers_the_way_back_and_other_lists() -> None:
    page = made("goodbye")
    assert "You may like another list:" in page
    assert STAFF.list.title in page
    assert f'href="{BELOW}/preferences/token"' in page
    bare = render.goodbye(HOME, views.GoodbyePage("a@example.edu"))
    assert f'href="{BELOW}/subscribe"' in bare


# ---------------------------------------------------------------- issues and errors


def test_an_archive_lists_its_issues() -> None:
    tree = parsed(made("archive"))
    assert values(tree, "//ol[@class='issues']//a/@href") == [f"{BELOW}/archive/weekly/12"]
    assert "1 story" in text(made("archive"))
    assert "No issue has been sent yet." in render.archive(HOME, views.ArchivePage(WEEKLY, ()))


def test_an_issue_leads_to_its_neighbours() -> None:
    tree = parsed(made("issue"))
    turn = values(tree, "//nav[@class='turn']//a/@href")
    assert turn == [f"{BELOW}/archive/weekly/11", f"{BELOW}/archive/weekly/13"]
    gone = render.issue(HOME, views.IssuePage(WEEKLY, sample.ISSUE, ()))
    assert "Every story of this issue has been withdrawn." in gone


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 418, 429, 500, 503])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_error_has_its_own_words_and_one_next_step(status: int, language: str) -> None:
    page = render.error(chrome_for(SITE, "/x", language), views.ErrorPage(status))
    main = found(parsed(page), "//main")[0]
    assert str(status) in main.text_content()
    assert len(found(main, ".//a")) == 1


def test_an_error_says_when_to_come_back_and_what_to_quote() -> None:
    assert "Try again in 4 minutes." in text(render.error(HOME, views.ErrorPage(429, retry_after=181)))
    assert "Try again in 1 minute." in text(render.error(HOME, views.ErrorPage(503, retry_after=1)))
    assert "7f3a" in render.error(HOME, views.ErrorPage(500, reference="7f3a"))


def test_docs_mark_the_page_one_is_on() -> None:
    current = found(parsed(made("docs")), "//a[@aria-current='page']")
    assert [link.text_content() for link in current] == ["Guide"]


def test_the_site_may_speak_chinese_itself() -> None:
    site = SITE.model_copy(update={"language": "zh"})
    tree = parsed(render.home(chrome_for(site, "/"), views.HomePage((STORY,), (NEWS,), FORM)))
    assert tree.get("lang") == "zh-Hans"
    assert "language=" not in "".join(values(tree, "//main//@href"))
    assert "2020年6月6日" in tree.text_content()


def test_a_page_that_cannot_be_rendered_is_a_render_error() -> None:
    wrong = views.ArchivePage(WEEKLY, ("not an issue",))  # type: ignore[arg-type]  # (what is wrong is the point)
    with pytest.raises(RenderError, match=r"archive\.html"):
        render.archive(HOME, wrong)


def test_instants_are_shown_in_the_zone_of_the_site() -> None:
    late = replace(STORY, published_at=datetime(2020, 6, 6, 20, tzinfo=UTC), published_is_date=False)
    tree = parsed(render.article(HOME, views.ArticlePage(late)))
    shown = found(tree, "//article//time")[0]
    assert (shown.text_content(), shown.get("datetime")) == ("June 7, 2020", "2020-06-06T20:00:00Z")
