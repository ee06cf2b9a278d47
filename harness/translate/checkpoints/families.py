"""How each family of encoder-decoder models receives the language pair.

One function per family turns the two languages into a `Recipe`: what goes before the source, which source
language the tokenizer is set to, which token the target starts with. Whatever the family cannot do is
refused here, from its published list or from the checkpoint's own vocabulary, before a weight is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.common.langs import Language, language
from harness.common.shapes import read_json
from harness.errors import ConfigError, DataError, did_you_mean


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a tokenizer and `generate` must be given for one pair."""

    prefix: str = ""  # put before every source: ">>pol<< ", "<2pl> "
    source_code: str | None = None  # tokenizer.src_lang
    target_token: str | None = None  # forced as the first target token

    @property
    def identity(self) -> dict[str, Any]:
        return {"prefix": self.prefix, "source": self.source_code, "target": self.target_token}


@dataclass(frozen=True, slots=True)
class Family:
    """A family: its recipe, and the files without which its tokenizer cannot be built.

    `tokenizer_files`: every group needs one of its alternatives.
    """

    recipe: Callable[[str, Language, Language, Path | None], Recipe]
    tokenizer_files: tuple[tuple[str, ...], ...]


def unsupported(model: str, lang: Language, side: str, known: Iterable[str]) -> ConfigError:
    """The refusal of a language, with the nearest that the model does support."""
    return ConfigError(
        f"model '{model}' cannot translate {'from' if side == 'src' else 'into'} {lang.name} ({lang.code})."
        f" Nearest it supports: {', '.join(nearest(lang, known)) or 'none'}."
        f" See which models can: python -m harness list models --pair SRC-TGT"
    )


def nearest(lang: Language, known: Iterable[str], n: int = 5) -> list[str]:
    """Up to `n` of the known codes, those closest to `lang` by CLDR language distance first."""
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    def distance(code: str) -> tuple[int, str]:
        try:
            tag = code.replace("_", "-").removesuffix("-XX")
            return langcodes.tag_distance(lang.code, tag), code
        except (ValueError, LanguageTagError):
            return 1000, code

    return sorted(known, key=distance)[:n]


