"""Does the contract bite? Connectors with one field changed, and whether their contract notices.

``python -m gateway.testing.mutants [--connector NAME]``
"""
