"""Pages for platform admins (auditors look on): users and approver groups. For others these pages do not exist."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors
from apps.accounts.models import ApproverGroup, User
from apps.accounts.permissions import check, may_manage_people, may_see_people
from apps.accounts.services.people import create_user, set_user_active, update_user
from apps.accounts.services.teams import add_group_member, create_group, remove_group_member
from apps.common.errors import NotFound
from apps.web.forms.people import GroupMemberForm, NewGroupForm, NewPasswordForm, NewUserForm, UserForm
from apps.web.http import SignedInRequest, page_of
from apps.web.offering import user_names_for
from apps.web.saving import named_user, save_form


@login_required
@require_GET
def user_list(request: SignedInRequest) -> HttpResponse:
    _must_see_people(request.user)
    search = request.GET.get("q", "").strip()
    page = page_of(request, selectors.list_users_for(request.user, search=search))
    context = {"page": page, "q": search, "may_manage": may_manage_people(request.user)}
    return render(request, "people/user_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def user_create(request: SignedInRequest) -> HttpResponse:
    _must_see_people(request.user)
    check(may_manage_people(request.user))
    form = NewUserForm(request.POST or None)
    user = save_form(form, create_user, by=request.user) if request.method == "POST" else None
    if user is not None:
        messages.success(request, _("User %(name)s was created.") % {"name": user.username})
        return redirect("web:user_detail", user.username)
    return render(request, "people/user_create.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def user_detail(request: SignedInRequest, username: str) -> HttpResponse:
    user = _user_for(request.user, username)
    if request.method == "GET":
        return _user_page(request, user)
    form = UserForm(request.POST)
    if save_form(form, update_user, by=request.user, user=user) is None:
        return _user_page(request, user, form=form)
    messages.success(request, _("Saved."))
    return redirect("web:user_detail", username)


@login_required
@require_POST
def user_password(request: SignedInRequest, username: str) -> HttpResponse:
    user = _user_for(request.user, username)
    form = NewPasswordForm(request.POST, user=user)
    if save_form(form, update_user, by=request.user, user=user) is None:
        return _user_page(request, user, password_form=form)
    messages.success(request, _("%(name)s has a new password.") % {"name": username})
    return redirect("web:user_detail", username)


@login_required
@require_http_methods(["GET", "POST"])
def user_active(request: SignedInRequest, username: str) -> HttpResponse:
    """GET asks, POST deactivates or, with `active=yes`, activates."""
    user = _user_for(request.user, username)
    check(may_manage_people(request.user))
    if request.method == "GET":
        return render(request, "people/user_deactivate.html", {"person": user})
    active = request.POST.get("active") == "yes"
    set_user_active(by=request.user, user=user, active=active)
    said = _("%(name)s may sign in again.") if active else _("%(name)s was deactivated.")
    messages.success(request, said % {"name": username})
    return redirect("web:user_detail", username)


@login_required
@require_http_methods(["GET", "POST"])
def group_list(request: SignedInRequest) -> HttpResponse:
    _must_see_people(request.user)
    form = NewGroupForm(request.POST or None)
    if request.method == "POST":
        group = save_form(form, create_group, by=request.user)
        if group is not None:
            messages.success(request, _("Group %(name)s was created. Choose its members.") % {"name": group.name})
            return redirect("web:group_detail", group.name)
    page = page_of(request, selectors.list_groups_for(request.user))
    context = {"page": page, "form": form, "may_manage": may_manage_people(request.user)}
    return render(request, "people/group_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_detail(request: SignedInRequest, name: str) -> HttpResponse:
    """POST adds a member."""
    _must_see_people(request.user)
    group = selectors.get_group_for(request.user, name)
    form = GroupMemberForm(request.POST or None)
    if request.method == "POST":
        check(may_manage_people(request.user))
        if save_form(form, _add_member_by_name, by=request.user, group=group) is not None:
            messages.success(
                request, _("%(user)s decides for the group now.") % {"user": form.cleaned_data["username"]}
            )
            return redirect("web:group_detail", name)
    members = page_of(request, group.members.order_by("username"), size=50)
    context = {
        "group": group,
        "form": form,
        "members": members,
        "may_manage": may_manage_people(request.user),
        "user_names": user_names_for(request.user),
    }
    return render(request, "people/group_detail.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_member_remove(request: SignedInRequest, name: str, username: str) -> HttpResponse:
    """GET asks, POST removes."""
    _must_see_people(request.user)
    group = selectors.get_group_for(request.user, name)
    check(may_manage_people(request.user))
    user = selectors.get_user_for(request.user, username)
    if request.method == "GET":
        return render(request, "people/group_member_remove.html", {"group": group, "person": user})
    remove_group_member(by=request.user, group=group, user=user)
    messages.success(request, _("%(user)s is no longer a member.") % {"user": username})
    return redirect("web:group_detail", name)


def _add_member_by_name(*, by: User, group: ApproverGroup, username: str) -> ApproverGroup:
    return add_group_member(by=by, group=group, user=named_user(username))


def _user_page(
    request: SignedInRequest, user: User, form: UserForm | None = None, password_form: NewPasswordForm | None = None
) -> HttpResponse:
    initial = {field: getattr(user, field) for field in UserForm.base_fields}
    context = {
        "person": user,
        "may_manage": may_manage_people(request.user),
        "form": form or UserForm(initial=initial),
        "password_form": password_form or NewPasswordForm(user=user),
    }
    return render(request, "people/user_detail.html", context, status=422 if form or password_form else 200)


def _user_for(user: User, username: str) -> User:
    _must_see_people(user)
    return selectors.get_user_for(user, username)


def _must_see_people(user: User) -> None:
    if not may_see_people(user):
        raise NotFound
