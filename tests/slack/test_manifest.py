"""Manifests are what Slack's own schema wants, whatever they are made of."""

import json
import random

import jsonschema
import pytest

LETTERS = "abcdefghij KLMNOP 0123-_./#@<>&\"'\\\n\t äöüßéł 漢字かな 🙂🚀 \u200b\u202e"
LENGTHS = (0, 1, 2, 24, 30, 34, 35, 36, 79, 80, 81, 139, 140, 141, 173, 174, 175, 176, 400, 1999, 2000, 2001, 3999, 4000, 4001)
MEMBERS = ("name", "shortDescription", "longDescription", "startChatDescription", "endChatDescription")


@pytest.fixture(scope="module")
def validator(fixtures):
    schema = json.loads((fixtures / "manifest" / "manifest.schema.2.0.0.json").read_text())
    return jsonschema.Draft7Validator(schema)


def texts(random):
    """An input, within a body's size, with what people and machines put into forms."""
    made = {}
    for member in MEMBERS:
        kind = random.random()
        if kind < 0.1 and member != "name":
            continue
        if kind < 0.15 and member != "name":
            made[member] = None
            continue
        if kind < 0.2 and member != "name":
            made[member] = "   "
            continue
        made[member] = "".join(random.choices(LETTERS, k=random.choice(LENGTHS)))
    return made


def test_a_thousand_inputs_make_valid_manifests(aureole, validator):
    random_ = random.Random(5)
    made = 0
    for _ in range(1_000):
        sent = texts(random_)
        answer = aureole.call("POST", "/Slack/Manifest", json=sent)
        if answer.status_code == 400:
            # Without a name there is nothing to make, and nobody can make up a long description's missing half.
            problem = answer.json()["message"]
            long = (sent.get("longDescription") or "").strip()
            if "longDescription" in problem:
                # Control characters are no part of it.
                assert 0 < len(long) < 200 or len(long) > 3_900, (sent, problem)
            else:
                assert not sent.get("name", "").strip(" \n\t\u200b\u202e"), (sent, problem)
            continue
        assert answer.status_code in (200, 201), (sent, answer.text)
        problems = [error.message for error in validator.iter_errors(answer.json())]
        assert problems == [], (sent, problems)
        made += 1
    # About as many have a long description of the wrong length.
    assert made > 300


def test_a_manifest_asks_for_what_the_bridge_needs(aureole):
    manifest = aureole.post("/Slack/Manifest", {
        "name": "Harbour help", "shortDescription": "Help", "startChatDescription": "Opens a chat",
        "endChatDescription": "Closes it"})
    assert manifest["display_information"]["name"] == "Harbour help"
    tab = manifest["features"]["app_home"]
    assert (tab["messages_tab_enabled"], tab["messages_tab_read_only_enabled"]) == (True, False)
    described = [one["description"] for one in manifest["features"]["slash_commands"]]
    assert described == ["Opens a chat", "Closes it"]
    events = manifest["settings"]["event_subscriptions"]
    assert {"message.im", "app_mention", "app_uninstalled", "tokens_revoked"} <= set(events["bot_events"])
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert {"chat:write", "im:write", "im:history", "app_mentions:read", "commands", "files:read", "files:write",
            "users:read"} <= scopes
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    # Turned on, it cannot be turned off, and a pasted token would die after half a day.
    assert not manifest["settings"].get("token_rotation_enabled")
    for command in manifest["features"]["slash_commands"]:
        assert "/slack/" in command["url"].lower()
    assert manifest["settings"]["interactivity"]["request_url"].startswith(aureole.url)
    assert events["request_url"].startswith(aureole.url)


def test_a_stranger_gets_no_manifest(aureole):
    assert aureole.call("POST", "/Slack/Manifest", token="nobody", json={"name": "x"}).status_code == 401
