"""The faults that the conformance kit must find, written down before the kit: what is broken, and the law that must say so.

Each stands as a mutant in this folder: one of the shipped providers with this one thing broken. A law is named by the
number that `docs/design.md` gives it. Other laws may notice a fault too; the one named here must.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for a provider to be wrong."""

    name: str
    broken: str
    """What the provider does wrong."""
    law: int
    """The law that must catch it, 1 to 7."""


FAULTS: tuple[Fault, ...] = (
    # 1: there and back
    Fault("block-dropped", "of a message with several blocks the last is not sent", 1),
    Fault("system-moved", "the system message comes back at the end of the conversation", 1),
    Fault("results-reordered", "the results of parallel agent calls go out in reversed order", 1),
    Fault("is-error-lost", "an agent's result that is an error comes back as a success", 1),
    Fault("arguments-reserialised", "the text of an agent call's arguments is parsed and written anew", 1),
    Fault("call-ids-swapped", "two parallel agent calls of a history go out with each other's id", 1),
    Fault("description-lost", "the description of an agent is not sent", 1),
    Fault("choice-weakened", "an agent choice of `required` goes out as `auto`", 1),
    Fault("media-type-mistaken", "a picture comes back with another media type", 1),
    # 2: back and there
    Fault(
        "native-copies-everything", "reading keeps the whole raw message in `native`, and writing gives that back", 2
    ),
    Fault("writes-what-it-read", "writing gives back the request that was read last, whatever was changed since", 2),
    Fault("native-key-unlisted", "`native` holds a key that the wire does not list", 2),
    Fault("stop-lost", "reading a request loses its stop sequences", 2),
    Fault("extras-lost", "reading a request loses the wire's own extras, such as cache markers", 2),
    Fault(
        "history-opaque",
        "reading keeps a block of a known kind as `opaque`, so that no universal field of it can be changed",
        2,
    ),
    # 3: answer as history
    Fault("signature-lost", "the signature of an answer's thinking is lost", 3),
    Fault("answer-ids-swapped", "two parallel agent calls of an answer have each other's id", 3),
    Fault("ids-renumbered", "agent calls of an answer get ids of our own making", 3),
    Fault("refusal-as-text", "a refusal is read as ordinary words", 3),
    Fault("redacted-dropped", "redacted thinking of an answer is dropped", 3),
    # 4: stream equals whole
    Fault("stream-joins-wrongly", "the second piece of a stream's text is lost", 4),
    Fault("stream-usage-twice", "the usage of a stream is counted twice", 4),
    Fault("truncated-said-ok", "a stream that ends early is taken for a whole one", 4),
    Fault("stream-error-ignored", "an error inside of a stream is passed over", 4),
    Fault("cut-characters", "each piece of a stream is decoded by itself, so that a character cut in two is broken", 4),
    Fault("delta-doubled", "each delta is given twice", 4),
    Fault("stream-arguments-mixed", "pieces of parallel agent calls are joined into the first of them", 4),
    # 5: nothing unaccounted
    Fault("cached-excluded", "input tokens do not include those read from a cache", 5),
    Fault("usage-twice", "cached tokens are counted twice in the input", 5),
    Fault("opaque-for-known", "a block of a kind that the vocabulary has becomes `opaque`", 5),
    Fault("finish-reason-mistaken", "an answer cut by its limit is said to have stopped by itself", 5),
    Fault("choice-dropped", "of several choices only the first is read", 5),
    Fault("response-id-lost", "the provider's id of the answer is lost", 5),
    Fault("all-in-other", "the usage is put into `metadata.other` instead of its fields", 5),
    Fault("citations-lost", "the citations of an answer are lost", 5),
    Fault("odd-shape-raises", "an answer of another shape raises from the translator", 5),
    # 6: declared equals observed
    Fault("declared-not-sent", "a param that is declared never reaches the payload", 6),
    Fault("sent-not-declared", "a param that the wire takes and the payload carries is not declared", 6),
    Fault("param-of-its-own", "every payload carries a param that nobody asked for and nobody declares", 6),
    Fault("capability-not-carried", "pictures are declared and only their place is held in the payload", 6),
    Fault("carried-not-declared", "documents are declared impossible and are sent all the same", 6),
    Fault("payload-invalid", "a number is sent as text, which the SDK's own types do not take", 6),
    Fault("stream-not-asked", "a stream is asked of the provider and the payload does not say so", 6),
    Fault("universal-not-sent", "a universal param is in the table under a native name that the wire does not know", 6),
    # 7: errors are mapped
    Fault("error-class-wrong", "a rate limit is told as a bad request", 7),
    Fault("retry-after-lost", "the wait that the provider asks for is lost", 7),
    Fault("request-id-lost", "the provider's id of the failed request is lost", 7),
    Fault("error-body-lost", "the body of an error is lost", 7),
    Fault("timeout-as-connection", "a timeout is told as a broken connection", 7),
    Fault("sdk-error-let-through", "the SDK's own exception is handed to the user", 7),
)
"""Every fault once."""
