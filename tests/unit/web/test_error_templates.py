"""Error pages stand alone: no request, no user, no database."""

import pytest
from django.template.loader import render_to_string

STATUSES = [400, 403, 404, 409, 422, 429, 500, 503]


@pytest.mark.parametrize("status", STATUSES)
def test_error_page_without_context_shows_its_status(status):
    assert f">{status}</span>" in render_to_string(f"errors/{status}.html", {})


@pytest.mark.parametrize("status", STATUSES)
def test_error_page_shows_the_request_id_and_the_message(status):
    html = render_to_string(f"errors/{status}.html", {"request_id": "0198f3c2", "message": "Because of <that>."})
    assert ('<code id="request-id">0198f3c2</code>' in html, "Because of &lt;that&gt;." in html) == (True, True)


def test_fragment_is_marked_as_a_refusal_and_lists_the_reasons():
    errors = [{"message": "Host is taken.", "hint": "Choose another."}]
    html = render_to_string("errors/fragment.html", {"message": "Not allowed.", "errors": errors})
    assert ("data-refusal" in html, "Not allowed." in html, "Host is taken." in html, "Choose another." in html) == (
        (True,) * 4
    )
