"""Nothing is believed that was not signed, lately, by the app that it names."""

import hashlib
import hmac
import json
import time

import pytest
from aureole import FORM, JSON, ROUTES, Sender
from processes import eventually
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from workspace import URL, event_of, token_of


def words(workspace, guest, text="Is anybody there?", ts=None):
    channel = workspace.direct(guest, "A0QUIET")
    ts = ts or f"{int(time.time())}.{time.time_ns() % 1_000_000:06}"
    return event_of("A0QUIET", {
        "type": "message", "channel": channel, "channel_type": "im", "user": guest, "text": text,
        "ts": ts, "event_ts": ts})


def by_hand(key, timestamp, body):
    """A signature that no SDK would make."""
    text = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def forgeries(sender, body):
    """Headers that must not open anything, by what is wrong with them."""
    now = int(time.time())
    good = sender.headers(body, JSON)
    return {
        "stale": sender.headers(body, JSON, timestamp=now - 301),
        "future": sender.headers(body, JSON, timestamp=now + 302),
        "unsigned": {"Content-Type": JSON},
        "without a signature": {key: value for key, value in good.items() if key != "X-Slack-Signature"},
        "without a timestamp": {key: value for key, value in good.items() if "Timestamp" not in key},
        "an empty signature": {**good, "X-Slack-Signature": ""},
        "the wrong secret": sender.headers(body, JSON, secret="wrong"),
        "another app's secret": sender.headers(body, JSON, secret="secret-of-A111"),
        "no secret at all": {**good, "X-Slack-Signature": by_hand("", good["X-Slack-Request-Timestamp"], body)},
        "a blank secret": {**good, "X-Slack-Signature": by_hand(" ", good["X-Slack-Request-Timestamp"], body)},
        "upper case": {**good, "X-Slack-Signature": good["X-Slack-Signature"].upper()},
        "another version": {**good, "X-Slack-Signature": good["X-Slack-Signature"].replace("v0=", "v1=")},
        "another body's": sender.headers(body + " ", JSON),
        "a timestamp that is no number": {
            **good, "X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": by_hand(sender.secret, "soon", body)},
        "a timestamp with a fraction": {
            **good, "X-Slack-Request-Timestamp": f"{now}.5",
            "X-Slack-Signature": by_hand(sender.secret, f"{now}.5", body)},
        "a very large timestamp": {
            **good, "X-Slack-Request-Timestamp": "9" * 30,
            "X-Slack-Signature": by_hand(sender.secret, "9" * 30, body)},
    }


def test_a_forged_request_is_401_and_leaves_nothing_behind(aureole, workspace, quiet, sample_apps, guest):
    body = words(workspace, guest)
    for wrong, headers in forgeries(quiet, body).items():
        for route in ROUTES:
            answer = quiet.send(body, headers=headers, route=route)
            assert answer.status_code == 401, (wrong, route, answer.status_code, answer.text)
    # The same words, signed, show that nothing else kept them out, and that they come alone.
    assert quiet.send(body).status_code == 200
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: aureole.said(chat["id"]), "the message")
    assert aureole.said(chat["id"]) == ["Is anybody there?"]
    assert len(aureole.chats(guest, "A0QUIET")) == 1


def test_forged_commands_and_interactions_are_401(aureole, workspace, quiet, sample_apps, guest):
    channel = workspace.direct(guest, "A0QUIET")
    command = f"api_app_id=A0QUIET&team_id=T0HARBOUR&channel_id={channel}&user_id={guest}&command=%2Fstart-chat&text="
    payload = "payload=" + json.dumps({"type": "shortcut", "callback_id": "start_chat", "api_app_id": "A0QUIET",
                                       "team": {"id": "T0HARBOUR"}, "user": {"id": guest}})
    for body in (command, payload):
        for wrong, headers in forgeries(quiet, body).items():
            answer = quiet.send(body, headers={**headers, "Content-Type": FORM}, route=ROUTES[1])
            assert answer.status_code == 401, (wrong, answer.status_code, answer.text)
    assert aureole.chats(guest, "A0QUIET") == []


def test_a_replayed_request_is_one_message(aureole, workspace, quiet, guest):
    body = words(workspace, guest, "Just once")
    headers = quiet.headers(body, JSON)
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    for extra in ({}, {}, retry):
        assert quiet.send(body, headers={**headers, **extra}).status_code == 200
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    assert quiet.send(words(workspace, guest, "The last")).status_code == 200
    eventually(lambda: "The last" in aureole.said(chat["id"]), "the last message")
    assert aureole.said(chat["id"]) == ["Just once", "The last"]


