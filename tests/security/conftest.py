"""A server, a browser, and callers of each kind. `run` gives them a network of their own."""

import os
import signal
import sys

import pytest
from aureole import Server
from fake_slack import FakeSlack
from page import Page

PORT = 8080


def pytest_configure():
    if "TESTS_FOLDER" not in os.environ:
        sys.exit("These tests need what tests/security/run prepares: start that.")
    # Ended by signal, pytest still stops what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def slack():
    started = FakeSlack()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def aureole(slack):
    """A server of each file's own: what one file tries must not be in the way of another."""
    started = Server(PORT, f"{slack.url}/api")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def page():
    started = Page()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def desk(aureole):
    """An agent who is there and never too busy, and her team."""
    agent_id, token = aureole.agent("Robin")
    aureole.post("/Agent", {"id": agent_id, "max_chats": 1_000_000})
    team = aureole.post("/Team", {"name": "Desk", "agents": [{"agent_id": agent_id}]})
    return {"agent_id": agent_id, "token": token, "team_id": team["id"]}
