"""Providers: the contract, one file a wire, and the tables of services and models."""

from ell2a.providers.accumulator import Accumulator
from ell2a.providers.answer import Answer, AnswerHead, AsyncEventAnswer, EventAnswer
from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, no, yes
from ell2a.providers.definition import Definition
from ell2a.providers.facts import facts_for
from ell2a.providers.models import RegisteredModel
from ell2a.providers.params import Param, ParamSource, ParamText, Range
from ell2a.providers.provider import NativeRequest, NativeResponse, Provider
from ell2a.providers.registration import register_model
from ell2a.providers.registry import (
    get,
    names,
    provider_at,
    provider_for_client,
    register_provider,
    resolve,
    row,
    wire_class,
    wires,
)
from ell2a.providers.report import Report
from ell2a.providers.rows import ProviderRow, Quirks
from ell2a.providers.sdk import SdkNeed, SdkUntried
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
    "ParamText",
    "Provider",
    "ProviderCapabilities",
    "ProviderRow",
    "Quirks",
    "Range",
    "RegisteredModel",
    "Report",
    "SdkNeed",
    "SdkUntried",
    "Stream",
    "UniversalRule",
    "facts_for",
    "get",
    "names",
    "no",
    "provider_at",
    "provider_for_client",
    "register_model",
    "register_provider",
    "resolve",
    "row",
    "wire_class",
    "wires",
    "yes",
]
