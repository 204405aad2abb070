"""Scripts in every text that is stored, shown in every way in which it leaves: none runs."""

import json

import pytest
import requests
import ways_in
from page import quoted
from payloads import PAYLOADS, STORED

# How many texts are shown in one page.
AT_ONCE = 100
# Whoever shows these as they are would be attacked; so the payloads are worth something.
DANGEROUS_MIN = 150
LISTS = (
    "/Agent", "/Team", "/FieldInfo", "/Users", "/KBArticle", "/Service", "/TicketType", "/Tickets", "/Actions", "/Feedback",
    "/VirtualAgent", "/CannedText", "/Workday", "/SlackChatApp", "/SlackDetails", "/ChatProfile", "/Chat",
)
# What says what was wrong, and quotes it where it does.
ERRORS = (
    "/{}", "/Chat/{}", "/ChatProfile/{}", "/ChatMessage?chat_id={}", "/Attachment/{}", "/lookup?lookupid={}", "/docs/{}",
    "/Tickets?page_no={}", "/Chat?after={}", "/OnlineStatus?chat_id={}", "/ChatMessage/Stream?chat_id={}",
    "/docs/?url={}", "/docs/?configUrl={}", "/docs/#{}", "/openapi.yaml?{}",
)


@pytest.fixture(scope="module")
def chats(aureole, desk, slack):
    walks = ways_in.by_rest(aureole, desk)
    return {"walks": walks, "slack": ways_in.by_slack(aureole, desk, slack)}


def texts(value, is_html):
    """Every text below a value that is HTML by contract, as its member's name says."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and is_html(name):
                yield one
            else:
                yield from texts(one, is_html)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one, is_html)


def in_a_message(name):
    return name == "text"


def in_a_document(name):
    return name.endswith("html")


def none_runs(page, found, expected):
    """Shows what was found, each once; fails if something ran, or if less was found than there must be."""
    found = sorted(set(found))
    assert len(found) >= expected, f"only {len(found)} texts"
    for first in range(0, len(found), AT_ONCE):
        part = found[first : first + AT_ONCE]
        ran = page.show(part)
        if ran:
            culprits = [text for text in part if page.show([text])]
            raise AssertionError([PAYLOADS_BY_MARK.get(number, number) for number in ran], culprits)


PAYLOADS_BY_MARK = dict(enumerate(PAYLOADS))


def test_the_page_runs_what_is_dangerous(page):
    ran = {number for number, payload in enumerate(PAYLOADS) if number in page.show([payload])}
    assert len(ran) >= DANGEROUS_MIN, f"{len(ran)} of {len(PAYLOADS)} ran"


def test_a_nul_character_gets_nowhere(aureole, desk):
    for payload in set(PAYLOADS) - set(STORED):
        assert aureole.call("POST", "/Tickets", json={"summary": payload}).status_code == 400


def test_messages_of_every_origin_run_nothing(aureole, page, desk, chats):
    found = []
    for walk in chats["walks"]:
        for token in (walk["visitor"], desk["token"]):
            log = aureole.get("/ChatMessage", token, chat_id=walk["chat"])
            found.extend(texts(log, in_a_message))
    for chat in chats["slack"]:
        found.extend(texts(aureole.get("/ChatMessage", chat_id=chat), in_a_message))
    assert sum(walk["signed"] for walk in chats["walks"]) > len(STORED) / 2, "identity tokens were taken"
    none_runs(page, found, len(STORED) // 2)


def test_streams_run_nothing(aureole, page, chats):
    found = []
    for walk in chats["walks"]:
        headers = {"Authorization": f"Bearer {aureole.admin}"}
        path = f"{aureole.url}/ChatMessage/Stream?chat_id={walk['chat']}"
        with requests.get(path, headers=headers, stream=True, timeout=30) as stream:
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith("data: "):
                    found.extend(texts(json.loads(line[6:]), in_a_message))
                if line.startswith("event: end"):
                    break
    none_runs(page, found, len(STORED) // 2)


def test_transcripts_tickets_and_canned_texts_run_nothing(aureole, page, chats):
    found = []
    for path in LISTS:
        for number in range(1, 12):
            answer = aureole.get(path, pageinate="true", page_no=number, page_size=100, includedetails="false")
            found.extend(texts(answer, in_a_document))
            if isinstance(answer, list) or not answer["record_count"]:
                break
    none_runs(page, found, len(STORED) // 2)


def test_public_profiles_run_nothing(aureole, page, chats):
    found = []
    for walk in chats["walks"]:
        for language in ("", "2"):
            path = f"{aureole.url}/ChatProfile/p{walk['number']}"
            answer = requests.get(path, params={"key": ways_in.KEY, "language_id": language}, timeout=30)
            assert answer.status_code == 200, answer.text
            found.extend(texts(answer.json(), lambda name: True))
    none_runs(page, found, len(STORED) // 2)


def test_what_is_opened_as_a_page_runs_nothing(aureole, page, chats):
    ran = []
    for path in LISTS:
        ran += page.visit(f"{aureole.url}{path}?count=1000", aureole.admin)
    for walk in chats["walks"]:
        for path in ("/ChatMessage?chat_id={}", "/Attachment?chat_id={}"):
            ran += page.visit(aureole.url + path.format(walk["chat"]), walk["visitor"])
        for file in aureole.get("/Attachment", walk["visitor"], chat_id=walk["chat"])["attachments"]:
            ran += page.visit(f"{aureole.url}/Attachment/{file['id']}", walk["visitor"])
    assert not ran


def test_error_bodies_and_the_reference_run_nothing(aureole, page):
    ran = []
    for number, payload in enumerate(PAYLOADS):
        # Every payload at one address, and every address with many payloads.
        for place in {0, number % len(ERRORS), (number + 7) % len(ERRORS)}:
            ran += page.visit(aureole.url + ERRORS[place].format(quoted(payload)), aureole.admin)
    assert not ran
