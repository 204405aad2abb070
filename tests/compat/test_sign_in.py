"""Sign-in, and signing in again when a token is dead."""

import os

import pytest
from conftest import PASSWORD, sign_in
from halo import HaloAuthenticationError


def test_client_credentials_give_a_token_that_opens_the_start_up_calls(admin):
    assert admin.session.get("authinfo")["auth_url"] == os.environ["AUREOLE"] + "/auth"
    assert admin.session.get("lookup", params={"lookupid": 11})[0].keys() >= {"id", "name"}
    assert admin.session.get("InstanceInfo")["app_name"] == "Aureole"
    assert admin.session.get("Agent/me")["is_admin"] is True
    assert admin.auth._refresh_token is None


def test_the_api_address_works_as_well_as_the_instances(admin_keys):
    from halo import HaloClient

    client = HaloClient(os.environ["AUREOLE"] + "/api/", **admin_keys)
    assert client.session.get("InstanceInfo")["app_name"] == "Aureole"


def test_an_agent_signs_in_with_a_password(agent, robin):
    assert agent.session.get("Agent/me")["id"] == robin["id"]
    assert agent.auth._refresh_token


def test_a_refresh_token_is_traded_for_new_tokens(agent, robin):
    first = agent.auth.get_token(), agent.auth._refresh_token
    agent.auth._token = None
    assert agent.session.get("Agent/me")["id"] == robin["id"]
    second = agent.auth.get_token(), agent.auth._refresh_token
    assert first[0] != second[0] and first[1] != second[1]
    # A lost answer can be asked for again; once its successor is used, the first one is dead.
    agent.auth._refresh_token = second[1]
    agent.auth._refresh_access_token()
    agent.auth._refresh_token = first[1]
    with pytest.raises(HaloAuthenticationError, match="refresh token"):
        agent.auth._refresh_access_token()


def test_a_token_that_never_was_one_is_replaced_after_401(admin):
    admin.auth._token = "garbage"
    assert admin.session.get("InstanceInfo")["app_name"] == "Aureole"
    assert admin.auth.get_token() != "garbage"


def test_a_revoked_token_is_replaced_after_401(admin, agent, robin):
    before = agent.auth.get_token()
    assert agent.session.get("Agent/me")["id"] == robin["id"]
    # A new password ends every sign-in of the agent, refresh tokens included.
    admin.session.post("Agent", json=[{"id": robin["id"], "password": PASSWORD}])
    assert agent.session.get("Agent/me")["id"] == robin["id"]
    assert agent.auth.get_token() != before


def test_a_dead_token_without_a_way_to_replace_it_is_an_authentication_error():
    client = sign_in(client_id="visitor", token="garbage")
    with pytest.raises(HaloAuthenticationError):
        client.session.get("Chat")


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        ({"client_id": "nobody", "client_secret": "wrong"}, "client"),
        ({"client_id": os.environ["PUBLIC_CLIENT"], "username": "nobody", "password": "wrong"}, "password"),
    ],
)
def test_a_refused_sign_in_says_why(proof, words):
    with pytest.raises(HaloAuthenticationError, match=words):
        sign_in(**proof).session.get("InstanceInfo")


def test_a_scope_that_is_not_granted_is_refused_by_name(watcher):
    with pytest.raises(HaloAuthenticationError, match="scope all is not granted"):
        sign_in(**watcher).session.get("Chat")
