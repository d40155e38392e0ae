"""What can be done on Invoices and on one invoice."""

from __future__ import annotations

from guru_tui.commands.command import Command

INVOICES: tuple[Command, ...] = (
    Command("invoices.left", "h,left", "column(-1)", "One column to the left", "Move", palette=False),
    Command(
        "invoices.right", "l,right", "column(1)", "One column to the right", "Move", "column", shown="hl", palette=False
    ),
    Command("invoices.open", "enter,v", "open", "Open the invoice", "Go", "open"),
    Command("invoices.invoice", "i", "invoice", "Make the invoice, or issue the draft", "Money", "invoice"),
    Command("invoices.send", "S", "send", "Send the invoice to the client", "Money", "send"),
    Command("invoices.paid", "p", "paid", "Mark the invoice paid", "Money", "paid"),
    Command("invoices.copy", "y", "copy", "Copy the invoice's number, or the client's phone", "Tell", "copy"),
    Command(
        "invoices.previous", "left_square_bracket", "month(-1)", "Paid invoices of the month before", "View", shown="["
    ),
    Command(
        "invoices.next", "right_square_bracket", "month(1)", "Paid invoices of the month after", "View", "month", "[ ]"
    ),
)

INVOICE: tuple[Command, ...] = (
    Command("invoice.issue", "i", "issue", "Issue the draft: it gets its number and is frozen", "Money", "issue"),
    Command("invoice.send", "S", "send", "Send the invoice to the client", "Money", "send"),
    Command("invoice.paid", "p", "paid", "Mark the invoice paid", "Money", "paid"),
    Command("invoice.copy", "y", "copy", "Copy the invoice's number", "Tell", "copy"),
    Command(
        "invoice.discard", "x", "discard", "Discard the draft; its appointments can be invoiced again", "Act", "discard"
    ),
    Command("invoice.client", "enter", "client", "Open the client's record", "Go", "client"),
)
