"""Whatever the bot has posted is what Slack takes, by the rules of Slack's own SDK. Runs last."""

import pytest
from desk import Visit
from processes import eventually
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

LENGTH = {"header": 150, "section": 3000}


@pytest.fixture(scope="module")
def posted(aureole, workspace, help_app, commands):
    guest = next(workspace.guests)
    channel = workspace.direct(guest)
    workspace.command(channel, guest, commands[0])
    Visit(workspace, guest, channel).hears("What can I do")
    eventually(lambda: aureole.chats(guest), "the chat")
    workspace.collect()
    return list(workspace.posted.values())


def arguments(posted, *methods):
    return [one["detail"] for one in posted if one["summary"] in methods]


def judge(blocks, limit):
    assert 0 < len(blocks) <= limit
    parsed = Block.parse_all(blocks)
    assert [one.type for one in parsed] == [one["type"] for one in blocks]
    for block in parsed:
        block.validate_json()
    named = [one["block_id"] for one in blocks if one.get("block_id")]
    assert len(named) == len(set(named))
    for block in blocks:
        most = LENGTH.get(block["type"])
        if most and block.get("text"):
            assert 0 < len(block["text"]["text"]) <= most
        for element in block.get("elements", []):
            for option in element.get("options", []) if isinstance(element, dict) else []:
                assert len(option["text"]["text"]) <= 75
                assert len(option["value"]) <= 150


def test_every_messages_blocks_are_valid(posted):
    sent = arguments(posted, "chat.postMessage", "chat.update", "chat.postEphemeral")
    assert sent
    judged = 0
    for message in sent:
        if message.get("blocks"):
            judge(message["blocks"], 50)
            judged += 1
    assert judged


def test_every_message_has_words_for_a_notification(posted):
    for message in arguments(posted, "chat.postMessage"):
        assert message.get("text"), message
        assert len(message["text"]) <= 40_000
        assert not message.get("link_names")


def test_every_modal_is_valid(posted):
    for call in arguments(posted, "views.open", "views.push", "views.update"):
        view = call["view"]
        judge(view["blocks"], 100)
        View(**view).validate_json()
        assert len(view["title"]["text"]) <= 24
        assert len(view.get("private_metadata", "")) <= 3000


def test_only_methods_that_slack_has_were_called(posted):
    known = {
        "auth.test", "bots.info", "users.info", "conversations.open", "conversations.info", "chat.postMessage",
        "chat.update", "chat.delete", "chat.postEphemeral", "views.open", "views.push", "views.update",
        "files.getUploadURLExternal", "files.completeUploadExternal", "files.info", "assistant.threads.setStatus",
        "auth.revoke", "apps.uninstall", "oauth.v2.access", "team.info"}
    assert {one["summary"] for one in posted} <= known
