"""Profiles, agents, teams, fields and presence through the client's session."""

import pytest
from halo import HaloResourceNotFound


def test_a_profile_is_made_read_changed_and_deleted(admin, profile):
    address = f"ChatProfile/{profile['id']}"
    short = admin.session.get(address)
    assert "steps" not in short
    whole = admin.session.get(address, params={"includedetails": "true"})
    assert [step["step_id"] for step in whole["steps"]] == [1, 2]
    assert all("id" in link for step in whole["steps"] for link in step.get("actions", []))
    assert profile["id"] in [one["id"] for one in admin.session.get("ChatProfile", params={"type": 1})]

    changed = admin.session.post("ChatProfile", json=[{"id": profile["id"], "greeting": "Welcome!"}])
    assert (changed["greeting"], changed["name"], changed["steps"]) == ("Welcome!", "Shop", whole["steps"])

    assert admin.session.delete(address)["id"] == profile["id"]
    with pytest.raises(HaloResourceNotFound):
        admin.session.get(address)


@pytest.mark.parametrize(
    ("resource", "made", "change"),
    [
        ("Team", {"name": "Sales"}, {"name": "Field sales"}),
        ("FieldInfo", {"name": "ordernumber", "label": "Order", "type": 7}, {"label": "Order number"}),
        ("SlackDetails", {"name": "help", "teamname": "Shop"}, {"name": "helpdesk"}),
    ],
)
def test_a_configuration_object_is_made_read_changed_and_deleted(admin, resource, made, change):
    first = admin.session.post(resource, json=[made])
    assert first["id"] > 0
    second = admin.session.post(resource, json=[{"id": first["id"], **change}])
    assert {**made, **change}.items() <= second.items()
    assert second == admin.session.get(f"{resource}/{first['id']}")
    listed = admin.session.get(resource)
    assert first["id"] in [one["id"] for one in listed]
    assert admin.session.delete(f"{resource}/{first['id']}")["id"] == first["id"]
    with pytest.raises(HaloResourceNotFound):
        admin.session.get(f"{resource}/{first['id']}")


def test_an_agents_password_is_never_read(admin, robin):
    stored = admin.session.get(f"Agent/{robin['id']}")
    assert stored["email"] == robin["email"]
    assert "password" not in stored and "password" not in robin
    assert robin["id"] in [one["id"] for one in admin.session.get("Agent")]
    assert admin.session.delete(f"Agent/{robin['id']}")["id"] == robin["id"]


def test_a_heartbeat_makes_an_agent_available(admin, agent, robin, team):
    beat = agent.session.post("OnlineStatus", json=[{"agent_status": 1}])
    assert (beat["techID"], beat["isOnline"], beat["agent_status"]) == (robin["id"], True, 1)
    assert robin["id"] in [one["techID"] for one in admin.session.get("OnlineStatus")]
    assert admin.session.get("Chat", params={"checkavailable": "true"})["available"] is True
    assert agent.session.post("OnlineStatus", json=[{"is_logout": True}])["isOnline"] is False
