"""NTREX-128: the news of WMT19 with human translations into 128 languages and document boundaries.

Federmann, Kocmi and Xin 2022, https://aclanthology.org/2022.sumeval-1.4. It is a test set: never train on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.common.langs import language
from harness.common.paths import is_dir, is_file, user_path
from harness.data.loaders.bitext import read_parallel
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.errors import DataError, did_you_mean
from harness.protocols import Context
from harness.types import Input

PUBLISHED = "https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/main"
_ORIGIN = {
    "licence": "CC BY-SA 4.0",
    "url": "https://github.com/MicrosoftTranslator/NTREX",
    "citation": "Federmann et al. 2022, NTREX-128, https://aclanthology.org/2022.sumeval-1.4",
}
# The codes of the files, as LANGUAGES.tsv of the publication lists them, and the English source.
_CODES = frozenset(
    """
eng afr amh arb aze-Latn bak bel bem ben bod bos bul cat ces ckb-Arab cym dan deu div dzo ell eng-GB eng-IN
eng-US est eus ewe fao fas fij fil fin fra fra-CA fuc gle glg guj hau heb hin hmn hrv hun hye ibo ind isl ita
jpn kan kat kaz khm kin kir kmr kor lao lav lit ltz mal mar mey mkd mlg mlt mon mri msa mya nde nep nld nno
nob nso nya orm pan pol por por-BR prs pus ron rus shi sin slk slv smo sna-Latn snd-Arab som spa spa-MX sqi
srp-Cyrl srp-Latn ssw swa swe tah tam tat tel tgk-Cyrl tha tir ton tsn tuk tur uig ukr urd uzb ven vie wol xho
yor yue zho-CN zho-TW zul
    """.split()  # noqa: SIM905 (128 quoted names would fill the page)
)
_SPECIAL = {"zho-Hans": "zho-CN", "zho-Hant": "zho-TW", "tgl": "fil", "nor": "nob", "ara": "arb"}


class Ntrex(ParallelSet):
    """Any pair of the languages of NTREX-128, lines with the id of their document.

    `path` is a folder with the published files; without it they are downloaded once from `base`, which is
    laid out as the published repository: `NTREX-128/newstest2019-ref.<code>.txt` and `DOCUMENT_IDS.tsv`.
    """

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return [] if options.get("path") else ["downloads NTREX-128, unless it is there already"]

    def __init__(self, path: str | None = None, base: str = PUBLISHED) -> None:
        self.path = path
        self.base = base.rstrip("/")

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(self._where(file_name(code)), (code,)) for code in (src, tgt)]
        docs = TextFile(self._where("DOCUMENT_IDS.tsv"))

        def inputs() -> tuple[Input, ...]:
            return text_inputs([*files, docs], _ORIGIN)

        return Reading("ntrex", read_parallel(files, docs), inputs)

    def _where(self, name: str) -> str:
        folder = "" if name.startswith("DOCUMENT") else "NTREX-128/"
        if self.path is None:
            return f"{self.base}/{folder}{name}"
        root = user_path(self.path)
        if not is_dir(root):
            raise DataError(f"{root}: no such folder; data.path names the folder of NTREX, or leave it out")
        places = [root / name, root / "NTREX-128" / name, root.parent / name]
        for place in places:
            if is_file(place):
                return str(place)
        raise DataError(f"{places[0]}: no such file; the folder of NTREX holds it in the published layout")


def file_name(code: str) -> str:
    """The published file of a language: `"pl"` → `"newstest2019-ref.pol.txt"`; DataError without one."""
    ntrex = _ntrex_code(code)
    return f"newstest2019-{'src' if ntrex == 'eng' else 'ref'}.{ntrex}.txt"


def _ntrex_code(code: str) -> str:
    import langcodes

    wanted = language(code)
    tag = langcodes.Language.get(wanted.code)
    iso3 = tag.to_alpha3()
    names = [iso3, wanted.iso3]
    if tag.territory:
        names.insert(0, f"{iso3}-{tag.territory}")
    names += [f"{iso3}-{wanted.script}", f"{wanted.iso3}-{wanted.script}"]
    for name in names:
        if (found := _SPECIAL.get(name, name)) in _CODES:
            return found
    raise DataError(f"NTREX-128 has no text in '{code}' ({wanted.name}).{did_you_mean(iso3, _CODES)}")
