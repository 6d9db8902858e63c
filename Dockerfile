# The worker and all commands of claimwire. Nothing is downloaded when it runs; it needs to write only to
# /var/lib/claimwire (its state) and /tmp, so the rest may be mounted read-only.
# tests/contract/test_deploy_image.py runs the steps of the build stage in a plain folder.

FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
COPY locks ./locks
RUN python3 -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement locks/build.lock
RUN python3 -m venv /opt/claimwire && /opt/claimwire/bin/pip install --no-cache-dir --require-hashes --requirement locks/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY scripts/hatch_build.py ./scripts/hatch_build.py
COPY deploy/kafka ./deploy/kafka
COPY schemas ./schemas
COPY rules ./rules
COPY models ./models
COPY workers ./workers
RUN /opt/build/bin/python -m hatchling build -t wheel -d /opt/wheel
RUN /opt/claimwire/bin/pip install --no-cache-dir --no-index --no-deps /opt/wheel/*.whl

FROM python:3.11.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/claimwire --create-home claimwire
COPY --from=build /opt/claimwire /opt/claimwire
ENV PATH=/opt/claimwire/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /var/lib/claimwire
VOLUME /var/lib/claimwire
EXPOSE 6066
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:6066/health/live', timeout=4)"]
ENTRYPOINT ["claimwire"]
CMD ["worker"]
