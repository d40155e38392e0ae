"""Merge tags: exactly the list, near matches named, values never read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.merge_tags import (
    MEANINGS,
    PREVIOUS_TAGS,
    TAGS,
    check,
    check_for,
    completions,
    fill,
    kinds_of,
    render,
    tags_for,
)
from guru_tui.domain.message_kinds import INVOICE_KINDS, VISIT_KINDS
from guru_tui.errors import Invalid

TYPED = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_is_replaced_with_and_without_blanks(tag: str) -> None:
    assert render(f"<{{{{{tag}}}}}|{{{{ {tag} }}}}>", {tag: "x"}).text == "<x|x>"


@given(TYPED, TYPED)
def test_a_value_stands_as_it_is_and_is_never_read_again(first: str, last: str) -> None:
    name = f"{{{{client.get_full_name}}}} {first} [[{{{{me.phone}}}}]]"
    values = {"client.first_name": name, "me.phone": last, "client.get_full_name": "never"}
    assert render("{{client.first_name}}/{{me.phone}}", values).text == f"{name}/{last}"


@given(TYPED.filter(lambda text: "{{" not in text and "[[" not in text))
def test_a_text_without_tags_stays_as_typed(text: str) -> None:
    assert render(text, {}).text == text


@given(st.dictionaries(st.sampled_from(TAGS), st.sampled_from(["", " ", "x"])))
def test_exactly_the_tags_without_a_value_are_reported(values: dict[str, str]) -> None:
    template = " ".join(f"{{{{{tag}}}}}" for tag in TAGS)
    assert render(template, values).empty == tuple(tag for tag in TAGS if not values.get(tag, "").strip())


def test_an_unknown_tag_is_refused_with_what_was_probably_meant() -> None:
    with pytest.raises(Invalid, match=r"no tag \{\{client.firstname\}\}; did you mean client.first_name"):
        check("Hi {{ client.firstname }}")
    with pytest.raises(Invalid, match=r"the tags are me\.get_full_name"):
        check("{{zzzzzzzz}}")
    with pytest.raises(Invalid, match="never closed"):
        check("Hi {{client.first_name}")


def test_an_optional_part_goes_with_its_empty_tag() -> None:
    template = "See you.[[ Call {{me.phone}}.]]"
    assert render(template, {"me.phone": "021"}).text == "See you. Call 021."
    assert render(template, {"me.phone": " "}).text == "See you."
    assert render(template, {}).empty == ()
    assert render("[[two {{me.phone}} and {{me.first_name}}]]", {"me.phone": "021"}).text == ""
    assert render("a [[bracket]] b", {}).text == "a [[bracket]] b"


def test_an_optional_line_leaves_no_hole() -> None:
    template = "One\n\n[[Two {{me.phone}}]]\n\nThree\n[[{{me.phone}}]]\nFour"
    assert render(template, {}).text == "One\n\nThree\nFour"
    assert render(template, {"me.phone": "2"}).text == "One\n\nTwo 2\n\nThree\n2\nFour"


def test_only_tags_that_mislead_when_empty_count_as_missing() -> None:
    rendered = render("{{appointment_start_date}} {{appointment.instructions}} {{invoice.number}}", {})
    assert rendered.missing == ("appointment_start_date", "invoice.number")


def test_what_has_been_typed_of_a_tag_is_completed_with_what_fits_the_message() -> None:
    assert completions("client", "reminder") == ["client.first_name", "client.get_full_name"]
    assert completions("Start_D", "reminder") == ["appointment_start_date"]
    assert completions("invoice", "reminder") == [] and completions("prev", "confirmation") == []
    assert completions("previous", "reschedule") == ["appointment_previous_date", "appointment_previous_time"]
    assert completions("", "invoice") == list(tags_for("invoice")) and "invoice.number" in tags_for("invoice")
    assert set(MEANINGS) == set(TAGS + PREVIOUS_TAGS)
    assert kinds_of("me.phone") == VISIT_KINDS + INVOICE_KINDS


@given(st.text(alphabet="{}[]abc. \n", max_size=30), st.sampled_from(VISIT_KINDS + INVOICE_KINDS))
def test_what_may_be_saved_leaves_no_brace_behind(text: str, kind: str) -> None:
    fill(text, {})  # while it is written anything may stand there
    try:
        check_for(f"{text} {{{{client.first_name}}}}", kind)
    except Invalid:
        return
    sent = render(f"{text} {{{{client.first_name}}}}", {"client.first_name": "Sarah"}).text
    assert "{{" not in sent and "}}" not in sent and sent.endswith("Sarah")
    assert sent.count("[[") == sent.count("]]")


def test_while_it_is_written_what_is_no_tag_stays() -> None:
    assert fill("Hi {{client.first_name}} {{foo}} {{cl", {"client.first_name": "Zoë"}) == "Hi Zoë {{foo}} {{cl"
