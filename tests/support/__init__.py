"""Helpers that several folders of tests share; README.md is their map."""
