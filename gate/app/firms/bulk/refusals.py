"""Why an uploaded file can't be used: sentences with places, for pages to translate."""

from __future__ import annotations

from enum import StrEnum


class Unusable(StrEnum):
    """The sentences. ``%(name)s`` places are filled with the refusal's facts."""

    EMPTY = "The file is empty."
    NO_ROW = "There is no row below the headings."
    SIZE = "A file has at most %(most)s MB."
    ROWS = "A file has at most %(most)s rows: upload it in parts."
    ROWS_ARE = "A file has at most %(most)s rows; this has %(are)s: split it."
    COLUMNS = "A file has at most %(most)s columns."
    CELL = "Row %(row)s: a cell has over %(most)s characters."
    TWICE = "The column “%(column)s” stands there twice."
    MISSING = "Columns are missing: %(columns)s. Use the template."
    OLD_XLS = "This is an old XLS file, or a protected one: save as XLSX."
    DAMAGED = "The file is damaged or protected: save it anew."
    NO_TABLE = "This is neither XLSX, ODS nor CSV."
    SHEET = "The sheet can't be read: save it anew as XLSX."
    QUOTES = "The CSV can't be read: a quotation mark is wrong. Save it anew, or as XLSX."
    PARTS = "The file has too many parts."
    UNPACKS = "The file unpacks to too much."
    LARGE = "The file is too large."
    NOT_AS_SAID = "The file says that it is %(encoding)s, but is not: save it again."
    ENCODING = (
        "The text's encoding is not known (perhaps TCVN3 or VNI): save the file as 'CSV UTF-8', "
        "or as XLSX, and send it again."
    )
