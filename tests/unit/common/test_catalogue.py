"""Every error that the product raises has a title and a way on."""

from __future__ import annotations

import importlib
import pkgutil

import apps
from apps.common.catalogue import CATALOGUE
from apps.common.errors import PortalError


def error_classes(base: type[PortalError] = PortalError) -> set[type[PortalError]]:
    children = base.__subclasses__()
    return {base, *(found for child in children for found in error_classes(child))}


def test_every_error_class_has_an_entry() -> None:
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if module.name.rpartition(".")[2] == "errors":
            importlib.import_module(module.name)
    codes = {error.code for error in error_classes() if error.__module__.startswith("apps.")}

    assert sorted(codes - set(CATALOGUE)) == []
