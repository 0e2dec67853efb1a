"""Adapters of installable OCR engines to the ports."""
