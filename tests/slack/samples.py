"""The recorded requests under tests/fixtures/slack, ready to be signed and sent."""

import json
import pathlib

from aureole import FORM, JSON, payload_form
from workspace import event_of

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "slack"
# Who the samples were made for; those that name nobody are sent by the first.
APPS = ("A111", "A123", "A12345678", "A123ABC456", "AABA1ABCD", "A065ZJM410S", "A123456")


class Sample:
    def __init__(self, path):
        self.name = str(path.relative_to(FOLDER))
        text = path.read_text()
        if path.suffix == ".txt":
            self.type, self.body, self.kind = "command", text.strip(), FORM
            named = [one.partition("=")[2] for one in self.body.split("&") if one.startswith("api_app_id=")]
            self.app_id = named[0] if named else APPS[0]
            return
        self.json = json.loads(text)
        self.app_id = self.json.get("api_app_id") or APPS[0]
        self.type = self.json.get("type")
        if path.parent.name == "interactivity":
            self.body, self.kind = payload_form(self.json), FORM
        elif path.name.endswith(".inner.json"):
            self.type = "event_callback"
            self.body, self.kind = event_of(self.app_id, self.json, team="T111"), JSON
        else:
            self.body, self.kind = text, JSON


SAMPLES = [
    Sample(path)
    for folder in ("events", "commands", "interactivity")
    for path in sorted((FOLDER / folder).iterdir())
]
