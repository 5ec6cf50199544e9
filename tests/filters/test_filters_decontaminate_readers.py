"""Benchmarks in every format become items with ids that can be looked up; faults name file, line and remedy."""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.decontaminate.benchmark import Benchmark, pin
from filters.decontaminate.index import BenchmarkIndex
from filters.decontaminate.readers import read
from shards.errors import CorruptionError, InputError
from shards.step import key

ROWS = [
    {"id": "q1", "question": "Which drug?", "options": {"a": "Aspirin", "b": ["Ibuprofen", None]}, "answer": 2},
    {"id": "q2", "question": "¿Qué fármaco?", "options": {"a": "Uno", "b": ["Dos", "Tres"]}, "answer": 1},
]
FIELDS = ("question", "options.b", "answer")
TEXTS = ["Which drug?\nIbuprofen\n2", "¿Qué fármaco?\nDos\nTres\n1"]


def items(benchmark: Benchmark) -> dict[str, str]:
    return {item.id: item.text for item in read(benchmark)}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def jsonl() -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n\n" for row in ROWS)


def test_json_lines_are_items_by_line_or_by_id(tmp_path):
    write(tmp_path / "data" / "test.jsonl", jsonl())
    by_line = pin("b", str(tmp_path), "jsonl", fields=FIELDS)
    assert items(by_line) == {"data/test.jsonl#1": TEXTS[0], "data/test.jsonl#3": TEXTS[1]}
    by_id = pin("b", str(tmp_path / "data" / "test.jsonl"), "jsonl", fields=FIELDS, id_field="id")
    assert items(by_id) == {"test.jsonl#q1": TEXTS[0], "test.jsonl#q2": TEXTS[1]}


def test_a_json_file_holds_its_items_in_a_list_that_is_named(tmp_path):
    write(tmp_path / "bioasq.json", json.dumps({"meta": 1, "data": {"questions": ROWS}}))
    found = items(pin("b", str(tmp_path), "json", fields=FIELDS, rows="data.questions"))
    assert list(found.values()) == TEXTS
    with pytest.raises(InputError, match="name it with `rows`"):
        items(pin("b", str(tmp_path), "json", fields=FIELDS, rows="data.answers"))


def test_tables_are_items_by_line_or_row(tmp_path):
    write(tmp_path / "test.csv", 'question,answer\n"Which\ndrug, then?",A\nWhy?,B\n')
    found = items(pin("b", str(tmp_path), "csv", fields=("question", "answer")))
    assert found == {"test.csv#2": "Which\ndrug, then?\nA", "test.csv#4": "Why?\nB"}
    write(tmp_path / "test.tsv", 'question\tanswer\n"Quoted" start\tA\n\nWhy?\tB\n')
    found = items(pin("b", str(tmp_path), "tsv", fields=("question",)))
    assert found == {"test.tsv#2": '"Quoted" start', "test.tsv#4": "Why?"}
    assert list(items(pin("b", str(tmp_path), "tsv", fields=("1",))).values()) == ["answer", "A", "B"]
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "test.parquet")
    assert list(items(pin("b", str(tmp_path), "parquet", fields=FIELDS)).values()) == TEXTS


def test_every_text_file_is_an_item(tmp_path):
    write(tmp_path / "test" / "a.txt", "One note.\nTwo lines.")
    write(tmp_path / "test" / "a.ann", "T1 entity")
    write(tmp_path / "train" / "b.txt", "Another.")
    assert items(pin("b", str(tmp_path), "txt", split="test")) == {"test/a.txt#1": "One note.\nTwo lines."}


IOB = (
    "-DOCSTART- O\n\nThe\tO\nleft B-x\nlung I-x\n. O\n\nIt O\nhurts O\n. O\n\n"
    "-DOCSTART- O\n\n# O\n12 O\nmg O\nof O\nit O\n\nNo O\n"
)


def test_iob_sentences_are_joined_until_they_are_long_enough_but_not_across_documents(tmp_path):
    write(tmp_path / "test.iob", IOB)
    sentences = items(pin("b", str(tmp_path), "iob", item_words=2))
    assert sentences == {"test.iob#3": "The left lung .", "test.iob#8": "It hurts .", "test.iob#14": "# 12 mg of it No"}
    joined = items(pin("b", str(tmp_path), "iob", item_words=4))
    assert joined == {"test.iob#3": "The left lung . It hurts .", "test.iob#14": "# 12 mg of it No"}
    assert items(pin("b", str(tmp_path), "iob", unit="document")) == joined


def test_iob_documents_begin_with_the_given_words(tmp_path):
    write(
        tmp_path / "test.tsv",
        "QUESTION O \nTYPE: O \nA O \n\nFever. B-P High\n\nQUESTION O \nTYPE: O \nB O \n \nCough. O\n",
    )
    found = items(pin("b", str(tmp_path), "iob", unit="document", marker="QUESTION TYPE:"))
    assert found == {"test.tsv#1": "QUESTION TYPE: A Fever.", "test.tsv#7": "QUESTION TYPE: B Cough."}
    with pytest.raises(InputError, match="marker"):
        items(pin("b", str(tmp_path), "iob", unit="document"))


def test_conll_u_files_give_their_word_forms(tmp_path):
    row = "{0}\t{1}\tlemma\tNOUN\t_\t_\t0\troot\t_\t_\n"
    text = "# newdoc id = x\n# text = Due casi\n" + row.format(1, "Due") + row.format(2, "casi") + "\n"
    write(tmp_path / "it.conllu", text)
    assert items(pin("b", str(tmp_path), "iob", item_words=1)) == {"it.conllu#3": "Due casi"}


