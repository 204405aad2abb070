"""A whole help desk, walked from Slack: one conversation, from the start command to the end command."""

import base64
import re

import pytest
import requests
from desk import DAYS, TOPICS, Visit, options
from processes import eventually
from workspace import ADA, CHANNEL, content, elements, token_of

pytestmark = pytest.mark.usefixtures("collected")


@pytest.fixture
def collected(workspace):
    yield
    workspace.collect()


@pytest.fixture(scope="module")
def walk(aureole, workspace, help_app, commands):
    """The state of the walk, which the tests below take further one after the other."""
    before = len(workspace.told(CHANNEL))
    workspace.command(CHANNEL, ADA, commands[0])
    channel = eventually(lambda: workspace.direct(ADA), "the direct messages")
    chat = eventually(lambda: aureole.chats(ADA, channel=channel), "the chat")[0]
    return {"chat": chat["id"], "visit": Visit(workspace, ADA, channel), "channel": channel, "before": before}


def entry(aureole, walk, words):
    """The chat's last entry that holds these words."""
    found = [one for one in aureole.log(walk["chat"]) if words in (one.get("textplain") or "")]
    return found[-1] if found else None


def test_the_start_command_opens_a_chat_in_the_direct_messages(aureole, workspace, walk):
    header = aureole.get(f"/Chat/{walk['chat']}")
    assert (header["slack_app_id"], header["slack_user_id"]) == ("A0HELP", ADA)
    assert header["slack_channel_id"] == walk["channel"]
    assert header["state"] == "bot"
    greeting = walk["visit"].hears("Hello, I am")
    # Bold in Slack's way, and an ampersand escaped.
    assert "*Nora*" in content(greeting)
    assert "&amp; I help" in content(greeting)
    # Whoever gave the command in the channel is told, and nobody else.
    assert all(one.get("subtype") == "ephemeral" for one in workspace.told(CHANNEL)[walk["before"]:])


def test_the_start_command_again_goes_on_in_the_same_chat(aureole, workspace, walk, commands):
    workspace.command(CHANNEL, ADA, commands[0])
    workspace.command(walk["channel"], ADA, commands[0])
    assert [one["id"] for one in aureole.chats(ADA, channel=walk["channel"])] == [walk["chat"]]


def test_a_choice_is_a_row_of_buttons(aureole, walk):
    message, _ = walk["visit"].asked("What can I do for you?", "button")
    labels = [one["text"]["text"] for one in elements(message, "button")]
    assert labels == ["Something is broken", "Talk to somebody"]
    walk["first"] = message
    walk["visit"].presses(message, "Something is broken")
    eventually(lambda: entry(aureole, walk, "Something is broken"), "the answer")


def test_a_button_that_was_used_loses_its_controls(workspace, walk):
    def is_bare():
        now = workspace.message(walk["channel"], walk["first"]["ts"])
        return now is None or not elements(now, "button")

    eventually(is_bare, "the message without buttons")


def test_a_longer_choice_is_a_menu(aureole, walk):
    message, element = walk["visit"].asked("Which thing is it?", "static_select")
    assert list(options(element)) == TOPICS
    walk["visit"].uses(message, element, selected_option=options(element)["Laptop"])
    eventually(lambda: entry(aureole, walk, "Laptop"), "the answer")


def test_a_stale_button_moves_nothing_and_says_so(aureole, workspace, walk):
    visit = walk["visit"]
    visit.hears("Since which day?")
    log = aureole.log(walk["chat"])
    before = len(workspace.messages(walk["channel"]))
    stale = walk["first"]
    visit.presses(stale, "Talk to somebody")
    told = eventually(lambda: workspace.messages(walk["channel"])[before:], "a word about it")
    assert told[0].get("ephemeral_to") == ADA
    assert aureole.log(walk["chat"]) == log
    visit.seen = "0"


def test_a_date_is_picked(aureole, walk):
    message, element = walk["visit"].asked("Since which day?", "datepicker")
    walk["visit"].uses(message, element, selected_date="2026-03-09")

    def stored():
        return [one for one in aureole.log(walk["chat"]) if (one.get("value_date") or "").startswith("2026-03-09")]

    eventually(stored, "the date")


