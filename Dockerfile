# The image of web, worker and beat. The servers come from docker-compose.yml.
FROM python:3.13-slim-trixie AS packages
COPY requirements/uv.txt requirements/production.txt /requirements/
RUN python -m venv /venv \
    && pip install --quiet --no-cache-dir --require-hashes -r /requirements/uv.txt \
    && VIRTUAL_ENV=/venv uv pip sync --quiet --no-cache --require-hashes --compile-bytecode /requirements/production.txt

FROM python:3.13-slim-trixie
# pg_dump and pg_restore of the server's own major version, for `manage.py backup` and `restore`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home pmcrm \
    && install -d -o pmcrm -g pmcrm /var/lib/pmcrm /srv/static
COPY --from=packages /venv /venv
WORKDIR /srv/pmcrm
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR=/var/lib/pmcrm \
    STATIC_ROOT=/srv/static \
    BIND=0.0.0.0:8000
USER pmcrm
RUN SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0
VOLUME /var/lib/pmcrm
EXPOSE 8000
CMD ["gunicorn", "-c", "python:pmcrm.run.web", "pmcrm.wsgi"]
