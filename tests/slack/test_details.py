"""SlackDetails: channels that are told of chats, and words that become tickets."""

import os
import pathlib
import re
import urllib.parse

import pytest
import requests
from aureole import Server
from processes import Program, eventually
from workspace import ADA, BEN, CHANNEL, TEAM

EMULATE = "http://127.0.0.1:4003"
REDIRECT = "https://chat.example.com/slack/connected"
SEED = f"""
slack:
  team: {{name: Harbour, domain: harbour}}
  oauth_apps:
    - client_id: "12.34"
      client_secret: oauth-client-secret
      app_id: A0OAUTH
      name: Aureole
      redirect_uris: ["{REDIRECT}"]
      scopes: [chat:write, commands, incoming-webhook]
"""


class Emulate:
    def __init__(self):
        seed = pathlib.Path(os.environ["TESTS_FOLDER"], "emulate.yaml")
        seed.write_text(SEED)
        command = ["node", os.environ["EMULATE"], "start", "--service", "slack", "--port", "4003", "--seed", str(seed)]
        self.program = Program("emulate", command, "slack")
        eventually(lambda: self.answers(), "emulate")

    def answers(self):
        try:
            return requests.post(f"{EMULATE}/api/auth.test", timeout=5).status_code < 500
        except requests.ConnectionError:
            return False

    def code(self):
        """What a browser brings back from Slack, once somebody has agreed."""
        asked = {"client_id": "12.34", "scope": "chat:write,commands", "redirect_uri": REDIRECT, "state": "s"}
        page = requests.get(f"{EMULATE}/oauth/v2/authorize", params=asked, timeout=20).text
        user = re.search(r'name="user_id" value="([^"]+)"', page)[1]
        agreed = requests.post(f"{EMULATE}/oauth/v2/authorize/callback", data={**asked, "user_id": user},
                               allow_redirects=False, timeout=20)
        assert agreed.status_code == 302
        return urllib.parse.parse_qs(urllib.parse.urlsplit(agreed.headers["Location"]).query)["code"][0]

    def api(self, method, **arguments):
        headers = {"Authorization": "Bearer test_token_admin"}
        answer = requests.post(f"{EMULATE}/api/{method}", json=arguments, headers=headers, timeout=20).json()
        assert answer["ok"], answer
        return answer

    def channel(self, name="general"):
        return next(one["id"] for one in self.api("conversations.list")["channels"] if one["name"] == name)

    def texts(self, name="general"):
        found = self.api("conversations.history", channel=self.channel(name))["messages"]
        return [str(one) for one in found]


@pytest.fixture(scope="module")
def emulate():
    started = Emulate()
    yield started
    started.program.stop()


@pytest.fixture(scope="module")
def connected(emulate, ports):
    """A server that connects through an app at emulate."""
    started = Server(next(ports), f"{EMULATE}/api", SLACK_CLIENT_ID="12.34", SLACK_CLIENT_SECRET="oauth-client-secret")
    yield started
    started.stop()


def exchange(server, code, **more):
    body = {"name": "general", "_getoauthtoken": True, "oauth_code": code, "oauth_redirect": REDIRECT, **more}
    return server.call("POST", "/SlackDetails", json=[body])


def test_a_code_is_exchanged_for_a_token_that_never_comes_back(connected, emulate):
    answer = exchange(connected, emulate.code())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["team_id"], made["teamname"]) == ("T000000001", "Harbour")
    assert {"chat:write", "commands"} <= set(made["scopes"])
    assert made["enabled"] is True
    read = connected.call("GET", f"/SlackDetails/{made['id']}", params={"includedetails": "true"}).text
    listed = connected.call("GET", "/SlackDetails").text
    for text in (answer.text, read, listed, "\n".join(connected.program.lines)):
        assert "xoxb-" not in text
        assert "oauth-client-secret" not in text


def test_a_code_works_once(connected, emulate):
    code = emulate.code()
    assert exchange(connected, code).status_code == 201
    known = len(connected.get("/SlackDetails"))
    again = exchange(connected, code)
    assert again.status_code == 400
    assert "invalid_code" in again.json()["Message"]
    assert len(connected.get("/SlackDetails")) == known


def test_another_redirect_is_refused_in_slacks_word(connected, emulate):
    refused = exchange(connected, emulate.code(), oauth_redirect="https://evil.example/")
    assert refused.status_code == 400
    assert "bad_redirect_uri" in refused.json()["Message"]


def test_an_exchange_without_a_code_is_refused(connected):
    assert exchange(connected, None).status_code == 400


def test_a_server_without_a_client_of_slacks_says_so(aureole):
    refused = exchange(aureole, "a-code")
    assert refused.status_code == 400
    assert "SLACK_CLIENT_ID" in refused.json()["Message"]


def test_lists_are_filtered(connected):
    agent_id, _ = connected.agent("Filtered")
    connected.post("/Team", {"name": "Filtered team", "agents": [{"agent_id": agent_id}]})
    made = [connected.post("/SlackDetails", one) for one in (
        {"name": "filter-one", "teamname": "One", "agent_id": agent_id},
        {"name": "filter-two", "teamname": "Two", "enabled": False})]
    ids = [one["id"] for one in made]

    def listed(**query):
        return [one["id"] for one in connected.get("/SlackDetails", **query) if one["id"] in ids]

    assert listed() == ids[:1]
    assert sorted(listed(includedisabled="true")) == ids
    assert listed(includedisabled="true", includeenabled="false") == ids[1:]
    assert listed(channel_name="filter-one") == ids[:1]
    assert listed(channel_name="nowhere") == []
    assert listed(agent_id=agent_id) == ids[:1]
    assert listed(includedisabled="true", team_name="Two") == ids[1:]


