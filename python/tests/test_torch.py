"""`ninth.torch` beside the engine: logits, loss, gradients, weights; and its data set."""

import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import ninth  # noqa: E402
from ninth.torch import SequenceDataset, Transformer  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

# On a machine of two processors, of three workers.
pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")

OPTIONS: dict[str, list[Any]] = {
    "sequences.range": [(0, 255), (-128, 127), (0, 99), (-20, 300)],
    "sequences.context": [4, 8, 13],
    "sequences.lengths": ["fixed", "variable"],
    "embedding.kind": [
        "pair",
        "learned",
        "frequency",
        "number_theoretic",
        "binary",
        "learned+frequency",
        "binary+pair+number_theoretic",
    ],
    "embedding.table": ["fixed", "learned"],
    "model.d_model": [6, 12, 16],
    "model.layers": [1, 2, 3],
    "model.heads": [1, 2],
    "model.feed_forward": [5, 32],
    "model.activation": ["gelu", "gelu_tanh", "silu", "relu"],
    "model.normalisation": ["none", "pre", "post"],
    "model.output": ["classification", "classification", "regression"],
    "loss.kind": ["cross_entropy", "distance_weighted", "distance"],
    "loss.distance": ["linear", "quadratic", "square_root"],
    "loss.alpha": [0.1, 2.0],
    "loss.positions": ["all", "last", "weighted"],
}


def random_config(number: int) -> ninth.Config:
    """Config `number`: every option of every key is among the first ones."""
    choose = random.Random(number)
    chosen = {
        key: options[number] if number < len(options) else choose.choice(options)
        for key, options in OPTIONS.items()
    }
    minimum, maximum = chosen.pop("sequences.range")
    chosen |= {"sequences.minimum": minimum, "sequences.maximum": maximum}
    if chosen["model.output"] == "regression":
        chosen["loss.kind"] = "distance"
    return ninth.Config("design", chosen)


CONFIGS = {
    "design": ninth.Config("design"),
    "strong": ninth.Config("strong"),
    "quick": ninth.Config("quick"),
} | {f"random-{number}": random_config(number) for number in range(36)}


def module_with_random_weights(config: ninth.Config, seed: int = 1) -> Transformer:
    """As in training, no tensor is zero."""
    generator = torch.Generator().manual_seed(seed)
    module = Transformer(config, generator=generator)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    module.eval()
    return module


