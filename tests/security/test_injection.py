"""Strings that would be code to some interpreter, in every parameter of every operation: each gets the
answer that a harmless unknown word gets, and everything is still there afterwards."""

import concurrent.futures
import json
import pathlib
import threading

import pytest
import requests
import yaml

ROOT = pathlib.Path(__file__).parent.parent.parent
DOCUMENT = yaml.safe_load((ROOT / "openapi.yaml").read_text())
# Nothing is called this.
HARMLESS = "zzqqxjvw"
STRINGS = [
    # SQL
    "'", '"', "\\", "';--", "' or '1'='1", "' or 1=1--", '" or ""="', "1' or '1'='1' /*", "1 or 1=1", "1;select pg_sleep(9)",
    "'; drop table chats; --", "') or ('1'='1", "' union select null,version()--", "$1", "$$;select 1;$$", "%' or '%'='",
    "name desc, (select 1/0)", "id; drop table agents", "document->>'name'", "(case when 1=1 then id else name end)",
    "1::int", "E'\\x27'", "chr(39)||chr(39)", "' and extractvalue(1,1)='", "pg_catalog.pg_class", "name nulls first, id",
    # JSON paths and operators, documents
    "$.a.b", "$..*", "{\"$gt\":\"\"}", "{\"$ne\":null}", "a[$ne]=1", "[0]", "null", "undefined", "__proto__", "constructor.prototype",
    # paths, headers, shells, directories, templates, formats
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd\0.txt", "file:///etc/passwd", "a\r\nX-Injected: 1",
    "a\nX-Injected: 1", "%0d%0aX-Injected:%201", "; id", "| id", "`id`", "$(id)", "&& id", "*)(uid=*))(|(uid=*", "*", "(&(objectClass=*))",
    "%n%n%n%n", "%s%s%s%s", "%x" * 8, "{0}{1}", "${7*7}", "{{7*7}}", "<%= 7*7 %>", "#{7*7}", "${jndi:ldap://127.0.0.1/a}",
    # characters that are not what they look like, or that nobody expects
    "\0", "a\0b", "\ufeff", "\u202e" + HARMLESS, "\u0000'", "\uff07 or 1=1", "\u02bc or 1=1", "ｉｄ", "İ" + HARMLESS, "ſ" + HARMLESS, "\U0001f4a5", "\ud7ff", "\ufffe",
    "a\u0300" * 20, "\u2028", "\x1b[2J", "\x7f", "\xa0", "9" * 40, "-" + "9" * 40, "1e400", "NaN", "Infinity", "0x7f", "1_000", "٣",
    "2026-13-45", "2026-01-01' or '1'='1", "true' or 'a'='a", "A" * 4000, "(" * 500, "[" * 500, "a+" * 400 + "!",
]
LISTS = (
    "/Agent", "/Team", "/FieldInfo", "/Users", "/KBArticle", "/Service", "/TicketType", "/Tickets", "/Actions", "/Feedback",
    "/VirtualAgent", "/CannedText", "/Workday", "/SlackChatApp", "/SlackDetails", "/ChatProfile", "/Chat",
)


LOCAL = threading.local()


def session():
    """Each thread's own connections: a new one for each request would take most of the time."""
    if not hasattr(LOCAL, "session"):
        LOCAL.session = requests.Session()
    return LOCAL.session


def send(method, url, **options):
    try:
        return session().request(method, url, timeout=30, **options)
    except requests.exceptions.ConnectionError:
        # A connection that was kept may have been closed meanwhile; a new one may not.
        LOCAL.session = requests.Session()
        return session().request(method, url, timeout=30, **options)


def parameters():
    """Every parameter of every operation, with the operation."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", []):
                yield method.upper(), path, operation, parameter["in"], parameter["name"]


def members():
    """Every text of every body, with the body's example."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            schema = resolve(content["schema"])
            schema = resolve(schema["oneOf"][1]) if "oneOf" in schema else schema
            for name, member in properties(schema).items():
                if "string" in member.get("type", ()):
                    yield method.upper(), path, schema.get("example") or {}, name


def resolve(schema):
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def properties(schema):
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found.update(properties(resolve(part)))
    return found


