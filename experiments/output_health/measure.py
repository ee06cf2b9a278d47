"""How many quirks of language models `health` sees and `engine.answer=strip` removes; how often they err.

usage: python -m experiments.output_health.measure --mqm FILE --ntrex DIR

Quirks are put around good translations: 100 references of a WMT test set (mqm_ted_ende.tsv, system "ref",
English to German), evenly spaced. False alarms are counted, without references given, over all references of
that set and over the NTREX-128 translations in DIR. "restored" counts
outputs that are the human translation again after all filters, "changed" human ones that the filters change.
Of NTREX every ordered pair of the languages in DIR is looked at.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from itertools import permutations
from pathlib import Path

from experiments.output_health.quirks_2026 import OF_2026
from harness.metrics.health import health
from harness.translate.answers import chosen, clean

NEW = ("wrapped", "reasoning", "leftover-token", "several-lines", "refusal")
QUIRKS = {
    "preamble": ("wrapped", "Here is the translation of the sentence:\n\n{0}"),
    "preamble on one line": ("wrapped", "Sure! Here's the German translation: {0}"),
    "preamble in the target language": ("wrapped", "Hier ist die Übersetzung: {0}"),
    "label": ("wrapped", "German: {0}"),
    "label in bold": ("wrapped", "**Deutsch:** {0}"),
    "label translation": ("wrapped", "Übersetzung: {0}"),
    "quotes": ("wrapped", '"{0}"'),
    "German quotes": ("wrapped", "„{0}“"),
    "code fence": ("wrapped", "```\n{0}\n```"),
    "note": ("wrapped", "{0}\n\nNote: I kept the informal register."),
    "note in brackets": ("wrapped", "{0} (Note: the name was left as it is.)"),
    "offer": ("wrapped", "{0}\n\nLet me know if you would like another version!"),
    "alternative": ("wrapped", "{0}\n\nAlternatively: {0}"),
    "numbered alternatives": ("wrapped", "1. {0}\n2. {0}"),
    "think block": ("reasoning", "<think>\nThe user wants German.\n</think>\n\n{0}"),
    "closing tag": ("reasoning", "The user wants German. </think> {0}"),
    "end of sentence": ("leftover-token", "{0}</s>"),
    "unknown token": ("leftover-token", "{0} <unk>"),
    "chat token": ("leftover-token", "{0}<|im_end|>"),
    "turn token": ("leftover-token", "{0}<end_of_turn>"),
    "two lines": ("several-lines", "{0}\n{0}"),
    "lines of notes": ("several-lines", "{0}\n\n- Licht: light"),
    "apology": ("refusal", "I'm sorry, but I can't assist with that request."),
    "as a model": ("refusal", "As an AI language model, I cannot translate this text."),
    "apology in the target language": (
        "refusal",
        "Es tut mir leid, aber ich kann diesen Text nicht übersetzen.",
    ),
}
ALL = {**QUIRKS, **OF_2026}
NOTHING_LEFT = ("several-lines", "refusal")
UNCLOSED = ("thoughts alone", "thoughts never closed")
"""Quirks after which there is no translation, or none that can be told from the thoughts."""


def references(path: Path) -> list[tuple[str, str]]:
    """Source and human translation of each segment of an MQM file, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row["system"].startswith("ref"):
            found.setdefault(row["seg_id"], (plain(row["source"]), plain(row["target"])))
    return list(found.values())


def plain(text: str) -> str:
    return text.replace("<v>", "").replace("</v>", "")


def flags(source: str, text: str, src: str, tgt: str) -> set[str]:
    return set(health(source, text, "stop", src, tgt))


def stripped(source: str, text: str, tgt: str) -> str:
    return clean(text, source, tgt, chosen("strip"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mqm", type=Path, required=True)
    parser.add_argument("--ntrex", type=Path, required=True)
    args = parser.parse_args()
    human = references(args.mqm)
    good = human[:: max(1, len(human) // 100)][:100]
    seen = {
        name: sum(flag in flags(source, form.format(text, source), "en", "de") for source, text in good)
        for name, (flag, form) in ALL.items()
    }
    restored = {
        name: sum(stripped(source, form.format(text, source), "de") == text.strip() for source, text in good)
        for name, (flag, form) in ALL.items()
        if flag not in NOTHING_LEFT and name not in UNCLOSED
    }
    changed = {"WMT en-de": sum(stripped(source, text, "de") != text.strip() for source, text in human)}
    alarms: dict[str, dict[str, int]] = {
        f"WMT en-de, {len(human)}": Counter(
            flag for source, text in human for flag in flags(source, text, "en", "de") if flag in NEW
        )
    }
    codes = {"fra": "fr", "pol": "pl", "deu": "de", "eng": "en"}
    texts = {
        codes[path.name.split(".")[1]]: path.read_text(encoding="utf-8").split("\n")
        for path in sorted(args.ntrex.glob("newstest2019-*.txt"))
    }
    for src, tgt in permutations(sorted(texts), 2):
        pairs = [(s, t) for s, t in zip(texts[src], texts[tgt], strict=True) if s]
        alarms[f"NTREX {src}-{tgt}, {len(pairs)}"] = Counter(
            flag for source, text in pairs for flag in flags(source, text, src, tgt) if flag in NEW
        )
        changed[f"NTREX {src}-{tgt}"] = 0
        for source, text in pairs:
            if stripped(source, text, tgt) != text.strip():
                changed[f"NTREX {src}-{tgt}"] += 1
                print("changed", source, "→", text, "→", stripped(source, text, tgt))
            if odd := flags(source, text, src, tgt) & set(NEW):
                print(sorted(odd), source, "→", text)
    found = {"seen of 100": seen, "restored of 100": restored, "false alarms": alarms, "changed": changed}
    print(json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
