"""Components: what they see, what they refuse."""

import pytest
from django.template import Context, Template, TemplateSyntaxError


def rendered(source, **values):
    return Template(source).render(Context(values))


def test_component_puts_body_and_slots_in_place():
    html = rendered('{% component "kv_row" label="Class" %} {{ name }} {% endcomponent %}', name="nginx")
    assert html.splitlines()[-1] == "<dt>Class</dt><dd>nginx</dd>"


def test_component_escapes_arguments_and_body():
    html = rendered('{% component "kv_row" label=bad %}{{ bad }}{% endcomponent %}', bad="<b>")
    assert html.splitlines()[-1] == "<dt>&lt;b&gt;</dt><dd>&lt;b&gt;</dd>"


def test_slot_below_a_condition_still_belongs_to_its_component():
    source = (
        '{% component "card" title="T" %}x{% if yes %}{% slot more %}link{% endslot %}{% endif %}{% endcomponent %}'
    )
    assert ["link" in rendered(source, yes=yes) for yes in (True, False)] == [True, False]


def test_nested_components_keep_their_own_slots():
    source = (
        '{% component "card" title="outer" %}{% component "card" title="inner" %}'
        "{% slot more %}one{% endslot %}{% endcomponent %}{% slot more %}two{% endslot %}{% endcomponent %}"
    )
    html = rendered(source)
    assert (html.index("outer") < html.index("two") < html.index("inner") < html.index("one")) is True


def test_component_does_not_see_the_variables_of_the_page():
    assert "secret" not in rendered('{% component "card" %}x{% endcomponent %}', title="secret")


@pytest.mark.parametrize(
    "source",
    [
        "{% component %}{% endcomponent %}",
        '{% component "card" "title" %}{% endcomponent %}',
        "{% slot more %}x{% endslot %}",
        '{% component "card" %}{% slot %}{% endslot %}{% endcomponent %}',
    ],
)
def test_wrong_use_is_refused(source):
    with pytest.raises(TemplateSyntaxError):
        rendered(source)
