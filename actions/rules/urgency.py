"""The safety net: hears danger in a message without any model, and the only merge of net and model.

The levels are those of the taxonomy (0 nothing, 1 follow-up, 2 urgent, 3 danger). The net knows only 2 and 3.
What it listens for is data, in `urgency_fr/`: entries that fire, and guards for what only sounds alike
(negations, a past that is over, other people's news, figures of speech, the words of a trade). A guard hides
the words it covers and nothing else, so that a real danger beside them is still heard. The plainest calls in
other languages are in `urgency_other/`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from actions.rules.reading import Judgement, ModelReading, Source
from actions.rules.urgency_file import Entry, Grade, Guard, NetFileError, read_net
from actions.rules.urgency_patterns import Finder, Span, clause, folded, spelled_out
from actions.rules.urgency_phrases import OTHER_LANGUAGES, PhraseEntry, PhraseNet, load_phrases
from actions.rules.urgency_words import MARGIN, UNLIKELY, WordTable, read_words
from storage.vocabulary import Language

__all__ = [
    "Grade", "NetFileError", "NetReading", "SafetyNet", "assess", "load", "merge", "net_alone",
]  # fmt: skip

LONGEST = 4096  # characters read; a longer message is cut
_MOST_TRIES = 20  # matches of one entry looked at before it is left
PACKAGED = Path(__file__).with_name("urgency_fr")
WEIGHED = "weighed_words"  # stands for an entry's id where no pattern fired but the words weigh
_TABLE = "words.tsv"

# A model that gives levels 2 and 3 together less than this is sure that a suspicion was wrong.
PLAUSIBLE = 0.05
# A model that gives level 3 this much leaves a doubt, and doubt goes up (taxonomy).
DOUBT = 0.06

# What can kill today comes before what cannot, when net and model name different obstacles.
_DEADLINESS = {
    "mental_health": 5,
    "violence": 5,
    "health": 4,
    "food": 3,
    "housing": 3,
    "family": 2,
    "addiction": 2,
}


@dataclass(frozen=True)
class NetReading:
    """What the net heard: level 0, 2 or 3. `entry` is the id of what fired, never anybody's words.

    A CERTAIN reading is final at `level` or above; a SUSPECTED one waits for the model (and is dropped at once where the other words of the message speak against it). `floor` is the level heard with certainty beside a suspicion of danger.
    `language` is that of the phrase heard, where it is one of another language than French.
    """

    level: int = 0
    grade: Grade | None = None
    frein: str | None = None
    entry: str | None = None
    floor: int = 0
    language: Language | None = None

    @property
    def certain_level(self) -> int:
        """The level that nothing may lower."""
        return self.level if self.grade is Grade.CERTAIN else self.floor


class SafetyNet:
    """The entries and guards of one file or folder, compiled, with weighed words and other languages if given."""

    def __init__(
        self,
        entries: Iterable[Entry],
        guards: Iterable[Guard],
        words: WordTable | None = None,
        phrases: PhraseNet | None = None,
    ) -> None:
        self.entries = tuple(sorted(entries, key=_priority))
        self._owners = tuple(entry for entry in self.entries for _ in entry.patterns)
        self._finder = Finder(tuple(pattern for entry in self.entries for pattern in entry.patterns))
        self._guards = Finder(tuple(pattern for guard in guards for pattern in guard.patterns))
        self._table = words
        self._phrases = phrases

    def assess(self, text: str) -> NetReading:
        """The level of a raw message, its first 4,096 characters. Never raises."""
        read = folded(text[:LONGEST])
        heard = self._heard_in_french(read)
        if heard.certain_level < 3 and self._phrases and (entry := self._phrases.hear(read)):
            return _said_plainly(entry)
        return heard

    def _heard_in_french(self, read: str) -> NetReading:
        words = self._without_guarded(spelled_out(read))
        windows = self._finder.windows(words)
        heard = self._heard(words, windows)
        if self._table is None or heard.certain_level == 3:
            return heard
        weight = self._table.score(words)
        if heard.level == 3 and weight > UNLIKELY:
            return heard
        if weight > MARGIN:
            return NetReading(3, Grade.SUSPECTED, self._table.frein(words), WEIGHED, heard.certain_level)
        return heard if heard.level < 3 else self._heard(words, windows, highest=2)

    def unguarded(self, text: str) -> str:
        """The plain words of a raw message, those that only sound like danger hidden."""
        return self._without_guarded(spelled_out(folded(text[:LONGEST])))

    def _heard(self, words: str, windows: Mapping[int, list[Span]], highest: int = 3) -> NetReading:
        heard: Entry | None = None
        for number in sorted(windows):
            entry = self._owners[number]
            if entry.level > highest:
                continue
            if heard and (entry.grade is not Grade.CERTAIN or entry.level == heard.level):
                continue
            if not self._fires(number, words, windows[number]):
                continue
            if entry.grade is Grade.CERTAIN:
                return _reading(heard or entry, floor=entry.level if heard else 0)
            heard = entry
        return _reading(heard, floor=0) if heard else NetReading()

    def _without_guarded(self, words: str) -> str:
        hidden = list(words)
        for number, windows in self._guards.windows(words).items():
            for start, end in self._guards.spans(words, number, windows):
                hidden[start:end] = "~" * (end - start)
        return "".join(hidden)

    def _fires(self, number: int, words: str, windows: list[Span]) -> bool:
        unless = self._owners[number].unless
        for tries, (start, end) in enumerate(self._finder.spans(words, number, windows)):
            if unless is None or not unless.search(words, *clause(words, start, end)):
                return True
            if tries == _MOST_TRIES:
                break
        return False


def _priority(entry: Entry) -> tuple[int, bool]:
    return -entry.level, entry.grade is not Grade.CERTAIN


def _reading(entry: Entry, *, floor: int) -> NetReading:
    return NetReading(entry.level, entry.grade, entry.frein, entry.id, floor)


def _said_plainly(entry: PhraseEntry) -> NetReading:
    return NetReading(3, Grade.CERTAIN, entry.frein, entry.id, language=entry.language)


def load(path: Path = PACKAGED, other_languages: Path = OTHER_LANGUAGES) -> SafetyNet:
    """The net that a YAML file describes, or a folder of them, with `words.tsv` beside them if it is there.

    `other_languages` is the folder of the phrases that are not French. Raises NetFileError naming the wrong entry.
    """
    net = read_net(path)
    table = path / _TABLE
    words = read_words(table) if table.is_file() else None
    return SafetyNet(net.entries, net.guards, words, load_phrases(other_languages))


@cache
def _packaged() -> SafetyNet:
    return load()


def assess(text: str) -> NetReading:
    """What the packaged net hears in a raw message. The first call reads the files (about a second)."""
    return _packaged().assess(text)


def merge(net: NetReading, model: ModelReading | None, *, nlu_down: bool = False) -> Judgement:
    """The judgement that net and model give together. `model` is None when its answer could not be used.

    What the net heard with certainty is never lowered. A suspicion waits for the model, and counts in full
    when none answered (`nlu_down`, or None). At level 3 the intent is `report_frein`.
    """
    if model is None or nlu_down:
        return _without_model(net)
    level = max(net.certain_level, model.urgency, _suspected_level(net, model))
    danger = level == 3
    return Judgement(
        intent="report_frein" if danger else model.intent,
        confidence=_danger_confidence(net, model) if danger else model.confidence,
        frein=_frein(net, model, level),
        urgency=level,
        activity=model.activity,
        count=None,
        hours=None,
        when=None,
        source=_source(net, model, level),
    )


def net_alone(net: NetReading) -> Judgement:
    """The net's own judgement, without an intent: what `filrouge interpret --without-nlu` prints."""
    return Judgement(None, None, net.frein, net.level, None, None, None, None, "net")


