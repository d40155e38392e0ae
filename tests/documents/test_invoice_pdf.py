"""The printed invoice: its text, its pages, its bytes, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from guru_tui.documents.fonts import FAMILY, Fonts
from guru_tui.documents.fonts import _path as font_file
from guru_tui.documents.invoice import render
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceLine, InvoiceRow
from guru_tui.errors import Invalid

ZONE = ZoneInfo("Africa/Johannesburg")
CREATED = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
HEAD = {
    "title": "Invoice",
    "practice_name": "Sea Point Physio",
    "full_name": "Naledi Khumalo",
    "profession": "Physiotherapist",
    "practice_number": "0123456",
    "address": "15 Flannery Road\nSea Point",
    "phone": "021 555 0100",
    "email": "hello@seapointphysio.example",
    "bank_details": "First Bank\nAccount 62000111222",
    "tax_registered": "no",
    "prices_include_tax": "yes",
}
CLIENT = {"name": "Sarah Botha", "address": "3 Beach Road", "email": "sarah@example.com", "client": "Sarah Botha"}


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    made = Fonts()
    made.load()
    return made


def line(description: str = "Follow-up", total: int = 45000, **fields: object) -> InvoiceLine:
    values: dict[str, object] = {
        "service_at": datetime(2026, 11, 12, 10, tzinfo=ZONE),
        "code": "",
        "quantity_milli": 1000,
        "unit_price_minor": total,
        "discount_minor": 0,
        "tax_minor": 0,
    }
    return InvoiceLine(description=description, total_minor=total, **(values | fields))  # type: ignore[arg-type]


def invoice(
    *lines: InvoiceLine,
    head: dict[str, str] | None = None,
    to: dict[str, str] | None = None,
    number: str = "1042",
    tax: int = 0,
) -> InvoiceDetail:
    lines = lines or (line(),)
    total = sum(one.total_minor for one in lines)
    row = InvoiceRow(7, number, 1, CLIENT["client"], date(2026, 11, 25), date(2026, 12, 9), "ZAR", total, 0, "sent")
    return InvoiceDetail(row, HEAD | (head or {}), CLIENT | (to or {}), tuple(lines), total - tax, tax, (), ())


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def text(content: bytes) -> str:
    return "\n".join(pages(content))


def test_everything_a_client_needs_is_on_it(fonts: Fonts) -> None:
    shown = text(render(invoice(line(), line("Massage", 60000)), fonts, created=CREATED))
    for wanted in (
        *("Sea Point Physio", "Naledi Khumalo · Physiotherapist", "Practice number 0123456", "021 555 0100"),
        *("Invoice 1042", "Issued 25 November 2026", "Due 9 December 2026", "Billed to", "Sarah Botha", "3 Beach Road"),
        *("12 Nov 2026 Follow-up R450.00", "12 Nov 2026 Massage R600.00", "Total R1 050.00"),
        *("First Bank", "Account 62000111222", "Reference\n1042", "Page 1 of 1"),
    ):
        assert wanted in shown
    for unwanted in ("VAT", "Qty", "Code", "Price", "For services to", "Paid", "Balance"):
        assert unwanted not in shown


@pytest.mark.parametrize(
    "name",
    ["Łukasz O’Brien", "Zoë Ŵilliams", "Αλέξης Παπαδόπουλος", "Ольга Щербакова", "Ngwenya Ţăran", "Đặng Thị Hương"],
)
def test_names_come_out_as_they_went_in(fonts: Fonts, name: str) -> None:
    shown = text(render(invoice(line(f"{name} · €50"), to={"name": name, "client": name}), fonts, created=CREATED))
    assert shown.count(name) == 2
    assert "€50" in shown


def test_the_payer_and_the_client_are_both_named(fonts: Fonts) -> None:
    shown = text(render(invoice(to={"name": "Botha Vervoer (Edms) Bpk"}), fonts, created=CREATED))
    assert "Billed to\nBotha Vervoer (Edms) Bpk" in shown
    assert "For services to Sarah Botha" in shown


def test_a_tax_invoice_shows_number_rate_and_amounts(fonts: Fonts) -> None:
    head = {"title": "Tax Invoice", "tax_registered": "yes", "tax_number": "4123456789", "tax_percent": "15"}
    shown = text(render(invoice(line(tax_minor=5870), head=head, tax=5870), fonts, created=CREATED))
    for wanted in ("Tax Invoice 1042", "VAT number 4123456789", "Subtotal without VAT R391.30", "VAT 15% R58.70"):
        assert wanted in shown
    assert "Total R450.00" in shown


def test_quantity_code_and_discount_appear_where_there_are_any(fonts: Fonts) -> None:
    several = line("Bandage", 8000, quantity_milli=2000, unit_price_minor=5000, discount_minor=2000, code="72501")
    shown = text(render(invoice(line(), several), fonts, created=CREATED))
    assert "Date Description Code Qty Price Amount" in shown
    assert "R100.00 less R20.00 discount" in shown
    assert "72501 2 R50.00" in shown


def test_many_lines_go_on_with_a_repeated_head_and_counted_pages(fonts: Fonts) -> None:
    shown = pages(render(invoice(*(line(f"Visit {number}") for number in range(80))), fonts, created=CREATED))
    assert len(shown) >= 3
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in page
        assert page.count("Date Description Amount") == (1 if "Visit" in page else 0)
    every = "\n".join(shown)
    assert all(f"Visit {number} R450.00" in every for number in range(80))


WILD = {
    "long words": "Ŵ" * 500,
    "many words": "word " * 100,
    "line breaks": "one\n\ntwo\n" * 40,
    "markup": "**bold** [/b] <b>__x__</b> {nb} \\ ( ) %PDF",
    "joiners": "a\u200cb\u200dc\ufe0f",
}


@pytest.mark.parametrize("wild", WILD.values(), ids=WILD.keys())
def test_any_text_is_printed_within_the_page_and_without_overlap(fonts: Fonts, wild: str) -> None:
    head = {"practice_name": wild, "address": wild, "bank_details": wild, "full_name": wild}
    everything = invoice(
        line(wild, code=wild[:60]), line(), head=head, to={"name": wild, "address": wild, "client": wild[:400]},
        number="12" + wild[:300].replace("\n", " "),
    )  # fmt: skip
    content = render(everything, fonts, created=CREATED)
    with opened(content) as document:
        for page in document:
            _nothing_sticks_out_or_overlaps(page)
    shown = Counter(text(content))
    for letter, count in Counter(wild).items():
        if letter.isalnum():
            assert shown[letter] >= 6 * count, letter


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(content)
    try:
        yield document
    finally:
        document.close()


def _nothing_sticks_out_or_overlaps(page: pypdfium2.PdfPage) -> None:
    width, height = page.get_size()
    boxes = [item.get_bounds() for item in page.get_objects() if type(item).__name__ == "PdfTextObj"]
    assert boxes
    for left, bottom, right, top in boxes:
        assert left >= 50
        assert right <= width - 50
        assert bottom >= 30
        assert top <= height - 40
    for one, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[one + 1 :]:
            apart = right <= other_left + 0.5 or other_right <= left + 0.5
            assert apart or top <= other_bottom + 0.6 or other_top <= bottom + 0.6


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"to": {"client": "王小明", "name": "王小明"}}, "the name it is billed to (王小明)"),
        ({"head": {"practice_name": "Physio 🦴"}}, "your practice name (Physio 🦴)"),
        ({"number": "№-שלום"}, "the invoice's number"),
    ],
)
def test_a_letter_that_the_font_lacks_is_named_with_its_place(
    fonts: Fonts, changed: dict[str, object], named: str
) -> None:
    with pytest.raises(Invalid) as refused:
        render(invoice(**changed), fonts, created=CREATED)  # type: ignore[arg-type]
    assert named in str(refused.value)
    assert "U+" in str(refused.value)


def test_the_line_with_the_missing_letter_is_counted(fonts: Fonts) -> None:
    with pytest.raises(Invalid, match=r"'✓' \(U\+2713\), which stands in the description of line 2"):
        render(invoice(line(), line("Done ✓")), fonts, created=CREATED)


def test_equal_invoices_give_equal_bytes_in_every_process(fonts: Fonts) -> None:
    once = render(invoice(), fonts, created=CREATED)
    assert once == render(invoice(), fonts, created=CREATED)
    assert once == render(invoice(), Fonts(), created=CREATED)
    assert once != render(invoice(), fonts, created=CREATED.replace(minute=1))
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import test_invoice_pdf as t;"
        "print(hashlib.sha256(t.render(t.invoice(), t.Fonts(), created=t.CREATED)).hexdigest())"
    )
    from hashlib import sha256

    found = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )  # fmt: skip
    assert found.stdout.strip() == sha256(once).hexdigest()


def test_the_small_copy_of_the_font_gives_the_bytes_of_the_whole_one(
    fonts: Fonts, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = render(invoice(line("Łódź ’ € ș — №")), fonts, created=CREATED)

    def whole(self: Fonts, pdf: object, texts: object) -> None:
        for style in ("", "B"):
            pdf.add_font(FAMILY, style, font_file(style))  # type: ignore[attr-defined]

    monkeypatch.setattr(Fonts, "add_to", whole)
    assert render(invoice(line("Łódź ’ € ș — №")), fonts, created=CREATED) == small


def test_a_draft_says_that_it_is_one(fonts: Fonts) -> None:
    shown = text(render(invoice(number=""), fonts, created=CREATED))
    assert "Draft invoice" in shown
    assert "Reference" not in shown


def test_the_logo_is_printed_and_an_unreadable_one_is_named(fonts: Fonts, tmp_path: Path) -> None:
    from PIL import Image

    logo = tmp_path / "logo.png"
    Image.new("RGBA", (900, 300), (10, 90, 90, 200)).save(logo)
    content = render(invoice(head={"logo": str(logo)}), fonts, created=CREATED)
    assert content == render(invoice(head={"logo": str(logo)}), fonts, created=CREATED)
    with opened(content) as document:
        assert any(type(item).__name__ == "PdfImage" for item in document[0].get_objects())
        _nothing_sticks_out_or_overlaps(document[0])
    logo.write_text("no picture")
    with pytest.raises(
        Invalid, match=r"cannot be read \(it is no PNG or JPEG\); set another with: guru settings set logo"
    ):
        render(invoice(head={"logo": str(logo)}), fonts, created=CREATED)
    with pytest.raises(Invalid, match="No such file"):
        render(invoice(head={"logo": str(tmp_path / "gone.png")}), fonts, created=CREATED)
