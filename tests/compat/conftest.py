"""A running server, and the client signed in to it in the ways that the client knows."""

import itertools
import json
import os
import pathlib
import uuid

import pytest
from halo import HaloClient

PASSWORD = "a quiet garden gate"


# Servers of one database; each caller uses another than the one before.
SERVERS = itertools.cycle(os.environ["AUREOLE_ALL"].split())


def sign_in(**proof):
    """The client as its users make it; nothing of it is changed."""
    return HaloClient(next(SERVERS), **proof)


@pytest.fixture(scope="session")
def admin_keys():
    kept = json.loads(pathlib.Path(os.environ["DATA_DIR"], "admin-client.json").read_text())
    return {"client_id": kept["client_id"], "client_secret": kept["client_secret"]}


@pytest.fixture
def admin(admin_keys):
    """The administrator's client, by client_credentials."""
    return sign_in(**admin_keys)


@pytest.fixture
def watcher():
    """A client with the scope access:chat; this Python client always asks for `all`."""
    words = os.environ["CHAT_CLIENT"].split()
    return {"client_id": words[1], "client_secret": words[3]}


@pytest.fixture
def robin(admin):
    """A new agent, as the server answers it."""
    email = f"robin-{uuid.uuid4().hex}@example.com"
    return admin.session.post("Agent", json=[{"name": "Robin", "email": email, "password": PASSWORD}])


@pytest.fixture
def agent(robin):
    """That agent, by the password grant of a client without a secret."""
    return sign_in(client_id=os.environ["PUBLIC_CLIENT"], username=robin["email"], password=PASSWORD)


@pytest.fixture
def team(admin, robin):
    return admin.session.post("Team", json=[{"name": "Support", "agents": [{"agent_id": robin["id"]}]}])


@pytest.fixture
def profile(admin, team):
    """A profile whose flow asks one question and hands over to the team."""
    return admin.session.post(
        "ChatProfile",
        json=[
            {
                "name": "Shop",
                "bot_name": "Aura",
                "greeting": "Hello!",
                "steps": [
                    {
                        "step_id": 1,
                        "steptype": 1,
                        "isstart": True,
                        "message": "What is it about?",
                        "actions": [{"action_name": "My order", "end_step": 2}],
                    },
                    {
                        "step_id": 2,
                        "steptype": 8,
                        "allowstartoverride": True,
                        "message": "One moment.",
                        "chat_teams": [{"id": team["id"]}],
                    },
                ],
            }
        ],
    )


@pytest.fixture
def chat(admin, profile):
    """A chat that the bot has just greeted; the answer carries the visitor's token."""
    start = {"chatprofileid": profile["id"], "chatprofilekey": profile["key"], "display_name": "Ada"}
    return admin.session.post("Chat", json=[start])


@pytest.fixture
def visitor(chat):
    """The visitor of that chat: the client with an existing token."""
    return sign_in(client_id="visitor", token=chat["access_token"])
