"""Every chat endpoint through the client's session."""


def say(client, chat, **message):
    return client.session.post("ChatMessage", json=[{"chat_id": chat["id"], **message}])


def texts(client, chat, **part):
    log = client.session.get("ChatMessage", params={"chat_id": chat["id"], **part})
    return [entry["textplain"] for entry in log if entry["system_id"] == 0]


def test_a_chat_from_the_greeting_to_the_rating(agent, visitor, chat):
    assert chat["state"] == "bot"
    assert [entry["id"] for entry in chat["messages"]] == [1, 2, 3]

    answer = say(visitor, chat, text="My order")
    assert (answer["id"], answer["input_id"]) == (4, 1)
    assert texts(visitor, chat, last_id=4) == ["One moment."]
    assert agent.session.get(f"Chat/{chat['id']}")["state"] == "queued"

    said = say(agent, chat, text="Order 7 leaves <b>tonight</b>.<script>no</script>")
    assert said["textplain"] == "Order 7 leaves tonight."
    assert said["is_message_safe"] is False
    assert visitor.session.get(f"Chat/{chat['id']}")["agent_name"] == "Robin"

    closed = agent.session.post("Chat", json=[{"id": chat["id"], "isclosed": True}])
    assert closed["state"] == "closed"
    rating = say(visitor, chat, system_id=9, value_int=5)
    assert rating["value_int"] == 5
    assert visitor.session.get(f"Chat/{chat['id']}")["feedbacksubmitted"] is True


def test_one_in_gives_one_out_and_several_give_an_array(visitor, chat):
    one = visitor.session.post("ChatMessage", json={"chat_id": chat["id"], "text": "one"})
    assert isinstance(one, dict)
    several = visitor.session.post(
        "ChatMessage", json=[{"chat_id": chat["id"], "text": text} for text in ("two", "three")]
    )
    assert [message["textplain"] for message in several] == ["two", "three"]


def test_a_log_is_followed_by_the_last_number_seen(visitor, chat):
    say(visitor, chat, text="My order")
    log = visitor.session.get("ChatMessage", params={"chat_id": chat["id"]})
    assert [entry["id"] for entry in log] == list(range(1, log[-1]["id"] + 1))
    last = log[-1]["id"]
    assert visitor.session.get("ChatMessage", params={"chat_id": chat["id"], "last_id": last}) == []
    newest = visitor.session.get("ChatMessage", params={"chat_id": chat["id"], "max_id": 2})
    assert [entry["id"] for entry in newest] == [1, 2]


def test_a_repeated_post_is_stored_once(visitor, chat):
    def post():
        return visitor.session.post(
            "ChatMessage",
            json=[{"chat_id": chat["id"], "text": "once"}],
            headers={"Idempotency-Key": "message-1"},
        )

    assert post() == post()
    assert texts(visitor, chat).count("once") == 1


def test_chats_are_listed_filtered_sorted_and_paged(admin, profile, chat):
    start = {"chatprofileid": profile["id"], "display_name": "Bea"}
    second = admin.session.post("Chat", json=[start])
    admin.session.post("Chat", json=[{"id": chat["id"], "isclosed": True}])

    def listed(**query):
        return admin.session.get("Chat", params={"chatprofile_id": profile["id"], **query})

    whole = listed(order="id")
    assert whole["record_count"] == 2
    assert [one["id"] for one in whole["chats"]] == [chat["id"], second["id"]]
    assert "page_no" not in whole
    # The client hands Python's True on as it is.
    assert [one["id"] for one in listed(ignore_all_closed=True)["chats"]] == [second["id"]]
    page = listed(pageinate=True, page_size=1, page_no=2, order="name", orderdesc=True)
    assert (page["page_no"], page["page_size"], page["record_count"]) == (2, 1, 2)
    assert [one["name"] for one in page["chats"]] == ["Ada"]
    past = listed(pageinate=True, page_size=1, page_no=3)
    assert (past["record_count"], past["chats"]) == (0, [])
    assert listed(checkavailable=True)["chats"] == []


def test_typing_is_told_to_the_others(agent, visitor, chat):
    noted = visitor.session.post("ChatMessage/IsTyping", json={"chat_id": chat["id"], "sender_id": 1})
    assert (noted["chat_id"], noted["sender_id"]) == (chat["id"], 1)
    say(visitor, chat, text="My order")
    typing = agent.session.get(f"Chat/{chat['id']}")["typing"]
    assert [one["sender_id"] for one in typing] == [1]
    visitor.session.post("ChatMessage/IsTyping", json={"chat_id": chat["id"], "sender_id": 1, "_stopped": True})
    assert agent.session.get(f"Chat/{chat['id']}")["typing"] == []


def test_a_flow_is_moved_to_a_step_that_permits_it(visitor, chat):
    header = visitor.session.post("ChatFlow", json=[{"chat_id": chat["id"], "flow_step": 2}])
    assert header["state"] == "queued"
    assert texts(visitor, chat)[-1] == "One moment."


def test_joining_reading_leaving_and_reopening(admin, agent, robin, visitor, chat):
    def change(**wish):
        return agent.session.post("Chat", json=[{"id": chat["id"], **wish}])

    say(visitor, chat, text="My order")
    joined = change(agent_id=robin["id"])
    assert (joined["state"], joined["agent_id"]) == ("live", robin["id"])
    assert change(readid=joined["lastmessageid"])["unread"] == 0
    assert change(_leave=True)["state"] == "queued"
    assert change(isclosed=True)["isclosed"] is True
    assert change(isclosed=False)["state"] == "live"
    noted = change(_note="a good customer")
    assert noted["lastmessageid"] > visitor.session.get(f"Chat/{chat['id']}")["lastmessageid"]


def test_matching_data_is_kept_under_a_pair(admin):
    pair = admin.session.post("ChatMatchingData", json=[{"json_content": {"name": "Ada"}}])
    assert pair.keys() == {"guid", "key"}
