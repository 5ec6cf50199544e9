"""The span corruption most people train with: the numpy collator of Hugging Face's run_t5_mlm_flax.py.

Written anew after its algorithm (transformers, examples/flax/language-modeling): masks example by example through
shuffled indicators, sentinels and filtering for the whole batch. `len(tokenizer)` is `vocab_size`; T5's sentinels are
the highest ids. Input: a list of {"input_ids": array} of equal length.
"""

import dataclasses

import numpy as np


@dataclasses.dataclass
class T5Collator:
    """Batches of `input_ids` and `labels` from examples of 568 tokens (for inputs of 512)."""

    vocab_size: int
    eos_id: int = 1
    pad_id: int = 0
    noise_density: float = 0.15
    mean_noise_span_length: float = 3.0
    input_length: int = 512
    target_length: int = 114

    def __call__(self, examples: list[dict]) -> dict[str, np.ndarray]:
        """The batch, with `decoder_input_ids` as the script makes them."""
        input_ids = np.array([example["input_ids"] for example in examples])
        batch, length = input_ids.shape
        hidden = np.asarray([self.random_spans_noise_mask(length) for _ in range(batch)])
        inputs = self.filter_input_ids(input_ids, self.create_sentinel_ids(hidden.astype(np.int8)))
        labels = self.filter_input_ids(input_ids, self.create_sentinel_ids((~hidden).astype(np.int8)))
        if inputs.shape[-1] != self.input_length or labels.shape[-1] != self.target_length:
            raise ValueError(f"lengths {inputs.shape[-1]} and {labels.shape[-1]} are not those asked for")
        return {"input_ids": inputs, "labels": labels, "decoder_input_ids": self.shift_right(labels)}

    def create_sentinel_ids(self, hidden: np.ndarray) -> np.ndarray:
        """Sentinel id at the first token of each hidden span, -1 at its others, 0 elsewhere."""
        starts = hidden - np.roll(hidden, 1, axis=-1) * hidden
        starts[:, 0] = hidden[:, 0]
        ids = np.where(starts != 0, np.cumsum(starts, axis=-1), starts)
        ids = np.where(ids != 0, self.vocab_size - ids, 0)
        ids -= hidden - starts
        return ids

    def filter_input_ids(self, input_ids: np.ndarray, sentinel_ids: np.ndarray) -> np.ndarray:
        """Sentinels for spans, and the end of sequence."""
        full = np.where(sentinel_ids != 0, sentinel_ids, input_ids)
        kept = full[full >= 0].reshape((input_ids.shape[0], -1))
        return np.concatenate([kept, np.full((input_ids.shape[0], 1), self.eos_id, dtype=np.int32)], axis=-1)

    def shift_right(self, labels: np.ndarray) -> np.ndarray:
        """Labels behind the start token."""
        shifted = np.zeros_like(labels)
        shifted[:, 1:] = labels[:, :-1]
        shifted[:, 0] = self.pad_id
        return np.where(shifted == -100, self.pad_id, shifted)

    def random_spans_noise_mask(self, length: int) -> np.ndarray:
        """Mask of one example (bool)."""
        hidden = min(max(int(np.round(length * self.noise_density)), 1), length - 1)
        spans = max(int(np.round(hidden / self.mean_noise_span_length)), 1)
        lengths = [self._segmentation(items, spans) for items in (length - hidden, hidden)]
        interleaved = np.reshape(np.stack(lengths, axis=1), [spans * 2])
        starts = np.cumsum(interleaved)[:-1]
        indicator = np.zeros((length,), dtype=np.int8)
        indicator[starts] = True
        return np.equal(np.cumsum(indicator) % 2, 1)[:length]

    @staticmethod
    def _segmentation(items: int, segments: int) -> np.ndarray:
        mask = np.arange(items - 1) < (segments - 1)
        np.random.shuffle(mask)
        first = np.pad(mask, [[1, 0]])
        _, lengths = np.unique(np.cumsum(first), return_counts=True)
        return lengths
