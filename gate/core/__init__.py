"""Pure rules: fusion, matching, decision, lane, interlock. No I/O, no clock."""
