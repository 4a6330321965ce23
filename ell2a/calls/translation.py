"""The translation report: what became of each part of a call on its way to a wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ell2a.messages import JsonValue

Action = Literal["kept", "renamed", "converted", "clamped", "moved", "defaulted", "dropped", "refused"]
"""`clamped`, `dropped` and `refused` occur in the plans of replays only: what a user wrote is sent, or refused."""


class ReplayChoice(BaseModel):
    """A way out of a refused item: put `changes` into the plan and it is no longer refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    changes: dict[str, JsonValue]


class TranslationItem(BaseModel):
    """What became of one part of a call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """The part: `model`, `messages.0.content.1`, `agents.0`, `agent_choice`, `response_format`, `stream`, `api_params.temperature`."""
    action: Action
    reason: str | None = None
    """A plain sentence; None with `kept`."""
    to: JsonValue = None
    """What it became: the place in the native request, or `{place: value}`."""
    choices: list[ReplayChoice] = Field(default_factory=list)
