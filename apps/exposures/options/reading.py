"""From annotations back to options: what somebody wrote into an object, said in the words of the catalogue.

Values are guessed from the text and kept only when writing them again gives that very text, so nothing is invented.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from apps.exposures.options.catalogue import CATALOGUE, Option
from apps.exposures.options.controllers import ANNOTATIONS, Controller, find_controller, render_options
from apps.exposures.options.grammar import Choice, InvalidValue
from apps.exposures.options.parsing import Options
from apps.exposures.options.tables import Line

HEADER_SEPARATORS = (": ", " ")


def read_options(
    annotations: Mapping[str, str], controller_name: str, *, stated: Mapping[str, Any]
) -> tuple[Options, list[str]]:
    """The options that these annotations stand for, and the keys that no option explains.

    Where two options would explain the same, the one that was `stated` before wins.
    """
    known = {key: text for key, text in annotations.items() if key in ANNOTATIONS}
    controller = find_controller(controller_name)
    if controller is None:
        return {}, sorted(known)
    kept = {name: value for name, value in stated.items() if _is_written({name: value}, controller, known)}
    options: Options = {}
    for name, option in CATALOGUE.items():
        explained = render_options(kept | options, controller.name)
        value = kept.get(name, _value_of(option, controller, known, explained))
        if value is not None:
            options[name] = value
    written = render_options(options, controller.name)
    return options, sorted(key for key in known.keys() | written.keys() if known.get(key) != written.get(key))


def _is_written(options: Mapping[str, Any], controller: Controller, known: Mapping[str, str]) -> bool:
    written = render_options(options, controller.name)
    return bool(written) and written.items() <= known.items()


def _value_of(option: Option, controller: Controller, known: Mapping[str, str], explained: Mapping[str, str]) -> Any:
    """The first value that explains one of the option's annotations; None for none."""
    for line in controller.table.get(option.name, ()):
        key = line[0]
        if key in known and known[key] != explained.get(key):
            value = _read_line(option, line, known[key])
            if value is not None:
                return value
    return None


def _read_line(option: Option, line: Line, text: str) -> Any:
    _key, write = line
    for candidate in _candidates(option, text):
        with contextlib.suppress(InvalidValue):
            value = option.values.read(candidate)
            if write(value) == text:
                return value
    return None


def _candidates(option: Option, text: str) -> Iterator[Any]:
    yield text
    yield f"{text}s"
    if text.isascii() and text.isdigit():
        yield int(text[:9])
    yield from (True, False)
    yield text.split(",")
    if isinstance(option.values, Choice):
        yield from option.values.values
    for separator in HEADER_SEPARATORS:
        lines = [line.partition(separator) for line in text.splitlines()]
        yield {name: value for name, _separator, value in lines}
