"""Draw docs/report.png anew: the report of the call's systems in a headless Chromium. `make picture`."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1300, 2100
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Run the systems in a store of its own, write the report, and take its picture."""
    from harness.cli.main import main as harness
    from tests.support.browser import browser
    from tests.support.program import wait_until

    with tempfile.TemporaryDirectory() as folder:
        store, page = f"{folder}/results", Path(folder) / "report.html"
        code = harness(["run", "-m", "model=copy,tiny,gloss,reference", f"results={store}"])
        code = code or harness(["report", "--results", store, "-o", str(page)])
        if code:
            return code
        with browser(Path(folder) / "browser", width=WIDTH, height=HEIGHT) as driver:
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            driver.get(page.as_uri())
            wait_until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
            taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    (ROOT / "docs/report.png").write_bytes(base64.b64decode(taken))
    return 0


if __name__ == "__main__":
    sys.exit(main())
