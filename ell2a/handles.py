"""Model handles: a model of a provider, with params of its own, as a value to pass around."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ell2a.errors import DefinitionError
from ell2a.providers import registry
from ell2a.providers.provider import Provider


@dataclass(frozen=True)
class ModelHandle:
    """A model of a provider. Its params are defaults: those of the definition win."""

    provider: str
    model: str
    wire: str | None = None
    api_params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True)
class ProviderHandle:
    """A provider, called to name one of its models: `openai("gpt-4o", temperature=0.2)`."""

    name: str

    def __call__(self, model: str, *, wire: str | None = None, **api_params: Any) -> ModelHandle:
        return ModelHandle(self.name, model, wire, api_params)


def resolve(model: str | ModelHandle, wire: str | None = None) -> tuple[Provider, str, dict[str, Any]]:
    """The provider, the model's own name, and the handle's params. Raises UnknownModel or UnknownProvider."""
    if isinstance(model, ModelHandle):
        return registry.get(model.provider, wire or model.wire), model.model, model.api_params
    if not isinstance(model, str) or not model:
        raise DefinitionError(f'{model!r} is no model: write "provider/model", or a handle such as openai("gpt-4o").')
    provider, name = registry.resolve(model, wire)
    return provider, name, {}
