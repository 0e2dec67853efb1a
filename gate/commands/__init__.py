"""The subcommands of ``gate``, one file each."""
