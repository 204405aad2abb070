"""The server, the workspace, and the apps that both know. `run` gives them a network of their own."""

import itertools
import os
import pathlib
import signal
import sys

import pytest
from aureole import Sender, Server
from browser import Browser
from desk import FIELDS, profile
from samples import APPS
from workspace import SECRETS, URL, Workspace, token_of

AUREOLE_PORT = 8080
ALL_SECRETS = {**SECRETS, **{app_id: f"secret-of-{app_id}" for app_id in APPS}}


def pytest_configure():
    if "TESTS_FOLDER" not in os.environ:
        sys.exit("These tests need what tests/slack/run prepares: start that.")
    # Ended by signal, pytest still stops what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    # What was posted in all the others is judged at the end.
    items.sort(key=lambda item: "test_blocks" in item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        for name in ("aureole", "workspace"):
            if name in item.funcargs:
                program = item.funcargs[name].program
                report.sections.append((program.name, "\n".join(list(program.lines)[-40:])))
    return report


@pytest.fixture(scope="session")
def workspace():
    started = Workspace(ALL_SECRETS, f"http://127.0.0.1:{AUREOLE_PORT}/Slack/Event")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def aureole(workspace):
    started = Server(AUREOLE_PORT, f"{URL}/api")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def browser():
    started = Browser(URL)
    yield started
    started.stop()


def register(server, app_id, profile):
    """A SlackChatApp; its answer."""
    return server.post("/SlackChatApp", [{
        "name": app_id,
        "app_id": app_id,
        "new_bot_user_oauth_token": token_of(app_id),
        "new_signing_secret": ALL_SECRETS[app_id],
        "chat_profile_id": profile,
    }])


@pytest.fixture(scope="session")
def desk(aureole):
    """An agent who is there, and her team."""
    agent_id, token = aureole.agent("Robin")
    team = aureole.post("/Team", {"name": "Service desk", "agents": [{"agent_id": agent_id}]})
    return {"agent_id": agent_id, "token": token, "team_id": team["id"]}


@pytest.fixture(scope="session")
def quiet(aureole, desk):
    """An app without a bot: whatever is said is kept, and nothing answers."""
    step = {"step_id": 1, "name": "People", "steptype": 8, "isstart": True, "chat_teams": [{"id": desk["team_id"]}]}
    aureole.post("/ChatProfile", {"id": "quiet", "key": "quiet", "name": "Quiet", "steps": [step]})
    register(aureole, "A0QUIET", "quiet")
    return Sender(aureole, "A0QUIET", ALL_SECRETS["A0QUIET"])


@pytest.fixture(scope="session")
def help_app(aureole, desk):
    """The app that the help desk is reached through."""
    fields = [one["id"] for one in aureole.post("/FieldInfo", FIELDS)]
    aureole.post("/ChatProfile", profile(fields, desk["team_id"]))
    register(aureole, "A0HELP", "slack-desk")
    return Sender(aureole, "A0HELP", ALL_SECRETS["A0HELP"])


@pytest.fixture(scope="session")
def sample_apps(aureole, quiet):
    """The apps that the samples were made for, by id."""
    for app_id in APPS:
        register(aureole, app_id, "quiet")
    return {app_id: Sender(aureole, app_id, ALL_SECRETS[app_id]) for app_id in APPS}


@pytest.fixture
def guest(workspace):
    """Somebody who has not chatted yet."""
    return next(workspace.guests)


@pytest.fixture(scope="session")
def commands(aureole):
    """The names of the commands, as the manifest gives them to Slack: start, then end."""
    manifest = aureole.post("/Slack/Manifest", {
        "name": "Help desk", "startChatDescription": "begins here", "endChatDescription": "ends here"})
    named = {one["description"]: one["command"] for one in manifest["features"]["slash_commands"]}
    return named["begins here"], named["ends here"]


@pytest.fixture(scope="session")
def fixtures():
    return pathlib.Path(__file__).parent.parent / "fixtures" / "slack"


@pytest.fixture(scope="session")
def ports():
    """Ports for further programs; the network is ours alone."""
    return itertools.count(8100)
