"""The server's refusals as the client's exceptions.

The server has no rate limit and so sends no 429; that the client reads `Retry-After` as whole
seconds is shown on the 503 of a database that is away.
"""

import os
import pathlib
import signal

import pytest
import requests
from halo import HaloAPIError, HaloAuthenticationError, HaloResourceNotFound, HaloValidationError


@pytest.mark.parametrize(
    ("endpoint", "body", "words"),
    [
        ("Chat", [], "the array is empty"),
        ("Chat", None, "chatprofileid is missing"),
        ("ChatMessage", [{"text": "to nobody"}], "chat_id is missing"),
        ("ChatMessage", [{"chat_id": "seven"}], "chat_id"),
        ("Team", [{"intent": "nameless"}], "name is missing"),
        ("ChatProfile", [{"name": "x", "steps": [{"step_id": 1, "steptype": 1}]}], "the flow is broken"),
    ],
)
def test_400_is_a_validation_error_with_the_servers_words(admin, endpoint, body, words):
    with pytest.raises(HaloValidationError, match=words) as refusal:
        admin.session.post(endpoint, json=body)
    assert refusal.value.status_code == 400


def test_401_and_403_are_authentication_errors(admin, agent, visitor, profile, chat):
    with pytest.raises(HaloAuthenticationError, match="403"):
        agent.session.post("Team", json=[{"name": "not mine to make"}])
    # A client with a token and nothing else tries to sign in again, and has nothing to do it with.
    with pytest.raises(HaloAuthenticationError):
        visitor.session.get("Agent")


@pytest.mark.parametrize("endpoint", ["Chat/999999", "ChatProfile/nowhere", "Agent/999999", "NoSuchThing/1"])
def test_404_is_resource_not_found(admin, endpoint):
    with pytest.raises(HaloResourceNotFound) as refusal:
        admin.session.get(endpoint)
    assert refusal.value.resource_id == endpoint.rsplit("/", 1)[1]


def test_what_a_visitor_may_not_see_looks_like_what_is_not_there(admin, profile, visitor):
    other = admin.session.post("Chat", json=[{"chatprofileid": profile["id"]}])
    with pytest.raises(HaloResourceNotFound):
        visitor.session.get(f"Chat/{other['id']}")


def test_other_refusals_keep_their_status(visitor, chat):
    def post(text):
        return visitor.session.post(
            "ChatMessage",
            json=[{"chat_id": chat["id"], "text": text}],
            headers={"Idempotency-Key": "the same"},
        )

    post("first")
    with pytest.raises(HaloAPIError, match="Idempotency-Key") as refusal:
        post("second")
    assert refusal.value.status_code == 422
    with pytest.raises(HaloAPIError) as refusal:
        visitor.session.put("Chat", json=[])
    assert refusal.value.status_code == 405


def test_an_outage_of_the_database_is_waited_out(admin, chat):
    token = {"Authorization": "Bearer " + admin.auth.get_token()}
    address = f"{os.environ['AUREOLE']}/api/Chat/{chat['id']}"
    assert requests.get(address, headers=token, timeout=30).status_code == 200

    stop_database()
    # It finishes what it is doing first.
    answers = (requests.get(address, headers=token, timeout=30) for _ in range(1_000))
    answer = next(answer for answer in answers if answer.status_code != 200)
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["message"]
    # The client waits as long as it is told, and tries again.
    assert admin.session.get(f"Chat/{chat['id']}")["id"] == chat["id"]


def stop_database():
    """Tells the server's own PostgreSQL to shut down; the server starts it again."""
    folder = pathlib.Path(os.environ["DATA_DIR"], "postgres", "data")
    os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
