"""What a message was understood to say: by the model alone, and after the net and the model were merged."""

from dataclasses import dataclass, replace
from typing import Literal

from actions.rules.when import When
from storage.vocabulary import Language

Source = Literal["net", "model", "both"]


@dataclass(frozen=True)
class ModelReading:
    """The model's answer about one message.

    Confidences and probabilities lie between 0 and 1; `ranking` lists (intent, confidence), best first;
    `probabilities` are those of the urgency levels 0, 1, 2 and 3. `language` is that of the message, French
    where the model does not say or is not sure.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    frein: str | None
    frein_confidence: float
    urgency: int
    probabilities: tuple[float, float, float, float]
    activity: str | None
    activity_confidence: float
    language: Language = Language.FR


@dataclass(frozen=True)
class Judgement:
    """What the companion acts on, and what `filrouge interpret` prints.

    `intent` is None when no model answered and there is no danger. `count` is a number of items, `hours` a
    duration in hours, `when` a local day, with an hour where one was said, in the person's own zone. `source` says where `urgency`
    comes from; `language`, which is not printed, in which one a danger is answered.
    """

    intent: str | None
    confidence: float | None
    frein: str | None
    urgency: int
    activity: str | None
    count: int | None
    hours: float | None
    when: When | None
    source: Source
    language: Language = Language.FR

    def with_details(
        self, *, activity: str | None, count: int | None, hours: float | None, when: When | None
    ) -> "Judgement":
        """The same judgement with the details that the rules settled."""
        return replace(self, activity=activity, count=count, hours=hours, when=when)
