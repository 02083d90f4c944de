"""ScrapingBee's contract, by www.scrapingbee.com/documentation (errors, usage, HTML API)."""

from gateway.testing import KeyContract, ToolContract


class TestScrapingBee(KeyContract):
    connector = "scrapingbee"
    # A hidden key, the placeholder of the documentation, and one that is too long.
    refused_inputs = {"key": ("5A1D…DFGH", "YOUR-API-KEY-YOUR-API-KEY", "A" * 201)}
    unclear = ((402, {"message": "No more credits"}),)


class TestScrapingBeeTools(ToolContract):
    connector = "scrapingbee"