def test_members_of_archives_and_compressed_files_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("B/Raw/two.txt", "second")
        archive.writestr("B/Raw/one.txt", "first")
        archive.writestr("B/Annotated/one.txt", "<x>first</x>")
    only = pin("b", str(tmp_path / "b.zip"), "txt", only="*/Raw/*")
    assert items(only) == {"B/Raw/one.txt#1": "first", "B/Raw/two.txt#1": "second"}
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("c/test.jsonl.gz")
        data = gzip.compress(jsonl().encode())
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    found = items(pin("b", str(tmp_path / "c.tar.gz"), "jsonl", fields=FIELDS))
    assert found == {"c/test.jsonl.gz#1": TEXTS[0], "c/test.jsonl.gz#3": TEXTS[1]}
    (tmp_path / "d.zip").write_bytes(b"PK but no more")
    with pytest.raises(InputError, match="no sound archive"):
        items(pin("b", str(tmp_path / "d.zip"), "txt"))


def test_a_saved_data_set_is_read_by_split(tmp_path):
    rows = datasets.Dataset.from_list(ROWS)
    datasets.DatasetDict({"train": rows.select([0]), "test": rows.select([1])}).save_to_disk(str(tmp_path / "saved"))
    found = items(pin("b", str(tmp_path / "saved"), "hf", fields=FIELDS, split="test"))
    assert list(found.values()) == TEXTS[1:]


def test_a_folder_as_the_hub_lays_it_out_is_read_by_split(tmp_path):
    (tmp_path / "data").mkdir()
    pq.write_table(pa.Table.from_pylist(ROWS[:1]), tmp_path / "data" / "train-00000-of-00001.parquet")
    pq.write_table(pa.Table.from_pylist(ROWS[1:]), tmp_path / "data" / "test-00000-of-00001.parquet")
    write(tmp_path / "es" / "latest.jsonl", jsonl())  # not of the split "test", although the letters are in it
    write(tmp_path / "es" / "test.jsonl", jsonl())
    write(tmp_path / "README.md", "card")
    found = items(pin("b", str(tmp_path), "hf", fields=FIELDS, split="test"))
    assert list(found) == ["data/test-00000-of-00001.parquet#1", "es/test.jsonl#1", "es/test.jsonl#3"]


def test_json_of_the_hub_is_a_list_or_lines(tmp_path):
    write(tmp_path / "test.json", jsonl())
    assert list(items(pin("b", str(tmp_path), "hf", fields=FIELDS)).values()) == TEXTS
    write(tmp_path / "test.json", json.dumps(ROWS, indent=1))
    assert list(items(pin("b", str(tmp_path), "hf", fields=FIELDS)).values()) == TEXTS
    write(tmp_path / "test.json", json.dumps({"q1": ROWS[0], "q2": ROWS[1]}, indent=1))
    assert list(items(pin("b", str(tmp_path), "json", fields=FIELDS)).values()) == TEXTS


def test_a_name_of_the_hub_without_network_says_what_to_do(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(InputError, match="hf download someone/medqa --repo-type dataset"):
        pin("b", "someone/medqa", "hf", fields=("question",))
    write(tmp_path / "test.jsonl", jsonl())
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: str(tmp_path))
    assert list(items(pin("b", "someone/medqa", "hf", fields=FIELDS)).values()) == TEXTS


def test_a_changed_benchmark_changes_the_key_and_is_not_read_under_the_old_one(tmp_path):
    path = write(tmp_path / "a" / "test.jsonl", jsonl())
    before = pin("b", str(path), "jsonl", fields=FIELDS)
    moved = pin("b", str(write(tmp_path / "b" / "test.jsonl", jsonl())), "jsonl", fields=FIELDS)
    assert key(BenchmarkIndex((before,)), {}) == key(BenchmarkIndex((moved,)), {})
    write(path, jsonl() + json.dumps(ROWS[0]))
    after = pin("b", str(path), "jsonl", fields=FIELDS)
    assert key(BenchmarkIndex((after,)), {}) != key(BenchmarkIndex((before,)), {})
    with pytest.raises(CorruptionError, match="when planned"):
        items(before)


@pytest.mark.parametrize(
    ("text", "fields", "fault"),
    [
        ('{"question": "x"}\n{broken', ("question",), "test.jsonl: line 2 is not JSON"),
        ('{"question": "x"}\n', ("prompt",), "there is no field 'prompt'; there are: question"),
        ("[1, 2]\n", ("question",), "line or row 1 is no object"),
    ],
)
def test_faults_name_the_line(tmp_path, text, fields, fault):
    write(tmp_path / "test.jsonl", text)
    with pytest.raises(InputError, match=fault):
        items(pin("b", str(tmp_path), "jsonl", fields=fields))


def test_bytes_that_are_no_utf8_are_an_error_unless_the_recipe_allows_them(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"survie \xc3 5 ans")
    with pytest.raises(InputError, match="lenient"):
        items(pin("b", str(tmp_path), "txt"))
    assert items(pin("b", str(tmp_path), "txt", lenient=True)) == {"a.txt#1": "survie \ufffd 5 ans"}


def test_benchmarks_that_cannot_be_read_are_refused_when_planned(tmp_path):
    with pytest.raises(InputError, match="correct the path"):
        pin("b", str(tmp_path / "nowhere"), "txt")
    with pytest.raises(InputError, match="no file in"):
        pin("b", str(tmp_path), "txt", split="test")
    with pytest.raises(InputError, match="name the `fields`"):
        pin("b", str(tmp_path), "jsonl")
    with pytest.raises(InputError, match="is none of"):
        Benchmark("b", "xml", ())
