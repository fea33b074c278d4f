"""Finding and recognising faces, with networks that are assembled on the box from pinned packages."""
