"""Panels that a page shows at a click (accordions, tabs) hold the leaflet's sections: extractors must not skip them."""

import re

from lxml import etree

_MARKS = ("accord", "collaps", "tab-pane", "tab-content", "tabpanel", "panel", "toggle", "expand", "despleg", "depli")
_PANEL = re.compile("|".join(_MARKS), re.I)
_HIDING = re.compile(r"display\s*:\s*none\s*;?|visibility\s*:\s*hidden\s*;?", re.I)
_HIDDEN = etree.XPath('//*[@hidden or @aria-hidden="true" or contains(@style, "none") or contains(@style, "hidden")]')


def has_panels(page: str) -> bool:
    """Whether a page's markup names such panels at all."""
    return any(mark in page for mark in _MARKS)


def unhide(root: etree._Element) -> None:
    """Show the panels below `root` that wait for a click, in place; what is hidden for good stays so."""
    for element in _HIDDEN(root):
        named = f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}"
        if _PANEL.search(named):
            for name in ("hidden", "aria-hidden"):
                element.attrib.pop(name, None)
            if "style" in element.attrib:
                element.set("style", _HIDING.sub("", element.get("style")))
