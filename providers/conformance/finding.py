"""The subject that a name means: a provider's name, `file.py:Class` or `module:Class`."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from ell2a.errors import ContractError
from ell2a.providers import registry
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.provider import Provider

_SHIPPED = {
    "openai-chat": "ell2a.providers.conformance.wires.openai_chat:OpenAIChatConformance",
    "anthropic-messages": "ell2a.providers.conformance.wires.anthropic_messages:AnthropicMessagesConformance",
    "openai-responses": "ell2a.providers.conformance.wires.openai_responses:OpenAIResponsesConformance",
}
"""Wire -> its subject, with samples."""


def subject_at(name: str, *, wire: str | None = None) -> Subject:
    """What a name means.

    A name without a colon is a provider's: its wire's samples are used, those of a wire that is not ell2a's own out of
    `test_FILE.py` beside its module or in the current folder. Before the colon stands a file or a module,
    behind it a subclass of ProviderConformance, or a Provider, class or instance. A Provider has the samples of the
    subclass of ProviderConformance that is about it, in the same file or in `test_FILE.py` beside it. Raises
    ContractError or UnknownProvider, which say what there is.
    """
    place, colon, attribute = name.rpartition(":")
    if not colon:
        provider = registry.get(name, wire)
        return _of_provider(provider, type(provider), *_tests_of(type(provider)))
    module = module_at(Path(place)) if place.endswith(".py") else _imported(place)
    found = getattr(module, attribute, None)
    if isinstance(found, type) and issubclass(found, Subject):
        return found()
    if isinstance(found, Provider):
        return _of_provider(found, type(found), *_with_tests(module))
    if isinstance(found, type) and issubclass(found, Provider):
        return _of_provider(found, found, *_with_tests(module))
    there = [key for key, value in vars(module).items() if _may_be_checked(value, module)]
    raise ContractError(
        f"{place} has no provider or conformance class {attribute!r}; it has {', '.join(there) or 'none at all'}."
    )


def module_at(path: Path) -> ModuleType:
    """The module of a file, imported once; its folder is where it finds its neighbours. Raises ContractError."""
    path = path.resolve()
    if not path.is_file():
        raise ContractError(f"there is no Python file {path}.")
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    if _is_found_at(path):
        # By the name that its tests import it by: one class, not two of one name.
        return import_module(path.stem)
    name = f"_checked_{path.stem}_{abs(hash(str(path)))}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path} is no Python file.")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _is_found_at(path: Path) -> bool:
    """Whether `import` of the file's name would bring this file."""
    if not path.stem.isidentifier():
        return False
    try:
        spec = find_spec(path.stem)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == path


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ContractError(f"there is no module {name!r} ({error}); a file is written with its .py.") from error


def _with_tests(module: ModuleType) -> list[ModuleType]:
    """A module, and that of its tests where it stands beside it."""
    path = Path(module.__file__ or "")
    tests = path.with_name(f"test_{path.name}")
    return [module, module_at(tests)] if tests.is_file() else [module]


def _tests_of(speaks: type[Provider]) -> list[ModuleType]:
    """The tests of a wire that somebody else wrote: beside its module, or in the folder that one is in."""
    if speaks.wire in _SHIPPED:
        return []
    file = Path(sys.modules[speaks.__module__].__file__ or "")
    beside = (folder / f"test_{file.name}" for folder in (file.parent, Path.cwd()))
    return [module_at(path) for path in beside if path.is_file()][:1]


def _of_provider(provider: Provider | type[Provider], speaks: type[Provider], *modules: ModuleType) -> Subject:
    for value in (value for module in modules for value in vars(module).values()):
        if (
            isinstance(value, type)
            and issubclass(value, Subject)
            and getattr(value, "provider", None) in (provider, speaks)
        ):
            return value() if value.provider is provider else _over(value, provider)
    shipped = _SHIPPED.get(speaks.wire) if hasattr(speaks, "wire") else None
    base: type[Subject] = Subject
    if shipped is not None and registry.wire_class(speaks.wire) in speaks.__mro__:
        place, _, name = shipped.partition(":")
        base = getattr(import_module(place), name)
    return _over(base, provider)


def _over(base: type[Subject], provider: Provider | type[Provider]) -> Subject:
    """The samples and lists of a subject, held against another provider of the same wire."""
    subject: Subject = type(f"Check{base.__name__}", (base,), {"provider": provider})()
    return subject


def _may_be_checked(value: object, module: ModuleType) -> bool:
    if isinstance(value, Provider):
        return True
    is_kind = isinstance(value, type) and issubclass(value, Provider | Subject)
    return is_kind and value.__module__ == module.__name__
