"""placeholder"""
from guru_tui.screens.base import PracticeScreen
class BillingActs(PracticeScreen):
    pass
