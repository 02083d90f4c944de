"""Cloudinary, by cloudinary.com/documentation (Admin API: overview, ping; Upload API)."""

from connectors.sandbox import Refusal, key_provider

_HOST = "{us=api.cloudinary.com|eu=api-eu.cloudinary.com|ap=api-ap.cloudinary.com}"


def _environment(number: int, region: str, cloud: str) -> dict[str, str]:
    return {
        "region": region,
        "cloud_name": cloud,
        "api_key": f"{number}12345678901234",
        "api_secret": f"Sandbox{number}_abcdefghij-01234567",
    }


PROVIDER = key_provider(
    "cloudinary",
    title="Cloudinary",
    keys={
        "ana": _environment(1, "us", "acme-media"),
        "ben": _environment(2, "eu", "Globex"),
        "ben-ap": _environment(3, "ap", "Globex-ap"),
    },
    basic=("{api_key}", "{api_secret}"),
    refusal=Refusal(401, {"error": {"message": "cloud_name mismatch"}}),
    api={"/ping": lambda call: {"status": "ok"}},
    api_base=f"{_HOST}/v1_1/{{cloud_name}}",
)
