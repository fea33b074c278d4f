"""The report: one HTML page with every figure, and what went wrong as pictures. It holds people's faces."""

import base64
import html
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template

import cv2
import numpy as np

from appliance.vision.crops import Pixels
from appliance.vision.evaluation.detection import Detection, Failure, Reader
from appliance.vision.evaluation.figures import Curve
from appliance.vision.evaluation.summary import Line, Results, lines
from appliance.vision.evaluation.truth import Pair

_SIDE = 360  # of a picture in the report
_MOST = 60  # failures of each kind that are shown
_MISSED, _EXTRA = (220, 60, 50), (190, 60, 220)


def write_report(path: Path, pack: str, results: Sequence[Results], read: Reader, now: datetime) -> None:
    """Write the page, readable by its owner alone."""
    page = Template(resources.files(__package__).joinpath("report.html").read_text("utf-8")).substitute(
        pack=html.escape(pack),
        when=now.strftime("%Y-%m-%d %H:%M"),
        rows="\n".join(_row(line) for one in results for line in lines(one)),
        curves="\n".join(_curve(one.data, one.verification.curve) for one in results if one.verification),
        failures="\n".join(part for one in results for part in _failures(one, read)),
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), 0o600)  # a file that was there keeps its rights otherwise
        stream.write(page)


def _row(line: Line) -> str:
    cells = [
        f"<td>{html.escape(line.data)}</td><td>{html.escape(line.what)}</td>",
        f'<td class="number">{number(line, line.value)}</td>',
        f'<td class="number">{interval(line)}</td><td class="number">{line.of}</td>',
        f"<td>{html.escape(line.note)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def number(line: Line, value: float | None) -> str:
    """A value of a line as people read it: shares as per cent."""
    if value is None:
        return "-"
    return f"{value * 100:.2f} %" if line.low is not None else f"{value:g}"


def interval(line: Line) -> str:
    """The interval of a line; empty where there is none."""
    if line.low is None or line.high is None:
        return ""
    return f"{line.low * 100:.1f} to {line.high * 100:.1f} %"


def _curve(data: str, curve: Curve) -> str:
    """Strangers accepted (logarithmic, to the right) against the same people accepted (upwards)."""
    if not curve.points:
        return ""
    least = min(x for x, _ in curve.points)
    decades = max(1.0, -np.log10(least))
    places = [(300 * (1 + np.log10(x) / decades) + 40, 220 - 200 * y) for x, y in curve.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    steps = range(int(decades) + 1)
    labels = "".join(
        f'<text x="{300 * (1 - step / decades) + 40:.0f}" y="238" font-size="10" text-anchor="middle"'
        f' fill="currentColor">1 in {10**step:,}</text>'
        for step in steps
    )
    sides = "".join(
        f'<text x="34" y="{224 - 200 * y:.0f}" font-size="10" text-anchor="end" fill="currentColor">'
        f"{y:.0%}</text>"
        for y in (0, 0.5, 0.9, 1)
    )
    title = f"{html.escape(data)}: same people accepted, by strangers accepted"
    return (
        f'<h2>{title}</h2><svg viewBox="0 0 360 245" role="img" aria-label="{title}">'
        f'<path d="M40 20V220H340" fill="none" stroke="currentColor"/>{labels}{sides}'
        f'<polyline points="{path}" fill="none" stroke="#2b6cb0" stroke-width="2"/></svg>'
    )


def _failures(results: Results, read: Reader) -> Iterator[str]:
    for detection, what in (
        (results.detection, "Faces missed (red) and false boxes (violet)"),
        (results.variants, "Portraits made harder: missed (red) and false boxes (violet)"),
    ):
        if detection and detection.failures:
            yield f"<h2>{html.escape(results.data)}: {what}</h2>{_detection_failures(detection)}"
    if results.verification:
        yield f"<h2>{html.escape(results.data)}: same people, the most unlike</h2>"
        yield "".join(_pair(pair, distance, read) for pair, distance in results.verification.worst)
        yield f"<h2>{html.escape(results.data)}: strangers, the most alike</h2>"
        yield "".join(_pair(pair, distance, read) for pair, distance in results.verification.likest)


def _detection_failures(detection: Detection) -> str:
    return "".join(_figure(_marked(one), one.name) for one in detection.failures[:_MOST])


def _marked(failure: Failure) -> Pixels:
    drawn = failure.picture.copy()
    thick = max(1, max(drawn.shape[:2]) // 300)
    for bounds, colour in ((failure.missed, _MISSED), (failure.extra, _EXTRA)):
        for left, top, right, bottom in bounds:
            cv2.rectangle(drawn, (int(left), int(top)), (int(right), int(bottom)), colour, thick)
    return drawn


def _pair(pair: Pair, distance: float, read: Reader) -> str:
    one, other = (_within(read(path)[0]) for path in (pair.one, pair.other))
    height = min(one.shape[0], other.shape[0])
    both = np.hstack([_high(one, height), _high(other, height)])
    return _figure(both, f"{pair.one.name}, {pair.other.name}: {distance:.3f}")


def _high(picture: Pixels, height: int) -> Pixels:
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _within(picture: Pixels) -> Pixels:
    scale = min(1.0, _SIDE / max(picture.shape[:2]))
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _figure(picture: Pixels, caption: str) -> str:
    _, encoded = cv2.imencode(".jpg", _within(picture)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    data = base64.b64encode(encoded.tobytes()).decode("ascii")
    text = html.escape(caption)
    image = f'<img alt="{text}" src="data:image/jpeg;base64,{data}">'
    return f"<figure>{image}<figcaption>{text}</figcaption></figure>"
