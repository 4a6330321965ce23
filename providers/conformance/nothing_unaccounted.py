"""Law 5: every leaf of a native response is in the messages, in a named field of the metadata, or declared meaningless."""

from __future__ import annotations

import copy
from typing import Any

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.messages import OpaqueBlock
from ell2a.providers.conformance import extras, meaning
from ell2a.providers.conformance.answer_as_history import body_of, no_samples
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.odd_shapes import BODIES, odd_versions
from ell2a.providers.conformance.samples import AnswerSample, StreamSample
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import dotted, leaves, listed, replaced


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    samples: list[AnswerSample | StreamSample] = [
        *subject.answers,
        *(s for s in subject.streams if s.whole is not None),
    ]
    if not any(sample.means for sample in samples):
        raise no_samples(5, "answers with their `means`")
    cases = sum(_reads(subject, body, subject.call(), "a body of another shape") for body in copy.deepcopy(BODIES))
    for sample in samples:
        cases += _hold_for(subject, sample)
    return cases


def _hold_for(subject: Subject, sample: AnswerSample | StreamSample) -> int:
    call, body = subject.request_of(sample), body_of(sample)
    response = subject.instance.translate_provider_to_ell2a(copy.deepcopy(body), call)
    extras.check_messages(subject, 5, response.messages)
    if sample.means is not None:
        meaning.check(5, sample.name, sample.means, response)
    elif response.metadata.usage is not None:
        meaning.counts(5, sample.name, response.metadata.usage)
    cases, before = 1, accounted(subject, response)
    for path, value in leaves(body):
        if listed(path, subject.meaningless):
            continue
        cases += 1
        changed = replaced(body, path, _other(value))
        after = accounted(subject, subject.instance.translate_provider_to_ell2a(changed, call))
        if after == before:
            raise LawBroken(
                5,
                f"{sample.name}: {dotted(path)}",
                expected=Words("a message or a named field of the metadata that changes with this leaf"),
                came=value,
                mend="read it into its block or field; a fact of the wire goes to `metadata.other` under a key listed in"
                " `other_fields`, and what says nothing is listed in `meaningless`, each with the reason",
            )
    return cases + sum(_reads(subject, odd, call, f"{sample.name}: {path}") for path, odd in odd_versions(body))


def accounted(subject: Subject, response: Ell2aResponse) -> dict[str, Any]:
    """What counts of a translated answer: no kept copy, no `usage.raw`, nothing in `other` or opaque that is not listed."""
    metadata = response.metadata.model_dump(mode="json", exclude={"timing", "attempts", "cost", "sdk", "endpoint"})
    metadata["other"] = {key: value for key, value in metadata["other"].items() if key in subject.other_fields}
    if metadata.get("usage"):
        metadata["usage"].pop("raw", None)
    messages = []
    for message in response.messages:
        kept = [b for b in message.content if not isinstance(b, OpaqueBlock) or subject.is_named(b)]
        messages.append(message.model_copy(update={"content": kept}).model_dump(mode="json"))
    return {"messages": messages, "metadata": metadata}


def _reads(subject: Subject, body: dict[str, Any], call: Ell2aCall, name: str) -> int:
    try:
        response = subject.instance.translate_provider_to_ell2a(body, call)
    except Exception as error:
        raise LawBroken(
            5,
            name,
            expected=Words("a response: what is of another shape becomes opaque, or a named fault in `metadata.other`"),
            came=Words(f"{type(error).__name__}: {error}"),
            mend="`translate_provider_to_ell2a` never raises, whatever the service sends",
            case=body,
        ) from error
    if not isinstance(response, Ell2aResponse):
        raise LawBroken(
            5,
            name,
            expected=Words("an Ell2aResponse"),
            came=response,
            mend="give Ell2aResponse(content, agent_calls, metadata=...)",
            case=body,
        )
    return 1


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}~"
