import contextlib
import csv
import datetime as dt
import io
import struct
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.ole
from analysis import binary, grids
from analysis import xlsx as excel
from analysis.grids import LIMITS, Grid, GridError, Limits, read_grids

ENOUGH = settings(max_examples=40, deadline=None)


def read(content, limits=LIMITS, name="a.xls"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_grids(path, limits)


def refused(content, limits=LIMITS):
    with pytest.raises(GridError) as caught:
        read(content, limits)
    return caught.value


def kind(content, limits=LIMITS):
    return refused(content, limits).kind


def is_read_or_refused(content):
    with contextlib.suppress(GridError):
        assert sum(len(row) for grid in read(content, LIMITS._replace(cells=1_000_000)) for row in grid.rows) <= 1_000_000


# ------------------------------------------------------------------ files made by hand


def zipped(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return made.getvalue()


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def relations(*targets, kind="worksheet"):
    items = "".join(f'<Relationship Id="r{at}" Type="{OFFICE}/{kind}" Target="{to}"/>' for at, to in enumerate(targets))
    return f'<Relationships xmlns="{PACKAGE}">{items}</Relationships>'


def xlsx(*sheets, **parts):
    """Return a workbook of sheets given as XML, in an order that is not that of their parts."""
    last = len(sheets) - 1
    names = "".join(f'<sheet name="S{at}" sheetId="{at + 1}" r:id="r{at}"/>' for at in range(len(sheets)))
    made = {
        "_rels/.rels": relations("xl/workbook.xml", kind="officeDocument"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*(f"worksheets/sheet{last - at}.xml" for at in range(len(sheets)))),
        **{f"xl/worksheets/sheet{last - at}.xml": sheet for at, sheet in enumerate(sheets)},
    }
    return zipped(**{**made, **parts})


def sheet(cells, prefix=""):
    return f'<{prefix}worksheet xmlns{":x" if prefix else ""}="{MAIN}"><{prefix}sheetData>{cells}</{prefix}sheetData></{prefix}worksheet>'


def ods(tables, manifest="<manifest:manifest/>", mimetype="application/vnd.oasis.opendocument.spreadsheet", head=""):
    spaces = "".join(f' xmlns:{name}="urn:{name}"' for name in ("office", "table", "text", "calcext", "style"))
    content = f"<office:document-content{spaces}>{head}<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    return zipped(
        **{"mimetype": mimetype, "META-INF/manifest.xml": manifest.replace("/>", ' xmlns:manifest="urn:m"/>', 1), "content.xml": content}
    )


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def label(row, column, text):
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def biff(*sheets, names=("甲", "乙"), extra=b"", dimensions=(0, 5, 0, 5)):
    """Return the stream of an .xls workbook; the second sheet is hidden."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    bounds = [record(0x85, struct.pack("<IBBBB", 0, at, 0, len(names[at]), 1) + names[at].encode("utf-16-le")) for at in range(len(sheets))]
    at = len(begin + extra + b"".join(bounds)) + 4
    made = b""
    for place, cells in enumerate(sheets):
        bounds[place] = bounds[place][:4] + struct.pack("<I", at + len(made)) + bounds[place][8:]
        made += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
        made += record(0x0200, struct.pack("<IIHHH", *dimensions, 0)) + cells + record(0x0A)
    return begin + extra + b"".join(bounds) + record(0x0A) + made


def ole(stream, name="Workbook", *, mini=False, difat=False, fat=None):
    """Return an OLE file of one stream, in sectors of 512 bytes: a table, a folder, then the stream."""
    end, none, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    size = len(stream)
    if not mini:
        stream = stream.ljust(4096, b"\0")
        size = len(stream)
    pages = -(-len(stream) // 512)
    blocks = [table, end, end, *range(4, 3 + pages), end]
    blocks = (fat or blocks) + [none] * (128 - len(fat or blocks))
    small = [*range(1, -(-size // 64)), end]
    small += [none] * (128 - len(small))
    third = struct.pack("<128I", *small) if mini else struct.pack("<128I", 0, *[none] * 126, end)

    def entry(name, kind, start, size):
        text = name.encode("utf-16-le")
        return struct.pack("<64sHBBIII36xIQ", text, len(text) + 2 if text else 0, kind, 1, none, none, none, start, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16x5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 2 if mini else end, int(mini), 2 if difat else end, int(difat)
    )
    header += struct.pack("<109I", none if difat else 0, *[none] * 108)
    folder = entry("Root Entry", 5, 3 if mini else end, pages * 512) + entry(name, 2, 0 if mini else 3, size) + entry("", 0, 0, 0) * 2
    return header + struct.pack("<128I", *blocks) + folder + third + stream.ljust(pages * 512, b"\0")


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def brt(kind, data=b""):
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(data)]) + data


def xlsb(cells, **parts):
    book = brt(0x83) + brt(0x9C, struct.pack("<II", 0, 1) + wide("r0") + wide("表")) + brt(0x90) + brt(0x84)
    data = brt(0x81) + brt(0x94, bytes(16)) + brt(0x91) + cells + brt(0x92) + brt(0x82)
    return zipped(**{
        "_rels/.rels": relations("xl/workbook.bin", kind="officeDocument"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations("worksheets/sheet1.bin"),
        "xl/worksheets/sheet1.bin": data,
        **parts,
    })  # fmt: skip


@pytest.fixture(scope="module")
def written():
    """Return a workbook as a program writes it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        one = book.add_worksheet("一")
        one.write_string("B2", "00123")
        one.write_number("C2", 7)
        for cell, value, form in (
            ("D2", dt.date(2011, 6, 1), "yyyy-mm-dd"),
            ("E2", dt.datetime(2011, 6, 1, 8, 30), "yyyy-mm-dd hh:mm"),
            ("F2", dt.timedelta(hours=36), "[h]:mm"),
            ("G2", dt.time(12), "h:mm"),
        ):
            one.write_datetime(cell, value, book.add_format({"num_format": form}))
        one.write_boolean("H2", True)
        one.write_formula("I2", "=1/0", None, "#DIV/0!")
        one.write_formula("J2", "=1+1", None, 2)
        one.merge_range("B4:D5", "合并")
        two = book.add_worksheet("二")
        two.hide()
        two.write_formula("C3", "=A1", None, "")
        book.add_worksheet("三").very_hidden()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=一!$C$2:$D$2"})
        book.add_chartsheet("图").set_chart(chart)
    return made.getvalue()


# ------------------------------------------------------------------ workbooks


def test_a_workbook_is_read_whole(written):
    one, two, three = read(written, name="a.csv")
    second = [
        "", "00123", 7.0, dt.date(2011, 6, 1), dt.datetime(2011, 6, 1, 8, 30), dt.timedelta(hours=36), dt.time(12), True, "#DIV/0!", 2.0,
    ]  # fmt: skip
    assert one == Grid("一", [[""] * 10, second, [""] * 10, ["", "合并", *[""] * 8]], [(3, 1, 4, 3)])
    assert two == Grid("二", [], [], hidden=True, uncomputed=("C3",))
    assert three == Grid("三", [], [], hidden=True)


def test_formulas_without_a_value_and_errors_are_told_for_the_right_sheet():
    one = sheet(
        '<row r="5"><c r="A5" t="e"><v>#N/A</v></c><c r="B5"><f>X</f></c><c r="C5"><f>X</f><v/></c><c r="D5"><f>X</f><v></v></c>'
        '<c r="E5" t="str"><f>X</f><v></v></c><c r="F5"><f t="shared" si="0"/></c><c r="G5" s="1"><v/></c></row>'
    )
    two = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>#N/A</t></is></c><c r="B1" t="e"><v>#REF!</v></c></row>')
    first, second = read(xlsx(one, two))
    assert first == Grid("S0", [[""] * 5] * 4 + [["#N/A", "", "", "", ""]], [], uncomputed=("B5", "C5", "D5", "F5"))
    assert second == Grid("S1", [["#N/A", "#REF!"]], [])


def test_a_hundred_formulas_without_a_value_are_listed():
    (grid,) = read(xlsx(sheet("".join(f'<row r="{row}"><c r="A{row}"><f>X</f></c></row>' for row in range(1, 200)))))
    assert (grid.uncomputed[0], grid.uncomputed[-1], len(grid.uncomputed)) == ("A1", "A100", 100)


@pytest.mark.parametrize(
    "cells",
    [
        '<x:row r="2"><x:c r="B2"><x:v>5</x:v></x:c></x:row>',
        "<row r='2'><c r='B2'><v>5</v></c></row>",
        "<row></row><row><c/><c><v>5</v></c></row>",
        '<row r="2"><c t="n" r="b2"><v>5</v></c></row>',
    ],
)
def test_any_spelling_of_cells_will_do(cells):
    assert read(xlsx(sheet(cells, "x:" if "x:" in cells else "")))[0].rows == [["", ""], ["", 5.0]]
    words = refused(xlsx(sheet(cells, "x:" if "x:" in cells else "")), Limits(cells=3)).words
    assert (words["rows"], words["columns"], words["limit"]) == ("2", "2", "3")


def test_a_sheet_of_many_rows_is_bounded_at_a_glance():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="123456"><c r="AZ123456"><v>1</v></c></row><rowBreaks/><cols/>'
    assert excel._glance(iter([sheet(far).encode()]))[:2] == (123456, 52)
    pieces = excel._glance(iter([sheet(far).encode()[at : at + 70] for at in range(0, 400, 70)]))
    assert (pieces[:2], pieces.odd) == ((123456, 52), False)
    assert excel._glance(iter([sheet(far).encode()[at : at + 7] for at in range(0, 400, 7)])).odd
    assert excel._glance(iter([sheet('<row r="1"><c r="A1"><v>1</v></c></row>').encode()]))[:2] == (99_999, 45)
    assert excel._glance(iter([b"<sst>row", b"<c/>"]))[:2] == (0, 45)


@pytest.mark.parametrize("cell", ["AT1", "BA1", "AAA1", "A100000", "AS100000", "a1", "A1 "])
def test_a_cell_that_is_far_or_spelt_otherwise_is_looked_at(cell):
    seen = excel._glance(iter([sheet(f'<row r="1"><c r="A1"><v>1</v></c><c r="{cell}"><v>1</v></c></row>').encode()]))
    assert seen.odd or seen[:2] > (99_999, 45)
    assert excel._glance(iter([sheet('<row r="1"><c r="AS99999"><v>1</v></c><c r="S9"/></row>').encode()]))[:2] == (99_999, 45)


def test_empty_cells_take_no_place():
    styled = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert read(xlsx(sheet(styled)))[0].rows == [[1.0]]


def test_what_is_too_large_is_not_laid_out():
    stray = xlsx(sheet('<row r="1"/>'), sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    error = refused(stray)
    assert (error.kind, error.sheet, error.words) == ("too_large", "S1", {"rows": "1,048,576", "columns": "16,384", "limit": "50,000,000"})
    assert str(error) == "S1: too_large (rows 1,048,576, columns 16,384, limit 50,000,000)"


def test_a_sheet_that_lies_under_a_name_twice_is_looked_at_twice():
    made = io.BytesIO(xlsx(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))
    with zipfile.ZipFile(made, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/worksheets/sheet0.xml", sheet(""))
    assert kind(made.getvalue()) == "too_large"


@pytest.mark.parametrize("name", ["content.xml", "CONTENT.XML"])
def test_a_part_of_which_there_are_two_is_not_chosen(name):
    made = io.BytesIO(ods(TABLE))
    with zipfile.ZipFile(made, "a") as file, warnings.catch_warnings(action="ignore"):
        file.writestr(name, "<a/>")
    assert refused(made.getvalue()).words == {"error": "ValueError: 2 content.xml"}


def test_limits_are_stated(written):
    assert refused(written, Limits(file=100)).words == {"limit": "0.0001 MB"}
    bomb = zipped(**{"xl/workbook.xml": "x", "a": " " * 20_000_000})
    assert len(bomb) < 30_000
    whole = xlsx(sheet(""), **{"xl/media/a": " " * 20_000_000})
    assert (refused(whole, Limits(unpacked=9_000_000)).kind, refused(whole, Limits(unpacked=9_000_000)).words) == (
        "unpacked_too_large", {"limit": "9 MB"},
    )  # fmt: skip
    assert (refused(written, Limits(sheets=3)).kind, refused(written, Limits(sheets=3)).words) == (
        "too_many_sheets",
        {"count": 4, "limit": 3},
    )
    assert refused(written, Limits(parts=5)).words["error"].endswith("> 5")
    assert kind("1,2\n3,4", Limits(cells=3)) == "too_large"
    assert kind("<table><tr><td>1<td>2<tr><td>", Limits(cells=3)) == "too_large"
    assert kind("<table></table><table></table>", Limits(sheets=1)) == "too_many_sheets"


def test_a_claim_of_many_strings_is_not_believed():
    assert kind(xlsx(sheet(""), **{"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="999999999999"/>'})) == "not_workbook"


@pytest.mark.parametrize(
    "content",
    [
        zipped(a="b"),
        zipped(**{"word/document.xml": "<a/>"}),
        zipped(**{"content.xml": "<a/>"}),
        zipped(**{"content.xml": "<a/>", "mimetype": "application/vnd.oasis.opendocument.text"}),
        zipped(**{"content.xml": "<a/>", "xl/workbook.xml": "<a/>"}),
        ole(b"", "WordDocument"),
        b"PAR1" + bytes(20) + b"PAR1",
        b"\x89PNG\r\n\x1a\n\0\0",
        "a\0b".encode("utf-16"),
        "%PDF-1.4",
        "{\\rtf1 a}",
        "MIME-Version: 1.0\nContent-Type: text/html",
        "<?xml version='1.0'?><a/>",
    ],
)  # fmt: skip
def test_what_is_no_sheet_of_cells_is_said_to_be_none(content):
    assert kind(content) == "no_kind"


def test_what_is_damaged_is_said_to_be():
    whole = xlsx(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
    assert kind(whole[:-30]) == "not_workbook"
    for cells in (
        '<row r="1"><c r="A1" t="zz"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</c></row>',
        '<row r="1"><c t="e" r="ABCD1"/></row>',
    ):
        assert kind(xlsx(sheet(cells))) == "not_workbook"
    assert kind(xlsx("<!DOCTYPE a [<!ENTITY b 'c'>]>" + sheet("<row/>"))) == "not_workbook"


def test_a_panic_of_the_reader_is_a_fault(monkeypatch, written):
    class Panic(BaseException):
        pass

    def panics(*_):
        raise Panic("index\n out of bounds")

    monkeypatch.setattr(grids, "lay_out", panics)
    assert refused(written).words == {"error": "Panic: index out of bounds"}
    monkeypatch.setattr(grids, "lay_out", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        read(written)


def test_a_file_that_is_not_there_is_no_fault_of_its_content(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_grids(tmp_path / "none.xlsx")


# ------------------------------------------------------------------ .ods, .xls, .xlsb

FAR = 'table:number-rows-repeated="1048000"'
TABLE = (
    '<table:table table:name="表"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>00123</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"/>'
    '<table:table-cell office:value-type="date" office:date-value="2011-06-01"/>'
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    '<table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
    '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="boolean" office:boolean-value="true"/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>合并</text:p></table:table-cell>'
    '<table:covered-table-cell/><table:table-cell table:formula="of:=A1"/></table:table-row>'
    f'<table:table-row {FAR}><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
)  # fmt: skip


def test_an_opendocument_sheet_ends_where_its_cells_do():
    hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    first, second = read(ods(TABLE + '<table:table table:name="二" table:style-name="h"/><table:table/>', head=hidden))
    assert first == Grid(
        "表",
        [["00123", 7.0, 7.0, dt.date(2011, 6, 1), "#DIV/0!"], [True, "", "", "", ""], [True, "", "", "", ""], ["合并", "", "", "", ""]],
        [(3, 0, 4, 1)],
        uncomputed=("C4",),
    )
    assert second == Grid("二", [], [], hidden=True)


@pytest.mark.parametrize(
    "row", [f'<table:table-row {FAR}><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="99"/></table:table-row>',
            f'<table:table-row {FAR}/><table:table-row><table:table-cell table:number-columns-repeated="99"/><table:table-cell office:value-type="string"/></table:table-row>'],
)  # fmt: skip
def test_an_opendocument_sheet_that_repeats_too_much_is_refused(row):
    error = refused(ods(f'<table:table table:name="表">{row}</table:table>'))
    assert (error.kind, error.sheet) == ("too_large", "表")
    assert error.words["rows"].startswith("1,048,")


def test_opendocument_oddities_are_refused():
    assert kind(ods(TABLE, manifest="<manifest:encryption-data/>")) == "password"
    assert kind(ods('<table:table table:name="a"><table:table/></table:table>')) == "not_workbook"
    assert kind(ods(TABLE).replace(b"mimetype", b"mimetypo")) == "no_kind"


def number(row, column, value):
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


XLS = (
    label(0, 0, "00123")
    + number(0, 1, 1.5)
    + record(0x00BD, struct.pack("<HHHiHiH", 1, 0, 0, 7 << 2 | 2, 0, 8 << 2 | 2, 1))
    + record(0x0205, struct.pack("<HHHBB", 2, 0, 0, 1, 0))
    + record(0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x2A, 1))
    + record(0x0006, struct.pack("<HHH", 3, 2, 0) + bytes([2, 0, 0x17, 0, 0, 0, 0xFF, 0xFF]) + struct.pack("<HIH", 0, 0, 0))
    + record(0x0006, struct.pack("<HHHd", 3, 1, 0, 2.5) + struct.pack("<HIH", 0, 0, 0))
    + record(0x0809, struct.pack("<HH", 0x0600, 0x20)) + number(9, 9, 9) + record(0x0A)
    + record(0x00E5, struct.pack("<5H", 1, 5, 6, 0, 1))
)  # fmt: skip
XLS_ROWS = [["00123", 1.5, ""], [7, 8, ""], [True, "#N/A", ""], ["", 2.5, "#REF!"]]


@pytest.mark.parametrize("how", [{}, {"name": "Book"}, {"name": "WORKBOOK"}, {"mini": True}, {"difat": True}])
def test_an_old_workbook_is_read(how):
    first, second = read(ole(biff(XLS, b""), **how), name="a.et")
    assert first == Grid("甲", XLS_ROWS, [(5, 0, 6, 1)])
    assert second == Grid("乙", [], [], hidden=True)


def test_a_long_old_workbook_is_read():
    cells = b"".join(number(row, 0, row) for row in range(2000))
    assert read(ole(biff(cells)))[0].rows == [[float(row)] for row in range(2000)]


def test_an_old_workbook_that_lies_or_is_encrypted_is_refused():
    assert refused(ole(biff(number(65535, 65535, 1.0)))).words == {"rows": "65,536", "columns": "65,536", "limit": "50,000,000"}
    assert read(ole(biff(number(0, 0, 1.0), dimensions=(0, 2**32 - 1, 0, 65535))))[0].rows == [[1.0]]
    assert kind(ole(biff(b"", extra=record(0x2F, bytes(6))))) == "password"
    assert kind(ole(b"", "EncryptedPackage")) == "password"
    assert kind(ole(biff(b""), fat=[0xFFFFFFFD, 1, 2, 3])) == "not_workbook"
    assert kind(ole(biff(b""))[:520]) == "not_workbook"
    assert kind(ole(biff(b"")).replace(b"\xfe\xff\x09\0", b"\xfe\xff\x08\0")) == "not_workbook"
    assert kind(ole(biff(b"", b"")), Limits(sheets=1)) == "too_many_sheets"


def test_a_workbook_too_long_to_be_put_into_one_container_is_refused():
    with pytest.raises(ValueError, match="sectors"):
        analysis.ole.compound(bytes(4096 * 1023 * 110))


def test_a_binary_workbook_is_read():
    cells = brt(0, struct.pack("<I", 1)) + brt(1, bytes(8)) + brt(5, struct.pack("<IId", 1, 0, 1.5))
    cells += (
        brt(3, struct.pack("<IIB", 2, 0, 0x17))
        + brt(11, struct.pack("<IIBHII", 3, 0, 0x2A, 0, 0, 0))
        + brt(6, struct.pack("<II", 0, 0) + wide("零"))
    )
    assert read(xlsb(cells)) == [Grid("表", [["", "", ""], ["零", 1.5, "#REF!", "#N/A"]])]
    assert list(binary._tagged(bytes([5, 0x81, 0x80, 0x80, 0x80, 9, 0x9C]))) == [(5, 5, 1)]
    far = brt(0, struct.pack("<I", 1_000_000)) + brt(5, struct.pack("<IId", 16_000, 0, 1.5))
    assert (refused(xlsb(far)).sheet, refused(xlsb(far)).words["rows"]) == ("表", "1,000,001")


# ------------------------------------------------------------------ text that is stored once and shown often


def table(*strings, head="", **given):
    items = " ".join(text if text.startswith("<") else f"<si><t>{text}</t></si>" for text in strings)
    return {"xl/sharedStrings.xml": f'{head}<sst xmlns="{MAIN}"> {items}</sst>', **given}


def shows(at, times, spelt='<c t="s"><v>{}</v></c>', prefix=""):
    return sheet(f"<{prefix}row>" + spelt.format(at) * times + f"</{prefix}row>", prefix)


def test_a_long_text_shown_often_is_refused_before_it_is_laid_out():
    small = xlsx(
        sheet(
            "".join(f'<row r="{row}">{"".join(["<c t=" + chr(34) + "s" + chr(34) + "><v>0</v></c>"] * 50)}</row>' for row in range(1, 1001))
        ),
        **table("长" * 30_000),
    )
    assert len(small) < 20_000
    assert (refused(small).kind, refused(small).words) == ("unpacked_too_large", {"limit": "1,000 MB"})


def test_text_is_counted_by_the_string_where_the_longest_would_be_too_much():
    strings = table("长" * 5000, "短", "<si><r><t>四</t></r><r><rPr/><t>个字符</t></r></si>", "<si/>")
    cells = sheet(
        '<row><c t="s"><v>0</v></c>'
        + '<c r="B1" t="s" s="1"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c><v>7</v></c>' * 20
        + "</row>"
    )
    (grid,) = read(xlsx(cells, **strings), Limits(text=5100))
    assert [len(cell) for cell in grid.rows[0] if isinstance(cell, str)][:4] == [5000, 1, 4, 0]
    assert kind(xlsx(cells, **strings), Limits(text=5099)) == "unpacked_too_large"
    assert kind(xlsx(cells, cells, **strings), Limits(text=5100)) == "unpacked_too_large"


@pytest.mark.parametrize(
    ("spelt", "prefix"),
    [
        ("<c t='s'><v>1</v></c>", ""),
        ('<x:c t="s"><x:v>1</x:v></x:c>', "x:"),
        ('<c r="A1" t="s"><v>1</v></c >', ""),
        ('<c t = "s"><f>0</f><v>1</v></c>', ""),
    ],
)
def test_no_spelling_hides_a_text(spelt, prefix):
    content = xlsx(shows(1, 50, spelt, prefix), **table("短", "长" * 100))
    assert kind(content, Limits(text=4999)) == "unpacked_too_large"
    assert len(read(content, Limits(text=5000))[0].rows) == 1


@pytest.mark.parametrize("hidden", ["<!-- </si> -->", "<![CDATA[</si>]]>", "<?a > </si>?>"])
def test_no_comment_hides_the_end_of_a_text(hidden):
    strings = table("<si><t>" + "长" * 90 + hidden + "长" * 90 + "</t></si>", "短")
    assert kind(xlsx(shows(0, 50), **strings), Limits(text=6000)) == "unpacked_too_large"
    assert read(xlsx(shows(1, 50), **strings), Limits(text=6000))[0].rows == [["短"] * 50]


@pytest.mark.parametrize(
    "strings", [table("<si><si><t>a</t></si><t>长</t></si>", "长" * 99), {"xl/sharedStrings.xml": f"<a>{'长' * 99}</a>"}]
)
def test_strings_that_cannot_be_told_apart_are_refused(strings):
    assert kind(xlsx(shows(0, 50), **strings), Limits(text=1000)) == "not_workbook"


def test_a_part_shown_by_many_sheets_counts_as_often():
    shared = {"xl/_rels/workbook.xml.rels": relations(*["worksheets/sheet0.xml"] * 3)}
    content = xlsx(*[shows(0, 10)] * 3, **table("长" * 90, **shared))
    assert len(read(content, Limits(text=2700))) == 3
    assert kind(content, Limits(text=2600)) == "unpacked_too_large"
    content = xlsx(*[sheet('<row r="100"><c r="A100"><v>1</v></c></row>')] * 3, **shared)
    assert len(read(content)) == 3
    assert refused(content, Limits(cells=900)).sheet == "S2"


def test_a_part_longer_than_it_is_said_to_be_is_refused():
    good = sheet('<row r="1"><c r="A1"><v>1</v></c></row>').encode()
    more = b'<row r="9"/>'
    said, true = (struct.pack("<L", zlib.crc32(part)) for part in (good, good + more))
    content = xlsx(good + more)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        size = file.getinfo("xl/worksheets/sheet0.xml").compress_size
    lie = content.replace(true + struct.pack("<LL", size, len(good + more)), said + struct.pack("<LL", size, len(good)))
    assert lie != content
    assert kind(lie) == "not_workbook"


@pytest.mark.parametrize(
    ("cell", "characters"),
    [
        (
            '<table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>四个字符</text:p></table:table-cell>',
            3 * 5,
        ),
        ('<table:table-cell office:value-type="string"><text:p>a<text:s text:c="98"/></text:p></table:table-cell>', 100),
        ('<table:table-cell office:value-type="string" office:string-value="四个字符" table:number-columns-repeated="4"/>', 16),
        ('<table:table-cell office:value-type="float" office:value="1" table:formula="of:=1" table:number-columns-repeated="2"/>', 10),
    ],
)
def test_text_that_an_opendocument_cell_repeats_is_counted(cell, characters):
    content = ods(f'<table:table table:name="表"><table:table-row table:number-rows-repeated="10">{cell}</table:table-row></table:table>')
    assert len(read(content, Limits(text=10 * characters))[0].rows) == 10
    assert refused(content, Limits(text=10 * characters - 1)).kind == "unpacked_too_large"


def test_an_endless_row_of_spaces_is_refused():
    spaces = '<table:table-cell office:value-type="string"><text:s text:c="99999999999999"/></table:table-cell>'
    assert kind(ods(f'<table:table table:name="表"><table:table-row>{spaces}</table:table-row></table:table>')) == "unpacked_too_large"


def test_text_that_an_old_workbook_shows_often_is_counted():
    text = "长" * 30
    head = struct.pack("<II", 5, 3)
    first = struct.pack("<HB", 2, 0) + b"ab"
    second = struct.pack("<HBHI", 30, 13, 2, 3) + text[:10].encode("utf-16-le")
    rest = b"\1" + text[10:20].encode("utf-16-le"), b"\0" + b"x" * 10 + bytes(5), bytes(6), struct.pack("<HB", 1, 0) + b"c"
    extra = record(0xFC, head + first + second) + b"".join(record(0x3C, part) for part in rest)
    shown = b"".join(record(0xFD, struct.pack("<HHHI", at, 0, 0, at % 3)) for at in range(6))
    content = ole(biff(shown, extra=extra))
    assert read(content, Limits(text=66))[0].rows == [["ab"], [text[:20] + "x" * 10], ["c"]] * 2
    assert refused(content, Limits(text=65)).words == {"limit": "6.5e-05 MB"}
    assert kind(ole(biff(record(0xFD, struct.pack("<HHHI", 0, 0, 0, 3)), extra=extra))) == "not_workbook"
    assert kind(ole(biff(shown, extra=record(0xFC, head + second)))) == "not_workbook"


def test_text_that_a_binary_workbook_shows_often_is_counted():
    strings = brt(0x9F, struct.pack("<II", 4, 2)) + brt(0x13, b"\0" + wide("短")) + brt(0x13, b"\0" + wide("长" * 20)) + brt(0xA0)
    cells = brt(0, bytes(4)) + b"".join(brt(7, struct.pack("<III", at, 0, at % 2)) for at in range(4))
    content = xlsb(cells, **{"xl/sharedStrings.bin": strings})
    assert read(content, Limits(text=42))[0].rows == [["短", "长" * 20] * 2]
    assert kind(content, Limits(text=41)) == "unpacked_too_large"


def test_rows_without_cells_take_room():
    assert kind("\n" * 200, Limits(cells=1000)) == "too_large"
    assert kind("<table>" + "<tr>" * 200, Limits(cells=1000)) == "too_large"
    tables = "<table><tr><td>a<tr><td>b</table>"
    assert len(read(tables * 3, Limits(cells=30))) == 3
    assert refused(tables * 30, Limits(cells=30)).sheet == "9"


# ------------------------------------------------------------------ text

LINES = "编号,名称,人数\n00123,甲协会,12\n"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_text_is_read_in_the_encoding_that_it_has(code):
    content = LINES.encode(code)
    assert read(content) == [Grid("", [["编号", "名称", "人数"], ["00123", "甲协会", "12"]])]


def test_utf_16_of_the_other_end_and_text_in_no_encoding():
    assert read(b"\xfe\xff" + "甲\t乙".encode("utf-16-be"))[0].rows == [["甲", "乙"]]
    assert refused(b"\xff\xff\xff").words == {"error": "utf-8, gb18030"}
    assert refused(b"\xff\xfea").kind == "not_csv"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("名称\n甲\n", [["名称"], ["甲"]]),
        ("a;b\n1,5;2\n3,5;4\n", [["a", "b"], ["1,5", "2"], ["3,5", "4"]]),
        ("a\tb\n1,2\t3,4\n", [["a", "b"], ["1,2", "3,4"]]),
        ("表一\n\n编号\t名称\n1\t甲\n", [["表一"], [], ["编号", "名称"], ["1", "甲"]]),
        ('a,b\n"1;2\n3","说""好"""\n', [["a", "b"], ["1;2\n3", '说"好"']]),
        ('a;b\n"x, ""y"", z";1\n', [["a", "b"], ['x, "y", z', "1"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
    ],
)
def test_the_delimiter_is_told_by_what_it_splits(text, rows):
    assert read(text)[0].rows == rows


def test_long_cells_are_read_and_open_quotes_are_not():
    before = csv.field_size_limit()
    assert read(f"a,b\n{'长' * 200_000},1")[0].rows[1] == ["长" * 200_000, "1"]
    assert csv.field_size_limit() == before
    assert kind('a,b\n"1,2\n3,4\n') == "not_csv"
    assert kind('a,b\n"1"2,3\n') == "not_csv"


# ------------------------------------------------------------------ HTML and SpreadsheetML

PAGE = """<html><head><meta charset="gb2312"><style>td {color: red}</style></head><body><table><caption>花名册</caption>
<tr><th rowspan=2>名称<th colspan="2">人数</tr><tr><td>全职<td>兼职</tr>
<tr><td>甲&amp;<br>协会 &nbsp;<p>乙</p></td><td x:num>00123</td><td><table><tr><td>内</td></tr></table><script>1</script></td></tr>
<tr><td rowspan=0>末<td rowspan=9 colspan=x>尾</table><p>外</p><table><td>单</table></body></html>"""


@pytest.mark.parametrize("code", ["utf-8", "utf-16", "gb18030"])
def test_tables_of_a_page_are_read(code):
    first, second = read(PAGE.encode(code))
    rows = [["名称", "人数"], ["", "全职", "兼职"], ["甲&\n协会\n乙", "00123", "内"], ["末", "尾"]]
    assert first == Grid("花名册", rows, [(0, 0, 1, 0), (0, 1, 0, 2), (3, 0, 3, 0), (3, 1, 3, 1)])
    assert second == Grid("2", [["单"]], [])


@pytest.mark.parametrize("piece", ["<!--", "<![", "</", "<td ", "<td a='", '<td a="', "<script>", "<", "&", "<table>", "a=", "<?"])
def test_a_page_that_leaves_all_open_takes_no_longer(piece):
    is_read_or_refused(("<table><td>" + piece * 100_000 + "<td " + piece * 100_000).encode())


def test_a_page_says_its_encoding_and_may_end_early():
    assert read('<meta charset="big5"><table><tr><td>社會'.encode("big5")) == [Grid("1", [["社會"]], [])]
    assert read("</table><table><tr><td>a</table></table>")[0].rows == [["a"]]
    assert kind("<html><body>请重新登录</body></html>") == "no_table"


SPREADSHEET = """<?xml version="1.0" encoding="GB2312"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<Worksheet ss:Name="名册"><Table>
<Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">名<B>称</B></Data><Comment><Data>注</Data></Comment></Cell><Cell><Data ss:Type="Number">7</Data></Cell></Row>
<Row ss:Index="2"><Cell><Data ss:Type="Number">x</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:Index="2"><Data ss:Type="DateTime">2011-06-01T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="DateTime">2011-06-01T08:30:00.000</Data></Cell><Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell>
<Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell ss:Formula="=A1"/></Row>
</Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet><Worksheet ss:Name="二"/></Workbook>"""


@pytest.mark.parametrize("code", ["utf-8", "utf-16", "gb18030"])
def test_a_workbook_in_one_xml_file_is_read(code):
    first, second = read(SPREADSHEET.encode(code))
    last = ["", dt.date(2011, 6, 1), dt.datetime(2011, 6, 1, 8, 30), dt.time(8, 30), True, "#DIV/0!", ""]
    assert first == Grid("名册", [["名称", "", 7.0], ["", "", "x"], [], last], [(0, 0, 1, 1)], hidden=True, uncomputed=("G4",))
    assert second == Grid("二", [], [])


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('ss:Index="4"', 'ss:Index="1"', "not_workbook"),
        ('ss:Index="4"', 'ss:Index="60000000"', "too_large"),
        ('ss:Index="2"><Data', 'ss:Index="0"><Data', "not_workbook"),
        ('ss:MergeAcross="1"', 'ss:MergeAcross="99999999"', "too_large"),
        ("</Workbook>", "", "not_workbook"),
        ("<Workbook", "<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook", "not_workbook"),
    ],
)
def test_a_damaged_workbook_in_one_xml_file_is_refused(old, new, found):
    assert kind(SPREADSHEET.replace(old, new)) == found


# ------------------------------------------------------------------ anything at all

MAGIC = [
    b"",
    b"PK\3\4",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"PAR1",
    b"<html><table>",
    b"<table><tr><td",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    SPREADSHEET[:300].encode(),
]


@ENOUGH
@given(st.sampled_from(MAGIC), st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(magic, content):
    is_read_or_refused(magic + content)


@ENOUGH
@given(st.text(st.sampled_from("<>/=\"'trdhablecospn 019&;,\t\n"), max_size=300))
def test_any_markup_is_read_or_refused(text):
    is_read_or_refused(b"<table>" + text.encode())


BOOK = sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="e"><v>#N/A</v></c></row><row r="2"><c r="A2"><f>X</f></c></row>').encode()
FILES = {
    "xlsx": xlsx(BOOK), "ods": ods(TABLE), "xls": ole(biff(XLS, b"")), "mini": ole(biff(XLS), mini=True), "xlsb": xlsb(brt(0, bytes(4)) + brt(5, bytes(16))),
    "html": PAGE.encode(), "xml": SPREADSHEET.replace("GB2312", "UTF-8").encode(), "csv": LINES.encode(),
}  # fmt: skip
FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4)


def flipped(content, flips):
    made = bytearray(content)
    for at, by in flips:
        made[int(at * len(made))] ^= by
    return bytes(made)


@pytest.mark.parametrize("make", FILES)
@ENOUGH
@given(flips=FLIPS, kept=st.floats(0, 1))
def test_damaged_files_are_read_or_refused(make, flips, kept):
    content = FILES[make]
    is_read_or_refused(flipped(content, flips))
    is_read_or_refused(content[: int(kept * len(content))])


@ENOUGH
@given(flips=FLIPS)
def test_damage_within_a_container_is_read_or_refused(flips):
    is_read_or_refused(xlsx(flipped(BOOK, flips)))
    is_read_or_refused(ole(flipped(biff(XLS, b""), flips)))
    is_read_or_refused(xlsb(flipped(brt(0, bytes(4)) + brt(5, bytes(16)) + brt(6, bytes(8) + wide("零")), flips)))
    with zipfile.ZipFile(io.BytesIO(ods(TABLE))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    is_read_or_refused(zipped(**{**parts, "content.xml": flipped(parts["content.xml"], flips)}))
