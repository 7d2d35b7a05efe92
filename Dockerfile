# One image for the web processes, the workers and the scheduler; docker-compose.yml says which is which.

FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt /build/
RUN pip install --require-hashes --only-binary :all: -r /build/requirements.txt
WORKDIR /srv/portico
COPY manage.py ./
COPY portal portal
COPY apps apps
COPY templates templates
COPY static static
COPY locale locale
# Not production here: building needs no secret, and none may end up in a layer.
RUN PORTICO_ENV=development PORTICO_DEBUG=0 python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf var \
    && python -m compileall -q apps portal

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 portico && useradd --uid 10001 --gid portico --no-create-home --home-dir /nonexistent portico
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portico /srv/portico
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTICO_ENV=production PORTICO_STATE_DIR=/tmp/portico
WORKDIR /srv/portico
USER portico
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
