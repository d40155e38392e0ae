"""Client lists as tables: encodings, delimiters, headings in many words, and files that are none."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.client_sheet import guarded, read_sheet, unguarded
from guru_tui.errors import Invalid

ROWS = [("Sarah Botha", "0825550134", "sarah@example.com"), ("Zoë van der Merwe", "0835550177", "zoe@example.com")]
EXPECTED = [{"name": name, "mobile": mobile, "email": email} for name, mobile, email in ROWS]


def table(*headings: str, delimiter: str = ",", rows: list[tuple[str, ...]] | None = None) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([*([headings] if headings else []), *(ROWS if rows is None else rows)])
    return out.getvalue()


def values(data: bytes | str, **mapping: str) -> list[dict[str, str]]:
    sheet = read_sheet(data.encode() if isinstance(data, str) else data, mapping)
    return [dict(row.values) for row in sheet.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_any_delimiter_encoding_and_line_end(delimiter: str, encoding: str, ends: str) -> None:
    text = table("Name", "Mobile", "Email", delimiter=delimiter).replace("\r\n", ends)
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert values(mark + text.encode(encoding)) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(encoding: str) -> None:
    assert values(table("Name", "Mobile", "Email").encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    ("name", "mobile", "email"),
    [
        ("Full Name", "Cell", "E-mail"),
        ("CLIENT", "Cellphone number", "E-Mail Address"),
        ("Kliënt", "Selfoon", "E-pos"),
        ("Naam en van", "Selfoonnommer", "Epos-adres"),
        ("Patient name", "Phone (mobile)", "Email address:"),
        ("name", "Tel.", "mail"),
        ("Volle naam", "Telefoonnommer", "eposadres"),
        ("Contact", "Contact No.", "client_email"),
        ("Name & Surname", "MOBILE NO", "Patient email"),
    ],
)
def test_headings_in_many_words(name: str, mobile: str, email: str) -> None:
    found = values(table(name, mobile, email))
    assert [{("mobile" if key == "phone" else key): value for key, value in row.items()} for row in found] == EXPECTED


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (("Surname", "Name", "Cell"), {"last_name": "a", "first_name": "b", "mobile": "c"}),
        (("Van", "Voornaam", "Sel"), {"last_name": "a", "first_name": "b", "mobile": "c"}),
        (("Naam", "Van", "Selfoon"), {"first_name": "a", "last_name": "b", "mobile": "c"}),
        (("Last Name", "First Name", "Client name"), {"last_name": "a", "first_name": "b"}),
        (("Given Name", "Family Name", "DOB"), {"first_name": "a", "last_name": "b", "birth_date": "c"}),
        (("Name", "ID Number", "Adres"), {"name": "a", "id_number": "b", "address": "c"}),
        (("Name", "ID", "Geboortedatum"), {"name": "a", "birth_date": "c"}),
    ],
)
def test_headings_in_any_order(headings: tuple[str, ...], fields: dict[str, str]) -> None:
    assert values(table(*headings, rows=[("a", "b", "c")])) == [fields]


def test_a_bare_id_column_is_an_identity_number_only_with_thirteen_digits() -> None:
    assert values("name,id\nSarah,8501015009087\nZoe,\n") == [
        {"name": "Sarah", "id_number": "8501015009087"},
        {"name": "Zoe"},
    ]
    assert values("id,name\n1,Sarah\n2,Zoe\n") == [{"name": "Sarah"}, {"name": "Zoe"}]


def test_ignored_columns_are_told() -> None:
    sheet = read_sheet(b"Name,Shoe size,Cell,Empty\nSarah,39,0825550134,\n")
    assert sheet.ignored == ("Shoe size",)
    assert sheet.columns == {"name": ("Name",), "mobile": ("Cell",)}


def test_two_number_columns_and_an_address_in_parts() -> None:
    text = (
        "Name,Home phone,Cell,Street,City,Postal code\n"
        "Sarah,0215550100,0825550134,1 Main,Cape Town,8001\nZoe,0215550101,,,,\n"
    )
    assert values(text) == [
        {"name": "Sarah", "phone": "0215550100", "mobile": "0825550134", "address": "1 Main\nCape Town\n8001"},
        {"name": "Zoe", "phone": "0215550101"},
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = 'Name,Address\n\nSarah,"1 Main\nCape Town\n8001"\n,\nZoe,"x"\n'
    assert [(row.row, row.values["name"]) for row in read_sheet(text.encode()).rows] == [(3, "Sarah"), (5, "Zoe")]


def test_titles_above_the_headings_and_an_excel_separator_line() -> None:
    sheet = read_sheet(b"Client list 2026\n\nName;Cell;Email\nSarah;0825550134;\n")
    assert [(row.row, dict(row.values)) for row in sheet.rows] == [(4, {"name": "Sarah", "mobile": "0825550134"})]
    sheet = read_sheet(b"sep=;\r\nName;Cell\r\nBotha, Sarah;0825550134\r\n")
    assert [(row.row, dict(row.values)) for row in sheet.rows] == [
        (2, {"name": "Botha, Sarah", "mobile": "0825550134"})
    ]


def test_commas_inside_cells_do_not_make_columns() -> None:
    text = (
        "Name;Address;Cell\nBotha, Sarah;1 Main, Sea Point, Cape Town;0825550134\n"
        "Smit, Jan;2 Long, Gardens, Cape Town;0835550134\n"
    )
    assert values(text)[0] == {
        "name": "Botha, Sarah",
        "address": "1 Main, Sea Point, Cape Town",
        "mobile": "0825550134",
    }
    assert values("Name\nBotha, Sarah\nSmit, Jan\n") == [{"name": "Botha, Sarah"}, {"name": "Smit, Jan"}]


def test_quotes_that_nobody_doubled_and_rows_of_uneven_length() -> None:
    assert values('Name,Cell\n"Sarah "Sas" Botha",0825550134,extra\nZoe\n') == [
        {"name": 'Sarah Sas" Botha"', "mobile": "0825550134"},
        {"name": "Zoe"},
    ]


def test_without_headings_the_contents_tell() -> None:
    assert values(table()) == EXPECTED
    assert values("sarah@example.com;+27 82 555 0134;Botha, Sarah\n") == [
        {"email": "sarah@example.com", "mobile": "+27 82 555 0134", "name": "Botha, Sarah"}
    ]


def test_headings_in_a_language_we_do_not_know_are_not_a_client() -> None:
    sheet = read_sheet(b"Jina;Simu;Barua\nSarah Botha;0825550134;sarah@example.com\n")
    assert [(row.row, dict(row.values)) for row in sheet.rows] == [(2, EXPECTED[0])]


@pytest.mark.parametrize("text", ["Sarah,Botha,0825550134\nZoe,Smit,0835550134\n", "Sarah\nZoe\n", "a,b\n1,2\n"])
def test_columns_that_cannot_be_told_apart_ask_for_the_map(text: str) -> None:
    with pytest.raises(Invalid, match="--map A=first_name"):
        values(text)


def test_headings_without_a_name_ask_for_the_map() -> None:
    with pytest.raises(Invalid, match=r"No column is called a name \(there are Cell, Wie\).*--map COLUMN=name"):
        values("Cell,Wie\n0825550134,Sarah\n")


def test_the_map_names_columns_by_heading_letter_or_number() -> None:
    assert values("Cell,Wie\n0825550134,Sarah\n", wie="name") == [{"mobile": "0825550134", "name": "Sarah"}]
    headless = "Sarah,Botha,0825550134\n"
    for mapping in ({"A": "first_name", "b": "surname"}, {"1": "First name", "2": "van"}):
        assert values(headless, **mapping) == [{"first_name": "Sarah", "last_name": "Botha", "mobile": "0825550134"}]


def test_the_map_wins_over_headings_and_can_ignore() -> None:
    text = "Name,Cell,Work phone\nSarah,0825550134,0215550100\n"
    assert values(text, **{"Work phone": "mobile"}) == [{"name": "Sarah", "mobile": "0215550100"}]
    assert values(text, Cell="ignore", **{"Work phone": "ignore"}) == [{"name": "Sarah"}]


def test_a_map_that_names_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="There is no column 'Wie'; the file has Name, Cell"):
        values("Name,Cell\nSarah,0825550134\n", Wie="name")
    with pytest.raises(Invalid, match="There is no client field 'shoe'; a column can be name, first_name"):
        values("Name,Cell\nSarah,0825550134\n", Cell="shoe")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe\n\x00", "empty"),
        (b";;;\n;;;\n", "empty"),
        (b"Name,Cell\n", "no clients below"),
        (b"PK\x03\x04rest", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"%PDF-1.7", "PDF"),
        (b"BEGIN:VCARD\nFN:Sarah\n", "vCard"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\x02abcdefghijklmnopqrstuvwxyz\xff\xfe", "not text"),
        (b"Name\n\x81\x8d\x90\n", "cannot be read"),
        (b'Name,Cell\nZoe,1\n"Sarah,0825550134\nJan,2\n', "opened in row 3 and never closed"),
    ],
)
def test_files_that_are_no_client_list(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        values(data)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cs", "Cc"]), min_size=1
).map(lambda text: text.strip() or "x")


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_any_names_survive_any_delimiter(rows: list[tuple[str, str]], delimiter: str) -> None:
    found = read_sheet(table("First name", "Last name", delimiter=delimiter, rows=list(rows)).encode())
    assert [(row.values["first_name"], row.values["last_name"]) for row in found.rows] == [
        (unguarded(first), unguarded(last)) for first, last in rows
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        read_sheet(data)
    except Invalid as error:
        assert str(error).endswith(".")


@given(st.text(alphabet="Name,;\t|\"'\n Cell@=x1.E+", max_size=80))
def test_any_small_table_is_read_or_refused(text: str) -> None:
    try:
        read_sheet(text.encode(), {"A": "name"})
    except Invalid as error:
        assert str(error).endswith(".")


@given(st.text(alphabet="'=+-@＝＠ab", max_size=8))
def test_no_guarded_cell_is_a_formula_and_the_guard_comes_off(cell: str) -> None:
    assert guarded(cell)[:1] not in ("=", "+", "-", "@", "＝", "＠")
    assert unguarded(guarded(cell)) == cell
