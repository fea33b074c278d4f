"""`python -m bench`: what a photo costs, beside peers; `library`, `search`, `marks` and more."""

from pathlib import Path

import click

from bench import duplicates, library, marks, matching, search
from bench import report as reports
from bench.photos import make_photos
from bench.pipeline import Pipeline, beside_the_peer
from bench.report import Report
from bench.safes import Place, scratch

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("stages", "copying", "workers", "memory", "rescan", "detectors", "peer")
_PEER_PHOTOS = 8  # one of each scene; the peer takes many seconds for each
_CACHE, _RESULTS = ROOT / ".cache", ROOT / "bench" / "results"
_FOLDER = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--photos", type=click.IntRange(min=1), default=24, show_default=True, help="How many photos.")
@click.option("--runs", type=click.IntRange(min=1), default=3, show_default=True, help="How often.")
@click.option("--size", type=(int, int), default=(6000, 4000), show_default=True, help="Of each, in pixels.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="This part; may be given again.")
@click.option("--peer", "build_peer", is_flag=True, help="Build the peer first when it is not there.")
@click.option("--peer-photos", type=click.IntRange(min=1), default=_PEER_PHOTOS, show_default=True)
@click.option("--name", default="pipeline", show_default=True, help="Of the file with the figures.")
@click.option("--cache", type=_FOLDER, default=_CACHE, help="Where photos, networks and the peer are kept.")
@click.option("--results", type=_FOLDER, default=_RESULTS, help="Where the figures go.")
@click.pass_context
def main(
    context: click.Context,
    photos: int,
    runs: int,
    size: tuple[int, int],
    only: tuple[str, ...],
    build_peer: bool,
    peer_photos: int,
    name: str,
    cache: Path,
    results: Path,
) -> None:
    """Measure the way of a photo from a card to its lights."""
    place = Place(cache.absolute())
    context.obj = (place, results)
    if context.invoked_subcommand is not None:
        return
    wanted = only or PARTS
    report = Report(name, {"photos": photos, "runs": runs, "size": size, "parts": wanted})
    files = make_photos(place.bench / "photos", place.packages, photos, size, _progress)
    report.start()
    with scratch(place) as folder:
        pipeline = Pipeline(place, folder, files, runs, _progress)
        for part, measure in pipeline.parts.items():
            if part in wanted:
                report.add(part, measure())
    if "peer" in wanted:
        ours = report.figures.get("workers", {})
        report.add("peer", beside_the_peer(place, files[:peer_photos], ours, _progress, build=build_peer))
    click.echo(f"\nFigures in {report.write(results)}")


@main.command("library")
@click.option("--photos", type=click.IntRange(min=10), default=100_000, show_default=True)
@click.option("--people", type=click.IntRange(min=1), default=2_000, show_default=True)
@click.option("--requests", type=click.IntRange(min=1), default=40, show_default=True, help="Of each page.")
@click.pass_obj
def library_command(shared: tuple[Place, Path], photos: int, people: int, requests: int) -> None:
    """Measure pages, verdicts and searches in a large library without files."""
    place, results = shared
    report = Report("library", {"photos": photos, "people": people, "requests": requests})
    report.start()
    library.measure(place, photos, people, requests, report, _progress)
    click.echo(f"\nFigures in {report.write(results)}")


@main.command("matching")
@click.pass_obj
def matching_command(shared: tuple[Place, Path]) -> None:
    """Measure how matching grows from 100 to 100,000 people enrolled."""
    _, results = shared
    report = Report("matching", {"people": matching.PEOPLE})
    report.start()
    report.add("matching", reports.matching(matching.measure()))
    click.echo(f"\nFigures in {report.write(results)}")


@main.command("search")
@click.option("--photos", type=click.IntRange(min=10), default=100_000, show_default=True)
@click.option("--people", type=click.IntRange(min=1), default=2_000, show_default=True)
@click.option("--requests", type=click.IntRange(min=1), default=40, show_default=True, help="Of each kind.")
@click.pass_obj
def search_command(shared: tuple[Place, Path], photos: int, people: int, requests: int) -> None:
    """Measure searches in a large library, beside a scan of every photo."""
    place, results = shared
    report = Report("search", {"photos": photos, "people": people, "requests": requests})
    report.start()
    search.measure(place, photos, people, requests, report, _progress)
    click.echo(f"\nFigures in {report.write(results)}")


@main.command("duplicates")
@click.option("--photos", type=click.IntRange(min=10), default=100_000, show_default=True)
@click.option("--data", type=_FOLDER, help="Photos of real people, a folder for each set.")
@click.pass_obj
def duplicates_command(shared: tuple[Place, Path], photos: int, data: Path | None) -> None:
    """Measure how quickly and how rightly copies of a picture are found."""
    _, results = shared
    report = Report("duplicates", {"photos": photos})
    report.start()
    duplicates.measure(photos, data, report, _progress)
    click.echo(f"\nFigures in {report.write(results)}")


@main.command("marks")
@click.option("--photos", type=click.IntRange(min=1), default=60, show_default=True, help="At most.")
@click.option("--data", type=_FOLDER, required=True, help="Photos, in folders of any depth.")
@click.pass_obj
def marks_command(shared: tuple[Place, Path], photos: int, data: Path) -> None:
    """Measure what is left of an invisible mark after what people do to pictures."""
    _, results = shared
    report = Report("marks", {"photos": photos})
    report.start()
    marks.measure(data, photos, report, _progress)
    click.echo(f"\nFigures in {report.write(results)}")


def _progress(line: str) -> None:
    click.echo(click.style(f"· {line}", dim=True), err=True)


if __name__ == "__main__":
    main()
