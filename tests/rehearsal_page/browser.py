"""A real browser for tests: headless Chromium, spoken to over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chrome-headless-shell",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-port=0",
)


def chromium() -> str | None:
    """The path of a Chromium, from CHROMIUM or the search path; None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


_PATIENCE = 60  # seconds for one answer of the browser itself
_CONTROLS = {
    "button", "link", "textbox", "combobox", "checkbox", "radio", "switch", "tab", "menuitem", "option", "slider",
    "searchbox", "spinbutton", "dialog", "listbox", "img", "image",
}  # fmt: skip
_REACHED = "button:not([role=option]), a[href], input, textarea, select, [tabindex='0']"


class PageError(AssertionError):
    """The page's JavaScript failed, or what was waited for did not come."""


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.errors: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            waiting = self._waiting.pop(told.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(told)
            elif told.get("method") == "Runtime.exceptionThrown":
                detail = told["params"]["exceptionDetails"]
                self.errors.append(detail.get("exception", {}).get("description", detail["text"]))
            elif told.get("method") == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.errors.append(told["params"]["entry"]["text"])

    async def send(self, method: str, *, patience: float = _PATIENCE, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol."""
        number = next(self._numbers)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        await self._socket.send_json({"id": number, "method": method, "params": params})
        told = await asyncio.wait_for(future, patience)
        if "error" in told:
            raise PageError(f"{method}: {told['error']['message']}")
        return dict(told["result"])

    async def size(self, width: int, height: int, *, dark: bool = False, scale: float = 1) -> None:
        """Set the window's size and the system's colours; nothing moves of itself, so that presses hit."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )
        wishes = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        await self.send("Emulation.setEmulatedMedia", features=features)

    async def open(self, url: str) -> None:
        """Go to the rehearsal page and wait until it knows the world."""
        await self.send("Page.navigate", url=url)
        await self.until("document.body?.dataset.ready === 'yes'")

    async def js(self, expression: str, *, patience: float = _PATIENCE) -> Any:
        """The value of an expression (promises are awaited). Raises PageError if it throws."""
        told = await self.send(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            patience=patience,
        )
        if "exceptionDetails" in told:
            detail = told["exceptionDetails"]
            raise PageError(detail.get("exception", {}).get("description", detail["text"]))
        return told["result"].get("value")

    async def until(self, expression: str, timeout: float = 10.0) -> Any:  # noqa: ASYNC109 — a bound
        """Wait until an expression is true, and give its value."""
        script = f"""new Promise((resolve, reject) => {{
            const end = performance.now() + {timeout * 1000};
            const look = () => {{
              let value; try {{ value = ({expression}); }} catch {{ value = false; }}
              if (value) resolve(value);
              else if (performance.now() > end) reject(new Error("never came true: " + {json.dumps(expression)}));
              else setTimeout(look, 30);
            }};
            look();
        }})"""
        return await self.js(script, patience=timeout + _PATIENCE)

    async def controls(self) -> list[tuple[str, str]]:
        """All that can be pressed or filled in, as a screen reader is told: role and name, "" where it has none."""
        await self.send("Accessibility.enable")
        nodes = (await self.send("Accessibility.getFullAXTree"))["nodes"]
        await self.send("Accessibility.disable")
        named = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]
        return [(role, name.strip()) for role, name in named if role in _CONTROLS]

    async def out_of_reach(self) -> list[str]:
        """The visible controls at which Tab never arrives, from the top of the page until it comes round."""
        await self.js(
            "document.activeElement?.blur(); window.reached = new Set(); getSelection().removeAllRanges()"
        )
        for _ in range(await self.js(f"document.querySelectorAll({_REACHED!r}).length") + 3):
            await self.key("Tab")
            await self.js("window.reached.add(document.activeElement)")
        return list(
            await self.js(
                f"""[...document.querySelectorAll({_REACHED!r})]
                .filter((e) => e.checkVisibility({{visibilityProperty: true}}) && !e.disabled && !window.reached.has(e))
                .map((e) => e.outerHTML.slice(0, 120))"""
            )
        )

    async def text(self, selector: str = "body") -> str:
        """The visible text of the first element that fits."""
        return str(await self.js(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    async def click(self, selector: str, text: str | None = None) -> None:
        """Press the first visible element that fits the selector and shows the text, with a real mouse."""
        script = f"""[...document.querySelectorAll({json.dumps(selector)})].filter((e) => e.checkVisibility()
            && (e.innerText + (e.getAttribute("aria-label") ?? "")).includes({json.dumps(text or "")}))[0]"""
        await self.until(script + " !== undefined")
        await self.js(f"{script}.scrollIntoView({{block: 'nearest'}})")
        box = await self.js(f"(({script}).getBoundingClientRect().toJSON())")
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        await self.send("Input.dispatchMouseEvent", type="mouseMoved", **point)
        for kind in ("mousePressed", "mouseReleased"):
            await self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **point)

    async def type(self, text: str) -> None:
        """Write into what has the focus."""
        await self.send("Input.insertText", text=text)

    async def key(self, name: str) -> None:
        """Press a key: Enter, Tab, Escape, ArrowDown …"""
        codes = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Backspace": 8}
        key = {"key": name, "code": name, "windowsVirtualKeyCode": codes[name]}
        text = {"text": "\r"} if name == "Enter" else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **key, **text)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    async def picture(self, path: Path) -> None:
        """Save what is to be seen as a PNG."""
        told = await self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))  # noqa: ASYNC240 — a few kB

    async def close(self) -> None:
        """Let go of the tab."""
        self._reader.cancel()
        await self._socket.close()


@contextlib.contextmanager
def running(program: str) -> Iterator[str]:
    """A Chromium with a profile of its own, until the end of the block; gives its DevTools address."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            said = next((line for line in process.stderr if b"DevTools listening on" in line), b"")
            # its further words must not fill the pipe
            drain = threading.Thread(target=process.stderr.read)
            drain.start()
            try:
                port = re.search(rb":(\d+)/", said)
                if port is None:
                    raise PageError(f"{program} does not start")
                yield f"http://127.0.0.1:{int(port[1])}"
            finally:
                process.terminate()
                drain.join()


@contextlib.asynccontextmanager
async def tab(address: str) -> AsyncIterator[Page]:
    """A new tab of a running Chromium, in a profile part of its own; closed afterwards."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{address}/json/version") as reply:
            whole = (await reply.json(content_type=None))["webSocketDebuggerUrl"]
        browser = Page(await http.ws_connect(whole, max_msg_size=0))
        context = (await browser.send("Target.createBrowserContext"))["browserContextId"]
        target = (await browser.send("Target.createTarget", url="about:blank", browserContextId=context))[
            "targetId"
        ]
        page = Page(
            await http.ws_connect(f"{address.replace('http', 'ws')}/devtools/page/{target}", max_msg_size=0)
        )
        for domain in ("Page", "Runtime", "Log"):
            await page.send(f"{domain}.enable")
        try:
            yield page
        finally:
            await page.close()
            await browser.send("Target.disposeBrowserContext", browserContextId=context)
            await browser.close()
