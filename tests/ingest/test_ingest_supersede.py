"""Later files of a source overrule earlier ones: updates, versions, deletions; the accounts balance all the same."""

import random
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from site_builds import build, kept_rows

from ingest.pipeline.supersede import REVISIONS, Supersede, subject_hash

ABSTRACT = (
    "Background: Asthma in children is treated with inhaled corticosteroids at low doses. Methods: In this randomised trial "
    "we compared budesonide {dose} micrograms with placebo in {n} patients with persistent asthma for twelve weeks. Results: "
    "The treated patients had fewer exacerbations and better lung function, and adverse events were rare in both groups. "
    "Conclusion: Inhaled corticosteroids reduce exacerbations of asthma in children with few adverse events."
)  # fmt: skip


def citation(pmid: int, version: int, dose: int, french: bool = False) -> str:
    other = "<OtherAbstract Language='fre'><AbstractText>Le traitement de l'asthme de l'enfant par corticoïdes inhalés réduit "
    other += "les exacerbations et améliore la fonction pulmonaire des patients, avec peu d'effets indésirables dans cet essai "
    other += f"clinique de la dose de {dose} microgrammes contre placebo chez des enfants asthmatiques pendant douze semaines."
    other += "</AbstractText></OtherAbstract>"
    text = ABSTRACT.format(dose=dose, n=100 + pmid)
    return (
        f"<PubmedArticle><MedlineCitation><PMID Version='{version}'>{pmid}</PMID><Article><ArticleTitle>Budesonide {dose} in "
        f"asthma, trial {pmid}</ArticleTitle><Abstract><AbstractText>{text}</AbstractText></Abstract><Language>eng</Language>"
        f"</Article>{other if french else ''}</MedlineCitation></PubmedArticle>"
    )


def write(folder: Path, name: str, *citations: str, deleted: tuple[int, ...] = ()) -> None:
    gone = "".join(f"<PMID Version='1'>{pmid}</PMID>" for pmid in deleted)
    ending = f"<DeleteCitation>{gone}</DeleteCitation>" if deleted else ""
    (folder / name).write_text(f"<PubmedArticleSet>{''.join(citations)}{ending}</PubmedArticleSet>", encoding="utf-8")


def recipe(folder: Path) -> Path:
    path = folder / "recipe.toml"
    path.write_text("""name = "citations"
[[sources]]
kind = "pubmed"
name = "pubmed"
root = "files"
[domain]
min_score = 0
[quality]
min_words = 5
[dedup]
threshold = 1
""")
    return path


def titles(root: Path) -> dict[str, str]:
    return {row["source_id"]: row["title"] for row in kept_rows(root, "citations", ("source_id", "title"))}


def test_updates_and_deletions_win_without_reading_old_files_again(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write(
        files,
        "pubmed26n0001.xml",
        citation(1, 1, 100, french=True),
        citation(2, 1, 200, french=True),
        citation(3, 1, 300),
    )
    path, root = recipe(tmp_path), tmp_path / "store"
    first = build(path, root)
    assert sorted(titles(root)) == ["1", "1:fr", "2", "2:fr", "3"]
    write(files, "pubmed26n0002.xml", citation(1, 2, 150), citation(4, 1, 400), deleted=(2,))
    second = build(path, root)
    assert second.run.executed["extract"] == 1 and second.run.cached["extract"] == 1
    assert sorted(titles(root)) == ["1", "3", "4"] and titles(root)["1"].startswith("Budesonide 150")
    [funnel] = second.manifest.funnels
    assert funnel.dropped == {"supersede.superseded": 2, "supersede.withdrawn": 2} and funnel.inputs == 7
    assert first.version != second.version
    again = build(path, tmp_path / "other", shuffle=7)
    assert again.version == second.version


def test_two_versions_in_one_file(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write(files, "pubmed26n0001.xml", citation(1, 1, 100), citation(5, 1, 500), deleted=(5,))
    write(files, "pubmed26n0002.xml", citation(5, 1, 550))
    root = tmp_path / "store"
    build(recipe(tmp_path), root)
    assert titles(root)["5"].startswith("Budesonide 550") and len(titles(root)) == 2


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()), max_size=8), min_size=1, max_size=5
    )
)
def test_exactly_the_newest_word_on_each_subject_is_left(partitions: list[list[tuple[int, int, bool]]]) -> None:
    tables, said = [], []
    for at, partition in enumerate(partitions):
        rows, number = [], 0
        for subject, revision, is_document in partition:
            rows.append({"subject": subject, "revision": f"r{revision}", "row": number if is_document else -1})
            said.append((subject, revision, (at, number) if is_document else None))
            number += is_document
        tables.append(pa.Table.from_pylist(rows, schema=REVISIONS))
    lost = {
        (at, row["row"])
        for at, batch in enumerate(Supersede().run(tables)["superseded"])
        for row in pa.Table.from_batches([batch]).to_pylist()
    }
    for subject, revision, place in said:
        if place is not None:
            newest = max(r for s, r, _ in said if s == subject)
            ended = any(s == subject and r == newest and p is None for s, r, p in said)
            assert (place in lost) == (ended or revision < newest)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [{"subject": at % 7, "revision": f"r{at % 3}", "row": at} for at in range(50)]
    straight = Supersede().run([pa.Table.from_pylist(rows, schema=REVISIONS)])["superseded"][0]
    random.Random(1).shuffle(rows)
    assert Supersede().run([pa.Table.from_pylist(rows, schema=REVISIONS)])["superseded"][0].equals(straight)
    assert subject_hash("a", "1") != subject_hash("b", "1")
