"""Saved views: kept, renamed and deleted by their owner; shown above the list; seen by nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import SavedView, User
from apps.accounts.services.saved_views import MAX_VIEWS, rename_view, save_view
from apps.audit.models import AuditEvent
from apps.common.errors import NotFound
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> User:
    user = factories.make_user("ada", team=factories.make_team("web"))
    client.force_login(user)
    return user


def save(client: Client, query: str, name: str = "Mine", page: str = "exposures"):
    return client.post(reverse("web:view_save"), {"page": page, "query": query, "name": name})


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("page", "query", "kept"),
    [
        ("exposures", "team=web&state=drift&page=3&x=1", "team=web&state=drift"),
        ("requests", "cluster=dev-1&view=open", "view=open&cluster=dev-1"),
    ],
)
def test_saving_keeps_the_filters_and_leads_back(client, ada, page, query, kept):
    response = save(client, query, page=page)
    assert response["Location"] == f"/{page}/?{kept}"
    view = SavedView.objects.get()
    assert (view.owner, view.page, view.name, view.query) == (ada, page, "Mine", kept)
    assert AuditEvent.objects.get().verb == "view.saved"


def test_list_shows_views_and_which_one_is_open(client, ada):
    save(client, "team=web", "Web")
    save(client, "state=drift", "Drifted")
    saved = client.get("/exposures/?state=drift&page=1").context["saved"]
    assert [row.name for row in saved.rows] == ["Drifted", "Web"]
    assert (saved.active.name, saved.may_save) == ("Drifted", False)
    other = client.get("/exposures/?q=shop").context["saved"]
    assert (other.active, other.may_save, other.query) == (None, True, "q=shop")
    assert not client.get("/exposures/").context["saved"].may_save
    assert client.get("/requests/").context["saved"].rows == []


def test_views_of_others_do_not_exist(client, ada):
    view = save_view(by=factories.make_user("bob"), page="exposures", name="Theirs", query="q=x")
    assert client.get("/exposures/").context["saved"].rows == []
    for name in ("view_rename", "view_delete"):
        assert client.post(reverse(f"web:{name}", args=[view.pk]), {"name": "Mine"}).status_code == 404
    with pytest.raises(NotFound):
        rename_view(by=ada, view=view, name="Mine")


def test_view_is_renamed_and_deleted(client, ada):
    save(client, "q=shop")
    view = SavedView.objects.get()
    client.post(reverse("web:view_rename", args=[view.pk]), {"name": " Shop "})
    assert SavedView.objects.get().name == "Shop"
    response = client.post(reverse("web:view_delete", args=[view.pk]))
    assert (response["Location"], SavedView.objects.count()) == ("/exposures/?q=shop", 0)
    assert list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True)) == [
        "view.saved",
        "view.renamed",
        "view.deleted",
    ]


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("q=other", "Mine", "You have a view called Mine already."),
        ("q=other", "", "This field cannot be blank."),
        ("q=other", "x" * 61, "Ensure this value has at most 60 characters (it has 61)."),
        ("page=2", "Other", "Choose filters first, then save them."),
    ],
)
def test_refusals_are_said_on_the_list(client, ada, query, name, message):
    save(client, "q=shop")
    response = client.get(save(client, query, name)["Location"])
    assert message in told(response)
    assert SavedView.objects.count() == 1


def test_a_name_is_taken_once_per_list(client, ada):
    save(client, "q=a", "Same")
    save(client, "q=a", "Same", page="requests")
    save(client, "q=b", "Other")
    view = SavedView.objects.get(name="Other")
    response = client.get(client.post(reverse("web:view_rename", args=[view.pk]), {"name": "Same"})["Location"])
    assert "You have a view called Same already." in told(response)
    assert SavedView.objects.filter(name="Same").count() == 2


def test_number_of_views_is_limited(client, ada):
    for number in range(MAX_VIEWS + 1):
        save(client, f"q={number}", f"View {number}")
    assert SavedView.objects.count() == MAX_VIEWS


def test_lists_that_do_not_exist_have_no_views(client, ada):
    assert save(client, "q=x", page="clusters").status_code == 404
