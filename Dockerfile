# A small image: the bot and what it needs at run time, without a compiler, without root.
#     docker build -t reading-group-bot .
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
 && /venv/bin/pip uninstall --yes pip

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/bot --shell /usr/sbin/nologin bot \
 && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/bot /var/lib/bot/data
COPY --from=build /venv /venv
COPY bot /app/bot
COPY cogs /app/cogs
COPY storage /app/storage
# The root file system may be read-only: Python writes no bytecode, and what draws pictures keeps its cache in /tmp.
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp
USER 10001:10001
WORKDIR /var/lib/bot
VOLUME /var/lib/bot/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run", "--config", "/etc/bot/config.toml", "--health", "127.0.0.1:9464"]
