"""The server under test, over its REST API, and Slack's signature on what is sent to it."""

import json
import os
import pathlib
import tempfile
import time
import urllib.parse

import requests
from processes import Program
from slack_sdk.signature import SignatureVerifier

ROUTES = ("/Slack/Event", "/Slack/Command", "/Slack/Interactivity")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PASSWORD = "a quiet garden gate"


class Server:
    """An `aureole serve` with a database of its own, and its administrator."""

    def __init__(self, port, slack_api, **environment):
        self.url = f"http://127.0.0.1:{port}"
        folder = pathlib.Path(tempfile.mkdtemp(prefix="server-", dir=os.environ["TESTS_FOLDER"]))
        # In its own folder: a .env file of the checkout is not for this server. The database's
        # account has to get in.
        folder.chmod(0o755)
        environment = {
            **os.environ,
            "DATA_DIR": str(folder / "data"),
            "LISTEN_ADDR": f"127.0.0.1:{port}",
            "SLACK_API_URL": slack_api,
            "SLACK_HOOK_HOSTS": "127.0.0.1",
            **environment,
        }
        command = [os.environ["AUREOLE_BIN"], "serve"]
        self.program = Program("aureole", command, "first token:", cwd=folder, env=environment)
        self.client = json.loads((folder / "data" / "admin-client.json").read_text())
        self.admin = self.sign_in(grant_type="client_credentials", scope="all")

    def stop(self):
        self.program.stop()

    def sign_in(self, **proof):
        keys = {"client_id": self.client["client_id"], "client_secret": self.client["client_secret"]}
        answer = requests.post(f"{self.url}/auth/token", data={**keys, **proof}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def call(self, method, path, token=None, **options):
        headers = {"Authorization": f"Bearer {token or self.admin}"}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **options)

    def get(self, path, token=None, **query):
        answer = self.call("GET", path, token, params=query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def post(self, path, body, token=None):
        answer = self.call("POST", path, token, json=body)
        assert answer.status_code in (200, 201), (path, answer.status_code, answer.text)
        return answer.json()

    def agent(self, name):
        """A new agent, available, as its id and token."""
        email = f"{name.lower()}-{time.time_ns()}@example.com"
        made = self.post("/Agent", {"name": name, "email": email, "password": PASSWORD})
        token = self.sign_in(grant_type="password", username=email, password=PASSWORD)
        self.post("/OnlineStatus", {"agent_status": 1}, token)
        return made["id"], token

    # --- chats ---

    def chats(self, user, app="A0HELP", channel=None):
        """The chats of a Slack user, newest first; in one conversation, if one is named."""
        found = self.get("/Chat", pageinate="true", page_size=100, order="id", orderdesc="true")["chats"]
        found = [one for one in found if (one.get("slack_user_id"), one.get("slack_app_id")) == (user, app)]
        return [one for one in found if channel in (None, one["slack_channel_id"])]

    def log(self, chat, last=0):
        return self.get("/ChatMessage", chat_id=chat, last_id=last)

    def said(self, chat, last=0):
        """The words of a chat, without what only tells that something happened."""
        return [one["textplain"] for one in self.log(chat, last) if one["system_id"] == 0]

    def say(self, chat, token, **message):
        return self.post("/ChatMessage", {"chat_id": chat, **message}, token)


class Sender:
    """Posts to a server as Slack would, signed with an app's secret."""

    def __init__(self, server, app_id, secret):
        self.server, self.app_id, self.secret = server, app_id, secret

    def headers(self, body, kind, secret=None, timestamp=None):
        timestamp = str(int(time.time()) if timestamp is None else timestamp)
        verifier = SignatureVerifier(secret or self.secret)
        return {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": verifier.generate_signature(timestamp=timestamp, body=body),
        }

    def send(self, body, kind=JSON, route=ROUTES[0], headers=None, **signing):
        if headers is None:
            headers = self.headers(body, kind, **signing)
        return requests.post(self.server.url + route, data=body.encode(), headers=headers, timeout=30)

    def interact(self, payload, route=ROUTES[2], **signing):
        payload = {"api_app_id": self.app_id, **payload}
        return self.send(payload_form(payload), FORM, route, **signing)


def payload_form(payload):
    return urllib.parse.urlencode({"payload": json.dumps(payload)})
