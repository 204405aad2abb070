"""SlackChatApp: what an administrator writes, reads and never reads again."""

import itertools

import pytest
from aureole import Server

SECRET, TOKEN = "a-secret-that-never-returns", "xoxb-that-never-returns"
numbers = itertools.count(1)


@pytest.fixture
def body(quiet):
    return {
        "name": "Reception", "app_id": f"A0APPS{next(numbers)}", "new_bot_user_oauth_token": TOKEN,
        "new_signing_secret": SECRET, "chat_profile_id": "quiet"}


def silent(text):
    return SECRET not in text and TOKEN not in text


def test_an_app_is_made_read_changed_listed_and_deleted(aureole, body):
    made = aureole.post("/SlackChatApp", [body])
    path = f"/SlackChatApp/{made['id']}"
    assert (made["name"], made["app_id"], made["chat_profile_id"]) == ("Reception", body["app_id"], "quiet")
    assert made["chat_profile_name"] == "Quiet"
    assert aureole.get(path)["app_id"] == body["app_id"]
    changed = aureole.post("/SlackChatApp", {"id": made["id"], "name": "Front door"})
    assert (changed["name"], changed["app_id"]) == ("Front door", body["app_id"])
    assert made["id"] in [one["id"] for one in aureole.get("/SlackChatApp")]
    assert aureole.call("DELETE", path).json()["id"] == made["id"]
    assert aureole.call("GET", path).status_code == 404
    assert made["id"] not in [one["id"] for one in aureole.get("/SlackChatApp")]


def test_several_apps_are_made_together_or_not_at_all(aureole, body):
    second = {**body, "app_id": body["app_id"] + "B"}
    both = aureole.post("/SlackChatApp", [body, second])
    assert [one["app_id"] for one in both] == [body["app_id"], second["app_id"]]
    third = {**body, "app_id": body["app_id"] + "C"}
    refused = aureole.call("POST", "/SlackChatApp", json=[third, {"name": "no app id"}])
    assert refused.status_code == 400
    assert third["app_id"] not in [one["app_id"] for one in aureole.get("/SlackChatApp")]
    for one in both:
        aureole.call("DELETE", f"/SlackChatApp/{one['id']}")


def test_no_answer_holds_a_secret(aureole, body):
    made = aureole.call("POST", "/SlackChatApp", json=[body])
    number = made.json()["id"]
    answers = [
        made,
        aureole.call("GET", f"/SlackChatApp/{number}", params={"includedetails": "true"}),
        aureole.call("GET", "/SlackChatApp", params={"includedetails": "true"}),
        aureole.call("POST", "/SlackChatApp", json={"id": number, "new_signing_secret": SECRET}),
        aureole.call("POST", "/SlackChatApp", json={"id": number, "new_signing_secret": ""}),
        aureole.call("DELETE", f"/SlackChatApp/{number}"),
    ]
    for answer in answers:
        assert silent(answer.text), answer.text
        assert "signing_secret" not in answer.text or answer.status_code == 400, answer.text
    assert silent("\n".join(aureole.program.lines))


@pytest.mark.parametrize("secret", ["absent", None, "", "   "])
def test_an_app_without_a_signing_secret_is_refused(aureole, body, secret):
    if secret == "absent":
        del body["new_signing_secret"]
    else:
        body["new_signing_secret"] = secret
    refused = aureole.call("POST", "/SlackChatApp", json=[body])
    assert refused.status_code == 400
    assert "signing_secret" in refused.json()["Message"]
    assert body["app_id"] not in [one["app_id"] for one in aureole.get("/SlackChatApp")]


def test_a_signing_secret_can_be_changed_and_not_taken_away(aureole, body):
    made = aureole.post("/SlackChatApp", body)
    aureole.post("/SlackChatApp", {"id": made["id"], "new_signing_secret": "another"})
    for secret in ("", "  ", None):
        refused = aureole.call("POST", "/SlackChatApp", json={"id": made["id"], "new_signing_secret": secret})
        assert refused.status_code == 400, secret
    aureole.call("DELETE", f"/SlackChatApp/{made['id']}")


@pytest.mark.parametrize("change", [
    {"app_id": None}, {"app_id": ""}, {"chat_profile_id": "there is none"}, {"id": 999_999}, {"app_id": "A0QUIET"}])
def test_what_cannot_be_right_is_refused(aureole, body, change):
    answer = aureole.call("POST", "/SlackChatApp", json=[{**body, **change}])
    assert answer.status_code in (400, 404), answer.text
    assert silent(answer.text)


def test_a_stranger_reads_nothing_and_an_agent_changes_nothing(aureole, desk, body):
    assert aureole.call("GET", "/SlackChatApp", token="nobody").status_code == 401
    for token, status in (("nobody", 401), (desk["token"], 403)):
        assert aureole.call("POST", "/SlackChatApp", token=token, json=[body]).status_code == status
        assert aureole.call("DELETE", "/SlackChatApp/1", token=token).status_code == status


def test_a_token_of_another_app_is_told(aureole, body):
    # local-slack takes an unknown token for the first app's.
    made = aureole.post("/SlackChatApp", [body])
    assert "A0HELP" in made["_warning"]
    aureole.call("DELETE", f"/SlackChatApp/{made['id']}")


def test_an_app_is_kept_with_a_warning_when_slack_cannot_be_reached(ports, body):
    server = Server(next(ports), "http://127.0.0.1:9/api")
    try:
        server.post("/ChatProfile", {"id": "quiet", "key": "quiet", "name": "Quiet", "steps": []})
        made = server.post("/SlackChatApp", [body])
        assert made["app_id"] == body["app_id"]
        assert made["_warning"]
        assert silent(made["_warning"])
        assert server.get(f"/SlackChatApp/{made['id']}")["app_id"] == body["app_id"]
    finally:
        server.stop()
