"""The command that makes a model: train."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.terminal import STDERR, log_to_stderr
from kg.errors import SettingsError


def train_command(
    papers: Annotated[Path, typer.Argument(help="Papers: JSON Lines of id, title, abstract.")],
    gold: Annotated[Path, typer.Argument(help="Their annotations, in the annotators' format.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the run; OUTPUT/model is the model.")],
    dev_papers: Annotated[
        Path | None, typer.Option(help="Papers on which thresholds and confidence are fitted.")
    ] = None,
    dev_gold: Annotated[Path | None, typer.Option(help="Their annotations.")] = None,
    texts: Annotated[
        list[Path] | None, typer.Option(help="Further papers, in any format, whose words the model should know.")
    ] = None,
    encoder: Annotated[Path, typer.Option(help="Where the pretrained encoder is, or is fetched to.")] = Path("encoder"),
    start: Annotated[
        str | None,
        typer.Option(
            help="Continue from `shipped`, the model of this package; a model folder; or a run's averaged.pt."
        ),
    ] = None,
    without: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Leave out this layer of START, from 0: a smaller model that starts from a larger."),
    ] = None,
    epochs: Annotated[float, typer.Option(min=0, help="How often each paper is seen.")] = 3,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="End after so many minutes, rates falling to zero.")
    ] = None,
    share: Annotated[float, typer.Option(min=0, max=1, help="Learn from this part of the papers alone.")] = 1,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="The folder of a run on another share: OUTPUT/learning-curve.svg shows both. Needs --dev-papers.",
        ),
    ] = None,
    emphasis: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN=TIMES", help="See papers whose ids match a regular expression TIMES as often."),
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0, help="Peak learning rate of the top layer; the heads' is 6 times it.")
    ] = 1e-4,
    layers: Annotated[int, typer.Option(min=1, max=12, help="The layers of the encoder that are kept.")] = 10,
    frozen: Annotated[int, typer.Option(min=0, help="The lowest of them, which stay as they are.")] = 2,
    seed: Annotated[int, typer.Option(help="Of everything that is random.")] = 0,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    device: Annotated[str, typer.Option(help="cpu, or cuda.")] = "cpu",
) -> None:
    """Train a model on annotated papers. Needs the extra `train`; a run that was stopped goes on where it was."""
    try:
        from kg.train.loop import Schedule
        from kg.train.pretrained import mpnet
        from kg.train.run import Annotated as Papers
        from kg.train.run import run
    except ImportError as error:
        raise SettingsError(f"{error.name} is missing; pip install 'paper-kg[train]'") from error

    from kg.evaluate import figures

    def score(right: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
        counted = figures(right, found).items()
        return {name: {"precision": f.precision, "recall": f.recall, "f1": f.f1} for name, f in counted}

    if without and start is None:
        raise typer.BadParameter("--without leaves out layers of --start, which is not given")
    log_to_stderr(verbose=sys.stderr.isatty(), quiet=False)
    dev = Papers(papers=dev_papers, gold=dev_gold) if dev_papers and dev_gold else None
    made = run(
        Papers(papers=papers, gold=gold),
        output,
        pretrained=mpnet(encoder, layers=layers, frozen=frozen),
        schedule=Schedule(epochs=epochs, minutes=minutes, seed=seed, rate=rate, head_rate=6 * rate),
        dev=dev,
        score=score if dev else None,
        start=_start(start),
        without=without or (),
        texts=texts or (),
        share=share,
        emphasis=dict(_emphasis(each) for each in emphasis or ()),
        beside=_measured(beside or (), dev),
        threads=threads,
        device=device,
    )
    STDERR.print(f"written to {made}; use it with --model {made}", soft_wrap=True)


def _measured(runs: Sequence[Path], dev: object) -> Sequence[Path]:
    """Runs that were measured on dev, as this one will be."""
    if runs and dev is None:
        raise typer.BadParameter("a learning curve needs --dev-papers and --dev-gold")
    for folder in runs:
        if not (folder / "figures.json").is_file():
            raise typer.BadParameter(f"{folder} has no figures.json: it is no finished run with --dev-papers")
    return runs


def _start(given: str | None) -> Path | None:
    """Where the weights are to continue from."""
    from kg.extract.encoder.extractor import SHIPPED

    path = SHIPPED if given == "shipped" else Path(given) if given else None
    if path is not None and not path.exists():
        raise typer.BadParameter(f"{path} does not exist")
    return path


def _emphasis(given: str) -> tuple[str, int]:
    pattern, _, times = given.rpartition("=")
    if not pattern or not times.isdigit():
        raise typer.BadParameter(f"{given!r} is not PATTERN=TIMES")
    try:
        re.compile(pattern)
    except re.error as error:
        raise typer.BadParameter(f"{pattern!r} is no regular expression: {error}") from error
    return pattern, int(times)


COMMANDS: dict[str, Callable[..., None]] = {"train": train_command}
