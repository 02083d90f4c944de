"""The authorization server: agents log in here on behalf of a person, over OAuth 2.1."""
