"""Codes of languages, right and wrong, as users write them."""

import pytest
import yaml

from harness.common.langs import language
from harness.common.paths import resource
from harness.errors import ConfigError


@pytest.mark.parametrize(
    ("code", "flores"),
    [
        ("pl", "pol_Latn"),
        ("pol", "pol_Latn"),
        ("pol_Latn", "pol_Latn"),
        ("PL", "pol_Latn"),
        ("pl-PL", "pol_Latn"),
        ("zh-Hant", "zho_Hant"),
        ("zh-CN", "zho_Hans"),
        ("sr-Latn", "srp_Latn"),
        ("fre", "fra_Latn"),
        ("iw", "heb_Hebr"),
    ],
)
def test_a_code_of_any_standard_is_understood(code: str, flores: str) -> None:
    assert language(code).flores == flores


@pytest.mark.parametrize(
    ("code", "meant"),
    [("cz", "cs"), ("ua", "uk"), ("jp", "ja"), ("gr", "el"), ("dk", "da"), ("cn", "zh"),
     ("polish", "pl"), ("czehc", "cs"), ("ukranian", "uk"), ("Französisch", "fr")],
)  # fmt: skip
def test_a_wrong_code_gets_did_you_mean(code: str, meant: str) -> None:
    with pytest.raises(
        ConfigError, match=f"no language with the code '{code}'.* Did you mean '{meant}'"
    ) as error:
        language(code)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("code", ["sr-Latnn", "sr_Latnn", "SR-XYZ9Q"])
def test_a_wrong_script_or_region_is_named(code: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"'{code}'\. Did you mean 'sr'\? '{code[3:]}' is not a script or region"
    ):
        language(code)


@pytest.mark.parametrize("code", ["und", "mul", "zxx", "qaa", "art", "", "x", "1234"])
def test_what_is_no_language_is_refused(code: str) -> None:
    with pytest.raises(ConfigError, match="no language with the code.* (Did you mean|Give an ISO 639)"):
        language(code)


def test_every_shipped_pair_is_named_after_its_languages() -> None:
    files = sorted((resource("conf") / "pair").glob("*.yaml"))
    assert {"fr-pl", "pl-fr", "en-pl", "pl-en", "en-fr", "fr-en", "de-fr", "fr-de"} <= {f.stem for f in files}
    for file in files:
        pair = yaml.safe_load(file.read_text())
        assert (
            file.stem
            == f"{pair['src']}-{pair['tgt']}"
            == f"{language(pair['src']).short}-{language(pair['tgt']).short}"
        )
