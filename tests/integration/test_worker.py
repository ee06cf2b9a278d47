"""Metrics in an environment of their own: a real second environment, a real process, real failures."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from harness import registry
from harness.errors import ConfigError, StageError, UnavailableError
from harness.metrics.neural import BACKENDS, Neural

DATA = Path(__file__).resolve().parents[1] / "data" / "backends"
PROBE = {"kind": "neural", "backend": str(DATA / "probe.py"), "model": "probe", "requirements": []}
COLUMNS = (["a b", "c", "d"], ["a b", "", "x y"], [["a b"], ["c"], ["x z", "x y"]])


@pytest.fixture(scope="module", autouse=True)
def environments(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MT_HARNESS_VENVS", str(tmp_path_factory.mktemp("venvs")))
        yield Path(tmp_path_factory.getbasetemp())


def probe(**options: object) -> Neural:
    return registry.build("metric", {**PROBE, "install": True, **options})


def test_without_permission_no_environment_is_made() -> None:
    with pytest.raises(UnavailableError, match=r"install=true.*it installs: some-package"):
        probe(install=False, requirements=["some-package"]).statistics(*COLUMNS)


def test_a_run_says_so_before_it_translates(tmp_path, capsys) -> None:
    from harness.cli.main import main

    words = ["model=copy", "metrics=comet22", f"results={tmp_path}", "hydra/job_logging=disabled"]
    assert main(["run", *words]) == 2
    assert "install=true" in capsys.readouterr().err
    assert not list(tmp_path.glob("cache/**/*.jsonl")), "nothing was translated"


def test_scores_come_from_the_other_environment(environments) -> None:
    metric = probe(higher_is_better=False)
    rows = metric.statistics(*COLUMNS)
    assert rows.tolist() == [[1.0, 1.0], [0.0, 0.0], [0.75, 1.0]], "mean over references; no score is not 0"
    assert metric.aggregate(rows.sum(axis=0, keepdims=True))[0] == pytest.approx(1.75 / 2)
    assert np.isnan(metric.segment_scores(rows)[1])
    assert metric.higher_is_better is False
    assert metric.signature == "model:probe|revision:r1|precision:fp32|refs:mean|package:probe-1"
    prefix = Path(metric._identity["prefix"])
    assert prefix.is_relative_to(environments)
    made = (prefix / "harness-complete.txt").stat().st_mtime_ns
    probe().statistics(*COLUMNS)
    assert (prefix / "harness-complete.txt").stat().st_mtime_ns == made, "the environment is kept"


def test_ways_with_references() -> None:
    assert probe(several_references="best").statistics(*COLUMNS)[2, 0] == 1.0
    assert probe(several_references="best", higher_is_better=False).statistics(*COLUMNS)[2, 0] == 0.5
    assert probe(several_references="first").statistics(*COLUMNS)[2, 0] == 0.5
    free = probe(reference="none")
    assert free.statistics(["a b"], ["a x"], [[]])[0, 0] == 0.5
    assert "refs:none" in free.signature


def test_more_rows_than_a_request_holds() -> None:
    n = 150
    rows = probe().statistics(["s"] * n, [f"w{i} q" for i in range(n)], [[f"w{i}"] for i in range(n)])
    assert rows[:, 0].tolist() == [1.0] * n


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("unreachable", r"OSError: cannot reach the hub \(all: .*\.log\)$"),
        ("dies", r"ended with code 3: out of memory"),
        ("short", r"1 scores for 4 rows"),
    ],
)
def test_failures_are_one_line(model, message) -> None:
    with pytest.raises(StageError, match=message) as told:
        probe(model=model).statistics(*COLUMNS)
    assert "\n" not in str(told.value)


def test_an_environment_of_the_users_own(environments, tmp_path) -> None:
    first = probe()
    first.statistics(*COLUMNS)
    own = probe(install=False, venv=first._identity["prefix"])
    assert own.statistics(*COLUMNS)[0, 0] == 1.0
    with pytest.raises(UnavailableError, match="is not a virtual environment"):
        probe(venv=str(tmp_path)).statistics(*COLUMNS)


def test_a_half_made_environment_is_made_again(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MT_HARNESS_VENVS", str(tmp_path))
    with pytest.raises(StageError, match="failed: ERROR"):
        probe(requirements=["./no-such-folder-xyz/"]).statistics(*COLUMNS)
    assert not list(tmp_path.glob("*/harness-complete.txt"))


def test_a_package_that_conflicts_with_ours() -> None:
    import sacrebleu

    metric = probe(backend=str(DATA / "old_sacrebleu.py"), requirements=["sacrebleu==1.5.1"])
    try:
        rows = metric.statistics(["s"], ["the cat sat on the mat"], [["the cat sat on a mat"]])
    except StageError as error:
        if "failed: ERROR" not in str(error):
            raise
        pytest.skip(f"no package index in reach: {error}")
    assert "package:sacrebleu-1.5.1" in metric.signature
    assert rows[0, 0] == pytest.approx(
        sacrebleu.sentence_bleu("the cat sat on the mat", ["the cat sat on a mat"]).score
    )
    assert sacrebleu.__version__.startswith("2.")


def test_unknown_backend() -> None:
    with pytest.raises(ConfigError, match="bleurt, comet, metricx"):
        probe(backend="comte")


def test_metricx_reads_the_score_from_the_first_decoder_step() -> None:
    """A tiny random mT5 under the published recipe: no end token, one pad token, logit 250089, 0 to 25."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.set_num_threads(1)
    torch.manual_seed(5)
    config = transformers.MT5Config(
        vocab_size=250112, d_model=4, d_kv=2, d_ff=8, num_layers=1, num_decoder_layers=1, num_heads=2,
        tie_word_embeddings=False, dropout_rate=0.0, decoder_start_token_id=0,
    )  # fmt: skip
    model = transformers.MT5ForConditionalGeneration(config).eval()
    first = torch.zeros((1, 1), dtype=torch.long)
    with torch.no_grad():
        usual = model(input_ids=torch.tensor([[9, 8, 7]]), decoder_input_ids=first).logits[0, 0, 250089]
        model.lm_head.weight[250089] *= 10 / usual  # scores inside 0 to 25, not all clipped
    seen: list[str] = []

    def tokenizer(text: str, max_length: int, truncation: bool) -> dict[str, list[int]]:
        seen.append(text)
        return {"input_ids": [*[3 + ord(c) % 200 for c in text[: max_length - 1]], 1]}

    rows = [
        {"source": "s", "hypothesis": "h" * k, "reference": "r" if k % 2 else None} for k in (1, 9, 4, 30)
    ]
    backend = runpy.run_path(str(BACKENDS / "metricx.py"))
    scores = backend["score"]((model, tokenizer, 3), rows)
    assert seen[:2] == ["source: s candidate: h reference: r", "source: s candidate: hhhhhhhhh reference: r"]
    assert seen[2] == "source: s candidate: hhhh"
    for text, got in zip(list(seen), scores, strict=True):
        ids = torch.tensor([tokenizer(text, 1536, True)["input_ids"][:-1]])
        with torch.no_grad():
            logits = model(input_ids=ids, decoder_input_ids=first).logits
        assert got == pytest.approx(float(logits[0, 0, 250089].clamp(0, 25)), abs=1e-4)
    assert any(0 < score < 25 for score in scores)
