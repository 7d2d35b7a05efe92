"""An unexpected error while a credential is at hand shows the trace and not the credential, with DEBUG on too."""

from __future__ import annotations

import sys

from django.test import RequestFactory, override_settings
from django.views.debug import ExceptionReporter

# Put together at run time, because the page quotes the lines of this file.
SECRET = "-".join(["eyJ", "not", "for", "anyone"])


def test_technical_page_shows_the_trace_without_variables_or_posted_fields() -> None:
    request = RequestFactory().post("/clusters/new", {"token": SECRET, "kubeconfig": SECRET})

    def fail(credential: str) -> None:
        raise RuntimeError("unexpected")

    with override_settings(DEBUG=True):
        try:
            fail(SECRET)
        except RuntimeError:
            reporter = ExceptionReporter(request, *sys.exc_info())
            page, mail = reporter.get_traceback_html(), reporter.get_traceback_text()

    assert "unexpected" in page
    assert SECRET not in page
    assert SECRET not in mail