def test_several_choices_are_gathered_and_confirmed(aureole, walk):
    visit = walk["visit"]
    message, element = visit.asked("On which days", "multi_static_select", "checkboxes")
    days = options(element)
    assert list(days) == DAYS
    # Each change is told, and the last one counts.
    visit.uses(message, element, selected_options=[days["Monday"]])
    visit.uses(message, element, selected_options=[days["Monday"], days["Thursday"]])
    visit.presses(message)

    def stored():
        return [one for one in aureole.log(walk["chat"]) if one.get("value_multi")]

    answer = eventually(stored, "the answer")[0]
    assert re.findall(r"\d+", str(answer["value_multi"])) == ["1", "4"]


def test_a_memo_is_written_in_a_modal(aureole, walk, browser):
    visit = walk["visit"]
    message, _ = visit.asked("Please describe it.", "button")
    visit.presses(message)
    browser.submit("It smokes <a bit> & smells of *burnt* toast")
    eventually(browser.is_closed, "the closed modal")
    stored = eventually(lambda: entry(aureole, walk, "It smokes"), "the memo")
    assert stored["textplain"] == "It smokes <a bit> & smells of *burnt* toast"
    assert "<a bit>" not in stored["text"]


def test_free_text_is_the_next_message(aureole, walk):
    walk["visit"].hears("Which room are you in?")
    sent = walk["visit"].says("Room 12 &amp; the hall")
    stored = eventually(lambda: entry(aureole, walk, "Room 12"), "the text")
    assert stored["textplain"] == "Room 12 & the hall"
    walk["free"] = {"ts": sent["ts"], "id": stored["id"]}


def test_a_rating_is_a_row_of_numbers(aureole, walk):
    message, _ = walk["visit"].asked("from 1 to 5", "button", "static_select")
    buttons = elements(message, "button")
    if buttons:
        rating = next(one for one in buttons if "4" in one["text"]["text"])
        walk["visit"].presses(message, rating["text"]["text"])
    else:
        element = elements(message, "static_select")[0]
        chosen = next(one for label, one in options(element).items() if "4" in label)
        walk["visit"].uses(message, element, selected_option=chosen)
    eventually(lambda: [one for one in aureole.log(walk["chat"]) if one["system_id"] == 9], "the rating")
    rated = next(one for one in aureole.log(walk["chat"]) if one["system_id"] == 9)
    assert rated["value_int"] == 4


def test_the_flow_hands_over_with_all_that_was_answered(aureole, walk):
    told = content(walk["visit"].hears("One moment"))
    for words in ("103", "2026-03-09", "1,4", "It smokes &lt;a bit&gt; &amp; smells", "Room 12 &amp; the hall"):
        assert words in told, told
    eventually(lambda: aureole.get(f"/Chat/{walk['chat']}")["state"] == "queued", "the queue")


def test_an_agents_answer_appears_in_slack(aureole, workspace, desk, walk):
    sent = aureole.say(walk["chat"], desk["token"],
                       text='Good day <b>Ada</b> &amp; hello, see <a href="https://example.com/a?b=c&amp;d">this</a>')
    assert aureole.get(f"/Chat/{walk['chat']}")["state"] == "live"
    message = walk["visit"].hears("Good day")
    assert "*Ada* &amp; hello" in content(message)
    assert "<https://example.com/a?b=c&amp;d|this>" in content(message)
    assert any("Robin joined" in content(one) for one in workspace.messages(walk["channel"]))
    walk["agents"] = {"ts": message["ts"], "id": sent["id"]}


def test_an_agent_cannot_call_a_channel_together(aureole, desk, walk):
    aureole.say(walk["chat"], desk["token"], text="&lt;!channel&gt; and &lt;@U0BEN&gt; are only words")
    told = content(walk["visit"].hears("are only words"))
    assert "<!channel>" not in told
    assert "<@U0BEN>" not in told


def test_the_persons_words_reach_the_agent_with_their_formatting(aureole, desk, walk):
    walk["visit"].says("It is *urgent* <https://example.com|look> <@U0BEN> :wave:")
    stored = eventually(lambda: entry(aureole, walk, "urgent"), "the message")
    assert "<strong>urgent</strong>" in stored["text"] or "<b>urgent</b>" in stored["text"]
    assert 'href="https://example.com' in stored["text"]
    assert "Ben Tide" in stored["textplain"] or "ben" in stored["textplain"]