def random_sequences(config: ninth.Config, size: int) -> tuple[Any, Any]:
    """Terms and lengths, of which some are short, with zeros behind the sequences."""
    draw = np.random.default_rng(size)
    settings: dict[str, Any] = dict(config)
    minimum, maximum = settings["sequences.minimum"], settings["sequences.maximum"]
    most = settings["sequences.context"] + 1
    terms = draw.integers(minimum, maximum, (size, most), endpoint=True)
    lengths = draw.integers(2, most, size, endpoint=True)
    lengths[: size // 2] = most
    terms[np.arange(most) >= lengths[:, None]] = 0
    return terms, lengths


@pytest.mark.parametrize("name", CONFIGS)
def test_logits_loss_and_gradients_are_those_of_the_engine(name: str) -> None:
    config = CONFIGS[name]
    module = module_with_random_weights(config)
    model = module.to_ninth()
    terms, lengths = random_sequences(config, 19)

    whole = terms[: len(terms) // 2, :-1]
    logits = module(torch.from_numpy(whole)).detach().numpy()
    assert logits.shape[-1] == (1 if config["model.output"] == "regression" else module.classes)
    np.testing.assert_allclose(model.logits(whole), logits, rtol=0, atol=1e-5)

    # In double precision, and as exactly as PyTorch in single precision.
    sequences = torch.from_numpy(terms), torch.from_numpy(lengths)
    loss, exact = loss_and_gradients_of(module.double(), *sequences)
    _, rounded = loss_and_gradients_of(module.float(), *sequences)
    engine_loss, gradients = model.loss_and_gradients(terms, lengths)
    assert engine_loss == pytest.approx(loss, rel=1e-5)
    assert list(gradients) == list(module.state_dict())
    for tensor, expected in exact.items():
        largest, rounding = (
            np.abs(values).max(initial=0.0) for values in (expected, rounded[tensor] - expected)
        )
        np.testing.assert_allclose(
            gradients[tensor],
            expected,
            rtol=0,
            atol=1e-5 * largest + 3 * rounding + 1e-9,
            err_msg=tensor,
        )
        # So that the bound means something; the root has a steep slope where it is nearly right.
        assert rounding <= 1e-4 * largest, tensor


def loss_and_gradients_of(module: Transformer, terms: Any, lengths: Any) -> Any:
    module.zero_grad()
    loss = module.loss(terms, lengths)
    loss.backward()
    gradients = {name: p.grad.double().numpy() for name, p in module.named_parameters()}
    return loss.item(), gradients


def test_the_random_configs_have_every_option() -> None:
    for key, options in OPTIONS.items():
        keys = ["sequences.minimum"] if key == "sequences.range" else [key]
        found = {str(CONFIGS[name][keys[0]]) for name in CONFIGS}
        expected = {str(o[0] if isinstance(o, tuple) else o) for o in options}
        assert expected <= found, key


@pytest.mark.parametrize("name", ["design", "strong", "random-1", "random-3", "random-4"])
def test_weights_come_back_as_they_were(name: str, tmp_path: Any) -> None:
    model = module_with_random_weights(CONFIGS[name]).to_ninth()
    module = Transformer.from_ninth(model)
    assert list(module.state_dict()) == list(model.tensors())
    again = module.to_ninth()
    assert again.config.to_dict() == model.config.to_dict()
    for tensor, values in model.tensors().items():
        assert values.tobytes() == again.tensors()[tensor].tobytes()
        assert values.shape == again.tensors()[tensor].shape
    path = tmp_path / "model.safetensors"
    model.save(path)
    read = Transformer.from_ninth(path).state_dict()
    assert all(torch.equal(read[tensor], values) for tensor, values in module.state_dict().items())


def test_predictions_are_those_of_the_engine() -> None:
    for name in ["random-0", "random-1", "random-2"]:
        module = module_with_random_weights(CONFIGS[name])
        terms = random_sequences(CONFIGS[name], 40)[0][:20, :-1]
        predicted = module.predict(torch.from_numpy(terms))[:, -1]
        assert predicted.tolist() == module.to_ninth().predict_batch(terms).tolist()


def test_initial_weights_are_distributed_as_documented() -> None:
    module = Transformer(ninth.Config("strong"), generator=torch.Generator().manual_seed(0))
    weights = module.state_dict()
    for tensor, gain in {
        "embedding.projection.weight": 1.0,
        "layers.2.attention.input.weight": 1.0,
        "layers.2.attention.output.weight": 8**-0.5,
        "layers.0.feed_forward.input.weight": 1.0,
        "layers.0.feed_forward.output.weight": 8**-0.5,
        "head.weight": 0.3,
    }.items():
        deviation = gain / weights[tensor].shape[1] ** 0.5
        assert weights[tensor].std().item() == pytest.approx(deviation, rel=0.05), tensor
        assert weights[tensor].abs().max().item() <= deviation * 3**0.5 * (1 + 1e-6), tensor
    assert not weights["head.bias"].any()
    assert (weights["final_norm.weight"] == 1).all()
    again = Transformer(ninth.Config("strong"), generator=torch.Generator().manual_seed(0))
    assert all(torch.equal(again.state_dict()[t], values) for t, values in weights.items())


def test_dropout_acts_in_training_alone() -> None:
    module = Transformer(ninth.Config("strong", {"model.dropout": 0.5}))
    terms = torch.from_numpy(random_sequences(module.config, 4)[0][:2, :-1])
    torch.manual_seed(0)
    assert not torch.equal(module(terms), module(terms))
    module.eval()
    assert torch.equal(module(terms), module(terms))


@pytest.mark.skipif(not hasattr(torch, "compile"), reason="PyTorch 1 has no torch.compile")
@pytest.mark.parametrize("name", ["strong", "random-0", "random-2"])
def test_torch_compile_takes_the_loss_as_one_graph(name: str) -> None:
    module = module_with_random_weights(CONFIGS[name])
    terms, lengths = (torch.from_numpy(a) for a in random_sequences(module.config, 6))
    compiled = torch.compile(module.loss, fullgraph=True, backend="eager")
    assert compiled(terms, lengths).item() == pytest.approx(module.loss(terms, lengths).item())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m(torch.tensor([[1, 2, 3], [4, 256, 6]])), r"terms\[1, 1\] is 256.*0 to 255"),
        (lambda m: m(torch.tensor([[1, -2]])), r"terms\[0, 1\] is -2.*0 to 255"),
        (lambda m: m(torch.zeros(2, 9, dtype=torch.int64)), r"\(2, 9\).*T from 1 to 8"),
        (lambda m: m(torch.zeros(8, dtype=torch.int64)), r"\(8,\).*\(B, T\)"),
        (lambda m: m(torch.zeros(2, 8)), r"torch.float32; integers"),
        (lambda m: m.loss(sequences(10), lengths(9)), r"\(2, 10\).*L from 2 to 9"),
        (lambda m: m.loss(sequences(9), lengths(9)[:1]), r"\(1,\).*\(2,\)"),
        (lambda m: m.loss(sequences(9), lengths(10)), r"lengths\[0\] is 10.*0 to 9"),
        (lambda m: m.loss(sequences(9), lengths(9).float()), r"lengths.*torch.float32"),
        (lambda m: m.loss(sequences(9) + 250, lengths(9)), r"terms\[0, 6\] is 256"),
        (lambda m: m.loss(sequences(9) + 248, lengths(9)), r"terms\[0, 8\] is 256"),
        (lambda m: SequenceDataset(batch_size=0), r"batch_size is 0; allowed are 1 to"),
        (lambda m: SequenceDataset(rank=2, world_size=2), r"rank is 2; allowed are 0 to 1"),
        (lambda m: SequenceDataset(curriculum=True, phase=1), r"neither phase"),
        (lambda m: SequenceDataset(curriculum=True, batch_size=None), r"batch_size"),
        (lambda m: SequenceDataset().set_epoch(1), r"no end"),
        (lambda m: SequenceDataset(batches=3).set_epoch(-1), r"epoch is -1"),
        (lambda m: next(iter(SequenceDataset(family="fibonaci"))), r"fibonaci"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        call(Transformer("design"))


def sequences(columns: int) -> Any:
    """Two sequences 0, 1, 2, ..."""
    return torch.arange(columns).repeat(2, 1)


def lengths(length: int) -> Any:
    """Of two sequences."""
    return torch.tensor([length, length])


def test_terms_behind_a_sequence_do_not_matter() -> None:
    module = module_with_random_weights(ninth.Config("quick"))
    terms, lengths = torch.tensor([[5, 6, 7, 8, 0, 0]]), torch.tensor([4])
    other = torch.tensor([[5, 6, 7, 8, 300, -9]])
    assert module.loss(terms, lengths).item() == module.loss(other, lengths).item()


def test_without_pytorch_the_import_says_what_to_install() -> None:
    code = """if True:
        import sys
        sys.modules["torch"] = None
        import ninth
        try:
            import ninth.torch
        except ImportError as error:
            assert "pip install ninth[torch]" in str(error), error
        else:
            raise AssertionError("imported")
        """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ninth_itself_does_not_import_pytorch() -> None:
    code = "import sys, ninth; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def equal(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists of batches are the same."""
    pairs = [(x, y) for m, n in zip(a, b) for x, y in zip(m, n)]
    return len(a) == len(b) and all(torch.equal(x, y) for x, y in pairs)


def test_batches_are_those_of_sample() -> None:
    data = SequenceDataset(batch_size=50, batches=4, seed=7, start=2, phase=2)
    drawn = ninth.sample(200, phase=2, seed=7, start=100)
    batches = list(data)
    assert len(data) == len(batches) == 4
    assert all(terms.dtype == lengths.dtype == torch.int64 for terms, lengths in batches)
    assert np.array_equal(torch.cat([terms for terms, _ in batches]).numpy(), drawn.terms)
    assert np.array_equal(torch.cat([lengths for _, lengths in batches]).numpy(), drawn.lengths)
    endless = SequenceDataset(batch_size=50, seed=7, start=2, phase=2)
    assert equal([batch for batch, _ in zip(endless, range(4))], batches)
    one = SequenceDataset(batch_size=None, batches=200, seed=7, start=100, phase=2)
    assert equal(
        list(one), list(zip(torch.from_numpy(drawn.terms), torch.from_numpy(drawn.lengths)))
    )


@pytest.mark.parametrize("batch_size", [5, None])
def test_workers_give_what_none_gives(batch_size: int | None) -> None:
    data = SequenceDataset(batch_size=batch_size, batches=7, seed=3)
    expected = list(data)
    data.set_epoch(1)
    after = list(data)
    ninth.built_in().predict_batch(np.array([[1, 2, 3]]))  # starts the engine's threads first
    for workers, start in [(0, None), (1, "fork"), (2, "fork"), (3, "fork")]:
        data.set_epoch(0)
        assert equal(list(loader(data, workers, start)), expected)
    kept = loader(data, 2, "fork", persistent_workers=True)
    assert equal(list(kept), expected)
    data.set_epoch(1)
    assert equal(list(kept), after)


def test_spawned_workers_give_what_none_gives() -> None:
    data = SequenceDataset(batch_size=5, batches=7, seed=3)
    assert equal(list(loader(data, 2, "spawn")), list(data))


def loader(data: Any, workers: int, start: str | None, **options: Any) -> Any:
    """The loader that the data set's description names."""
    return DataLoader(
        data, batch_size=None, num_workers=workers, multiprocessing_context=start, **options
    )


def test_epochs_and_processes_divide_one_stream() -> None:
    def of(**options: Any) -> list[Any]:
        return list(SequenceDataset(batch_size=4, seed=1, **options))

    stream = of(batches=12)
    ranks = [of(batches=6, rank=rank, world_size=2) for rank in (0, 1)]
    assert equal([ranks[b % 2][b // 2] for b in range(12)], stream)

    def epochs() -> Iterator[list[Any]]:
        data = SequenceDataset(batch_size=4, seed=1, batches=3, rank=1, world_size=2)
        for epoch in (0, 1):
            data.set_epoch(epoch)
            yield list(data)
            assert equal(list(data), list(data))

    first, second = epochs()
    assert equal(first + second, stream[1::2])


def test_the_curriculum_is_that_of_the_config() -> None:
    config = ninth.Config(
        "design",
        {
            "training.steps_per_epoch": 2,
            "curriculum.transition": "strict",
            "curriculum.nested_start": 5.0,
        },
    )
    begins = 10
    data = SequenceDataset(config, batch_size=64, batches=begins + 6, curriculum=True)
    batches = list(data)
    for number, (terms, _) in enumerate(batches):
        at = ninth.sample(64, start=64 * number, epoch=number / 2, config=config)
        assert np.array_equal(terms.numpy(), at.terms)
        phase_one = ninth.sample(64, start=64 * number, phase=1, config=config)
        assert np.array_equal(terms.numpy(), phase_one.terms) == (number < begins)
    sent = list(loader(data, 2, "fork"))
    assert equal(sent, batches)
