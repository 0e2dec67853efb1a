"""What trucking firms do: register, keep a fleet, file, book hours, pay, and are told."""
