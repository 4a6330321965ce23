"""Calls as plain data: what is asked, what comes back, and what is known of it."""

from ell2a.calls.call import AgentChoice, AgentSpec, AnyAgent, Ell2aCall, ResponseFormat, ServerAgent, UniversalParams
from ell2a.calls.delta import Delta, DeltaKind
from ell2a.calls.ids import new_call_id
from ell2a.calls.leaves import leaves_of
from ell2a.calls.metadata import Attempt, CallMetadata, Sdk, Timing
from ell2a.calls.observation import Observed
from ell2a.calls.observer import CallClosing, CallObserver, CallOpening, CallRecord, CallStatus, Chunk, ErrorRecord
from ell2a.calls.response import Choice, Ell2aResponse
from ell2a.calls.translation import Action, ReplayChoice, TranslationItem
from ell2a.calls.usage import Cost, Usage

__all__ = [
    "Action",
    "AgentChoice",
    "AgentSpec",
    "AnyAgent",
    "Attempt",
    "CallClosing",
    "CallMetadata",
    "CallObserver",
    "CallOpening",
    "CallRecord",
    "CallStatus",
    "Choice",
    "Chunk",
    "Cost",
    "Delta",
    "DeltaKind",
    "Ell2aCall",
    "Ell2aResponse",
    "ErrorRecord",
    "Observed",
    "ReplayChoice",
    "ResponseFormat",
    "Sdk",
    "ServerAgent",
    "Timing",
    "TranslationItem",
    "UniversalParams",
    "Usage",
    "leaves_of",
    "new_call_id",
]
