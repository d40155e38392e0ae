"""The practitioner's own texts: kept, refused, put back, switched, tried and tested; and they hold for what waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.merge_tags import check_for
from guru_tui.domain.practice import CHANNELS, CLIENT_KINDS, LANGUAGES
from guru_tui.domain.sms_text import measure
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.resources import data_file
from guru_tui.services.message_texts import compose, default_template, read_template, written
from tests.outbox_support import book, client, outbox, run, setting, texts

EVERY = [(kind, channel, language) for language in LANGUAGES for kind in CLIENT_KINDS for channel in CHANNELS]


def row(guru: Guru, kind: str = "reminder", channel: str = "sms", language: str = "en"):
    return next(each for each in guru.reads.templates(language) if (each.kind, each.channel) == (kind, channel))


# ---- the texts that ship -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_every_default_text_is_one_that_could_be_saved(guru: Guru, kind: str, channel: str, language: str) -> None:
    text = default_template(kind, channel, language)
    check_for(text.subject, kind)
    check_for(text.body, kind)
    assert bool(text.subject) == (channel == "email")
    assert "{{client.first_name}}" in text.body and "{{me.practice_name}}" in text.body
    assert read_template(written(text, channel), channel) == text
    stored = data_file(f"templates/{language}/{kind}.{channel}.txt").read_text("utf-8")
    assert written(text, channel) + "\n" == stored
    assert guru.templates.save(kind, channel, language, text.subject, text.body) is False


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_a_default_text_message_is_one_sms(guru: Guru, kind: str, language: str) -> None:
    setting(guru, "practice_name", "Kirstenbosch Physio")
    values = {
        "client.first_name": "Nontobeko",
        "appointment_start_date": "Wed 23 September" if language == "en" else "Wo 23 September",
        "appointment_previous_date": "Tue 22 September" if language == "en" else "Di 22 September",
        "invoice.number": "INV-10234",
        "invoice.amount_due": "R1 450.00",
        "invoice.due_date": "23 September 2026",
    }
    known = guru.reads.template_preview(kind, "sms", language=language, made_up=True).values
    size = measure(compose(default_template(kind, "sms", language), {**known, **values}).body)
    assert (size.encoding, size.segments) == ("GSM-7", 1), size


def test_dates_are_in_the_language_of_the_client(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru, "Annelie", language="af", mobile=""), "2026-11-26T09:00", notify=True)
    book(guru, client(guru, "Sarah", mobile=""), "2026-11-26T10:00", notify=True)
    english, afrikaans = sorted((each for each in outbox(guru)), key=lambda each: each.recipient_name, reverse=True)
    assert english.subject == "Your appointment on Thu 26 November at 10:00"
    assert afrikaans.subject == "Jou afspraak op Do 26 November om 09:00"
    assert "Beste Annelie," in afrikaans.body and "Dear Sarah," in english.body


@pytest.mark.parametrize(
    ("own", "practice", "said"),
    [("", "en", "Your"), ("", "af", "Jou"), ("en", "af", "Your"), ("af", "en", "Jou"), ("zu", "af", "Your")],
)
def test_who_has_chosen_no_language_follows_the_practice(guru: Guru, own: str, practice: str, said: str) -> None:
    setting(guru, "language", practice)
    book(guru, client(guru, language=own, mobile=""), "2026-11-27T09:00", notify=True)
    assert outbox(guru)[0].subject.startswith(said)


# ---- keeping -------------------------------------------------------------------------------------------


def test_an_own_text_is_kept_and_put_back_and_both_can_be_undone(guru: Guru) -> None:
    assert guru.templates.save(
        "reminder", "sms", "en", "ignored", "  See you  {{appointment_start_time}}\r\n\x1b[31m!\n\n"
    )
    kept = row(guru)
    assert (kept.own, kept.subject, kept.body) == (True, "", "  See you  {{appointment_start_time}}\n[31m!")
    assert not row(guru, channel="email").own and not row(guru, language="af").own
    assert guru.templates.save("reminder", "sms", "en", "", "Other")
    assert guru.templates.reset("reminder", "sms", "en") is True
    assert guru.templates.reset("reminder", "sms", "en") is False
    assert not row(guru).own
    assert guru.undo.undo().summary == "Put back the default reminder SMS"
    assert row(guru).body == "Other"
    assert guru.undo.undo().summary == "Changed the reminder SMS"
    assert row(guru).body.startswith("  See you")
    guru.undo.undo()
    assert not row(guru).own


@pytest.mark.parametrize(
    ("kind", "channel", "subject", "body", "said"),
    [
        (
            "reminder",
            "sms",
            "",
            "Hi {{client.firstname}}",
            r"no tag \{\{client.firstname\}\}; did you mean client.first_name",
        ),
        ("reminder", "sms", "", "Hi {{Client.First_Name}}", "did you mean client.first_name"),
        ("reminder", "sms", "", "Hi {{qqqq}}", "guru templates tags"),
        ("reminder", "sms", "", "Hi {{}}", r"no tag \{\{\}\}"),
        ("reminder", "sms", "", "{{invoice.number}}", "never has a value in a reminder message"),
        ("reminder", "sms", "", "[[{{appointment_previous_date}}]]", "only a reschedule message"),
        ("invoice", "sms", "", "{{appointment_start_date}}", "about an invoice"),
        ("reminder", "email", "{{invoice.due_date}}", "x", "never has a value"),
        ("reminder", "email", " ", "x", "needs a subject"),
        ("reminder", "sms", "", " \n ", "text is empty"),
        ("reminder", "sms", "", "Hi {{client.first_name", "never closed"),
        ("reminder", "sms", "", "Hi {{client {{client.first_name}}", "never closed"),
        ("reminder", "sms", "", "Hi client.first_name}}", "without its {{"),
        ("reminder", "sms", "", "[[Call {{me.phone}}", "never closed"),
        ("reminder", "sms", "", "Call {{me.phone}}]]", r"\]\] without its"),
        ("reminder", "sms", "", "[[a [[{{me.phone}}]] b]]", "inside another"),
        ("agenda", "email", "x", "x", "no kind of message 'agenda'"),
        ("reminder", "pigeon", "x", "x", "no channel 'pigeon'"),
        ("reminder", "sms", "", "x" * 20_001, "shorten it"),
    ],
)
def test_what_would_go_wrong_is_refused(
    guru: Guru, kind: str, channel: str, subject: str, body: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        guru.templates.save(kind, channel, "en", subject, body)
    assert not any(each.own for each in guru.reads.templates("en"))


def test_a_language_without_texts_is_refused(guru: Guru) -> None:
    for language in ("zu", "", "en/../af"):
        with pytest.raises(Invalid, match="no texts in"):
            guru.templates.save("reminder", "sms", language, "", "x")
    with pytest.raises(Invalid, match="no texts in"):
        guru.reads.templates("zu")


def test_brackets_and_braces_of_people_stay_as_they_are(guru: Guru) -> None:
    guru.templates.save("reminder", "sms", "en", "", "[[1]] {x} {{client.first_name}}")
    appointment = book(guru, client(guru, "{{me.phone}} [[", "}} ]]", email=""), "2026-11-27T09:00")
    shown = guru.reads.template_preview("reminder", "sms", appointment_id=appointment)
    assert shown.body == "[[1]] {x} {{me.phone}} [["


# ---- it holds for what has not left --------------------------------------------------------------------


def test_a_change_holds_for_what_waits(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru, mobile=""), "2026-11-27T09:00", notify=True)
    assert "Thank you for booking" in outbox(guru)[0].body
    guru.templates.save("confirmation", "email", "en", "Booked", "Hello {{client.first_name}} {{me.phone}}")
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    assert texts(home)[0].strip() == "Hello Sarah 021 555 0100"
    assert outbox(guru)[0].subject == "Booked"


def test_reminders_in_two_languages_go_out_in_one_run(guru: Guru, clock: FixedClock, home: Path) -> None:
    guru.templates.save("reminder", "sms", "af", "", "Sien jou {{appointment_start_date}}, {{client.first_name}}")
    book(guru, client(guru, "Annelie", email="", language="af"), "2026-11-26T09:00")
    book(guru, client(guru, "Sarah", email=""), "2026-11-26T10:00")
    assert run(guru).sent == 2
    sent = sorted(texts(home))
    assert sent[1] == "Sien jou Do 26 November, Annelie"
    assert sent[0].startswith(
        "Hi Sarah, a reminder of your appointment with Sea Point Physio on Thu 26 November at 10:00."
    )


# ---- on and off ----------------------------------------------------------------------------------------


def test_switching_is_one_step_of_undo(guru: Guru) -> None:
    assert guru.templates.switch("reminder", "sms", False) is True
    assert guru.templates.switch("reminder", "sms", False) is False
    assert guru.templates.switch("confirmation", "email", False) is True
    practice = guru.reads.practice()
    assert practice["messages_off"] == "confirmation.email,reminder.sms"
    assert not row(guru).on and row(guru, channel="email").on
    guru.undo.undo()
    assert guru.reads.practice()["messages_off"] == "reminder.sms"
    assert guru.templates.switch("reminder", "sms", True) is True
    assert guru.reads.practice()["messages_off"] == ""
    with pytest.raises(Invalid):
        guru.templates.switch("agenda", "email", False)


# ---- trying it -----------------------------------------------------------------------------------------


def test_a_text_is_tried_on_the_next_appointment_or_on_somebody_made_up(guru: Guru) -> None:
    shown = guru.reads.template_preview("reminder", "sms")
    assert (shown.sample.appointment_id, shown.sample.about) == (None, "made up")
    later = book(guru, client(guru, "Zoë", "Smit", email="zoe@example.com"), "2026-12-04T09:00")
    first = book(guru, client(guru, "Sarah", "Botha"), "2026-11-27T09:00")
    book(guru, 2, "2026-12-08T09:00")
    assert [each.appointment_id for each in guru.reads.template_samples("reminder")] == [first, later]
    assert "Sarah" in guru.reads.template_preview("reminder", "sms").body
    shown = guru.reads.template_preview("reschedule", "sms", language="af", appointment_id=later)
    assert "Vr 4 Desember om 09:00 (was Do 3 Desember 09:00)" in shown.body
    assert shown.size is not None and shown.size.offending == "ë" and shown.size.encoding == "UCS-2"
    assert shown.advice == (
        "“ë” is not in the SMS alphabet, it comes from {{client.first_name}}: an SMS holds 70 characters then, not 160."
    )
    with pytest.raises(NotFound, match="no appointment 99"):
        guru.reads.template_preview("reminder", "sms", appointment_id=99)


def test_the_price_and_the_way_to_save_are_named(guru: Guru) -> None:
    setting(guru, "sms_price", "0.32")
    body = f"Hi {{{{client.first_name}}}} – {'x' * 70}"
    shown = guru.reads.template_preview("reminder", "sms", body=body)
    assert shown.size is not None and (shown.size.segments, shown.size.offending) == (2, "–")
    assert shown.price == "R0.64"
    assert shown.advice == "“–” is not in the SMS alphabet: write “-” instead and save 1 SMS."
    assert guru.reads.template_preview("reminder", "email").size is None


def test_a_text_with_a_mistake_is_shown_with_it(guru: Guru) -> None:
    shown = guru.reads.template_preview("reminder", "sms", body="Hi {{client.first_name}} {{foo}} {{invoice.number}}")
    assert shown.body == "Hi Sarah {{foo}}"
    assert shown.wrong.startswith("There is no tag {{foo}}")
    setting(guru, "phone", "")
    shown = guru.reads.template_preview("invoice", "email", made_up=True)
    assert not shown.wrong and not shown.problem


# ---- a test to oneself ---------------------------------------------------------------------------------


def test_a_test_leaves_as_it_is_at_any_hour(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru, "Annelie", language="af"), "2026-11-27T09:00")
    clock.advance(hours=12)  # in the quiet hours
    mail = guru.templates.send_test("reminder", "email", "af")
    again = guru.templates.send_test("reminder", "email", "af", subject="Own", body="Draft {{client.first_name}}")
    sms = guru.templates.send_test("invoice", "sms", to="082 555 0199")
    assert len({mail.id, again.id, sms.id}) == 3
    assert (mail.recipient, sms.recipient) == ("hello@seapointphysio.example", "+27825550199")
    run(guru)
    assert {each.id: each.state for each in outbox(guru) if each.client_id is None} == dict.fromkeys(
        (mail.id, again.id, sms.id), "sent"
    )
    sent = texts(home)
    assert any(text.strip() == "Draft Annelie" for text in sent)
    assert any("Net 'n vriendelike herinnering" in text for text in sent)
    assert guru.reads.actions()[0].summary == "Sent yourself a test of the invoice SMS"


def test_a_test_that_cannot_go_says_why(guru: Guru) -> None:
    with pytest.raises(NotAllowed, match="takes no SMS"):
        guru.templates.send_test("reminder", "sms")
    with pytest.raises(Invalid, match="not an email address"):
        guru.templates.send_test("reminder", "email", to="x@\r\nBcc: all")
    with pytest.raises(Invalid, match="no tag"):
        guru.templates.send_test("reminder", "email", body="{{foo}}")
    setting(guru, "email", "")
    with pytest.raises(NotAllowed, match="guru settings set email"):
        guru.templates.send_test("reminder", "email")
    assert outbox(guru) == []
