"""Reads dlib's face recognition network, as dlib serialises it.

dlib writes a network from the outside in: first a version for each layer on the way in, then, from the
innermost layer outwards, each layer's name, fields and weights. The structure read here is that of
`dnn_face_recognition_ex`: a stem, 14 residual blocks of two convolutions, and a fully connected layer
(He et al. 2016, with half the filters). Each batch normalisation was frozen to a scale and a shift,
which are folded into the convolution before it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import Fault
from appliance.vision.dlib_stream import Stream

Floats = NDArray[np.float32]

# Filters and stride of each residual block, from the input on.
BLOCKS: tuple[tuple[int, int], ...] = (
    *[(32, 1)] * 3,
    *[(64, 2), (64, 1), (64, 1), (64, 1)],
    *[(128, 2), (128, 1), (128, 1)],
    *[(256, 2), (256, 1), (256, 1)],
    (256, 2),
)
_MEANS = (122.782, 117.001, 104.298)
_LARGEST_TENSOR = 4_000_000


@dataclass(frozen=True, slots=True)
class Convolution:
    """weights [filters, channels, height, width]; bias [filters]."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class FaceNetwork:
    """stem: takes raw RGB of 0 to 255. blocks: pairs of convolutions. projection: [128, 256]."""

    stem: Convolution
    blocks: tuple[tuple[Convolution, Convolution], ...]
    projection: Floats


def read_face_network(data: bytes) -> FaceNetwork:
    """Read the whole file, to its last byte.

    Raises:
        Fault: when it is anything else than the network expected.
    """
    try:
        return _Reader(data).network()
    except (IndexError, ValueError, OverflowError) as problem:
        raise Fault(
            "models:damaged",
            "The face network's file is not what was expected.",
            "Delete it and run `kluis models install` again.",
        ) from problem


class _Reader(Stream):
    """The layers, one after another."""

    def network(self) -> FaceNetwork:
        self.expect(self.integer() == 1, "loss version")
        self.name("loss_metric_2")
        self.number(), self.number()  # margin and threshold of the loss
        self._versions()
        self._input()
        stem = self._folded_input(self._affined(self._convolution(7, 2, 3, innermost=True)))
        self._plain("relu_")
        self._pool("max_pool_2", 3, 2)
        blocks = []
        channels = 32
        for filters, stride in BLOCKS:
            blocks.append(self._block(channels, filters, stride))
            channels = filters
        self._pool("avg_pool_2", 0, 1)
        projection = self._projection()
        self.end()
        return FaceNetwork(stem, tuple(blocks), projection)

    def _versions(self) -> None:
        """Layers on the way in: 2 for a layer, 1 for a tag or a skip, 3 for the innermost."""
        expected = [2, 2]  # projection, average of everything
        for _, stride in reversed(BLOCKS):
            # relu, add; behind a stride: pool, skip, tag; then affine, con, relu, affine, con; tag
            down = [2, 1, 1] if stride == 2 else []
            expected += [2, 2, *down, 2, 2, 2, 2, 2, 1]
        expected += [2, 2, 2, 3]  # max pool, relu, affine, con
        for version in expected:
            self.expect(self.integer() == version, "layer version")

    def _input(self) -> None:
        self.name("input_rgb_image_sized")
        for mean in _MEANS:
            self.expect(abs(self.number() - mean) < 1e-4, "mean colour")
        self.expect((self.integer(), self.integer()) == (150, 150), "input size")

    def _block(self, channels: int, filters: int, stride: int) -> tuple[Convolution, Convolution]:
        first = self._affined(self._convolution(3, stride, channels, filters))
        self._plain("relu_")
        second = self._affined(self._convolution(3, 1, filters, filters))
        if stride == 2:
            self._pool("avg_pool_2", 2, 2)
        self._plain("add_prev_")
        self._plain("relu_")
        return first, second

    def _convolution(
        self, size: int, stride: int, channels: int, filters: int = 32, *, innermost: bool = False
    ) -> Convolution:
        self.name("con_4")
        values = self._tensor()
        padding = size // 2 if stride == 1 else 0
        shape = [self.integer() for _ in range(7)]
        self.expect(shape == [filters, size, size, stride, stride, padding, padding], "convolution")
        self._alias((filters, channels, size, size))
        self._alias((1, filters, 1, 1))
        self._tail(innermost=innermost, rates=4)
        count = filters * channels * size * size
        self.expect(values.size == count + filters, "size of a convolution")
        return Convolution(values[:count].reshape(filters, channels, size, size), values[count:])

    def _affined(self, convolution: Convolution) -> Convolution:
        """The convolution with the frozen batch normalisation behind it folded in."""
        self.name("affine_")
        values = self._tensor().astype(np.float64)
        filters = len(convolution.bias)
        self.expect(values.size == 2 * filters, "size of an affine layer")
        self._alias((1, filters, 1, 1))
        self._alias((1, filters, 1, 1))
        self.expect(self.integer() == 0, "affine mode")
        self._tail()
        scale, shift = values[:filters], values[filters:]
        return Convolution(
            (convolution.weights * scale[:, None, None, None]).astype(np.float32),
            (convolution.bias * scale + shift).astype(np.float32),
        )

    def _folded_input(self, stem: Convolution) -> Convolution:
        """dlib feeds (x - mean) / 256; the stem has no padding, so that folds into its weights exactly."""
        weights = stem.weights.astype(np.float64) / 256
        bias = stem.bias - (weights * np.array(_MEANS)[None, :, None, None]).sum(axis=(1, 2, 3))
        return Convolution(weights.astype(np.float32), bias.astype(np.float32))

    def _projection(self) -> Floats:
        self.name("fc_2")
        self.expect((self.integer(), self.integer()) == (128, 256), "projection")
        values = self._tensor()
        self.expect(values.size == 128 * 256, "size of the projection")
        self._alias((256, 128, 1, 1))
        self._alias((0, 0, 0, 0))
        self.expect(self.integer() == 1, "projection without bias")
        self._tail(rates=4)
        return np.ascontiguousarray(values.reshape(256, 128).T)

    def _plain(self, name: str) -> None:
        self.name(name)
        self._tail()

    def _pool(self, name: str, size: int, stride: int) -> None:
        self.name(name)
        expected = [size, size, stride, stride, 0, 0]
        self.expect([self.integer() for _ in range(6)] == expected, "pool")
        self._tail()

    def _tail(self, *, innermost: bool = False, rates: int = 0) -> None:
        """What every layer ends with: learning rates, three flags and three empty tensors."""
        for _ in range(rates):
            self.number()
        self.expect(set(self.take(3)) <= set(b"01"), "flags")
        for _ in range(3):
            self._tensor()
        if innermost:
            self.integer()

    def _alias(self, shape: tuple[int, ...]) -> None:
        self.expect(self.integer() == 1, "version of a shape")
        self.expect(tuple(self.integer() for _ in range(4)) == shape, "shape")

    def _tensor(self) -> Floats:
        self.expect(self.integer() == 2, "version of a tensor")
        count = math.prod(self.integer() for _ in range(4))
        self.expect(0 <= count <= _LARGEST_TENSOR, "size of a tensor")
        values = np.frombuffer(self.take(4 * count), "<f4").astype(np.float32)
        self.expect(bool(np.isfinite(values).all()), "finite weights")
        return values
