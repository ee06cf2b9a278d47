"""Is this a word? Word lists of about fifty languages (simplemma), read on the first question only."""

from __future__ import annotations

from functools import lru_cache

from harness.common.letters import LETTERS
from harness.text.codes import primary


def letters(lang: str) -> str:
    """The non-ASCII letters of a language, empty where none are listed."""
    return LETTERS.get(_code(lang), "")


def covered(lang: str) -> bool:
    """Whether there is a word list for the language."""
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return _code(lang) in SUPPORTED_LANGUAGES


@lru_cache(maxsize=1 << 17)
def known(word: str, lang: str) -> bool:
    """Whether the word is in the list of the language; False where there is no list."""
    import simplemma

    # The compact form of the lists: 75 MB and 2 s for Polish (3.7 million forms) against 1.2 GB and 8 s.
    return covered(lang) and bool(simplemma.is_known(word, _code(lang), low_memory=True))


@lru_cache(maxsize=1 << 15)
def no_name(word: str, lang: str) -> bool:
    """Whether a word with a capital is never a name: its lemma has a small letter. Only where the list of the
    language has surnames (Polish); False elsewhere.
    """
    import simplemma

    return _code(lang) == "pl" and simplemma.lemmatize(word, "pl", low_memory=True)[:1].islower()


# Endings of the genitive plural, which is what was counted.
_COUNTED = {"pl": ("u", "ów"), "cs": ("ů",), "sk": ("ov",)}
_INSTRUMENTAL = ("ом", "ем", "ём", "ами", "ями")


@lru_cache(maxsize=1 << 12)
def is_counted(word: str, lang: str) -> bool:
    """Whether a word can only be what was counted: a Polish genitive in -u and -ów (`12 proc. Produktu`), a
    Czech one in -ů, a Slovak one in -ov.
    """
    import simplemma

    code = _code(lang)
    if len(word) < 5 or not word.endswith(_COUNTED.get(code, ())) or word.endswith(("emu", "omu")):
        return False
    if code != "pl":
        return True
    lemma = simplemma.lemmatize(word, "pl", low_memory=True).lower()
    return lemma != word.lower() and not lemma.endswith(("ć", *"aeiouyąęó"))


@lru_cache(maxsize=1 << 12)
def is_not_counted(word: str, lang: str) -> bool:
    """Whether a word with a capital behind a number is none of what was counted, as `Stadion` in `40 tys.
    Stadion` and unlike `Rosjan`: it is no name, or no genitive. Only in Polish; False elsewhere.
    """
    import simplemma

    if _code(lang) != "pl" or is_counted(word, lang):
        return False
    return no_name(word, lang) or simplemma.lemmatize(word, "pl", low_memory=True).lower() == word.lower()


@lru_cache(maxsize=1 << 12)
def is_agent(word: str, lang: str) -> bool:
    """Whether a word with a capital is a name in the instrumental, by whom something was done: `основан в 753
    г. до н. э. Ромулом`. In Russian, whose word list has no names that it cannot derive.
    """
    import simplemma

    if _code(lang) != "ru" or len(word) < 5 or not word.endswith(_INSTRUMENTAL):
        return False
    return not known(word, lang) or simplemma.lemmatize(word, "ru", low_memory=True)[:1].isupper()


def _code(lang: str) -> str:
    code = primary(lang)
    return {"no": "nb", "sr": "hbs", "hr": "hbs", "bs": "hbs"}.get(code, code)
