"""Pictures of every page of the studio, in both themes and two widths, into ./shots.

    .venv/bin/python scripts/screenshots.py [--url http://127.0.0.1:4242] [--only calls,call] [--wait 25]

Without --url a demo is started on a free port. Prints what is wide beyond its window, and whatever the browser's console says.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

CHROMIUM = "/usr/bin/chromium"
SIZES = {1440: 900, 390: 844}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> int:
    """Take the pictures; the exit code is 1 where a page overflows or its console has an error."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url")
    asked.add_argument("--only", default="")
    asked.add_argument("--into", type=Path, default=Path("shots"))
    asked.add_argument("--wait", type=float, default=25, help="seconds that a demo is given to make its calls")
    given = asked.parse_args()
    given.into.mkdir(exist_ok=True)
    with _studio(given.url, given.wait) as url:
        names = set(filter(None, given.only.split(",")))
        pages = {n: p for n, p in addresses(url).items() if not names or n in names}
        return 1 if _shoot(url, pages, given.into) else 0


def addresses(url: str) -> dict[str, str]:
    """Name -> address of each page, with calls of the store that have something to show."""
    found = {
        "calls": "/calls", "calls-filter": "/calls?q=status:error+has:agnets", "replays": "/replays",
        "providers": "/providers?need=image_input", "provider": "/providers/anthropic", "openai": "/providers/openai",
        "openai-responses": "/providers/openai?wire=openai-responses", "groq": "/providers/groq", "azure": "/providers/azure",
        "compare-three": "/providers/compare?name=openai&name=groq&name=bedrock",
        "compare-providers": "/providers/compare?name=openai&name=anthropic", "usage": "/usage", "usage-day": "/usage?by=day",
        "settings": "/settings", "api": "/api", "problem": "/calls/nope",
    }  # fmt: skip
    for name, asked in {
        "call": "has:agents status:ok", "call-image": "has:images", "call-error": "status:error",
        "call-thinking": "has:thinking", "call-parsed": "has:structured status:ok", "call-replayed": "has:replays",
    }.items():  # fmt: skip
        ids = _ids(url, asked)
        if ids:
            found[name] = f"/calls/{ids[0]}"
    stream = _ids(url, "is:stream status:ok")
    for view in ("wire", "params", "timing", "replays", "replay"):
        found[f"call-{view}"] = f"{found.get('call', '/calls/none')}/{view}"
    if stream:
        found["call-timing"] = f"/calls/{stream[0]}/timing"
    responses = _ids(url, "wire:openai-responses has:agents status:ok")
    for view in ("", "/wire", "/replay") if responses else ():
        found[f"responses{view.replace('/', '-')}"] = f"/calls/{responses[0]}{view}"
    models = [f"sandbox/{m}" for m in _models(url)][:2] or ["openai/gpt-4o"]
    found["plan"] = f"{found.get('call', '')}/replay?" + "&".join(f"to={quote(m)}" for m in models)
    pair = _ids(url, "has:replays")[:1]
    replays = [i for p in pair for i in json.load(urllib.request.urlopen(f"{url}/api/calls/{p}"))["replays"]]
    ids = (pair + replays)[:3] if replays else _ids(url, "status:ok")[:2]
    found["compare"] = "/calls/compare?" + "&".join(f"id={i}" for i in ids)
    return found


def _ids(url: str, q: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/api/calls?limit=20&q={quote(q)}") as answer:
        return [c["id"] for c in json.load(answer)["items"]]


def _models(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/api/calls?limit=100") as answer:
        return list(dict.fromkeys(c["model"] for c in json.load(answer)["items"]))


def _shoot(url: str, pages: dict[str, str], into: Path) -> list[str]:
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--hide-scrollbars"])
        for width, height in SIZES.items():
            for theme in THEMES:
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
                page = context.new_page()
                said = _errors_of(page)
                for name, path in pages.items():
                    where = f"{name}-{width}-{theme}"
                    answer = page.goto(url + path)
                    page.wait_for_timeout(150)
                    faults += [f"{where}: {words}" for words in said]
                    said.clear()
                    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if wide > 0:
                        faults.append(f"{where}: {wide} px wider than its window")
                    if answer and not answer.ok and name != "problem":
                        faults.append(f"{where}: {answer.status}")
                    page.screenshot(path=into / f"{where}.png", full_page=True)
                context.close()
        browser.close()
    faults = [f for f in faults if not (f.startswith("problem-") and "404" in f)]
    print("\n".join(faults) or f"{len(pages) * 4} pictures in {into}")
    return faults


def _errors_of(page: Page) -> list[str]:
    """A list that grows by each error of the page's console and scripts."""
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@contextmanager
def _studio(url: str | None, wait: float) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    command = [sys.executable, "-m", "ell2a.studio.cli", "demo", "--port", "0", "--no-open"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        found = re.search(r"http://\S+:\d+", running.stdout.readline())
        if found is None:
            raise SystemExit("the demo did not start")
        time.sleep(wait)
        yield found[0]
    finally:
        running.terminate()
        running.wait()


if __name__ == "__main__":
    sys.exit(main())
