"""Warnings of several runs: each once, with how many it is about."""

from __future__ import annotations

from harness.common.notices import once_each


def test_a_warning_of_several_runs_is_one_line_with_its_count() -> None:
    assert once_each([["a", "b"], ["a"], ["a", "c"]], "runs") == [
        "warning (all 3 runs): a",
        "warning: b",
        "warning: c",
    ]
    assert once_each([["a"], ["a"], []], "runs") == ["warning (2 of 3 runs): a"]
    assert once_each([["a"]], "runs") == ["warning: a"]
    assert once_each([[], []], "runs") == []
