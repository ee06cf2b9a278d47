"""Answer scoring requests, one JSON object a line, in an environment that has the metric's packages.

    python serve.py BACKEND.py

BACKEND.py defines `load(options) -> (model, identity)` and `score(model, rows) -> list of float or None`;
a row is {"source", "hypothesis", "reference"} (reference null for a metric that reads none).

    → {"id": 1, "op": "load", "options": {…}}        ← {"id": 1, "identity": {…}}
    → {"id": 2, "op": "score", "rows": [{…}, …]}     ← {"id": 2, "scores": [0.83, …]}
    → {"id": 3, "op": "stop"}                        ← {"id": 3}
    anything that fails                              ← {"id": …, "error": "one line", "trace": "…"}
"""

import json
import os
import runpy
import sys
import traceback
from typing import Any

PROTOCOL = 1


def main(path: str) -> None:
    # The libraries print to stdout as they like; the protocol keeps the real one for itself.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # This file's folder leads sys.path and would hide packages named like a backend (comet).
    sys.path.pop(0)
    backend: dict[str, Any] = {}
    model: Any = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            if request["op"] == "load":
                backend = runpy.run_path(path)
                model, identity = backend["load"](request["options"])
                answer["identity"] = {**identity, "protocol": PROTOCOL, "python": sys.version.split()[0]}
            elif request["op"] == "score":
                answer["scores"] = backend["score"](model, request["rows"])
        except Exception as error:
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            answer["error"] = f"{type(error).__name__}: {first}"
            answer["trace"] = traceback.format_exc()
        print(json.dumps(answer), file=out, flush=True)
        if request["op"] == "stop":
            return


if __name__ == "__main__":
    main(sys.argv[1])
