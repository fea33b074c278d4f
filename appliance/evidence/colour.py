"""What the numbers of a colour mean: the sRGB profile that an archived document carries."""

from PIL import ImageCms

NAME = "sRGB IEC61966-2.1"
_VERSION = slice(8, 12)
_CREATED = slice(24, 36)
# PDF 1.7 knows profiles up to version 4.2, and this one uses no more. A fixed date keeps documents alike.
_VERSION_4_2 = bytes((4, 0x20, 0, 0))
_NEW_YEAR_2000 = bytes((0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))


def srgb_profile() -> bytes:
    """An ICC profile of sRGB (IEC 61966-2-1)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_VERSION] = _VERSION_4_2
    profile[_CREATED] = _NEW_YEAR_2000
    return bytes(profile)
