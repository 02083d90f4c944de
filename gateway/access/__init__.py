"""Who is calling: service keys, browser sessions, logins."""