def _without_model(net: NetReading) -> Judgement:
    intent = "report_frein" if net.level == 3 else None
    return Judgement(intent, None, net.frein, net.level, None, None, None, None, "net")


def _suspected_level(net: NetReading, model: ModelReading) -> int:
    """What is left of a suspicion once the model has answered (0: the model's level stands)."""
    if net.grade is not Grade.SUSPECTED:
        return 0
    urgent, danger = model.probabilities[2], model.probabilities[3]
    if net.level == 3 and danger >= DOUBT:
        return 3
    return 2 if urgent + danger >= PLAUSIBLE else 0


def _danger_confidence(net: NetReading, model: ModelReading) -> float:
    if model.intent == "report_frein":
        return model.confidence
    return 1.0 if net.certain_level == 3 else model.probabilities[3]


def _frein(net: NetReading, model: ModelReading, level: int) -> str | None:
    if level != net.level:
        return model.frein
    certain = net.grade is Grade.CERTAIN
    if certain and _DEADLINESS.get(model.frein or "", 0) < _DEADLINESS.get(net.frein or "", 0):
        return net.frein
    return model.frein or net.frein


def _source(net: NetReading, model: ModelReading, level: int) -> Source:
    by_net, by_model = level == net.level, level == model.urgency
    if level == 0:
        return "model"
    if by_net == by_model:  # both said it, or the level lies between what they said
        return "both"
    return "net" if by_net else "model"
