"""Reads the text of a PDF that this product wrote: line by line, page by page; for tests."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj\n", re.DOTALL)


def objects_of(pdf: bytes) -> dict[int, bytes]:
    """The objects of a file by number."""
    return {int(found[1]): _unpacked(found[2]) for found in OBJECT.finditer(pdf)}


def _unpacked(body: bytes) -> bytes:
    head, mark, content = body.partition(b"stream\n")
    return head + mark + zlib.decompressobj().decompress(content) if b"/FlateDecode" in head else body


def pages_of(pdf: bytes) -> list[list[str]]:
    """The texts of every page in the order in which they were drawn; with them, at its place, the number of pages."""
    objects = objects_of(pdf)
    faces = {name: _signs(objects, int(number)) for name, number in re.findall(rb"/(F\d) (\d+) 0 R", pdf)}
    tree = next(body for body in objects.values() if b"/Type /Pages" in body)
    kids = [int(kid) for kid in re.findall(rb"(\d+) 0 R", tree[tree.index(b"/Kids") :])]
    return [_texts(objects, objects[kid], faces) for kid in kids]


def _signs(objects, number):
    cmap = objects[int(re.search(rb"/ToUnicode (\d+) 0 R", objects[number])[1])]
    return {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in re.findall(rb"<([0-9A-F]{4})> <([0-9a-f]+)>", cmap)}


def _texts(objects, page, faces):
    content = objects[int(re.search(rb"/Contents (\d+) 0 R", page)[1])]
    total = objects[int(re.search(rb"/T (\d+) 0 R", page)[1])]
    found = []
    for face, codes, form in re.findall(rb"/(F\d) [\d.]+ Tf [-\d. ]+ Td <([0-9A-F]*)> Tj|(/T Do)", content):
        if form:
            found[-1] += "".join(_texts_in(total, faces))
        else:
            found.append(_decoded(faces[face], codes))
    return found


def _texts_in(content, faces):
    return [_decoded(faces[face], codes) for face, codes in re.findall(rb"/(F\d) [\d.]+ Tf [-\d. ]+ Td <([0-9A-F]*)> Tj", content)]


def _decoded(signs, codes):
    return "".join(signs.get(codes[at : at + 4], "?") for at in range(0, len(codes), 4))
