"""Give it eight terms of an integer sequence, and it names the ninth.

>>> import ninth
>>> ninth.predict([1, 1, 2, 3, 5, 8, 13, 21]).next
[34]
>>> print(ninth.explain([1, 2, 5, 14, 42, 132]).rules[0].name)
Catalan numbers

=================  ==========================================================
to do              call
=================  ==========================================================
predict, explain   :func:`predict`, :func:`explain`; many: :func:`predict_many`
draw sequences     :func:`sample`
train              :func:`train`, :func:`resume`
load               :func:`load`, :func:`built_in`, :class:`Model`
judge              :func:`evaluate`; the best possible: :func:`limit`
decide             :class:`Config`, :func:`describe`
with PyTorch       ``ninth.torch``
=================  ==========================================================

Names, options and results are those of the command line. Sequences may have integers of any
size. Wrong values raise ``ValueError`` and wrong types ``TypeError``, with the place, what was
found and what is allowed. The engine runs on all cores, without the lock of the interpreter.
"""

from __future__ import annotations

from ._answers import Candidate, Explanation, Prediction, Rule, explain, predict, predict_many
from ._config import Config, describe
from ._model import Evaluation, Limit, Model, built_in, evaluate, limit, load
from ._ninth import __version__
from ._sample import Sample, sample
from ._train import Interrupted, Run, resume, train

__all__ = [
    "Candidate",
    "Config",
    "Evaluation",
    "Explanation",
    "Interrupted",
    "Limit",
    "Model",
    "Prediction",
    "Rule",
    "Run",
    "Sample",
    "__version__",
    "built_in",
    "describe",
    "evaluate",
    "explain",
    "limit",
    "load",
    "predict",
    "predict_many",
    "resume",
    "sample",
    "train",
]
