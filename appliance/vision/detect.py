"""The detector networks, and the passes in which a picture is looked through."""

import numpy as np

from appliance.vision.anchors import Candidates, decode, grid, joined, merged
from appliance.vision.detail import Detail
from appliance.vision.runtime import Network
from appliance.vision.windows import View, Window, to_picture


class Detector:
    """One detector network with its anchors. layers: (stride, anchors at each cell)."""

    def __init__(
        self, network: Network, side: int, layers: tuple[tuple[int, int], ...], threshold: float
    ) -> None:
        self._network = network
        self._side = side
        self._centres = grid(side, layers)
        self._threshold = threshold

    def look(self, view: View, window: Window) -> Candidates:
        """Candidates within a window, in the picture's pixels, each once."""
        drawn = view.draw(window, self._side)
        raw, logits = self._network.run(drawn[None].astype(np.float32) / 127.5 - 1.0)
        if raw.shape[-1] == 1:
            raw, logits = logits, raw
        found = decode(raw[0], logits[0, :, 0], self._centres, self._threshold)
        return merged(found.moved(to_picture(window, self._side)))


class Passes:
    """Ways to look through a picture for faces. far: sees faces of any size; near: large ones only.

    What each pass finds and costs is measured in docs/decisions.
    """

    def __init__(self, far: Detector, near: Detector) -> None:
        self._far = far
        self._near = near

    def frame(self, view: View) -> Candidates:
        """The whole picture at once."""
        return self._far.look(view, view.whole())

    def tiled(self, view: View, across: int, detail: Detail) -> Candidates:
        """Overlapping tiles, for faces too small to be seen in the whole; without those that a tile cuts.

        Tiles without detail are passed over.
        """
        parts = []
        for window in filter(detail.within, view.tiles(across)):
            seen = self._far.look(view, window)
            parts.append(seen.only(~view.cut(seen, window)))
        return joined(parts)

    def close_up(self, view: View) -> Candidates:
        """Faces that fill the picture or are cut by it: seen smaller, with room around."""
        wide = view.whole(margin=0.4)
        near = self._near.look(view, view.whole())
        return joined([near, self._far.look(view, wide), self._near.look(view, wide)])

    def on_its_side(self, view: View) -> Candidates:
        """Heads that lie on their side, or are upside down."""
        parts = []
        for quarters in (1, 3, 2):
            turned, back = view.turned(quarters)
            parts.append(self._far.look(turned, turned.whole(margin=0.4)).moved(back))
        return joined(parts)
