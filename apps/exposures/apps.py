"""Registers the app."""

from django.apps import AppConfig


class ExposuresConfig(AppConfig):
    name = "apps.exposures"
    label = "exposures"
