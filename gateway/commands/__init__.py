"""The commands of ``gateway``: one module per command or command group."""
