"""Read the site's content files and turn their small Markdown dialect into HTML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

HERE = Path(__file__).parent
LICENSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "none": "",
}


@dataclass(frozen=True)
class Page:
    """One HTML page: its text in Markdown, how it is written to disk and what should become of it."""

    path: str
    lang: str
    title: str
    body: str
    description: str = ""
    date: str = "2024-01-15"
    license: str = "CC-BY-4.0"
    skeleton: str = "journal"
    hub: str = ""
    encoding: str = "utf-8"
    declare: str = "utf-8"  # the charset the <meta> names; "" for none
    meta: dict[str, str] = field(default_factory=dict)
    fate: str = "keep"
    reason: str | list[str] = ""
    group: str = ""
    family: str = ""
    why: str = ""
    repeat: int = 1

    @property
    def file(self) -> str:
        """Where the page lies under ``pages/``."""
        return self.path.lstrip("/") + ("index.html" if self.path.endswith("/") else "")


def split_front_matter(text: str) -> tuple[dict, str]:
    """Split ``+++`` TOML front matter from the body under it."""
    _, head, body = text.split("+++\n", 2)
    return tomllib.loads(head), body.strip()


def load_pages(folder: Path) -> list[Page]:
    """The pages of one content file folder; a file with ``[[member]]`` tables gives one page for each."""
    pages = []
    for file in sorted(folder.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        head, body = split_front_matter(text)
        for member in head.pop("member", [{}]):
            known = {"path": f"/{folder.name}/{file.stem}.html", "lang": folder.name, **head, **member.pop("page", {})}
            known = {key: jinja2.Template(v).render(member) if isinstance(v, str) else v for key, v in known.items()}
            known.setdefault("hub", f"/{known['lang']}/")
            pages.append(Page(body=jinja2.Template(body).render(member), **known))
    return pages


def inline(text: str) -> str:
    """Bold, emphasis and links; inline HTML passes through."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)
    return re.sub(r"\[(.+?)\]\((.+?)\)", r'<a href="\2">\1</a>', text)


def _list(lines: list[str]) -> str:
    """A bulleted list; lines indented by two spaces form a list inside the item above."""
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("  "):
            items[-1][1].append(line[2:])
        else:
            items.append((inline(line[2:]), []))
    return "<ul>\n" + "".join(f"<li>{i}{chr(10) + _list(sub) if sub else ''}</li>\n" for i, sub in items) + "</ul>"


def _cell(text: str) -> str:
    """A table cell; parts that begin with ``* `` become a list inside the cell."""
    head, *items = re.split(r"(?:^|\s)\* ", text.strip())
    listed = "".join(f"<li>{inline(i)}</li>" for i in items)
    return inline(head) + (f"<ul>{listed}</ul>" if items else "")


def table_rows(lines: list[str]) -> list[list[str]]:
    """The cells of a block of ``| a | b |`` lines."""
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]


def _table(lines: list[str]) -> str:
    head, *rows = table_rows(lines)
    out = "<table>\n<thead><tr>" + "".join(f"<th>{inline(c)}</th>" for c in head) + "</tr></thead>\n<tbody>\n"
    for row in rows:
        out += "<tr>" + "".join(f"<td>{_cell(c)}</td>" for c in row) + "</tr>\n"
    return out + "</tbody>\n</table>"


def _definitions(lines: list[str]) -> str:
    pairs = (line.split(" :: ", 1) for line in lines)
    return "<dl>\n" + "".join(f"<dt>{inline(t)}</dt><dd>{inline(d)}</dd>\n" for t, d in pairs) + "</dl>"


def to_html(markdown: str) -> str:
    """Render the dialect: ``##`` headings, nested ``-`` lists, ``|`` tables, ``term :: text`` lists, paragraphs."""
    out = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        lines = block.splitlines()
        if match := re.match(r"(#{2,3}) (.+)", block):
            level = len(match[1])
            out.append(f"<h{level}>{inline(match[2])}</h{level}>")
        elif block.startswith("- "):
            out.append(_list(lines))
        elif block.startswith("|"):
            out.append(_table(lines))
        elif all(" :: " in line for line in lines):
            out.append(_definitions(lines))
        else:
            out.append(f"<p>{inline(' '.join(lines))}</p>")
    return "\n".join(out)


class Renderer:
    """Fills the page skeletons under ``templates/`` with a page and the wording of its language."""

    def __init__(self) -> None:
        self.chrome = tomllib.loads((HERE / "chrome.toml").read_text(encoding="utf-8"))
        loader = jinja2.FileSystemLoader(HERE / "templates")
        self.env = jinja2.Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)

    def page(self, page: Page, related: list[Page]) -> bytes:
        """The bytes of one page, in its encoding."""
        html = self.env.get_template(f"{page.skeleton}.html").render(
            page=page,
            body="\n".join([to_html(page.body)] * page.repeat),
            license=LICENSES[page.license],
            related=related,
            t=self.chrome.get(page.lang, self.chrome["en"]),
        )
        return html.encode(page.encoding)

    def links(self, path: str, lang: str, title: str, links: list[tuple[str, str]], skeleton: str = "hub") -> bytes:
        """A page made of links: a hub, or one of the navigation-heavy pages."""
        template = self.env.get_template(f"{skeleton}.html")
        page = Page(path=path, lang=lang, title=title, body="")
        return template.render(page=page, links=links, t=self.chrome[lang], license="", related=[]).encode()
