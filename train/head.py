"""Output matrix, cross entropy and z-loss together, a block of positions at a time: all logits never exist at once.

mT5 has 250,112 rows: the logits of 64 examples of 114 targets are 7.3 GB, several times over. Here the gradients are
taken in the forward pass, while a block's logits are at hand, so nothing is computed twice. Softmax and sums are
float32; in bfloat16 the factors of the products are narrow, what is summed from them is not.
"""

import torch
from torch import Tensor

LOGITS = {"cpu": 1 << 26, "cuda": 1 << 29}  # of a block: 0.27 and 2.1 GB


class Room:
    """Memory for a block's logits: `logits` numbers, by default as many as suit the device.

    On a CPU it is kept from step to step: what goes back to the system is cleared page by page before it returns.
    """

    def __init__(self, logits: int | None = None):
        self.logits = logits
        self.kept = torch.empty(0)

    def block(self, positions: int, vocabulary: int, device: torch.device) -> Tensor:
        """A block (rows, vocabulary), float32, of as many rows as make blocks of one size of all positions."""
        most = max(1, (self.logits or LOGITS.get(device.type, LOGITS["cpu"])) // vocabulary)
        blocks = max(1, -(-positions // most))
        rows = max(1, -(-positions // blocks))
        if device.type != "cpu":
            return torch.empty(rows, vocabulary, device=device)
        if len(self.kept) < rows * vocabulary:
            self.kept = torch.empty(most * vocabulary, device=device)  # what no block has used yet takes no memory
        return self.kept[: rows * vocabulary].view(rows, vocabulary)


def head_loss(
    hidden: Tensor, weight: Tensor, targets: Tensor, z_loss: float, room: Room | None = None
) -> tuple[Tensor, Tensor]:
    """(sum of cross entropy + z_loss * log(normaliser)^2, cross entropy of each position), float32.

    `hidden` (positions, d), `weight` (vocabulary, d) float32, `targets` (positions). Gradients of `hidden` and `weight`
    come from the sum alone.
    """
    block = (room or Room()).block(len(hidden), len(weight), hidden.device)
    return _HeadLoss.apply(hidden, weight, targets, z_loss, block, torch.is_grad_enabled())


class _HeadLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden: Tensor, weight: Tensor, targets: Tensor, z_loss: float, room: Tensor, train: bool):
        matrix = weight.to(hidden.dtype)
        nll = torch.empty(len(hidden), device=hidden.device)
        squares = torch.empty_like(nll)
        rows = len(room)
        if train:
            hidden_gradient = torch.empty(hidden.shape, device=hidden.device)
            make = torch.empty if len(hidden) else torch.zeros  # the first block writes it, the others add
            weight_gradient = make(weight.shape, device=weight.device)
        for at in range(0, len(hidden), rows):
            block, target = hidden[at : at + rows], targets[at : at + rows, None]
            logits = room[: len(block)]
            _add_product(logits, block, matrix.T, first=True)
            chosen = logits.gather(1, target)
            largest = logits.amax(1, keepdim=True)
            share = torch.softmax(logits, 1, out=logits)  # in place
            normaliser = largest - share.amax(1, keepdim=True).log()  # the largest share is 1 / sum(exp(x - largest))
            nll[at : at + rows] = (normaliser - chosen)[:, 0]
            squares[at : at + rows] = normaliser.square()[:, 0]
            if train:
                # d(logits) = scale * share - 1[target] = scale * (share - 1[target] / scale), scale by row
                scale = 1 + 2 * z_loss * normaliser
                share.scatter_(1, target, (chosen - normaliser).exp() - 1 / scale)
                share = share.to(hidden.dtype)
                _add_product(hidden_gradient[at : at + rows], share, matrix, first=True)
                hidden_gradient[at : at + rows] *= scale
                _add_product(weight_gradient, share.T, (block * scale).to(hidden.dtype), first=at == 0)
        if train:
            ctx.save_for_backward(hidden_gradient.to(hidden.dtype), weight_gradient)
        ctx.mark_non_differentiable(nll)
        return nll.sum() + z_loss * squares.sum(), nll

    @staticmethod
    def backward(ctx, grad: Tensor, _):
        hidden_gradient, weight_gradient = ctx.saved_tensors
        return hidden_gradient * grad, weight_gradient.mul_(grad), None, None, None, None


def _add_product(total: Tensor, a: Tensor, b: Tensor, first: bool) -> None:
    """total = a b for the first product, total += a b for others; float32."""
    beta = 0 if first else 1  # with 0 what is in `total` does not count
    if a.dtype == torch.float32:
        total.addmm_(a, b, beta=beta)
    elif a.is_cuda:
        torch.addmm(total, a, b, out_dtype=torch.float32, beta=beta, out=total)
    elif first:
        total.copy_(torch.mm(a, b))
    else:
        total += torch.mm(a, b)
