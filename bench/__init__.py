"""The benchmark: token reads beside their floors, and refresh storms. See README.md."""
