"""AssemblyAI's contract, by assemblyai.com/docs (authentication, list transcripts, errors)."""

from gateway.testing import KeyContract


class TestAssemblyAI(KeyContract):
    connector = "assemblyai"
    # With the word that other providers want, and one that is cut off.
    refused_inputs = {"key": ("Bearer 1a2b3c4d5e6f708192a3b4c5d6e7f809", "1a2b3c4d…")}
