"""What the form components need to know about a bound field: its widget's class, its ids, its errors.

Markup is Bootstrap's; label, help and error are tied to the control with `for` and `aria-describedby`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

WIDGET_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
]


def control(field: BoundField) -> SafeString:
    """The field's own widget with class, described-by and invalid marks; classes set in the form are kept."""
    widget = field.field.widget
    classes = [widget_class(widget), widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    attributes: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    described = [f"{field.auto_id}_help" if field.help_text else "", f"{field.auto_id}_error" if field.errors else ""]
    if any(described):
        attributes["aria-describedby"] = " ".join(filter(None, described))
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


def widget_class(widget: forms.Widget) -> str:
    return next(name for kind, name in WIDGET_CLASSES if isinstance(widget, kind))


def form_field(
    field: BoundField, prefix: str = "", suffix: str = "", mark_optional: bool = True, word: str = ""
) -> dict[str, Any]:
    """`word` names an entry of the glossary that is explained beside the label."""
    widget = field.field.widget
    is_check = isinstance(widget, forms.CheckboxInput)
    return {
        "field": field,
        "control": "" if is_group(widget) else control(field),
        "is_check": is_check,
        "is_group": is_group(widget),
        "prefix": prefix,
        "suffix": suffix,
        "word": word,
        "optional": mark_optional and not field.field.required and not is_check,
    }


def is_group(widget: forms.Widget) -> bool:
    return isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


def segmented(field: BoundField) -> dict[str, Any]:
    return {"field": field}


def error_summary(form: forms.BaseForm, title: str = "") -> dict[str, Any]:
    """Every error of the form once, in the order of its fields; those of visible fields as links to them."""
    links = [(focus_id(field), field.label, message) for field in form.visible_fields() for message in field.errors]
    loose = [*form.non_field_errors(), *(message for field in form.hidden_fields() for message in field.errors)]
    return {"title": title, "links": links, "loose": loose, "count": len(links) + len(loose)}


def focus_id(field: BoundField) -> str:
    """The id of what takes the focus: the first choice of a group, else the control."""
    return f"{field.auto_id}_0" if is_group(field.field.widget) else str(field.id_for_label)
