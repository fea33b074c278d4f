"""One evaluation: whatever a data folder has ground truth for is measured."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from appliance.vision.analyser import FaceAnalyser
from appliance.vision.crops import Pixels
from appliance.vision.evaluation import truth
from appliance.vision.evaluation.detection import (
    Bounds,
    Detection,
    Reader,
    measure_pictures,
    measure_scenes,
)
from appliance.vision.evaluation.recognition import (
    embed_portraits,
    everybody,
    identification,
    nearness,
    verification,
)
from appliance.vision.evaluation.summary import Results
from appliance.vision.evaluation.variants import variants

Progress = Callable[[str], None]
_LARGE = 60.0  # pixels across a face of which harder portraits can be made
_PLAIN = 0.9  # quality of a face that is plain to see


def folders(given: Path) -> list[Path]:
    """The data folders at a place: it, or those directly in it."""
    if _has_truth(given):
        return [given]
    return [one for one in sorted(given.iterdir()) if one.is_dir() and _has_truth(one)]


def _has_truth(folder: Path) -> bool:
    return bool(truth.scenes(folder) or truth.pairs(folder) or truth.portraits(folder))


def evaluate(
    analyser: FaceAnalyser,
    folder: Path,
    read: Reader,
    *,
    people: int,
    harder: bool,
    progress: Progress,
) -> Results:
    """Measure one data folder. people: to enrol for identification. harder: make variants of portraits."""
    scenes, pairs, portraits = truth.scenes(folder), truth.pairs(folder), truth.portraits(folder)

    def counted(what: str, of: int) -> Callable[[int], None]:
        return lambda done: progress(f"{folder.name}: {what} {done} of {of}")

    detection = None
    if scenes:
        detection = measure_scenes(analyser, scenes, read, counted("photos", len(scenes)))
    paths = sorted({p.path for p in portraits} | {path for pair in pairs for path in (pair.one, pair.other)})
    embeddings = embed_portraits(analyser, paths, read, counted("portraits", len(paths)))
    return Results(
        data=folder.name,
        detection=detection,
        variants=_harder(analyser, [p.path for p in portraits], read, progress) if harder else None,
        verification=verification(pairs, embeddings) if pairs else None,
        everybody=everybody(portraits, embeddings, pairs) if portraits else None,
        identification=identification(portraits, embeddings, analyser, people) if portraits else None,
        nearness=nearness(portraits, embeddings) if portraits else (),
    )


def _harder(
    analyser: FaceAnalyser, paths: Sequence[Path], read: Reader, progress: Progress
) -> Detection | None:
    found = measure_pictures(analyser, _variants(analyser, paths, read, progress))
    return found if found.photos else None


def _variants(
    analyser: FaceAnalyser, paths: Sequence[Path], read: Reader, progress: Progress
) -> Iterator[tuple[str, str, Pixels, Bounds]]:
    """Of each portrait in which one large face is plain to see: that is where the face is."""
    for number, path in enumerate(paths, 1):
        picture, _ = read(path)
        faces = analyser.find(picture)
        height, width = picture.shape[:2]
        if len(faces) != 1 or faces[0].quality < _PLAIN or faces[0].box.width * width < _LARGE:
            continue
        box = faces[0].box
        bounds = (box.left * width, box.top * height, box.right * width, box.bottom * height)
        for variant in variants(picture, bounds):
            yield f"{path.name}, {variant.name}", variant.name, variant.picture, variant.bounds
        progress(f"Harder portraits: {number} of {len(paths)}")
