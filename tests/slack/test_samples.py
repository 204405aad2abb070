"""Every recorded request, at every route: taken, and answered as Slack's guide says."""

import json

import pytest
from aureole import FORM, ROUTES
from samples import SAMPLES

EMPTY = {"event_callback", "app_rate_limited", "block_actions", "view_closed", "shortcut", "message_action"}


def check(sample, answer):
    assert answer.status_code == 200, (answer.status_code, answer.text)
    if sample.type == "url_verification":
        challenge = sample.json["challenge"]
        assert answer.text == challenge or answer.json() == {"challenge": challenge}
    elif sample.name == "commands/ssl_check.txt" or sample.type in EMPTY:
        assert answer.text == ""
    elif sample.type == "view_submission":
        assert answer.text == "" or answer.json()["response_action"] in ("clear", "update", "push", "errors")
    elif sample.type == "block_suggestion":
        assert {"options", "option_groups"} & answer.json().keys()
    elif answer.text:
        # A command's answer: seen by whoever gave it, unless it says otherwise.
        message = answer.json()
        assert message.get("response_type", "ephemeral") == "ephemeral"
        assert message.get("text") or message.get("blocks")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_recorded_request_is_taken_at_any_route(sample_apps, sample, route):
    sender = sample_apps[sample.app_id]
    check(sample, sender.send(sample.body, sample.kind, route))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_recorded_request_without_a_signature_is_refused(sample_apps, sample):
    sender = sample_apps[sample.app_id]
    for route in ROUTES:
        answer = sender.send(sample.body, headers={"Content-Type": sample.kind}, route=route)
        wanted = 200 if sample.name == "commands/ssl_check.txt" else 401
        assert answer.status_code == wanted, (route, answer.text)


def test_a_probe_smuggles_nothing_in(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    command = f"api_app_id=A0QUIET&team_id=T0HARBOUR&channel_id={channel}&user_id={guest}&command=%2Fstart-chat&text="
    payload = json.dumps({"type": "shortcut", "callback_id": "start_chat", "api_app_id": "A0QUIET",
                          "team": {"id": "T0HARBOUR"}, "user": {"id": guest}})
    for smuggled in (command, "payload=" + payload):
        body = f"ssl_check=1&token=random&{smuggled}"
        for route in ROUTES:
            for headers in ({"Content-Type": FORM}, quiet.headers(body, FORM)):
                answer = quiet.send(body, headers=headers, route=route)
                assert (answer.status_code, answer.text) == (200, "")
    assert aureole.chats(guest, "A0QUIET") == []


@pytest.mark.parametrize("body,kind", [
    ("", "application/json"),
    ("{", "application/json"),
    ("[]", "application/json"),
    ("null", "application/json"),
    ('{"type": "event_callback", "api_app_id": "A111"}', "application/json"),
    ('{"type": "event_callback", "api_app_id": "A111", "event": []}', "application/json"),
    ('{"type": "event_callback", "api_app_id": 5, "event": {"type": "message"}}', "application/json"),
    ('{"type": "what_is_this", "api_app_id": "A111"}', "application/json"),
    ("payload=", FORM),
    ("payload=%7B", FORM),
    ("payload=%5B%5D", FORM),
    ("payload=%7B%22type%22%3A%22dialog_submission%22%2C%22api_app_id%22%3A%22A111%22%7D", FORM),
    ("command=%2Fnobody&api_app_id=A111", FORM),
    ("%ff%fe=%00", FORM),
    ("text", "text/plain"),
])
def test_what_nobody_would_send_is_no_fault_of_the_server(sample_apps, body, kind):
    for route in ROUTES:
        assert sample_apps["A111"].send(body, kind, route).status_code < 500


def test_the_server_is_well_after_all_of_them(aureole, sample_apps):
    for sample in SAMPLES:
        sample_apps[sample.app_id].send(sample.body, sample.kind)
    assert aureole.call("GET", "/health/ready").status_code == 200
