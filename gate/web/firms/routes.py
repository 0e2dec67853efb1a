"""All routes of staff's pages about firms."""

from __future__ import annotations

from gate.web.firms import applications, clearances

ROUTES = (applications.routes, clearances.routes)
