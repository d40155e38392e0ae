"""placeholder"""
from guru_tui.screens.base import PracticeScreen
class CalendarActs(PracticeScreen):
    pass
