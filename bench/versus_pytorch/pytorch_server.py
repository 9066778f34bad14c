#!/usr/bin/env python3
"""Times PyTorch's steps and predictions on request: a line in, a line out.

    python pytorch_server.py FOLDER THREADS
    python pytorch_server.py FOLDER cuda    (a graphics card, ROCm's too)

The requests are those of `bench/src/bin/step_server.rs`, each with the name of a variant
at its end; the folder has the files that it exports. The variants:

    eager     as most people write it
    fused     with AdamW as one kernel, and the norm of all gradients at once
    compiled  besides, forward, loss and backward through torch.compile
    whole     all of it through torch.compile, clipping and update as well
    graphs    as compiled, with CUDA graphs: for a graphics card
"""

import gc
import os
import sys
import time

os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(sys.argv[1], "inductor"))

import torch
from safetensors.torch import load_file
from torch.nn.utils import clip_grad_norm_

from model import SIZES, Masked, Sliced, Transformer, loss_of, position_weights

LEARNING_RATE = 1e-3
DEVICE = torch.device("cuda" if sys.argv[2] == "cuda" else "cpu")


def load(folder, name, batch):
    """A model with ninth's weights, and the other tensors of the file."""
    tensors = load_file(os.path.join(folder, f"{name}-{batch}.safetensors"))
    others = {key: tensors.pop(key) for key in ("tokens", "lengths", "asked")}
    model = Transformer(SIZES[name])
    model.load_state_dict(tensors, strict=True)
    return model.to(DEVICE), others


class Training:
    def __init__(self, folder, name, batch, variant):
        size = SIZES[name]
        self.model, data = load(folder, name, batch)
        self.batches = [
            (
                tokens[:, :-1].contiguous().to(DEVICE),
                tokens[:, 1:].reshape(-1).to(DEVICE),
                position_weights(size, lengths).reshape(-1).to(DEVICE),
            )
            for tokens, lengths in zip(data["tokens"], data["lengths"])
        ]
        self.steps = 0
        matrices, others = [], []
        for parameter_name, parameter in self.model.named_parameters():
            linear = parameter.dim() == 2 and parameter_name.endswith(".weight")
            (matrices if linear else others).append(parameter)
        parameters = matrices + others
        groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]

        # The fused kernel if there is one; torch.compile fuses `foreach` itself.
        how = {"eager": {}, "whole": {"foreach": True}}.get(variant, {"fused": True})
        self.optimizer = torch.optim.AdamW(
            groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, **how
        )
        at_once = None if variant == "eager" else True

        def update():
            clip_grad_norm_(parameters, 1.0, foreach=at_once)
            self.optimizer.step()

        def loss(tokens, targets, weights):
            return loss_of(size, self.model, tokens, targets, weights)

        mode = {"mode": "reduce-overhead"} if variant == "graphs" else {}
        compiled = variant in ("compiled", "whole", "graphs")
        self.loss = torch.compile(loss, dynamic=False, **mode) if compiled else loss
        self.update = torch.compile(update, dynamic=False) if variant == "whole" else update

    def step(self):
        batch = self.batches[self.steps % len(self.batches)]
        self.steps += 1
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(*batch)
        loss.backward()
        self.update()
        return loss


class Asking:
    def __init__(self, folder, name, variant):
        size = SIZES[name]
        self.model, data = load(folder, name, 32)
        self.model.eval()
        self.sequences = data["asked"].unsqueeze(1).contiguous()
        # Every term of every sequence, [1, 1], with its position.
        self.terms = self.sequences.view(-1, 1, 1).unbind(0)
        context = self.sequences.shape[-1]
        if variant == "compiled":
            self.last = torch.compile(self.model.last, dynamic=False)
            self.next = torch.compile(Masked(self.model, size), dynamic=False)
            self.positions = [torch.tensor([position]) for position in range(context)]
        else:
            self.last, self.next = self.model.last, Sliced(self.model, size)
            self.positions = list(range(context))
        self.asked = 0

    @torch.inference_mode()
    def predict(self):
        self.asked += 1
        return self.last(self.sequences[(self.asked - 1) % len(self.sequences)]).item()

    @torch.inference_mode()
    def predict_next(self):
        position = self.positions[self.asked % len(self.positions)]
        self.asked += 1
        return self.next(self.terms[(self.asked - 1) % len(self.terms)], position).item()


def wait():
    """Waits until a graphics card has finished all work."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def microseconds(count, call):
    """The mean time of `count` calls, after a tenth as many that are not timed."""
    for _ in range(-(-count // 10)):
        call()
    wait()
    gc.disable()
    started = time.perf_counter()
    for _ in range(count):
        call()
    wait()
    taken = time.perf_counter() - started
    gc.enable()
    return f"{taken / count * 1e6:.4f}"


class Server:
    def __init__(self, folder):
        self.folder, self.kept = folder, {}

    def keep(self, kind, *key):
        if (kind, key) not in self.kept:
            self.kept[kind, key] = kind(self.folder, *key)
        return self.kept[kind, key]

    def answer(self, words):
        match words:
            case ["version"]:
                return f"PyTorch {torch.__version__}"
            case ["device"]:
                return torch.cuda.get_device_name() if DEVICE.type == "cuda" else "the processor"
            case ["losses", name, batch, _, steps, variant]:
                training = Training(self.folder, name, batch, variant)
                return " ".join(repr(training.step().item()) for _ in range(int(steps)))
            case ["predictions", name, variant]:
                asking = Asking(self.folder, name, variant)
                whole = [asking.predict() for _ in asking.sequences]
                asking.asked = 0
                return " ".join(map(str, whole + [asking.predict_next() for _ in asking.terms]))
            case ["step", name, batch, _, count, variant]:
                return microseconds(int(count), self.keep(Training, name, batch, variant).step)
            case ["predict", name, _, count, variant]:
                return microseconds(int(count), self.keep(Asking, name, variant).predict)
            case ["next", name, _, count, variant]:
                return microseconds(int(count), self.keep(Asking, name, variant).predict_next)
        return f"error {words} is no request"


def main():
    folder, threads = sys.argv[1], sys.argv[2]
    if DEVICE.type == "cpu":
        torch.set_num_threads(int(threads))
    # Processors are slow with denormal numbers, which ninth's update avoids.
    torch.set_flush_denormal(True)
    server = Server(folder)
    for line in sys.stdin:
        try:
            answer = server.answer(line.split())
        except Exception as error:  # whatever a variant fails with, the others go on
            reason = str(error).strip().splitlines() or [""]
            answer = f"error {type(error).__name__}: {reason[0]}"
        print(answer, flush=True)


if __name__ == "__main__":
    main()
