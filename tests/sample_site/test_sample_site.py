"""The sample site's files: counts, fates, copies, PDFs, and that the committed files are what the script writes."""

from collections import Counter
from itertools import combinations

import pypdfium2
import pytest
from site_text import PAGES, doses, fates, jaccard, links, shingles, texts

from recipes.sample_site.make_site import HUBS, build, load_site

LANGUAGES = ("en", "fr", "it", "es")


@pytest.fixture(scope="module")
def site():
    return load_site()


@pytest.fixture(scope="module")
def text():
    return texts()


def test_counts(site):
    pages = Counter(page.lang for page in site.pages if page.lang in LANGUAGES)
    kept = Counter(row["language"] for row in fates().values() if row["fate"] == "keep")
    assert sum(pages.values()) >= 64
    assert min(pages[lang] for lang in LANGUAGES) >= 14
    assert min(kept[lang] for lang in LANGUAGES) >= 10
    assert len(site.pdfs) >= 8
    assert sum(1 for page in site.pages if page.fate == "drop" and page.reason == "domain") >= 6
    assert Counter(page.lang for page in site.pages if page.reason == "language") == {"pt": 2, "ca": 2, "de": 2}
    assert len({page.skeleton for page in site.pages}) >= 3


def test_lengths(site, text):
    for page in site.pages:
        words = len(text[page.path].split())
        if page.fate == "keep" or page.group:
            assert 180 <= words <= 500, (page.path, words)
        elif page.reason in ("domain", "language"):
            assert words >= 250, (page.path, words)


def test_regenerated_files_are_the_committed_ones(tmp_path):
    build(tmp_path)
    new = {f.relative_to(tmp_path).as_posix(): f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
    old = {
        f"pages/{f.relative_to(PAGES).as_posix()}": f.read_bytes()
        for f in PAGES.rglob("*")
        if f.is_file() and f.suffix != ".pdf"
    }
    old["fates.toml"] = (PAGES.parent / "fates.toml").read_bytes()
    assert new == old


def test_small():
    assert sum(f.stat().st_size for f in PAGES.rglob("*") if f.is_file()) < 1_500_000


def test_every_linked_path_has_a_fate_and_every_fate_is_linked(site):
    known, seen, queue = fates(), set(), ["/"]
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        file = PAGES / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        if file.suffix == ".html" and file.is_file():
            queue += links(path, file.read_bytes())
    assert seen == set(known)
    assert all(hub in links("/", (PAGES / "index.html").read_bytes()) for hub in HUBS)


def test_groups_have_two_members_at_least():
    groups = Counter((row["group"], str(row["reason"])) for row in fates().values() if "group" in row)
    assert len(groups) == 8
    assert min(groups.values()) == 2


def test_exact_and_near_copies(site, text):
    copies = site.settings["copy"]
    assert sum("replace" in copy for copy in copies) == 4
    for copy in copies:
        one, other = text[copy["path"]], text[copy["of"]]
        if "replace" in copy:
            assert one != other
            assert jaccard(shingles(one), shingles(other)) >= 0.9, copy["path"]
            assert doses(one) == doses(other)
        else:
            assert one == other


def test_templated_leaflets_differ_in_their_doses(site, text):
    families = {page.family for page in site.pages if page.family}
    assert len(families) == 2
    closest = {}
    for family in families:
        members = [page.path for page in site.pages if page.family == family]
        assert len(members) == 3
        for one, other in combinations(members, 2):
            near = jaccard(shingles(text[one]), shingles(text[other]))
            closest[family] = max(near, closest.get(family, 0))
            assert 0.5 < near < 0.95
            assert doses(text[one]) != doses(text[other])
    assert max(closest.values()) > 0.8, "at least one family must tempt a threshold of 0.8"


def test_distinct_pages_share_little(site, text):
    distinct = [(page, shingles(text[page.path])) for page in site.pages if not page.group and page.repeat == 1]
    for (one, a), (other, b) in combinations(distinct, 2):
        if not one.family or one.family != other.family:
            assert jaccard(a, b) < 0.6, (one.path, other.path)


def _open(pdf):
    return pypdfium2.PdfDocument(PAGES / pdf["path"].lstrip("/"))


def _pdf_text(pdf):
    with _open(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_text_pdfs_open_with_their_accents(site):
    good = [pdf for pdf in site.pdfs if pdf["fate"] == "keep"]
    assert len(good) >= 5 and {pdf["lang"] for pdf in good} == set(LANGUAGES)
    for pdf in good:
        pages = _pdf_text(pdf)
        assert 1 <= len(pages) <= 3
        assert all(pdf["header"] in page for page in pages)
        words = " ".join(pages).replace("\r\n", " ").split()
        assert len(words) > 180
        assert {w for w in pdf["body"].split() if w.isalpha()} <= set(words)
    assert max(len(_pdf_text(pdf)) for pdf in good) > 1


def test_bad_pdfs_fail_as_planned(site):
    kinds = {pdf["kind"]: pdf for pdf in site.pdfs if "kind" in pdf}
    assert "".join(_pdf_text(kinds["scanned"])).strip() == ""
    with pytest.raises(pypdfium2.PdfiumError, match=r"(?i)password"):
        _open(kinds["encrypted"])
    with pytest.raises(pypdfium2.PdfiumError):
        _open(kinds["truncated"])


def test_legacy_charsets_keep_their_accents(site):
    legacy = {page.encoding: page for page in site.pages if page.encoding != "utf-8"}
    assert set(legacy) == {"windows-1252", "iso-8859-15"}
    assert "œufs" in (PAGES / legacy["iso-8859-15"].file).read_bytes().decode("iso-8859-15")
    for page in site.pages:
        if page.encoding == "windows-1252":
            data = (PAGES / page.file).read_bytes()
            with pytest.raises(UnicodeDecodeError):
                data.decode("utf-8")
            assert (b"<meta charset" in data) == bool(page.declare)
