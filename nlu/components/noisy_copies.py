"""Rasa component of training only: adds noisy copies of training messages."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.noise import noisy_copies
from components.sources import source_fingerprint

# Message properties: which training message (by position) a copy was made from.
COPY_OF = "copy_of"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class NoisyCopies(GraphComponent):
    """`every`: one message in so many gets a copy (0: none). `seed`: another draw of the same noise.

    It also takes the slash off the beginning of a message: Rasa would obey "/delete_data" instead of reading it,
    and would quote the text in its log.
    """

    def __init__(self, every: int, seed: str) -> None:
        """See the class."""
        self._every, self._seed = every, seed

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {"every": 3, "seed": "1"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A change of the noise is a change of this component."""
        return source_fingerprint()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NoisyCopies:
        """Nothing to learn or load."""
        return cls(int(config["every"]), str(config["seed"]))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same training data with copies; a copy carries the labels of its message."""
        messages = training_data.training_examples
        for position, message in enumerate(messages):
            message.set(COPY_OF, position)
        copies = noisy_copies([message.get(TEXT) for message in messages], self._every, self._seed)
        added = [Message({**messages[position].data, TEXT: text}) for position, text in copies]
        return TrainingData(
            [*messages, *added],
            training_data.entity_synonyms,
            training_data.regex_features,
            training_data.lookup_tables,
            training_data.responses,
        )

    def process(self, messages: list[Message]) -> list[Message]:
        """Received messages have no copy; they only lose a leading slash."""
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(TEXT, text.lstrip("/ \t\n") if text.lstrip().startswith("/") else text)
        return messages
