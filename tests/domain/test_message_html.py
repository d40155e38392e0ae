"""A mail's text as a page: the same words, nothing of it markup, and links only where a thumb can follow them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guru_tui.domain.message_html import message_html

TEXT = """Dear Sarah,

This is a friendly reminder of your appointment with Sea Point Physio:

  Date:   Thu 26 November
  Time:   09:00
  Place:  15 Flannery Road, Sea Point

Please ring twice.
Bring your <referral> & card.

If you cannot make it, call 021 555 0100 or write to hello@seapoint.example.

Kind regards,
Naledi Khumalo
"""
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page strictly: every element that opens closes, in order; keeps tags, links and the visible words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.cells: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self.links.append((str(dict(attrs)["href"]), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.words.append(data)
        if "a" in self._open:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if "td" in self._open:
            self.cells.append(data)


def page(text: str, **given: str) -> Page:
    return Page(message_html(text, **{"name": "Sea Point Physio", **given}))


def words(text: str) -> list[str]:
    return re.sub(r"\s+", " ", text).split()


def test_the_default_text_keeps_its_words_its_table_and_its_ways_to_answer() -> None:
    shown = page(TEXT, phone="+27215550100", phone_shown="021 555 0100")
    assert shown.cells == ["Date", "Thu 26 November", "Time", "09:00", "Place", "15 Flannery Road, Sea Point"]
    assert shown.links == [
        ("tel:+27215550100", "021 555 0100"),
        ("mailto:hello@seapoint.example", "hello@seapoint.example"),
    ]
    told = words(" ".join(shown.words))
    assert told[-3:] == ["Sea", "Point", "Physio"], "the practice's name is at the foot"
    assert "<referral>" in told and "&" in told
    assert shown.tags.count("br") == 2, "lines within a paragraph stay lines"
    assert len(message_html(TEXT, name="Sea Point Physio").encode()) <= 3000


def test_nothing_is_loaded_from_anywhere_and_no_colour_is_set() -> None:
    html = message_html(TEXT, name="Sea Point Physio")
    assert not {"img", "link", "script", "iframe", "object"} & set(Page(html).tags)
    assert not re.search(r"src=|url\(|@import|background|[^-]color:", html)
    assert "color-scheme:light dark" in html


def test_numbers_that_are_for_paying_are_no_telephone_numbers() -> None:
    text = "Account 021 555 01001, branch 250655, invoice 0042, or 021 555 0100."
    shown = page(text, phone="+27215550100", phone_shown="021 555 0100")
    assert shown.links == [("tel:+27215550100", "021 555 0100")]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("See https://meet.example/room?a=1&b=2.", "https://meet.example/room?a=1&b=2"),
        ("(https://meet.example/x)", "https://meet.example/x"),
        ("Mail ann.o+x@mail.example, please", "mailto:ann.o+x@mail.example"),
    ],
)
def test_links_end_where_the_sentence_goes_on(text: str, target: str) -> None:
    assert page(text).links == [(target, target.removeprefix("mailto:"))]


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "http://plain.example", "data:text/html,x", "x@", "@y", "https://", "ftp://a.example"],
)
def test_other_schemes_stay_text(text: str) -> None:
    assert page(text).links == []


def test_a_quote_in_a_link_does_not_end_its_attribute() -> None:
    shown = page('https://a.example/"onmouseover="alert(1) https://b.example/<script>', name='"><script>')
    assert shown.attributes <= {"lang", "charset", "name", "content", "style", "href", "role"}
    assert "script" not in shown.tags


def test_braces_percents_and_paths_are_text() -> None:
    text = "{0} {name} {{client.first_name}} %s %(x)s $HOME /etc/passwd \\1 \\g<0>"
    assert words(" ".join(page(text).words))[: len(text.split())] == text.split()


def test_a_phone_that_is_none_makes_no_link() -> None:
    assert page("call 021", phone='"><script>', phone_shown="021").links == []
    assert page("call me", phone="+27215550100", phone_shown="").links == []


_ANY = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'\n\r \t:@/.{}%\\\x00\x1b\u2028\ud800")), max_size=300
)


@settings(deadline=None, max_examples=300)
@given(text=_ANY, name=_ANY, shown=_ANY, lang=st.sampled_from(["en", "af", '"><x>']))
def test_any_text_makes_a_well_formed_page_without_script(text: str, name: str, shown: str, lang: str) -> None:
    html = message_html(text, name=name, phone="+27215550100", phone_shown=shown, lang=lang)
    html.encode("utf-8")
    read = Page(html)
    assert set(read.tags) <= {"html", "head", "meta", "style", "body", "div", "p", "br", "table", "tr", "td", "a"}
    assert read.attributes <= {"lang", "charset", "name", "content", "style", "href", "role"}
    assert all(target.startswith(("https://", "mailto:", "tel:+27215550100")) for target, _ in read.links)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", html)


@settings(deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            [
                "Dear",
                "<b>",
                "&amp;",
                "a@b.example",
                "https://x.example/?q=1&r=2",
                "  Date:  ",
                "\n",
                "\n\n",
                "021 555 0100",
            ]
        ),
        max_size=40,
    ).map(" ".join)
)
def test_no_word_is_lost_or_added(text: str) -> None:
    read = page(text, phone="+27215550100", phone_shown="021 555 0100", name="End")
    told = "".join(words("".join(read.words).removesuffix("End\n").removesuffix("End")))
    assert told.replace(":", "") == "".join(text.split()).replace(":", ""), "only a table leaves out its colon"
