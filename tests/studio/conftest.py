"""A studio over a real log: calls made through the real providers and SDKs, answered by the sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import ell2a
from ell2a import providers
from ell2a.calls import AgentSpec, ResponseFormat
from ell2a.errors import CallError
from ell2a.log import CallLog
from ell2a.messages import Message, assistant, image, system, user
from ell2a.sandbox import URL_VARIABLE, Sandbox
from ell2a.studio.app import StudioApp, create_app

PORT = 4242
BASE = f"http://127.0.0.1:{PORT}"

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)
WEATHER = AgentSpec(
    name="get_weather",
    description="The weather of a city.",
    input_schema={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
VERDICT = ResponseFormat(
    kind="json_schema",
    name="Verdict",
    json_schema={
        "type": "object",
        "properties": {"mood": {"type": "string"}, "stars": {"type": "integer"}},
        "required": ["mood", "stars"],
        "additionalProperties": False,
    },
)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """One sandbox for all tests here."""
    with Sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def sandbox(sandbox_server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The provider `sandbox` finds it."""
    monkeypatch.setenv(URL_VARIABLE, sandbox_server.url)
    return sandbox_server


def call(
    log: CallLog, model: str, said: Any, *, wire: str | None = None, replay_of: str | None = None, **more: Any
) -> str:
    """Make a call on the sandbox and give its id; one that fails has an id too."""
    messages = said if isinstance(said, list) else [user(said)]
    provider = providers.get("sandbox", wire)
    try:
        answer = provider.call_model(
            model=model, messages=messages, observer=log.observer(place="shop/inbox.py:41", replay_of=replay_of), **more
        )
        found = getattr(answer, "response", answer).call_id
    except CallError as error:
        found = error.call_id
    assert found is not None
    return found


class Sample:
    """A log with one call of each kind that pages show."""

    def __init__(self, path: Path) -> None:
        self.log = CallLog.open(path)
        log = self.log
        self.text = call(log, "sandbox-small", [system("You are brief."), user("Describe the **harbour**.")])
        self.params = call(log, "sandbox-small", "Say it warmly.", temperature=0.3, seed=7, max_completion_tokens=90)
        self.stream = call(
            log, "sandbox-large", "Tell me of bees.", wire="anthropic-messages", stream=True, max_tokens=200
        )
        self.thinking = call(log, "sandbox-thinking", "Why is it so?", wire="anthropic-messages", max_tokens=3000)
        self.agents = call(log, "sandbox-small", "What is the weather in Bergen?", agents=[WEATHER])
        first = log.call(self.agents).response_messages
        asked = Message.model_validate(first[0])
        results = Message(role="user", content=[_result(c) for c in asked.agent_calls])
        self.loop = call(
            log, "sandbox-small", [user("What is the weather in Bergen?"), asked, results], agents=[WEATHER]
        )
        self.image = call(log, "sandbox-large", [user(["What is this?", image(PIXEL)])])
        self.parsed = call(log, "sandbox-small", "Judge: it broke at once.", response_format=VERDICT)
        self.error = call(log, "sandbox-forbidden", "Is the harbour open tonight?")
        self.broken = call(log, "sandbox-small", [assistant("I was cut"), user("Go on " + "and on " * 4000)])
        self.replay = call(
            log, "sandbox-large", "Say it warmly.", wire="anthropic-messages", replay_of=self.params, max_tokens=90
        )

    @property
    def ids(self) -> dict[str, str]:
        """Name -> id of every call."""
        return {name: value for name, value in vars(self).items() if isinstance(value, str)}


def _result(asked: Any) -> Any:
    from ell2a.messages import AgentResultBlock, TextBlock

    return AgentResultBlock(call_id=asked.id, content=[TextBlock(text='{"sky": "clear", "celsius": 9}')])


@pytest.fixture(scope="session")
def sample(sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample calls, made once. Tests that write use `log`."""
    before = os.environ.get(URL_VARIABLE)
    os.environ[URL_VARIABLE] = sandbox_server.url
    try:
        made = Sample(tmp_path_factory.mktemp("sample") / "calls.db")
    finally:
        os.environ.pop(URL_VARIABLE) if before is None else os.environ.update({URL_VARIABLE: before})
    yield made
    made.log.close()


@pytest.fixture
def app(sample: Sample) -> StudioApp:
    """The studio of the sample calls."""
    return create_app(sample.log, port=PORT)


@pytest.fixture
def client(app: StudioApp) -> Iterator[TestClient]:
    """A browser of sorts on the studio of the sample calls."""
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    """A log of the test's own."""
    opened = CallLog.open(tmp_path / "own.db")
    yield opened
    opened.close()


@pytest.fixture
def own(log: CallLog) -> Iterator[TestClient]:
    """The studio of the test's own log."""
    with TestClient(create_app(log, port=PORT), base_url=BASE, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(autouse=True)
def no_log_of_the_process() -> Iterator[None]:
    """Nothing here writes to the log of the process: each studio has its own."""
    ell2a.init(store="off")
    yield
    ell2a.init()
