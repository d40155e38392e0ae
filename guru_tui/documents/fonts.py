"""Roboto for documents: which characters it can print, and its files made small enough to embed quickly.

Subsetting the whole font (3 400 glyphs) for each document costs 55 ms; from a copy that holds the letters of
Latin scripts it costs a third. Both ways give the same bytes, which a test holds.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "Roboto"
REGULAR, MEDIUM = "", "B"
_FILES = {REGULAR: "Roboto-Regular.ttf", MEDIUM: "Roboto-Medium.ttf"}

# Basic Latin to Latin Extended-A, Romanian's comma letters, general punctuation, currency signs, № ™ −.
_RANGES = ((0x20, 0x7F), (0xA0, 0x180), (0x218, 0x21C), (0x2010, 0x2027), (0x20A0, 0x20C0))
_LATIN = frozenset(code for low, high in _RANGES for code in range(low, high)) | {
    0x2030,
    0x2039,
    0x203A,
    0x2116,
    0x2122,
    0x2212,
}
# Layout tables are for text shaping, which fpdf2 does without; parsing them costs more than all the rest.
_UNUSED_TABLES = ("GDEF", "GPOS", "GSUB")


class Fonts:
    """The two weights of Roboto that documents use; keep one for as long as documents are made."""

    def load(self) -> None:
        """Read the fonts and load the PDF library now, so that a transaction need not wait for it (0.4 s)."""
        import fpdf  # noqa: F401

        _ = self.covered, self._latin

    @cached_property
    def covered(self) -> frozenset[int]:
        """The code points that both weights have a glyph for."""
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

        covered: frozenset[int] | None = None
        for style in _FILES:
            with TTFont(_path(style), lazy=True) as font:
                codes = frozenset(font.getBestCmap())
            covered = codes if covered is None else covered & codes
        return covered or frozenset()

    def missing(self, text: str) -> str:
        """The first character of `text` that cannot be printed; empty where all of it can."""
        return next((character for character in printable(text) if ord(character) not in self.covered), "")

    def add_to(self, pdf: FPDF, texts: Iterable[str]) -> None:
        """Give `pdf` both weights, ready for `texts`."""
        used = {ord(character) for text in texts for character in text}
        for style in _FILES:
            if used - _LATIN:
                pdf.add_font(FAMILY, style, _path(style))
            else:
                # fpdf2 takes fonts by file name only. It keeps the file open until the document is put out.
                with NamedTemporaryFile(suffix=".ttf") as copy:
                    copy.write(self._latin[style])
                    copy.flush()
                    pdf.add_font(FAMILY, style, copy.name)

    @cached_property
    def _latin(self) -> dict[str, bytes]:
        return {style: _cut_down(_path(style)) for style in _FILES}


def printable(text: str) -> str:
    """`text` without the invisible format characters (joiners, variation selectors) that printing has no use for."""
    if text.isascii():
        return text.replace("\n", " ")
    return "".join(
        " " if character == "\n" else character
        for character in text
        if unicodedata.category(character) != "Cf" and not "\ufe00" <= character <= "\ufe0f"
    )


def _path(style: str) -> Path:
    import font_roboto

    return Path(font_roboto.font_directory) / _FILES[style]


def _cut_down(path: Path) -> bytes:
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont

    options = subset.Options(notdef_outline=True, recommended_glyphs=True)
    with TTFont(path, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        for table in _UNUSED_TABLES:
            del font[table]
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=_LATIN | {0})  # fpdf2 embeds the character NUL always
        subsetter.subset(font)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
