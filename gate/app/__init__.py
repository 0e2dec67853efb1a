"""The imperative shell: intake, lanes, commands, jobs, assembly."""
