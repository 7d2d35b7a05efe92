"""The block tag `component`: renders templates/components/<name>.html around what the page puts inside it.

    {% component "card" title=_("Details") %}
      body
      {% slot more %}<a href="…">…</a>{% endslot %}
    {% endcomponent %}

The component sees only its arguments, `body`, `slots.<name>`, `request`, `ui` and `csrf_token`, so nothing leaks in
from the page by accident; body and slots are rendered in the page's own context.
"""

from __future__ import annotations

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.safestring import SafeString

SHARED = ("request", "ui", "csrf_token")
OPEN_SLOTS = "_open_slots"


class ComponentNode(Node):
    def __init__(self, name: FilterExpression, arguments: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.arguments = arguments
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        slots: dict[str, SafeString] = {}
        with context.push(**{OPEN_SLOTS: slots}):
            body = trimmed(self.nodelist, context)
        values = {key: context[key] for key in SHARED if key in context}
        values |= {key: expression.resolve(context) for key, expression in self.arguments.items()}
        engine = context.template.engine  # type: ignore[union-attr]  # set while a template renders
        template = engine.get_template(f"components/{self.name.resolve(context)}.html")
        return template.render(context.new({**values, "body": body, "slots": slots}))


class SlotNode(Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        slots = context.get(OPEN_SLOTS)
        if slots is None:
            raise TemplateSyntaxError(f"slot '{self.name}' stands outside a component")
        slots[self.name] = trimmed(self.nodelist, context)
        return SafeString("")


def trimmed(nodelist: NodeList, context: Context) -> SafeString:
    """Rendered content without outer white space, so that templates can ask whether there is any."""
    return SafeString(nodelist.render(context).strip())  # already escaped by the nodes themselves


def parse_component(parser: Parser, token: Token) -> ComponentNode:
    words = token.split_contents()[1:]
    if not words:
        raise TemplateSyntaxError("component needs the name of a file in templates/components/")
    rest = words[1:]
    arguments = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f"component takes only name=value arguments, not '{rest[0]}'")
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(parser.compile_filter(words[0]), arguments, nodelist)


def parse_slot(parser: Parser, token: Token) -> SlotNode:
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError("slot needs exactly one name")
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(words[1], nodelist)
