"""Who may ask the workbench what: the key, the names of this machine, its own pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import main
from tests.support.made_stores import write_run
from tests.support.workbench import TOKEN, client


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    write_run(folder, "2026-1", "a", ["one", "two"], [["one"], ["two"]])
    return folder


@pytest.mark.parametrize("path", ["/", "/run/2026-1", "/compare", "/api/runs", "/compare.csv", "/runs.csv"])
def test_nothing_is_shown_without_the_key(root: Path, path: str) -> None:
    for token in (None, "wrong", ""):
        answer = client(root, token=token).get(path)
        assert answer.status_code == 403
        assert "2026-1" not in answer.text
    assert client(root).get(path).status_code == 200


def test_the_printed_address_leaves_the_key_in_a_cookie_and_not_in_the_address(root: Path) -> None:
    browser = client(root, token=None)
    answer = browser.get(f"/compare?token={TOKEN}&runs=a&metric=chrf")
    assert (answer.status_code, answer.headers["location"]) == (303, "/compare?runs=a&metric=chrf")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert browser.get("/api/runs").status_code == 200
    assert client(root, token=None).get("/?token=wrong").status_code == 403
    away = browser.get(f"http://127.0.0.1:8765//elsewhere.example/x?token={TOKEN}")
    assert away.headers["location"] == "/elsewhere.example/x", "no address of another site"


@pytest.mark.parametrize("path", ["/judge/x", "/judge/", "/api/judge/x", "/assets/x/workbench.js", "/"])
@pytest.mark.parametrize("given", ["wrong", "", TOKEN[:-1], "%00", "\u00e9"])
def test_a_wrong_key_is_never_answered_with_the_right_one(root: Path, path: str, given: str) -> None:
    answer = client(root, token=None).get(f"{path}?token={given}")
    assert "set-cookie" not in answer.headers and TOKEN not in str(answer.headers) + answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
def test_a_name_that_only_points_here_is_refused(root: Path, host: str) -> None:
    assert client(root).get("/api/runs", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8765", "lab.example.org"])
def test_the_names_of_this_machine_and_those_allowed(root: Path, host: str) -> None:
    browser = client(root, hosts=("lab.example.org",))
    assert browser.get("/api/runs", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "https://localhost"]
)
def test_a_foreign_origin_is_refused_whatever_it_knows(root: Path, origin: str) -> None:
    for path in ("/api/runs", "/"):
        assert client(root).get(path, headers={"Origin": origin}).status_code == 403
    assert client(root).post("/api/runs", json={}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("name", ["Host", "Origin"])
@pytest.mark.parametrize("value", ["[", "[::1", "http://[", "http://[::1", "[x]", "]"])
def test_half_an_address_is_refused_as_a_foreign_one(root: Path, name: str, value: str) -> None:
    for path in ("/", f"/?token={TOKEN}", "/judge/x/y"):
        assert client(root).get(path, headers={name: value}).status_code == 403


def test_what_another_site_embeds_is_refused_and_a_link_from_it_is_followed(root: Path) -> None:
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    beside = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}  # another port of this machine
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client(root).get("/api/runs", headers=embedded).status_code == 403
    assert client(root).get("/api/runs", headers=beside).status_code == 403
    assert client(root).get("/", headers=followed).status_code == 200


def test_posts_are_json_of_a_bounded_size_from_our_pages(root: Path) -> None:
    browser = client(root)
    assert browser.post("/api/x", json={}).status_code == 404
    assert browser.post("/api/x", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    large = {"Content-Type": "application/json", "Content-Length": "99000000"}
    assert browser.post("/api/x", content=b"{}", headers=large).status_code == 413
    assert browser.request("PUT", "/api/x", json={}).status_code == 405
    del browser.headers["Origin"]
    assert browser.post("/api/x", json={}).status_code == 403
    answer = client(root, read_only=True).post("/api/x", json={})
    assert answer.status_code == 403 and "--read-only" in answer.text


def test_every_answer_carries_the_policy(root: Path) -> None:
    for path in ("/", "/api/runs", "/nothing", "/assets/x/workbench.js"):
        headers = client(root).get(path).headers
        policy = headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert client(root).get("/api/runs").headers["cache-control"] == "no-store"


def test_behind_a_prefix_whether_the_proxy_takes_it_off_or_not(root: Path) -> None:
    browser = client(root, prefix="/lab/harness")
    for path in ("/lab/harness/", "/lab/harness", "/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert 'href="/lab/harness/assets/' in page.text and 'data-base="/lab/harness"' in page.text
    assert browser.get("/lab/harness/api/runs").json()["total"] == 1
    answer = browser.get(f"/lab/harness/compare?token={TOKEN}")
    assert answer.headers["location"] == "/lab/harness/compare"
    assert "Path=/lab/harness" in answer.headers["set-cookie"]


def test_no_file_outside_the_store_is_reached_by_a_name(root: Path) -> None:
    (root / "secret").write_text("not for you")
    for name in ("..", "../secret", "%2e%2e%2fsecret", "..%2f..%2fetc%2fpasswd", "2026-1/record.json", "%00"):
        for path in (f"/run/{name}", f"/api/run/{name}", f"/assets/x/{name}"):
            answer = client(root).get(path)
            assert "not for you" not in answer.text and "root:" not in answer.text
            if not path.endswith("/.."):  # a client resolves that itself
                assert answer.status_code == 404, (path, answer.status_code)
    elsewhere = client(root).get("/api/compare?results=/etc")
    assert elsewhere.status_code == 400 and "not an option" in elsewhere.json()["error"]


SECRET = {"gold": 1, "stage": "not", "message": "for you", "documents": []}


@pytest.fixture
def linked(tmp_path: Path) -> tuple[Path, Path]:
    """A store, and a folder beside it to which links may lead."""
    root, beside = tmp_path / "store", tmp_path / "beside"
    write_run(root, "2026-1", "a", ["one", "two"], [["one"], ["two"]])
    write_run(beside, "2026-2", "not for you", ["one", "two"], [["one"], ["two"]])
    (beside / "secret").write_text(json.dumps(SECRET))
    return root, beside


@pytest.mark.parametrize(
    ("link", "to"),
    [
        ("runs/2026-3", "runs/2026-2"),
        ("runs/2026-3/record.json", "runs/2026-2/record.json"),
        ("runs/2026-3/error.json", "secret"),
        ("runs/2026-3/harness.log", "secret"),
        ("runs/2026-3/live.json", "secret"),
        ("runs/2026-3/alignment.json", "secret"),
        ("runs/2026-1/segments.jsonl", "runs/2026-2/segments.jsonl"),
        ("runs/2026-1/segments", "runs/2026-2"),
        ("runs/2026-1/labels.json", "secret"),
        ("runs/2026-1/.hydra/overrides.yaml", "secret"),
    ],
)
def test_links_out_of_the_store_are_not_followed(linked: tuple[Path, Path], link: str, to: str) -> None:
    root, beside = linked
    path = root / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(beside / to)
    run = path.relative_to(root / "runs").parts[0]
    browser = client(root)
    rows = {row["run"]: row for row in browser.get("/api/runs").json()["rows"]}
    assert rows[run]["state"] == "damaged" and "link out of the store" in rows[run]["problem"]
    for address in (f"/run/{run}", f"/api/run/{run}", "/api/compare", "/api/segments", f"/api/align/{run}",
                    f"/api/segments?runs={run}", f"/api/documents?runs={run}", "/runs.csv"):  # fmt: skip
        assert "for you" not in browser.get(address).text, address


def test_links_within_the_store_are_followed(tmp_path: Path) -> None:
    root = tmp_path / "disk" / "store"
    write_run(root, "2026-1", "a", ["one", "two"], [["one"], ["two"]])
    (root / "runs" / "2026-1" / "segments.jsonl").rename(root / "kept.jsonl")
    (root / "runs" / "2026-1" / "segments.jsonl").symlink_to("../../kept.jsonl")
    (tmp_path / "results").symlink_to(root)
    for place in (root, tmp_path / "results"):
        assert len(client(place).get("/api/segments").json()["rows"]) == 2


def test_read_only_writes_nothing_whatever_is_asked(tmp_path: Path) -> None:
    root = tmp_path / "results"
    for k in range(2):
        write_run(root, f"2026-{k}", f"m{k}", ["one", "two"], [["one"], ["two"]])
    assert main(["campaign", "c", "--annotators", "ann", "--results", str(root)]) == 0
    key = json.loads((root / "campaigns/c/campaign.json").read_text())["annotators"]["ann"]["key"]

    def tree() -> dict[str, tuple[int, int, bytes]]:
        return {
            str(path): (
                path.stat().st_mtime_ns,
                path.stat().st_ino,
                path.read_bytes() if path.is_file() else b"",
            )
            for path in [tmp_path, *tmp_path.rglob("*")]
        }

    before = tree()
    browser = client(root, read_only=True)
    for path in ("/", "/run/2026-0", "/compare", "/history", "/campaigns", f"/judge/c/{key}", "/runs.csv",
                 "/api/runs", "/api/run/2026-0", "/api/compare?samples=10", "/compare.csv?samples=10",
                 "/api/segments", "/api/documents", "/api/history", "/api/campaigns", "/campaign/c/scores",
                 f"/api/judge/c/{key}", "/api/options/compare"):  # fmt: skip
        assert browser.get(path).status_code == 200, path
    for path in (f"/api/judge/c/{key}", "/api/align/2026-0", "/api/compare", "/nothing"):
        answer = browser.post(path, json={"task": 0, "score": 5, "spans": []})
        assert answer.status_code == 403 and "--read-only" in answer.text
    assert tree() == before
