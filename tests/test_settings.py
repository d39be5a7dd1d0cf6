"""Settings: where a value comes from, and what is said when one is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import SecretMissing, SettingsError
from feedsvc.settings import Settings, known_keys, load

KEY = "k" * 32


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the clone, whose own config/feedsvc.toml would be read."""
    monkeypatch.chdir(tmp_path)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(path: Path | None = None, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as seen:
        load(path, environ or {})
    return str(seen.value)


class TestWhereAValueComesFrom:
    def test_without_anything_the_defaults_hold(self) -> None:
        assert load(None, {}) == Settings()

    def test_the_file_is_over_the_defaults(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[site]\ntitle = "上理新闻"\n[mail]\nport = 2525\n')
        settings = load(path, {})
        assert (settings.site.title, settings.mail.port, settings.mail.host) == ("上理新闻", 2525, "127.0.0.1")

    def test_the_environment_is_over_the_file(self, tmp_path: Path) -> None:
        path = written(tmp_path, "[mail]\nport = 2525\n")
        assert load(path, {"FEEDSVC_MAIL__PORT": "587"}).mail.port == 587

    def test_a_named_file_is_over_the_environment_and_loses_its_line_end(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text(KEY + "\n")
        environ = {"FEEDSVC_SECURITY__SECRET_KEY": "another", "FEEDSVC_SECURITY__SECRET_KEY_FILE": str(secret)}
        assert load(None, environ).signing_keys() == (KEY.encode(),)

    def test_a_list_is_written_with_commas(self) -> None:
        settings = load(None, {"FEEDSVC_HTTP__TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.0/16,"})
        assert settings.http.trusted_proxies == ["10.0.0.0/8", "192.168.0.0/16"]

    def test_the_file_in_its_usual_place_needs_no_name(self, tmp_path: Path) -> None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "feedsvc.toml").write_text("[http]\nport = 9000\n")
        assert load(None, {}).http.port == 9000
        other = written(tmp_path, "[http]\nport = 9001\n")
        assert load(None, {"FEEDSVC_CONFIG": str(other)}).http.port == 9001
        last = tmp_path / "last.toml"
        last.write_text("[http]\nport = 9002\n")
        assert load(last, {"FEEDSVC_CONFIG": str(other)}).http.port == 9002

    def test_what_is_not_ours_in_the_environment_is_left_alone(self) -> None:
        assert load(None, {"PATH": "/bin", "FEEDSVC_TEST_REQUIRE": "1", "FEED": "x"}) == Settings()


class TestWhatIsRefused:
    @pytest.mark.parametrize("hub", ["hub.example.edu", "ftp://hub.example.edu/", "https://user@hub.example.edu/"])
    def test_a_hub_or_an_icon_that_is_no_web_address(self, hub: str) -> None:
        assert "is not an http or https address" in refusal(None, {"FEEDSVC_SITE__ICON": hub})
        assert "is not an http or https address" in refusal(None, {"FEEDSVC_FEEDS__HUBS": hub})
        assert load(None, {"FEEDSVC_FEEDS__HUBS": "https://hub.example.edu/?x=1"}).feeds.hubs == [
            "https://hub.example.edu/?x=1"
        ]

    def test_an_unknown_key_names_the_nearest_and_where_it_was_set(self, tmp_path: Path) -> None:
        said = refusal(written(tmp_path, "[mail]\nprot = 25\n"))
        assert "settings.toml: [mail] has no key 'prot'. Did you mean port?" in said
        assert refusal(None, {"FEEDSVC_MAIL__PROT": "25"}).startswith("FEEDSVC_MAIL__PROT: [mail] has no key 'prot'")

    def test_an_unknown_section_names_the_nearest_or_all(self, tmp_path: Path) -> None:
        assert "Did you mean [mail]?" in refusal(written(tmp_path, "[mial]\nport = 25\n"))
        said = refusal(written(tmp_path, "[zzz]\nport = 25\n"))
        assert "there is no section [zzz]. The sections are site, database," in said

    def test_a_key_outside_a_section_says_so(self, tmp_path: Path) -> None:
        assert "'port' stands outside a section" in refusal(written(tmp_path, "port = 25\n"))

    def test_a_wrong_value_names_file_and_key(self, tmp_path: Path) -> None:
        said = refusal(written(tmp_path, "[mail]\nport = 70000\n"))
        assert "settings.toml: [mail] port: " in said
        assert refusal(None, {"FEEDSVC_MAIL__PORT": "many"}).startswith("FEEDSVC_MAIL__PORT: [mail] port: ")

    @pytest.mark.parametrize("url", ["news.example.edu", "ftp://news.example.edu", "https://x.test/?a=1", "https://"])
    def test_a_base_address_must_be_one(self, url: str) -> None:
        assert "must be an http or https address" in refusal(None, {"FEEDSVC_SITE__BASE_URL": url})

    @pytest.mark.parametrize("zone", ["Shanghai", "Asia/Nowhere", "", "../etc/passwd"])
    def test_a_zone_must_be_known(self, zone: str) -> None:
        assert "must be an IANA time zone" in refusal(None, {"FEEDSVC_SITE__TIMEZONE": zone})

    def test_a_file_that_is_not_there_or_not_toml_says_so(self, tmp_path: Path) -> None:
        assert "does not exist. Name one with --config" in refusal(tmp_path / "none.toml")
        assert "cannot be read" in refusal(written(tmp_path, "[site\n"))
        assert "cannot be read" in refusal(None, {"FEEDSVC_MAIL__PASSWORD_FILE": str(tmp_path / "none")})

    def test_a_refusal_never_repeats_a_secret(self) -> None:
        said = refusal(None, {"FEEDSVC_SECURITY__SECRET_KEY": "swordfish", "FEEDSVC_MAIL__PORT": "x"})
        assert "swordfish" not in said


class TestKeys:
    def test_without_a_key_it_says_how_to_get_one(self) -> None:
        with pytest.raises(SecretMissing, match="feedsvc settings --new-key"):
            Settings().signing_keys()

    def test_a_short_key_is_refused(self) -> None:
        with pytest.raises(SettingsError, match="shorter than 32"):
            load(None, {"FEEDSVC_SECURITY__SECRET_KEY": "short"}).signing_keys()

    def test_the_newest_comes_first_and_old_ones_still_count(self) -> None:
        environ = {"FEEDSVC_SECURITY__SECRET_KEY": KEY, "FEEDSVC_SECURITY__OLD_SECRET_KEYS": "first,second"}
        assert load(None, environ).signing_keys() == (KEY.encode(), b"first", b"second")

    def test_a_secret_does_not_show_in_what_is_printed(self) -> None:
        settings = load(None, {"FEEDSVC_SECURITY__SECRET_KEY": KEY, "FEEDSVC_MAIL__PASSWORD": "swordfish"})
        assert KEY not in repr(settings)
        assert "swordfish" not in str(settings)


def test_a_base_address_loses_its_last_slash() -> None:
    assert load(None, {"FEEDSVC_SITE__BASE_URL": "https://x.test/news/"}).site.base_url == "https://x.test/news"


@pytest.mark.parametrize(
    "address",
    [
        *("https://news.example.edu", "http://127.0.0.1:8080", "http://[::1]:80/news", "https://新闻.example.edu/a/b"),
        *("https://x.test/.well-known", "http://localhost:65535"),
    ],
)
def test_a_base_address_stands_in_links_as_it_is_written(address: str) -> None:
    assert load(None, {"FEEDSVC_SITE__BASE_URL": address}).site.base_url == address


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "news.example.edu",
            "ftp://x.test",
            "https://",
            "https:///news",
            "https://x.test:99999",
            "https://x.test:a",
        ),
        *("https://user:secret@x.test", "https://x.test/?a=1", "https://x.test/#a", "https://x.test/a b"),
        *(
            "https://x.test/新闻",
            "https://x.test/a//b",
            "https://x.test/../b",
            "https://x.test/{slug}",
            "https://x.test\n",
        ),
    ],
)
def test_a_base_address_that_would_break_links_is_refused(address: str) -> None:
    assert "must be an http or https address" in refusal(environ={"FEEDSVC_SITE__BASE_URL": address})