def test_a_persons_edit_changes_the_stored_message(aureole, workspace, walk):
    free = walk["free"]
    workspace.control("edit-message", channel=walk["channel"], ts=free["ts"], user=ADA, text="Room 14")
    eventually(lambda: aureole.log(walk["chat"], free["id"] - 1)[0]["textplain"] == "Room 14", "the edit")


def test_a_persons_deletion_deletes_the_stored_message(aureole, workspace, walk):
    sent = walk["visit"].says("I did not want to say this")
    stored = eventually(lambda: entry(aureole, walk, "I did not want"), "the message")
    workspace.control("delete-message", channel=walk["channel"], ts=sent["ts"], user=ADA)
    eventually(lambda: aureole.log(walk["chat"], stored["id"] - 1)[0].get("_deleted"), "the deletion")
    assert entry(aureole, walk, "I did not want") is None


def test_an_agents_edit_changes_the_message_in_slack(aureole, desk, workspace, walk):
    sent = walk["agents"]
    aureole.say(walk["chat"], desk["token"], id=sent["id"], text="Good evening Ada")

    def changed():
        message = workspace.message(walk["channel"], sent["ts"])
        return message and "Good evening" in content(message) and "Good day" not in content(message)

    eventually(changed, "the changed message")


def test_an_agents_deletion_deletes_the_message_in_slack(aureole, desk, workspace, walk):
    sent = aureole.say(walk["chat"], desk["token"], text="This was meant for somebody else")
    message = walk["visit"].hears("somebody else")
    aureole.say(walk["chat"], desk["token"], id=sent["id"], _delete=True)
    eventually(lambda: workspace.message(walk["channel"], message["ts"]) is None, "the deletion")


def test_a_persons_file_reaches_the_agent(aureole, desk, workspace, walk):
    content_ = b"line one\nline two\n"
    workspace.upload(walk["channel"], ADA, "notes & more.txt", content_, text="Here they are")
    stored = eventually(lambda: entry(aureole, walk, "Here they are"), "the message")

    def files():
        return aureole.log(walk["chat"], stored["id"] - 1)[0].get("attachment_ids")

    file = eventually(files, "the file")[0]
    assert file["name"] == "notes & more.txt"
    got = aureole.call("GET", f"/Attachment/{file['id']}", token=desk["token"])
    assert (got.status_code, got.content) == (200, content_)


def test_an_agents_file_appears_in_slack(aureole, desk, workspace, walk):
    bytes_ = b"how to clean a printer"
    file = aureole.post("/Attachment", {
        "chat_id": walk["chat"], "filename": "manual.txt", "data_base64": base64.b64encode(bytes_).decode()}, desk["token"])
    aureole.say(walk["chat"], desk["token"], text="Please read this", attachment_ids=[file["id"]])

    def shared():
        for message in workspace.told(walk["channel"]):
            if message.get("files"):
                return message["files"][0]
        return None

    found = eventually(shared, "the file")
    assert found["name"] == "manual.txt"
    headers = {"Authorization": f"Bearer {token_of('A0HELP')}"}
    assert requests.get(found["url_private"], headers=headers, timeout=20).content == bytes_
    walk["visit"].seen = "0"
    walk["visit"].hears("Please read this")


def test_the_end_command_closes_the_chat(aureole, workspace, walk, commands):
    workspace.command(walk["channel"], ADA, commands[1])
    eventually(lambda: aureole.get(f"/Chat/{walk['chat']}")["isclosed"], "the end")


def test_the_end_command_without_a_chat_says_so(aureole, workspace, walk, commands):
    before = len(workspace.messages(walk["channel"]))
    workspace.command(walk["channel"], ADA, commands[1])
    told = eventually(lambda: workspace.messages(walk["channel"])[before:], "a word about it")
    assert told[0].get("ephemeral_to") == ADA
    assert len(aureole.chats(ADA, channel=walk["channel"])) == 1


def test_nothing_was_told_twice_or_left_out(workspace, walk):
    spoken = [content(one) for one in workspace.told(walk["channel"]) if one.get("subtype") != "ephemeral"]
    for words in ("Hello, I am", "What can I do", "Which thing is it?", "Since which day?", "On which days",
                  "Please describe it.", "Which room", "One moment", "are only words", "Please read this"):
        assert len([one for one in spoken if words in one]) == 1, (words, spoken)
