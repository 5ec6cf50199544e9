"""Write the sample site: ``content/`` and ``site.toml`` become ``pages/`` and ``fates.toml``."""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from recipes.sample_site.render import HERE, Page, Renderer, load_pages, split_front_matter

HUBS = {"/en/": "en", "/fr/": "fr", "/it/": "it", "/es/": "es", "/misc/": "en"}
FATE_KEYS = ("path", "fate", "reason", "language", "license", "group", "family", "why")
FATES_HEADER = """\
# What should become of every address of the sample site. Written by make_site.py; do not edit by hand.
#
# fate: keep, drop, quarantine, redirect (no document of its own) or not-fetched (robots.txt forbids it).
# reason: the class of the reason; where it is a list, any of them is right.
# group: pages that are copies of each other. Of each group exactly one page is kept, whichever the system chooses;
#        the others are dropped for the reason given, which therefore stands on all members.
# family: distinct pages made from one template, which must all be kept.
# robots.txt and sitemap.xml are served too and are not documents.
"""


@dataclass(frozen=True)
class Site:
    """Everything the site is made of."""

    settings: dict
    pages: list[Page]
    pdfs: list[dict]


def _substitute(text: str, changes: list[list[str]], path: str) -> str:
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{path}: {old!r} occurs {text.count(old)} times, not once")
        text = text.replace(old, new)
    return text


def load_site() -> Site:
    """Read the content, and add the planted copies and near-copies to it."""
    settings = tomllib.loads((HERE / "site.toml").read_text(encoding="utf-8"))
    pages = {
        p.path: p for folder in sorted((HERE / "content").iterdir()) if folder.name != "pdf" for p in load_pages(folder)
    }
    for copy in settings["copy"]:
        source = pages[copy["of"]]
        near = "replace" in copy
        shared = {
            "fate": "drop",
            "group": copy["group"],
            "reason": "near-duplicate" if near else ["exact-duplicate", "near-duplicate"],
        }
        pages[source.path] = replace(source, why=f"the page that {copy['path']} copies", **shared)
        pages[copy["path"]] = replace(
            source,
            path=copy["path"],
            why=copy["why"],
            skeleton=copy.get("skeleton", source.skeleton),
            date=copy.get("date", source.date),
            body=_substitute(source.body, copy.get("replace", []), copy["path"]),
            **shared,
        )
    pdfs = []
    for file in sorted((HERE / "content" / "pdf").glob("*.md")):
        head, body = split_front_matter(file.read_text(encoding="utf-8"))
        path = f"/{head['lang']}/{file.stem}.pdf"
        pdfs.append({"path": path, "body": body, "fate": "keep", "license": "none", **head})
    return Site(settings, list(pages.values()), pdfs)


def hub_links(site: Site, hub: str) -> list[tuple[str, str]]:
    """Address and label of everything one hub links."""
    links = [(p.path, p.title) for p in site.pages if p.hub == hub]
    links += [(pdf["path"], f"{pdf['title']} (PDF)") for pdf in site.pdfs if pdf.get("hub", f"/{pdf['lang']}/") == hub]
    links += [(r["path"], r["label"]) for r in site.settings["route"] if r["hub"] == hub]
    return links + [(n["path"], n["title"]) for n in site.settings["navigation"] if hub == "/misc/"]


def fates(site: Site) -> list[dict]:
    """The expected fate of every address, in the order of the addresses."""
    rows = [
        {
            "path": hub,
            "language": lang,
            "fate": "drop",
            "reason": ["quality", "domain", "language"],
            "why": "a hub of links",
        }
        for hub, lang in {"/": "en", **HUBS}.items()
    ]
    for page in site.pages:
        row = {key: getattr(page, key) for key in FATE_KEYS if key not in ("language",) and getattr(page, key)}
        rows.append({**row, "language": page.lang})
    rows += [{**{key: pdf[key] for key in FATE_KEYS if key in pdf}, "language": pdf["lang"]} for pdf in site.pdfs]
    rows += [{key: route[key] for key in FATE_KEYS if key in route} for route in site.settings["route"]]
    rows += [
        {
            "path": n["path"],
            "language": n["lang"],
            "fate": "drop",
            "reason": ["quality", "domain"],
            "why": "hundreds of links and a few words of text",
        }
        for n in site.settings["navigation"]
    ]
    return sorted(rows, key=lambda row: row["path"])


def fates_toml(site: Site) -> str:
    """The text of ``fates.toml``."""
    out = [FATES_HEADER]
    for row in fates(site):
        lines = [f"{key} = {json.dumps(row[key], ensure_ascii=False)}" for key in FATE_KEYS if key in row]
        out.append("[[page]]\n" + "\n".join(lines) + "\n")
    return "\n".join(out)


def build(out: Path) -> None:
    """Write ``pages/`` (all but the PDFs) and ``fates.toml`` under ``out``."""
    site, renderer = load_site(), Renderer()
    files: dict[str, bytes] = {}
    for page in site.pages:
        kept = [p for p in site.pages if p.lang == page.lang and p.fate == "keep" and p.path != page.path]
        start = sum(page.title.encode()) % max(1, len(kept))
        files[page.file] = renderer.page(page, (kept + kept)[start : start + 4])
    titles = site.settings["titles"]
    files["index.html"] = renderer.links("/", "en", titles["/"], [(hub, titles[hub]) for hub in HUBS])
    for hub, lang in HUBS.items():
        files[hub.strip("/") + "/index.html"] = renderer.links(hub, lang, titles[hub], hub_links(site, hub))
    for nav in site.settings["navigation"]:
        around = [
            (f"{p.path}#s{i}", " ".join(p.title.split()[:2]))
            for i in range(8)
            for p in site.pages
            if p.lang == nav["lang"] and p.fate == "keep"
        ]
        files[nav["path"].lstrip("/")] = renderer.links(nav["path"], nav["lang"], nav["title"], around, "navigation")
    for name, data in files.items():
        file = out / "pages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (out / "fates.toml").write_text(fates_toml(site), encoding="utf-8")


def main() -> None:
    """Command line: write the site in place, or elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder that gets pages/ and fates.toml")
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()
