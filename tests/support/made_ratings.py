"""Human judgement made for tests: MQM annotations in the layout of the WMT releases."""

from __future__ import annotations

from pathlib import Path

HEADER = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment"
REFERENCE = ["Das Haus ist sehr alt .", "Sie hat gestern viel gelesen .", "Wir fahren morgen ans Meer ."]
SOURCE = ["The house is very old.", "She read a lot yesterday.", "We go to the sea tomorrow."]
# Of each segment, the words of the reference that the system gets wrong.
MISTAKES = {"good": [0, 0, 1], "fair": [1, 0, 2], "poor": [2, 3, 2], "ref": [0, 0, 0]}


def output(segment: int, mistakes: int, marked: bool = False) -> str:
    """The reference with its first words wrong; `marked` puts the first of them between `<v>` and `</v>`."""
    words = REFERENCE[segment].split()
    words[:mistakes] = ["falsch"] * mistakes
    if marked and mistakes:
        words[0] = f"<v>{words[0]}</v>"
    return " ".join(words)


def write_mqm(path: Path) -> Path:
    """Three systems and a reference, a line an error: the first major, the others minor."""
    lines = [HEADER]
    for system, counts in MISTAKES.items():
        for segment, count in enumerate(counts):
            errors = [("Accuracy/Mistranslation", "Major"), *[("Style/Awkward", "Minor")] * 9][:count]
            for category, severity in errors or [("No-error", "No-error")]:
                text = output(segment, count, marked=True)
                row = [system, "talk.1", str(segment), str(segment + 1), "rater1"]
                lines.append("\t".join([*row, SOURCE[segment], text, category, severity, ""]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
