"""The rules table: native values read as universal ones, and written in another wire's form."""

from __future__ import annotations

from typing import Any

from ell2a.providers import UniversalRule
from ell2a.providers.params import Range
from ell2a.providers.universal import merged, read_universal, unread, write_universal


def _effort(config: Any) -> Any:
    return config.get("effort") if isinstance(config, dict) else None


RULES = {
    rule.universal: rule
    for rule in (
        UniversalRule("max_tokens", ("max_new", "max_tokens"), range=Range(1, 100)),
        UniversalRule("temperature", ("temperature",), range=Range(0, 1)),
        UniversalRule("stop", ("stops",), range=Range(None, 2)),
        UniversalRule("seed", ()),
        UniversalRule("reasoning_effort", ("config",), read=_effort, write=lambda v: ({"effort": v}, None)),
        UniversalRule(
            "user_id",
            ("config",),
            read=lambda c: c.get("who") if isinstance(c, dict) else None,
            write=lambda v: ({"who": v}, None),
        ),
    )
}


def test_first_name_counts() -> None:
    """Where two native names say the same, the first of the rule is read."""
    reading = read_universal(RULES, {"max_tokens": 5, "max_new": 7})
    assert reading.values == {"max_tokens": 7}
    assert reading.origins == {"max_tokens": "max_new"}


def test_one_param_may_say_several_things() -> None:
    """A native param that holds several universal values gives each of them."""
    reading = read_universal(RULES, {"config": {"effort": "low", "who": "me"}})
    assert reading.values == {"reasoning_effort": "low", "user_id": "me"}
    assert reading.read_from("config") == ["reasoning_effort", "user_id"]


def test_null_says_nothing() -> None:
    """A null is read as nothing at all."""
    assert read_universal(RULES, {"temperature": None}).values == {}


def test_unread_keys_are_found() -> None:
    """Keys of a native value that no rule reads are told, nested ones too; what was read is not."""
    params = {"config": {"effort": "low", "budget": {"total": 5}}, "temperature": 1}
    assert unread(RULES, params, read_universal(RULES, params)) == {"config": {"budget": {"total": 5}}}


def test_written_under_the_next_name() -> None:
    """A name that the model refuses gives way to the rule's next one; with none left the value is dropped with the reason."""
    assert write_universal(RULES, "max_tokens", 9, refused={"max_new": "no"}).name == "max_tokens"
    gone = write_universal(RULES, "max_tokens", 9, refused={"max_new": "too new", "max_tokens": "too old"})
    assert (gone.action, gone.reason) == ("dropped", "too new")


def test_ranges_clamp() -> None:
    """A number is cut to the range at the end that it passes and keeps its type; a list keeps its first entries."""
    high, low = write_universal(RULES, "max_tokens", 500), write_universal(RULES, "max_tokens", 0)
    assert (high.action, high.value, low.value) == ("clamped", 100, 1)
    assert isinstance(write_universal(RULES, "temperature", 1.5).value, float)
    stops = write_universal(RULES, "stop", ["a", "b", "c"])
    assert (stops.action, stops.value) == ("clamped", ["a", "b"])
    assert stops.reason == "stops takes at most 2 entries"


def test_no_rule_drops() -> None:
    """What the wire has no param for is dropped, and the reason says so."""
    assert write_universal(RULES, "seed", 3).action == "dropped"
    assert write_universal(RULES, "n", 3).reason == "this wire has no param for n"


def test_objects_merge() -> None:
    """Two values that land in one param are joined key by key, at every depth."""
    assert merged({"a": {"b": 1}}, {"a": {"c": 2}, "d": 3}) == {"a": {"b": 1, "c": 2}, "d": 3}
    assert merged({"a": 1}, 5) == 5
