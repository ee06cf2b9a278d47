"""The recipe of the embedded model from packages to weights, small: equal seeds, equal bytes; both pairs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    "fr": "Le ministre a signé la nouvelle loi. Les députés ont adopté la réforme de la santé. La ville"
    " prépare une grande fête pour les enfants. Le président parle avec les journalistes étrangers.",
    "pl": "Minister podpisał nową ustawę. Posłowie przyjęli reformę zdrowia. Miasto przygotowuje wielkie"
    " święto dla dzieci. Prezydent rozmawia z zagranicznymi dziennikarzami.",
}
# Word frequencies are all that the recipe takes from wordfreq: here the words of the texts.
WORDFREQ = """
import re
WORDS = {lang: re.findall(r"[^\\W\\d_]+", text.lower()) for lang, text in TEXT.items()}
NAMES = ["zorglubal", "krastomir", "belgarath", "mirandol", "kostravel", "zebrunka"]
def top_n_list(lang, count): return [*dict.fromkeys(WORDS[lang]), *NAMES]
def zipf_frequency(word, lang): return 5.0 if word.lower() in WORDS[lang] else 2.0
"""
STAGES = """
import sys
from experiments.embedded_model import __main__ as recipe
for work, stage, settings in zip(sys.argv[1::3], sys.argv[2::3], sys.argv[3::3]):
    sys.argv = ["recipe", stage, "--work", work, "--settings", settings]
    recipe.main()
"""


Stages = list[tuple[str, int | None]]  # each with the step to stop training at
BEFORE: Stages = [("clean", None), ("pretrain", None)]
WHOLE: Stages = [*BEFORE, ("train", None), ("export", None)]
HALVES: Stages = [*BEFORE, ("train", 3), ("train", None), ("export", None)]


def words(folder: Path, pair: str, stages: Stages) -> list[str]:
    """What `STAGES` is told for the stages of a pair, in a folder that is furnished for them."""
    src = pair[:2]
    page = folder / "root/usr/share/libreoffice/help" / src / "text/page.html"
    page.parent.mkdir(parents=True)
    page.write_text("".join(f"<p>{sentence}.</p>" for sentence in TEXT[src].split(". ")), "utf-8")
    wanted: list[str] = []
    for stage, stop in stages:
        settings = json.loads((ROOT / f"experiments/embedded_model/{pair}.json").read_text("utf-8"))
        settings |= {"real": 20, "synthetic": 20, "dev": 2}
        settings["sizes"] = {"words": 400, "capitals": 50, "phrases": 10, "copies": 200, "targets": 1500}
        settings["plan"] |= {"steps": 6, "tokens": 120, "sample": 50, "save_every": 3, "stop_after": stop}
        path = folder / f"settings{stop}.json"
        path.write_text(json.dumps(settings), "utf-8")
        wanted += [str(folder), stage, str(path)]
    return wanted


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The models by name. Two processes, which differ in what they do before and in the order of sets."""
    top = tmp_path_factory.mktemp("recipe")
    (top / "wordfreq.py").write_text(f"TEXT = {TEXT!r}\n{WORDFREQ}", "utf-8")
    wanted = {"whole": ("fr-pl", WHOLE), "halves": ("fr-pl", HALVES), "other": ("pl-fr", WHOLE)}
    told = {name: words(top / name, *how) for name, how in wanted.items()}
    for arguments, hashes in ((told["whole"], "0"), ([*told["other"], *told["halves"]], "7")):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(top)]),
            "PYTHONHASHSEED": hashes,
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-c", STAGES, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return {name: top / name / "export" for name in told}


def test_two_runs_write_the_same_bytes_even_when_one_was_stopped(exported):
    whole, halves = exported["whole"], exported["halves"]
    names = sorted(path.name for path in whole.iterdir())
    assert "model.safetensors" in names and names == sorted(path.name for path in halves.iterdir())
    for name in names:
        one, two = (hashlib.sha256((folder / name).read_bytes()).hexdigest() for folder in (whole, halves))
        assert one == two, name


def test_polish_to_french_is_the_same_recipe_with_other_settings(exported):
    folder = exported["other"]
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer, model = MarianTokenizer.from_pretrained(folder), MarianMTModel.from_pretrained(folder)
    inputs = tokenizer(["Minister podpisał nową ustawę."], return_tensors="pt")
    ids = model.float().generate(**inputs, num_beams=1, max_new_tokens=20)
    said = tokenizer.batch_decode(ids, skip_special_tokens=True)[0]
    assert "ministre" in said and "signé" in said and "loi" in said, said
