"""Print the address of a superuser at 127.0.0.1:5432 when one signs in without a password and Redis answers too."""

import sys

import psycopg2
import redis


def main() -> int:
    try:
        redis.Redis(host="127.0.0.1", port=6379, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return 1
    for name in ("postgres", "root"):
        address = f"postgresql://{name}@127.0.0.1:5432/postgres?connect_timeout=3"
        try:
            connection = psycopg2.connect(address)
        except psycopg2.OperationalError:
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            found = cursor.fetchone()
        connection.close()
        if found and found[0]:
            print(address)
            return 0
    return 1


sys.exit(main())
