"""Every way in which somebody's text comes to be stored, taken by every payload."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import time
import urllib.parse

import requests
from aureole import FORM, JSON, ROUTES, Sender
from payloads import STORED
from processes import eventually
from workspace import event_of

BATCH = 50
KEY = "open"
SECRET = "the site's own secret, shared"
SLACK_APP, SLACK_SECRET = "A0SCRIPTS", "scripts-signing-secret"
# What an administrator, an agent or another system writes; `*` is the payload, cut to what fits.
DOCUMENTS = {
    "/FieldInfo": {"name": "f#", "label": "*", "type": 2, "values": [{"id": 1, "name": "*"}]},
    "/Users": {"name": "*", "emailaddress": "*", "notes": "*", "phonenumber": "*"},
    "/Team": {"name": "*"},
    "/Agent": {"name": "*", "email": "*", "jobtitle": "*", "signature": "*"},
    "/KBArticle": {"name": "*", "description": "*", "resolution": "*", "description_html": "*", "resolution_html": "*",
                   "kb_tags": "*"},
    "/Service": {"name": "*", "summary": "*", "description": "*"},
    "/TicketType": {"name": "*"},
    "/CannedText": {"name": "*", "text": "*", "html": "*"},
    "/Tickets": {"summary": "*", "details": "*", "details_html": "*", "user_name": "*", "reportedby": "*", "category_1": "*"},
    "/VirtualAgent": {"name": "*"},
    "/Workday": {"name": "*"},
    "/SlackDetails": {"name": "*"},
    "/Feedback": {"score": 3, "comment": "*", "user_message": "*"},
}
TRANSLATED = ("name", "greeting", "bot_name", "feedback_message_before", "feedback_message_after")


def _filled(value, payload, number):
    if isinstance(value, dict):
        return {key: _filled(one, payload, number) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, payload, number) for one in value]
    if value == "*":
        return payload[:255]
    return value.replace("#", str(number)) if isinstance(value, str) else value


def profile(number, payload, team):
    short = payload[:255]
    row = {"id": 1, "message": payload, "url": "/", "sequence": 1}
    return {
        "id": f"p{number}", "key": KEY, "name": short, "bot_name": short, "chatnameoverride": short,
        "greeting": payload + " $username", "technamevisibility": 1, "technamevisibilitytext": short,
        "enable_feedback": True, "enable_feedback_comments": True, "logticket": 2, "access_type": 1,
        "feedback_message_before": payload, "feedback_message_after": payload, "icon": payload,
        "feedback_message_before_comments": payload, "custom_header_url": payload,
        "banners": [row], "wait_messages": [row], "popup_message_mappings": [row], "use_bubble_popup_message_mappings": True,
        "enable_user_matching": True, "new_hmac_secret": SECRET,
        "translations": [{"id": 1, "language_id": 2, "fieldname": one, "translation": payload} for one in TRANSLATED],
        "steps": [
            {"step_id": 1, "name": short, "steptype": 1, "isstart": True, "message": payload, "message2": payload,
             "actions": [{"action_name": short, "end_step": 2, "chat_selection_order": 1}]},
            {"step_id": 2, "name": short, "steptype": 2, "message": payload, "message2": payload,
             "actions": [{"end_step": 3}]},
            {"step_id": 3, "name": short, "steptype": 5, "message": payload,
             "actions": [{"end_step": 4, "approval_result": 1}, {"end_step": 4, "approval_result": 2}]},
            {"step_id": 4, "name": short, "steptype": 8, "chat_teams": [{"id": team}],
             "message": "$answer $username $useremail $pageurl $profilename $botname $name $order"},
        ],
    }


def identity(claims):
    """A token of the site's, signed by hand."""
    part = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=")
    head = part(b'{"alg":"HS256","typ":"JWT"}')
    body = head + b"." + part(json.dumps({**claims, "exp": int(time.time()) + 600}).encode())
    return (body + b"." + part(hmac.new(SECRET.encode(), body, hashlib.sha256).digest())).decode()


