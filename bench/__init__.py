"""The benchmark: token reads of one gateway process beside a bare Starlette route. See README.md."""
