"""Chromium without a window, spoken to over two pipes: no port, no library, no network."""

import fcntl
import json
import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), None)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Browser:
    """One tab; `events` holds what it told since the last page."""

    def __init__(self, profile):
        for_it, self._words = os.pipe()
        self._answers, from_it = os.pipe()
        # It reads from descriptor 3 and writes to 4; higher ones cannot be in the way of these.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (for_it, from_it)]
        flags = [*QUIET, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        start = ["bash", "-c", 'exec "$@" 3<&{} 4>&{}'.format(*ends), "bash", FOUND, *flags]
        self._process = subprocess.Popen(
            start, pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (for_it, from_it, *ends):
            os.close(end)
        self._rest, self._count, self._tab, self.events = b"", 0, None, []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._tab = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self(f"{domain}.enable")

    def __call__(self, method, **words):
        """Send a command and wait for its result."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": words}
        if self._tab:
            message["sessionId"] = self._tab
        os.write(self._words, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        while b"\0" not in self._rest:
            piece = os.read(self._answers, 1 << 16)
            if not piece:
                raise RuntimeError("the browser has ended")
            self._rest += piece
        text, _, self._rest = self._rest.partition(b"\0")
        return json.loads(text)

    def js(self, expression):
        """The value of an expression in the page; promises are waited for."""
        told = self(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"])
        return told["result"].get("value")

    def open(self, path, *, width=1200, height=900, scheme="light"):
        """Open a file and wait until it is loaded."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height,
             deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        self("Emulation.setEmulatedMedia",
             features=[{"name": "prefers-color-scheme", "value": scheme}])  # fmt: skip
        self.events.clear()
        self("Page.navigate", url="about:blank")
        self("Page.navigate", url=path.as_uri())
        self.js(
            "new Promise(done => { const look = () => document.readyState === 'complete'"
            " && location.protocol === 'file:' ? done() : setTimeout(look, 10); look(); })"
        )

    def press(self, key):
        for kind in ("rawKeyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                 windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[key])  # fmt: skip

    def close(self):
        self._tab = None
        self("Browser.close")
        self._process.wait(120)
        os.close(self._words)
        os.close(self._answers)
