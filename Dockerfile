# The service in one image. Everything that must last is in the one volume, /data.
#
#   docker build -t feedsvc .
#   docker run --rm feedsvc settings --new-key > secret_key
#   docker run -p 8080:8080 -v feedsvc:/data -e FEEDSVC_SECURITY__SECRET_KEY="$(cat secret_key)" feedsvc
#
# config/compose.yaml says the same with the key in a file, and with PostgreSQL.

# ---------------------------------------------------------------- build: wheels, then a virtual environment of them
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

# Pinned and hashed, so this layer changes only with the pins.
COPY config/constraints.txt config/
RUN pip wheel --wheel-dir /wheels -r config/constraints.txt \
 && pip install --no-index --find-links /wheels hatchling

COPY pyproject.toml README.md LICENSE ./
COPY feedsvc feedsvc
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m venv --without-pip /opt/feedsvc \
 && pip --python /opt/feedsvc/bin/python install --no-index --find-links /wheels 'feedsvc[postgres]'

# ---------------------------------------------------------------- run: no compiler, no pip of its own, no root
FROM python:3.11-slim
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin feedsvc
COPY --from=build /opt/feedsvc /opt/feedsvc

ENV PATH=/opt/feedsvc/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FEEDSVC_HTTP__HOST=0.0.0.0 \
    FEEDSVC_DATABASE__URL=sqlite:////data/feedsvc.db

USER feedsvc
# Settings may lie in /data/config/feedsvc.toml; the environment wins over them.
WORKDIR /data
VOLUME /data
EXPOSE 8080
# A process without pages (`serve --role worker`) has nothing to ask: run it with --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]

ENTRYPOINT ["feedsvc"]
CMD ["serve"]
