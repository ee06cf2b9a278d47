"""The tasks of each annotator: blind, in an order of their own, quality control among them."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from itertools import combinations

from harness.errors import ConfigError
from harness.judge.campaign import NAME, Annotator, Judged, Task

_APART = 2  # blocks between a task and its repetition: right after it, a repetition tests the memory


def make_annotators(
    people: Sequence[str],
    items: Sequence[Judged],
    protocol: str,
    seed: int,
    control: float,
    together: int = 4,
) -> dict[str, Annotator]:
    """The tasks of each: every output of every segment, blind, in an order of their own.

    A document (segments that follow one another with one `doc`) stays together and in order; which system's
    version comes when is shuffled, and so are the places of outputs shown side by side (at most `together` of
    them in contrastive ESA). `control` is the share of tasks added for quality control, half of them repeated
    and half degraded, between documents and some way behind their original. The order follows from the seed
    and the name alone. Raises ConfigError for a name that is none.
    """
    found = {}
    for person in people:
        if not NAME.fullmatch(person):
            raise ConfigError(f"'{person[:70]}': an annotator's name has letters, digits, _ or -")
        draw = random.Random(f"{seed}:{person}")
        blocks = _ordered(items, protocol, draw, together)
        tasks = _mixed(blocks, _controls(blocks, items, protocol, draw, control), draw)
        found[person] = Annotator(secrets.token_urlsafe(16), tasks)
    if len({person.casefold() for person in found}) < len(
        people
    ):  # their files may lie where case is not kept
        raise ConfigError("an annotator is named twice")
    return found


def _ordered(items: Sequence[Judged], protocol: str, draw: random.Random, together: int) -> list[list[Task]]:
    """Blocks: a document as some systems translated it."""
    documents: dict[str, list[int]] = {}
    for k, item in enumerate(items):
        documents.setdefault(item.doc or f"segment {k}", []).append(k)
    blocks = []
    for places in documents.values():
        systems = sorted({name for k in places for name in items[k].outputs})
        for version in _versions(systems, protocol, draw, together):
            draw.shuffle(version)
            blocks.append([Task(item=k, systems=version) for k in places])
    draw.shuffle(blocks)
    return blocks


def _versions(systems: list[str], protocol: str, draw: random.Random, together: int) -> list[list[str]]:
    """Which systems are seen at once: each alone, each pair, or all of them in groups of like size."""
    if protocol == "pairwise":
        return [list(pair) for pair in combinations(systems, 2)]
    if protocol != "cESA":
        return [[name] for name in systems]
    groups = -(-len(systems) // together)
    if groups > 1 and len(systems) // groups < 2:
        groups -= 1  # one output alone would not be contrasted with anything
    mixed = draw.sample(systems, len(systems))
    return [mixed[k::groups] for k in range(groups)]


def _controls(
    blocks: Sequence[Sequence[Task]],
    items: Sequence[Judged],
    protocol: str,
    draw: random.Random,
    share: float,
) -> list[tuple[int, Task]]:
    """Tasks of quality control, each with the block of its original."""
    every = [(k, task) for k, block in enumerate(blocks) for task in block]
    count = min(len(every), round(share * len(every)))
    early = every[: max(1, 2 * len(every) // 3)] if count else []
    found = []
    for number, (block, task) in enumerate(draw.sample(early, min(count, len(early)))):
        systems = draw.sample(task.systems, len(task.systems)) if protocol == "cESA" else task.systems[::-1]
        place = draw.randrange(len(systems)) if protocol == "cESA" else 0
        lost = _degraded(items[task.item].outputs[systems[place]], draw)
        if number % 2 == 0 or protocol == "pairwise" or lost is None:
            found.append((block, Task(item=task.item, systems=systems, kind="repeat")))
        else:
            worse = Task(item=task.item, systems=systems, kind="degraded", text=lost, degraded=place)
            found.append((block, worse))
    return found


def _mixed(
    blocks: Sequence[Sequence[Task]], controls: Sequence[tuple[int, Task]], draw: random.Random
) -> list[Task]:
    """All tasks; a control stands behind a block drawn from those at least `_APART` after its original's."""
    behind: dict[int, list[Task]] = {}
    for block, task in controls:
        first = min(block + _APART, len(blocks) - 1)
        behind.setdefault(draw.randrange(first, len(blocks)), []).append(task)
    return [task for k, block in enumerate(blocks) for task in [*block, *behind.get(k, [])]]


def _degraded(text: str, draw: random.Random) -> str | None:
    """The text without a run of a third of its words, or of its characters where there are no spaces to tell
    words by; None where it is too short for that."""
    pieces, between = text.split(), " "
    if len(pieces) < 4:
        pieces, between = list(text.strip()), ""
        if len(pieces) < 12:
            return None
    gone = max(1, len(pieces) // 3)
    start = draw.randrange(len(pieces) - gone + 1)
    return between.join(pieces[:start] + pieces[start + gone :])
