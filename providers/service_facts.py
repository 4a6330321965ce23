"""What is true of a service as a whole: where its models differ, a wire's yes is none of theirs."""

from __future__ import annotations

from collections import Counter

from ell2a.providers.capabilities import Fact, ProviderCapabilities, no, yes
from ell2a.providers.model_table import facts_of, header, models_of

MODEL_DEPENDENT = (
    "structured_outputs",
    "function_calling",
    "agent_calling",
    "image_input",
    "audio_input",
    "video_input",
    "document_input",
    "image_output",
    "audio_output",
    "thinking",
    "temperature",
)
"""What a wire may carry and a model may lack: the capabilities that the model table tells of."""


def of_service(known: ProviderCapabilities, models_id: str | None) -> ProviderCapabilities:
    """The facts of a wire and a row, with those that depend on the model held against all models that the table has.

    Where all of them can it is a yes, where none can a no; else `unknown`, with how many can. A no of the wire or the
    row stays, and what the row itself says.
    """
    found = {
        name: _of_models(name, fact, models_id)
        for name in MODEL_DEPENDENT
        if (fact := getattr(known, name)).state != "no" and fact.source == "wire"
    }
    return known.model_copy(update=found)


def _of_models(name: str, of_wire: Fact, models_id: str | None) -> Fact:
    listed = models_of(models_id) if models_id is not None else []
    # A model that the SDK lists and the table has not is not counted: nothing is known of it.
    told = [
        fact
        for model in listed
        if (facts := facts_of(models_id or "", model)).keys() - {"end_of_life"}
        for fact in (facts.get(name),)
    ]
    counted = Counter(fact.state if fact is not None else "unknown" for fact in told)
    top = header()
    if told and counted["yes"] == len(told) and of_wire.state == "yes":
        return yes(
            top.source, as_of=top.as_of, value=of_wire.value, detail=f"all {len(told)} models that the table has"
        )
    if told and counted["no"] == len(told):
        return no(top.source, as_of=top.as_of, detail=f"none of the {len(told)} models that the table has")
    if of_wire.state == "unknown":
        return of_wire
    can = f"{counted['yes']} of" if counted["yes"] else "none of"
    some = f": {can} the {len(told)} that the table has {'are' if counted['yes'] else 'is'} known to" if told else ""
    detail = f"the wire carries it ({of_wire.detail}); it depends on the model{some}"
    return Fact(state="unknown", source="wire", as_of=of_wire.as_of, value=of_wire.value, detail=detail)