def marian(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """OPUS-MT: bilingual needs nothing; a vocabulary with `>>xxx<<` tokens needs the target's."""
    if folder is None:
        return Recipe()
    _same_pair(model, src, tgt, folder)
    codes = _vocabulary_codes(folder / "vocab.json") or [
        token[2:-2]
        for token in converted_vocabulary(folder)
        if token.startswith(">>") and token.endswith("<<")
    ]
    if not codes:
        return Recipe()
    for candidate in (tgt.code, tgt.iso3, tgt.flores, tgt.iso1, *_FLEXIBLE.get(tgt.iso3, ())):
        if candidate in codes:
            return Recipe(prefix=f">>{candidate}<< ")
    raise unsupported(model, tgt, "tgt", codes)


_FLEXIBLE = {"zho": ("cmn_Hans", "cmn"), "hbs": ("srp_Cyrl",), "zsm": ("zsm_Latn", "msa")}


def _vocabulary_codes(path: Path) -> tuple[str, ...]:
    """The language codes among a Marian vocabulary's tokens: `>>pol<<` gives `"pol"`."""
    return tuple(_marian_codes(str(path), path.stat().st_mtime_ns)) if path.exists() else ()


@lru_cache(maxsize=8)
def _marian_codes(path: str, _stamp: int) -> Sequence[str]:
    tokens = read_json(path, {str: object})
    return _codes_among(tokens)


def _codes_among(tokens: Iterable[str]) -> list[str]:
    return [token[2:-2] for token in tokens if token.startswith(">>") and token.endswith("<<")]


def converted_vocabulary(folder: Path) -> list[str]:
    """The source tokens of a model converted for CTranslate2; none where no file lists them."""
    for name in ("shared_vocabulary", "source_vocabulary"):
        if (folder / f"{name}.json").is_file():
            return list(read_json(folder / f"{name}.json", [str]))
        if (folder / f"{name}.txt").is_file():
            return (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return []


def _same_pair(model: str, src: Language, tgt: Language, folder: Path) -> None:
    """Refuse a bilingual checkpoint of another pair, where its tokenizer config names one."""
    path = folder / "tokenizer_config.json"
    config = read_json(path, {str: object}) if path.exists() else {}
    for side, wanted in (("source_lang", src), ("target_lang", tgt)):
        named = config.get(side)
        if not isinstance(named, str) or "+" in named or "_" in named:
            continue
        try:
            found = language(named)
        except ConfigError:
            continue
        if found.iso1 is None:  # a group such as "sla" or "roa", or too rare a language to judge by
            continue
        if found.iso3 != wanted.iso3 and wanted.name != found.name:
            raise unsupported(model, wanted, "src" if side == "source_lang" else "tgt", [named])


def nllb(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """NLLB-200: FLORES-200 codes on both sides."""
    from harness.translate.checkpoints.supported import NLLB

    for side, lang in (("src", src), ("tgt", tgt)):
        if lang.flores not in NLLB:
            raise unsupported(model, lang, side, NLLB)
    return Recipe(source_code=src.flores, target_token=tgt.flores)


def m2m100(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """M2M100: short codes, the target's as `__pl__`."""
    from harness.translate.checkpoints.supported import M2M100

    codes = [_of(M2M100, model, lang, side) for side, lang in (("src", src), ("tgt", tgt))]
    return Recipe(source_code=codes[0], target_token=f"__{codes[1]}__")


def mbart50(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """mBART-50: codes such as `pl_PL`."""
    from harness.translate.checkpoints.supported import MBART50

    by_language = {code.split("_")[0]: code for code in MBART50}
    codes = [by_language[_of(by_language, model, lang, side)] for side, lang in (("src", src), ("tgt", tgt))]
    return Recipe(source_code=codes[0], target_token=codes[1])


def madlad(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """MADLAD-400: `<2pl> ` before the source; the source language is not given."""
    from harness.translate.checkpoints.supported import MADLAD

    return Recipe(prefix=f"<2{_of(MADLAD, model, tgt, 'tgt')}> ")


def argos(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """A package of Argos Translate: made for the pair in its metadata.json, which may name a target token."""
    if folder is None:
        return Recipe()
    if not (folder / "metadata.json").is_file():
        raise DataError(f"model.path={folder}: no metadata.json, which a package of Argos Translate has")
    metadata = read_json(folder / "metadata.json", {str: object})
    for side, wanted in (("from", src), ("to", tgt)):
        named = metadata.get(f"{side}_code")
        if isinstance(named, str) and language(named).iso3 != wanted.iso3:
            raise unsupported(model, wanted, "src" if side == "from" else "tgt", [named])
    return Recipe(target_token=str(metadata.get("target_prefix") or "") or None)


def plain(model: str, src: Language, tgt: Language, folder: Path | None) -> Recipe:
    """Any other encoder-decoder checkpoint: made for its pair, given nothing."""
    return Recipe()


def _of(known: Iterable[str], model: str, lang: Language, side: str) -> str:
    codes = set(known)
    for candidate in (lang.code, lang.short, lang.iso3, *_OTHER_CODES.get(lang.short, ())):
        if candidate in codes:
            return str(candidate)
    raise unsupported(model, lang, side, codes)


# Old or variant codes that some families use for the same language.
_OTHER_CODES = {
    "nb": ("no",), "no": ("nb",), "he": ("iw",), "fil": ("tl",), "tl": ("fil",), "nso": ("ns",),
    "id": ("in",), "zh": ("zh_Hans",), "jv": ("jw",),
}  # fmt: skip

FAMILIES: Mapping[str, Family] = {
    "marian": Family(marian, (("vocab.json",), ("source.spm",), ("target.spm",))),
    "nllb": Family(nllb, (("sentencepiece.bpe.model", "tokenizer.json"),)),
    "m2m100": Family(m2m100, (("vocab.json",), ("sentencepiece.bpe.model",))),
    "mbart50": Family(mbart50, (("sentencepiece.bpe.model", "tokenizer.json"),)),
    "madlad": Family(madlad, (("spiece.model", "tokenizer.json"),)),
    "argos": Family(argos, ()),
    "seq2seq": Family(plain, (("tokenizer.json", "spiece.model", "sentencepiece.bpe.model", "vocab.json"),)),
}


def family(model: Mapping[str, Any]) -> Family:
    """The family that the model's YAML names; ConfigError with the nearest known name."""
    name = str(model.get("family") or "seq2seq")
    if name not in FAMILIES and model.get("path"):
        raise ConfigError(
            f"model.path: model '{model.get('name')}' is no checkpoint; name the model that is in the folder:"
            f" model=opus-mt model.path={model['path']} (which there are: python -m harness list models)"
        )
    if name not in FAMILIES:
        raise ConfigError(
            f"model '{model.get('name')}': no family named '{name}'.{did_you_mean(name, FAMILIES)}"
            f" Available: {', '.join(FAMILIES)}"
        )
    return FAMILIES[name]


def check_listed(model: Mapping[str, Any], src: Language, tgt: Language) -> None:
    """Refuse a pair outside the YAML's own `pairs: [fr-pl]` or `languages: {src: […], tgt: […]}`.

    Both hold codes of any standard that `language` knows. Raises ConfigError.
    """
    if model.get("pairs") and (src, tgt) not in map(_languages, model["pairs"]):
        raise ConfigError(
            f"model '{model.get('name')}' translates only {', '.join(model['pairs'])}, not"
            f" {src.code}-{tgt.code}. See which models can: python -m harness list models --pair SRC-TGT"
        )
    listed = model.get("languages") or {}
    for side, lang in (("src", src), ("tgt", tgt)):
        codes = listed.get(side)
        if codes and not {lang.code, lang.short, lang.iso3} & set(codes):
            raise unsupported(str(model.get("name")), lang, side, codes)


def _languages(pair: str) -> tuple[Language, Language]:
    src, dash, tgt = pair.partition("-")
    if not dash:
        raise ConfigError(f"model.pairs: '{pair}' is not a pair; write two codes, for example fr-pl")
    return language(src), language(tgt)
