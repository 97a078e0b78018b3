"""From scores to probabilities that mean what they say: "0.8" is right eight times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

Array = npt.NDArray[np.float64]

# Pulls every label towards the common slope: a label with 40 examples can't set its own.
_SHRINKAGE = 1e-3
_FIRST_SLOPE = 3.0


@dataclass(frozen=True)
class Calibration:
    """One slope and one offset per label: probabilities = softmax(slope x score + offset)."""

    slopes: Array
    offsets: Array

    def probabilities(self, scores: Array) -> Array:
        """One row per message; each sums to 1."""
        return softmax(scores * self.slopes + self.offsets, axis=1)


def calibrate(scores: Array, truth: npt.NDArray[np.intp]) -> Calibration:
    """The scaling under which `truth` (label indices) is the most likely, given scores made without each message.

    Scores of messages that training has seen are too sure of themselves: hand in left-out scores only.
    """
    labels = scores.shape[1]
    right = np.eye(labels)[truth]

    def cost(parameters: Array) -> tuple[float, Array]:
        slopes, offsets = parameters[:labels], parameters[labels:]
        likelihood = log_softmax(scores * slopes + offsets, axis=1)
        error = (np.exp(likelihood) - right) / len(truth)
        apart = slopes - slopes.mean()
        penalty = _SHRINKAGE * (apart @ apart + offsets @ offsets)
        slope_gradient = (error * scores).sum(axis=0) + 2 * _SHRINKAGE * apart
        offset_gradient = error.sum(axis=0) + 2 * _SHRINKAGE * offsets
        value = -float((likelihood * right).sum()) / len(truth) + penalty
        return value, np.concatenate([slope_gradient, offset_gradient])

    start = np.concatenate([np.full(labels, _FIRST_SLOPE), np.zeros(labels)])
    best = minimize(cost, start, jac=True, method="L-BFGS-B").x
    return Calibration(best[:labels], best[labels:])
