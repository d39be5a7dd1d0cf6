"""`settings`, and what every command says of settings that are wrong."""

import pytest

from feedsvc import settings
from feedsvc.cli import exits
from tests.cli.desk import KEY, Desk


def test_every_setting_is_shown_and_no_secret(blank: Desk) -> None:
    blank.set(MAIL__PASSWORD="hunter2", SECURITY__OLD_SECRET_KEYS="first-old,second-old")
    told = blank.ok("settings").out
    shown = blank.ok("settings", "--json").json
    assert [f"{section}.{key}" for section, keys in shown.items() for key in keys] == settings.known_keys()
    for secret in (KEY, "hunter2", "first-old", "second-old"):
        assert secret not in told + str(shown)
    assert 'secret_key = "(set)"' in told
    assert shown["security"]["old_secret_keys"] == ["(set)", "(set)"]
    assert shown["site"]["timezone"] == "Asia/Shanghai"


def test_the_database_s_password_is_hidden_and_its_place_is_not(blank: Desk) -> None:
    blank.set(DATABASE__URL="postgresql://feedsvc:hunter2@db.example.edu/news")
    assert blank.ok("settings", "--json").json["database"]["url"] == "postgresql://feedsvc:***@db.example.edu/news"
    blank.set(DATABASE__URL="sqlite:///some/place/news.db")
    assert blank.ok("settings", "--json").json["database"]["url"] == "sqlite:///some/place/news.db"


def test_a_new_key_is_one_that_the_service_takes_and_never_the_same(blank: Desk) -> None:
    keys = {blank.ok("settings", "--new-key").out.strip() for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 32 for key in keys)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SITE__TITEL", "x", "FEEDSVC_SITE__TITEL: [site] has no key 'titel'. Did you mean title?"),
        ("SIT__TITLE", "x", "FEEDSVC_SIT__TITLE: there is no section [sit]. Did you mean [site]?"),
        ("HTTP__PORT", "many", "FEEDSVC_HTTP__PORT: [http] port: "),
        ("CONFIG", "nope.toml", "The settings file nope.toml does not exist."),
        ("DATABASE__URL", "odd", "[database] url is not an address such as sqlite:///data/feedsvc.db"),
        ("DATABASE__URL", "mysql://host/news", "[database] url starts with 'mysql': use sqlite:/// or postgresql://."),
    ],
)
@pytest.mark.parametrize("words", [["serve"], ["source", "list"]], ids=" ".join)
def test_a_wrong_setting_is_one_sentence(blank: Desk, words: list[str], name: str, value: str, told: str) -> None:
    blank.set(**{name: value})
    said = blank.run(*words)
    assert said.code == exits.CONFIG
    assert said.sentence.startswith(told)


def test_config_names_the_file(blank: Desk) -> None:
    blank.write("mine.toml", '[site]\ntitle = "Mine"\n')
    blank.write("bad.toml", '[site]\ntitel = "Mine"\n')
    assert blank.ok("--config", "mine.toml", "settings", "--json").json["site"]["title"] == "Mine"
    said = blank.run("--config", "bad.toml", "settings")
    assert (said.code, said.sentence) == (exits.CONFIG, "bad.toml: [site] has no key 'titel'. Did you mean title?")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "No secret key is set. Run `feedsvc settings --new-key`"),
        ("short", "[security] secret_key is shorter than"),
    ],
)
def test_serve_wants_a_secret_key(blank: Desk, key: str, told: str) -> None:
    blank.set(SECURITY__SECRET_KEY=key)
    said = blank.run("serve")
    assert said.code == exits.CONFIG
    assert said.sentence.startswith(told)
    assert not (blank.folder / "data").exists()
