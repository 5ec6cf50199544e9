"""SentencePiece unigram models in mT5's layout: trained on a version, and written in Hugging Face's form.

Layout (mT5, arXiv 2010.11934): pad 0, </s> 1, <unk> 2, 256 byte pieces, the learnt pieces, then 100 sentinels with
<extra_id_0> at the highest id.
"""

import dataclasses
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import PreTrainedTokenizerFast

from shards.errors import InputError
from shards.step import canonical_json, library_version
from train.data.corpus import Corpus, held_out_mask

SENTINELS = 100
SMALLEST = 512 + SENTINELS  # ids of the smallest tokenizer: 259 fixed ones, and pieces worth the name
BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
PIECE = proto.ModelProto.SentencePiece


@dataclasses.dataclass(frozen=True)
class Training:
    """How a tokenizer is trained. `vocab_size` counts everything, sentinels too; small corpora may give fewer pieces.

    `chars` is the size of the sample in Unicode characters, shared between languages by `alpha` as in the mixture.
    `held_out` is the share of documents that are only evaluated: they shape no piece.
    """

    vocab_size: int = 32_000
    chars: int = 50_000_000
    alpha: float = 0.3
    coverage: float = 0.99999  # of characters, as mT5; the rest is spelt in bytes
    seed: int = 0
    held_out: float = 0.0

    def __post_init__(self) -> None:
        if self.vocab_size < SMALLEST:
            raise InputError(
                f"vocab size {self.vocab_size}: give at least {SMALLEST} (259 fixed ids, {SENTINELS} sentinels, pieces)"
            )

    def key(self, corpus: Corpus, languages: list[str]) -> str:
        """What shapes the trained model, as canonical JSON."""
        shaping = {"training": dataclasses.asdict(self), "languages": languages, "shards": corpus.digests()}
        return canonical_json(shaping | {"sentencepiece": library_version("sentencepiece"), "version": 2})


def train(corpus: Corpus, languages: list[str], training: Training) -> bytes:
    """Train a model on a sample of the version's documents; the serialised SentencePiece model. Deterministic.

    Text is taken as it is, unlike in mT5, whose NFKC makes 109/L of 10⁹/L: it was put in NFC when it was ingested. Only
    all `BLANKS` and runs of them become one space: a no-break space would glue words into pieces. A line end is a byte.
    """
    sink = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write("".join(f"{ord(blank):X}\t20\n" for blank in BLANKS))
        rules.flush()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(sample(corpus, languages, training)),
                model_writer=sink,
                model_type="unigram",
                vocab_size=training.vocab_size - SENTINELS,
                hard_vocab_limit=False,
                character_coverage=training.coverage,
                normalization_rule_tsv=rules.name,
                byte_fallback=True,
                pad_id=0,
                eos_id=1,
                unk_id=2,
                bos_id=-1,
                pad_piece="<pad>",
                unk_piece="<unk>",
                eos_piece="</s>",
                max_sentence_length=1 << 16,
                num_threads=1,  # the order of additions, and so the scores, depends on the number of threads
                minloglevel=2,
            )
        except RuntimeError as error:
            raise InputError(
                f"SentencePiece cannot train {training.vocab_size} pieces on this text: {error}"
            ) from error
    model = proto.ModelProto.FromString(sink.getvalue())
    for index in reversed(range(SENTINELS)):
        model.pieces.append(PIECE(piece=f"<extra_id_{index}>", score=0.0, type=PIECE.USER_DEFINED))
    model.trainer_spec.vocab_size = len(model.pieces)
    model.normalizer_spec.normalization_rule_tsv = ""  # the file's name is another one every time
    return model.SerializeToString(deterministic=True)


def sample(corpus: Corpus, languages: list[str], training: Training) -> list[str]:
    """Lines of documents picked at random, per language up to its share of `chars` (share ~ characters ** alpha).

    Held-out documents are left out.
    """
    sizes = {language: sum(entry.chars for entry in corpus.shards(language)) for language in languages}
    total = sum(size**training.alpha for size in sizes.values())
    lines = []
    for index, language in enumerate(languages):
        share = training.chars * sizes[language] ** training.alpha / total
        rate = min(1.0, share / max(1, sizes[language]))
        draw = np.random.Generator(np.random.Philox(key=[training.seed, index]))
        held_out, row = held_out_mask(corpus.points(language), training.held_out), 0
        for entry in corpus.shards(language):
            for _, texts in corpus.documents(entry):
                picked = (draw.random(len(texts)) < rate) & ~held_out[row : row + len(texts)]
                row += len(texts)
                lines += [line for text, take in zip(texts, picked, strict=True) if take for line in text.splitlines()]
    return [line for line in lines if line.strip()]


def to_hugging_face(data: bytes, folder: Path) -> None:
    """Write a SentencePiece unigram model as a folder that `AutoTokenizer` loads, with equal ids.

    The class named in it is the generic one: transformers 5's T5Tokenizer rebuilds the model without byte fallback
    (rare characters become <unk>); the generic class takes tokenizer.json as it is.
    """
    model = proto.ModelProto.FromString(data)
    if model.trainer_spec.model_type != model.trainer_spec.UNIGRAM:
        raise InputError("only SentencePiece unigram models (T5, mT5) can be converted; give the tokenizer's folder")
    backend = Tokenizer(
        Unigram(
            [(piece.piece, piece.score) for piece in model.pieces],
            unk_id=model.trainer_spec.unk_id,
            byte_fallback=model.trainer_spec.byte_fallback,
        )
    )
    # SentencePiece strips blanks only; normalizers.Strip would take line ends, too.
    steps = [normalizers.Replace(Regex(r"\A +| +\z"), ""), normalizers.Replace(Regex(" {2,}"), " ")]
    if model.normalizer_spec.precompiled_charsmap:
        steps.insert(0, normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap))
    backend.normalizer = normalizers.Sequence(steps)
    backend.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    backend.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)]
    )
    end = model.pieces[model.trainer_spec.eos_id].piece
    backend.post_processor = processors.TemplateProcessing(
        single=["$A", end], pair=["$A", end, "$B", end], special_tokens=[(end, model.trainer_spec.eos_id)]
    )
    known = {piece.piece for piece in model.pieces}
    sentinels = [f"<extra_id_{index}>" for index in range(SENTINELS) if f"<extra_id_{index}>" in known]
    tokens = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=model.pieces[model.trainer_spec.pad_id].piece,
        eos_token=end,
        unk_token=model.pieces[model.trainer_spec.unk_id].piece,
        additional_special_tokens=sentinels,
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokens.save_pretrained(folder)
    (folder / "spiece.model").write_bytes(data)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    if config["tokenizer_class"] not in ("TokenizersBackend", "PreTrainedTokenizerFast"):
        raise InputError(f"transformers named the tokenizer {config['tokenizer_class']}; expected the generic class")
