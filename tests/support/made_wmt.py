"""The test set of the second tutorial: English to German in the XML of WMT, made from a few patterns.

`python -m tests.support.made_wmt` writes it. Texts and outputs are ours: nobody's system made them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).resolve().parents[2] / "harness/starter/wmt/news.en-de.xml"
DOCUMENTS, SENTENCES = 20, 6
SYSTEMS = ("CAREFUL", "LITERAL", "HASTY")


@dataclass(frozen=True)
class Topic:
    """What documents of a domain speak of. `who`: English, German; `did`: English, verb, object, particle."""

    domain: str
    who: list[list[str]]
    did: list[list[str]]


def table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


WHEN = table("""
on Monday | am Montag
last week | letzte Woche
after long talks | nach langen Gesprächen
in the evening | am Abend
for the first time | zum ersten Mal
without warning | ohne Vorwarnung
""")
WHERE = table("""
in Cologne | in Köln
near the border | nahe der Grenze
in the old town | in der Altstadt
at the airport | am Flughafen
in front of the parliament | vor dem Parlament
abroad | im Ausland
""")
NEWS = Topic(
    "news",
    table("""
the minister | der Minister
the mayor | die Bürgermeisterin
the government | die Regierung
a spokesman | ein Sprecher
the court | das Gericht
"""),
    table("""
opened a new bridge | eröffnete | eine neue Brücke |
rejected the offer | lehnte | das Angebot | ab
announced two reforms | kündigte | zwei Reformen | an
praised the helpers | lobte | die Helfer |
explained the verdict | erklärte | das Urteil |
postponed the election | verschob | die Wahl |
"""),
)
SPORT = Topic(
    "sport",
    table("""
the team | die Mannschaft
the coach | der Trainer
the goalkeeper | die Torhüterin
the club | der Verein
a young runner | eine junge Läuferin
"""),
    table("""
won the decisive match | gewann | das entscheidende Spiel |
missed a penalty | vergab | einen Elfmeter |
presented the new striker | stellte | den neuen Stürmer | vor
broke an old record | brach | einen alten Rekord |
called off the training | sagte | das Training | ab
thanked 3,500 fans | dankte | 3.500 Fans |
"""),
)
TOPICS = (NEWS, SPORT)


def texts(seed: int = 21) -> list[tuple[str, str, list[dict[str, str]]]]:
    """(document, domain, sentences); a sentence has `src`, `refA`, `refB` and the outputs of `SYSTEMS`."""
    draw = random.Random(seed)
    found = []
    for number in range(DOCUMENTS):
        topic = TOPICS[number % len(TOPICS)]
        sentences = [sentence(draw, topic) for _ in range(SENTENCES)]
        found.append((f"{topic.domain}.{number // len(TOPICS) + 1}", topic.domain, sentences))
    return found


def sentence(draw: random.Random, topic: Topic) -> dict[str, str]:
    who, did, when, where = (draw.choice(some) for some in (topic.who, topic.did, WHEN, WHERE))
    verb, thing, particle = did[1:]
    first = [when[1], verb, who[1], where[1], thing, particle]
    second = [who[1], verb, when[1], where[1], thing, particle]
    careful = list(second if draw.random() < 0.5 else first)
    if draw.random() < 0.15:
        careful[3] = draw.choice(WHERE)[1]
    literal = [when[1], who[1], verb, particle, thing, where[1]]  # the word order of the source
    if draw.random() < 0.3:
        literal[4] = did[0].split(" ", 1)[1]  # a phrase that it does not know stays English
    hasty = [part for part in second if part in (who[1], verb, particle) or draw.random() < 0.75]
    return {
        "src": written([when[0], who[0], did[0], where[0]]),
        "refA": written(first),
        "refB": written(second),
        **{name: written(parts) for name, parts in zip(SYSTEMS, (careful, literal, hasty), strict=True)},
    }


def written(parts: list[str]) -> str:
    text = " ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def xml() -> str:
    """The set as WMT publishes its own since 2021."""
    lines = ["<?xml version='1.0' encoding='utf-8'?>", '<dataset id="made">']
    for name, domain, sentences in texts():
        lines.append(f'<doc id="{name}" origlang="en" domain="{domain}">')
        for key in sentences[0]:
            kind, attributes = _element(key)
            lines.append(f"<{kind} {attributes}><p>")
            lines += [f'<seg id="{k}">{made[key]}</seg>' for k, made in enumerate(sentences, 1)]
            lines.append(f"</p></{kind}>")
        lines.append("</doc>")
    return "\n".join([*lines, "</dataset>", ""])


def _element(key: str) -> tuple[str, str]:
    if key == "src":
        return "src", 'lang="en"'
    if key.startswith("ref"):
        return "ref", f'lang="de" translator="{key}"'
    return "hyp", f'lang="de" system="{key}"'


if __name__ == "__main__":
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(xml(), encoding="utf-8")
