"""The loss: cross entropy in float32 plus z-loss, over all target tokens of the global batch."""

from torch import Tensor

from train.model import MT5, shift_right

Z_LOSS = 1e-4  # t5x, mt5/base.gin: keeps the softmax's normaliser near 1


def batch_loss(
    model: MT5,
    inputs: Tensor,
    targets: Tensor,
    target_tokens: int,
    z_loss: float,
    input_segments: Tensor | None = None,
    target_segments: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """(this part's share of the global loss, summed likelihood loss of each row).

    `target_tokens` counts the scored targets of the whole global batch: a sum divided once is right for any number of
    processes and micro-batches; a mean of means is not. Segments (batch, length) number the documents of a row from 1;
    0 is padding and not scored; None: no padding, one document a row. Rows of the embedding above the tokenizer are
    never targets because no tokenizer yields them.
    """
    starts = shift_right(targets, target_segments)
    loss, nll = model(inputs, starts, input_segments, target_segments, targets, z_loss)
    return loss / target_tokens, nll.sum(dim=1)
