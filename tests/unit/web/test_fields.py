"""Fields: label, help and error tied to their control."""

import pytest
from django import forms
from django.template import Context, Template

from apps.web.fields import control, error_summary, focus_id, form_field, widget_class


class Example(forms.Form):
    host = forms.CharField(label="Host", help_text="Its name", widget=forms.TextInput(attrs={"class": "mono"}))
    scheme = forms.ChoiceField(label="Scheme", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    redirect = forms.BooleanField(label="Redirect", required=False)
    reason = forms.CharField(label="Reason", required=False)
    draft = forms.IntegerField(widget=forms.HiddenInput)


def rendered(source, **values):
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("widget", "name"),
    [
        (forms.TextInput(), "form-control"),
        (forms.Textarea(), "form-control"),
        (forms.Select(), "form-select"),
        (forms.CheckboxInput(), "form-check-input"),
    ],
)
def test_widget_class(widget, name):
    assert widget_class(widget) == name


def test_control_without_errors_is_described_by_its_help():
    html = control(Example()["host"])
    assert ('class="form-control mono"' in html, 'aria-describedby="id_host_help"' in html, "aria-invalid" in html) == (
        True,
        True,
        False,
    )


def test_control_with_errors_names_them_too():
    html = control(Example({})["host"])
    assert (
        "is-invalid" in html,
        'aria-describedby="id_host_help id_host_error"' in html,
        'aria-invalid="true"' in html,
    ) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(("name", "optional"), [("host", False), ("redirect", False), ("reason", True)])
def test_optional_is_said_of_text_only(name, optional):
    assert form_field(Example()[name])["optional"] is optional


def test_group_is_a_fieldset_with_every_choice():
    html = rendered("{% form_field field %}", field=Example({"scheme": "b"})["scheme"])
    assert (html.count("<fieldset"), html.count('type="radio"'), html.count(" checked")) == (1, 2, 1)


def test_segmented_shows_its_error():
    html = rendered("{% segmented field %}", field=Example({"scheme": "x"})["scheme"])
    assert ('id="id_scheme_error"' in html, html.count(" checked")) == (True, 0)


def test_prefix_and_suffix_stand_beside_the_control():
    html = rendered("{% form_field field prefix='https://' suffix='.dev' %}", field=Example()["host"])
    assert html.index("https://") < html.index("<input") < html.index(".dev")


def test_summary_lists_fields_as_links_and_the_rest_as_text():
    form = Example({"host": "x"})
    form.add_error(None, "Taken by team shop.")
    summary = error_summary(form)
    assert [link[:2] for link in summary["links"]] == [("id_scheme_0", "Scheme")]
    assert summary["loose"] == ["Taken by team shop.", "This field is required."]
    assert summary["count"] == 3


def test_summary_of_a_good_form_is_nothing():
    form = Example({"host": "x", "scheme": "a", "draft": "1"})
    assert rendered("{% error_summary form %}", form=form).strip() == ""


def test_focus_id_of_a_group_is_its_first_choice():
    assert [focus_id(Example()[name]) for name in ("host", "scheme")] == ["id_host", "id_scheme_0"]
