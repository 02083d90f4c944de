from tests.support.gateway import ACCOUNTS, Harness
async def test_x(gateway: Harness) -> None:
    b = await gateway.browser("alice")
    assert await b.connect("google", ACCOUNTS["google"]) == "connected"
    print(b.text)
    print(dict(b.page.headers))
