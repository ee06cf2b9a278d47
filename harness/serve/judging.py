"""Campaigns in the workbench: the organiser's pages, and the annotators', who need only their link."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from harness.common.langs import language
from harness.common.progress import note
from harness.errors import HarnessError
from harness.judge.campaign import Campaign, answers_of, file_of, names, read_campaign, shown
from harness.judge.estimating import estimates, said
from harness.judge.foreign.kinds import FORMATS, exported, formats_of
from harness.judge.responses import Answers, checked, record
from harness.judge.responses import Response as Given
from harness.judge.results import progress
from harness.serve import pages
from harness.serve.answers import NotFound, Unavailable, answer, download, posted, told
from harness.serve.catalogue import Catalogue
from harness.serve.guard import Access

_BEFORE = 5  # sentences of the document that are shown before the one that is judged


def routes(judging: Judging) -> list[Route]:
    """The routes of the organiser, and those of the annotators."""
    return [
        Route("/api/campaigns", told(judging.campaigns)),
        Route("/campaign/{name}/{kind}", told(judging.export)),
        Route("/judge/{name}/{key}", judging.page),
        Route("/api/judge/{name}/{key}", told(judging.task), methods=["GET"]),
        Route("/api/judge/{name}/{key}", posted(judging.answer), methods=["POST"]),
    ]


_NOBODYS = "this link is not valid; ask who gave it to you"


@contextmanager
def _of_the_store(what: str) -> Iterator[None]:
    """Errors of the store's files name paths: those are for the terminal, and annotators learn `what`."""
    try:
        yield
    except (HarnessError, OSError) as error:
        note(f"harness serve: {error}")
        raise Unavailable(f"{what} on the server; tell who gave you the link") from None


class Judging:
    """Handlers over one store."""

    def __init__(self, catalogue: Catalogue, access: Access) -> None:
        self.root = catalogue.root
        self.access = access
        self.answers = Answers(catalogue.root)
        self._read: dict[str, tuple[int, Campaign]] = {}
        self._found: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def ahead(self) -> None:
        """Read what is there before somebody asks for it."""
        for name in names(self.root):
            with suppress(HarnessError, OSError):
                self._shown(self._campaign(name))

    def campaigns(self, request: Request) -> Response:
        """Every campaign with its annotators, their links and progress, and the systems' means so far."""
        found: list[dict[str, Any]] = []
        for name in names(self.root):
            try:
                found.append(self._shown(self._campaign(name)))
            except (HarnessError, OSError) as error:
                found.append({"name": name, "problem": str(error)})
        return answer({"campaigns": found})

    def _shown(self, campaign: Campaign) -> dict[str, Any]:
        """A campaign for its organiser, made again only when an answer came: the page asks every few
        seconds."""
        files = [answers_of(self.root, campaign.name, person) for person in campaign.annotators]
        state = (id(campaign), *(_state(path) for path in files))
        before = self._found.get(campaign.name)
        if before is not None and before[0] == state:
            return before[1]
        people = [
            {
                "name": person,
                "label": one.label,
                "key": one.key,
                **asdict(progress(self.root, campaign, person, self.answers)),
            }
            for person, one in campaign.annotators.items()
        ]
        means = estimates(self.root, campaign, answers=self.answers)
        kept = ("name", "protocol", "data", "choice", "of", "seed", "created")
        about: dict[str, Any] = {key: getattr(campaign, key) for key in kept}
        about |= {
            "pair": f"{campaign.src}-{campaign.tgt}",
            "segments": len(campaign.items),
            "systems": campaign.runs,
            "annotators": people,
            "exports": formats_of(campaign.protocol),
            "means": [asdict(one) for one in means],
            "said": said(campaign, means),
        }
        self._found[campaign.name] = state, about
        return about

    def export(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in FORMATS:
            raise NotFound(f"no export '{kind}': {', '.join(FORMATS)}")
        campaign = self._campaign(request.path_params["name"])
        ending, media_type = FORMATS[kind]
        return download(exported(self.root, campaign, kind), f"{campaign.name}-{kind}.{ending}", media_type)

    def page(self, request: Request) -> Response:
        """An annotator's page. One text for every wrong link: it does not say which campaigns there are."""
        try:
            campaign, _ = self._annotator(request)
        except HarnessError:
            return PlainTextResponse(f"{_NOBODYS}\n", 404)
        path = f"{request.path_params['name']}/{request.path_params['key']}"
        title = f"{language(campaign.src).name} to {language(campaign.tgt).name}"
        return HTMLResponse(pages.shell("judge", title, self.access.prefix, path, self.access.read_only))

    def task(self, request: Request) -> Response:
        """A screen: `task` of the address, else the first that is not answered. No name of a system."""
        campaign, person = self._annotator(request)
        tasks = campaign.annotators[person].tasks
        done = self._done(campaign, person)
        asked = request.query_params.get("task", "")
        first = next((k for k in range(len(tasks)) if k not in done), None)
        number = int(asked) if asked.isdecimal() and int(asked) < len(tasks) else first
        value: dict[str, Any] = {
            "protocol": campaign.protocol,
            "src": language(campaign.src).name,
            "tgt": language(campaign.tgt).name,
            "total": len(tasks),
            "done": len(done),
            "severities": campaign.severities,
            "categories": campaign.categories,
            "task": number,
        }
        if number is None:
            return answer(value)
        task = tasks[number]
        item = campaign.items[task.item]
        before = []
        for earlier in campaign.items[max(0, task.item - _BEFORE) : task.item]:
            if item.doc and earlier.doc == item.doc:
                texts = [earlier.outputs.get(system, "") for system in task.systems]
                before.append({"source": earlier.source, "texts": texts})
        given = done.get(number)
        value |= {
            "source": item.source,
            "texts": shown(campaign, task),
            "before": before,
            "answer": asdict(given) if given else None,
        }
        return answer(value)

    def answer(self, request: Request, value: Mapping[str, Any]) -> Response:
        campaign, person = self._annotator(request)
        checked(campaign, person, value)  # what is wrong with it, the annotator is told
        with _of_the_store("this answer cannot be saved"):
            record(self.root, campaign, person, value)
        return answer({"done": len(self._done(campaign, person))})

    def _done(self, campaign: Campaign, person: str) -> dict[int, Given]:
        with _of_the_store("your answers cannot be read"):
            return self.answers.of(campaign, person)

    def _annotator(self, request: Request) -> tuple[Campaign, str]:
        """Whose link it is. Raises NotFound for any that is nobody's."""
        name, key = request.path_params["name"], request.path_params["key"]
        try:
            campaign = self._campaign(name)
        except NotFound:
            raise NotFound(_NOBODYS) from None
        except (HarnessError, OSError) as error:
            note(f"harness serve: {error}")
            raise NotFound(_NOBODYS) from None
        for person, one in campaign.annotators.items():
            if secrets.compare_digest(key.encode(), one.key.encode()):
                return campaign, person
        raise NotFound(_NOBODYS)

    def _campaign(self, name: str) -> Campaign:
        """A campaign, read again only when its file changed."""
        if name not in names(self.root):
            raise NotFound(f"no campaign '{name}' in this store")
        changed = file_of(self.root, name).stat().st_mtime_ns
        before = self._read.get(name)
        if before is None or before[0] != changed:
            before = self._read[name] = changed, read_campaign(self.root, name)
        return before[1]


def _state(path: Path) -> tuple[int, int] | None:
    """What changes when a line is appended."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
