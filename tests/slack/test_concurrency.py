"""Many at once: answered in time, and each counted once."""

import asyncio
import collections
import time

import pytest
from aureole import JSON
from processes import eventually
from workspace import event_of

ACKNOWLEDGEMENT = 0.5


def request(sender, body):
    """A whole request, so that nothing but the server takes time."""
    lines = [f"{name}: {value}" for name, value in sender.headers(body, JSON).items()]
    body = body.encode()
    head = ["POST /Slack/Event HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def send_all(port, requests):
    """Sends them at one moment, each over its own connection; status and seconds of each."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]
    begin = asyncio.Event()

    async def send(streams, data):
        reader, writer = streams
        await begin.wait()
        since = time.perf_counter()
        writer.write(data)
        await writer.drain()
        line = await reader.readline()
        took = time.perf_counter() - since
        writer.close()
        return int(line.split()[1]), took

    sending = [asyncio.ensure_future(send(*one)) for one in zip(opened, requests)]
    await asyncio.sleep(0)
    begin.set()
    return await asyncio.gather(*sending)


def message(channel, user, text, number):
    ts = f"{int(time.time())}.{number:06}"
    return event_of("A0QUIET", {
        "type": "message", "channel": channel, "channel_type": "im", "user": user, "text": text, "ts": ts,
        "event_ts": ts})


def port(aureole):
    return int(aureole.url.rpartition(":")[2])


def test_an_event_that_comes_four_times_at_once_is_one_message(aureole, workspace, quiet):
    people = [next(workspace.guests) for _ in range(5)]
    texts = [f"word {number}" for number in range(4)]
    requests = []
    for person in people:
        channel = workspace.direct(person, "A0QUIET")
        for number, text in enumerate(texts):
            requests += [request(quiet, message(channel, person, text, number))] * 4
    answers = asyncio.run(send_all(port(aureole), requests))
    assert {status for status, _ in answers} == {200}
    for person in people:
        chat = eventually(lambda: aureole.chats(person, "A0QUIET"), "the chat")[0]
        eventually(lambda: len(aureole.said(chat["id"])) >= len(texts), f"messages of {person}")
        assert sorted(aureole.said(chat["id"])) == texts
        assert len(aureole.chats(person, "A0QUIET")) == 1


def test_the_same_message_as_mention_and_as_message_is_one(aureole, workspace, quiet, guest):
    channel = workspace.direct(guest, "A0QUIET")
    bodies = []
    for number in range(6):
        event = {"channel": channel, "user": guest, "text": f"word {number}", "ts": f"1795000000.{number:06}"}
        bodies += [event_of("A0QUIET", {"type": "message", "channel_type": "im", **event}),
                   event_of("A0QUIET", {"type": "app_mention", **event})]
    answers = asyncio.run(send_all(port(aureole), [request(quiet, body) for body in bodies]))
    assert {status for status, _ in answers} == {200}
    chat = eventually(lambda: aureole.chats(guest, "A0QUIET"), "the chat")[0]
    eventually(lambda: len(aureole.said(chat["id"])) >= 6, "the messages")
    assert sorted(aureole.said(chat["id"])) == [f"word {number}" for number in range(6)]


@pytest.mark.parametrize("people", [20, 1], ids=["of twenty people", "of one person"])
def test_two_hundred_events_at_once_are_acknowledged_in_time_and_all_kept(aureole, workspace, quiet, people):
    sent = collections.defaultdict(list)
    guests = [next(workspace.guests) for _ in range(people)]
    requests = []
    for number in range(200):
        person = guests[number % people]
        text = f"event {number}"
        sent[person].append(text)
        requests.append(request(quiet, message(workspace.direct(person, "A0QUIET"), person, text, number)))
    answers = asyncio.run(send_all(port(aureole), requests))
    assert {status for status, _ in answers} == {200}
    slowest = max(took for _, took in answers)
    assert slowest < ACKNOWLEDGEMENT, f"the slowest took {slowest * 1000:.0f} ms"
    for person, texts in sent.items():
        chat = eventually(lambda: aureole.chats(person, "A0QUIET"), "the chat")[0]
        eventually(lambda: len(aureole.said(chat["id"])) >= len(texts), f"messages of {person}", patience=60)
        assert sorted(aureole.said(chat["id"])) == sorted(texts)