def test_a_retry_whose_first_attempt_never_came_is_taken(aureole, workspace, quiet, guest):
    body = words(workspace, guest, "Second attempt")
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "connection_failed"}
    assert quiet.send(body, headers={**quiet.headers(body, JSON), **retry}).status_code == 200
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: aureole.said(chat["id"]) == ["Second attempt"], "the message")


def test_four_minutes_and_fifty_seconds_are_not_too_late(workspace, quiet, guest):
    for away in (-290, 290):
        body = words(workspace, guest)
        assert quiet.send(body, timestamp=int(time.time()) + away).status_code == 200


def test_slacks_own_vector_is_right_and_too_old(aureole, quiet, fixtures):
    vector = json.loads((fixtures / "signing" / "vector_slash_command.json").read_text())
    verifier = SignatureVerifier(vector["signing_secret"])
    made = verifier.generate_signature(timestamp=vector["timestamp"], body=vector["body"])
    assert made == vector["signature"]
    app = aureole.post("/SlackChatApp", {
        "name": "Vector", "app_id": "A0VECTOR", "new_signing_secret": vector["signing_secret"],
        "chat_profile_id": "quiet"})
    try:
        sender = Sender(aureole, "A0VECTOR", vector["signing_secret"])
        old = {"Content-Type": FORM, "X-Slack-Request-Timestamp": vector["timestamp"],
               "X-Slack-Signature": vector["signature"]}
        assert sender.send(vector["body"], headers=old, route=ROUTES[1]).status_code == 401
        assert sender.send(vector["body"], FORM, ROUTES[1]).status_code == 200
    finally:
        aureole.call("DELETE", f"/SlackChatApp/{app['id']}")


def test_the_secret_of_one_app_does_not_speak_for_another(aureole, workspace, quiet, sample_apps, guest):
    body = words(workspace, guest)
    other = sample_apps["A111"]
    assert other.send(body).status_code == 401
    assert aureole.chats(guest, "A0QUIET") == []
    assert aureole.chats(guest, "A111") == []


@pytest.fixture(scope="module")
def reference(workspace, quiet):
    """Slack's own framework, as a receiver with the same secret."""
    client = WebClient(token_of("A0QUIET"), base_url=f"{URL}/api/")
    app = App(client=client, signing_secret=quiet.secret)
    app.event("message")(lambda ack: ack())
    app.command("/start-chat")(lambda ack: ack())
    return app


@pytest.mark.parametrize("wrong", [
    None, "stale", "future", "unsigned", "without a signature", "without a timestamp", "the wrong secret",
    "another app's secret", "no secret at all", "a blank secret", "another version", "another body's"])
def test_the_status_is_that_of_slacks_framework(workspace, quiet, sample_apps, reference, guest, wrong):
    body = words(workspace, guest)
    headers = quiet.headers(body, JSON) if wrong is None else forgeries(quiet, body)[wrong]
    theirs = reference.dispatch(BoltRequest(body=body, headers=headers))
    ours = quiet.send(body, headers=headers)
    assert ours.status_code == theirs.status == (200 if wrong is None else 401)


def test_probes_are_answered_as_by_slacks_framework(quiet, reference, fixtures):
    probe = (fixtures / "commands" / "ssl_check.txt").read_text().strip()
    theirs = reference.dispatch(BoltRequest(body=probe, headers={"Content-Type": FORM}))
    for route in ROUTES:
        ours = quiet.send(probe, headers={"Content-Type": FORM}, route=route)
        assert (ours.status_code, ours.text) == (theirs.status, theirs.body) == (200, "")
    challenge = (fixtures / "events" / "url_verification.json").read_text()
    headers = quiet.headers(challenge, JSON)
    theirs = reference.dispatch(BoltRequest(body=challenge, headers=headers))
    ours = quiet.send(challenge, headers=headers)
    wanted = json.loads(challenge)["challenge"]
    assert json.loads(theirs.body)["challenge"] == wanted
    assert ours.status_code == theirs.status == 200
    assert ours.text == wanted or ours.json() == {"challenge": wanted}
    assert quiet.send(challenge, headers={"Content-Type": JSON}).status_code == 401


def test_a_retired_app_is_believed_no_more(aureole, workspace, quiet, guest):
    app = aureole.post("/SlackChatApp", {
        "name": "Gone", "app_id": "A0GONE", "new_signing_secret": "gone-secret", "chat_profile_id": "quiet"})
    sender = Sender(aureole, "A0GONE", "gone-secret")
    body = event_of("A0GONE", {"type": "app_home_opened", "user": guest, "channel": "D1", "tab": "home"})
    assert sender.send(body).status_code == 200
    assert aureole.call("DELETE", f"/SlackChatApp/{app['id']}").status_code == 200
    assert sender.send(body).status_code == 401
