"""Other ways into a chat: a direct message, a mention in a channel, a shortcut; and who is left out."""

from desk import Visit
from processes import eventually
from workspace import ADA, BEN, CHANNEL, TEAM, bot_of, content, event_of


def test_a_direct_message_opens_a_chat_with_its_words(aureole, workspace, help_app, guest):
    channel = workspace.direct(guest)
    workspace.say(channel, guest, "Good morning, my screen is dark")
    chat = eventually(lambda: aureole.chats(guest), "the chat")[0]
    eventually(lambda: "Good morning, my screen is dark" in aureole.said(chat["id"]), "the message")
    assert chat["slack_channel_id"] == channel
    Visit(workspace, guest, channel).hears("Hello, I am")
    names = [one["name"] for one in aureole.get(f"/Chat/{chat['id']}")["participants"]]
    assert any(guest[-3:] in (name or "") for name in names)


def test_what_a_person_says_stays_in_order(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    words = [f"line {number}" for number in range(20)]
    for text in words:
        workspace.say(channel, guest, text)
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: len(aureole.said(chat["id"])) == len(words), "the messages")
    assert aureole.said(chat["id"]) == words


def test_a_mention_in_a_channel_opens_a_chat_in_a_thread(aureole, workspace, help_app):
    asked = workspace.say(CHANNEL, BEN, f"<@{bot_of('A0HELP')}> is the network down?")
    chat = eventually(lambda: aureole.chats(BEN), "the chat")[0]
    assert chat["slack_channel_id"] == CHANNEL
    told = workspace.wait(CHANNEL, "Hello, I am", asked["ts"])
    assert told["thread_ts"] == asked["ts"]
    assert any("is the network down?" in one for one in aureole.said(chat["id"]))
    # The same message came as a message too, and is one.
    assert len([one for one in aureole.said(chat["id"]) if "network" in one]) == 1
    workspace.say(CHANNEL, BEN, "Since noon", thread_ts=asked["ts"])
    eventually(lambda: "Since noon" in aureole.said(chat["id"]), "the reply in the thread")
    # What people say to each other beside the thread is not the bot's.
    workspace.say(CHANNEL, BEN, "Who wants coffee?")
    workspace.say(CHANNEL, ADA, "I do, not in the thread")
    workspace.say(CHANNEL, BEN, "Still there?", thread_ts=asked["ts"])
    eventually(lambda: "Still there?" in aureole.said(chat["id"]), "the last reply")
    assert "Who wants coffee?" not in aureole.said(chat["id"])
    assert all(one.get("thread_ts") == asked["ts"] for one in workspace.told(CHANNEL)
               if one["ts"] > asked["ts"] and one.get("subtype") != "ephemeral")
    aureole.post("/Chat", {"id": chat["id"], "isclosed": True})


def test_a_global_shortcut_opens_a_chat_in_the_direct_messages(aureole, workspace, help_app, guest):
    shortcut = {"type": "shortcut", "callback_id": "start_chat", "trigger_id": "1.2.x", "action_ts": "1.2",
                "team": {"id": TEAM, "domain": "harbour"}, "user": {"id": guest, "username": "guest"}}
    sent = help_app.interact(shortcut)
    assert (sent.status_code, sent.text) == (200, "")
    chat = eventually(lambda: aureole.chats(guest), "the chat")[0]
    assert chat["slack_channel_id"] == workspace.direct(guest)
    assert help_app.interact({**shortcut, "callback_id": "end_chat"}).status_code == 200
    eventually(lambda: aureole.get(f"/Chat/{chat['id']}")["isclosed"], "the end")


def test_a_message_after_the_end_opens_a_new_chat(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    workspace.say(channel, guest, "first")
    first = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    aureole.post("/Chat", {"id": first["id"], "isclosed": True})
    workspace.say(channel, guest, "second")
    chats = eventually(lambda: len(aureole.chats(guest, "A0QUIET")) == 2 and aureole.chats(guest, "A0QUIET"), "another chat")
    eventually(lambda: aureole.said(chats[0]["id"]) == ["second"], "its message")
    assert aureole.said(first["id"]) == ["first"]


def test_bots_and_the_bot_itself_are_left_out(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    base = {"type": "message", "channel": channel, "channel_type": "im"}
    mine = {"user": bot_of("A0QUIET"), "bot_id": "B0QUIETBOT", "app_id": "A0QUIET"}
    theirs = {"user": "U0OTHERBOT", "bot_id": "B0OTHER", "bot_profile": {"app_id": "A0OTHER"}}
    for number, author in enumerate((mine, {"user": bot_of("A0QUIET")}, theirs, {"subtype": "bot_message", "bot_id": "B9"},
                                     {"user": guest, "subtype": "channel_topic"}, {"user": "USLACKBOT"})):
        ts = f"1795000001.{number:06}"
        body = event_of("A0QUIET", {**base, **author, "text": "not a person's", "ts": ts, "event_ts": ts})
        assert quiet.send(body).status_code == 200
    workspace.say(channel, guest, "a person's")
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: aureole.said(chat["id"]), "the message")
    assert aureole.said(chat["id"]) == ["a person's"]


def test_a_link_preview_edits_nothing(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    sent = workspace.say(channel, guest, "see https://example.com")
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: aureole.said(chat["id"]), "the message")
    preview = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": channel, "ts": "1795000002.000001",
               "message": {**sent, "text": "changed by nobody"}, "previous_message": sent}
    assert quiet.send(event_of("A0QUIET", preview)).status_code == 200
    workspace.say(channel, guest, "and this")
    eventually(lambda: len(aureole.said(chat["id"])) >= 2, "the next message")
    assert "changed by nobody" not in str(aureole.log(chat["id"]))


def test_a_deletion_as_a_tombstone_deletes(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    sent = workspace.say(channel, guest, "to be buried")
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: aureole.said(chat["id"]) == ["to be buried"], "the message")
    tombstone = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": channel,
                 "ts": "1795000003.000001", "previous_message": [],
                 "message": {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True,
                             "text": "This message was deleted.", "ts": sent["ts"], "thread_ts": sent["ts"]}}
    assert quiet.send(event_of("A0QUIET", tombstone)).status_code == 200
    eventually(lambda: "to be buried" not in str(aureole.log(chat["id"])), "the deletion")


def test_two_people_in_one_channel_have_two_chats(aureole, workspace, help_app):
    for person in (ADA, BEN):
        workspace.say(CHANNEL, person, f"<@{bot_of('A0HELP')}> help, says {person}")
    for person in (ADA, BEN):
        def mine():
            return [one for one in aureole.chats(person) if one["slack_channel_id"] == CHANNEL and not one["isclosed"]]

        chat = eventually(mine, f"the chat of {person}")[0]
        eventually(lambda: any(person in one for one in aureole.said(chat["id"])), "the message")
        told = "\n".join(aureole.said(chat["id"]))
        assert (BEN if person == ADA else ADA) not in told, content({"text": told})
        aureole.post("/Chat", {"id": chat["id"], "isclosed": True})
