"""What the shell around each page is written with: icons, and markup that is kept once it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader_tags import BlockNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pmcrm.icons import icon
from pmcrm.lists.columns import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.template.context import Context

register = template.Library()
register.simple_tag(icon)

MOST_KEPT: Final = 500


@register.simple_tag
def options(groups: Iterable[tuple[Any, list[dict[str, Any]], int]]) -> SafeString:
    """The choices of a select. Django has a template for each of them; of time zones there are four hundred."""
    found = []
    for group, choices, _index in groups:
        if group:
            found.append(written('<optgroup label="{}">', group))
        for choice in choices:
            states = "".join(f" {name}" for name, is_on in choice["attrs"].items() if is_on is True)
            found.append(
                written('<option value="{}"{}>{}</option>', choice["value"], SafeString(states), choice["label"])
            )
        if group:
            found.append(SafeString("</optgroup>"))
    return SafeString("\n".join(found))


class KeptNode(template.Node):
    """Markup that is written once for each language and each set of the values it names, and then kept.

    It sees nothing but these values: what belongs to a person, a request or the clock cannot get in unnamed, so it
    cannot come out on somebody else's page.
    """

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        # Text that is markup already and the same letters as plain text are equal, yet written differently.
        key = (get_language(), *values.values(), *map(type, values.values()))
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            found = self.kept[key] = self.nodelist.render(context.new(values))
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept places=shell.places %}...{% endkept %}`: see KeptNode. The values must be hashable, and few."""
    _tag, *words = token.split_contents()
    values = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"kept: every value is named, unlike {words[0]!r}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("kept: a block differs from page to page and cannot be kept")
    return KeptNode(nodelist, values)
