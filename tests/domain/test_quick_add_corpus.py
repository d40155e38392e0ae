"""Phrases and their one right reading, on Wednesday 25 November 2026 at 10:00, with lunch from 12:30 to 13:30."""

from __future__ import annotations

from datetime import datetime

import pytest

from guru_tui.domain.quick_add import ClientList, ClientMatch, Reading, format_reading, parse, parse_block
from guru_tui.domain.recurrence import starts, told
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow

NOW = datetime(2026, 11, 25, 10, 0)
HOURS = [Interval(day, opens, closes) for day in range(5) for opens, closes in ((480, 750), (810, 1020))]
TYPES = [
    AppointmentTypeRow(1, "Follow-up", 60, 45000, 1, "Sea Point", 0, 0, True),
    AppointmentTypeRow(2, "Intro", 60, 60000, 1, "Sea Point", 0, 0, True),
    AppointmentTypeRow(3, "Massage", 45, 60000, 1, "Sea Point", 0, 0, True),
    AppointmentTypeRow(4, "Sports massage", 90, 90000, 2, "Gardens", 0, 0, True),
]
PLACES = [
    LocationRow(1, "Sea Point", "", "", "", "", True),
    LocationRow(2, "Gardens", "", "", "", "", True),
]
NAMES = (
    "Sarah Botha",
    "Thandi Nkosi",
    "Jan van_Wyk",
    "Zoë Adams",
    "Lerato Mokoena",
    "June Smith",
    "Friday Dube",
    "April Jacobs",
    "May Chen",
    "Monica Peters",
    "Anne-Marie O'Brien",
    "Łucja Nowak",
)
CLIENTS = ClientList(
    ClientMatch(number, *(part.replace("_", " ") for part in name.split(" ")))
    for number, name in enumerate(NAMES, start=1)
)


def read(text: str, now: datetime = NOW, **options: object) -> Reading:
    return parse(
        text, now=now, hours=HOURS, types=TYPES, locations=PLACES, clients=CLIENTS, **options  # type: ignore[arg-type]
    )  # fmt: skip


