"""The language table: one ISO code of the user's becomes what each family of models wants.

Backed by `langcodes` (Unicode CLDR and the IANA registry), imported on first use.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from harness.errors import ConfigError, did_you_mean


@dataclass(frozen=True, slots=True)
class Language:
    """A language in the codes of the field."""

    code: str  # what the user wrote, normalised: "pl", "zh-Hant"
    iso1: str | None  # ISO 639-1: "pl"
    iso3: str  # ISO 639-3: "pol"
    script: str  # ISO 15924: "Latn"

    @property
    def name(self) -> str:
        """The English name: `"Polish"`; the table of names is read when one is asked for."""
        import langcodes

        return "Dari" if self.iso3 == "prs" else langcodes.Language.get(self.code).language_name("en")

    @property
    def flores(self) -> str:
        """The FLORES-200 code, for example `"pol_Latn"`."""
        return f"{self.iso3}_{'Hang' if self.script == 'Kore' else self.script}"

    @property
    def short(self) -> str:
        """ISO 639-1 where there is one, else 639-3."""
        return self.iso1 or self.iso3


# The macrolanguage codes of ISO 639-1 whose FLORES code names a member language.
_FLORES_MEMBER = {
    "ara": "arb", "fas": "pes", "lav": "lvs", "swa": "swh", "uzb": "uzn", "msa": "zsm", "mon": "khk",
    "aze": "azj", "nep": "npi", "ori": "ory", "sqi": "als", "yid": "ydd", "mlg": "plt", "pus": "pbt",
    "kur": "kmr", "nor": "nob", "orm": "gaz", "que": "quy", "aym": "ayr", "ful": "fuv", "kau": "knc",
    "din": "dik", "fil": "tgl", "cmn": "zho",
}  # fmt: skip

# ISO 639-1 codes of languages that CLDR prefers to call by a 639-3 code.
_SHORT = {"fil": "tl", "cmn": "zh"}


# Undetermined, multiple, uncoded, no linguistic content, artificial; and the range for private use.
_NO_LANGUAGE = re.compile("und|mul|mis|zxx|art|q[a-t][a-z]|x-.+")


@lru_cache(maxsize=512)
def language(code: str) -> Language:
    """The language of an ISO 639-1, 639-3 or BCP-47 code (`"pl"`, `"pol"`, `"sr-Cyrl"`, `"pol_Latn"`).

    Raises ConfigError with the nearest known name or code.
    """
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = langcodes.Language.get(code.replace("_", "-"))
        known = tag.is_valid() and tag.language is not None and not _NO_LANGUAGE.fullmatch(tag.language)
    except (LanguageTagError, ValueError):
        known = False
    if not known:
        raise ConfigError(f"no language with the code '{code}'.{_nearest(code)}")
    full = tag.maximize()
    iso3 = tag.to_alpha3()
    short = tag.language if tag.language and len(tag.language) == 2 else _SHORT.get(iso3)
    if re.split("[-_]", code)[0] == "prs":  # Dari, which CLDR folds into Persian and FLORES does not
        return Language("prs", None, "prs", "Arab")
    return Language(
        code=str(tag),
        iso1=short,
        iso3=_FLORES_MEMBER.get(iso3, iso3),
        script=full.script or "Latn",
    )


_COMMON = (
    "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he",
    "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk", "ms", "nb", "nl",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tr", "uk", "ur", "uz", "vi", "zh",
)  # fmt: skip


def _nearest(code: str) -> str:
    """What was meant by a country's code (`cz`), a name (`polish`) or a slip (`polsih`)."""
    import langcodes

    first, *rest = re.split("[-_]", code)
    if rest and len(first) in (2, 3) and langcodes.Language.make(language=first.lower()).is_valid():
        return (
            f" Did you mean '{first.lower()}'? '{'-'.join(rest)}' is not a script or region (zh-Hant, pt-BR)"
        )
    if len(code) == 2:
        country = langcodes.Language.make(territory=code.upper())
        meant = country.maximize().language
        if country.is_valid() and meant:
            return f" Did you mean '{meant}'? '{code}' is the code of a country, {country.territory_name()}"
    try:
        return f" Did you mean '{langcodes.find(code).language}'?"
    except (LookupError, UnicodeError):  # the table of names fails on some texts that are none
        names = {langcodes.Language.get(known).language_name("en").lower(): known for known in _COMMON}
        close = difflib.get_close_matches(code.lower(), names, n=1, cutoff=0.6)
        if close:
            return f" Did you mean '{names[close[0]]}'?"
        return did_you_mean(code, _COMMON) or " Give an ISO 639 or BCP-47 code, such as fr, pol or zh-Hant"
