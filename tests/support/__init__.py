"""What the tests share: a gateway in this process, a browser for it, and the sandbox as a process."""
