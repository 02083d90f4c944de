# One image for every process of the gateway. docs/deploy.md, "Containers", says how to run it;
# step 1 there makes the wheel. The first stage has what installs it, the second what runs it.
FROM python:3.11-slim-bookworm AS install
WORKDIR /install
COPY requirements.txt dist/connector_gateway-*.whl ./
# Everything is checked against the hashes of the project's lock.
RUN python -m venv /opt/gateway \
    && /opt/gateway/bin/python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt \
    && /opt/gateway/bin/python -m pip install --no-cache-dir --no-deps --no-index connector_gateway-*.whl

FROM python:3.11-slim-bookworm
# Its group has the same number, which that of a user with --system has not.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin gateway
COPY --from=install /opt/gateway /opt/gateway
# A container is reached at its own address: only its published ports are open to others.
ENV PATH=/opt/gateway/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    GATEWAY_HOST=0.0.0.0 \
    GATEWAY_METRICS=0.0.0.0:9460
USER 10001:10001
EXPOSE 3141 9460
# At the address of the metrics: a worker has no other, and the web port answers to its name alone.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9460/readyz', timeout=4)"]
ENTRYPOINT ["gateway"]
CMD ["serve"]
