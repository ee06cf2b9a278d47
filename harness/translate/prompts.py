"""The prompt for a language model, from its YAML: `system`, `prompt`, `chat`, `stop`, and what it is shown.

A prompt may have `{examples}`, `{glossary}` and `{context}` beside `{text}`. A part in double square brackets
that holds one of them is left out where there is nothing to put in: `[[Use these terms: {glossary}]]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common.files import digest
from harness.common.langs import Language
from harness.common.thoughts import answer_start
from harness.errors import ConfigError
from harness.protocols import Engine
from harness.translate.context import unpacked
from harness.translate.guidance import Glossary, Pair, read_examples, read_glossary

CHAT_FAMILIES = ("llm", "translategemma")
PROMPT_KEYS = (
    "system", "prompt", "chat", "stop", "chat_template_kwargs", "examples", "example", "glossary", "term",
    "context",
)  # fmt: skip
"""The keys of a model YAML that say how a language model is asked."""

EXAMPLE = "{source_language}: {source}\n{target_language}: {target}"
"""One pair, as `{examples}` and `{context}` have them, if the model's YAML has no `example`."""

TERM = "{source}: {target}"
"""One term, as `{glossary}` has them, if the model's YAML has no `term`."""

_SHOWN = re.compile(r"\{(text|examples|glossary|context)\}")
_PART = re.compile(r"\[\[((?:(?!\]\]).)*?\{(?:examples|glossary|context)\}.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt for one pair. `{text}` is still open; the languages are filled in.

    `chat` False sends the prompt as raw text to be continued. `stop`: the answer ends before any of these.
    """

    family: str
    prompt: str
    system: str | None
    chat: bool
    stop: tuple[str, ...]
    src: str
    tgt: str
    template: Mapping[str, Any] = field(default_factory=dict)  # further arguments of the chat template
    examples: tuple[Pair, ...] = ()
    example: str = EXAMPLE
    glossary: Glossary | None = None
    term: str = TERM
    context: int = 0  # texts before one in its document that `{context}` holds, with their translations

    @classmethod
    def of(cls, model: Mapping[str, Any], src: Language, tgt: Language) -> Prompt:
        """Raises ConfigError for a template without `{text}`, or that cannot hold what the model is shown.

        Examples go where `{examples}` stands, else before the prompt as turns of the chat. DataError for
        files of examples and terms that cannot be used.
        """
        family = str(model.get("family") or "llm")
        prompt = str(model.get("prompt") or "")
        system = model.get("system")
        if family == "translategemma":
            prompt = "{text}"
        if "{text}" not in prompt:
            raise ConfigError(
                f"model '{model.get('name')}': its prompt has no {{text}} placeholder; write"
                " model.prompt='Translate from {source_language} into {target_language}: {text}'"
            )
        examples, glossary = model.get("examples") or {}, model.get("glossary")
        _check_places(model, family, prompt)
        return cls(
            family,
            _filled(prompt, src, tgt),
            None if system is None else _filled(str(system), src, tgt),
            bool(model.get("chat", True)),
            tuple(str(item) for item in model.get("stop") or ()),
            src.code,
            tgt.code,
            dict(model.get("chat_template_kwargs") or {}),
            read_examples(examples, src, tgt) if examples else (),
            _filled(str(model.get("example") or EXAMPLE), src, tgt),
            read_glossary(str(glossary), src, tgt) if glossary else None,
            _filled(str(model.get("term") or TERM), src, tgt),
            int(model.get("context") or 0),
        )

    @property
    def identity(self) -> dict[str, Any]:
        identity: dict[str, Any] = {
            "prompt": self.prompt,
            "system": self.system,
            "chat": self.chat,
            "stop": list(self.stop),
        }
        identity |= {"template": dict(self.template)} if self.template else {}
        if self.examples:
            identity |= {"examples": [list(pair) for pair in self.examples], "example": self.example}
        if self.glossary:
            terms = digest([list(pair) for pair in self.glossary.terms], 16)
            identity |= {"glossary": terms, "terms": len(self.glossary.terms), "term": self.term}
        if self.context:
            identity |= {"context": self.context, "example": self.example}
        return identity

    def text(self, text: str) -> str:
        """The prompt around a text, which may have others before it (see `translate.context`)."""
        before, source = unpacked(text) if self.context else ([], text)
        return self._around(source, self.examples, before)

    def _around(self, source: str, examples: Sequence[Pair], before: Sequence[Pair] = ()) -> str:
        """One pass over the template: what is put in is never read as a template itself."""
        terms = self.glossary.found(source) if self.glossary else []
        shown = {
            "text": source,
            "examples": "\n\n".join(_pair(self.example, pair) for pair in examples),
            "glossary": "\n".join(_pair(self.term, pair) for pair in terms),
            "context": "\n\n".join(_pair(self.example, pair) for pair in before),
        }

        def part(match: re.Match[str]) -> str:
            names = set(_SHOWN.findall(match[1])) - {"text"}
            return match[1] if any(shown[name] for name in names) else ""

        return _SHOWN.sub(lambda match: shown[match[1]], _PART.sub(part, self.prompt))

    @property
    def _turns(self) -> bool:
        """Whether examples are turns of the chat."""
        return bool(self.examples) and "{examples}" not in self.prompt

    @property
    def shows(self) -> bool:
        """Whether there is anything beside the text: context, terms or examples."""
        return bool(self.context or self.glossary or self.examples)

    def sent(self, text: str) -> str:
        """All texts of a request, for estimates."""
        if not self.chat:
            return self.text(text)
        return "\n".join(str(message["content"]) for message in self.messages(text))

    def messages(self, text: str) -> list[dict[str, Any]]:
        """The prompt around a text, as chat messages."""
        if self.family == "translategemma":
            part = {
                "type": "text",
                "source_lang_code": self.src,
                "target_lang_code": self.tgt,
                "text": text,
            }
            return [{"role": "user", "content": [part]}]
        system = [] if self.system is None else [{"role": "system", "content": self.system}]
        turns = []
        for example, translation in self.examples if self._turns else ():
            turns.append({"role": "user", "content": self._around(example, ())})
            turns.append({"role": "assistant", "content": translation})
        return [*system, *turns, {"role": "user", "content": self.text(text)}]

    def answer(self, output: str, opened: bool = False) -> str:
        """A model's output up to the first stop text behind its thoughts, without white space around.

        `opened` says that the prompt ended within thoughts.
        """
        thoughts, answer = self._parts(output, opened)
        for stop in self.stop:
            answer = answer.split(stop, 1)[0]
        return (thoughts + answer).strip()

    def reached(self, output: str, opened: bool = False) -> bool:
        """Whether a stop text stands in an output, behind its thoughts."""
        _, answer = self._parts(output, opened)
        return any(stop in answer for stop in self.stop)

    def _parts(self, output: str, opened: bool) -> tuple[str, str]:
        """Thoughts with the white space behind them, and the answer."""
        start = answer_start(output, opened) if self.stop else 0
        if start is None:
            return output, ""
        if start:
            start += len(output[start:]) - len(output[start:].lstrip())
        return output[:start], output[start:]


def _check_places(model: Mapping[str, Any], family: str, prompt: str) -> None:
    """ConfigError where the prompt has no place for what the model is to be shown."""
    name, chat = model.get("name"), bool(model.get("chat", True))
    for key in ("examples", "glossary", "context"):
        if model.get(key) and family == "translategemma":
            raise ConfigError(f"model.{key}: the chat template of '{name}' takes a text and nothing else")
        if f"{{{key}}}" in str(model.get("system") or ""):
            raise ConfigError(f"model.system: {{{key}}} belongs into model.prompt")
    if model.get("examples") and not chat and "{examples}" not in prompt:
        raise ConfigError(
            f"model.examples: the prompt of '{name}' is raw text and has no place for them; put {{examples}}"
            " into model.prompt"
        )
    if model.get("context") and "{context}" not in prompt:
        raise ConfigError(
            f"model.context: the prompt of '{name}' has no place for what is before a text; put {{context}}"
            " into model.prompt, for example [[Before it stands:\\n{context}\\n\\n]]"
        )
    if model.get("context") and model.get("sentence_level"):
        raise ConfigError("model.context: is for whole segments (model.sentence_level=false)")
    if model.get("glossary") and "{glossary}" not in prompt:
        raise ConfigError(
            f"model.glossary: the prompt of '{name}' has no place for terms; put {{glossary}} into"
            " model.prompt, for example [[Use these terms:\\n{glossary}\\n\\n]] before the text"
        )


def _pair(template: str, pair: Pair) -> str:
    values = {"{source}": pair[0], "{target}": pair[1]}
    return re.sub(r"\{source\}|\{target\}", lambda match: values[match[0]], template)


def _filled(template: str, src: Language, tgt: Language) -> str:
    for name, value in {
        "{source_language}": src.name,
        "{target_language}": tgt.name,
        "{src}": src.code,
        "{tgt}": tgt.code,
    }.items():
        template = template.replace(name, value)
    return template


def check_unit(engine: Engine, model: Mapping[str, Any]) -> None:
    """ConfigError for documents where a model is given one sentence at a time, and for an idle option."""
    unit = engine.unit
    if unit != "segment" and engine.sentence_level:
        raise ConfigError(
            f"engine.unit={unit}: the model '{model.get('name')}' is given one sentence at a time; a language"
            " model takes documents (or model.sentence_level=false, if this one does)"
        )
    if engine.before and unit != "segment":
        raise ConfigError(
            f"model.context={engine.before}: is for segments that are translated one by one"
            " (engine.unit=segment)"
        )
    for name in ("window", "context"):
        if unit != "window" and getattr(engine, name) != getattr(Engine, name):
            raise ConfigError(
                f"engine.{name}={getattr(engine, name)}: is of engine.unit=window, not of {unit}"
            )
