"""Blurred faces of real people: the network that knows them otherwise does not know them any more."""

from dataclasses import replace

import numpy as np

from appliance.imaging.copies import blurred
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.manifest import Pack
from tests.imaging.pictures import Pixels


def test_a_blurred_face_matches_nobody_even_for_whoever_knows_where_its_eyes_were(
    pack: Pack, portraits: dict[str, Pixels]
) -> None:
    analyser = FaceAnalyser(pack)
    tried = 0
    for name, pixels in list(portraits.items())[:5]:
        for face in analyser.find(pixels):
            tried += 1
            covered = blurred(pixels, [face.box])
            (known,) = analyser.embed(pixels, [face])
            pointed = [face, analyser.locate(covered, face.box), *analyser.find(covered)]
            for seen in analyser.embed(covered, [one for one in pointed if one is not None]):
                assert np.linalg.norm(seen - known) > analyser.match_threshold, name
            nudged = replace(face, points=face.points + 2)  # without blur it is the same person all the same
            (again,) = analyser.embed(pixels, [nudged])
            assert np.linalg.norm(again - known) < analyser.match_threshold, name
    assert tried >= 5
