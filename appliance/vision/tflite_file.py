"""Writes TensorFlow Lite files: the flatbuffer tables of schema version 3, by their field numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import flatbuffers
import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """Operators, by their builtin code."""

    ADD = 0
    AVERAGE_POOL_2D = 1
    CONV_2D = 3
    DEQUANTIZE = 6
    FULLY_CONNECTED = 9
    MAX_POOL_2D = 17
    PAD = 34
    MEAN = 40


# The type of the options table of each operator.
_OPTIONS = {
    Kind.ADD: 11,
    Kind.AVERAGE_POOL_2D: 5,
    Kind.CONV_2D: 1,
    Kind.DEQUANTIZE: 46,
    Kind.FULLY_CONNECTED: 8,
    Kind.MAX_POOL_2D: 5,
    Kind.PAD: 22,
    Kind.MEAN: 27,
}
_TYPES = {"float32": 0, "float16": 1, "int32": 2, "int8": 9}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value of the graph. data: constants only. scales: of int8 weights, one for each first index.

    The first dimension of a value that is computed is the batch, which may be resized.
    """

    name: str
    shape: tuple[int, ...]
    type: str = "float32"
    data: NDArray[np.generic] | None = None
    scales: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """One step. options: (field number, size in bytes, value) of its options table."""

    kind: Kind
    inputs: tuple[int, ...]
    output: int
    options: tuple[tuple[int, int, int], ...] = ()
    version: int = 1


@dataclass(slots=True)
class Graph:
    """Tensors and steps in order; the first tensor is the input, the last step's output the output."""

    tensors: list[Tensor] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)

    def tensor(self, tensor: Tensor) -> int:
        """Add a tensor; returns its index."""
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def step(self, operator: Operator) -> int:
        """Add a step; returns the index of its output."""
        self.operators.append(operator)
        return operator.output


def write(graph: Graph, description: str) -> bytes:
    """The file's bytes; the same graph gives the same bytes."""
    builder = flatbuffers.Builder(1 << 20)
    build = _Build(builder)
    kinds = sorted({(o.kind, o.version) for o in graph.operators})
    constants = [t for t in graph.tensors if t.data is not None]
    buffers = [build.table([])] + [build.buffer(t) for t in constants]
    places = {id(t): i + 1 for i, t in enumerate(constants)}
    tensors = [build.tensor(t, places.get(id(t), 0)) for t in graph.tensors]
    operators = [build.operator(o, kinds.index((o.kind, o.version))) for o in graph.operators]
    subgraph = build.subgraph(tensors, operators, graph.operators[-1].output)
    codes = [build.code(kind, version) for kind, version in kinds]
    text = builder.CreateString(description)
    vectors = [build.offsets(v) for v in (codes, [subgraph], buffers)]
    model = build.table(
        [
            (0, lambda: builder.PrependUint32Slot(0, 3, 0)),
            *build.references((1, vectors[0]), (2, vectors[1]), (3, text), (4, vectors[2])),
        ]
    )
    builder.Finish(model, file_identifier=b"TFL3")
    return bytes(builder.Output())


Slot = tuple[int, Callable[[], None]]


class _Build:
    def __init__(self, builder: flatbuffers.Builder) -> None:
        self._b = builder

    def table(self, slots: Sequence[Slot]) -> int:
        self._b.StartObject(max((number for number, _ in slots), default=-1) + 1)
        for _, put in slots:
            put()
        return int(self._b.EndObject())

    def references(self, *pairs: tuple[int, int]) -> list[Slot]:
        """Slots that hold the offset of something already built."""

        def put(number: int, offset: int) -> Callable[[], None]:
            return lambda: self._b.PrependUOffsetTRelativeSlot(number, offset, 0)

        return [(number, put(number, offset)) for number, offset in pairs]

    def offsets(self, items: Sequence[int]) -> int:
        self._b.StartVector(4, len(items), 4)
        for item in reversed(items):
            self._b.PrependUOffsetTRelative(item)
        return int(self._b.EndVector())

    def numbers(self, values: Sequence[int] | NDArray[np.generic], dtype: str = "<i4") -> int:
        return int(self._b.CreateNumpyVector(np.asarray(values, dtype)))

    def buffer(self, tensor: Tensor) -> int:
        """A constant's bytes, on a 16-byte boundary as the runtimes want for mapped files."""
        data = np.frombuffer(np.ascontiguousarray(tensor.data).tobytes(), np.uint8)
        self._b.StartVector(1, len(data), 16)
        self._b.head = self._b.head - len(data)
        self._b.Bytes[self._b.head : self._b.head + len(data)] = data.tobytes()
        return self.table(self.references((0, int(self._b.EndVector()))))

    def tensor(self, tensor: Tensor, buffer: int) -> int:
        shape = self.numbers(tensor.shape)
        computed = tensor.data is None
        signature = self.numbers((-1, *tensor.shape[1:])) if computed else 0
        name = self._b.CreateString(tensor.name)
        scales = self._quantization(tensor.scales) if tensor.scales is not None else 0
        slots = self.references((0, shape), (3, name))
        slots.append((1, lambda: self._b.PrependInt8Slot(1, _TYPES[tensor.type], 0)))
        slots.append((2, lambda: self._b.PrependUint32Slot(2, buffer, 0)))
        slots += self.references((4, scales)) if scales else []
        slots += self.references((7, signature)) if computed else []
        return self.table(slots)

    def _quantization(self, scales: NDArray[np.float32]) -> int:
        numbers = self.numbers(scales, "<f4")
        zeros = self.numbers(np.zeros(len(scales)), "<i8")
        return self.table(self.references((2, numbers), (3, zeros)))

    def operator(self, operator: Operator, code: int) -> int:
        inputs = self.numbers(operator.inputs)
        outputs = self.numbers([operator.output])
        options = self.table(
            [(number, self._option(number, size, v)) for number, size, v in operator.options]
        )
        slots = self.references((1, inputs), (2, outputs), (4, options))
        slots.append((0, lambda: self._b.PrependUint32Slot(0, code, 0)))
        slots.append((3, lambda: self._b.PrependUint8Slot(3, _OPTIONS[operator.kind], 0)))
        return self.table(slots)

    def _option(self, number: int, size: int, value: int) -> Callable[[], None]:
        if size == 1:
            return lambda: self._b.PrependInt8Slot(number, value, 0)
        return lambda: self._b.PrependInt32Slot(number, value, 0)

    def subgraph(self, tensors: Sequence[int], operators: Sequence[int], output: int) -> int:
        vectors = (
            self.offsets(tensors),
            self.numbers([0]),
            self.numbers([output]),
            self.offsets(operators),
            int(self._b.CreateString("main")),
        )
        return self.table(self.references(*enumerate(vectors)))

    def code(self, kind: Kind, version: int) -> int:
        return self.table(
            [
                (0, lambda: self._b.PrependInt8Slot(0, kind.value, 0)),
                (2, lambda: self._b.PrependInt32Slot(2, version, 1)),
                (3, lambda: self._b.PrependInt32Slot(3, kind.value, 0)),
            ]
        )
