"""Params that are declared elsewhere than in a signature: a pydantic config model, a nested dict, a botocore shape.

Each becomes annotations of plain JSON, so that values are checked, and shown, as those of a signature are: nested models and
structures become typed dicts, ranges stand beside the types, wherever they are.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict

from ell2a.providers.annotations import is_typed_dict, unwrapped
from ell2a.providers.params import ParamSource, ParamText, Range
from ell2a.providers.wire_params import ParamNote


@dataclass(frozen=True, slots=True)
class DeclaredParam:
    """What a source says of one param."""

    annotation: Any
    required: bool = False
    default: str | None = None
    """As text; None where there is none."""
    range: Range | None = None
    text: ParamText = field(default_factory=ParamText)


def source_in(declaration: Any, *, described_as: str | None = None) -> ParamSource:
    """The source that a declaration is: a pydantic model class, a dict, or a structure of botocore's.

    A dict has under each name a type, a ParamNote (type, range and words), or the dict of what is nested in it. Raises TypeError
    for anything else.
    """
    if isinstance(declaration, type) and issubclass(declaration, BaseModel):
        return ParamSource("pydantic", declaration, described_as or declaration.__qualname__)
    if isinstance(declaration, Mapping):
        return ParamSource("nested", _Nested(declaration), described_as or "the wire's own table")
    if getattr(declaration, "type_name", None) == "structure":
        return ParamSource("botocore", declaration, described_as or f"botocore, {declaration.name}")
    raise TypeError(
        f"{declaration!r} declares no params: give a pydantic model class, a dict of name -> type, ParamNote or dict,"
        " or a botocore structure such as `client.meta.service_model.operation_model('Converse').input_shape`"
    )


@lru_cache(maxsize=64)
def declared_in(source: ParamSource) -> Mapping[str, DeclaredParam]:
    """Every param that such a source declares."""
    if source.kind == "pydantic":
        return _in_model(source.function)
    if source.kind == "nested":
        return {name: _nested(name, given) for name, given in source.function.given.items()}
    if source.kind == "botocore":
        return _in_structure(source.function)
    raise TypeError(f"{source.described_as} is of kind {source.kind!r}, which declares params in another way")


class _Nested:
    """A dict that can be a key of the cache."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given


# --- pydantic ---


def _in_model(model: type[BaseModel]) -> dict[str, DeclaredParam]:
    return {info.alias or name: _of_field(info) for name, info in model.model_fields.items()}


def _of_field(info: FieldInfo) -> DeclaredParam:
    deprecated = info.deprecated if isinstance(info.deprecated, str) else None
    has_default = not info.is_required() and info.default_factory is None and info.default is not None
    return DeclaredParam(
        _as_json(info.annotation),
        required=info.is_required(),
        default=repr(info.default) if has_default else None,
        range=_range_in(info.metadata),
        text=ParamText(info.description, deprecated),
    )


def _range_in(metadata: list[Any]) -> Range | None:
    """The numbers or the length that pydantic's constraints allow. An open end counts as closed: the service says the rest."""
    low = next(
        (v for m in metadata for n in ("ge", "gt", "min_length") if (v := getattr(m, n, None)) is not None), None
    )
    high = next(
        (v for m in metadata for n in ("le", "lt", "max_length") if (v := getattr(m, n, None)) is not None), None
    )
    return None if low is None and high is None else Range(low, high)


def _as_json(annotation: Any) -> Any:
    """An annotation with its pydantic models as typed dicts."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _typed_dict_of(annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _with_range(_as_json(inner[0]), _range_in(list(inner[1:])))
    if origin in (Union, types.UnionType):
        return Union[tuple(_as_json(arm) for arm in inner)]  # noqa: UP007  # of arms that are known only here
    if origin is None or origin is Literal or not inner:
        return annotation
    return origin[tuple(_as_json(arg) for arg in inner)]


@lru_cache(maxsize=256)
def _typed_dict_of(model: type[BaseModel]) -> Any:
    fields = _in_model(model)
    is_open = model.model_config.get("extra") == "allow"
    return _typed_dict(model.__name__, fields, is_open=is_open)


def _typed_dict(name: str, params: Mapping[str, DeclaredParam], *, is_open: bool = False) -> Any:
    keys: dict[str, Any] = {}
    for key, param in params.items():
        annotation = _with_range(param.annotation, param.range)
        keys[key] = Required[annotation] if param.required else NotRequired[annotation]
    more = {"extra_items": Any} if is_open else {}
    return TypedDict(re.sub(r"\W", "_", name), keys, **more)  # type: ignore[operator]


def _with_range(annotation: Any, limits: Range | None) -> Any:
    return annotation if limits is None else Annotated[annotation, limits]


# --- a nested dict ---


def _nested(name: str, given: Any) -> DeclaredParam:
    if isinstance(given, ParamNote):
        return DeclaredParam(Any if given.type is None else given.type, range=given.range, text=ParamText(given.doc))
    if isinstance(given, Mapping):
        return DeclaredParam(_typed_dict(name, {key: _nested(key, inner) for key, inner in given.items()}))
    if isinstance(given, type) and issubclass(given, BaseModel):
        return DeclaredParam(_typed_dict_of(given))
    return DeclaredParam(given if is_typed_dict(given) else unwrapped(given))


# --- botocore ---

_SCALARS = {
    "string": str,
    "character": str,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": bool,
    "timestamp": str,
}
"""Name of a botocore type -> how it stands in JSON. A blob is bytes; what is not here may be anything."""


def _in_structure(shape: Any) -> dict[str, DeclaredParam]:
    required = set(shape.required_members)
    return {
        name: DeclaredParam(
            _of_shape(member, (shape.name,)),
            required=name in required,
            range=_limits_of(member),
            text=ParamText(_plain(member.documentation)),
        )
        for name, member in shape.members.items()
    }


def _of_shape(shape: Any, inside: tuple[str, ...] = ()) -> Any:
    kind = shape.type_name
    if kind == "string" and getattr(shape, "enum", None):
        return Literal[tuple(shape.enum)]
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "list":
        return list[_of_shape(shape.member, inside)]  # type: ignore[misc]  # made of what is known only here
    if kind == "map":
        return dict[str, _of_shape(shape.value, inside)]  # type: ignore[misc]
    if kind != "structure" or getattr(shape, "is_document_type", False) or shape.name in inside:
        # A document is any JSON; a structure that holds itself is not walked into again.
        return bytes if kind == "blob" else Any
    required = set(shape.required_members)
    members = {
        name: DeclaredParam(
            _of_shape(member, (*inside, shape.name)), required=name in required, range=_limits_of(member)
        )
        for name, member in shape.members.items()
    }
    return _typed_dict(shape.name, members)


def _limits_of(shape: Any) -> Range | None:
    """`min` and `max`: of a number its size, of a list its entries. Those of a string count letters, which no Range does."""
    if shape.type_name in ("string", "blob"):
        return None
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    return None if low is None and high is None else Range(low, high)


def _plain(html: str | None) -> str | None:
    return re.sub(r"<[^>]+>", "", html).strip() or None if html else None
