"""QR codes in a picture. Runs in the decoder's own process, for what is scanned is as hostile as a photo."""

import numpy as np
import zxingcpp
from numpy.typing import NDArray

MOST = 8
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read_codes(pixels: NDArray[np.uint8]) -> list[str]:
    """The texts of the QR codes in a picture [height,width,3], each once; none when none can be read."""
    found = zxingcpp.read_barcodes(pixels, formats=_QR)
    return list(dict.fromkeys(code.text for code in found if code.text))[:MOST]
