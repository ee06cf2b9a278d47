"""Classes of users: what they inherit, what they may leave out, and the message when something is missing."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.errors import ConfigError
from harness.protocols import Aligner, Batch, Context, Engine, Extension, Metric
from harness.starter import my_parts
from harness.translate.runner import translate
from harness.types import Bead, Translation

HARNESS = Path(inspect.getfile(registry)).parent
MODEL = {"name": "mine"}


def make(table: str, cls: Any, monkeypatch: pytest.MonkeyPatch, **given: Any) -> Any:
    monkeypatch.setattr(my_parts, "Mine", cls, raising=False)
    return registry.build(table, {"kind": "harness.starter.my_parts:Mine"}, **given)


def lines_of_code(cls: type) -> int:
    source = inspect.getsource(cls)
    docs = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr)]
    documented = {line for node in docs for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    return sum(bool(line.strip()) and n not in documented for n, line in enumerate(source.splitlines(), 1))


def test_an_engine_and_a_metric_of_ones_own_are_short() -> None:
    assert lines_of_code(my_parts.Glossary) <= 25
    assert lines_of_code(my_parts.WordRecall) <= 20


class Old:
    """A plain engine as users wrote them before there was a base class."""

    def __init__(self, model: Any, src: str, tgt: str) -> None:
        self.identity = {"engine": "old"}

    def translate(self, sources: Any) -> Any:
        yield [(i, Translation(source, source.upper())) for i, source in enumerate(sources)]


class Placed(Old):
    positional = True

    def bind(self, references: Any) -> None:
        self.references = references

    def at(self, start: int, total: int) -> None:
        self.place = start, total

    def translate(self, sources: Any) -> Any:
        assert self.place == (4, 9) and len(self.references) == len(sources)
        yield [
            (i, Translation(source, r[0]))
            for i, (source, r) in enumerate(zip(sources, self.references, strict=True))
        ]


def test_a_plain_engine_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine = make("engine", Old, monkeypatch, model=MODEL, src="fr", tgt="pl")
    assert isinstance(engine, Engine)
    assert [t.hypothesis for t in translate(engine, ["a", "b"], tmp_path)] == ["A", "B"]


def test_a_plain_engine_is_told_its_place_and_references(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make("engine", Placed, monkeypatch, model=MODEL, src="fr", tgt="pl")
    assert engine.positional and engine.divisible
    ((_, translation),) = next(iter(engine.translate(Batch(["a"], [["A"]], start=4, total=9))))
    assert translation.hypothesis == "A"


def test_a_plain_engine_that_needs_the_whole_test_set_is_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    class Whole(Old):
        positional = True

    assert not make("engine", Whole, monkeypatch, model=MODEL, src="fr", tgt="pl").divisible


def test_a_plain_metric_works(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain:
        name = "plain"
        signature = "plain|1"

        def statistics(self, sources: Any, hypotheses: Any, references: Any) -> Any:
            return np.array([[float(len(h)), 1.0] for h in hypotheses])

        def aggregate(self, sums: Any) -> Any:
            return sums[:, 0] / sums[:, 1]

        segment_scores = aggregate

    metric = make("metric", Plain, monkeypatch)
    assert isinstance(metric, Metric) and metric.higher_is_better and not metric.neutral
    with metric:
        metric.prepare()
        assert metric.aggregate(metric.statistics(["a"], ["abc"], [["abcd"]]))[0] == 3.0


def test_an_aligner_gets_the_encoder_only_if_it_takes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Diagonal(Aligner):
        def align(self, src: Any, tgt: Any) -> list[Bead]:
            return [Bead((i,), (i,)) for i in range(len(src))]

    def refuse() -> None:
        pytest.fail("an encoder was built that the aligner does not take")

    monkeypatch.setattr(my_parts, "Mine", Diagonal, raising=False)
    aligner = registry.build(
        "aligner", {"kind": "harness.starter.my_parts:Mine"}, offered={"encoder": refuse}
    )
    assert [bead.shape for bead in aligner.align(["a"], ["b"])] == ["1-1"]


def without(base: type, name: str) -> type:
    members = {
        key: value for key, value in vars(base).items() if key not in (name, "__dict__", "__weakref__")
    }
    return type("Mine", (), members)


@pytest.mark.parametrize(
    ("table", "cls", "message"),
    [
        ("engine", without(Old, "translate"), "must define translate"),
        ("metric", type("Mine", (), {}), "must define .*statistics"),
        ("metric", type("Mine", (Metric,), {"signature": "x"}), "must define .*aggregate"),
        ("engine", type("Mine", (), {"translate": print}), "must define identity"),
        ("data", type("Mine", (), {}), "must define load"),
        ("cleaner", type("Mine", (), {}), "must define clean"),
        ("splitter", type("Mine", (), {}), "must define boundaries"),
        ("aligner", type("Mine", (), {}), "must define align"),
        ("encoder", type("Mine", (), {"encode": print}), "must define identity"),
        ("backend", type("Mine", (), {}), "must define .*run"),
        ("metric", len, "is not a class"),
    ],
)
def test_what_is_missing_is_named_when_the_configuration_is_built(
    table: str, cls: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match=message):
        make(table, cls, monkeypatch)


@pytest.mark.parametrize("table", list(registry.TABLES))
def test_every_shipped_class_inherits_from_its_base(table: str) -> None:
    for name in registry.TABLES[table]:
        assert issubclass(registry.resolve(table, name), registry.base(table)), (table, name)


def test_extensions_are_asked_what_they_have_in_one_module_only() -> None:
    asked: Callable[[ast.AST], bool] = lambda node: (  # noqa: E731
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id == "hasattr" or (node.func.id == "getattr" and len(node.args) == 3))
        and isinstance(node.args[0], ast.Name | ast.Attribute)
        and ast.unparse(node.args[0]).split(".")[-1]
        in {"engine", "metric", "loader", "aligner", "cleaner", "splitter", "encoder", "plain", "_plain"}
    )
    found = {
        path.relative_to(HARNESS).as_posix()
        for path in HARNESS.rglob("*.py")
        if any(asked(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {"adapters.py"}


def test_demands_are_declared_on_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context({}, "fr", "pl")
    assert registry.demands("engine", {"kind": "copy"}, context) == []
    assert registry.demands("backend", {"kind": "ray", "address": "10.0.0.1:6379"}, context) == [
        "connects to the Ray cluster at 10.0.0.1:6379"
    ]
    assert registry.demands("data", {"kind": "bitext", "src": "http://h/a", "tgt": "b"}, context) == [
        "downloads http://h/a"
    ]
    hub = Context({"id": "nobody/none-{src}-{tgt}", "family": "marian"}, "fr", "pl")
    assert registry.demands("engine", {"kind": "transformers"}, hub) == [
        "downloads nobody/none-fr-pl from the hub"
    ]
    (line,) = registry.demands("metric", {"kind": "neural", "backend": "comet", "model": "a/b"}, context)
    assert line.startswith("starts a process that loads a/b")
    spm = {"kind": "bleu", "tokenize": "flores200"}
    monkeypatch.setattr("sacrebleu.utils.SACREBLEU_DIR", str(tmp_path))
    assert registry.demands("metric", spm, context) == [
        "downloads the SentencePiece model of tokenize=flores200"
    ]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "flores200sacrebleuspm").touch()
    assert registry.demands("metric", spm, context) == []
    assert registry.demands("metric", {"kind": "bleu", "tokenize": "13a"}, context) == []
    assert registry.demands("metric", {"kind": "evil:Metric"}, context) == ["runs the class 'evil:Metric'"]
    assert Extension.demands({}, context) == []
