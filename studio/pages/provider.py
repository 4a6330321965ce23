"""One provider: what it can do and how that is known, which params it takes, its models, its SDK, its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ell2a.studio import formats
from ell2a.studio.capability_words import FactView, fact_view
from ell2a.studio.pages.providers import KeyState, key_state, provider_url
from ell2a.studio.pages.snapshots import LearnedView, learned_view

GROUPS = {
    "all": "all",
    "allowed": "allowed",
    "owned": "ell2a's own",
    "refused": "not taken",
    "extra_body": "on the wire only",
}


@dataclass(frozen=True, slots=True)
class ParamView:
    """One line of the table of params."""

    name: str
    required: bool
    type: str
    default: str
    range: str
    route: str
    allowed: bool
    why_not: str | None
    doc: str
    more_doc: str | None
    deprecated: str | None
    universal: str | None
    observed: str | None
    """When and in which words a call was refused for it."""
    observed_url: str
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chip:
    """One way to see the page."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model in the list."""

    name: str
    url: str
    context: str
    output: str
    ends: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where one part of the provider's row is known from."""

    part: str
    source: str
    uncertain: str | None


@dataclass(frozen=True, slots=True)
class LawView:
    """How one of the seven laws fared when the provider was last checked."""

    number: int
    name: str
    held: bool
    words: str


@dataclass(frozen=True, slots=True)
class LawsView:
    """The last check of the seven laws."""

    command: str
    """What checks it (again)."""
    words: str
    """`7 of 7 laws`, or that it was not checked here."""
    when: str | None
    outdated: str | None
    """What was another then."""
    laws: Sequence[LawView]


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """One provider, on one of its wires, for any model or for one."""

    template: ClassVar[str] = "provider.html"
    section: ClassVar[str | None] = "providers"

    name: str
    heading: str
    model: str | None
    wire: str
    wires: Sequence[Chip]
    base_url: str
    docs: str | None
    key: KeyState
    sdk_package: str
    sdk_version: str | None
    sdk_install: str
    sdk_tried: str
    call_function: str | None
    params: Sequence[ParamView]
    params_fault: str | None
    groups: Sequence[Chip]
    facts: Sequence[FactView]
    models: Sequence[ModelView]
    more_models: int
    any_model: bool
    quirks: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    """Each with lines of a name and words; a quirk that is one word has a line without a name."""
    sources: Sequence[SourceView]
    laws: LawsView
    learned: LearnedView
    json_url: str
    compare_url: str
    calls_url: str

    @property
    def title(self) -> str:
        return f"{self.model} on {self.name}" if self.model else self.heading


MAX_MODELS = 60
MAX_DOC = 220
"""Characters of a param's description that stand in its line."""


def provider_page(
    told: Mapping[str, Any],
    group: str = "all",
    *,
    every_model: bool = False,
    snapshots: Sequence[Mapping[str, Any]] = (),
) -> ProviderPage:
    """The page of what `inspector.provider_detail` and `inspector.snapshots` told. `group` is a key of GROUPS."""
    name, model, wire = told["name"], told["model"], told["wire"]
    params = [_param(p) for p in told["params"]]
    split = {key: [p for p, raw in zip(params, told["params"], strict=True) if _in(key, raw)] for key in GROUPS}
    shown = split.get(group, params)
    models = told["model_facts"] if every_model else told["model_facts"][:MAX_MODELS]
    return ProviderPage(
        name=name,
        heading=told["title"],
        model=model,
        wire=wire,
        wires=[
            Chip(w["name"], provider_url(name, wire=w["name"], model=model), w["name"] == wire) for w in told["wires"]
        ],
        base_url=told["base_url"],
        docs=told["docs"],
        key=key_state(told["key"]),
        sdk_package=told["sdk"]["package"],
        sdk_version=told["sdk"]["installed"],
        sdk_install=told["sdk"]["install"],
        sdk_tried=" to ".join(told["sdk"]["tried"]),
        call_function=told["params_source"]["described_as"] if told["params_source"] else None,
        params=shown,
        params_fault=told["params_fault"],
        groups=[
            Chip(f"{label} {len(split[key])}", provider_url(name, wire=wire, model=model, params=key), key == group)
            for key, label in GROUPS.items()
            if split[key]
        ],
        facts=[fact_view(c, fact) for c, fact in told["capabilities"].items()],
        models=[_model(m, name, wire, model) for m in models],
        more_models=len(told["model_facts"]) - len(models),
        any_model=told["any_model"],
        quirks=[(key.replace("_", " "), _quirk(value)) for key, value in told["quirks"].items()],
        sources=[SourceView(s["part"].replace("_", " "), s["source"], s["uncertain"]) for s in told["sources"]],
        laws=laws_view(told["conformance"]),
        learned=learned_view(told, snapshots, wire=wire),
        json_url=f"/api{provider_url(name, wire=wire, model=model)}",
        compare_url=f"/providers/compare?name={name}",
        calls_url=f"/calls?q=provider:{name}" + (f" model:{model}" if model else ""),
    )


