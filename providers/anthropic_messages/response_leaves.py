"""Where the leaves of an answer go that are neither words nor counts: named in `metadata.other`, or without meaning."""

from __future__ import annotations

from collections.abc import Mapping

OTHER: Mapping[str, str] = {
    "stop_sequence": "which of the request's stop sequences was met",
    "stop_details": "more on a refusal, in the service's own categories",
    "container": "the container that code ran in, and when it expires",
    "context_management": "what the service took out of the conversation to make room",
    "diagnostics": "what the service says of its prompt cache",
    "input_transformations": "what the service did to the images of the request",
    "unread_events": "events of the stream that no table here knows",
}
"""Top-level field -> what it tells. Each stands under its own name in `metadata.other`; `faults` there tells what was of
another shape than the wire's, `extra` and `usage_extra` hold what no table here knows."""

OF_USAGE: Mapping[str, str] = {
    "cache_creation": "the tokens written to the cache by their time to live; their sum is counted",
    "iterations": "the usage by rounds of the service's own loop; their sum is counted",
    "service_tier": "the tier that served the call",
    "inference_geo": "where in the world the model ran",
    "speed": "how fast the answer was asked for",
    "fallback_credit": "what a call that was served by another model is credited",
}
"""Field of the usage -> what it tells. Each stands under its own name in `metadata.other`."""

OF_THIS_WIRE: Mapping[str, str] = {
    **OTHER,
    **{f"usage.{name}": told for name, told in OF_USAGE.items()},
    "usage.pydantic_ai_gateway": "a gateway's own estimate of the cost, among what no table here knows",
}
"""Path, without the numbers of lists -> what it tells: leaves that mean nothing on another wire. They are kept in
`metadata.other`, and nothing that has a universal field is among them."""
