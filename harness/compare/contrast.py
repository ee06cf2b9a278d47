"""Print the segments where two systems differ most, with the differing words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.common.terminal import visible, visible_line
from harness.compare.differ import Contrast, Piece, most_different, word_diff
from harness.compare.evaluate import MetricResult, Result
from harness.errors import ConfigError, did_you_mean


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The segments where two systems differ most under one metric."""

    title: str
    first: str
    second: str
    found: tuple[Contrast, ...]


def contrasts(result: Result, count: int, versus: str | None) -> Contrasts | None:
    """The `count` most different segments of baseline and `versus` under the first metric that ranks.

    None where no metric ranks two systems. Raises ConfigError for a `versus` that is not compared.
    """
    metric = ranking(result)
    if metric is None:
        return None
    second = other_system(metric, result, versus)
    found = most_different(result, metric, metric.baseline, second, count)
    title = (
        f"Where {metric.baseline} and {second} differ most in {metric.name}, {len(found)} of"
        f" {result.test_set.n} {result.test_set.unit}"
        " (words of one that the other lacks, or has elsewhere, are marked)"
    )
    return Contrasts(title, metric.baseline, second, tuple(found))


def print_contrasts(result: Result, count: int, versus: str | None, markdown: bool) -> None:
    """Print them."""
    shown = contrasts(result, count, versus)
    if shown is None:
        return
    if markdown:
        print(contrasts_markdown(shown))
    else:
        _terminal(shown.found, shown.title, shown.first, shown.second)


def contrasts_markdown(shown: Contrasts) -> str:
    """A title, and a list for each segment."""
    parts = [_markdown(contrast, shown.first, shown.second) for contrast in shown.found]
    return "\n".join([f"**{_plain(shown.title)}**\n", *parts])


def ranking(result: Result) -> MetricResult | None:
    """The first metric that puts two systems in an order."""
    return next((m for m in result.metrics if not m.neutral and len(m.rows) > 1), None)


def other_system(metric: MetricResult, result: Result, versus: str | None) -> str:
    """The system beside the baseline of a metric: `versus` (a name or run id), else the best other one.

    The reference is only taken where there is no other.
    Raises ConfigError when it is not there.
    """
    names = [row.system for row in metric.rows if row.system != metric.baseline]
    if versus is None:
        return next((name for name in names if name not in result.test_set.ceilings), names[0])
    for system in result.test_set.systems:
        if versus == system.name or system.run_id.startswith(versus):
            if system.name in names:
                return system.name
            raise ConfigError(f"--versus {versus}: that is the baseline itself, or it has no {metric.name}")
    raise ConfigError(f"--versus {versus}: not in this comparison.{did_you_mean(versus, names)}")


def _terminal(found: Sequence[Contrast], title: str, first: str, second: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    coloured = console.is_terminal
    console.print(Text(visible_line(title), style="bold"))
    for contrast in found:
        console.print(Text(f"\n{visible_line(contrast.id)}  {contrast.gap:+.2f}", style="bold"))
        if contrast.source:
            console.print(Text(f"  source     {visible(contrast.source)}"))
        for reference in contrast.references:
            console.print(Text(f"  reference  {visible(reference)}"))
        a, b = word_diff(visible(contrast.first), visible(contrast.second))
        for name, score, pieces, style, marks in (
            (first, contrast.first_score, a, "red", "[-{}-]"),
            (second, contrast.second_score, b, "green", "{{+{}+}}"),
        ):
            line = Text(f"  {visible_line(name)} {score:.2f}  ")
            for text, differs in pieces:
                shown = text if coloured or not differs else marks.format(text)
                line.append(shown, style=style if differs else "")
            console.print(line)


def _markdown(contrast: Contrast, first: str, second: str) -> str:
    a, b = word_diff(visible(contrast.first), visible(contrast.second))
    lines = [
        f"{_plain(contrast.id)} {contrast.gap:+.2f}",
        "",
        *([f"- source: {_plain(contrast.source)}"] if contrast.source else []),
    ]
    lines += [f"- reference: {_plain(reference)}" for reference in contrast.references]
    lines.append(f"- {_plain(first)} ({contrast.first_score:.2f}): {_marked(a)}")
    lines.append(f"- {_plain(second)} ({contrast.second_score:.2f}): {_marked(b)}\n")
    return "\n".join(lines)


def _marked(pieces: list[Piece]) -> str:
    return "".join(
        f"**{_plain(text)}**" if differs and text.strip() else _plain(text) for text, differs in pieces
    )


def _plain(text: str) -> str:
    """Untrusted text inside Markdown: nothing in it is markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#|!~" else c for c in visible(text).replace("\n", " "))
