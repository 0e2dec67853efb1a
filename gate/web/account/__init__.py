"""What everybody has: the account, sign-in steps, second factor, sessions."""

from gate.web.account import pages, steps

ROUTES = (pages.routes, steps.routes)
