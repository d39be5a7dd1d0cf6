"""The tour in this process: every step happens, and a step that does not is told in a sentence."""

import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession

from feedsvc.demo.tour import READER, Tour, touring
from feedsvc.errors import DemoFailed, PortInUse


class Said:
    """What the tour told of its progress."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.done: dict[str, str] = {}

    def __call__(self, title: str, said: str | None) -> None:
        if said is None:
            self.began.append(title)
        else:
            self.done[title] = said


async def test_every_step_happens_and_its_addresses_lead_somewhere() -> None:
    said = Said()
    async with touring(0, None, said) as tour:
        places = await tour.round()
        assert said.began == list(said.done) == [step.title for step in places.steps]
        assert list(said.done.values()) == [step.said for step in places.steps]
        assert said.done["Read the university's pages"] == "12 stories from 4 sources"
        assert said.done["The university publishes; read again"] == "6 new stories, 1 correction"
        assert said.done["Confirm by the link in the mail"] == f"{READER} reads alumni"
        assert len(places.steps) == 8
        async with ClientSession() as session:
            for address in (places.pages, places.mailbox, places.site, places.digest_mail, places.preferences):
                async with session.get(address) as answer:
                    assert answer.status == 200, address
        folder = places.folder
        assert folder.exists()
    assert not folder.exists()


async def test_tours_in_one_folder_each_have_their_own(tmp_path: Path) -> None:
    for number in (1, 2):
        async with touring(0, tmp_path, Said()) as tour:
            assert tour.places.folder == tmp_path / f"tour-{number}"
        assert (tmp_path / f"tour-{number}" / "feedsvc.db").exists()
        assert (tmp_path / f"tour-{number}" / "secret.key").stat().st_mode & 0o077 == 0


async def _fails(tour: Tour, said: Said, step: str) -> str:
    with pytest.raises(DemoFailed) as caught:
        await tour.round()
    assert said.began[-1] == step
    assert step not in said.done
    return str(caught.value)


async def test_without_a_mail_server_the_sign_up_fails() -> None:
    said = Said()
    async with touring(0, None, said) as tour:
        await tour.mailbox.close()
        assert (await _fails(tour, said, "Sign up a reader")).startswith("Mail could not be sent: ")


async def test_without_the_university_the_first_poll_fails() -> None:
    said = Said()
    async with touring(0, None, said) as tour:
        tour.site.away = True
        told = await _fails(tour, said, "Read the university's pages")
        assert told.startswith("The source usst-news could not be read: ")
        assert told.endswith(".")


async def test_without_the_pages_the_feeds_fail() -> None:
    said = Said()
    async with touring(0, None, said) as tour:
        tour.places.pages = "http://127.0.0.1:9"
        assert "Open the feeds: the service did not answer" in await _fails(tour, said, "Open the feeds")


async def test_a_port_in_use_is_told_before_anything_is_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        tour = touring(taken.getsockname()[1], None, Said())
        with pytest.raises(PortInUse, match=r"`feedsvc demo --port 0` takes a free one\."):
            await tour.__aenter__()
