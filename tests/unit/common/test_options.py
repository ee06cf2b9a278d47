"""One function reads, checks and converts every option, whatever the class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest

from harness.common.limits import Above, AtLeast, Between, Inside, NotEmpty, OneOf, Range
from harness.common.options import checked, parameters
from harness.common.values import convert, described
from harness.errors import ConfigError

if TYPE_CHECKING:
    from decimal import Decimal


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        *((word, bool, False) for word in ("no", "off", "false", "False", "NO", "n", "0", 0, False)),
        *((word, bool, True) for word in ("yes", "on", "true", "y", "1", 1, True)),
        ("4", int, 4),
        (1e3, int, 1000),
        ("0.5", float, 0.5),
        (3, float, 3),
        (2024, str, "2024"),
        (None, int | None, None),
        ("7", int | None, 7),
        ("1", str | int, "1"),
        (1, str | int, 1),
        (("a", 1), Sequence[str], ["a", "1"]),
        ("a", str | Sequence[str], "a"),
        (["a"], str | Sequence[str], ["a"]),
        ({"a": "2"}, Mapping[str, int], {"a": 2}),
        ("keep", Literal["keep", "drop"], "keep"),
        (1, Annotated[float, Range(0, 1, beyond=True)], 1),
    ],
)
def test_values_are_read_as_the_type_that_is_annotated(value: Any, annotation: Any, expected: Any) -> None:
    found = convert("key", value, annotation)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "annotation", "told"),
    [
        ("maybe", bool, "key=maybe: needs true or false"),
        (2, bool, "key=2: needs true or false"),
        (None, bool, "key=null: needs true or false"),
        (True, int, "key=true: needs a whole number"),
        (1.5, int, "key=1.5: needs a whole number"),
        (float("inf"), int, "key=inf: needs a whole number"),
        (float("nan"), float, "key=nan: needs a number"),
        ("-1", Annotated[int, AtLeast(0)], "key=-1: needs a whole number of at least 0"),
        (0, Annotated[float, Above(0)], "key=0: needs a number above 0"),
        (1, Annotated[float, Inside(0, 1)], "key=1: needs a number above 0 and below 1"),
        (2, Annotated[float, Between(0, 1)], "key=2: needs a number from 0 to 1"),
        (0, Annotated[float, Range(0, 1, beyond=True)], "key=0: needs a number above 0 and at most 1"),
        (0, Annotated[int, AtLeast(1)] | None, "key=0: needs a whole number of at least 1, or null"),
        (False, str, "key=false: needs text"),
        ({"a": 1}, str, "key={'a': 1}: needs text"),
        ("", Annotated[str, NotEmpty()], "key=: needs text of at least one character"),
        ("a", Sequence[str], "key=a: needs a list of text"),
        ("a", Mapping[str, Any], "key=a: needs a mapping {key: value}"),
        ("dorp", Literal["keep", "drop"], "key=dorp: needs keep or drop. Did you mean 'drop'?"),
        (["titel"], Sequence[Annotated[str, OneOf(("title", "byline", "bullet"))]],
         "key=[titel]: needs a list of title, byline, bullet. Did you mean 'title'?"),
        ("x" * 500, int, f"key={'x' * 79}…: needs a whole number"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_line_with_key_value_type_and_range(
    value: Any, annotation: Any, told: str
) -> None:
    with pytest.raises(ConfigError) as error:
        convert("key", value, annotation)
    assert str(error.value) == told


def test_null_is_said_to_be_possible_only_where_it_is() -> None:
    assert described(Annotated[int, AtLeast(1)] | None).endswith(", or null")
    assert "null" not in described(Annotated[int, AtLeast(1)])


class Own:
    def __init__(
        self, src: str, depth: Annotated[int, AtLeast(1)], cost: Decimal | None = None, plain=1
    ) -> None:  # type: ignore[no-untyped-def]
        pass


def test_the_options_of_a_class_are_those_of_its_signature() -> None:
    known = parameters(Own, given=("src",))
    assert list(known) == ["depth", "cost", "plain"]
    # What only a type checker can know, and what nobody annotated, passes as it is.
    assert checked("it", {"depth": "2", "cost": "x", "plain": "y"}, known, "at") == {
        "depth": 2, "cost": "x", "plain": "y",
    }  # fmt: skip
    with pytest.raises(ConfigError, match=r"^at\.depth=0: needs a whole number of at least 1$"):
        checked("it", {"depth": 0}, known, "at")
    with pytest.raises(ConfigError, match=r"at\.dept: it has no option 'dept'\. Did you mean 'depth'\?"):
        checked("it", {"dept": 1}, known, "at")
    with pytest.raises(ConfigError, match=r"it needs the option 'depth': add at\.depth=…"):
        checked("it", {}, known, "at")
