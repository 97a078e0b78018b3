"""Rasa classifier: intent, frein, urgency, activity and language of a message, as the taxonomy names them."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack
from threadpoolctl import threadpool_limits

from components.kernel_heads import KernelHeads, KernelSettings, Matrix, fit_heads, load_heads
from components.noisy_copies import COPY_OF
from components.reading import NONE, Thresholds, read
from components.sources import source_fingerprint

_KERNEL = ("meaning", "sharpness", "ridge")
_LEVELS = ("follow_up", "urgent", "perhaps_danger", "danger")
FRENCH = "fr"
_NO_MEANING = np.zeros((1, 1), dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageClassifier(IntentClassifier, GraphComponent):
    """Learns the intent of each message and the `frein`, `urgency`, `activity` and `language` of its block's metadata.

    Without a dense featurizer before it, it makes do with n-grams.

    Settings: those of `KernelSettings` (how it learns) and of `Thresholds` (when a doubt becomes a level).
    """

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, heads: KernelHeads | None
    ) -> None:
        """`heads` is None until trained."""
        self._config, self._storage, self._resource, self._heads = config, storage, resource, heads
        self._thresholds = Thresholds(**{name: config[name] for name in _LEVELS})

    @classmethod
    def required_components(cls) -> list[type]:
        """A sparse featurizer comes before."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What the regression is computed with."""
        return ["scipy", "threadpoolctl"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        kernel, levels = KernelSettings(), Thresholds()
        return {name: getattr(kernel, name) for name in _KERNEL} | {
            name: getattr(levels, name) for name in _LEVELS
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A change of the regression is a change of this component."""
        return source_fingerprint()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageClassifier:
        """An untrained one."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageClassifier:
        """The trained one. Raises ValueError when the archive has none.

        From here on the process computes on one thread: for a single message, two spend more time waiting for each
        other than computing (busy 2-core machine: 44 to 92 ms of CPU a message, against 21).
        """
        threadpool_limits(limits=1)
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_heads(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the five heads together. Raises ValueError for a block without its urgency."""
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        settings = KernelSettings(**{name: self._config[name] for name in _KERNEL})
        sources = [message.get(COPY_OF, at) for at, message in enumerate(messages)]
        self._heads = fit_heads(*_features(messages), _labels(messages), sources, settings)
        with self._storage.write_to(self._resource) as folder:
            self._heads.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, intent_ranking, frein, urgency, activity and language on each message."""
        if self._heads is None:
            raise ValueError("the classifier must be trained or loaded first")
        if not messages:
            return messages
        shares = self._heads.probabilities(*_features(messages))
        for at, message in enumerate(messages):
            row = {
                head: dict(zip(self._heads.labels[head], table[at].tolist(), strict=True))
                for head, table in shares.items()
            }
            for field, value in read(**row, thresholds=self._thresholds).items():
                message.set(field, value, add_to_output=True)
        return messages


def _features(messages: list[Message]) -> tuple[csr_matrix, Matrix]:
    sparse = [message.get_sparse_features(TEXT)[1] for message in messages]
    dense = [message.get_dense_features(TEXT)[1] for message in messages]
    meanings = [_NO_MEANING if row is None else row.features for row in dense]
    return vstack([row.features for row in sparse], format="csr"), np.vstack(meanings)


def _labels(messages: list[Message]) -> dict[str, list[str]]:
    blocks = [_block(message) for message in messages]
    return {
        "intent": [message.get(INTENT) for message in messages],
        "frein": [block.get("frein") or NONE for block in blocks],
        "urgency": [str(block["urgency"]) for block in blocks],
        "activity": [block.get("activity") or NONE for block in blocks],
        "language": [block.get("language") or FRENCH for block in blocks],
    }


def _block(message: Message) -> dict[str, Any]:
    block: dict[str, Any] = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    if block.get("urgency") not in (0, 1, 2, 3):
        raise ValueError(
            f"a block of the intent {message.get(INTENT)} has no urgency from 0 to 3 in its metadata"
        )
    return block