def test_a_channel_is_told_of_a_chat_that_waits_for_people(connected, emulate):
    hook = f"{EMULATE}/services/T000000001/B000000001/X000000001"
    connected.post("/SlackDetails", {
        "name": "general", "team_id": "T000000001", "channel_id": emulate.channel(), "webhookurl": hook})
    agent_id, _ = connected.agent("Robin")
    team = connected.post("/Team", {"name": "People", "agents": [{"agent_id": agent_id}]})
    connected.post("/ChatProfile", {"id": "shop", "key": "open", "name": "Shop", "steps": [
        {"step_id": 1, "steptype": 8, "isstart": True, "chat_teams": [{"id": team["id"]}]}]})
    name = "Iris <!channel> & Co"
    connected.post("/Chat", {"chatprofileid": "shop", "chatprofilekey": "open", "display_name": name})
    told = eventually(lambda: [one for one in emulate.texts() if "Iris" in one], "a notification")
    # A visitor's words can call nobody together.
    assert "<!channel>" not in told[0]


def test_a_webhook_elsewhere_is_refused(connected):
    for url in ("https://evil.example/services/x", "http://10.0.0.1/services/x", "file:///etc/passwd", "nonsense"):
        assert connected.call("POST", "/SlackDetails", json={"name": "x", "webhookurl": url}).status_code == 400


def test_uninstalling_ends_the_connection_whatever_slack_can_do(connected, emulate):
    made = exchange(connected, emulate.code()).json()
    ended = connected.call("POST", "/SlackDetails/Uninstall", json={"id": made["id"]})
    assert ended.status_code in (200, 201), ended.text
    assert ended.json()["uninstalled"] is True
    assert connected.get(f"/SlackDetails/{made['id']}")["uninstalled"] is True
    assert made["id"] not in [one["id"] for one in connected.get("/SlackDetails")]


# --- tickets, in the workspace of local-slack ---


@pytest.fixture(scope="module")
def tickets(aureole, workspace, help_app):
    kinds = [aureole.post("/TicketType", {"name": name, "use": "tickettype"}) for name in ("Command", "Message")]
    details = aureole.post("/SlackDetails", {
        "name": "desk", "team_id": TEAM, "channel_id": CHANNEL, "allow_ticket_create": True,
        "command_ticket_type": kinds[0]["id"], "ticket_type": kinds[1]["id"]})
    yield {"details": details, "command": kinds[0]["id"], "message": kinds[1]["id"]}
    aureole.call("DELETE", f"/SlackDetails/{details['id']}")


def ticket_about(aureole, words):
    """The only ticket with these words in it."""
    for one in aureole.get("/Tickets", pageinate="true", page_size=100, order="id", orderdesc="true")["tickets"]:
        whole = aureole.get(f"/Tickets/{one['id']}", includedetails="true")
        if words in str(whole):
            return whole
    return None


def test_a_slash_command_makes_a_ticket_and_says_so_to_its_giver(aureole, workspace, tickets):
    before = len(workspace.messages(CHANNEL))
    workspace.command(CHANNEL, ADA, "/ticket", "The coffee machine <is> broken & cold")
    made = eventually(lambda: ticket_about(aureole, "The coffee machine"), "the ticket")
    assert made["tickettype_id"] == tickets["command"]

    def told():
        return [one for one in workspace.messages(CHANNEL)[before:] if one.get("ephemeral_to") == ADA]

    answer = eventually(told, "the answer")[0]
    assert str(made["id"]) in answer["text"]
    assert [one for one in workspace.messages(CHANNEL)[before:] if one.get("subtype") != "ephemeral"] == []


def test_a_command_without_words_says_what_it_needs(aureole, workspace, tickets):
    known = aureole.get("/Tickets", pageinate="true", page_size=1)["record_count"]
    before = len(workspace.messages(CHANNEL))
    workspace.command(CHANNEL, ADA, "/ticket", "  ")
    eventually(lambda: workspace.messages(CHANNEL)[before:], "the answer")
    assert aureole.get("/Tickets", pageinate="true", page_size=1)["record_count"] == known


def test_a_message_shortcut_makes_a_ticket_of_the_message(aureole, workspace, tickets, help_app):
    about = workspace.say(CHANNEL, BEN, "Lamp 9 flickers at night")
    trigger = "1.2.three"
    sent = help_app.interact({
        "type": "message_action", "callback_id": "create_ticket", "trigger_id": trigger, "message_ts": about["ts"],
        "team": {"id": TEAM, "domain": "harbour"}, "channel": {"id": CHANNEL, "name": "desk"},
        "user": {"id": ADA, "name": "ada"}, "message": about, "response_url": "https://hooks.slack.com/app/T/1/x"})
    assert (sent.status_code, sent.text) == (200, "")
    made = eventually(lambda: ticket_about(aureole, "Lamp 9 flickers"), "the ticket")
    assert made["tickettype_id"] == tickets["message"]


def test_a_workspace_that_may_not_makes_no_ticket(aureole, workspace, tickets):
    path = {"id": tickets["details"]["id"]}
    aureole.post("/SlackDetails", {**path, "allow_ticket_create": False})
    before = len(workspace.messages(CHANNEL))
    workspace.command(CHANNEL, ADA, "/ticket", "Nobody should see this ticket")
    workspace.command(CHANNEL, ADA, "/ticket", "Nor this one")
    aureole.post("/SlackDetails", {**path, "allow_ticket_create": True})
    workspace.command(CHANNEL, ADA, "/ticket", "But the third one is fine")
    eventually(lambda: ticket_about(aureole, "But the third one"), "the ticket")
    assert ticket_about(aureole, "Nobody should see") is None
    assert ticket_about(aureole, "Nor this one") is None
    assert all(one.get("subtype") == "ephemeral" for one in workspace.messages(CHANNEL)[before:])
