"""Documents that correspond in part, made from parallel ones, so that their alignment is known."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.align.search.lattice import REACH, SHAPES
from harness.text.split import Sentencex

Row = tuple[str, str]
Link = tuple[list[str], list[str]]  # sentences of both sides; one of them empty: left alone
_SPLIT = Sentencex()


@dataclass(frozen=True)
class Noise:
    """How a document is changed; chances a link, but for `boilerplate`."""

    cut: float  # one side of several sentences is cut into them
    merge: float  # two to five links become one, joined on one side
    swap: float  # two links become one, in another order on one side
    shift: float  # the end of a sentence stands in the next one
    drop: float  # one side is gone
    truncate: float  # the end of one side is gone
    loose: float  # some words in a row of one side are gone
    alien: float  # a sentence of another page follows, on one side
    boilerplate: int  # short lines of other pages, most of them at the edges
    damage: float  # letters lost to a wrong encoding, spaces gone


def draw(r: random.Random) -> Noise:
    """Of nearly half the documents, a translation; of the others, anything up to two reports of one event."""
    if r.random() < 0.45:
        return Noise(
            cut=r.uniform(0.3, 0.9),
            merge=r.uniform(0.03, 0.25),
            swap=r.choice([0, 0, 0.02]),
            shift=r.choice([0, 0, 0.04]),
            drop=r.uniform(0, 0.06),
            truncate=0.0,
            loose=r.choice([0, r.uniform(0, 0.25)]),
            alien=0.0,
            boilerplate=r.choice([0, 0, 0, 1]),
            damage=0.0,
        )
    far = r.random()
    return Noise(
        cut=0.5,
        merge=r.uniform(0.05, 0.22),
        swap=0.02 * far,
        shift=0.06 * far,
        drop=0.03 + 0.22 * far,
        truncate=0.06 * far,
        loose=r.choice([0, r.uniform(0, 0.2)]),
        alien=0.02 + 0.12 * far,
        boilerplate=round(r.uniform(0, 6) * far),
        damage=0.03 * far * r.random(),
    )


def sentences(text: str, lang: str) -> list[str]:
    return [text[a:b].strip() for a, b in _SPLIT.boundaries(text, lang) if text[a:b].strip()]


def changed(
    rows: Sequence[Row], langs: Row, noise: Noise, r: random.Random, others: Sequence[Row]
) -> list[Link]:
    """The links of a document made of `rows`; `others` are rows of any page."""
    links = [_cut(row, langs, noise, r) for row in rows]
    links = list(_shifted(list(_merged(links, noise, r)), noise, r))
    links = list(_thinned(links, noise, r, others))
    short = [row for row in others if len(row[0]) < 45]
    for _ in range(noise.boilerplate):
        links.insert(r.choice([0, 0, len(links), len(links), r.randrange(len(links) + 1)]), _alone(short, r))
    return [([_damaged(x, noise, r) for x in s], [_damaged(x, noise, r) for x in t]) for s, t in links]


def _cut(row: Row, langs: Row, noise: Noise, r: random.Random) -> Link:
    side = r.randrange(2)
    parts = [[row[0]], [row[1]]]
    if r.random() < noise.cut:
        found = sentences(row[side], langs[side])
        parts[side] = found if len(found) <= REACH else parts[side]
    return parts[0], parts[1]


def _merged(links: Sequence[Link], noise: Noise, r: random.Random) -> Iterator[Link]:
    start = 0
    while start < len(links):
        size = 1
        if r.random() < noise.merge:
            size = r.choices((2, 3, 4, 5), (0.66, 0.25, 0.06, 0.03))[0]
        swapped = size == 1 and r.random() < noise.swap
        size += swapped
        group = links[start : start + size]
        start += len(group)
        if len(group) == 1:
            yield group[0]
            continue
        joined = r.randrange(2)
        sides = [
            [text for link in (group[::-1] if swapped and side != joined else group) for text in link[side]]
            for side in range(2)
        ]
        if not swapped:
            sides[joined] = [" ".join(sides[joined])]
        if tuple(map(len, sides)) not in SHAPES:
            sides[1 - joined] = [" ".join(sides[1 - joined])]
        yield sides[0], sides[1]


def _shifted(links: Sequence[Link], noise: Noise, r: random.Random) -> Iterator[Link]:
    start = 0
    while start < len(links):
        two = links[start : start + 2]
        words = two[1][1][0].split() if len(two) == 2 else []
        plain = all(len(side) == 1 for link in two for side in link)
        if len(words) > 12 and plain and r.random() < noise.shift:
            half = len(words) // 2
            first = two[0][1][0] + " " + " ".join(words[:half])
            yield [two[0][0][0], two[1][0][0]], [first, " ".join(words[half:])]
            start += 2
        else:
            yield links[start]
            start += 1


def _thinned(links: Sequence[Link], noise: Noise, r: random.Random, others: Sequence[Row]) -> Iterator[Link]:
    for s, t in links:
        x = r.random()
        if x < noise.drop:
            yield (s, []) if r.random() < 0.5 else ([], t)
        elif x < noise.drop + noise.truncate and len(s) == len(t) == 1:
            yield _shortened((s, t), r, (0.3, 0.55), at_end=True)
        elif r.random() < noise.loose:
            yield _shortened((s, t), r, (0.2, 0.6), at_end=False)
        else:
            yield s, t
        if r.random() < noise.alien:
            yield _alone(others, r)


def _shortened(link: Link, r: random.Random, share: tuple[float, float], at_end: bool) -> Link:
    """Words in a row gone from one sentence of at least eight."""
    sides = list(link[0]), list(link[1])
    side = sides[r.randrange(2)]
    k = r.randrange(len(side))
    words = side[k].split()
    if len(words) >= 8:
        gone = int(len(words) * r.uniform(*share))
        at = len(words) - gone if at_end else r.randrange(len(words) - gone + 1)
        side[k] = " ".join(words[:at] + words[at + gone :])
    return sides


def _alone(rows: Sequence[Row], r: random.Random) -> Link:
    row = r.choice(rows)
    return ([row[0]], []) if r.random() < 0.5 else ([], [row[1]])


def _damaged(text: str, noise: Noise, r: random.Random) -> str:
    def letter(c: str) -> str:
        if ord(c) > 127 and c.isalpha():
            return "?" if r.random() < 6 * noise.damage else c
        return "" if c == " " and r.random() < noise.damage else c

    return "".join(map(letter, text)) if noise.damage else text


def strange(common: list[Link], src: list[Link], tgt: list[Link], r: random.Random) -> list[Link]:
    """A document with stretches of two others in its midst, of the one on the source side and of the other on
    the target side; in one of three nothing is common, and in some one side has nothing to spare.
    """
    own: list[Link] = [([sentence], []) for link in src for sentence in link[0]]
    other: list[Link] = [([], [sentence]) for link in tgt for sentence in link[1]]
    kind = r.random()
    if kind < 0.33:
        return own + other
    if kind > 0.8:
        own, other = r.choice([(own, []), ([], other)])
    place = r.randint(0, len(common))
    return common[:place] + own + other + common[place:]
