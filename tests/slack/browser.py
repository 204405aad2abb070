"""A headless Chromium; on local-slack's page the only way to submit a modal as a person would."""

import itertools
import json
import os
import tempfile

import websocket
from processes import Program, eventually

# What React listens for: the value set past its own setter, and the event of the element.
FILL = """
(element, value) => {
    const kind = element.tagName === 'SELECT' ? HTMLSelectElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(element, value);
    element.dispatchEvent(new Event(element.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
}
"""


class Navigated(Exception):
    """The page has gone somewhere else before it could answer."""


class Browser:
    """Chromium on a page, over its debugging protocol; `is_there` says that the page can be used."""

    def __init__(self, page, is_there="!!document.querySelector('.app .topbar')", *options):
        folder = tempfile.mkdtemp(prefix="chromium-", dir=os.environ["TESTS_FOLDER"])
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder}", "--remote-debugging-port=0", "--remote-allow-origins=*", *options, "about:blank",
        ]
        self.program = Program("chromium", command, "DevTools listening on", env={**os.environ, "HOME": folder})
        line = next(one for one in self.program.lines if "DevTools listening on" in one)
        self.socket = websocket.create_connection(line.split()[-1], timeout=20)
        self.numbers = itertools.count(1)
        self.heard = []
        self.session = None
        self.target = None
        self.open_tab(page)
        eventually(lambda: self.run(is_there), page)

    def open_tab(self, page):
        """Goes on in a new tab, without the one that there was."""
        former, self.session = self.target, None
        self.target = self.call("Target.createTarget", url=page)["targetId"]
        if former:
            self.call("Target.closeTarget", targetId=former)
        self.session = self.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]

    def stop(self):
        self.socket.close()
        self.program.stop()

    def call(self, method, **parameters):
        number = next(self.numbers)
        request = {"id": number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.socket.send(json.dumps(request))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise Navigated(answer)
                assert "error" not in answer, answer
                return answer["result"]
            self.heard.append(answer)

    def run(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    # --- modals ---

    def modal(self):
        """The words of the modal that is open, or nothing."""
        return self.run("document.querySelector('.modal')?.innerText ?? null")

    def submit(self, *values):
        """Fills in the fields of the open modal in their order, and presses its button."""
        eventually(self.modal, "a modal in the page")
        for place, value in enumerate(values):
            field = f"document.querySelectorAll('.modal .bk-input')[{place}].querySelector('input, select')"
            self.run(f"({FILL})({field}, {json.dumps(value)})")
            eventually(lambda: self.run(f"{field}.value") == value, f"{value!r} in the modal")
        self.run("document.querySelector('.modal .modal-btn.primary').click()")

    def is_closed(self):
        return self.modal() is None
