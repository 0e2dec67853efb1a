"""How well plates are read: real photographs and a fixed drawn set, beside installable engines."""
