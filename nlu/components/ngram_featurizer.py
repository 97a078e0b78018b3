"""Rasa featurizer: weighted n-grams of the folded text."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.ngrams import Ngrams, fit_ngrams, load_ngrams
from components.sources import source_fingerprint


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """Adds one sparse sentence feature: n-grams of characters (2 to 5) and of words (1 to 2)."""

    def __init__(
        self,
        name: str,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        ngrams: Ngrams | None,
    ) -> None:
        """`ngrams` is None until trained."""
        super().__init__(name, config)
        self._storage, self._resource, self._ngrams = storage, resource, ngrams

    @staticmethod
    def required_packages() -> list[str]:
        """The vectorizers come from here."""
        return ["sklearn"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to set."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A change of folding is a change of this component."""
        return source_fingerprint()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        """An untrained one."""
        return cls(execution_context.node_name, config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        """The trained one. Raises ValueError when the archive has none."""
        with model_storage.read_from(resource) as folder:
            return cls(execution_context.node_name, config, model_storage, resource, load_ngrams(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the vocabulary of all training messages."""
        self._ngrams = fit_ngrams([message.get(TEXT) for message in training_data.intent_examples])
        with self._storage.write_to(self._resource) as folder:
            self._ngrams.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the n-grams of each message; a message without text is left as it is."""
        if self._ngrams is None:
            raise ValueError("the n-grams must be trained or loaded first")
        written = [message for message in messages if message.get(TEXT) is not None]
        rows = self._ngrams.transform([message.get(TEXT) for message in written])
        for at, message in enumerate(written):
            self.add_features_to_message(None, rows[at], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the n-grams of all training messages."""
        self.process(training_data.training_examples)
        return training_data
