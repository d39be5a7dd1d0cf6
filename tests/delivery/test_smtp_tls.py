"""The mailer's way in: TLS that is never dropped, login, names."""

import pytest

from feedsvc.delivery.reply import Stage
from feedsvc.delivery.smtp import Mailer
from feedsvc.errors import SettingsError
from feedsvc.settings import Settings
from tests.delivery.mailers import DATA, READER, send_one, settings_for
from tests.fakes.smtp import Relay, serve_relay, server_tls


async def test_starttls_is_taken(relay: Relay) -> None:
    relay.tls = server_tls()
    assert (await send_one(relay, tls="starttls")).code == 250
    assert relay.messages[0].over_tls
    assert [command.split()[0] for command in relay.commands[:3]] == ["EHLO", "STARTTLS", "EHLO"]


async def test_tls_from_the_first_byte() -> None:
    async with serve_relay(implicit_tls=True) as relay:
        assert (await send_one(relay, tls="tls")).code == 250
    assert relay.messages[0].over_tls


async def test_tls_that_is_asked_for_is_never_dropped(relay: Relay) -> None:
    reply = await send_one(relay, tls="starttls")
    assert (reply.stage, reply.code) == (Stage.TLS, None)
    assert not any(command.startswith(("MAIL", "AUTH")) for command in relay.commands)
    assert (await send_one(relay, tls="tls")).stage is Stage.CONNECT


async def test_a_relay_that_refuses_tls_gets_no_mail(relay: Relay) -> None:
    relay.tls = server_tls()
    relay.say("starttls", "454 4.7.0 Not now")
    reply = await send_one(relay, tls="starttls", username="u", password="p")
    assert (reply.stage, reply.code) == (Stage.TLS, 454)
    assert not any(command.startswith(("MAIL", "AUTH")) for command in relay.commands)


async def test_an_unknown_certificate_is_refused_unless_told_otherwise(relay: Relay) -> None:
    relay.tls = server_tls()
    strict = Mailer(settings_for(relay.port, tls="starttls"))
    assert (await strict.send("news@example.edu", READER, DATA)).stage is Stage.TLS
    lenient = Mailer(settings_for(relay.port, tls="starttls", verify=False))
    assert (await lenient.send("news@example.edu", READER, DATA)).code == 250
    await lenient.close()


async def test_it_logs_in_where_a_name_is_set(relay: Relay) -> None:
    relay.extensions.append("AUTH PLAIN")
    assert (await send_one(relay, username="news", password="secret")).code == 250
    assert any(command.startswith("AUTH PLAIN ") for command in relay.commands)


@pytest.mark.parametrize(("answer", "code"), [("535 5.7.8 Wrong", 535), ("454 4.7.0 Later", 454)])
async def test_a_login_that_fails_is_known_as_such(relay: Relay, answer: str, code: int) -> None:
    relay.extensions.append("AUTH PLAIN")
    relay.say("auth", answer)
    reply = await send_one(relay, username="news", password="secret")
    assert (reply.stage, reply.code, reply.text) == (Stage.AUTH, code, answer)


async def test_a_relay_without_login_is_told_nothing(relay: Relay) -> None:
    reply = await send_one(relay, username="news", password="secret")
    assert (reply.stage, reply.code) == (Stage.AUTH, None)


async def test_an_old_relay_that_knows_only_helo_will_do(relay: Relay) -> None:
    relay.say("ehlo", "502 What")
    assert (await send_one(relay)).code == 250


@pytest.mark.parametrize("host", ["relay.example.edu", "192.0.2.1", "::ffff:192.0.2.1", "localhost.example.edu"])
def test_mail_in_the_clear_to_another_machine_must_be_said_out_loud(host: str) -> None:
    with pytest.raises(SettingsError, match="allow_plain"):
        Mailer(settings_for(25, host=host))
    Mailer(settings_for(25, host=host, allow_plain=True))
    Mailer(settings_for(25, host=host, tls="starttls"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "LOCALHOST.", "127.8.0.1"])
def test_mail_in_the_clear_on_this_machine_is_fine(host: str) -> None:
    Mailer(settings_for(25, host=host))


@pytest.mark.parametrize(
    ("base_url", "name"),
    [("http://192.0.2.1:8080", "[192.0.2.1]"), ("http://[2001:db8::1]/x", "[IPv6:2001:db8::1]")],
)
async def test_an_address_introduces_itself_as_a_literal(relay: Relay, base_url: str, name: str) -> None:
    settings = settings_for(relay.port).model_copy(
        update={"site": Settings.model_validate({"site": {"base_url": base_url}}).site}
    )
    mailer = Mailer(settings)
    await mailer.send("news@example.edu", READER, DATA)
    await mailer.close()
    assert f"EHLO {name}" in relay.commands
