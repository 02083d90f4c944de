"""The egress proxy: tools call, the gateway adds the credential."""
