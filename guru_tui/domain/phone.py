"""Phone numbers: kept in E.164 (ITU-T), shown as people at home write them."""

from __future__ import annotations

import re

from guru_tui.errors import Invalid

_ZA = re.compile(r"\+27(\d{2})(\d{3})(\d{4})")
# ICASA's numbering plan: 06, 07 and 081 to 085 are mobile; 080 and 086 to 089 are toll-free, shared-cost and the like.
_ZA_MOBILE = re.compile(r"\+27(?:[67]\d|8[1-5])\d{7}")
_TYPED = re.compile(r"[\d\s+()./,'’‐‑–—-]+")


def to_e164(text: str, country: str) -> str:
    """The E.164 form of a number typed in `country` (ISO 3166 code); raises `Invalid` if it cannot be one."""
    import phonenumbers

    example = "082 555 0134" if country == "ZA" else "+27 82 555 0134"
    wrong = Invalid(f"{text.strip()!r} is not a phone number; write it like {example} or with its country code.")
    if not _TYPED.fullmatch(text.strip()):
        raise wrong
    digits = re.sub(r"[^\d+]", "", text.translate(_SAME_DIGITS))
    if country == "ZA" and re.fullmatch(r"[678]\d{8}", digits):
        digits = "0" + digits  # a spreadsheet has eaten the leading zero
    elif re.fullmatch(r"27\d{9}", digits) and country == "ZA":
        digits = "+" + digits
    elif digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        raise wrong from None
    # A number without its area code is "possible" for phonenumbers, but cannot be dialled from elsewhere.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise wrong
    if country == "ZA" and number.country_code == 27 and len(str(number.national_number)) != 9:
        raise wrong
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def takes_sms(e164: str) -> bool:
    """Whether a text message can reach the number: for South Africa only mobile ranges can."""
    return bool(_ZA_MOBILE.fullmatch(e164)) if e164.startswith("+27") else e164.startswith("+")


def national(e164: str) -> str:
    """`082 555 0134` for South Africa, international grouping for everyone else; empty stays empty."""
    match = _ZA.fullmatch(e164)
    if match:
        return f"0{match.group(1)} {match.group(2)} {match.group(3)}"
    if not e164:
        return ""
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


_SAME_DIGITS = {
    ord(character): str(digit)
    for base in (0x0660, 0x06F0, 0xFF10)
    for digit, character in enumerate(chr(base + offset) for offset in range(10))
}
