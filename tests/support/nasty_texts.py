"""Pairs of lines on which counting goes wrong most easily: rules at the edges, odd spaces, many scripts."""

from __future__ import annotations

import random

LINES = [
    "", " ", "\u3000", ".", "..", "...", ",.", ". .", " .", ". ", "a", "A", "aa", "a a",
    "a a a a a a a a", "-", "--", "a-b", "5-6", "5 -6", "1,000.5", ".5", "5.", "5. ", "5,", ",5",
    "3.14.15", "1.-2", "a.b.c", "a.5", "5.a", "U.S.A.", "e.g., this", "'s", "it's", "it's 's", "dogs'",
    "St. Martin's, proudly", "dogs's.",
    "l'eau d'Évian", "<skipped>", "a<skipped>b", "&quot;a&quot;", "&amp;lt;", "&lt;b&gt;", "&", "&&",
    "&amp", "a&b", "(hi)", "(hi", "hi)", "((hi))", "[x]{y}", "\\ / |", "~`^_", "@user #tag", "100%",
    "$5.00", "€5", "«Bonjour»", "„Guten Tag“", "“q”", "–", "— dash", "…", "a…b", "\u00a0a\u00a0b",
    "a\tb", "a\u2028b", "a\x85b", "a\x1cb", "a\u200bb", "e\u0301 é", "É é", "ß SS ẞ", "İi", "ΣΑΣ σας",
    "ﬁn fin", "½ ² ³ Ⅷ", "٣٫١٤", "１２，３", "ｆｕｌｌ　ｗｉｄｔｈ", "你好，世界。", "世界 hello 世界",
    "他说：“你好！”", "3.5公里", "你好.5", "5.你好", "东京", "こんにちは世界。",
    "カタカナ・テスト（１）", "ｶﾞｷﾞ", "東京タワーは333メートルです。", "안녕 세상!", "สวัสดีชาวโลก",
    "नमस्ते दुनिया।", "שלום, עולם.", "مرحبا، عالم!", "𠮷野家 𝔘𝔫𝔦", "👍🏽 👨‍👩‍👧‍👦", "\ud800 lone",
    "\u2001x\u2e80y", "the the the the", "the cat sat on the mat .", "The cat sat on the mat.",
    "on the mat sat the cat .", "mat the on sat cat the .", "the mat sat on the cat .",
    "a b c d e f g h i j k l m n o p", "p o n m l k j i h g f e d c b a",
    "i j k l m n o p a b c d e f g h", "a\nb", "a-\nb", "line -\n- break\n.",
]  # fmt: skip


def pairs(n: int = 400, seed: int = 3) -> tuple[list[str], list[list[str]]]:
    """`n` hypotheses with one to three references each: lines, mixtures of them, long texts, moved blocks."""
    draw = random.Random(seed)
    hypotheses, references = [], []
    for k in range(n):
        first = draw.choice(LINES) if k % 3 else " ".join(draw.choices(LINES, k=draw.randint(2, 8)))
        if k % 16 == 15:
            first = " ".join(
                str(draw.randrange(draw.choice([2, 9, 60]))) for _ in range(draw.randint(20, 50))
            )
        hypotheses.append(_moved(first, draw) if draw.random() < 0.7 else draw.choice(LINES))
        references.append([first, *(_moved(first, draw) for _ in range(draw.choice([0, 0, 1, 2])))])
    return hypotheses, references


def _moved(text: str, draw: random.Random) -> str:
    """The text with blocks of words elsewhere, and some words lost or doubled."""
    words = text.split(" ")
    for _ in range(draw.randint(0, 3)):
        at, length = draw.randrange(len(words)), draw.randint(1, 12)
        block = words[at : at + length]
        del words[at : at + length]
        to = draw.randint(0, len(words))
        words[to:to] = block
    return " ".join(word for word in words for _ in range(draw.choice([0, 1, 1, 1, 1, 1, 1, 2])))