@pytest.mark.parametrize("network", ["nginx", "10.0.0.1/8", "10.0.0", "*", "10.0.0.0/99", "fd00::/8/8"])
def test_a_network_that_is_none_is_refused(tmp_path: Path, network: str) -> None:
    path = written(tmp_path, f'[http]\ntrusted_proxies = ["10.0.0.0/8", "{network}"]\n')
    said = refusal(path)
    assert said.startswith(f"{path}: [http] trusted_proxies: '{network}' is not a network")
    assert "write it like 10.0.0.0/8" in said


def test_networks_and_single_addresses_of_both_families_are_taken(tmp_path: Path) -> None:
    path = written(tmp_path, '[http]\ntrusted_proxies = ["10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"]\n')
    assert load(path, {}).http.trusted_proxies == ["10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"]


def test_settings_cannot_be_changed_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="frozen"):
        monkeypatch.setattr(Settings().mail, "port", 1)


@given(st.sampled_from(known_keys()), st.text(max_size=20))
def test_whatever_the_environment_says_it_is_taken_or_refused_with_a_sentence(key: str, value: str) -> None:
    name = "FEEDSVC_" + key.replace(".", "__").upper()
    said = f"{name}: [{key.replace('.', '] ')}: ."
    try:
        load(None, {name: value})
    except SettingsError as error:
        said = str(error)
    assert said.startswith(f"{name}: [{key.replace('.', '] ')}: ")
    assert said.endswith(".")
