"""Which document of one language is the counterpart of which of the other.

Candidates are shortlisted by one vector per document, ranked by two-way best match (BiMax:
aclanthology.org/2025.findings-emnlp.704) and accepted on clear evidence only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.protocols import Encoder, Matrix

GAP = 0.08  # how far ahead of the runner-up
SURE = 0.6  # the cosine of a sentence pair that counts as evidence
EVIDENCE = 2  # how many such pairs, each the best of both its sides


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document pair that was evaluated.

    `src`, `tgt` are positions in the given sequences; `score` is BiMax in [-1, 1]; `gap` is the
    distance to the best other candidate of either document (negative when another one is better,
    None when there is no other); `mutual_best` counts sentence pairs of cosine >= 0.6 that are each
    other's best; `reason` says in words why it was accepted or not.
    """

    src: int
    tgt: int
    score: float
    gap: float | None
    mutual_best: int
    accepted: bool
    reason: str


def pair_documents(
    src: Sequence[Sequence[str]],
    tgt: Sequence[Sequence[str]],
    encoder: Encoder,
    shortlist: int = 20,
) -> list[Candidate]:
    """All evaluated candidates, best first; each document is a sequence of sentences.

    A pair is accepted when its score is at least 0.08 above every other candidate of either document
    and at least two sentence pairs are each other's best with cosine 0.6 or more. Sentence matrices
    are computed only for the `shortlist` nearest documents by document vector, in both directions.
    """
    left, right = _encode(src, encoder), _encode(tgt, encoder)
    return match(left, right, shortlist)


def measure(
    src: Sequence[Sequence[str]],
    tgt: Sequence[Sequence[str]],
    given: Sequence[tuple[int, int]],
    why: str,
    encoder: Encoder,
) -> list[Candidate]:
    """The `given` pairs of documents (positions), accepted whatever their evidence, which is measured.

    `why` is the reason that each candidate gives, with the number of its sure sentence pairs behind it.
    """
    left = dict.fromkeys(s for s, _ in given)
    right = dict.fromkeys(t for _, t in given)
    rows = dict(zip(left, _encode([src[s] for s in left], encoder), strict=True))
    columns = dict(zip(right, _encode([tgt[t] for t in right], encoder), strict=True))
    out = []
    for s, t in given:
        found = _bimax(rows[s], columns[t]) if len(rows[s]) and len(columns[t]) else (0.0, 0)
        out.append(Candidate(s, t, found[0], None, found[1], True, f"{why}, {found[1]} sure sentence pairs"))
    return out


def match(left: Sequence[Matrix], right: Sequence[Matrix], shortlist: int = 20) -> list[Candidate]:
    """`pair_documents` over sentence vectors: one `(sentences, d)` matrix of unit rows a document."""
    scored = {(s, t): _bimax(left[s], right[t]) for s, t in _shortlist(left, right, shortlist)}
    best: list[dict[int, list[tuple[float, int]]]] = [{}, {}]  # the two best of each document, by side
    for (s, t), (score, _) in scored.items():
        for side, own, other in ((0, s, t), (1, t, s)):
            top = best[side].setdefault(own, [])
            top.append((score, other))
            top.sort(reverse=True)
            del top[2:]
    out = []
    for (s, t), (score, evidence) in scored.items():
        rivals = [value for value, other in best[0][s] if other != t]
        rivals += [value for value, other in best[1][t] if other != s]
        gap = score - max(rivals) if rivals else None
        accepted, reason = _verdict(gap, evidence)
        out.append(Candidate(s, t, score, gap, evidence, accepted, reason))
    return sorted(out, key=lambda c: (-c.score, c.src, c.tgt))


def _encode(documents: Sequence[Sequence[str]], encoder: Encoder) -> list[Matrix]:
    vectors = encoder.encode([sentence for document in documents for sentence in document])
    ends = np.cumsum([len(document) for document in documents])
    return [vectors[end - len(document) : end] for document, end in zip(documents, ends, strict=True)]


def _shortlist(left: Sequence[Matrix], right: Sequence[Matrix], size: int) -> list[tuple[int, int]]:
    """The nearest documents of each document by mean vector, less the mean of its whole side."""
    rows = [i for i, v in enumerate(left) if len(v)]
    columns = [j for j, v in enumerate(right) if len(v)]
    if not rows or not columns:
        return []
    if len(columns) <= size and len(rows) <= size:
        return [(i, j) for i in rows for j in columns]
    near = _document_vectors([left[i] for i in rows]) @ _document_vectors([right[j] for j in columns]).T
    pairs: set[tuple[int, int]] = set()
    for r, order in enumerate(np.argsort(-near, axis=1)[:, :size]):
        pairs.update((rows[r], columns[c]) for c in order)
    for c, order in enumerate(np.argsort(-near, axis=0)[:size].T):
        pairs.update((rows[r], columns[c]) for r in order)
    return sorted(pairs)


def _document_vectors(documents: Sequence[Matrix]) -> Matrix:
    means = np.stack([v.mean(axis=0) for v in documents])
    if len(means) > 2:
        means = means - means.mean(axis=0)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    out: Matrix = (means / np.maximum(norms, 1e-9)).astype(np.float32)
    return out


def _bimax(left: Matrix, right: Matrix) -> tuple[float, int]:
    """The mean of both directions' mean best cosine, and the number of sure mutual-best pairs."""
    cosines = left @ right.T
    forth, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    best_forth, best_back = cosines.max(axis=1), cosines.max(axis=0)
    mutual = (back[forth] == np.arange(len(left))) & (best_forth >= SURE)
    return float(best_forth.mean() + best_back.mean()) / 2, int(mutual.sum())


def _verdict(gap: float | None, evidence: int) -> tuple[bool, str]:
    if gap is not None and gap < 0:
        return False, f"another candidate is better by {-gap:.3f}"
    if gap is not None and gap < GAP:
        return False, f"only {gap:.3f} ahead of the runner-up, {GAP} needed"
    if evidence < EVIDENCE:
        return False, f"{evidence} sure sentence pairs, {EVIDENCE} needed"
    lead = "the only candidate" if gap is None else f"{gap:.3f} ahead of the runner-up"
    return True, f"{lead}, {evidence} sure sentence pairs"
