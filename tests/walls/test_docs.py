"""The documentation says what is there and nothing else: settings, commands, addresses, errors, links, examples."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from feedsvc import errors, settings
from feedsvc.cli.exits import EXITS
from feedsvc.web.problems import PROBLEMS, STATUS_TITLES
from feedsvc.web.routes import ROUTES
from tests.walls import ROOT, reference

PAGES = sorted(reference.DOCS.glob("**/*.md"))
READ_BY_PEOPLE = [*PAGES, ROOT / "README.md", ROOT / "config" / "newsroom.example.toml"]
COMMANDS = list(reference.commands())
WORD = r"[a-z][a-z-]*"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def known_errors() -> list[type[errors.FeedsvcError]]:
    return [cls for cls in errors.all_errors() if cls.__module__ == errors.__name__]


@pytest.mark.parametrize("path", reference.pages(), ids=name_of)
def test_what_is_written_from_the_code_is_up_to_date(path: Path) -> None:
    assert path.is_file(), f"{name_of(path)} is missing: run `poe docs`"
    assert path.read_text("utf-8") == reference.pages()[path], f"{name_of(path)} is out of date: run `poe docs`"


class TestSettings:
    def test_every_setting_is_on_the_page_and_no_other(self) -> None:
        page = (reference.DOCS / "settings.md").read_text("utf-8")
        found, section = [], ""
        for line in page.splitlines():
            if heading := re.fullmatch(r"## \[(\w+)\]", line):
                section = heading[1]
            elif row := re.match(r"\| `(\w+)` \|", line):
                found.append(f"{section}.{row[1]}")
        assert found == settings.known_keys()

    def test_the_file_holds_every_setting_with_its_default(self) -> None:
        path = ROOT / "config" / "feedsvc.toml"
        values = tomllib.loads(path.read_text("utf-8"))
        assert [f"{section}.{key}" for section, keys in values.items() for key in keys] == settings.known_keys()
        assert settings.load(path, {}) == settings.Settings()

    def test_every_setting_has_a_sentence(self) -> None:
        for name, section in reference.sections():
            assert reference.summary(section).endswith("."), name
            for key, field in section.model_fields.items():
                assert (field.description or "").endswith("."), f"{name}.{key}"

    def test_every_setting_is_obeyed_somewhere(self) -> None:
        code = "\n".join(path.read_text("utf-8") for path in ROOT.glob("feedsvc/**/*.py") if path.name != "settings.py")
        idle = [key for key in settings.known_keys() if not re.search(rf"\.{key.split('.')[1]}\b", code)]
        for key in ("security.secret_key", "security.old_secret_keys"):  # read by Settings.signing_keys
            idle.remove(key)
        assert not idle, "settings that change nothing"


class TestCommands:
    @pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
    def test_help_says_what_it_does_and_shows_an_example_of_it(self, path: str, command: object) -> None:
        told = inspect.cleandoc(getattr(command, "help", None) or "")
        sentence, _, example = told.partition("Example:")
        assert sentence.strip().endswith("."), f"{path}: the help is not a sentence"
        assert example.strip().startswith(path), f"{path}: no example of it in its help"

    def test_every_option_says_what_it_does(self) -> None:
        silent = [
            f"{path} {parameter.opts[0]}"
            for path, command in COMMANDS
            for parameter in command.params
            if parameter.param_type_name == "option" and not parameter.help
        ]
        assert not silent

    @pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=name_of)
    def test_no_page_names_a_command_that_does_not_exist(self, path: Path) -> None:
        known = {name for name, _ in COMMANDS}
        nouns = {" ".join(name.split()[:2]) for name in known}
        text = re.sub(r"\s+", " ", path.read_text("utf-8"))
        for said in re.findall(rf"(?:`|\$ |bin/)(feedsvc {WORD}(?: {WORD})?)", text):
            one = " ".join(said.split()[:2])
            assert said in known or one in known or (said in nouns and said == one), f"{name_of(path)} names `{said}`"


class TestAddresses:
    def test_every_route_is_on_the_page_and_no_other(self) -> None:
        page = (reference.DOCS / "addresses.md").read_text("utf-8")
        assert re.findall(r"^\| (\w+) \| `(\S+)` \|", page, re.MULTILINE) == [
            (route.method, reference.shown_path(route.path)) for route in ROUTES
        ]

    def test_every_route_says_what_it_answers(self) -> None:
        for route in ROUTES:
            assert reference.summary(route.handler).endswith("."), route.path

    def test_names_and_addresses_are_unique(self) -> None:
        assert len({route.name for route in ROUTES}) == len(ROUTES)
        assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


class TestErrors:
    def test_both_tables_are_total_and_hold_nothing_else(self) -> None:
        assert set(EXITS) == set(known_errors())
        assert set(PROBLEMS) == set(known_errors())

    def test_every_code_is_on_the_page_with_its_exit_code_and_status(self) -> None:
        page = (reference.DOCS / "errors.md").read_text("utf-8")
        found = re.findall(r"^## `(\w+)`\n\nExit code (\d+), HTTP (\d+)\. \w", page, re.MULTILINE)
        assert found == [(cls.code, str(EXITS[cls]), str(PROBLEMS[cls].status)) for cls in known_errors()]
        assert page.count("\n## ") == len(found) + 1

    def test_the_code_of_an_answer_without_an_error_is_explained_last_with_each_of_its_statuses(self) -> None:
        page = (reference.DOCS / "errors.md").read_text("utf-8")
        told = page.rpartition("\n## ")[2]
        assert told.startswith("Answers without an error class\n\n### `http`\n\n")
        assert "about:blank" in told
        assert "http" not in {cls.code for cls in known_errors()}
        assert [int(status) for status in re.findall(r"^\| (\d+) \| \w", told, re.MULTILINE)] == sorted(STATUS_TITLES)

    def test_codes_are_unique(self) -> None:
        codes = [cls.code for cls in known_errors()]
        assert len(set(codes)) == len(codes)

    def test_the_tree_at_the_top_of_the_module_is_the_tree(self) -> None:
        drawn = re.findall(r"[├└]── (\w+) +(\w+) ", errors.__doc__ or "")
        assert drawn == [(cls.__name__, cls.code) for cls in known_errors()[1:]]


class TestLinks:
    @pytest.mark.parametrize("path", PAGES, ids=name_of)
    def test_links_between_pages_lead_somewhere(self, path: Path) -> None:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).is_file(), f"{name_of(path)} links to {target}"

    @pytest.mark.parametrize("path", PAGES, ids=name_of)
    def test_a_page_has_one_title_and_lines_that_end(self, path: Path) -> None:
        text = path.read_text("utf-8")
        assert text.startswith("# ")
        assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)) == 1
        assert text.endswith("\n")

    def test_decisions_are_numbered_without_gaps_and_short(self) -> None:
        paths = sorted((reference.DOCS / "decisions").glob("*.md"))
        assert [path.name[:4] for path in paths] == [f"{number:04}" for number in range(1, len(paths) + 1)]
        for path in paths:
            assert len(path.read_text("utf-8").splitlines()) <= 16, path.name
