"""The items of a plan: one for every leaf of the call, and one for everything that the target sets by default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ell2a.calls import Ell2aCall, TranslationItem, leaves_of
from ell2a.replay.draft import Draft
from ell2a.replay.params import CarriedParams, Target


def account(
    call: Ell2aCall,
    draft: Draft,
    target: Target,
    *,
    params: CarriedParams,
    translated: Sequence[TranslationItem],
    request: Mapping[str, Any],
) -> list[TranslationItem]:
    """What became of each leaf, in the call's order, then what was set besides.

    Three have a say: the draft for what was left out or told otherwise, the params for theirs, the target's
    translator for the rest.
    """
    return list(_Account(call, draft, target, params=params, translated=translated, request=request).items())


class _Account:
    def __init__(
        self,
        call: Ell2aCall,
        draft: Draft,
        target: Target,
        *,
        params: CarriedParams,
        translated: Sequence[TranslationItem],
        request: Mapping[str, Any],
    ) -> None:
        self.call, self.draft, self.target, self.request = call, draft, target, request
        self.params = {item.path: item for item in params.items}
        self.written = {item.path: item for item in translated if item.path.startswith("api_params.")}
        self.parts: dict[str, TranslationItem] = {}
        for item in translated:
            path = draft.original_path(item.path)
            if path is not None:
                self.parts.setdefault(path, item)

    def items(self) -> Iterator[TranslationItem]:
        leaves = leaves_of(self.call)
        for path in leaves:
            yield self._param(path) if path.startswith("api_params.") else self._part(path)
        for path in [*self.params, *self.written]:
            if path not in leaves:
                leaves.append(path)
                found = self.params.get(path)
                if found is not None:
                    yield self._placed(found)
                elif self.written[path].action == "defaulted":
                    yield self._defaulted(self.written[path])

    # --- messages, agents and the rest ---

    def _part(self, path: str) -> TranslationItem:
        if path == "model":
            return self._model()
        settled, written = self.draft.settled.get(path), self.parts.get(path)
        if settled is not None and settled.action == "moved" and written is not None:
            return _moved(settled, written)
        if settled is not None:
            to = written.to if written is not None and settled.action == "converted" else settled.to
            return settled.model_copy(update={"to": to})
        if written is not None:
            return written.model_copy(update={"path": path})
        return self._silent(path)

    def _model(self) -> TranslationItem:
        before = (self.call.provider, self.call.wire, self.call.model)
        provider = self.target.provider
        if before == (provider.name, provider.wire, self.target.model):
            return TranslationItem(path="model", action="kept", to="model")
        said = (
            f"from {self.call.provider}/{self.call.model} on {self.call.wire} to {self.target.name} on {provider.wire}"
        )
        return TranslationItem(path="model", action="converted", reason=said, to={"model": self.target.model})

    def _silent(self, path: str) -> TranslationItem:
        """A leaf of which the translator says nothing: a flag that is off, or extras that share their part's fate."""
        if path == "stream":
            return TranslationItem(path=path, action="kept", to="stream")
        owner = path.partition(".native.")[0]
        gone = self.draft.settled.get(owner)
        if owner != path and gone is not None:
            return gone.model_copy(update={"path": path, "choices": []})
        if owner != path:
            return TranslationItem(path=path, action="kept", to=self.parts[owner].to if owner in self.parts else None)
        why = f"{self.target.provider.wire} does not say what becomes of it"
        return TranslationItem(path=path, action="converted", reason=why)

    # --- params ---

    def _param(self, path: str) -> TranslationItem:
        item = self.params[path]
        default = self.written.get(path)
        if item.action == "dropped" and default is not None and default.action == "defaulted":
            reason = f"{item.reason}; {default.reason}"
            to = self._defaulted(default).to
            return TranslationItem(path=path, action="converted", reason=reason, to=to)
        return self._placed(item)

    def _defaulted(self, item: TranslationItem) -> TranslationItem:
        """A default with its value, which the request has."""
        name = item.path.partition(".")[2]
        return item.model_copy(update={"to": {name: self.request[name]}}) if name in self.request else item

    def _placed(self, item: TranslationItem) -> TranslationItem:
        """A param with the place that the translator gave it: into another param, or beside the SDK's arguments."""
        name = item.to if isinstance(item.to, str) else next(iter(item.to or ()), None) if item.to else None
        written = self.written.get(f"api_params.{name}")
        if written is None or written.action not in ("moved", "converted"):
            return item
        if item.action == "kept":
            return written.model_copy(update={"path": item.path})
        reason = "; ".join(dict.fromkeys(r for r in (item.reason, written.reason) if r))
        return item.model_copy(update={"reason": reason})


def _moved(settled: TranslationItem, written: TranslationItem) -> TranslationItem:
    """A part that was put elsewhere before it was translated: what the translator did to it is told too."""
    if written.action == "kept":
        return settled.model_copy(update={"to": written.to})
    reason = "; ".join(r for r in (written.reason, settled.reason) if r)
    return written.model_copy(update={"path": settled.path, "reason": reason})
