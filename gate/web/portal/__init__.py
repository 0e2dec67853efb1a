"""The pages of trucking firms: register, file, follow, pass."""
