"""The seeded pages say of each of their lines where it comes from, and losses are found line for line."""

import pytest

from bench.tools.templates import CASES, lost, seeded_pages
from shards.errors import InputError


def test_lines_that_are_gone_are_found_and_foreign_ones_refused() -> None:
    lines = ["# Title", "- a", "- b", "text", "- a"]
    assert lost(lines, "# Title\n\n- a\n- b\n\ntext\n\n- a") == [False] * 5
    assert lost(lines, "# Title\n\ntext\n\n- a") == [False, True, True, False, False]
    assert lost(lines, "") == [True] * 5
    with pytest.raises(InputError, match="not a part"):
        lost(lines, "text\n\n# Title")


@pytest.mark.skipif(not CASES.exists(), reason="needs the real data in ../shared/data")
def test_pages_are_their_lines_and_the_template_is_the_same_on_all_pages_of_a_site() -> None:
    pages = seeded_pages(30)
    assert len(pages) == 120
    templates: dict[str, set[tuple[str, ...]]] = {}
    for page in pages:
        assert [line for line, _ in page.lines] == [line for line in page.text.split("\n") if line]
        planted = tuple(line for line, planted in page.lines if planted)
        templates.setdefault(page.url.split("/")[2], set()).add(planted)
    assert all(len(found) == 1 for found in templates.values())
    assert seeded_pages(30) == pages
