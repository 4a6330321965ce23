"""Refreshing: the models endpoint is asked, a snapshot kept where something changed, and its facts count from then on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a import providers
from ell2a.errors import AuthenticationFailed, CallError, MissingKey, NotFound, StoreError, UnreadableResponse
from ell2a.log import CallLog
from ell2a.providers import learned

from .conftest import Service

ONE = {
    "id": "one",
    "context_length": 1000,
    "supported_parameters": ["tools", "seed"],
    "odd": {"deep": [1, {"x": None}]},
}
TWO = {"id": "two", "context_length": 2000}

Acme = Callable[..., str]


def test_the_first_snapshot_lists_all_and_keeps_every_field(service: Service, acme: Acme, own_store: Path) -> None:
    """What no table reads is kept as it came: nothing is dropped, nothing guessed."""
    service.lists(ONE, TWO)
    told: list[str] = []
    found = ell2a.refresh(acme("openrouter"), progress=told.append)
    assert (found.is_new, found.snapshot.number, found.snapshot.models) == (True, 1, 2)
    assert found.as_json()["added"] == ["one", "two"]
    assert found.as_json()["previous"] is None
    assert found.snapshot.endpoint == f"{service.url}/v1/models"
    log = ell2a.current_log()
    assert log is not None
    assert log.providers.models("acme") == {"one": ONE, "two": TWO}
    assert told[0].startswith("asking acme at ")
    assert own_store.exists()


def test_the_same_again_is_noted_and_not_stored_twice(service: Service, acme: Acme, store: str) -> None:
    """On each database: where nothing changed the snapshot stays, with the time it was checked."""
    service.lists(ONE, TWO)
    name = acme("openrouter")
    log = CallLog.open(store)
    try:
        first = ell2a.refresh(name, log=log)
        again = ell2a.refresh(name, log=log)
        assert (again.is_new, bool(again.diff)) == (False, False)
        assert again.snapshot.taken_at == first.snapshot.taken_at
        assert again.snapshot.checked_at > first.snapshot.checked_at
        assert len(log.providers.snapshots(name)) == 1
    finally:
        log.close()


def test_the_diff_is_told_field_by_field(service: Service, acme: Acme, store: str) -> None:
    """On each database: models added, gone, and changed; every older snapshot can be read again."""
    name = acme("openrouter")
    log = CallLog.open(store)
    try:
        service.lists(ONE, TWO)
        ell2a.refresh(name, log=log)
        changed = {**ONE, "context_length": 4000, "new": True}
        del changed["odd"]
        service.lists(changed, {"id": "three"})
        found = ell2a.refresh(name, log=log)
        assert (found.diff.added, found.diff.gone) == (("three",), ("two",))
        assert {(c.path, c.kind, json.dumps(c.before), json.dumps(c.after)) for c in found.diff.changed["one"]} == {
            ("context_length", "changed", "1000", "4000"),
            ("new", "added", "null", "true"),
            ("odd.deep", "gone", '[1, {"x": null}]', "null"),
        }
        assert log.providers.models(name, 1) == {"one": ONE, "two": TWO}
        assert set(log.providers.models(name)) == {"one", "three"}
        service.lists(ONE, TWO)
        assert ell2a.refresh(name, log=log).diff.added == ("two",)
        assert [s.number for s in log.providers.snapshots(name)] == [3, 2, 1]
    finally:
        log.close()


def test_what_differs_from_answer_to_answer_is_no_change(service: Service, acme: Acme, own_store: Path) -> None:
    """A server that writes the moment of the answer into its entries has not changed its models."""
    del own_store
    name = acme("vllm")
    service.lists({"id": "m", "created": 1, "max_model_len": 4096, "permission": [{"id": "a"}]})
    ell2a.refresh(name)
    service.lists({"id": "m", "created": 2, "max_model_len": 4096, "permission": [{"id": "b"}]})
    assert not ell2a.refresh(name).is_new
    service.lists({"id": "m", "created": 3, "max_model_len": 8192})
    assert [c.path for c in ell2a.refresh(name).diff.changed["m"]] == ["max_model_len"]


def test_facts_count_after_the_table_and_before_the_user(service: Service, acme: Acme, own_store: Path) -> None:
    """`provider` is the source, with the day; what the wire or the row rules out stays so; `register_model` wins."""
    del own_store
    name = acme("openrouter", facts={"audio_input": {"state": "no", "source": "row"}})
    service.lists({**ONE, "architecture": {"input_modalities": ["text", "audio"]}})
    snapshot = ell2a.refresh(name).snapshot
    facts = providers.get(name).capabilities(model="one")
    assert (facts.context_window.value, facts.context_window.source) == (1000, "provider")
    assert facts.context_window.as_of == snapshot.checked_at.date().isoformat()
    assert (facts.seed.state, facts.stop.state, facts.audio_input.source) == ("yes", "no", "row")
    ell2a.register_model("one", provider=name, capabilities={"context_window": 5})
    assert providers.get(name).capabilities(model="one").context_window.value == 5


def test_a_new_process_knows_without_opening_the_log(service: Service, acme: Acme, own_store: Path) -> None:
    """A definition reads the facts, and neither SQLAlchemy nor an SDK comes with them."""
    service.lists(ONE)
    ell2a.refresh(acme("openrouter"))
    code = f"""
