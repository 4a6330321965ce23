"""Law 3: a translated answer, put into the next request, gives back the wire's own blocks, ids and signatures."""

from __future__ import annotations

from typing import Any

from ell2a.errors import UnsupportedCapability
from ell2a.messages import AgentResultBlock, Message, TextBlock, user
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.samples import AnswerSample, StreamSample
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import difference, nodes, uncovered

_MEND = (
    "`translate_provider_to_ell2a` loses or renames it, or `translate_ell2a_to_provider` does not write it back; what the"
    " wire does not take back is listed in `not_sent_back` with the reason"
)


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    samples: list[AnswerSample | StreamSample] = [
        *subject.answers,
        *(sample for sample in subject.streams if sample.whole is not None),
    ]
    if not samples:
        raise no_samples(3, "answers")
    for sample in samples:
        _hold_for(subject, sample)
    return len(samples)


def no_samples(law: int, name: str) -> LawBroken:
    """The law cannot be tried without samples, and so is not held."""
    return LawBroken(
        law,
        name,
        expected=Words("at least one sample of the service's own"),
        came=Words("none"),
        mend=f"give `{name}`: recorded, or written after the service's reference",
    )


def body_of(sample: AnswerSample | StreamSample) -> dict[str, Any]:
    """The whole native answer of a sample."""
    return dict(sample.response) if isinstance(sample, AnswerSample) else dict(sample.whole or {})


def _hold_for(subject: Subject, sample: AnswerSample | StreamSample) -> None:
    provider, body = subject.instance, body_of(sample)
    call = subject.request_of(sample)
    response = provider.translate_provider_to_ell2a(body, call)
    # By way of JSON, as a history from the log comes.
    message = Message.model_validate_json(response.message.model_dump_json())
    results: list[Any] = [AgentResultBlock(call_id=c.id, content=[TextBlock(text="ok")]) for c in message.agent_calls]
    following = subject.call(
        [user("Before"), message, Message(role="user", content=results or [TextBlock(text="After")])], stream=False
    )
    try:
        native = provider.translate_ell2a_to_provider(following)
    except UnsupportedCapability as error:
        raise LawBroken(
            3,
            f"{sample.name}: {error.asked_by.strip('`')}",
            expected=Words("the next request: a wire takes back what its own answers hold"),
            came=Words(f"refused: {error}"),
            mend=_MEND,
            case=message.model_dump(mode="json", exclude_defaults=True),
        ) from error
    part = _at(body, subject.answer_message)
    if part is None:
        raise LawBroken(
            3,
            subject.answer_message,
            expected=Words("the part of the answer that goes back in a history"),
            came=Words("nothing at that path"),
            mend="say in `answer_message` where the answer's message stands",
            case=body,
        )
    _comes_back(subject, sample, part, native)
    again = provider.translate_request_to_ell2a(native)
    expected = subject.normal(following)
    found = difference(expected["messages"], subject.normal(again)["messages"])
    if found:
        raise LawBroken(
            3,
            f"{sample.name}: messages.{found.path}",
            expected=found.expected,
            came=found.came,
            mend=_MEND,
            case=native,
        )


def _comes_back(subject: Subject, sample: AnswerSample | StreamSample, part: Any, native: dict[str, Any]) -> None:
    prefix = tuple(step for step in subject.answer_message.split(".") if not step.isdigit())
    unless = {*subject.not_sent_back, *subject.meaningless}
    request = subject.canonical(native)
    # The part in the spelling of the wire's canonical requests, where it is a message of one.
    misses = [
        miss
        for _, node in nodes(request)
        if (miss := uncovered(part, node, prefix, unless=unless)) is None or _like(node, part)
    ]
    if None in misses:
        return
    # What comes nearest tells most: the miss that lies deepest.
    nearest = max((miss for miss in misses if miss is not None), key=lambda miss: miss.path.count("."), default=None)
    raise LawBroken(
        3,
        f"{sample.name}: {nearest.path if nearest else subject.answer_message}",
        expected=nearest.expected if nearest else part,
        came=nearest.came if nearest else Words("nothing like it in the next request"),
        mend=_MEND,
        case=native,
    )


def _like(node: Any, part: Any) -> bool:
    return type(node) is type(part)


def _at(body: Any, path: str) -> Any:
    for step in path.split("."):
        try:
            body = body[int(step)] if isinstance(body, list) else body.get(step)
        except (AttributeError, IndexError, ValueError):
            return None
    return body
