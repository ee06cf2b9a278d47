"""Documents sentence by sentence: each text goes to the engine with those before it and their translations.

The texts that come first in their documents go together, then those that come second, and so on: a batch is
as large as there are documents. What is before a text is part of its key in the cache, so a stopped run goes
on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from harness.errors import ConfigError
from harness.translate.answers import cleaned
from harness.translate.context import Pair, packed
from harness.types import Translation

Ask = Callable[[Sequence[str]], Mapping[str, Translation]]
"""The translations of these texts, by text; each text once."""


def in_documents(
    ask: Ask,
    sources: Sequence[str],
    docs: Sequence[str | None],
    context: int,
    filters: Sequence[str],
    tgt: str | None,
) -> Iterator[Translation]:
    """Translations in the order of `sources`, each made with up to `context` texts of its document before it.

    What is shown is the translation as it is scored, after `filters`; a text that failed is not shown. Raises
    ConfigError where no text has a document.
    """
    if not any(doc is not None for doc in docs):
        raise ConfigError(
            "model.context: the test set has no documents to take the sentences before from; name their"
            " column (data.doc_id=…), or leave it out"
        )
    documents: dict[str, list[int]] = {}
    for index, doc in enumerate(docs):
        documents.setdefault(f"={doc}" if doc is not None else f"#{index}", []).append(index)
    before: dict[str, list[Pair]] = {name: [] for name in documents}
    done: dict[int, Translation] = {}
    for place in range(max(map(len, documents.values()), default=0)):
        here = {name: indices[place] for name, indices in documents.items() if place < len(indices)}
        texts = {
            name: packed(sources[index], before[name][-context:])
            for name, index in here.items()
            if sources[index].strip()
        }
        answers = ask(list(dict.fromkeys(texts.values())))
        for name, index in here.items():
            source = sources[index]
            if name not in texts:
                done[index] = Translation(source, "", "stop", 0)
                continue
            translation = cleaned(replace(answers[texts[name]], source=source), filters, tgt)
            done[index] = translation
            if translation.finish_reason != "error":
                before[name].append((source, translation.hypothesis))
    for index in range(len(sources)):
        yield done[index]
