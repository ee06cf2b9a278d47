"""The prompt for a language model, from its YAML: `system`, `prompt`, `chat`, `stop`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.common.langs import Language
from harness.errors import ConfigError
from harness.protocols import Engine

CHAT_FAMILIES = ("llm", "translategemma")
PROMPT_KEYS = ("system", "prompt", "chat", "stop", "chat_template_kwargs")
"""The keys of a model YAML that say how a language model is asked."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt for one pair. `{text}` is still open; the languages are filled in.

    `chat` False sends the prompt as raw text to be continued. `stop`: the output ends before any of these.
    """

    family: str
    prompt: str
    system: str | None
    chat: bool
    stop: tuple[str, ...]
    src: str
    tgt: str
    template: Mapping[str, Any] = field(default_factory=dict)  # further arguments of the chat template

    @classmethod
    def of(cls, model: Mapping[str, Any], src: Language, tgt: Language) -> Prompt:
        """Raises ConfigError for a template without `{text}` or with an unknown placeholder."""
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
        return cls(
            family,
            _filled(prompt, src, tgt),
            None if system is None else _filled(str(system), src, tgt),
            bool(model.get("chat", True)),
            tuple(str(item) for item in model.get("stop") or ()),
            src.code,
            tgt.code,
            dict(model.get("chat_template_kwargs") or {}),
        )

    @property
    def identity(self) -> dict[str, Any]:
        identity = {"prompt": self.prompt, "system": self.system, "chat": self.chat, "stop": list(self.stop)}
        return {**identity, "template": dict(self.template)} if self.template else identity

    def text(self, source: str) -> str:
        """The prompt around a source, as raw text."""
        return self.prompt.replace("{text}", source)

    def messages(self, source: str) -> list[dict[str, Any]]:
        """The prompt around a source, as chat messages."""
        if self.family == "translategemma":
            part = {
                "type": "text",
                "source_lang_code": self.src,
                "target_lang_code": self.tgt,
                "text": source,
            }
            return [{"role": "user", "content": [part]}]
        system = [] if self.system is None else [{"role": "system", "content": self.system}]
        return [*system, {"role": "user", "content": self.text(source)}]

    def answer(self, output: str) -> str:
        """The translation within a model's output: before any stop text, without white space around."""
        for stop in self.stop:
            output = output.split(stop, 1)[0]
        return output.strip()


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
    for name in ("window", "context"):
        if unit != "window" and getattr(engine, name) != getattr(Engine, name):
            raise ConfigError(
                f"engine.{name}={getattr(engine, name)}: is of engine.unit=window, not of {unit}"
            )
