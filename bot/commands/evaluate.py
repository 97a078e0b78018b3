"""`filrouge evaluate`: what is understood of labelled messages, as k of n with intervals, against recorded floors."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.progress import track

from actions.rules.judge import hear, judge
from actions.rules.urgency import SafetyNet
from actions.rules.urgency import load as load_net
from bot.bootstrap import quiet_logs
from bot.commands.interpret import described, reading_of, running_rasa
from bot.evaluation.cases import Case, read_cases
from bot.evaluation.measures import MEASURES, Answer, Count, macro_f1
from bot.evaluation.noise import VARIANTS
from bot.nlu_client import NluClient
from bot.nlu_model import rasa_environment, rasa_python

ROOT = Path(__file__).parents[2]
SETS, NLU = ROOT / "tests" / "nlu", ROOT / "nlu"
NET_ALONE = "net alone"
Figures = dict[str, Count | float]
Plan = dict[str, tuple[str, ...]]
"""Which copies of which sets are read."""
QUICK: Plan = {"fr/test": ("clean",)}
WHOLE: Plan = {"fr/dev": tuple(VARIANTS), "fr/private": ("clean",), "fr/test": tuple(VARIANTS)} | {
    f"{language}/test": ("clean",) for language in ("en", "ar", "uk", "es", "pt")
}


def evaluate(
    quick: Annotated[
        bool, typer.Option("--quick", help="La série de test, sans bruit, et le filet seul.")
    ] = False,
    misses: Annotated[
        Path | None,
        typer.Option("--misses", help="Écrire ici ce qui est mal lu de la série de mise au point."),
    ] = None,
    massive: Annotated[
        Path | None,
        typer.Option(
            "--massive",
            exists=True,
            dir_okay=False,
            help="À la place : entraîner notre chaîne sur ce fichier de MASSIVE fr-FR et la mesurer (une heure).",
        ),
    ] = None,
) -> None:
    """Mesurer ce qui est compris des messages étiquetés ; échoue sous les planchers enregistrés."""
    if massive:
        raise typer.Exit(_on_massive(massive))
    quiet_logs()
    floors = yaml.safe_load((SETS / "floors.yaml").read_text(encoding="utf-8"))
    kept = asyncio.run(_evaluate(QUICK if quick else WHOLE, floors, misses))
    raise typer.Exit(0 if kept else 1)


def _on_massive(file: Path) -> int:
    """The exit code of the measure, which needs Rasa's environment."""
    command = [rasa_python(NLU), "-m", "tools.massive", str(file.resolve())]
    return subprocess.run(command, cwd=NLU, env=rasa_environment(), check=False).returncode  # noqa: S603 (every argument is ours or a file)


async def _evaluate(plan: Plan, floors: dict[str, Any], misses: Path | None) -> bool:
    net = load_net()
    under: list[str] = []
    async with running_rasa() as nlu:
        for name, variants in plan.items():
            cases = read_cases(SETS / f"{name}.jsonl")
            for variant in (*variants, NET_ALONE):
                model = None if variant == NET_ALONE else nlu
                answers = await read_all(cases, VARIANTS.get(variant, str), net, model, f"{name}, {variant}")
                figures = measured(cases, answers, with_model=model is not None)
                _print(f"{name}, {variant}", figures)
                under += _under(f"{name}, {variant}", figures, floors.get(name, {}).get(variant, {}))
                if misses and (name, variant) == ("fr/dev", "clean"):
                    _write_missed(misses, cases, answers)
    for line in under:
        typer.echo(line, err=True)
    return not under


async def read_all(
    cases: Sequence[Case], noise: Any, net: SafetyNet, nlu: NluClient | None, title: str
) -> list[Answer]:
    """What the companion would act on for each case; `nlu` None is the net alone."""
    answers = []
    console = Console(stderr=True)
    for case in track(cases, title, console=console, disable=not console.is_terminal):
        text = noise(case.text)
        model = await reading_of(text, nlu) if nlu else None
        judgement = judge(text, hear(text, net), model, case.at, case.zone)
        answers.append(described(case.id, judgement, model))
    return answers


def measured(cases: Sequence[Case], answers: Sequence[Answer], *, with_model: bool) -> Figures:
    """Every measure that means something, by name."""
    figures: Figures = {
        measure.name: measure.count(cases, answers)
        for measure in MEASURES
        if with_model or measure.without_model
    }
    if with_model:
        figures["macro-F1 of intents"] = macro_f1(cases, answers)
    return {name: figure for name, figure in figures.items() if not isinstance(figure, Count) or figure.of}


def _print(title: str, figures: Figures) -> None:
    lines = [title]
    for name, figure in figures.items():
        if isinstance(figure, Count):
            low, high = figure.interval()
            share = f"{figure.hits:5}/{figure.of:<5} {100 * figure.share:5.1f} %"
            lines.append(f"  {name:26} {share}   [{100 * low:.1f}, {100 * high:.1f}]")
        else:
            lines.append(f"  {name:26} {'':11} {figure:7.3f}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _under(title: str, figures: Figures, floors: dict[str, float]) -> list[str]:
    """A sentence for each figure that is worse than its floor."""
    return [
        f"Sous le plancher : {title}, {name} ({_share(figures[name]):.3f} au lieu de {floor})"
        for name, floor in floors.items()
        if not _keeps(figures[name], floor)
    ]


def _share(figure: Count | float) -> float:
    return figure.share if isinstance(figure, Count) else figure


def _keeps(figure: Count | float, floor: float) -> bool:
    return figure.keeps(floor) if isinstance(figure, Count) else figure >= floor


def _write_missed(file: Path, cases: Sequence[Case], answers: Sequence[Answer]) -> None:
    """One JSON line for each message of the development set that is read otherwise than labelled."""
    lines = []
    for case, answer in zip(cases, answers, strict=True):
        expected = {
            name: getattr(case, name) for name in ("frein", "urgency", "activity", "count", "hours", "when")
        }
        wrong = [name for name, value in expected.items() if answer[name] != value]
        wrong += ["intent"] * (answer["intent"] not in case.intents)
        if wrong:
            row = {"id": case.id, "text": case.text, "wrong": wrong, "expected": [*case.intents], **expected}
            lines.append(json.dumps(row | {"read": answer}, ensure_ascii=False))
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