# text | first name | start | minutes | further fields as name=value
BOOKED = """
sarah b tue 1030                            | Sarah | 2026-12-01 10:30 | 60
jan v fri 9-10:30 massage                   | Jan | 2026-11-27 09:00 | 90 | type=Massage fee=60000
zoe 24/12 14h00 @sea R450 ::bring scans     | Zoë | 2026-12-24 14:00 | 60 | place=Sea_Point fee=45000 note=bring_scans
môre 15:00 lerato                           | Lerato | 2026-11-26 15:00 | 60
more 15:00 lerato                           | Lerato | 2026-11-26 15:00 | 60
oormôre 15h00 lerato                        | Lerato | 2026-11-27 15:00 | 60
vandag 3 lerato                             | Lerato | 2026-11-25 15:00 | 60
1000 fri sarah                              | Sarah | 2026-11-27 10:00 | 60
sarah 1000 fri                              | Sarah | 2026-11-27 10:00 | 60
sarah fri 9                                 | Sarah | 2026-11-27 09:00 | 60
sarah fri 3                                 | Sarah | 2026-11-27 15:00 | 60
sarah wed 17:00                             | Sarah | 2026-11-25 17:00 | 60
sarah wed 9                                 | Sarah | 2026-12-02 09:00 | 60
sarah wed 10                                | Sarah | 2026-11-25 10:00 | 60
sarah mon 9                                 | Sarah | 2026-11-30 09:00 | 60
sarah monday 9                              | Sarah | 2026-11-30 09:00 | 60
sarah maandag 9                             | Sarah | 2026-11-30 09:00 | 60
sarah ma 9                                  | Sarah | 2026-11-30 09:00 | 60
sarah di 9                                  | Sarah | 2026-12-01 09:00 | 60
sarah dinsdag 9                             | Sarah | 2026-12-01 09:00 | 60
sarah woensdag 11                           | Sarah | 2026-11-25 11:00 | 60
sarah do 11                                 | Sarah | 2026-11-26 11:00 | 60
sarah vrydag 14h00 vir 45 min               | Sarah | 2026-11-27 14:00 | 45
sarah saterdag 9                            | Sarah | 2026-11-28 09:00 | 60
sarah son 9:30 am                           | Sarah | 2026-11-29 09:30 | 60
sarah sondag 9:30 am                        | Sarah | 2026-11-29 09:30 | 60
sarah 2026-12-03T10:30                      | Sarah | 2026-12-03 10:30 | 60
sarah 2026-12-03t14:00 45m                  | Sarah | 2026-12-03 14:00 | 45
sarah now                                   | Sarah | 2026-11-25 10:00 | 60
lerato nou massage                          | Lerato | 2026-11-25 10:00 | 45 | type=Massage
sarah in 2 hours                            | Sarah | 2026-11-25 12:00 | 60
sarah in 90 minutes 30m                     | Sarah | 2026-11-25 11:30 | 30
sarah in half an hour                       | Sarah | 2026-11-25 10:30 | 60
lerato oor 2 ure                            | Lerato | 2026-11-25 12:00 | 60
sarah in 45 min for an hour                 | Sarah | 2026-11-25 10:45 | 60
sarah friday week 10                        | Sarah | 2026-12-04 10:00 | 60
sarah wed week 9                            | Sarah | 2026-12-09 09:00 | 60
sarah fri 00:01-12:02                       | Sarah | 2026-11-27 00:01 | 721
sarah fri 08:30-12                          | Sarah | 2026-11-27 08:30 | 210
sarah fri @ 9                               | Sarah | 2026-11-27 09:00 | 60
sarah fri @ 9:30 @ gardens                  | Sarah | 2026-11-27 09:30 | 60 | place=Gardens
lerato môreoggend 8:30                      | Lerato | 2026-11-26 08:30 | 60
lerato moremiddag 4                         | Lerato | 2026-11-26 16:00 | 60
lerato half nege vrydag                     | Lerato | 2026-11-27 08:30 | 60
lerato vrydag half drie                     | Lerato | 2026-11-27 14:30 | 60
sarah fri half nine                         | Sarah | 2026-11-27 09:30 | 60
lerato vrydag half een nm                   | Lerato | 2026-11-27 12:30 | 60
sarah 3rd of next month 10                  | Sarah | 2026-12-03 10:00 | 60
sarah next month the 15th 10                | Sarah | 2026-12-15 10:00 | 60
sarah thurs 11                              | Sarah | 2026-11-26 11:00 | 60
sarah tuseday 10                            | Sarah | 2026-12-01 10:00 | 60
sarah wendsday 11                           | Sarah | 2026-11-25 11:00 | 60
sarah wensday 11                            | Sarah | 2026-11-25 11:00 | 60
sarah thrusday 11                           | Sarah | 2026-11-26 11:00 | 60
sarah firday 11                             | Sarah | 2026-11-27 11:00 | 60
sarah saterday 11                           | Sarah | 2026-11-28 11:00 | 60
sarah tommorow 11                           | Sarah | 2026-11-26 11:00 | 60
sarah tomorow 11                            | Sarah | 2026-11-26 11:00 | 60
sarah today 11                              | Sarah | 2026-11-25 11:00 | 60
sarah tomorrow 8                            | Sarah | 2026-11-26 08:00 | 60
sarah day after tomorrow quarter to 4       | Sarah | 2026-11-27 15:45 | 60
sarah the day after tomorrow at 9           | Sarah | 2026-11-27 09:00 | 60
sarah in 3 days 10h30                       | Sarah | 2026-11-28 10:30 | 60
sarah oor 3 dae 10                          | Sarah | 2026-11-28 10:00 | 60
sarah in two weeks 10                       | Sarah | 2026-12-09 10:00 | 60
sarah in 2 weeks 10                         | Sarah | 2026-12-09 10:00 | 60
sarah in a week 10                          | Sarah | 2026-12-02 10:00 | 60
sarah in 3 months 10                        | Sarah | 2027-02-25 10:00 | 60
sarah 2 months from now 10                  | Sarah | 2027-01-25 10:00 | 60
sarah tuesday in 2 weeks 10                 | Sarah | 2026-12-08 10:00 | 60
sarah in 2 weeks tuesday 10                 | Sarah | 2026-12-08 10:00 | 60
sarah next week tue half past 3             | Sarah | 2026-12-01 15:30 | 60
sarah tue next week 10                      | Sarah | 2026-12-01 10:00 | 60
sarah volgende week vr 10                   | Sarah | 2026-12-04 10:00 | 60
sarah next mon 10                           | Sarah | 2026-11-30 10:00 | 60
sarah next wed 11                           | Sarah | 2026-12-02 11:00 | 60
sarah this fri 10                           | Sarah | 2026-11-27 10:00 | 60
sarah 2027-03-09 10                         | Sarah | 2027-03-09 10:00 | 60
sarah 2027/03/09 10                         | Sarah | 2027-03-09 10:00 | 60
sarah 9/3 10                                | Sarah | 2027-03-09 10:00 | 60
sarah 9/3/2027 10                           | Sarah | 2027-03-09 10:00 | 60
sarah 9/3/27 10                             | Sarah | 2027-03-09 10:00 | 60
sarah 10-12-2026 9                          | Sarah | 2026-12-10 09:00 | 60
sarah 10.12.2026 9                          | Sarah | 2026-12-10 09:00 | 60
sarah 24/12 10.30                           | Sarah | 2026-12-24 10:30 | 60
sarah 9 March 10                            | Sarah | 2027-03-09 10:00 | 60
sarah 9 Mar 2027 10                         | Sarah | 2027-03-09 10:00 | 60
sarah 9mar2027 10                           | Sarah | 2027-03-09 10:00 | 60
sarah March 9 10:00                         | Sarah | 2027-03-09 10:00 | 60
sarah 9 maart 10                            | Sarah | 2027-03-09 10:00 | 60
sarah 1 desember 9                          | Sarah | 2026-12-01 09:00 | 60
sarah the 9th of march at 10.30             | Sarah | 2027-03-09 10:30 | 60
sarah 1st 9am                               | Sarah | 2026-12-01 09:00 | 60
sarah 30th 9                                | Sarah | 2026-11-30 09:00 | 60
sarah 31st 9                                | Sarah | 2026-12-31 09:00 | 60
sarah 25th 9                                | Sarah | 2026-12-25 09:00 | 60
sarah 29 feb 9                              | Sarah | 2028-02-29 09:00 | 60
sarah 25 nov 11                             | Sarah | 2026-11-25 11:00 | 60
sarah 24 nov 11                             | Sarah | 2027-11-24 11:00 | 60
sarah fri 27 9                              | Sarah | 2026-11-27 09:00 | 60
sarah tue 8 10:30                           | Sarah | 2026-12-08 10:30 | 60
sarah tue 1 dec 10                          | Sarah | 2026-12-01 10:00 | 60
sarah next fri 4 dec 10                     | Sarah | 2026-12-04 10:00 | 60
sarah tue 10:30                             | Sarah | 2026-12-01 10:30 | 60
sarah tue 10h30                             | Sarah | 2026-12-01 10:30 | 60
sarah tue 10h                               | Sarah | 2026-12-01 10:00 | 60
sarah tue 10 uur                            | Sarah | 2026-12-01 10:00 | 60
sarah tue 930                               | Sarah | 2026-12-01 09:30 | 60
sarah tue 330                               | Sarah | 2026-12-01 15:30 | 60
sarah tue 0330                              | Sarah | 2026-12-01 03:30 | 60
sarah tue 3pm                               | Sarah | 2026-12-01 15:00 | 60
sarah tue 3:30 pm                           | Sarah | 2026-12-01 15:30 | 60
sarah tue 3:30 p.m.                         | Sarah | 2026-12-01 15:30 | 60
sarah tue 12am                              | Sarah | 2026-12-01 00:00 | 60
sarah tue 12                                | Sarah | 2026-12-01 12:00 | 60
sarah tue noon                              | Sarah | 2026-12-01 12:00 | 60
sarah tue midday 1h                         | Sarah | 2026-12-01 12:00 | 60
sarah tue half past 3                       | Sarah | 2026-12-01 15:30 | 60
sarah tue quarter past nine                 | Sarah | 2026-12-01 09:15 | 60
sarah tue quarter to 4 pm                   | Sarah | 2026-12-01 15:45 | 60
sarah tue kwart voor 4                      | Sarah | 2026-12-01 15:45 | 60
sarah tue 10 o'clock                        | Sarah | 2026-12-01 10:00 | 60
sarah tue 7                                 | Sarah | 2026-12-01 07:00 | 60
sarah sat 3                                 | Sarah | 2026-11-28 15:00 | 60
sarah tomorrow morning 9                    | Sarah | 2026-11-26 09:00 | 60
sarah tomorrow evening 7                    | Sarah | 2026-11-26 19:00 | 60
sarah tonight 7                             | Sarah | 2026-11-25 19:00 | 60
sarah tue 14:00-15:30                       | Sarah | 2026-12-01 14:00 | 90
sarah tue 10am-11am                         | Sarah | 2026-12-01 10:00 | 60
sarah tue 10 am - 11 am                     | Sarah | 2026-12-01 10:00 | 60
sarah tue 9 – 10:30                         | Sarah | 2026-12-01 09:00 | 90
sarah tue from 9 to 10:30                   | Sarah | 2026-12-01 09:00 | 90
sarah tue 9 tot 10                          | Sarah | 2026-12-01 09:00 | 60
sarah tue 11-1                              | Sarah | 2026-12-01 11:00 | 120
sarah tue 2-3pm                             | Sarah | 2026-12-01 14:00 | 60
sarah tue 11-1pm                            | Sarah | 2026-12-01 11:00 | 120
sarah tue 10 45m                            | Sarah | 2026-12-01 10:00 | 45
sarah tue 10 45min                          | Sarah | 2026-12-01 10:00 | 45
sarah tue 10 1h                             | Sarah | 2026-12-01 10:00 | 60
sarah tue 10 1h30                           | Sarah | 2026-12-01 10:00 | 90
sarah tue 10 90 minutes                     | Sarah | 2026-12-01 10:00 | 90
sarah tue 10 for 45 minutes                 | Sarah | 2026-12-01 10:00 | 45
sarah tue 10 1.5h                           | Sarah | 2026-12-01 10:00 | 90
sarah tue 10 1 hour 30 minutes              | Sarah | 2026-12-01 10:00 | 90
sarah tue 10 half an hour                   | Sarah | 2026-12-01 10:00 | 30
sarah tue 9 4h                              | Sarah | 2026-12-01 09:00 | 240
sarah tue 10 mas                            | Sarah | 2026-12-01 10:00 | 45 | type=Massage fee=60000
sarah massage tue 10                        | Sarah | 2026-12-01 10:00 | 45 | type=Massage
sarah sports mas tue 10 | Sarah | 2026-12-01 10:00 | 90 | type=Sports_massage fee=90000 place=Gardens
sarah sports tue 10                         | Sarah | 2026-12-01 10:00 | 90 | type=Sports_massage
sarah follow up tue 10                      | Sarah | 2026-12-01 10:00 | 60 | type=Follow-up fee=45000
sarah tue 10 intro 30m                      | Sarah | 2026-12-01 10:00 | 30 | type=Intro fee=60000
sarah tue 10 @gardens                       | Sarah | 2026-12-01 10:00 | 60 | place=Gardens
sarah tue 10 @sea point                     | Sarah | 2026-12-01 10:00 | 60 | place=Sea_Point
sarah tue @10:30                            | Sarah | 2026-12-01 10:30 | 60
sarah tue 10 R450.50                        | Sarah | 2026-12-01 10:00 | 60 | fee=45050
sarah tue 10 r450,50                        | Sarah | 2026-12-01 10:00 | 60 | fee=45050
sarah tue 10 R 450                          | Sarah | 2026-12-01 10:00 | 60 | fee=45000
sarah tue 10 R1 850                         | Sarah | 2026-12-01 10:00 | 60 | fee=185000
sarah tue 10 ZAR300                         | Sarah | 2026-12-01 10:00 | 60 | fee=30000
sarah R450 930 fri                          | Sarah | 2026-11-27 09:30 | 60 | fee=45000
sarah tue 10 R0                             | Sarah | 2026-12-01 10:00 | 60 | fee=0
sarah tue 10 !                              | Sarah | 2026-12-01 10:00 | 60 | notify=False
sarah tue 10!                               | Sarah | 2026-12-01 10:00 | 60 | notify=False
sarah tue 10 ::great progress!              | Sarah | 2026-12-01 10:00 | 60 | note=great_progress! notify=True
sarah tue 10 ::call first !                 | Sarah | 2026-12-01 10:00 | 60 | note=call_first notify=False
sarah tue 10 ::fri 9 @x R5                  | Sarah | 2026-12-01 10:00 | 60 | note=fri_9_@x_R5
june tue 10                                 | June | 2026-12-01 10:00 | 60
june 10 tue                                 | June | 2026-12-01 10:00 | 60
june smith fri 9                            | June | 2026-11-27 09:00 | 60
fri 9 june smith                            | June | 2026-11-27 09:00 | 60
friday friday 10                            | Friday | 2026-11-27 10:00 | 60
tue friday 10                               | Friday | 2026-12-01 10:00 | 60
april tue 10                                | April | 2026-12-01 10:00 | 60
may 3pm tue                                 | May | 2026-12-01 15:00 | 60
may chen 9 march 10                         | May | 2027-03-09 10:00 | 60
mon 10 monica                               | Monica | 2026-11-30 10:00 | 60
sarah 9 june 10                             | Sarah | 2027-06-09 10:00 | 60
#3 tue 9                                    | Jan | 2026-12-01 09:00 | 60
tue 9 #3                                    | Jan | 2026-12-01 09:00 | 60
botha sarah tue 9                           | Sarah | 2026-12-01 09:00 | 60
botha, sarah, tue 9                         | Sarah | 2026-12-01 09:00 | 60
SARAH BOTHA TUESDAY AT 10H00                | Sarah | 2026-12-01 10:00 | 60
van wyk tue 9                               | Jan | 2026-12-01 09:00 | 60
zoë tue 9                                   | Zoë | 2026-12-01 09:00 | 60
lucja tue 9                                 | Łucja | 2026-12-01 09:00 | 60
anne marie tue 9                            | Anne-Marie | 2026-12-01 09:00 | 60
anne-marie obrien tue 9                     | Anne-Marie | 2026-12-01 09:00 | 60
o'brien tue 9                               | Anne-Marie | 2026-12-01 09:00 | 60
sarah on tuesday at 10                      | Sarah | 2026-12-01 10:00 | 60
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(" | ")] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(BOOKED), ids=lambda row: row[0])
def test_the_one_right_reading(row: list[str]) -> None:
    text, name, start, minutes, *rest = row
    reading = read(text)
    assert reading.problems == () and reading.ambiguous == ()
    assert reading.complete
    assert reading.client is not None and reading.client.first_name == name
    assert reading.start == datetime.fromisoformat(start)
    assert reading.minutes == int(minutes)
    assert reading.end is not None and reading.start is not None
    assert (reading.end - reading.start).total_seconds() == int(minutes) * 60
    got = {
        "type": reading.type.name if reading.type else "",
        "place": reading.location.name if reading.location else "",
        "fee": str(reading.fee_minor),
        "note": reading.note,
        "notify": str(reading.notify),
    }
    for field in " ".join(rest).split():
        key, _, value = field.partition("=")
        assert got[key] == value.replace("_", " "), key


# text | start | how it repeats
REPEATED = """
thandi every tue 10am x6          | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi tue 10am x6                | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi tue 10am 6x                | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi tue 10am x 6               | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi 10am tue 6 times           | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi tue 10am six sessions      | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
x6 tue 10am thandi                | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi tuesdays 10am x6           | 2026-12-01 10:00 | every Tue, 6 times, last Tue 5 Jan
thandi every tuesday 3pm x8       | 2026-12-01 15:00 | every Tue, 8 times, last Tue 19 Jan
thandi every teusday 10am x3      | 2026-12-01 10:00 | every Tue, 3 times, last Tue 15 Dec
thandi each thursday at 9 for 8 weeks | 2026-11-26 09:00 | every Thu, 8 times, last Thu 14 Jan
thandi elke di 10:00 x4           | 2026-12-01 10:00 | every Tue, 4 times, last Tue 22 Dec
thandi elke dinsdag 10vm 4 keer   | 2026-12-01 10:00 | every Tue, 4 times, last Tue 22 Dec
thandi weekly tue 10 until 12 jan | 2026-12-01 10:00 | every Tue, 7 times, last Tue 12 Jan
thandi weekliks di 10 tot 12 jan  | 2026-12-01 10:00 | every Tue, 7 times, last Tue 12 Jan
thandi herhaal weekliks do 9 x3   | 2026-11-26 09:00 | every Thu, 3 times, last Thu 10 Dec
thandi tue 10am until 12 dec      | 2026-12-01 10:00 | every Tue, 2 times, last Tue 8 Dec
thandi every 2 weeks tue 10 x3    | 2026-12-01 10:00 | every 2 weeks on Tue, 3 times, last Tue 29 Dec
thandi elke 2 weke di 10 x3       | 2026-12-01 10:00 | every 2 weeks on Tue, 3 times, last Tue 29 Dec
thandi elke twee weke di 10 x3    | 2026-12-01 10:00 | every 2 weeks on Tue, 3 times, last Tue 29 Dec
thandi fortnightly tue 10 x3      | 2026-12-01 10:00 | every 2 weeks on Tue, 3 times, last Tue 29 Dec
thandi every second tue 10 x3     | 2026-12-01 10:00 | every 2 weeks on Tue, 3 times, last Tue 29 Dec
thandi every other friday 9 x5    | 2026-11-27 09:00 | every 2 weeks on Fri, 5 times, last Fri 22 Jan
thandi elke tweede vrydag 9 x3    | 2026-11-27 09:00 | every 2 weeks on Fri, 3 times, last Fri 25 Dec
thandi every 2 weeks on mon and wed 9am x4 | 2026-11-30 09:00 | every 2 weeks on Mon and Wed, 4 times, last Wed 16 Dec
thandi every mon and wed 9am x10  | 2026-11-30 09:00 | every Mon and Wed, 10 times, last Wed 30 Dec
thandi every mon & wed 9am x4     | 2026-11-30 09:00 | every Mon and Wed, 4 times, last Wed 9 Dec
thandi every mon/wed 9am x4       | 2026-11-30 09:00 | every Mon and Wed, 4 times, last Wed 9 Dec
thandi elke ma en wo 9vm x4       | 2026-11-30 09:00 | every Mon and Wed, 4 times, last Wed 9 Dec
thandi every mon, wed and fri 9am x6 | 2026-11-27 09:00 | every Mon, Wed and Fri, 6 times, last Wed 9 Dec
thandi every mon-wed 9am x3       | 2026-11-30 09:00 | every Mon, Tue and Wed, 3 times, last Wed 2 Dec
thandi every weekday 9am x5       | 2026-11-26 09:00 | every weekday, 5 times, last Wed 2 Dec
thandi elke weeksdag 9vm x5       | 2026-11-26 09:00 | every weekday, 5 times, last Wed 2 Dec
thandi every wed 9am x3           | 2026-12-02 09:00 | every Wed, 3 times, last Wed 16 Dec
thandi every wed 11am x3          | 2026-11-25 11:00 | every Wed, 3 times, last Wed 9 Dec
thandi every tue 10 from 9 dec x4 | 2026-12-15 10:00 | every Tue, 4 times, last Tue 5 Jan
thandi every tue next week 10 x4  | 2026-12-01 10:00 | every Tue, 4 times, last Tue 22 Dec
thandi daily 9am x5               | 2026-11-26 09:00 | every day, 5 times, last Mon 30 Nov
thandi every day 11am x5          | 2026-11-25 11:00 | every day, 5 times, last Sun 29 Nov
thandi elke dag 9:00 vir 5 dae    | 2026-11-26 09:00 | every day, 5 times, last Mon 30 Nov
thandi every 3 days 9am mon x4    | 2026-11-30 09:00 | every 3 days, 4 times, last Wed 9 Dec
thandi every month 2/12 10am x3   | 2026-12-02 10:00 | every month on the 2nd, 3 times, last Tue 2 Feb
thandi maandeliks 3/12 9:00 x3    | 2026-12-03 09:00 | every month on the 3rd, 3 times, last Wed 3 Feb
thandi monthly 31 dec 10am x4     | 2026-12-31 10:00 | every month on the 31st (the last day of a shorter month), 4 times, last Wed 31 Mar
thandi every month the 15th 10 x3 | 2026-12-15 10:00 | every month on the 15th, 3 times, last Mon 15 Feb
thandi every 6 months 1 dec 10 x3 | 2026-12-01 10:00 | every 6 months on the 1st, 3 times, last Wed 1 Dec 2027
thandi yearly 29 feb 10am x3      | 2028-02-29 10:00 | every year on 29 Feb (28 in a shorter year), 3 times, last Thu 28 Feb 2030
thandi jaarliks 1 des 10am        | 2026-12-01 10:00 | every year, 5 times, last Sun 1 Dec 2030
thandi monthly 1 dec 10am         | 2026-12-01 10:00 | every month on the 1st, 12 times, last Mon 1 Nov 2027
thandi every 2 weeks tue 10       | 2026-12-01 10:00 | every 2 weeks on Tue, 27 times, last Tue 30 Nov 2027
"""  # noqa: E501


@pytest.mark.parametrize("row", rows(REPEATED), ids=lambda row: row[0])
def test_a_repeat_reads_in_one_way(row: list[str]) -> None:
    text, start, words = row[:3]
    reading = read(text)
    assert reading.complete, (reading.problems, reading.ambiguous)
    assert reading.start == datetime.fromisoformat(start)
    assert {chip.field: chip.text for chip in reading.chips}["repeat"] == words
    again = read(format_reading(reading))
    assert (again.start, again.repeat, again.client) == (reading.start, reading.repeat, reading.client)


# text | start | end | title | how it repeats
BLOCKS = """
every fri pm x8 admin             | 2026-11-27 12:00 | 2026-11-27 17:00 | admin | every Fri, 8 times, last Fri 15 Jan
fri pm x8 admin                   | 2026-11-27 12:00 | 2026-11-27 17:00 | admin | every Fri, 8 times, last Fri 15 Jan
elke vr nm x3                     | 2026-11-27 12:00 | 2026-11-27 17:00 |  | every Fri, 3 times, last Fri 11 Dec
every mon and wed 12:30-13:30 lunch x4 | 2026-11-25 12:30 | 2026-11-25 13:30 | lunch | every Mon and Wed, 4 times, last Mon 7 Dec
every day 12:30-13:30 lunch until 12 dec | 2026-11-25 12:30 | 2026-11-25 13:30 | lunch | every day, 18 times, last Sat 12 Dec
fri 9-10 weekly meeting x8        | 2026-11-27 09:00 | 2026-11-27 10:00 | meeting | every Fri, 8 times, last Fri 15 Jan
monthly x3 1/12 9-10 books        | 2026-12-01 09:00 | 2026-12-01 10:00 | books | every month on the 1st, 3 times, last Mon 1 Feb
16/12 all day yearly x3           | 2026-12-16 00:00 | 2026-12-17 00:00 |  | every year, 3 times, last Sat 16 Dec 2028
mon-wed every 4 weeks x3 leave    | 2026-11-30 00:00 | 2026-12-03 00:00 | leave | every 4 weeks on Mon, 3 times, last Mon 25 Jan
"""  # noqa: E501


@pytest.mark.parametrize("row", rows(BLOCKS), ids=lambda row: row[0])
def test_a_repeating_block_reads_in_one_way(row: list[str]) -> None:
    text, start, end, title, words = row
    reading = parse_block(text, now=NOW, hours=HOURS)
    assert reading.complete and reading.start and reading.repeat, (reading.problems, reading.ambiguous)
    assert (reading.start, reading.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert (reading.title, told(reading.repeat, starts(reading.repeat, reading.start))) == (title, words)


def test_a_weekly_meeting_is_a_title() -> None:
    reading = parse_block("weekly meeting fri 9-10", now=NOW, hours=HOURS)
    assert (reading.title, reading.repeat) == ("weekly meeting", None)


# text | field of the first problem | words in its sentence
REFUSED = """
thandi tue 10am x1                | repeat | from 2 to 400 times, not 1
thandi tue 10am x0                | repeat | from 2 to 400 times, not 0
thandi tue 10am x500              | repeat | from 2 to 400 times, not 500
thandi every tue weekly 10am x3   | repeat | says twice how often it repeats
thandi tue 10am x3 until 1 jan    | repeat | says twice when the repeat ends
thandi every tue 10am until 31/11 | repeat | There is no 31 November
thandi every tue 10am until 1 dec | repeat | comes only once before it ends
thandi every 60 weeks tue 10 x3   | repeat | every 1 to 52
thandi every day 9am until 1 jan 2030 | repeat | more than 400 times
thandi every month 10am x3        | date | Which day?
thandi every tue x3               | time | At what time?
sarah 31/11 10                    | date | There is no 31 November
sarah 30 feb 10                   | date | There is no 30 February
sarah feb 30 10:00                | date | There is no 30 February
sarah 29/2/2027 9                 | date | There is no 29 February in 2027
sarah 2027-02-30 9                | date | There is no 30 February
sarah 13/13 10                    | date | no month 13
sarah 0/5 10                      | date | There is no 0 May
sarah 45th 10                     | date | not a day of a month
sarah tue 2 dec 10                | date | 2 December 2026 is a Wednesday, not a Tuesday
sarah in 900 weeks 10             | date | too far away
thandi next month 31st 10 x2 @     | place | There is no place @
sarah tue 25:00                   | time | 25:00 is not a time
sarah tue 1075                    | time | 1075 is not a time
sarah tue 10:75                   | time | 10:75 is not a time
sarah tue 24:00                   | time | end of the day
sarah tue 0pm                     | time | 0pm is not a time
sarah tue 15:00-14:00             | time | ends before it begins
sarah tue 9-10 45m                | length | 60 minutes apart, not 45
sarah tue 10 0m                   | length | no length
sarah tue 10 2000m                | length | no length
sarah tue 10 @mars                | place | There is no place @mars
sarah tue 10 $50                  | fee | $50 is not in the practice's currency
sarah tue 10 R4.5.6               | fee | is not an amount
sarah tue 10 blah                 | text | “blah” is not understood
sarah tue 10 masage               | text | did you mean Massage?
sarah tue thu 10                  | text | “tue” is a second day
sarah fri now                     | text | “fri” is a second day
sarah tue 10:00 14:00             | text | is a second time
sarah tue 10 R40 R50              | text | is a second price
tandi tue 10                      | client | No client is called “tandi”; did you mean Thandi Nkosi
sarah unknown tue 10              | client | No client is called “sarah unknown”; did you mean Sarah Botha
zzz tue 10                        | client | No client is called “zzz”; add them as a new client first
#99 tue 10                        | client | There is no client #99
tue 10                            | client | Who is it for?
friday 10                         | client | Who is it for?
june 10 10:00                     | client | Who is it for?
sarah 10                          | date | Which day?
sarah tue                         | time | At what time?
sarah fri pm                      | time | At what time?
sarah tue 2h                      | time | At what time?
sarah 9 march 2030                | time | At what time?
sarah mon-wed 10                  | text | “mon-wed” is not understood
"""


@pytest.mark.parametrize("row", rows(REFUSED), ids=lambda row: row[0])
def test_what_cannot_be_booked_says_why(row: list[str]) -> None:
    text, field, sentence = row
    reading = read(text)
    assert not reading.complete
    problem = reading.problems[0]
    assert (problem.field, sentence in problem.message) == (field, True), problem
    assert problem.message.endswith((".", "?", "::")) and "\n" not in problem.message


# now | text | start: readings that depend on the time of day and week
MOMENTS = """
2026-11-25T16:00 | sarah wed 17:00 | 2026-11-25 17:00
2026-11-25T17:30 | sarah wed 17:00 | 2026-12-02 17:00
2026-11-25T16:00 | sarah wed 3 | 2026-12-02 15:00
2026-11-22T10:00 | sarah next fri 10 | 2026-11-27 10:00
2026-11-23T10:00 | sarah next mon 10 | 2026-11-30 10:00
2026-11-28T10:00 | sarah tuesday in 2 weeks 10 | 2026-12-15 10:00
2026-12-31T10:00 | sarah tomorrow 10 | 2027-01-01 10:00
2026-12-31T10:00 | sarah 1st 10 | 2027-01-01 10:00
2027-01-31T10:00 | sarah in 1 month 10 | 2027-02-28 10:00
2028-02-28T10:00 | sarah tomorrow 10 | 2028-02-29 10:00
2026-12-30T10:00 | sarah 5/1 10 | 2027-01-05 10:00
2026-11-25T10:02 | sarah now | 2026-11-25 10:05
2026-11-25T22:31 | sarah in 2 hours | 2026-11-26 00:35
2026-11-27T10:00 | sarah friday week 9 | 2026-12-11 09:00
2027-01-31T10:00 | sarah 3rd of next month 9 | 2027-02-03 09:00
"""


@pytest.mark.parametrize("row", rows(MOMENTS), ids=lambda row: " ".join(row[:2]))
def test_readings_depend_on_the_moment(row: list[str]) -> None:
    reading = read(row[1], datetime.fromisoformat(row[0]))
    assert reading.complete and reading.start == datetime.fromisoformat(row[2])


def test_half_nine_in_digits_is_asked() -> None:
    reading = read("sarah fri half 9")
    assert [(one.field, one.choices) for one in reading.ambiguous] == [("time", ("08:30", "09:30"))]
    assert read("sarah fri half 9", picks={"time": 1}).start == datetime(2026, 11, 27, 9, 30)
    assert read("sarah fri half 8").start == datetime(2026, 11, 27, 8, 30), "07:30 is before the practice opens"


def test_the_corpus_is_large() -> None:
    assert len(rows(BOOKED)) + len(rows(REFUSED)) + len(rows(MOMENTS)) >= 200
