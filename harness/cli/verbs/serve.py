"""`serve`: the results store in the browser."""

from __future__ import annotations

import argparse
import re

EXAMPLES = """\
examples:
  python -m harness serve
  python -m harness serve --port 0 --read-only
  python -m harness serve --prefix /harness --allow-host lab.example.org

The server listens on 127.0.0.1 only. The address that it prints holds a key, which the browser then keeps
in a cookie. From another machine: ssh -L 8765:127.0.0.1:8765 HOST, and open the same address there.
Ctrl-C ends it.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("--port", type=int, default=8765, metavar="N", help="default: 8765; 0: any free one")
    add("--read-only", action="store_true", help="refuse everything that writes into the store")
    add("--prefix", default="", metavar="PATH", help="the path under which a proxy shows it: /harness")
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name in the browser's address besides localhost, behind a proxy; may be repeated",
    )
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    import importlib.util
    import secrets
    from threading import Thread

    from harness.common.progress import note
    from harness.errors import ConfigError, missing_package

    for package in ("starlette", "uvicorn"):
        if importlib.util.find_spec(package) is None:
            raise missing_package("the workbench", package, extra="serve")
    from harness.serve.app import application
    from harness.serve.catalogue import Catalogue
    from harness.serve.computing import Elsewhere
    from harness.serve.guard import Access
    from harness.serve.judging import Judging
    from harness.serve.server import listen, serve

    if not 0 <= args.port <= 65535:
        raise ConfigError(f"--port {args.port}: must be from 0 to 65535")
    prefix = args.prefix.rstrip("/")
    if prefix and not re.fullmatch(r"(/[\w.~-]+)+", prefix, re.ASCII):
        raise ConfigError(f"--prefix {args.prefix}: expected a path such as /harness")
    catalogue = Catalogue(args.results)
    if catalogue.root.exists() and not catalogue.root.is_dir():
        raise ConfigError(f"--results {args.results}: is not a folder")
    if not catalogue.runs_dir.is_dir():
        missing = "has no runs yet" if catalogue.root.is_dir() else "does not exist yet"
        note(
            f"harness serve: the store {catalogue.root} {missing}; what is run into it will show"
            " (another store: --results DIR)"
        )
    where = listen(args.port)
    port = where.getsockname()[1]
    access = Access(
        token=secrets.token_urlsafe(18),
        cookie=f"harness-{port}",
        prefix=prefix,
        hosts=frozenset(name.lower() for name in args.allow_host),
        read_only=args.read_only,
    )

    elsewhere = Elsewhere("harness.serve.computed:handlers", args.results)
    campaigns = Judging(catalogue, access)

    def ahead() -> None:  # while the browser opens
        catalogue.runs()
        campaigns.ahead()

    def ready() -> None:
        Thread(target=elsewhere.start, daemon=True).start()
        Thread(target=ahead, daemon=True).start()
        print(f"http://127.0.0.1:{port}{prefix}/?token={access.token}", flush=True)
        note(f"the store {catalogue.root}{', read-only' if args.read_only else ''}; Ctrl-C ends it")

    serve(application(catalogue, access, elsewhere, campaigns), where, ready, elsewhere.stop)
    note("harness serve: ended")
    return 0
