"""Lines, tax, totals, numbers, statuses and payments."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain import billing
from guru_tui.domain.billing import Charge, LineAmounts
from guru_tui.errors import Invalid

TODAY = date(2026, 11, 25)
amounts = st.integers(min_value=0, max_value=10_000_000)
rates = st.integers(min_value=0, max_value=10_000)


@st.composite
def charges(draw: st.DrawFn) -> Charge:
    price, quantity = draw(amounts), draw(st.integers(min_value=0, max_value=99_999))
    most = (price * quantity + 500) // 1000
    return Charge(price, quantity, draw(st.integers(min_value=0, max_value=most)), draw(rates))


@given(charges(), st.booleans())
def test_a_line_is_its_rounded_price_less_its_discount(charge: Charge, included: bool) -> None:
    line = billing.line_amounts(charge, prices_include_tax=included)
    exact = Fraction(charge.quantity_milli * charge.unit_price_minor, 1000)
    assert abs(line.total_minor + charge.discount_minor - exact) <= Fraction(1, 2)
    assert line.total_minor >= 0
    assert 0 <= line.tax_minor <= max(line.total_minor, line.total_minor * charge.tax_basis_points)


@given(st.lists(charges(), min_size=1, max_size=30), st.booleans())
def test_the_sums_are_those_of_the_shown_lines(lines: list[Charge], included: bool) -> None:
    shown = [billing.line_amounts(line, prices_include_tax=included) for line in lines]
    totals = billing.add_up(shown, prices_include_tax=included)
    assert totals.subtotal_minor + totals.tax_minor == totals.total_minor
    assert totals.tax_minor == sum(line.tax_minor for line in shown)
    visible = sum(line.total_minor for line in shown)
    assert (totals.total_minor if included else totals.subtotal_minor) == visible


@given(amounts, rates)
def test_tax_put_on_top_is_the_tax_found_within(net: int, basis_points: int) -> None:
    tax = billing.tax_of(net, basis_points, included=False)
    assert abs(billing.tax_of(net + tax, basis_points, included=True) - tax) <= 1


@pytest.mark.parametrize(
    ("charge", "included", "expected"),
    [
        (Charge(45000), True, LineAmounts(45000, 0)),
        (Charge(45000, tax_basis_points=1500), True, LineAmounts(45000, 5870)),
        (Charge(45000, tax_basis_points=1500), False, LineAmounts(45000, 6750)),
        (Charge(333, 1500), True, LineAmounts(500, 0)),  # 499.5 goes up
        (Charge(45000, 2000, 5000, 1500), False, LineAmounts(85000, 12750)),
    ],
)
def test_lines_by_example(charge: Charge, included: bool, expected: LineAmounts) -> None:
    assert billing.line_amounts(charge, prices_include_tax=included) == expected


def test_a_discount_above_the_price_is_refused() -> None:
    with pytest.raises(Invalid, match="larger than the price"):
        billing.line_amounts(Charge(100, discount_minor=101), prices_include_tax=True)
    with pytest.raises(Invalid, match="credit note"):
        billing.line_amounts(Charge(-1), prices_include_tax=True)


@pytest.mark.parametrize(
    ("stored", "due", "due_on", "shown"),
    [
        ("draft", 45000, None, "draft"),
        ("sent", 45000, TODAY, "sent"),
        ("sent", 45000, TODAY - timedelta(days=1), "overdue"),
        ("sent", 0, TODAY - timedelta(days=1), "sent"),
        ("paid", 0, TODAY - timedelta(days=1), "paid"),
        ("void", 45000, TODAY - timedelta(days=1), "void"),
    ],
)
def test_overdue_is_sent_with_something_due_after_its_day(stored: str, due: int, due_on: date, shown: str) -> None:
    assert billing.status_of(stored, due, due_on, TODAY) == shown


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=0, max_value=10**9))
def test_a_payment_is_split_without_loss(amount: int, due: int) -> None:
    split = billing.settle(amount, due)
    assert split.allocated_minor + split.credit_minor == amount
    assert split.allocated_minor == min(amount, due)


def test_a_payment_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="more than nothing"):
        billing.settle(0, 100)


@given(st.integers(min_value=1, max_value=10**6), st.one_of(st.none(), st.integers(min_value=1, max_value=10**6)))
def test_the_next_number_is_above_every_other(configured: int, highest: int | None) -> None:
    following = billing.next_sequence(configured, highest)
    assert following >= configured
    assert highest is None or following > highest


def test_numbers_and_file_names() -> None:
    assert billing.format_number("INV-", 12) == "INV-12"
    assert billing.document_title(tax_registered=True) == "Tax Invoice"
    assert billing.file_name("Tax Invoice", "2026/12") == "Tax-Invoice-2026-12.pdf"
    assert "/" not in billing.file_name("Invoice", "../../etc/passwd")
    assert len(billing.file_name("Invoice", "9" * 500)) <= 110


def test_a_way_of_paying_is_found_however_it_is_written() -> None:
    assert billing.payment_method("eft") == "EFT"
    assert billing.payment_method("Medical-Aid") == "medical aid"
    assert billing.payment_method("snapscan") == "SnapScan"
    assert billing.payment_method("write off") == "write-off"
    with pytest.raises(Invalid, match="it is one of EFT, cash"):
        billing.payment_method("barter")


def test_channels_are_read_in_any_order() -> None:
    assert billing.channel_rule("email,sms") == billing.channel_rule("SMS + email") == "sms+email"
    assert billing.channel_rule("Email") == "email"
    for wrong in ("", "fax", "email,fax"):
        with pytest.raises(Invalid, match="write email, sms or email,sms"):
            billing.channel_rule(wrong)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-01", date(2026, 11, 1)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 24)),
        ("24/11", date(2026, 11, 24)),
        ("24/12", date(2026, 12, 24)),
        ("1/3", date(2026, 3, 1)),
        ("20/6", date(2026, 6, 20)),
        ("1/2", date(2026, 2, 1)),
        ("9/1", date(2027, 1, 9)),
        ("10/1", date(2026, 1, 10)),
        ("29/2", date(2024, 2, 29)),
        ("24.12.2025", date(2025, 12, 24)),
    ],
)
def test_days_without_a_year_are_the_last_or_close_ahead(text: str, day: date) -> None:
    assert billing.read_day(text, TODAY) == day


@pytest.mark.parametrize("text", ["31/11", "2026-02-30", "soon", "", "2026-1-1", "٢٤/١١", "0/5", "29/2/2026"])
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is not a day; write it like"):
        billing.read_day(text, TODAY)


def test_bill_to_keeps_the_payer_apart_from_the_client() -> None:
    own = billing.bill_to_of("Zoë Botha", "Main Road", "zoe@example.com")
    assert own == {"name": "Zoë Botha", "address": "Main Road", "email": "zoe@example.com", "client": "Zoë Botha"}
    other = billing.bill_to_of("Zoë Botha", "Main Road", "zoe@example.com", payer=("Ann Botha", "", "ann@example.com"))
    assert other == {"name": "Ann Botha", "address": "", "email": "ann@example.com", "client": "Zoë Botha"}


def test_quantities_and_rates_show_the_digits_they_have() -> None:
    assert [billing.quantity_text(value) for value in (1000, 1500, 125, 20000)] == ["1", "1.5", "0.125", "20"]
    assert [billing.percent_text(value) for value in (1500, 750, 1)] == ["15%", "7.5%", "0.01%"]