class Chat:
    """One visitor's walk through everything that a chat can hold, all of it one payload."""

    def __init__(self, server, desk, number, payload):
        self.server, self.desk, self.number, self.payload = server, desk, number, payload

    def post(self, path, body, token=None):
        return self.server.post(path, body, token)

    def walk(self):
        payload, agent = self.payload, self.desk["token"]
        self.post("/ChatProfile", profile(self.number, payload, self.desk["team_id"]))
        matched = self.post("/ChatMatchingData", {"json_content": {"name": payload, "order": payload}})
        start = {
            "chatprofileid": f"p{self.number}", "chatprofilekey": KEY, "display_name": payload[:255],
            "email": payload[:320], "pageurl": payload, "teams_conversation_id": payload[:255],
            "matching_guid": matched["guid"], "matching_key": matched["key"],
        }
        chat = requests.post(f"{self.server.url}/Chat", json=start, timeout=30).json()
        chat_id, visitor = chat["id"], chat["access_token"]
        say = lambda token, **message: self.post("/ChatMessage", {"chat_id": chat_id, **message}, token)
        # A message of which nothing is left once it is safe is refused.
        words = f"words {payload}"
        say(visitor, text="1")
        say(visitor, text=words, textplain=payload)
        self.post("/Chat", {"id": chat_id, "agent_id": self.desk["agent_id"]}, agent)
        said = say(agent, text="first")
        say(agent, id=said["id"], text=words)
        say(agent, text=words, textplain=payload)
        self.post("/Chat", {"id": chat_id, "_note": words}, agent)
        content = base64.b64encode(payload.encode("utf-8", "replace")).decode()
        file = {"chat_id": chat_id, "filename": payload + ".txt", "desc": payload, "data_base64": content}
        sent = self.server.call("POST", "/Attachment", visitor, json=file)
        # A text that looks like a program or a page is not taken.
        if sent.status_code == 201:
            say(visitor, text=words, attachment_id=sent.json()["id"])
        else:
            assert sent.status_code == 400, sent.text
            file["data_base64"] = base64.b64encode(b"words").decode()
            say(visitor, text=words, attachment_id=self.post("/Attachment", file, visitor)["id"])
        claims = {"sub": f"{self.number}{payload}"[:300], "email": payload, "name": payload}
        signed = {"chatprofileid": f"p{self.number}", "chatprofilekey": KEY, "identity_token": identity(claims)}
        answer = requests.post(f"{self.server.url}/Chat", json={**signed, "language_id": 2}, timeout=30)
        assert answer.status_code in (201, 401), answer.text
        self.post("/Chat", {"id": chat_id, "isclosed": True}, agent)
        say(visitor, system_id=9, value_int=2)
        say(visitor, system_id=9, text=words)
        ticket = self.server.get(f"/Chat/{chat_id}")["ticket_id"]
        action = {"ticket_id": ticket, "outcome": payload[:250], "note": payload, "note_html": payload,
                  "emailbody_html": payload, "emailsubject": payload, "chatid": chat_id}
        self.post("/Actions", action)
        return {"chat": chat_id, "visitor": visitor, "number": self.number, "signed": answer.status_code == 201}


def by_rest(server, desk):
    """Configuration and records in batches, and a chat for each payload; the chats."""
    for path, pattern in DOCUMENTS.items():
        rows = [_filled(pattern, payload, number) for number, payload in enumerate(STORED)]
        for first in range(0, len(rows), BATCH):
            server.post(path, rows[first : first + BATCH])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        walks = [pool.submit(Chat(server, desk, number, payload).walk) for number, payload in enumerate(STORED)]
        return [walk.result() for walk in walks]


def by_slack(server, desk, slack):
    """A direct message, a command and its words, under a name: each the payload."""
    step = {"step_id": 1, "steptype": 8, "isstart": True, "chat_teams": [{"id": desk["team_id"]}], "message": "$username: $answer"}
    server.post("/ChatProfile", {"id": "slack", "key": KEY, "name": "Slack", "steps": [step]})
    app = {"name": "Scripts", "app_id": SLACK_APP, "new_signing_secret": SLACK_SECRET,
           "new_bot_user_oauth_token": "xoxb-scripts", "chat_profile_id": "slack"}
    server.post("/SlackChatApp", app)
    sender = Sender(server, SLACK_APP, SLACK_SECRET)
    for number, payload in enumerate(STORED):
        user = f"U{number:08}"
        slack.names[user] = payload[:80]
        ts = f"{int(time.time())}.{number:06}"
        event = {"type": "message", "channel": f"D{number:08}", "channel_type": "im", "user": user, "text": payload,
                 "ts": ts, "event_ts": ts}
        assert sender.send(event_of(SLACK_APP, event), JSON).status_code == 200
        command = {"command": "/help", "text": payload, "user_id": user, "user_name": payload[:80], "channel_id": f"C{number:08}",
                   "channel_name": payload[:80], "team_id": "T0", "team_domain": payload[:80], "api_app_id": SLACK_APP,
                   "trigger_id": "1.2.3", "response_url": "http://127.0.0.1:1/"}
        body = urllib.parse.urlencode(command, errors="replace")
        assert sender.send(body, FORM, ROUTES[1]).status_code == 200

    def arrived():
        found = server.get("/Chat", count=1000)["chats"]
        chats = [one["id"] for one in found if one.get("slack_app_id") == SLACK_APP]
        return chats if len(chats) >= len(STORED) else None

    return eventually(arrived, "the conversations of Slack", 120)
