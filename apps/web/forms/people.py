"""Forms of users and approver groups. They ask for the right shape; what is allowed, the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class UserForm(forms.Form):
    """What a platform admin may change of a user."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)
    is_platform_admin = forms.BooleanField(
        label=_("Platform admin"),
        required=False,
        help_text=_("Manages people, teams, clusters and domains."),
    )
    is_auditor = forms.BooleanField(
        label=_("Auditor"), required=False, help_text=_("Reads everything, changes nothing.")
    )


class NewUserForm(UserForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("Letters, digits and @ . + - _; it never changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=NEW_PASSWORD,
        help_text=_("At least 10 characters. Hand it over in person; it can be changed on the profile page."),
    )
    field_order = ("username", "first_name", "last_name", "email", "password", "is_platform_admin", "is_auditor")


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=NEW_PASSWORD,
        help_text=_("At least 10 characters. The person is signed out everywhere."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password


class NewGroupForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=63, help_text=_("Lower-case letters, digits and hyphens; it never changes.")
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)


class GroupMemberForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "list": "user-names"}
        ),
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip()
