"""`guru templates`: the texts of messages, and whether they go out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from guru_tui.cli.output import add_json, number
from guru_tui.domain.practice import CHANNELS, CLIENT_KINDS, LANGUAGES
from guru_tui.errors import Invalid, NotAllowed, UsageMistake
from guru_tui.services.files import typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from guru_tui.cli import Context
    from guru_tui.domain.views.templates import TemplatePreview, TemplateRow
    from guru_tui.services.message_texts import Template

    Run = Callable[[Context, argparse.Namespace], int]

_KINDS = ", ".join(CLIENT_KINDS)
_LARGEST = 200_000  # bytes: far more than any text that is taken


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "The texts of messages: one for each kind, channel and language. A change holds for all that has not left."
    )
    parser.epilog = (
        "example:\n"
        "  guru templates show reminder sms > reminder.txt      then edit the file, and\n"
        "  guru templates set reminder sms reminder.txt\n"
        "  guru templates preview reminder sms\n"
        "  guru templates off confirmation sms\n"
        f"\nkinds: {_KINDS}"
    )
    commands = parser.add_subparsers(required=True, dest="what", metavar="list|show|set|reset|on|off|preview|tags|test")

    def command(word: str, text: str, example: str, run: Run, *, of_one: bool = True, language: bool = True) -> Any:
        sub = commands.add_parser(
            word, help=text, description=f"{text[:1].upper()}{text[1:]}.", epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        sub.set_defaults(run=run)
        if of_one:
            sub.add_argument("kind", metavar="KIND", choices=CLIENT_KINDS, help=f"one of {_KINDS}")
            sub.add_argument("channel", metavar="CHANNEL", choices=CHANNELS, help="email or sms")
        if language:
            sub.add_argument(
                "--language", choices=LANGUAGES, default="", metavar="L", help="en or af (default: the practice's)"
            )
        add_json(sub)
        return sub

    command("list", "every text and whether it goes out", "guru templates list --language af", _list, of_one=False)
    command("show", "one text, as `set` takes it", "guru templates show reminder email > reminder.txt", _show)
    setting = command("set", "keep a text of your own", "guru templates set reminder email reminder.txt", _set)
    setting.add_argument("file", metavar="FILE", help="the file with the text, or - for standard input")
    setting.add_argument("--subject", help="the subject of a mail, where the file has no line `Subject: ...` on top")
    command("reset", "go back to the default text", "guru templates reset reminder sms", _reset)
    command("on", "send these messages again", "guru templates on confirmation sms", _switch, language=False)
    command("off", "send these messages no longer", "guru templates off confirmation sms", _switch, language=False)
    preview = command("preview", "a text as it would go out", "guru templates preview reminder sms", _preview)
    _sample_arguments(preview)
    preview.add_argument(
        "--file", metavar="FILE", help="try this file's text (- for standard input), without keeping it"
    )
    command("tags", "what a text can name in {{ }}", "guru templates tags", _tags, of_one=False, language=False)
    test = command("test", "send a text to yourself, filled in", "guru templates test reminder sms", _test)
    _sample_arguments(test)
    test.add_argument("--to", default="", help="where to, instead of the practice's own address or number")


def _sample_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--appointment", type=number, metavar="ID", help="on this appointment (default: the next; guru agenda has ids)"
    )
    parser.add_argument("--invoice", metavar="NUMBER", help="on this invoice (default: the newest one)")


def _list(context: Context, options: argparse.Namespace) -> int:
    rows = context.guru.reads.templates(options.language)
    if options.json:
        context.output.json({"templates": [_as_json(row) for row in rows]})
        return 0
    context.output.table(
        ("kind", "channel", "on", "text", "begins"),
        [(row.kind, row.channel, "yes" if row.on else "off", _whose(row), _beginning(row)) for row in rows],
    )
    return 0


def _whose(row: TemplateRow) -> str:
    return "your own" if row.own else "default"


def _beginning(row: TemplateRow) -> str:
    text = " ".join((row.subject or row.body).split())
    return text if len(text) <= 70 else f"{text[:69]}…"


def _row(context: Context, options: argparse.Namespace) -> TemplateRow:
    rows = context.guru.reads.templates(options.language)
    return next(row for row in rows if (row.kind, row.channel) == (options.kind, options.channel))


def _show(context: Context, options: argparse.Namespace) -> int:
    from guru_tui.services.message_texts import Template, written

    row = _row(context, options)
    if options.json:
        context.output.json(_as_json(row))
    else:
        context.output.line(written(Template(row.subject, row.body), row.channel))
    return 0


def _set(context: Context, options: argparse.Namespace) -> int:
    text = _text(options.file, options.channel, options.subject)
    language = options.language or context.guru.reads.practice()["language"]
    own = context.guru.templates.save(options.kind, options.channel, language, text.subject, text.body)
    if options.json:
        context.output.json(_as_json(_row(context, options)))
        return 0
    told = "kept; it holds for everything that has not left" if own else "the default, word for word; nothing to keep"
    context.output.line(f"{_named(options)} in {LANGUAGES[language]}: {told}.")
    if options.channel == "sms":
        _tell_size(context, context.guru.reads.template_preview(options.kind, options.channel, language=language))
    return 0


def _reset(context: Context, options: argparse.Namespace) -> int:
    language = options.language or context.guru.reads.practice()["language"]
    changed = context.guru.templates.reset(options.kind, options.channel, language)
    if options.json:
        context.output.json(_as_json(_row(context, options)))
    else:
        told = "the default text holds again" if changed else "the default text holds already"
        context.output.line(f"{_named(options)} in {LANGUAGES[language]}: {told}.")
    return 0


def _switch(context: Context, options: argparse.Namespace) -> int:
    on = options.what == "on"
    changed = context.guru.templates.switch(options.kind, options.channel, on)
    if options.json:
        context.output.json({"kind": options.kind, "channel": options.channel, "on": on})
    else:
        context.output.line(f"{_named(options)} is {'' if changed else 'already '}{'on' if on else 'off'}.")
    return 0


def _preview(context: Context, options: argparse.Namespace) -> int:
    text = _text(options.file, options.channel, None) if options.file else None
    appointment_id, invoice_id = _sample(context, options)
    shown = context.guru.reads.template_preview(
        options.kind,
        options.channel,
        language=options.language,
        subject=text.subject if text else None,
        body=text.body if text else None,
        appointment_id=appointment_id,
        invoice_id=invoice_id,
    )
    if shown.wrong:
        raise Invalid(shown.wrong)
    if options.json:
        context.output.json(_preview_json(options, shown))
        return 0
    context.output.line(f"To {shown.sample.name}, {shown.sample.about}:")
    context.output.line()
    if shown.subject:
        context.output.line(f"Subject: {shown.subject}")
        context.output.line()
    context.output.line(shown.body)
    context.output.line()
    _tell_size(context, shown)
    if shown.problem:
        context.output.line(f"It would be held back: {shown.problem}.")
    return 0


def _tell_size(context: Context, shown: TemplatePreview) -> None:
    size = shown.size
    if size is None:
        return
    price = f", {shown.price}" if shown.price else ""
    context.output.line(f"{size.length} characters ({size.encoding}), {size.segments} SMS{price}")
    if shown.advice:
        context.output.line(shown.advice)


def _tags(context: Context, options: argparse.Namespace) -> int:
    from guru_tui.domain.merge_tags import MEANINGS, kinds_of

    if options.json:
        context.output.json(
            {"tags": [{"tag": tag, "meaning": text, "kinds": kinds_of(tag)} for tag, text in MEANINGS.items()]}
        )
        return 0
    every = len(CLIENT_KINDS)
    context.output.table(
        ("tag", "stands for", "in"),
        [
            (f"{{{{{tag}}}}}", text, "every message" if len(kinds_of(tag)) == every else ", ".join(kinds_of(tag)))
            for tag, text in MEANINGS.items()
        ],
    )
    context.output.line()
    context.output.line("[[ ]] marks an optional part: it is left out where a tag inside it has no value.")
    return 0


def _test(context: Context, options: argparse.Namespace) -> int:
    appointment_id, invoice_id = _sample(context, options)
    row = context.guru.templates.send_test(
        options.kind,
        options.channel,
        options.language,
        appointment_id=appointment_id,
        invoice_id=invoice_id,
        to=options.to,
    )
    if options.json:
        from guru_tui.cli.outbox import listed

        context.output.json(listed(row, context.guru.reads.practice().zone))
    else:
        context.output.line(f"Message {row.id} to {row.recipient} leaves with the next run (guru remind).")
    return 0


def _sample(context: Context, options: argparse.Namespace) -> tuple[int | None, int | None]:
    """The ids of the appointment and of the invoice that were named."""
    about_invoice = "invoice" in options.kind or options.kind.startswith("payment")
    if options.appointment is not None and about_invoice:
        raise UsageMistake(f"A {options.kind} message is about an invoice; name one with --invoice NUMBER.")
    if options.invoice is not None and not about_invoice:
        raise UsageMistake(f"A {options.kind} message is about an appointment; name one with --appointment ID.")
    invoice = context.guru.reads.invoice(options.invoice).row.id if options.invoice is not None else None
    return options.appointment, invoice


def _text(file: str, channel: str, subject: str | None) -> Template:
    """The text in a file or on standard input; a subject on top of a text message is refused."""
    from guru_tui.services.message_texts import Template, read_template

    data = _bytes(file)
    if len(data) > _LARGEST:
        raise Invalid(f"{file} is too large to be the text of a message.")
    try:
        content = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Invalid(f"{file} is not a text in UTF-8; save it as plain text.") from None
    if channel == "sms" and (subject is not None or content.startswith("Subject:")):
        raise Invalid("An SMS has no subject; leave it out.")
    text = read_template(content, channel)
    return text if subject is None else Template(subject, text.body)


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(_LARGEST + 1)
    try:
        with typed(file).open("rb") as opened:
            return opened.read(_LARGEST + 1)
    except OSError as error:
        raise NotAllowed(f"{file} cannot be read ({error.strerror}); check its name.") from None


def _named(options: argparse.Namespace) -> str:
    return f"{options.kind.replace('-', ' ').capitalize()} by {'SMS' if options.channel == 'sms' else 'mail'}"


def _as_json(row: TemplateRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "channel": row.channel,
        "language": row.language,
        "on": row.on,
        "own": row.own,
        "subject": row.subject,
        "body": row.body,
    }


def _preview_json(options: argparse.Namespace, shown: TemplatePreview) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": options.kind,
        "channel": options.channel,
        "to": shown.sample.name,
        "appointment": shown.sample.appointment_id,
        "invoice": shown.sample.invoice_id,
        "subject": shown.subject,
        "body": shown.body,
        "problem": shown.problem,
    }
    if shown.size is not None:
        size = shown.size
        document["sms"] = {
            "encoding": size.encoding,
            "length": size.length,
            "segments": size.segments,
            "offending": size.offending,
            "price": shown.price,
            "advice": shown.advice,
        }
    return document
