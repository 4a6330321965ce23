"""Values that fit a JSON schema, filled with the words of a request.

Knows what the wires' structured outputs take: types, enum, const, properties, required, items, anyOf,
oneOf, allOf, $ref into the same schema, formats, lengths and ranges. Patterns are not solved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)")
_QUOTED = re.compile(r"[\"“«„]([^\"“”«»„]{1,80})[\"”»“]")
_NAME = re.compile(r"[A-ZÀ-Ý][\w'’-]*(?:\s+(?:[A-ZÀ-Ý][\w'’-]*|of|de|la|von)(?=\s|[,.?!;:]|$))*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_DEEPEST = 12

_FORMATS = {
    "date": "2026-11-22",
    "date-time": "2026-11-22T12:00:00Z",
    "time": "12:00:00Z",
    "email": "reader@example.com",
    "uri": "https://example.com/",
    "uuid": "5a6d0000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
    "hostname": "example.com",
    "duration": "PT1H",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name, or words in quotation marks, in a text."""

    text: str
    quoted: bool = False
    before: str = ""
    """The word before it, in lower case."""


_HINTS: tuple[tuple[re.Pattern[str], Callable[[Name], bool]], ...] = (
    (re.compile(r"customer|person|author|recipient|guest|full_?name|who"), lambda n: not n.quoted and " " in n.text),
    (re.compile(r"currency|^to$|code"), lambda n: n.text.isupper()),
    (
        re.compile(r"city|town|place|country|destination|where"),
        lambda n: n.before in {"in", "to", "for", "near", "at"} and not n.text.isupper(),
    ),
    (re.compile(r"origin|from|start|departure"), lambda n: n.before == "from"),
    (re.compile(r"title|book|hotel|product"), lambda n: n.quoted),
)
"""What a field is called, and which of the names in a text would fit it best."""


def fitting(names: Sequence[Name], field: str) -> list[Name]:
    """The names that a field could mean, with those that are listed beside them; all where its name gives no hint."""
    fits = _hint(field)
    if fits is None:
        return list(names)
    return [n for n in names if fits(n) or (_is_listed(n) and any(map(fits, names)))]


def _hint(field: str) -> Callable[[Name], bool] | None:
    return next((fits for pattern, fits in _HINTS if pattern.search(field.lower())), None)


def _is_listed(name: Name) -> bool:
    return name.before in {"and", "or", "und", "et"} or name.before.endswith(",")


class Material:
    """What values are made of: names, numbers and words, each given out once and in turn."""

    def __init__(self, text: str, words: list[str], rng: Random, *, first: Sequence[str] = ()) -> None:
        self.text, self.words, self.rng = text, words, rng
        self.names = [*(Name(n) for n in first), *(n for n in names_in(text, words) if n.text not in first)]
        self._left = [n for n in self.names if n.text not in first]
        self._first = iter(first)
        self._numbers = iter([float(n) for n in _NUMBER.findall(_DATE.sub(" ", text))])
        self._words = iter(words)

    def next_string(self, field: str) -> str:
        """What is to come first, then the name that fits a field best, else the next word."""
        given = next(self._first, None)
        if given is not None:
            return given
        if self._left:
            best = self._best(field)
            self._left.remove(best)
            return best.text
        return next(self._words, None) or (self.words[0] if self.words else field)

    def _best(self, field: str) -> Name:
        fits = _hint(field)
        if fits is None:
            return self._left[0]
        plain = [n for n in self._left if not n.quoted]
        return next(filter(fits, self._left), plain[-1] if plain else self._left[0])

    def phrase(self, field: str) -> str:
        """Some words for a field of running text."""
        return " ".join(self.words[:6]) or field

    def next_number(self) -> float:
        """A number of the text, else one between 1 and 9."""
        number = next(self._numbers, None)
        number = self.rng.randint(1, 9) if number is None else number
        return int(number) if number == int(number) else number


def names_in(text: str, words: list[str]) -> list[Name]:
    """Quoted words and proper names, in their order. A lone word that begins a sentence is taken for none."""
    quoted = [Name(m.group(1), True, _word_before(text, m.start())) for m in _QUOTED.finditer(text)]
    unquoted = _QUOTED.sub(lambda m: " " * len(m.group()), text)
    found = [(m.start(1), name) for m, name in zip(_QUOTED.finditer(text), quoted, strict=True)]
    for match in _NAME.finditer(unquoted):
        name, at = match.group(), match.start()
        if at == 0 or unquoted[:at].rstrip()[-1:] in ".?!:\n":
            first, space, rest = name.partition(" ")
            if not space:
                continue
            name = name if first in words else rest
        found.append((at, Name(name, before=_word_before(unquoted, at))))
    return list({name.text: name for _, name in sorted(found, key=lambda pair: pair[0])}.values())


def _word_before(text: str, at: int) -> str:
    words = text[:at].split()
    return words[-1].lower() if words else ""


def instance(schema: Any, material: Material, *, field: str = "value") -> Any:
    """A value that fits a schema."""
    return _Builder(schema if isinstance(schema, dict) else {}, material).build(schema, field, 0)


