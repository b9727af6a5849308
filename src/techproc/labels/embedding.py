"""The glyphs that a document has used, subset and written into its PDF with their text."""

from __future__ import annotations

import hashlib
from typing import Any

from techproc.labels.fonts import Face
from techproc.labels.pdf import PdfWriter, number, text_string
from techproc.labels.shaping import Shaper

__all__ = ["write_fonts"]

_UNUSED_TABLES = (
    b"GSUB", b"GPOS", b"GDEF", b"BASE", b"name", b"DSIG", b"post", b"cmap", b"OS/2", b"VORG"
)  # fmt: skip


def write_fonts(writer: PdfWriter, shaper: Shaper) -> bytes:
    """Write every face that was used, cut down to its used glyphs; return the entries of /Font."""
    entries = [
        b"%b %d 0 R" % (shaper.name_of(face), _write_face(writer, shaper, face, used))
        for face, used in shaper.used.items()
    ]
    return b" ".join(entries)


def _write_face(writer: PdfWriter, shaper: Shaper, face: Face, used: dict[int, str]) -> int:
    glyphs = sorted(used)
    tag = hashlib.sha256(repr(glyphs).encode("ascii")).digest()[:6]
    prefix = bytes(ord("A") + byte % 26 for byte in tag)
    name = prefix + b"+" + _postscript_name(face)
    subset = _subset(face, glyphs)
    unit = 1000 / face.per_em
    outlines = "CFF " not in subset.table_tags
    if outlines:
        data = bytes(subset.blob.data)
        program = writer.add_stream(data, b"/Length1 %d " % len(data))
        kind, file_key = b"/CIDFontType2", b"/FontFile2"
    else:
        data = bytes(subset.reference_table("CFF ").data)
        program = writer.add_stream(data, b"/Subtype /CIDFontType0C ")
        kind, file_key = b"/CIDFontType0", b"/FontFile3"
    extents = face.hb_font.get_font_extents("ltr")
    ascent, descent = number(extents.ascender * unit), number(extents.descender * unit)
    descriptor = writer.add(
        b"<< /Type /FontDescriptor /FontName /%b /Flags 4 /FontBBox [-1000 %b 3000 %b] "
        b"/ItalicAngle 0 /Ascent %b /Descent %b /CapHeight 714 /StemV %d %b %d 0 R >>"
        % (
            name,
            descent,
            ascent,
            ascent,
            descent,
            140 if face.weight > 500 else 80,
            file_key,
            program,
        )
    )
    widths = b" ".join(
        b"%d [%b]" % (glyph, number(shaper.advance(face, glyph) * unit)) for glyph in glyphs
    )
    cid = writer.add(
        b"<< /Type /Font /Subtype %b /BaseFont /%b /CIDSystemInfo << /Registry (Adobe) "
        b"/Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 0 /W [%b]%b >>"
        % (kind, name, descriptor, widths, b" /CIDToGIDMap /Identity" if outlines else b"")
    )
    unicode_map = writer.add_stream(_to_unicode(used))
    return writer.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H "
        b"/DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, cid, unicode_map)
    )


def _subset(face: Face, glyphs: list[int]) -> Any:
    """Return the face with only these glyphs, under the numbers they had."""
    import uharfbuzz as hb  # noqa: PLC0415  the command line starts without it

    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = (
        hb.SubsetFlags.RETAIN_GIDS
        | hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        | hb.SubsetFlags.CFF_IDENTITY_CHARSET
    )
    # The PDF places glyphs itself: tables for layout and names are of no use in it.
    wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in _UNUSED_TABLES)
    if face.variable:
        wanted.pin_all_axes_to_default(face.hb_face)
        wanted.pin_axis_location(face.hb_face, "wght", float(face.weight))
    return hb.subset(face.hb_face, wanted)


def _postscript_name(face: Face) -> bytes:
    import uharfbuzz as hb  # noqa: PLC0415

    name = face.hb_face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or face.path.stem
    kept = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))
    return (kept or "Font").encode("ascii")


def _to_unicode(used: dict[int, str]) -> bytes:
    """Return the character map that turns glyphs back into text when it is copied."""
    pairs = [(glyph, text) for glyph, text in sorted(used.items()) if text]
    blocks = []
    for start in range(0, len(pairs), 100):
        chunk = pairs[start : start + 100]
        rows = b"\n".join(
            b"<%04X> <%b>" % (glyph, text_string(text)[5:-1]) for glyph, text in chunk
        )
        blocks.append(b"%d beginbfchar\n%b\nendbfchar\n" % (len(chunk), rows))
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n%b"
        b"endcmap CMapName currentdict /CMap defineresource pop end end\n" % b"".join(blocks)
    )
