"""Law 4: cut at any byte, a stream gives the translation of the whole; cut short or broken, it gives `partial` with the error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from ell2a.calls import Delta, Ell2aCall, Ell2aResponse
from ell2a.errors import StreamBroken
from ell2a.providers.conformance import meaning
from ell2a.providers.conformance.answer_as_history import no_samples
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.nothing_unaccounted import accounted
from ell2a.providers.conformance.samples import StreamSample
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.transport import Reply
from ell2a.providers.conformance.trees import difference

_PIECES = (1, 7, 64)
_MOST_CUTS = 6000
"""The shortest sample is cut at every byte, one after another, and is at most so long; the others come in small pieces."""
_TRUNCATIONS = 40


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    provider = subject.instance
    if provider.capabilities(None, subject.model).streaming.state == "no":
        return 0
    if not any(sample.whole for sample in subject.streams):
        raise no_samples(4, "streams, one with its `whole`")
    if not subject.stream_errors:
        raise no_samples(4, "stream_errors")
    cases = 0
    for sample in subject.streams:
        cases += _joins(subject, sample) + _breaks(subject, sample)
    shortest = min(subject.streams, key=lambda sample: len(sample.body))
    for sample in subject.streams if subject.cuts_every_stream else [shortest]:
        cases += _cut_everywhere(subject, sample)
    return cases + _awaited(subject, shortest)


def _joins(subject: Subject, sample: StreamSample) -> int:
    whole = _read(subject, sample, [sample.body])
    if sample.means is not None:
        meaning.check(4, sample.name, sample.means, whole)
    if sample.whole is not None:
        call = subject.request_of(sample)
        expected = subject.instance.translate_provider_to_ell2a(dict(sample.whole), call)
        _same(subject, f"{sample.name}: the whole", expected, whole)
    for size in _PIECES:
        pieces = [sample.body[at : at + size] for at in range(0, len(sample.body), size)]
        _same(subject, f"{sample.name}: in pieces of {size} bytes", whole, _read(subject, sample, pieces))
    return 2 + len(_PIECES)


def _cut_everywhere(subject: Subject, sample: StreamSample) -> int:
    body = sample.body
    if len(body) > _MOST_CUTS:
        raise LawBroken(
            4,
            f"streams: {sample.name}",
            expected=Words(f"one of at most {_MOST_CUTS} bytes, to be cut at every one of them"),
            came=Words(f"{len(body)} bytes, the shortest"),
            mend="give a short stream beside the others",
        )
    call, whole = _call(subject, sample), _read(subject, sample, [body])
    expected = accounted(subject, whole)
    for at in range(1, len(body)):
        came = _read(subject, sample, [body[:at], body[at:]], call)
        if accounted(subject, came) != expected:
            _same(subject, f"{sample.name}: cut at byte {at}", whole, came)
    return len(body)


def _read(
    subject: Subject, sample: StreamSample, pieces: Sequence[bytes], call: Ell2aCall | None = None
) -> Ell2aResponse:
    """The answer of a stream in these pieces, its deltas held against it."""
    stream: Any = subject.answered(call or _call(subject, sample), _reply(sample, pieces))
    try:
        deltas = list(stream)
        response: Ell2aResponse = stream.response
    except StreamBroken as error:
        raise LawBroken(
            4,
            sample.name,
            expected=Words("the whole answer"),
            came=Words(f"StreamBroken: {error}"),
            mend="the accumulator's `done` is true once the wire's own end was seen, its `error` None",
        ) from error
    _deltas_join(sample, deltas, response)
    return response


def _deltas_join(sample: StreamSample, deltas: list[Delta], response: Ell2aResponse) -> None:
    for n, message in enumerate(response.messages):
        said = {"text": message.text, "thinking": message.thinking, "refusal": message.refusal or ""}
        for kind, expected in said.items():
            joined = "".join(delta.text for delta in deltas if delta.choice == n and delta.kind == kind)
            if joined != expected:
                raise LawBroken(
                    4,
                    f"{sample.name}: the {kind} deltas of choice {n}",
                    expected=expected,
                    came=joined,
                    mend="the accumulator gives each piece once, in order: joined they are the block's text",
                )


def _same(subject: Subject, name: str, expected: Ell2aResponse, came: Ell2aResponse) -> None:
    found = difference(accounted(subject, expected), accounted(subject, came))
    if found:
        raise LawBroken(
            4,
            f"{name}: {found.path}",
            expected=found.expected,
            came=found.came,
            mend="the accumulator builds the JSON that the same answer has whole, and `send` cuts events from bytes,"
            " wherever the pieces end",
        )


def _as_far_as_said(subject: Subject, name: str, expected: Ell2aResponse, came: Ell2aResponse) -> None:
    """Many services end a stream with the finish reason and send no last line: the message then is whole, though a usage that
    would have followed is unknown."""
    ours, theirs = accounted(subject, expected), accounted(subject, came)
    if came.metadata.usage is None:
        ours["metadata"].pop("usage", None)
        theirs["metadata"].pop("usage", None)
        ours["metadata"]["other"].pop("usage", None)
    found = difference(ours, theirs)
    if found:
        raise LawBroken(
            4,
            f"{name}: {found.path}",
            expected=Words(f"StreamBroken, or all of it: {found.expected!r}"),
            came=found.came,
            mend="the accumulator's `done` is true only once the wire's own end was seen",
        )


def _breaks(subject: Subject, sample: StreamSample) -> int:
    """Truncated, with an error inside, and with the connection broken."""
    whole = _read(subject, sample, [sample.body])
    ends = _ends_of_events(sample.body)
    step = max(1, len(ends) // _TRUNCATIONS)
    cuts = [cut for end in ends[:-1:step] for cut in (end, end + 3)]
    for at in cuts:
        ended = _ending(subject, sample, Reply([sample.body[:at]], headers=_headers(sample)))
        if isinstance(ended, StreamBroken):
            _partial(sample, f"truncated after byte {at}", ended, whole)
        else:
            _as_far_as_said(subject, f"{sample.name}: truncated after byte {at}, and said to be whole", whole, ended)
    middle = ends[len(ends) // 2]
    cases = len(cuts)
    for event in subject.stream_errors:
        told = Reply([sample.body[:middle], event], headers=_headers(sample))
        cases += 1
        ended = _ending(subject, sample, told)
        if not isinstance(ended, StreamBroken) or ended.body is None:
            raise LawBroken(
                4,
                f"{sample.name}: an error inside",
                expected=Words("StreamBroken with the error as its `body`"),
                came=Words("a whole answer") if isinstance(ended, Ell2aResponse) else None,
                mend="the accumulator's `error` is the error object of the event",
                case=event,
            )
        _partial(sample, "an error inside", ended, whole)
    cut = Reply([sample.body[:middle]], headers=_headers(sample), fails="ReadError")
    ended = _ending(subject, sample, cut)
    if not isinstance(ended, StreamBroken):
        raise LawBroken(
            4,
            f"{sample.name}: the connection breaks",
            expected=Words("StreamBroken"),
            came=Words("a whole answer"),
            mend="let the transport's exception pass out of `send`'s events",
        )
    _partial(sample, "the connection breaks", ended, whole)
    return cases + 1


def _ending(subject: Subject, sample: StreamSample, reply: Reply) -> Ell2aResponse | StreamBroken:
    """What a stream came to: its answer, or what it raised."""
    stream: Any = subject.answered(_call(subject, sample), reply)
    try:
        for _ in stream:
            pass
        response: Ell2aResponse = stream.response
    except StreamBroken as error:
        return error
    return response


def _partial(sample: StreamSample, name: str, broken: StreamBroken, whole: Ell2aResponse) -> None:
    partial = broken.partial
    if partial is None or not whole.text.startswith(partial.text):
        raise LawBroken(
            4,
            f"{sample.name}: {name}",
            expected=Words(f"`partial` with the beginning of {whole.text!r}"),
            came=partial and partial.text,
            mend="the accumulator's `response()` gives the native answer as far as it came, at any time",
        )


def _awaited(subject: Subject, sample: StreamSample) -> int:
    """The asynchronous half gives the same."""
    whole = _read(subject, sample, [sample.body])
    call = _call(subject, sample)

    async def read() -> Ell2aResponse:
        client = subject.connect(subject.transport, asynchronous=True)
        subject.transport.reply = _reply(sample, [sample.body[at : at + 7] for at in range(0, len(sample.body), 7)])
        stream: Any = await subject.instance.acall_model(
            client=client, messages=call.messages, definition=subject.definition(call)
        )
        response: Ell2aResponse = await stream.finish()
        closing = getattr(client, "close", None) or client.aclose
        await closing()
        return response

    _same(subject, f"{sample.name}: asynchronously", whole, asyncio.run(read()))
    return 1


def _call(subject: Subject, sample: StreamSample) -> Ell2aCall:
    return subject.request_of(sample).model_copy(update={"stream": True})


def _headers(sample: StreamSample) -> dict[str, str]:
    return {"content-type": sample.content_type}


def _reply(sample: StreamSample, pieces: Sequence[bytes]) -> Reply:
    return Reply(list(pieces), headers=_headers(sample))


def _ends_of_events(body: bytes) -> list[int]:
    """Where events end: after each blank line, or each line where there is none."""
    mark = b"\n\n" if b"\n\n" in body else b"\n"
    ends, at = [], body.find(mark)
    while at >= 0:
        ends.append(at + len(mark))
        at = body.find(mark, at + len(mark))
    return ends or [len(body)]
