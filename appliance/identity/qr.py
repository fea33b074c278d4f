"""QR codes as pictures for a page."""

import segno


def qr_picture(text: str) -> str:
    """An SVG element, black on white, that stands in a page without a style of its own."""
    made = segno.make(text, error="m", micro=False)
    return made.svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
