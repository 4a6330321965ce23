"""The demo's program: prompt functions and agents as a user would write them, called through the real SDKs.

Run as `python -m ell2a.studio.demo_program` with ELL2A_SANDBOX_URL and ELL2A_STORE set. It makes about 140
calls within a minute, the first dozen at once, and ends when its input ends.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel

import ell2a
from ell2a.errors import BadRequest, CallError
from ell2a.studio import demo_responses
from ell2a.studio import demo_texts as texts
from ell2a.studio.demo_files import pdf, picture
from ell2a.studio.demo_stage import Act, end_with_input, play

SMALL, LARGE, THINKING = "sandbox/sandbox-small", "sandbox/sandbox-large", "sandbox/sandbox-thinking"
ANTHROPIC = "anthropic-messages"
AT_ONCE = 12
SECONDS = 35.0
"""So long the calls after the first ones are spread over."""
_READ_BEFORE_LEAVING = 25

# --- prompt functions ---


@ell2a.simple(SMALL, temperature=0.8)
def haiku(about: str) -> str:
    """You write haiku. Nothing else."""
    return f"Write a haiku about {about}."


@ell2a.simple(LARGE)
def explain(subject: str) -> str:
    """You explain things to curious people, plainly and in their own language."""
    return f"Explain {subject} in detail."


@ell2a.simple(SMALL, seed=7)
def headline(article: str) -> str:
    """You are the night editor of a small newspaper."""
    return f"Write one sentence that could stand above this article: {article}"


@ell2a.simple(LARGE, n=3, temperature=1.0)
def slogans(product: str) -> str:
    """You name things."""
    return f"A slogan for {product}, in one sentence."


@ell2a.simple(SMALL)
async def answer(question: str) -> str:
    """You answer in the language of the question."""
    return question


@ell2a.simple(SMALL, temperature=0.3, max_completion_tokens=200)
def describe_briefly(about: str) -> str:
    """You are brief."""
    return f"Describe {about} in one sentence."


class Verdict(BaseModel):
    """What a review says."""

    mood: Literal["pleased", "angry", "torn"]
    stars: Literal[1, 2, 3, 4, 5]
    reason: str


class Order(BaseModel):
    """An order as the warehouse wants it."""

    customer: str
    city: str
    pieces: int
    titles: list[str]


@ell2a.complex(SMALL, response_format=Verdict)
def judge(review: str) -> Any:
    return [ell2a.system("You read reviews and say what they mean."), ell2a.user(review)]


@ell2a.complex(LARGE, response_format=Order)
def read_order(letter: str) -> Any:
    return ell2a.user(["Read this letter and fill in the order.", letter])


@ell2a.complex(LARGE)
def describe(picture_or_file: Any, question: str) -> Any:
    return ell2a.user([question, picture_or_file])


@ell2a.complex(LARGE)
def look(picture_file: Any) -> Any:
    return ell2a.user(["What is in this picture?", ell2a.image(picture_file, detail="low")])


@ell2a.complex(THINKING)
def ponder(question: str) -> Any:
    return question


@ell2a.complex(LARGE, stream=True)
def tell_a_story(about: str) -> Any:
    return f"Tell me a long story about {about}."


@ell2a.complex(SMALL, stream=True)
def chat(history: list[ell2a.Message]) -> Any:
    return [ell2a.system(texts.HOUSE_RULES), *history]


# --- agents ---


@ell2a.agent()
def get_weather(city: str) -> str:
    """The weather of a city now."""
    drawn = random.Random(city)  # noqa: S311  # the weather is made up, and the same each time
    return f"{drawn.randint(-4, 31)} °C, {drawn.choice(['clear', 'light rain', 'fog', 'a stiff breeze'])}"


@ell2a.agent()
def find_trains(origin: str, destination: str, date: str) -> list[dict[str, str]]:
    """Find trains between two cities on a date."""
    return [{"from": origin, "to": destination, "date": date, "leaves": leaves} for leaves in ("07:12", "15:40")]


@ell2a.agent()
def convert_currency(amount: float, to: str) -> dict[str, Any]:
    """Convert kroner to another currency."""
    return {"amount": round(amount * 0.087, 2), "currency": to}


@ell2a.agent()
def book_hotel(hotel: str, nights: int) -> str:
    """Book a hotel room."""
    raise ConnectionError(f"the booking desk of {hotel} does not answer ({nights} nights asked for)")


AGENTS = [get_weather, find_trains, convert_currency, book_hotel]


@ell2a.complex(SMALL, agents=AGENTS)
def plan_journey(history: list[ell2a.Message]) -> Any:
    return [ell2a.system("You plan journeys. Use your agents, do not guess."), *history]


def journey(wish: str, lmp: Any = plan_journey) -> None:
    """The loop over agents: ask, run what is called, tell the results, until the model has its answer."""
    history = [ell2a.user(wish)]
    for _ in range(6):
        message = lmp(history)
        history.append(message)
        if not message.agent_calls:
            return
        history.append(message.call_agents())


# --- acts: one or several calls each ---


@functools.cache
def by_anthropic(lmp: Any, model: str = LARGE, max_tokens: int = 1000) -> Any:
    """The same prompt function on the other wire. Made when first used: the other SDK is loaded only then."""
    return lmp.using(model=model, wire=ANTHROPIC, max_tokens=max_tokens)


def conversation(questions: tuple[str, ...]) -> None:
    """A long talk: each turn sends all the turns before."""
    history: list[ell2a.Message] = []
    for question in questions:
        history.append(ell2a.user(question))
        history.append(chat(history).message)


def leave_early(about: str) -> None:
    """Reads the beginning of a stream and leaves: the call is logged as partial."""
    with by_anthropic(tell_a_story)(about) as stream:
        for number, _ in enumerate(stream):
            if number == _READ_BEFORE_LEAVING:
                return


def read_whole(about: str) -> None:
    """Reads a stream to its end on both wires."""
    for lmp in (tell_a_story, by_anthropic(tell_a_story)):
        for _ in lmp(about):
            pass


def several_at_once(questions: tuple[str, ...]) -> None:
    """Calls of the async client side by side."""

    async def all_of_them() -> None:
        await asyncio.gather(*(answer(q) for q in questions))

    asyncio.run(all_of_them())


def fails(model: str, wire: str | None = None, **params: Any) -> Act:
    """An act whose call is meant to end with an error."""

    def act() -> None:
        try:
            found = ell2a.call(model, "Is the harbour open tonight?", wire=wire, **params)
            if params.get("stream"):
                found.message  # noqa: B018  # reads the stream to its end
        except CallError:
            return
        raise AssertionError(f"{model} was meant to fail")

    return act


def wrong_key(wire: str) -> Act:
    """An act with a key that the sandbox does not accept."""

    def act() -> None:
        provider = ell2a.providers.get("sandbox", wire)
        client = provider.make_client()
        fails(SMALL, wire, client=client.copy(api_key="wrong"), **_room(wire))()

    return act


def replayed(ask: Callable[[], Any], target: str, wire: str | None = None, **changes: Any) -> Act:
    """An act that asks, and replays the call on another model or wire."""

    def act() -> None:
        asked = ask()
        try:
            ell2a.replay.plan(asked.call_id, model=target, wire=wire, **changes).run()
        except BadRequest:
            # The model that always thinks takes no temperature: only its provider can tell.
            if target != THINKING:
                raise

    return act


def _room(wire: str | None) -> dict[str, Any]:
    return {"max_tokens": 400} if wire == ANTHROPIC else {}


def acts() -> list[Act]:
    """Everything that the demo does, in the order in which it begins."""
    first: list[Act] = [
        lambda: haiku(texts.SUBJECTS[0]),
        lambda: judge(texts.REVIEWS[0]),
        lambda: journey(texts.JOURNEYS[0]),
        lambda: headline(texts.ARTICLE),
        fails("sandbox/sandbox-limited"),
        lambda: look(picture(480, 270, (24, 40, 92), (214, 140, 92))),
        lambda: slogans("a night train to Trieste"),
        lambda: several_at_once(texts.IN_OTHER_LANGUAGES[:4]),
        lambda: by_anthropic(ponder, THINKING, 4000)("Which of 17 * 23 and 19 * 21 is larger, and why?"),
    ]
    rest = [*_ordinary(), *_with_files(), *_special(), *_failing(), *_replays(), *demo_responses.acts()]
    random.Random(2026).shuffle(rest)  # noqa: S311  # mixed up, and the same each time
    return [*first, *rest, lambda: conversation(texts.ABOUT_A_GARDEN)]


def _ordinary() -> list[Act]:
    return [
        *(functools.partial(haiku, subject) for subject in texts.SUBJECTS[1:]),
        *(functools.partial(explain, subject) for subject in texts.SUBJECTS[:2]),
        *(functools.partial(_call, explain, subject) for subject in texts.SUBJECTS[2:6]),
        *(functools.partial(several_at_once, (question,)) for question in texts.IN_OTHER_LANGUAGES[4:]),
        *(functools.partial(judge, review) for review in texts.REVIEWS[1:]),
        *(functools.partial(_call, judge, review) for review in texts.REVIEWS),
        *(functools.partial(_call, read_order, letter) for letter in texts.ORDERS),
        *(functools.partial(read_whole, subject) for subject in texts.SUBJECTS[:3]),
        *(functools.partial(leave_early, subject) for subject in texts.SUBJECTS[4:6]),
        *(functools.partial(journey, wish) for wish in texts.JOURNEYS[1:]),
        *(functools.partial(_by_anthropic_journey, wish) for wish in texts.JOURNEYS),
        lambda: several_at_once(texts.SUBJECTS[:5]),
        lambda: slogans("a kettle that whistles in D minor"),
    ]


def _call(lmp: Any, given: str) -> None:
    by_anthropic(lmp)(given)


def _by_anthropic_journey(wish: str) -> None:
    journey(wish, by_anthropic(plan_journey))


def _with_files() -> list[Act]:
    report = pdf(
        ["Harbour office of Bergen", "Report on the squall of Sunday", "38 containers lost, 3 ferries delayed"]
    )
    article = ell2a.messages.DocumentBlock(data=texts.ARTICLE.encode(), media_type="text/plain", title="article.txt")
    evening = picture(320, 320, (8, 60, 70), (180, 220, 190))
    return [
        lambda: by_anthropic(describe)(evening, "What time of day is this?"),
        lambda: look(picture(640, 200, (90, 20, 60), (250, 190, 120))),
        lambda: by_anthropic(describe)(ell2a.document(report, title="report.pdf"), "What does the report say?"),
        lambda: describe(ell2a.document(report, title="report.pdf"), "How many containers were lost?"),
        lambda: by_anthropic(describe)(article, "Who is named in it?"),
    ]


def _special() -> list[Act]:
    harbour = "Describe the harbour of Genoa"
    return [
        lambda: ponder("How many containers are 38 less 12?"),
        lambda: ponder.using(reasoning_effort="high")("Why do tides come twice a day?"),
        lambda: by_anthropic(ponder, THINKING, 4000)("为什么天空是蓝色的"),
        lambda: ell2a.call(LARGE, "Please refuse this", wire=ANTHROPIC, max_tokens=300),
        lambda: ell2a.call(SMALL, "Bitte ablehnen: das hier"),
        lambda: ell2a.call("sandbox/sandbox-flaky", "Is the harbour open tonight?"),
        lambda: ell2a.call("sandbox/sandbox-flaky", "Is the harbour open?", wire=ANTHROPIC, max_tokens=300),
        lambda: ell2a.call("sandbox/sandbox-slow", "Describe patience in one sentence."),
        lambda: ell2a.call(SMALL, harbour, max_completion_tokens=12),
        lambda: ell2a.call(SMALL, harbour, wire=ANTHROPIC, max_tokens=300, stop_sequences=["harbour"]),
    ]


def _failing() -> list[Act]:
    return [
        fails("sandbox/sandbox-limited", ANTHROPIC, **_room(ANTHROPIC)),
        fails("sandbox/sandbox-overloaded"),
        fails("sandbox/sandbox-overloaded", ANTHROPIC, **_room(ANTHROPIC)),
        fails("sandbox/sandbox-down"),
        fails("sandbox/sandbox-forbidden", ANTHROPIC, **_room(ANTHROPIC)),
        fails("sandbox/sandbox-filtered"),
        fails("sandbox/sandbox-garbled"),
        fails("sandbox/sandbox-of-old"),
        fails("sandbox/sandbox-slow", timeout=0.6),
        fails("sandbox/sandbox-broken-stream", ANTHROPIC, stream=True, **_room(ANTHROPIC)),
        fails("sandbox/sandbox-error-stream", stream=True),
        fails(SMALL, reasoning_effort="high"),
        fails(LARGE, ANTHROPIC, max_tokens=900, thinking={"type": "enabled", "budget_tokens": 1024}),
        wrong_key("openai-chat"),
        wrong_key(ANTHROPIC),
    ]


def _replays() -> list[Act]:
    def brief() -> Any:
        return describe_briefly(texts.SUBJECTS[3])

    def with_agents() -> Any:
        return ell2a.call(SMALL, "What is the weather in Oslo and Kyoto?", agents=[get_weather])

    def structured() -> Any:
        return ell2a.call(SMALL, f"Read this order: {texts.ORDERS[1]}", response_format=Order)

    def with_picture() -> Any:
        seen = picture(200, 200, (10, 10, 60), (90, 90, 160))
        return ell2a.call(LARGE, ["Describe this", ell2a.image(seen)], wire=ANTHROPIC, max_tokens=400)

    return [
        replayed(brief, LARGE, ANTHROPIC),
        replayed(brief, LARGE, temperature=0.9),
        replayed(brief, THINKING, ANTHROPIC),
        replayed(with_agents, LARGE, ANTHROPIC),
        replayed(structured, LARGE, ANTHROPIC),
        replayed(with_picture, LARGE, "openai-chat"),
    ]


# --- the show ---


def main() -> int:
    """Make the calls. The exit code says whether all went as meant."""
    # One of the agents raises on purpose; that is to be seen in the studio, not in the terminal.
    logging.getLogger("ell2a.agents").disabled = True
    end_with_input()
    return 1 if play(acts(), at_once=AT_ONCE, seconds=SECONDS) else 0


if __name__ == "__main__":
    raise SystemExit(main())
