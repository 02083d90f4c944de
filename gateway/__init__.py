"""The connector gateway: connect an account once, let tools use it from then on."""