import sys, ell2a
ell2a.register_provider("acme", wires={{"openai-chat": {service.url + "/v1"!r}}})
from ell2a import providers
print(providers.get("acme").capabilities(model="one").context_window.value, "sqlalchemy" in sys.modules)
"""
    env = {"ELL2A_STORE": str(own_store), "PATH": "", "ELL2A_PROVIDERS": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.split() == ["1000", "False"]


def test_a_bare_name_that_a_maker_lists_is_known(service: Service, acme: Acme, own_store: Path) -> None:
    """A model newer than the shipped table is found by its name once its maker was asked."""
    del own_store
    name = acme(first_party=True)
    service.lists({"id": "acme-9-ultra"})
    with pytest.raises(ell2a.errors.UnknownModel):
        providers.resolve("acme-9-ultra")
    ell2a.refresh(name)
    assert providers.resolve("acme-9-ultra")[0].name == "acme"
    assert learned.models_of("acme") == ["acme-9-ultra"]


def test_all_pages_are_read(service: Service, acme: Acme, own_store: Path) -> None:
    """Anthropic's endpoint is asked until it says that there is no more."""
    del own_store
    pages = {None: (["a", "b"], True), "b": (["c"], False)}

    def get(path: str, query: dict[str, str]) -> tuple[int, Any]:
        del path
        ids, more = pages[query.get("after_id")]
        return 200, {"data": [{"id": i, "max_tokens": 9} for i in ids], "has_more": more, "last_id": ids[-1]}

    service.get = get
    found = ell2a.refresh(acme(wire="anthropic-messages"))
    assert found.diff.added == ("a", "b", "c")
    assert len(service.asked) == 2


def test_a_cursor_in_a_circle_ends(service: Service, acme: Acme, own_store: Path) -> None:
    """An endpoint that names the same page again and again is told of, not asked for ever."""
    del own_store
    service.get = lambda path, query: (200, {"data": [{"id": path}], "has_more": True, "last_id": "x"})
    with pytest.raises(CallError, match="again and again"):
        ell2a.refresh(acme(wire="anthropic-messages"))


def test_a_native_list_falls_back_on_that_of_the_wire(service: Service, acme: Acme, own_store: Path) -> None:
    """Where the server has no endpoint of its own kind, the wire's is asked."""
    del own_store
    service.lists({"id": "m"})
    found = ell2a.refresh(acme("lm-studio"))
    assert (found.snapshot.listing, service.asked) == ("openai", ["/api/v1/models", "/v1/models"])


def test_faults_say_what_to_do(service: Service, acme: Acme, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no endpoint, a refused key, an answer of another kind, no log: each has its own error."""
    del own_store
    name = acme()
    with pytest.raises(NotFound, match="register_model"):
        ell2a.refresh(name)
    service.get = lambda path, query: (401, {"error": {"message": "no"}})
    with pytest.raises(AuthenticationFailed):
        ell2a.refresh(name)
    service.get = lambda path, query: (200, {"models": {}})
    with pytest.raises(UnreadableResponse, match="no list of models"):
        ell2a.refresh(name)
    monkeypatch.delenv("ACME_API_KEY")
    with pytest.raises(MissingKey, match="ACME_API_KEY"):
        ell2a.refresh(name)
    ell2a.init(store="off")
    with pytest.raises(StoreError, match=r"ell2a\.init"):
        ell2a.refresh(name)


def test_a_key_in_a_listing_does_not_reach_the_disk(service: Service, acme: Acme, own_store: Path) -> None:
    """A service that echoes the key is kept without it."""
    service.lists({"id": "m", "note": "for acme-key-0123456789"})
    ell2a.refresh(acme())
    log = ell2a.current_log()
    assert log is not None
    assert log.providers.models("acme")["m"]["note"] == "for [redacted ACME_API_KEY]"
    assert b"acme-key-0123456789" not in own_store.read_bytes()
