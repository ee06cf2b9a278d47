"""A request as a JSON template: `{text}`, `{src}` and the like stand for what a request is made of.

    {"target_lang": "{tgt}", "text": ["{text}"], "formality": null}

A text that is one placeholder becomes its value, whatever its type; a longer one has it in its place. A list
of one item that holds `{text}` or `{prompt}` gets such an item for each text of the request. What is null, or
whose placeholder has no value (no system message), is left out, and so is an object or list that thereby is
empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.errors import ConfigError, did_you_mean

OF_TEXTS = ("text", "prompt")
"""The placeholders that differ from text to text."""
_PLACEHOLDER = re.compile(r"\{([a-z]\w*)\}")
_ABSENT = object()


def check(template: Any, known: Sequence[str], at: str) -> None:
    """Refuse an unknown placeholder. Raises ConfigError naming the nearest."""
    for name in placeholders(template):
        if name not in known:
            raise ConfigError(
                f"{at}: no placeholder {{{name}}}.{did_you_mean(name, known)} Known:"
                f" {', '.join(f'{{{one}}}' for one in known)}"
            )


def placeholders(template: Any) -> set[str]:
    """The names of the placeholders in a template."""
    if isinstance(template, str):
        return set(_PLACEHOLDER.findall(template))
    inner = template.values() if isinstance(template, Mapping) else template if _is_list(template) else ()
    return set().union(*map(placeholders, inner))


def repeats(template: Any) -> bool:
    """Whether a template has a list that gets an item for each text."""
    if _is_list(template):
        return _is_each(template) or any(map(repeats, template))
    return isinstance(template, Mapping) and any(map(repeats, template.values()))


def fill(template: Any, values: Mapping[str, Any], texts: Sequence[Mapping[str, str | None]]) -> Any:
    """The request for some texts. `texts` has the placeholders of each, `values` those that all share."""
    made = _fill(template, {**values, **texts[0]}, values, texts)
    return {} if made is _ABSENT else made


def _fill(
    node: Any, here: Mapping[str, Any], shared: Mapping[str, Any], texts: Sequence[Mapping[str, Any]]
) -> Any:
    if node is None:
        return _ABSENT
    if isinstance(node, str):
        return _text(node, here)
    if isinstance(node, Mapping):
        made = {key: _fill(value, here, shared, texts) for key, value in node.items()}
        kept = {key: value for key, value in made.items() if value is not _ABSENT}
        return _ABSENT if node and not kept else kept
    if _is_list(node):
        if _is_each(node):
            found = [_fill(node[0], {**shared, **text}, shared, [text]) for text in texts]
        else:
            found = [_fill(item, here, shared, texts) for item in node]
        present = [item for item in found if item is not _ABSENT]
        return _ABSENT if node and not present else present
    return node


def _text(node: str, here: Mapping[str, Any]) -> Any:
    alone = _PLACEHOLDER.fullmatch(node)
    if alone:
        value = here.get(alone[1])
        return _ABSENT if value is None else value
    if any(here.get(name) is None for name in _PLACEHOLDER.findall(node)):
        return _ABSENT
    # In one pass, so that a source with braces in it stays as it is.
    return _PLACEHOLDER.sub(lambda match: str(here[match[1]]), node)


def _is_each(node: Sequence[Any]) -> bool:
    return len(node) == 1 and bool(placeholders(node[0]) & set(OF_TEXTS))


def _is_list(node: Any) -> bool:
    return isinstance(node, Sequence) and not isinstance(node, str)
