"""Measuring how well faces are found and recognised, on photos with ground truth."""

from pathlib import Path

import click
import cv2
import numpy as np

from appliance.actions.analysis import LONG_SIDE
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.errors import Mistake
from appliance.imaging.decode import Decoder
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.crops import Pixels
from appliance.vision.evaluation.card import keep_figures
from appliance.vision.evaluation.detection import Reader
from appliance.vision.evaluation.report import interval, number, write_report
from appliance.vision.evaluation.run import evaluate, folders
from appliance.vision.evaluation.summary import Line, lines
from appliance.vision.packs import load
from appliance.wiring import system_clock

_GREY_MAP = b"P5"  # a format of test sets, which no camera writes and the decoder does not take


@click.command("eval")
@click.argument(
    "data", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with pictures.")
@click.option(
    "--people", default=60, show_default=True, type=click.IntRange(2), help="To enrol for looking up."
)
@click.option("--harder", is_flag=True, help="Also look for faces in portraits made harder. Takes long.")
@json_option
@pass_context
def eval_command(
    context: Context, data: tuple[Path, ...], report: Path | None, people: int, harder: bool, as_json: bool
) -> None:
    """Measure detection and recognition on folders of photos with ground truth.

    Reads faces.csv, pairs.csv and identities.csv, and the layouts of LFW, WIDER FACE and FDDB. Nothing
    of the photos is kept, but the figures go into the model card.
    """
    found = [folder for given in data for folder in folders(given)]
    if not found:
        raise Mistake(
            "eval:no_data",
            "There is no ground truth in these folders.",
            "docs/evaluation.md has the formats.",
        )
    pack = load(context.config.models)
    with Decoder() as decoder:
        read = reader(decoder)
        analyser = FaceAnalyser(pack)
        results = [
            evaluate(analyser, folder, read, people=people, harder=harder, progress=_progress)
            for folder in found
        ]
        click.echo(err=True)
        now = system_clock()
        figures = [line for one in results for line in lines(one)]
        keep_figures(pack, figures, now.date())
        if report is not None:
            write_report(report, pack.key, results, read, now)
    show([_row(line, plain=as_json) for line in figures], as_json=as_json)
    if report is not None:
        click.echo(f"The report with pictures is {report}; it holds faces, so keep it on the box.", err=True)


def reader(decoder: Decoder) -> Reader:
    """Reads photos as they are examined in the product: decoded in a process of its own, reduced, upright."""

    def read(path: Path) -> tuple[Pixels, float]:
        content = path.read_bytes()
        if content.startswith(_GREY_MAP):
            grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
            return np.ascontiguousarray(grey, np.uint8), 1.0
        decoded = decoder.decode(content, at_least=LONG_SIDE)
        return decoded.pixels, max(decoded.pixels.shape[:2]) / max(decoded.width, decoded.height)

    return read


def _progress(text: str) -> None:
    click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _row(line: Line, *, plain: bool) -> dict[str, object]:
    if plain:
        return {
            "data": line.data,
            "what": line.what,
            "value": line.value,
            "low": line.low,
            "high": line.high,
            "of": line.of,
            "note": line.note,
        }
    return {
        "data": line.data,
        "what": line.what,
        "value": number(line, line.value),
        "interval": interval(line),
        "of": line.of,
        "note": line.note,
    }


COMMANDS = (eval_command,)
