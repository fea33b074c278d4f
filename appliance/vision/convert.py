"""dlib's face network as a TensorFlow Lite graph: raw RGB [n,150,150,3] in, embeddings [n,128] out."""

from enum import StrEnum

import numpy as np

from appliance.vision.dlib_weights import BLOCKS, Convolution, FaceNetwork, Floats
from appliance.vision.tflite_file import Graph, Kind, Operator, Tensor, write

SIDE = 150
_SAME, _VALID = 0, 1
_NO_ACTIVATION, _RELU = 0, 1


class Precision(StrEnum):
    """How the convolutions' weights are kept. Smaller files; what each costs is in docs/models.md."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"


def convert(network: FaceNetwork, precision: Precision = Precision.FLOAT32) -> bytes:
    """The bytes of a .tflite file."""
    return write(_Builder(precision).build(network), f"dlib face recognition ResNet, {precision}")


class _Builder:
    """Adds the layers one after another; a value is its index and its shape without the batch."""

    def __init__(self, precision: Precision) -> None:
        self._precision = precision
        self._graph = Graph()

    def build(self, network: FaceNetwork) -> Graph:
        value = self._graph.tensor(Tensor("image", (1, SIDE, SIDE, 3)))
        value = self._convolve(value, network.stem, stride=2, relu=True)
        value = self._pool(Kind.MAX_POOL_2D, value, 3)
        for (first, second), (_, stride) in zip(network.blocks, BLOCKS, strict=True):
            value = self._residual(value, first, second, stride)
        return self._finish(value, network.projection)

    def _residual(self, value: int, first: Convolution, second: Convolution, stride: int) -> int:
        """dlib's add_prev: the smaller operand is filled up with zeros, in depth, to the right and below."""
        path = self._convolve(value, first, stride=stride, relu=True)
        path = self._convolve(path, second, stride=1, relu=False)
        shortcut = value if stride == 1 else self._pool(Kind.AVERAGE_POOL_2D, value, 2)
        both = (self._shape(path), self._shape(shortcut))
        larger = tuple(max(sizes) for sizes in zip(*both, strict=True))
        path, shortcut = self._extended(path, larger), self._extended(shortcut, larger)
        return self._step(Kind.ADD, (path, shortcut), larger, ((0, 1, _RELU),))

    def _extended(self, value: int, shape: tuple[int, ...]) -> int:
        missing = [(0, wanted - has) for wanted, has in zip(shape, self._shape(value), strict=True)]
        if not any(after for _, after in missing):
            return value
        pads = self._constant("pads", np.array(missing, np.int32), "int32")
        return self._step(Kind.PAD, (value, pads), shape)

    def _convolve(self, value: int, layer: Convolution, *, stride: int, relu: bool) -> int:
        _, height, width, _ = self._shape(value)
        filters, _, size, _ = layer.weights.shape
        if stride > 1:
            height, width = ((n - size) // stride + 1 for n in (height, width))
        weights = self._weights(np.ascontiguousarray(layer.weights.transpose(0, 2, 3, 1)))
        bias = self._constant("bias", layer.bias)
        options = (
            (0, 1, _SAME if stride == 1 else _VALID),
            (1, 4, stride),
            (2, 4, stride),
            (3, 1, _RELU if relu else _NO_ACTIVATION),
            (4, 4, 1),
            (5, 4, 1),
        )
        return self._step(Kind.CONV_2D, (value, weights, bias), (1, height, width, filters), options)

    def _pool(self, kind: Kind, value: int, size: int) -> int:
        _, height, width, channels = self._shape(value)
        shape = (1, (height - size) // 2 + 1, (width - size) // 2 + 1, channels)
        options = ((0, 1, _VALID), (1, 4, 2), (2, 4, 2), (3, 4, size), (4, 4, size))
        return self._step(kind, (value,), shape, options)

    def _finish(self, value: int, projection: Floats) -> Graph:
        axes = self._constant("axes", np.array([1, 2], np.int32), "int32")
        mean = self._step(Kind.MEAN, (value, axes), (1, projection.shape[1]))
        weights = self._constant("projection", projection)
        self._step(Kind.FULLY_CONNECTED, (mean, weights, -1), (1, projection.shape[0]))
        return self._graph

    def _weights(self, weights: Floats) -> int:
        match self._precision:
            case Precision.FLOAT32:
                return self._constant("weights", weights)
            case Precision.FLOAT16:
                half = self._constant("weights", weights.astype(np.float16), "float16")
                return self._step(Kind.DEQUANTIZE, (half,), weights.shape, constant=True)
            case Precision.INT8:
                scales = np.maximum(np.abs(weights).max(axis=(1, 2, 3)), 1e-12).astype(np.float32) / 127
                rounded = np.clip(np.round(weights / scales[:, None, None, None]), -127, 127)
                data = rounded.astype(np.int8)
                return self._graph.tensor(Tensor("weights", data.shape, "int8", data, scales))

    def _shape(self, value: int) -> tuple[int, ...]:
        return self._graph.tensors[value].shape

    def _constant(self, name: str, data: np.ndarray, kind: str = "float32") -> int:
        return self._graph.tensor(Tensor(name, data.shape, kind, data))

    def _step(
        self,
        kind: Kind,
        inputs: tuple[int, ...],
        shape: tuple[int, ...],
        options: tuple[tuple[int, int, int], ...] = (),
        *,
        constant: bool = False,
    ) -> int:
        name = f"{kind.name.lower()}_{len(self._graph.operators)}"
        output = self._graph.tensor(Tensor(name, shape))
        version = 3 if constant else 1
        return self._graph.step(Operator(kind, inputs, output, options, version))
