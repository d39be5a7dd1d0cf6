"""The words of pages and mails in each language.

Message ids are the English words themselves. Other languages stand in `locale/<language>/LC_MESSAGES/feedsvc.po`,
which is read as it is: there is no compiled file to forget.
"""

import gettext
from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "zh")
"""The languages that pages and mails can speak, the language of the message ids first."""

Translations = gettext.NullTranslations
"""What `words` returns: `gettext(text)` and `ngettext(one, many, number)`."""


@cache
def words(language: str) -> Translations:
    """The words of `language` (a BCP 47 tag; only its first part counts). One without a catalogue speaks English.

    A message that the catalogue lacks comes back in English. Read once and kept.
    """
    primary = language.replace("_", "-").split("-")[0].lower()
    if primary not in LANGUAGES[1:]:
        return gettext.NullTranslations()
    catalogue = resources.files("feedsvc.text") / "locale" / primary / "LC_MESSAGES" / "feedsvc.po"
    compiled = BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source, locale=primary))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