@pytest.fixture(scope="module")
def world(aureole, desk):
    """Something in every table."""
    aureole.post("/ChatProfile", {"id": "target", "key": "open", "name": "Target", "steps": []})
    chat = requests.post(f"{aureole.url}/Chat", json={"chatprofileid": "target", "chatprofilekey": "open"}, timeout=20).json()
    ticket = aureole.post("/Tickets", {"summary": "Target", "chat_id": chat["id"]})["id"]
    aureole.post("/Actions", {"ticket_id": ticket, "note": "Target"})
    aureole.post("/Feedback", {"score": 3, "ticket_id": ticket})
    for path in ("/FieldInfo", "/Users", "/KBArticle", "/Service", "/TicketType", "/VirtualAgent", "/Workday", "/SlackDetails"):
        aureole.post(path, {"name": "Target"})
    aureole.post("/CannedText", {"name": "Target", "text": "words"})
    return aureole


def counts(aureole):
    found = {}
    for path in LISTS:
        answer = aureole.get(path, pageinate="true", page_size=1)
        found[path] = len(answer) if isinstance(answer, list) else answer["record_count"]
    return found


def ask(aureole, method, path, place, name, value):
    """Status and length of the answer, and what no answer may have."""
    query, headers = {}, {"Authorization": f"Bearer {aureole.admin}"}
    address = path
    if place == "path":
        address = path.replace("{" + name + "}", requests.utils.quote(value, safe=""))
    elif place == "query":
        query[name] = value
    else:
        headers[name] = value.encode("utf-8", "replace")
    body = {} if method == "POST" else None
    try:
        answer = send(method, aureole.url + address, params=query, headers=headers, json=body, stream=True)
    except requests.exceptions.InvalidHeader:
        return None
    with answer:
        assert answer.status_code < 500, (method, path, name, value, answer.text)
        assert "x-injected" not in answer.headers, (method, path, name, value)
        rows = None
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            data = answer.json()
            lists = [data] if isinstance(data, list) else [one for one in data.values() if isinstance(one, list)]
            rows = len(lists[0]) if lists else None
        return answer.status_code, rows


def differences(aureole, case):
    method, path, _, place, name = case
    # What is only white space counts as nothing, as in Halo.
    blank = HARMLESS if place == "header" else " "
    answers = {word: ask(aureole, method, path, place, name, word) for word in (HARMLESS, blank)}
    found = []
    for value in STRINGS:
        harmless = answers[HARMLESS if value.strip() else blank]
        seen = ask(aureole, method, path, place, name, value)
        # A NUL character is 400 wherever texts are read; a header cannot hold every string.
        excused = seen is None or ("\0" in value and seen[0] == 400) or (place == "header" and seen[0] == 400)
        if seen != harmless and not excused:
            found.append(f"{method} {path} {name}={value[:40]!r}: {seen}, but {harmless} for a harmless word")
    return found


def test_no_parameter_is_read_as_code(world):
    cases = list(parameters())
    assert len(cases) > 300, len(cases)
    before = counts(world)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = [one for part in pool.map(lambda case: differences(world, case), cases) for one in part]
    assert not found, "\n".join([f"{len(found)} differences", *found[:60]])
    assert counts(world) == before


def test_no_text_of_a_body_is_read_as_code(world):
    before = counts(world)
    found = []

    def check(case):
        method, path, example, name = case
        if path.startswith("/Slack/") or path == "/auth/token":
            return
        for value in STRINGS:
            body = json.dumps({**example, name: value}, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
            headers = {"Content-Type": "application/json"}
            answer = send(
                method, world.url + path, data=body,
                headers={**headers, "Authorization": f"Bearer {world.admin}"})
            if answer.status_code >= 500 or "x-injected" in answer.headers:
                found.append(f"{method} {path} {name}={value[:40]!r}: {answer.status_code} {answer.text[:200]}")

    cases = list(members())
    assert len(cases) > 100, len(cases)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(check, cases))
    assert not found, "\n".join([f"{len(found)} differences", *found[:60]])
    after = counts(world)
    assert all(after[path] >= before[path] for path in LISTS), (before, after)
    assert world.get("/ChatProfile/target")["name"] == "Target"
