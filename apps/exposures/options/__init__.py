"""The typed options of an exposure (E5): a catalogue in code instead of annotations.

A user states values of a strict grammar; per controller a closed table says which annotations they become. Raw
annotations do not exist: what is not in `CATALOGUE` cannot be asked for, what is not in `ANNOTATIONS` is never written,
and what the controller of the class does not support is refused with the reason instead of dropped.
"""

from apps.exposures.options.catalogue import CATALOGUE, Option, Risk
from apps.exposures.options.controllers import (
    ANNOTATIONS,
    CONTROLLERS,
    controllers_for,
    find_controller,
    render_options,
    unsupported,
)
from apps.exposures.options.parsing import parse_options
from apps.exposures.options.reading import read_options
from apps.exposures.options.risk import options_to_approve

__all__ = [
    "ANNOTATIONS",
    "CATALOGUE",
    "CONTROLLERS",
    "Option",
    "Risk",
    "controllers_for",
    "find_controller",
    "options_to_approve",
    "parse_options",
    "read_options",
    "render_options",
    "unsupported",
]
