"""The API for programs of firms and of other systems: ``/api/v1``."""
