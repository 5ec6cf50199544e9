"""The scorers of PDF text tell right from wrong on small examples."""

from bench.tools.pdf_scores import Article, Fact, article_scores, folded, holds, order_recall, pass_rate


def test_order_counts_and_not_only_words() -> None:
    gold = " ".join(f"word{at}" for at in range(40))
    shuffled = " ".join(f"word{at}" for at in range(39, -1, -1))
    perfect = article_scores([Article("a", b"", gold)], [gold])
    assert perfect == (1, 1)
    f1, order = article_scores([Article("a", b"", gold)], [shuffled])
    assert (f1, order) == (1, 0)
    assert 0.4 < order_recall(gold[: len(gold) // 2], gold) < 0.6


def test_facts_hold_within_their_tolerance_only() -> None:
    text = folded("The first paragraph stands here. 500\u00a0mg twice daily. The last paragraph stands there.")
    assert holds(Fact("a", b"", "present", "500 mg twice daily"), text)
    assert not holds(Fact("a", b"", "present", "500 mg once daily"), text)
    assert holds(Fact("a", b"", "present", "500 mg twice dayly", max_diffs=2), text)
    assert holds(Fact("a", b"", "absent", "Page 3 of 7"), text)
    assert not holds(Fact("a", b"", "absent", "twice daily"), text)
    assert holds(Fact("a", b"", "order", "first paragraph", "last paragraph"), text)
    assert not holds(Fact("a", b"", "order", "last paragraph", "first paragraph"), text)
    assert pass_rate([Fact("a", b"", "present", "daily"), Fact("b", b"", "present", "hourly")], [text, text]) == 0.5
