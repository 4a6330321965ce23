"""Providers: the contract, one file a wire, and the tables of services and models."""

from ell2a.providers.accumulator import Accumulator
from ell2a.providers.answer import Answer, AnswerHead, AsyncEventAnswer, EventAnswer
from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, no, yes
from ell2a.providers.definition import Definition
from ell2a.providers.params import Param, ParamSource, Range
from ell2a.providers.provider import NativeRequest, NativeResponse, Provider
from ell2a.providers.registry import get, names, provider_at, register_provider, row, wire_class, wires
from ell2a.providers.report import Report
from ell2a.providers.rows import ProviderRow
from ell2a.providers.sdk import SdkNeed
from ell2a.providers.streams import AsyncStream, Stream
from ell2a.providers.universal import NativeParam, UniversalRule

__all__ = [
    "UNKNOWN",
    "Accumulator",
    "Answer",
    "AnswerHead",
    "AsyncEventAnswer",
    "AsyncStream",
    "Definition",
    "EventAnswer",
    "Fact",
    "NativeParam",
    "NativeRequest",
    "NativeResponse",
    "Param",
    "ParamSource",
    "Provider",
    "ProviderCapabilities",
    "ProviderRow",
    "Range",
    "Report",
    "SdkNeed",
    "Stream",
    "UniversalRule",
    "get",
    "names",
    "no",
    "provider_at",
    "register_provider",
    "row",
    "wire_class",
    "wires",
    "yes",
]