def laws_view(told: Mapping[str, Any]) -> LawsView:
    """How the laws fared by what `law_records.told_of` told."""
    laws = [
        LawView(
            law["law"], law["name"], law["held"], f"{law['cases']} cases" if law["held"] else f"at {law['broken_at']}"
        )
        for law in told["laws"]
    ]
    checked = told["checked_at"]
    return LawsView(
        command=told["command"],
        words=f"{told['kept']} of {len(laws)} laws held" if checked else "not checked on this machine",
        when=f"{checked[:10]}, ell2a {told['ell2a']}, {told['sdk']}" if checked else None,
        outdated=told["outdated"],
        laws=laws,
    )


def _quirk(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(k, ", ".join(v) if isinstance(v, list) else str(v)) for k, v in value.items()]
    return [("", {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))]


def _in(group: str, param: Mapping[str, Any]) -> bool:
    groups: dict[str, bool] = {
        "all": True,
        "allowed": param["allowed"],
        "owned": param["kind"] == "owned",
        "refused": not param["allowed"] and param["kind"] != "owned",
        "extra_body": param["route"] == "extra_body",
    }
    return groups[group]


def _param(param: Mapping[str, Any]) -> ParamView:
    doc = " ".join((param["doc"] or "").split("\n\n")[0].split())
    whole = (param["doc"] or "").strip()
    seen = param["observed"]
    return ParamView(
        name=param["name"],
        required=param["required"],
        type=param["type"],
        default=param["default"] or "",
        range=param["range_text"] or "",
        route=param["route"],
        allowed=param["allowed"],
        why_not=param["why_not"],
        doc=formats.one_line(doc, MAX_DOC),
        more_doc=whole if len(whole) > len(doc) + 4 or len(doc) > MAX_DOC else None,
        deprecated=param["deprecated"],
        universal=param["universal"],
        observed=f"refused on {seen['as_of']}: {seen['words']}" if seen else None,
        observed_url=f"/calls/{seen['call_id']}" if seen else "",
        sources=_sources(param["sources"]),
    )


def _sources(sources: Mapping[str, str]) -> list[str]:
    """Each source with the facts that are from it; alone, a source speaks of all."""
    facts: dict[str, list[str]] = {}
    for fact, source in sources.items():
        facts.setdefault(source, []).append(fact.replace("_", " "))
    return list(facts) if len(facts) == 1 else [f"{', '.join(told)}: {source}" for source, told in facts.items()]


def _model(model: Mapping[str, Any], provider: str, wire: str, current: str | None) -> ModelView:
    context, output = model["context_window"], model["max_output_tokens"]
    return ModelView(
        name=model["name"],
        url=provider_url(provider, wire=wire, model=model["name"]),
        context=formats.short_number(context) if context else "unknown",
        output=formats.short_number(output) if output else "unknown",
        ends=str(model["end_of_life"]) if model["end_of_life"] else None,
        current=model["name"] == current,
    )