class _Builder:
    def __init__(self, root: dict[str, Any], material: Material) -> None:
        self._root, self._material = root, material

    def build(self, schema: Any, field: str, depth: int) -> Any:
        if not isinstance(schema, dict):
            return self._material.next_string(field)
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._one_of(schema["enum"])
        arms = schema.get("anyOf") or schema.get("oneOf")
        if arms:
            return self.build(self._arm(arms, depth), field, depth + 1)
        return getattr(self, f"_{self._kind(schema, depth)}")(schema, field, depth)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        seen: set[str] = set()
        while "$ref" in schema and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            target: Any = self._root
            for step in schema["$ref"].removeprefix("#").strip("/").split("/"):
                target = target.get(step, {}) if step and isinstance(target, dict) else target
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}} if isinstance(target, dict) else {}
        for part in schema.get("allOf", ()):
            inner = self._resolved(part)
            schema = {
                **inner,
                **schema,
                "properties": {**inner.get("properties", {}), **schema.get("properties", {})},
                "required": [*inner.get("required", ()), *schema.get("required", ())],
            }
        return schema

    def _arm(self, arms: list[Any], depth: int) -> Any:
        # Deep down the shortest way out of a schema that contains itself: null, or a plain value.
        resolved = [self._resolved(a) if isinstance(a, dict) else {} for a in arms]
        plain = [a for a in resolved if a.get("type") not in ("object", "array") and "properties" not in a]
        if depth >= _DEEPEST // 2 and plain:
            return plain[-1]
        return next((a for a in resolved if a.get("type") != "null"), resolved[0])

    def _kind(self, schema: dict[str, Any], depth: int) -> str:
        kinds = schema.get("type")
        if isinstance(kinds, list):
            if depth >= _DEEPEST // 2 and "null" in kinds:
                return "null"
            kinds = next((k for k in kinds if k != "null"), "null")
        if kinds is None:
            kinds = "object" if "properties" in schema else "array" if "items" in schema else "string"
        return str(kinds) if kinds in ("object", "array", "number", "integer", "boolean", "null") else "string"

    def _object(self, schema: dict[str, Any], field: str, depth: int) -> dict[str, Any]:
        del field
        properties, required = schema.get("properties", {}), schema.get("required", ())
        wanted = properties if depth < _DEEPEST // 2 else {k: v for k, v in properties.items() if k in required}
        made = {name: self.build(inner, name, depth + 1) for name, inner in wanted.items()}
        return {**made, **{name: self._material.next_string(name) for name in required if name not in made}}

    def _array(self, schema: dict[str, Any], field: str, depth: int) -> list[Any]:
        low, high = schema.get("minItems", 0), schema.get("maxItems", 3)
        size = max(low, min(high, 0 if depth >= _DEEPEST // 2 else max(2, min(3, len(self._material.names)))))
        items = schema.get("prefixItems", [])
        made = [
            self.build(items[i] if i < len(items) else schema.get("items", {}), field.rstrip("s"), depth + 1)
            for i in range(size)
        ]
        if schema.get("uniqueItems"):
            made = [v for i, v in enumerate(made) if v not in made[:i]]
        return made

    def _string(self, schema: dict[str, Any], field: str, depth: int) -> str:
        del depth
        kind = schema.get("format", "") or next((k for k in ("date", "email") if k in field.lower()), "")
        if kind in _FORMATS:
            return self._formatted(kind)
        running = any(
            w in field.lower() for w in ("text", "descr", "summary", "reason", "comment", "content", "explan", "note")
        )
        text = self._material.phrase(field) if running else self._material.next_string(field)
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        text = text.ljust(low, ".")
        return text[:high] if high is not None else text

    def _formatted(self, kind: str) -> str:
        pattern = {"date": _DATE, "email": _MAIL}.get(kind)
        found = pattern.search(self._material.text) if pattern else None
        return found.group() if found else _FORMATS[kind]

    def _number(self, schema: dict[str, Any], field: str, depth: int) -> float:
        del field, depth
        return self._in_range(self._material.next_number(), schema)

    def _integer(self, schema: dict[str, Any], field: str, depth: int) -> int:
        del field, depth
        return int(self._in_range(int(self._material.next_number()), schema, step=1))

    def _in_range(self, number: float, schema: dict[str, Any], step: float = 0.5) -> float:
        low, high = schema.get("minimum"), schema.get("maximum")
        if "exclusiveMinimum" in schema:
            low = schema["exclusiveMinimum"] + step
        if "exclusiveMaximum" in schema:
            high = schema["exclusiveMaximum"] - step
        if high is not None:
            number = min(number, high)
        if low is not None:
            number = max(number, low)
        multiple = schema.get("multipleOf")
        if multiple:
            number = -(-(low if low is not None and number < low else number) // multiple) * multiple
            if high is not None and number > high:
                number -= multiple
        return number

    def _boolean(self, schema: dict[str, Any], field: str, depth: int) -> bool:
        del schema, field, depth
        return not re.search(r"\b(?:not|never|no|without|nicht|kein|pas)\b", self._material.text.lower())

    def _null(self, schema: dict[str, Any], field: str, depth: int) -> None:
        del schema, field, depth

    def _one_of(self, values: list[Any]) -> Any:
        said = self._material.text.lower()
        return next((v for v in values if isinstance(v, str) and v.lower() in said), None) or self._material.rng.choice(
            values
        )
