"""pdfium called from compiled code: what Python would ask for character by character comes as arrays.

A call into pdfium costs Python about a microsecond and compiled code a hundredth of that; a page has 4,000 characters
with a dozen facts each. Functions and structures: fpdf_text.h and fpdf_edit.h of pdfium.
"""

import ctypes

import numpy as np
import pypdfium2.raw as pdfium_c
from llvmlite import binding
from numba import types

from shards.kernels import njit

PATH, IMAGE, FORM = pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM
_MOST_SEGMENTS = 400  # of one path: beyond that it is a curve or a map
_MOVE = pdfium_c.FPDF_SEGMENT_MOVETO
_LINE = pdfium_c.FPDF_SEGMENT_LINETO

_FLOAT, _DOUBLE, _INT = types.CPointer(types.float32), types.CPointer(types.float64), types.int32
_HANDLE = types.intp


def address(handle: ctypes._Pointer) -> int:
    """A pdfium handle as the integer that the functions of this module take."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _external(name: str, result: types.Type, *arguments: types.Type) -> types.ExternalFunction:
    # By name, not by address: compiled code that holds an address could not be cached on disk.
    binding.add_symbol(name, ctypes.cast(getattr(pdfium_c, name), ctypes.c_void_p).value)
    return types.ExternalFunction(name, result(*arguments))


_unicode = _external("FPDFText_GetUnicode", types.uint32, _HANDLE, _INT)
_loose_box = _external("FPDFText_GetLooseCharBox", _INT, _HANDLE, _INT, _FLOAT)
_origin = _external("FPDFText_GetCharOrigin", _INT, _HANDLE, _INT, _DOUBLE, _DOUBLE)
_font_size = _external("FPDFText_GetFontSize", types.float64, _HANDLE, _INT)
_char_matrix = _external("FPDFText_GetMatrix", _INT, _HANDLE, _INT, _FLOAT)
_generated = _external("FPDFText_IsGenerated", _INT, _HANDLE, _INT)
_text_object = _external("FPDFText_GetTextObject", _HANDLE, _HANDLE, _INT)
_font_of = _external("FPDFTextObj_GetFont", _HANDLE, _HANDLE)
_page_objects = _external("FPDFPage_CountObjects", _INT, _HANDLE)
_page_object = _external("FPDFPage_GetObject", _HANDLE, _HANDLE, _INT)
_form_objects = _external("FPDFFormObj_CountObjects", _INT, _HANDLE)
_form_object = _external("FPDFFormObj_GetObject", _HANDLE, _HANDLE, types.uint64)
_type = _external("FPDFPageObj_GetType", _INT, _HANDLE)
_matrix = _external("FPDFPageObj_GetMatrix", _INT, _HANDLE, _FLOAT)
_bounds = _external("FPDFPageObj_GetBounds", _INT, _HANDLE, _FLOAT, _FLOAT, _FLOAT, _FLOAT)
_segments = _external("FPDFPath_CountSegments", _INT, _HANDLE)
_segment = _external("FPDFPath_GetPathSegment", _HANDLE, _HANDLE, _INT)
_segment_type = _external("FPDFPathSegment_GetType", _INT, _HANDLE)
_segment_point = _external("FPDFPathSegment_GetPoint", _INT, _HANDLE, _FLOAT, _FLOAT)
_segment_closes = _external("FPDFPathSegment_GetClose", _INT, _HANDLE)


@njit("Tuple((uint32[::1], float64[:,::1], int8[::1], int8[::1], intp[::1]))(intp, int64)", cache=True)
def read_chars(text_page, count):
    """(code points; left, bottom, right, top, baseline x, baseline y, size; direction; generated; font) by character.

    Boxes are the loose ones (the font's ascent and descent), in points, y growing upwards. Directions are quarter turns
    counterclockwise, -1 what stands askew. pdfium generates characters for spaces and line ends that it infers.
    """
    codes, places = np.zeros(count, np.uint32), np.zeros((count, 7))
    direction, generated, fonts = np.zeros(count, np.int8), np.zeros(count, np.int8), np.zeros(count, np.intp)
    box, matrix, point = np.zeros(4, np.float32), np.zeros(6, np.float32), np.zeros(2)
    last = 0
    for at in range(count):
        codes[at] = _unicode(text_page, at)
        generated[at] = _generated(text_page, at)
        if generated[at]:
            continue
        box[:], point[:] = 0, 0
        matrix[0], matrix[1], matrix[2], matrix[3] = 1, 0, 0, 1
        _loose_box(text_page, at, box.ctypes)
        _origin(text_page, at, point.ctypes, point[1:].ctypes)
        _char_matrix(text_page, at, matrix.ctypes)
        a, b, c, d = matrix[0], matrix[1], matrix[2], matrix[3]
        places[at, 0], places[at, 1] = min(box[0], box[2]), min(box[1], box[3])
        places[at, 2], places[at, 3] = max(box[0], box[2]), max(box[1], box[3])
        places[at, 4], places[at, 5] = point[0], point[1]
        places[at, 6] = abs(_font_size(text_page, at)) * np.sqrt(c * c + d * d)
        if abs(b) <= 0.18 * abs(a):
            direction[at] = 0 if a > 0 else 2
        elif abs(a) <= 0.18 * abs(b):
            direction[at] = 1 if b > 0 else 3
        else:
            direction[at] = -1
        owner = _text_object(text_page, at)
        fonts[at] = _font_of(owner) if owner else last
        last = fonts[at]
    return codes, places, direction, generated, fonts


@njit(
    "Tuple((float64[:,::1], float64[:,::1], float64[:,::1], intp[::1]))(intp, boolean, int64, float64[::1])", cache=True
)
def read_drawings(container, is_form, most, outer):
    """(lines, images, form matrices, form handles) of a page or a form, at most `most` lines (all zero when there are
    more): lines and images as x0, y0, x1, y1 in points, turned by the matrix `outer` (a b c d e f).

    Lines are the straight pieces of paths that run along an axis; a rectangle gives its four sides.
    """
    count = _form_objects(container) if is_form else _page_objects(container)
    lines, images = np.zeros((most, 4)), np.zeros((max(count, 0), 4))
    forms, handles = np.zeros((max(count, 0), 6)), np.zeros(max(count, 0), np.intp)
    used, pictures, inner = 0, 0, 0
    m, own, box, point = np.zeros(6), np.zeros(6, np.float32), np.zeros(4, np.float32), np.zeros(2, np.float32)
    for at in range(count):
        item = _form_object(container, np.uint64(at)) if is_form else _page_object(container, at)
        kind = _type(item)
        if kind == IMAGE:
            if _bounds(item, box.ctypes, box[1:].ctypes, box[2:].ctypes, box[3:].ctypes):
                for corner in range(2):
                    x, y = box[2 * corner], box[2 * corner + 1]
                    images[pictures, 2 * corner] = outer[0] * x + outer[2] * y + outer[4]
                    images[pictures, 2 * corner + 1] = outer[1] * x + outer[3] * y + outer[5]
                pictures += 1
            continue
        if kind != PATH and kind != FORM:
            continue
        own[0], own[1], own[2], own[3], own[4], own[5] = 1, 0, 0, 1, 0, 0
        _matrix(item, own.ctypes)
        for row in range(3):  # own matrix, then the outer one
            x, y, one = own[2 * row], own[2 * row + 1], 1 if row == 2 else 0
            m[2 * row] = outer[0] * x + outer[2] * y + outer[4] * one
            m[2 * row + 1] = outer[1] * x + outer[3] * y + outer[5] * one
        if kind == FORM:
            forms[inner] = m
            handles[inner] = item
            inner += 1
            continue
        pieces = _segments(item)
        if pieces > _MOST_SEGMENTS or used >= most:
            continue
        x0, y0, first_x, first_y = 0.0, 0.0, 0.0, 0.0
        for number in range(pieces):
            piece = _segment(item, number)
            _segment_point(piece, point.ctypes, point[1:].ctypes)
            x1 = m[0] * point[0] + m[2] * point[1] + m[4]
            y1 = m[1] * point[0] + m[3] * point[1] + m[5]
            kind_of_piece = _segment_type(piece)
            if kind_of_piece == _MOVE:
                first_x, first_y = x1, y1
            elif kind_of_piece == _LINE and used < most and (abs(x1 - x0) < 0.6 or abs(y1 - y0) < 0.6):
                lines[used, 0], lines[used, 1] = min(x0, x1), min(y0, y1)
                lines[used, 2], lines[used, 3] = max(x0, x1), max(y0, y1)
                used += 1
            x0, y0 = x1, y1
            if _segment_closes(piece) and used < most and (abs(first_x - x0) < 0.6 or abs(first_y - y0) < 0.6):
                lines[used, 0], lines[used, 1] = min(x0, first_x), min(y0, first_y)
                lines[used, 2], lines[used, 3] = max(x0, first_x), max(y0, first_y)
                used += 1
    kept = used if used < most else 0
    return lines[:kept].copy(), images[:pictures].copy(), forms[:inner].copy(), handles[:inner].copy()
