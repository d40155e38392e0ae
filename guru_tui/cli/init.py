"""`guru init`: set up a practice without questions."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """Every answer is an option; nothing is asked."""
    parser.description = "Set up your practice in the data directory (GURU_HOME). Refuses where there is one already."
    parser.epilog = (
        'example: guru init --name "Naledi Khumalo" --practice "Sea Point Physio" \\\n'
        '                   --email hello@seapointphysio.example --phone "021 555 0100"'
    )
    parser.add_argument("--name", default="", help="your first and last name")
    parser.add_argument("--practice", default="", help="name of the practice")
    parser.add_argument("--email", default="", help="the practice's email address")
    parser.add_argument("--phone", default="", help="the number clients call back")
    parser.add_argument("--profession", default="", help="for example Physiotherapist")
    parser.add_argument("--zone", default="", help="IANA time zone (default: this machine's, else Africa/Johannesburg)")
    parser.add_argument("--currency", default="", help="ISO currency code (default ZAR)")
    parser.add_argument("--country", default="", help="ISO country code for phone numbers (default ZA)")
    parser.add_argument("--sample", action="store_true", help="fill it with a sample practice to try things on")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the store, fill in the answers, say what comes next."""
    from guru_tui.services.setup import Answers, set_up

    guru = context.guru
    set_up(
        guru.settings,
        guru.clock,
        Answers(
            name=options.name,
            practice=options.practice,
            email=options.email,
            phone=options.phone,
            profession=options.profession,
            zone=options.zone,
            currency=options.currency,
            country=options.country,
        ),
        sample=options.sample,
    )
    practice = guru.reads.practice()
    if options.json:
        context.output.json({"home": str(guru.settings.home), "practice": practice.name, "zone": practice.zone})
        return 0
    context.output.line(f"{practice.name} is set up in {guru.settings.home}")
    context.output.line(f"zone {practice.zone}, currency {practice.currency}, country {practice.country}")
    if options.sample:
        context.output.line("It holds a sample practice. Open it: guru")
        return 0
    context.output.line("Next:")
    context.output.line('  guru hours set "Mon-Fri 08:00-12:30 13:30-17:00"')
    context.output.line('  guru types add "Follow-up" --minutes 60 --fee 450')
    context.output.line("  guru clients import clients.csv")
    context.output.line('  guru book "sarah b tomorrow 10:00"')
    context.output.line("  guru doctor        (tells how to set up mail and SMS)")
    return 0
