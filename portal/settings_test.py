"""Settings of the test suite: the product's own, with quick passwords and what tests need to reach loopback.

DATABASE_URL and REDIS_URL still decide between SQLite and the real servers, as in production.
"""

from portal.settings import *  # noqa: F403 - a test run is the product with these few differences
from portal.settings import REST_FRAMEWORK, STORAGES

DEBUG = False
PORTICO_ALLOW_LOOPBACK_CLUSTERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip", "login_failed": "10/m/ip,10/5m/key"}
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"token": "100000/min"}}
WHITENOISE_AUTOREFRESH = True
PORTICO_ADMISSION_SECONDS = 0.0
PORTICO_SERVING_SECONDS = 0.0
PORTICO_RESOLVERS = "off"
