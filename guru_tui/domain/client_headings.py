"""What the columns of a client list are called, in English and in Afrikaans."""

from __future__ import annotations

import re

from guru_tui.domain.client_fields import CLIENT_FIELDS
from guru_tui.domain.text import fold
from guru_tui.errors import Invalid

FULL_NAME = "name"
PHONE = "phone"
"""Any number: taken for the mobile where the row has none of its own."""
ARCHIVED = "archived"
IGNORE = "ignore"
FIELDS = (FULL_NAME, *CLIENT_FIELDS, PHONE, ARCHIVED)

_WHOSE = ("client ", "patient ", "customer ", "contact ", "klient ", "pasient ")

# Folded, with blanks instead of punctuation; a word before them that says whose it is ("Client email") is left out.
_HEADINGS = {
    FULL_NAME: """
        names, naam, name s, full name, fullname, client, patient, contact, customer, display name, person, name
        and surname, name surname, first and last name, first name and surname, full names, naam en van, naam
        van, volle naam, volledige naam, volle name, klient, klientnaam, naam van klient, pasient, pasientnaam,
        name of client, name of patient
    """,
    "first_name": """
        firstname, first names, first, given name, given names, given, forename, forenames, christian name,
        voornaam, voorname, voornaam e, noemnaam, roepnaam
    """,
    "last_name": """
        surname, sur name, lastname, last, family name, family, van, familienaam, agternaam, second name
    """,
    "mobile": """
        mobile phone, mobile number, mobile no, mobile nr, mobile telephone, mobile phone number, cell, cell
        phone, cellphone, cell number, cell no, cell nr, cellular, cellphone number, cellphone no, cell phone
        number, cell phone no, cellular number, selfoon, selfoonnommer, selfoon nommer, selfoonnr, selfoon nr,
        selfoon no, sel, selnommer, sel nr, sel no, sms, sms number, whatsapp, whatsapp number, gsm, msisdn,
        phone mobile, mobile phone 1
    """,
    PHONE: """
        phone number, phone no, phone nr, telephone, telephone number, telephone no, tel, tel no, tel nr, tel
        number, telefoon, telefoonnommer, telefoon nommer, tel nommer, foon, foonnommer, primary phone, home
        phone, phone 1 value, contact number, contact no, contact nr, kontaknommer, kontak nommer, number,
        nommer, phone 1, home tel, tuis tel, huisfoon, work phone
    """,
    "email": """
        e mail, mail, email address, e mail address, emailaddress, email 1, e mail 1, email 1 value, e mail 1
        value, epos, e pos, eposadres, epos adres, e pos adres, e posadres, primary email, e mailadres, email
        adres
    """,
    "address": """
        physical address, home address, postal address, street address, residential address, adres, woonadres,
        posadres, straatadres, fisiese adres, address 1, address 2, address 3, address line 1, address line 2,
        address line 3, street, straat, suburb, voorstad, city, town, stad, dorp, province, provinsie, postal
        code, post code, postcode, zip, zip code, poskode
    """,
    "birth_date": """
        date of birth, dob, d o b, birthdate, birthday, born, birth day, geboortedatum, geboorte datum,
        verjaarsdag, verjaardag, geb datum, date of birth yyyy mm dd
    """,
    "id_number": """
        id no, id nr, idnumber, identity number, identity no, id passport, id passport number, passport, passport
        number, passport no, sa id, sa id number, rsa id, id nommer, idnommer, identiteitsnommer, paspoort,
        paspoortnommer
    """,
    "language": """
        preferred language, home language, taal, voorkeurtaal, huistaal
    """,
    "sms_allowed": """
        sms ok, sms consent, sms opt in, may sms, sms reminders, allow sms
    """,
    "email_allowed": """
        email ok, email consent, email opt in, may email, email reminders, allow email
    """,
    "codes_consent_on": """
        codes by mail agreed on, codes consent
    """,
    "bill_to_name": """
        bill to, account holder, account name, payer, rekeninghouer, verantwoordelike persoon
    """,
    "bill_to_email": """
        account email, accounts email, billing email, rekening epos
    """,
    "bill_to_address": """
        billing address, account address, rekeningadres
    """,
    ARCHIVED: """
        archived on, argief
    """,
}
_WORDS = {" ".join(words.split()): field for field, listed in _HEADINGS.items() for words in listed.split(",")}
_WORDS |= {field.replace("_", " "): field for field in FIELDS}
_EITHER_NAME = frozenset({"name", "names", "name s", "naam"})


def heading_words(text: str) -> str:
    """A heading as it is compared: folded, without punctuation, blanks made one."""
    return " ".join(re.sub(r"[^\w]|_", " ", fold(text)).split())


def field_of(heading: str) -> str | None:
    """The field that a column with this heading holds, None for one that is not known."""
    words = heading_words(heading)
    if words in _WORDS:
        return _WORDS[words]
    whose = next((prefix for prefix in _WHOSE if words.startswith(prefix)), "")
    return _WORDS.get(words.removeprefix(whose)) if whose else None


def is_first_or_full(heading: str) -> bool:
    """Whether `heading` ("Name", "Naam") means the first name where the table has a surname of its own."""
    words = heading_words(heading)
    whose = next((prefix for prefix in _WHOSE if words.startswith(prefix)), "")
    return words.removeprefix(whose) in _EITHER_NAME


def field_named(text: str) -> str:
    """The field that `text` names: its own name, one of its usual headings, or `ignore`; raises `Invalid`."""
    if heading_words(text) in (IGNORE, "none", "skip"):
        return IGNORE
    field = field_of(text)
    if field is None:
        raise Invalid(f"There is no client field {text!r}; a column can be {', '.join(FIELDS)} or {IGNORE}.")
    return field
