"""Weaviate's contract, by docs.weaviate.io (connect to Weaviate Cloud)."""

from gateway.testing import KeyContract, ToolContract

HOST = "ana1docs.c0.europe-west3.gcp.weaviate.cloud"


class TestWeaviate(KeyContract):
    connector = "weaviate"
    account = (HOST, f"Cluster {HOST}")
    accepted_inputs = {
        "host": {
            f"https://{HOST}/": HOST,
            "https://my-cluster.weaviate.network": "my-cluster.weaviate.network",  # older clusters
        }
    }
    refused_inputs = {
        "host": (
            "weaviate.cloud.evil.example",
            "localhost:8080",
            "a@b.weaviate.cloud",
            "console.weaviate.example",
        ),
        "key": ("two words", "a" * 15, "a" * 201),
    }
    unclear = ((403, {"error": [{"message": "authorization, forbidden action"}]}),)


class TestWeaviateTools(ToolContract):
    connector = "weaviate"
