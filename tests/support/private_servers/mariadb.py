"""A private MariaDB with one database "mail" and one user "postreeve"."""

import shutil
import subprocess

from .machine import PATH, answers, end_process, free_port, run, wait_for

PASSWORD = "it's a \\ secret"
USER = "nobody"


def is_installed():
    return shutil.which("mariadbd", path=PATH) is not None


class Mariadb:
    kind = "mysql"
    password = PASSWORD

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder / "mariadb"
        self.folder.mkdir(mode=0o755, parents=True)
        shutil.chown(self.folder, USER)
        run("mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", f"--user={USER}",
            "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
            "--innodb-log-file-size=4M")
        self.password_file = self.folder / "secret"
        self.password_file.write_text(PASSWORD + "\n")
        self.start()
        quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        self.ask(f"CREATE DATABASE mail; CREATE USER postreeve@'127.0.0.1' IDENTIFIED BY '{quoted}';"
                 "GRANT ALL ON mail.* TO postreeve@'127.0.0.1';", database="mysql")
        self.connection = f"host=127.0.0.1 port={self.port} dbname=mail user=postreeve"

    def start(self):
        self._process = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--user={USER}", "--bind-address=127.0.0.1",
             f"--port={self.port}", f"--socket={self.folder}/socket", f"--pid-file={self.folder}/pid",
             "--innodb-buffer-pool-size=8M", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
             "--character-set-server=utf8mb4", f"--log-error={self.folder}/log"],
            env={"PATH": PATH}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port), 30, says=lambda: (self.folder / "log").read_text())

    def ask(self, statement, database="mail"):
        """What it answers, a line a row; as root."""
        return run("mariadb", "--no-defaults", "--batch", "--skip-column-names", "--default-character-set=utf8mb4",
                   f"--socket={self.folder}/socket", "--user=root", database, text=statement)

    def dump(self):
        """All tables as they were made, and every row in an order of its own."""
        tables = self.ask("SHOW TABLES").split()
        return "".join(self.ask(f"SHOW CREATE TABLE {table}") + self.ask(f"SELECT * FROM {table} ORDER BY 1")
                       for table in tables)

    def process(self):
        return self._process.pid

    def processes(self):
        return [self._process.pid]

    def stop(self):
        end_process(self._process.pid)
        self._process.wait(10)
