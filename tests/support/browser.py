"""A headless Chromium for tests of the report; absent where Debian's chromium or selenium is."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")


def why_not() -> str | None:
    """What is missing, with the remedy; None when a browser can be started."""
    if not CHROMIUM or not DRIVER:
        return "no chromium and chromedriver: apt-get install chromium chromium-driver"
    if importlib.util.find_spec("selenium") is None:
        return "no selenium: pip install selenium"
    return None


@contextmanager
def browser(profile: Path, dark: bool = False, width: int = 1300, height: int = 1000) -> Iterator[Any]:
    """A Chromium with a fresh profile that logs its console and saves downloads to `profile/downloads`."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", f"--user-data-dir={profile / 'profile'}",
        f"--window-size={width},{height}",
        *(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []),
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    downloads = profile / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    options.add_experimental_option(
        "prefs",
        {
            "download.default_directory": str(downloads),
            "profile.default_content_setting_values.automatic_downloads": 1,
        },
    )
    driver = _started(options)
    try:
        yield driver
    finally:
        driver.quit()


def _started(options: Any) -> Any:
    """Selenium looks for a free port, and another may be there before the driver takes it."""
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

    for last in (False, False, True):
        try:
            return webdriver.Chrome(options=options, service=Service(executable_path=str(DRIVER)))
        except WebDriverException:
            if last:
                raise
    raise AssertionError
