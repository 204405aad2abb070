"""`openapi.yaml` taken at its word by Schemathesis, as an administrator, an agent and a visitor."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
import requests
import yaml
from aureole import Server
from conftest import PORT

HERE = pathlib.Path(__file__).parent
DOCUMENT = HERE.parent.parent / "openapi.yaml"
# Of each caller; the rest of what there is to try is tried another time.
SECONDS = 50
# Characters of a report's line: a body may be of any length.
LINE_MAX = 600


@pytest.fixture(scope="module")
def aureole(slack):
    """A server whose streams end: Schemathesis waits for the end of every answer."""
    started = Server(PORT, f"{slack.url}/api", STREAM_SECONDS_MAX="1")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def strict():
    """The description without what stands for every answer: here each must be written down."""
    document = yaml.safe_load(DOCUMENT.read_text())
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"].pop("default", None)
    file = pathlib.Path(os.environ["TESTS_FOLDER"]) / "openapi.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


@pytest.fixture(scope="module")
def tokens(aureole, desk):
    aureole.post("/ChatProfile", {"id": "described", "key": "open", "name": "Described", "steps": []})
    start = {"chatprofileid": "described", "chatprofilekey": "open"}
    visitor = requests.post(f"{aureole.url}/Chat", json=start, timeout=20).json()["access_token"]
    return {"administrator": aureole.admin, "agent": desk["token"], "visitor": visitor}


@pytest.mark.parametrize("caller", ["administrator", "agent", "visitor"])
def test_every_answer_is_described(aureole, strict, tokens, caller):
    command = [
        pathlib.Path(sys.executable).parent / "st", "--config-file", HERE / "schemathesis.toml", "run", strict,
        "--url", f"{aureole.url}/api", "--header", f"Authorization: Bearer {tokens[caller]}",
        # One worker: two of them parse Python at once, which CPython 3.11 answers with a SystemError at times
        # (python/cpython#106905).
        "--phases", "examples,coverage,fuzzing", "--workers", "1", "--max-time", str(SECONDS),
    ]
    run = subprocess.run(command, cwd=os.environ["TESTS_FOLDER"], capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, findings(run.stdout) + run.stderr[-2000:]


def findings(report):
    """What failed and how to see it again, without what Schemathesis merely advises and most of what it sent."""
    report = re.sub(r"\n=+ WARNINGS =+\n.*?(?=\n=+ SUMMARY =+\n)", "", report, flags=re.DOTALL)
    return "\n".join(line[:LINE_MAX] for line in report.splitlines())[-20000:]
