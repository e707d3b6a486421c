"""A PDF that is written while it is made: a finished page leaves the memory, so thousands of pages need no more than one.

The same content gives the same bytes: no clock and no chance is in it. Lengths are points from the upper left corner.
"""

import zlib
from typing import BinaryIO

import segno

from coremis.kernel.files.pdf.fonts import Used, shown, width_of

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
LANDSCAPE = (A4[1], A4[0])
TOTAL_WIDTH = 22  # room for the number of pages, which is known last


class Page:
    """One page in the making."""

    def __init__(self, document: "Document", size: tuple[float, float]) -> None:
        self.document = document
        self.width, self.height = size
        self.number = 0
        self._parts: list[str] = []
        self.pictures: dict[str, int] = {}

    def text(self, x: float, y: float, text: object, size: float = 8, *, bold: bool = False, align: str = "left") -> None:
        """One line of text whose foot stands at ``y``; with "right" or "center", ``x`` is where it ends or its middle."""
        line = shown(text)
        if not line:
            return
        if align != "left":
            x -= width_of(line, size, bold) / (1 if align == "right" else 2)
        code = self.document.used[bold].encoded(line)
        self._parts.append(f"BT /F{int(bold)} {size:g} Tf {x:.2f} {self.height - y:.2f} Td <{code}> Tj ET")

    def line(self, x: float, y: float, to_x: float, to_y: float, thickness: float = 0.5, dashed: bool = False) -> None:
        """A line."""
        dash = "[2 2] 0 d " if dashed else ""
        end = " [] 0 d" if dashed else ""
        self._parts.append(f"{dash}{thickness:g} w {x:.2f} {self.height - y:.2f} m {to_x:.2f} {self.height - to_y:.2f} l S{end}")

    def box(self, x: float, y: float, width: float, height: float, *, thickness: float = 0.5, grey: float | None = None) -> None:
        """A rectangle whose upper left corner is at ``x``, ``y``; filled with a grey (1 is white) where one is given."""
        corner = f"{x:.2f} {self.height - y - height:.2f} {width:.2f} {height:.2f} re"
        if grey is not None:
            self._parts.append(f"{grey:g} g {corner} f 0 g")
        if thickness:
            self._parts.append(f"{thickness:g} w {corner} S")

    def qr(self, x: float, y: float, side: float, content: str) -> None:
        """A QR code, drawn as lines of black, with its quiet zone around it inside the square."""
        rows = [bytes(row) for row in segno.make(content, error="m", micro=False, boost_error=False).matrix]
        unit = side / (len(rows) + 8)
        for down, row in enumerate(rows):
            at = 0
            while (at := row.find(1, at)) >= 0:
                end = row.find(0, at) if row.find(0, at) >= 0 else len(row)
                self._parts.append(
                    f"{x + (at + 4) * unit:.2f} {self.height - y - (down + 5) * unit:.2f} {(end - at) * unit:.2f} {unit:.2f} re"
                )
                at = end
        self._parts.append("f")

    def picture(self, x: float, y: float, width: float, height: float, jpeg: bytes, pixels: tuple[int, int]) -> None:
        """A JPEG in full colour of so many pixels, cut to nothing and stretched to nothing: as large as fits, in the middle."""
        scale = min(width / pixels[0], height / pixels[1])
        wide, high = pixels[0] * scale, pixels[1] * scale
        name = f"P{len(self.pictures)}"
        self.pictures[name] = self.document.keep_picture(jpeg, pixels)
        left, foot = x + (width - wide) / 2, self.height - y - (height + high) / 2
        self._parts.append(f"q {wide:.2f} 0 0 {high:.2f} {left:.2f} {foot:.2f} cm /{name} Do Q")

    def page_of(self, x: float, y: float, text: str, size: float = 7) -> None:
        """A text ending with the number of pages of its part, which is written when that is known; it ends at most at ``x``."""
        width = TOTAL_WIDTH * size / 7
        self.text(x - width, y, text, size, align="right")
        self._parts.append(f"q 1 0 0 1 {x - width:.2f} {self.height - y:.2f} cm /T Do Q")
        self.document.part_size = size

    def content(self) -> bytes:
        """The drawing so far."""
        return "\n".join(self._parts).encode("ascii")


