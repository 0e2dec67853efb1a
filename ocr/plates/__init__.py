"""Plate reading: locate, rectify, recognise."""
