"""local-slack: the workspace that people, the bot and the server meet in."""

import json
import os
import pathlib
import uuid

import requests
from processes import Program, eventually

PORT = 3000
URL = f"http://127.0.0.1:{PORT}"
TEAM = "T0HARBOUR"
CHANNEL = "C0DESK"
# The browser page acts as the first person.
ADA, BEN = "U0ADA", "U0BEN"
GUESTS = [f"U0GUEST{number:03}" for number in range(120)]
SECRETS = {"A0HELP": "help-signing-secret", "A0QUIET": "quiet-signing-secret"}


def bot_of(app_id):
    return "U" + app_id[1:] + "BOT"


def token_of(app_id):
    return f"xoxb-{app_id.lower()}"


def configuration(apps, request_url):
    """`apps`: signing secrets by app id. The first app has the channel."""
    person = {"tz": "Europe/London"}
    return {
        "workspace": {"name": "Harbour", "domain": "harbour", "teamId": TEAM},
        "apps": [
            {
                "appId": app_id,
                "botUserId": bot_of(app_id),
                "botName": app_id[2:].lower(),
                "botToken": token_of(app_id),
                "signingSecret": secret,
                "mode": "events",
                "requestUrl": request_url,
            }
            for app_id, secret in apps.items()
        ],
        "users": [
            {"id": ADA, "name": "ada", "real_name": "Ada Marsh", "email": "ada.marsh@brightbakery.example", **person},
            {"id": BEN, "name": "ben", "real_name": "Ben Tide", "email": "ben@tide.example", **person},
            *({"id": one, "name": one.lower(), "real_name": f"Guest {one[-3:]}", **person} for one in GUESTS),
        ],
        "channels": [{"id": CHANNEL, "name": "desk", "members": [ADA, BEN, bot_of("A0HELP")]}],
    }


class Workspace:
    def __init__(self, apps, request_url):
        folder = pathlib.Path(os.environ["TESTS_FOLDER"])
        file = folder / "workspace.json"
        file.write_text(json.dumps(configuration(apps, request_url)))
        files = folder / "files"
        command = [os.environ["LOCAL_SLACK"], "--config", file, "--port", str(PORT), "--base-host", "127.0.0.1"]
        self.program = Program("local-slack", [*command, "--files-dir", files], "local-slack is running")
        # What the bot has posted so far, by the log's own numbers: the log forgets after 1,000 entries.
        self.posted = {}
        self.guests = iter(GUESTS)

    def stop(self):
        self.program.stop()

    def control(self, path, **body):
        answer = requests.post(f"{URL}/_control/{path}", json=body, timeout=60)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def api(self, method, app_id="A0HELP", **arguments):
        headers = {"Authorization": f"Bearer {token_of(app_id)}"}
        answer = requests.post(f"{URL}/api/{method}", json=arguments, headers=headers, timeout=20).json()
        assert answer["ok"], (method, answer)
        return answer

    def direct(self, user, app_id="A0HELP"):
        """The conversation of a person with an app's bot."""
        return self.api("conversations.open", app_id, users=user)["channel"]["id"]

    def say(self, channel, user, text, **more):
        return self.control("message", channel=channel, user=user, text=text, **more)["message"]

    def command(self, channel, user, command, text="", app_id="A0HELP"):
        self.control("command", channel=channel, user=user, command=command, text=text, appId=app_id)

    def act(self, channel, user, message, action):
        """Uses an element of a message."""
        self.control("interact", channel=channel, user=user, messageTs=message["ts"], action=action)

    def upload(self, channel, user, name, content, text=""):
        form = {"channel": channel, "user": user, "text": text}
        answer = requests.post(f"{URL}/_control/upload", data=form, files={"file": (name, content)}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()["message"]

    def messages(self, channel):
        return requests.get(f"{URL}/_control/messages/{channel}", timeout=20).json()["messages"]

    def told(self, channel, app_id="A0HELP"):
        """What the bot has said there."""
        return [one for one in self.messages(channel) if one.get("user") == bot_of(app_id)]

    def wait(self, channel, words, after="0", app_id="A0HELP"):
        """The bot's first message after a ts that contains these words."""

        def look():
            for one in self.told(channel, app_id):
                if one["ts"] > after and words in content(one):
                    return one
            return None

        return eventually(look, f"{words!r} in {channel}: {[content(one) for one in self.told(channel, app_id)]}")

    def message(self, channel, ts):
        return next((one for one in self.messages(channel) if one["ts"] == ts), None)

    def collect(self):
        """Remembers what the bot has sent, as it was sent."""
        for entry in requests.get(f"{URL}/_control/log", timeout=20).json()["log"]:
            if entry["kind"] == "web_api" and entry["direction"] == "from_bot":
                self.posted[entry["id"]] = entry

    def modal(self):
        """The modal that was opened last, as it was sent; by the log, for the state has none."""
        self.collect()
        opened = [one for one in self.posted.values() if one["summary"] in ("views.open", "views.push")]
        return opened[-1]["detail"]["view"] if opened else None


def content(message):
    """All words of a message: its text and its blocks."""
    words = [message.get("text") or ""]
    waiting = list(message.get("blocks") or [])
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            if isinstance(one.get("text"), str):
                words.append(one["text"])
            waiting.extend(value for value in one.values() if isinstance(value, (dict, list)))
        elif isinstance(one, list):
            waiting.extend(one)
    return "\n".join(words)


def elements(message, *kinds):
    """The interactive elements of a message, each with its block."""
    found = []
    for block in message.get("blocks") or []:
        for one in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(one, dict) and one.get("type") in kinds:
                found.append({"block_id": block.get("block_id"), **one})
    return found


def event_of(app_id, event, team=TEAM, event_id=None):
    """An event in its envelope, as JSON."""
    return json.dumps({
        "token": "verification-token",
        "team_id": team,
        "api_app_id": app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{uuid.uuid4().hex.upper()}",
        "event_time": 1795587002,
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": bot_of(app_id), "is_bot": True,
             "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
    })