class Document:
    """A PDF in the making. ``part`` begins what counts its own pages; ``close`` ends it all.

    With ``compressed=False`` tests can read what it holds.
    """

    def __init__(self, target: BinaryIO, *, title: str, language: str = "en", compressed: bool = True) -> None:
        self.target, self.compressed = target, compressed
        self.title, self.language = shown(title), language
        self.used = {False: Used(False), True: Used(True)}
        self.page_count = self.part_pages = 0
        self.part_size = 7.0
        self._offsets: list[int] = [0]
        self._position = 0
        self._pages: list[int] = []
        self._bookmarks: list[tuple[str, int]] = []
        self._page: Page | None = None
        self._root, self._tree, self._fonts = self._number(), self._number(), (self._number(), self._number())
        self._total = 0
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self.part("")

    def part(self, bookmark: str) -> None:
        """Begin a part: its pages are counted by themselves, and a bookmark leads to its first."""
        self._end_part()
        self._total, self.part_pages, self._bookmark = self._number(), 0, shown(bookmark)

    def page(self, size: tuple[float, float] = A4) -> Page:
        """End the page in hand and begin the next."""
        self.end_page()
        self._page = Page(self, size)
        self.page_count += 1
        self.part_pages += 1
        self._page.number = self.part_pages
        return self._page

    def end_page(self) -> None:
        """Write the page in hand into the file."""
        page, self._page = self._page, None
        if page is None:
            return
        content = self._stream(self._number(), page.content())
        own, pictures = self._number(), "".join(f" /{name} {number} 0 R" for name, number in page.pictures.items())
        self._object(
            own,
            f"<< /Type /Page /Parent {self._tree} 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] /Contents {content} 0 R "
            f"/Resources << /Font << /F0 {self._fonts[0]} 0 R /F1 {self._fonts[1]} 0 R >> "
            f"/XObject << /T {self._total} 0 R{pictures} >> >> >>",
        )
        self._pages.append(own)
        if self.part_pages == 1 and self._bookmark:
            self._bookmarks.append((self._bookmark, own))

    def close(self) -> int:
        """Write everything that is known last; returns the number of pages."""
        if not self.page_count:
            self.page()
        self._end_part()
        for bold in (False, True):
            self._write_font(bold)
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._object(self._tree, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>")
        outlines = self._write_bookmarks()
        info = self._number()
        self._object(info, f"<< /Title {_text(self.title)} /Producer (CORE-MIS) >>")
        self._object(
            self._root,
            f"<< /Type /Catalog /Pages {self._tree} 0 R /Lang ({self.language[:5]}) "
            f"/ViewerPreferences << /DisplayDocTitle true >>{outlines} >>",
        )
        start = self._position
        rows = "".join(f"{offset:010d} 00000 n \n" for offset in self._offsets[1:])
        self._write(f"xref\n0 {len(self._offsets)}\n0000000000 65535 f \n{rows}".encode())
        self._write(
            f"trailer\n<< /Size {len(self._offsets)} /Root {self._root} 0 R /Info {info} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
        )
        return self.page_count

    def keep_picture(self, jpeg: bytes, pixels: tuple[int, int]) -> int:
        """Write a JPEG as it is; returns its object."""
        number = self._number()
        about = f"/Type /XObject /Subtype /Image /Width {pixels[0]} /Height {pixels[1]} /ColorSpace /DeviceRGB /BitsPerComponent 8"
        self._offsets[number] = self._position
        self._write(f"{number} 0 obj\n<< {about} /Filter /DCTDecode /Length {len(jpeg)} >>\nstream\n".encode() + jpeg)
        self._write(b"\nendstream\nendobj\n")
        return number

    def _end_part(self) -> None:
        self.end_page()
        if self._total:
            line = shown(str(self.part_pages))
            drawn = f"BT /F0 {self.part_size:g} Tf 0 0 Td <{self.used[False].encoded(line)}> Tj ET".encode()
            fonts = f"/Resources << /Font << /F0 {self._fonts[0]} 0 R >> >>"
            self._stream(self._total, drawn, f"/Type /XObject /Subtype /Form /BBox [0 -5 {TOTAL_WIDTH * 3} 20] {fonts}")
        self._total = 0

    def _write_font(self, bold: bool) -> None:
        used, file = self.used[bold], self.used[bold].face.file
        name = "AAAAA" + "AB"[bold] + "+" + ("DejaVuSansCondensed-Bold" if bold else "DejaVuSansCondensed")
        program = used.program()
        body = self._stream(self._number(), program, f"/Length1 {len(program)}")
        unicode_map = self._stream(self._number(), used.unicode_map())
        shape, descendant = self._number(), self._number()
        self._object(
            shape,
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{' '.join(str(round(side)) for side in file.bbox)}] "
            f"/ItalicAngle 0 /Ascent {round(file.ascent)} /Descent {round(file.descent)} /CapHeight {round(file.capHeight)} "
            f"/StemV {round(file.stemV)} /FontFile2 {body} 0 R >>",
        )
        self._object(
            descendant,
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {shape} 0 R /W {used.widths()} /CIDToGIDMap /Identity >>",
        )
        self._object(
            self._fonts[bold],
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] "
            f"/ToUnicode {unicode_map} 0 R >>",
        )

    def _write_bookmarks(self) -> str:
        if not self._bookmarks:
            return ""
        root, items = self._number(), [self._number() for _mark in self._bookmarks]
        for at, (title, page) in enumerate(self._bookmarks):
            around = (f" /Prev {items[at - 1]} 0 R" if at else "") + (f" /Next {items[at + 1]} 0 R" if at + 1 < len(items) else "")
            self._object(items[at], f"<< /Title {_text(title)} /Parent {root} 0 R /Dest [{page} 0 R /Fit]{around} >>")
        self._object(root, f"<< /Type /Outlines /First {items[0]} 0 R /Last {items[-1]} 0 R /Count {len(items)} >>")
        return f" /Outlines {root} 0 R /PageMode /UseOutlines"

    def _number(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _object(self, number: int, body: str) -> None:
        self._offsets[number] = self._position
        self._write(f"{number} 0 obj\n{body}\nendobj\n".encode())

    def _stream(self, number: int, content: bytes, more: str = "") -> int:
        packed, how = (zlib.compress(content, 6), " /Filter /FlateDecode") if self.compressed else (content, "")
        self._offsets[number] = self._position
        self._write(f"{number} 0 obj\n<< /Length {len(packed)}{how} {more} >>\nstream\n".encode() + packed + b"\nendstream\nendobj\n")
        return number

    def _write(self, piece: bytes) -> None:
        self.target.write(piece)
        self._position += len(piece)


def _text(text: str) -> str:
    return "<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex() + ">"
