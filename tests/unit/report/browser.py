"""A headless Chromium for tests that look at a page: driven by the DevTools protocol over pipes.

It has no network: every name leads nowhere, and every request is counted.
"""

import json
import os
import shutil
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMMANDS, ANSWERS = 3, 4  # the file descriptors that --remote-debugging-pipe reads and writes
ENDS = 20.0  # seconds for Chromium to end when it was asked to
LONGEST = 240.0  # seconds for all tests together; a Chromium that hangs is ended then
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",  # nothing listens there
    "--force-color-profile=srgb",
)


class Page:
    """One tab. requested are the addresses that it requested, complaints the messages on its
    console."""

    def __init__(self, devtools: "_DevTools", session: str) -> None:
        self._devtools = devtools
        self._session = session
        self._call("Page.enable")
        self._call("Network.enable")
        self._call("Runtime.enable")
        self._call("Log.enable")

    @property
    def requested(self) -> list[str]:
        sent = self._devtools.seen("Network.requestWillBeSent")
        return [event["request"]["url"] for event in sent]

    @property
    def complaints(self) -> list[str]:
        entries = [event["entry"]["text"] for event in self._devtools.seen("Log.entryAdded")]
        called = [str(event["args"]) for event in self._devtools.seen("Runtime.consoleAPICalled")]
        thrown = [
            str(event["exceptionDetails"])
            for event in self._devtools.seen("Runtime.exceptionThrown")
        ]
        return [*entries, *called, *thrown]

    def show(self, path: Path, *, width: int, scheme: str = "light", media: str = "screen") -> None:
        """Load that file in a window of that width in pixels; scheme is light or dark."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self._call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self._devtools.forget()
        self._call("Page.navigate", url=path.as_uri())
        self._devtools.wait_for("Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """Write the complete page as PNG."""
        answer = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(answer["data"]))

    def pdf(self) -> bytes:
        """Return the page as printed."""
        self._call("Emulation.setEmulatedMedia", media="print")
        answer = self._call("Page.printToPDF", preferCSSPageSize=True)
        return b64decode(answer["data"])

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._devtools.call(method, self._session, **params)


class _DevTools:
    """Requests and answers, one JSON text each, followed by a zero byte."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._read = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        self._number += 1
        question = {"id": self._number, "method": method, "params": params}
        to = {"sessionId": session} if session else {}
        os.write(self._commands, json.dumps({**question, **to}).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                break
        if "error" in message:
            raise AssertionError(f"{method}: {message['error']}")
        result: dict[str, Any] = message["result"]
        return result

    def wait_for(self, event: str) -> None:
        while not self.seen(event):
            self._next()

    def seen(self, event: str) -> list[dict[str, Any]]:
        return [it["params"] for it in self._events if it["method"] == event]

    def forget(self) -> None:
        self._events.clear()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._answers, 1 << 16)
            if not more:
                raise AssertionError("Chromium has ended")
            self._read += more
        text, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self._events.append(message)
        return message

    def close(self) -> None:
        os.close(self._commands)
        os.close(self._answers)


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """Yield a page of a Chromium with its data in profile. It ends with the block."""
    program = shutil.which("chromium")
    assert program, "chromium is missing; make install brings it"
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    # Bash puts the two pipes where Chromium looks for them; other shells know ten descriptors.
    script = f'exec "$@" {COMMANDS}<&{theirs_in} {ANSWERS}>&{theirs_out}'
    argv = [
        "bash",
        "-c",
        script,
        "bash",
        program,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    process = subprocess.Popen(
        argv,
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    devtools = _DevTools(ours_out, ours_in)
    watchdog = threading.Timer(LONGEST, process.kill)
    watchdog.start()
    try:
        targets = devtools.call("Target.getTargets")["targetInfos"]
        tab = next(target["targetId"] for target in targets if target["type"] == "page")
        attached = devtools.call("Target.attachToTarget", targetId=tab, flatten=True)
        yield Page(devtools, attached["sessionId"])
        devtools.call("Browser.close")
        process.wait(timeout=ENDS)
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.wait()
        devtools.close()
