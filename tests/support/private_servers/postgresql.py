"""A private PostgreSQL with one database "mail" and one user "postreeve"."""

import pathlib
import shutil
import signal

from .machine import as_user, children, end_process, free_port, is_alive, run, tell, wait_for

PROGRAMS = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
PASSWORD = "it's a \\ secret"


def is_installed():
    return PROGRAMS is not None and (PROGRAMS / "initdb").exists()


class Postgresql:
    kind = "postgresql"
    password = PASSWORD

    def __init__(self, folder, settings=""):
        """`settings`: further lines of postgresql.conf, which hold against the ones here."""
        self.port = free_port()
        self.folder = folder / "postgresql"
        self.folder.mkdir(mode=0o755, parents=True)
        shutil.chown(self.folder, "postgres")
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o644)
        self._as_postgres("initdb", "-D", self.folder / "data", "-U", "postreeve", "-A", "scram-sha-256",
                          "--pwfile", secret, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.password_file = secret
        with open(self.folder / "data/postgresql.conf", "a") as configuration:
            configuration.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nfsync = off\n"
                                f"unix_socket_directories = '{self.folder}'\n{settings}")
        self.start()
        self.ask("CREATE DATABASE mail", database="postgres")
        self.connection = f"host=127.0.0.1 port={self.port} dbname=mail user=postreeve"

    def _as_postgres(self, program, *arguments):
        return as_user("postgres", PROGRAMS / program, *arguments)

    def start(self):
        self._as_postgres("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "start")

    def admit(self, network):
        """On all addresses from now on, and for whoever is on that network."""
        with open(self.folder / "data/pg_hba.conf", "a") as admitted:
            admitted.write(f"host all all {network} scram-sha-256\n")
        with open(self.folder / "data/postgresql.conf", "a") as configuration:
            configuration.write("listen_addresses = '*'\n")
        self.stop()
        self.start()

    def ask(self, statement, database="mail"):
        """What it answers, a line a row; as the database's owner."""
        return run("env", f"PGPASSWORD={PASSWORD}", PROGRAMS / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                   "-h", "127.0.0.1", "-p", str(self.port), "-U", "postreeve", "-d", database, text=statement)

    def dump(self):
        """Its lines in an order of their own: an updated row moves to the end of its table."""
        text = run("env", f"PGPASSWORD={PASSWORD}", PROGRAMS / "pg_dump", "-h", "127.0.0.1", "-p", str(self.port),
                   "-U", "postreeve", "mail")
        # Behind \\restrict is a word of chance.
        return "".join(line for line in sorted(text.splitlines(True)) if not line.startswith(("\\restrict", "\\unrestrict")))

    def process(self):
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def processes(self):
        """The server and those that it started."""
        found, more = [], [self.process()]
        while more:
            found += more
            more = [child for parent in more for child in children(parent)]
        return found

    def kill(self):
        """As when the machine fails: nothing is said to anybody, nothing is tidied up."""
        tell([self.process()], signal.SIGSTOP)  # first, so that it starts no others meanwhile
        killed = self.processes()
        tell(killed, signal.SIGKILL)
        wait_for(lambda: not any(is_alive(process) for process in killed))
        # As long as nobody has collected the dead server the next one takes it for alive.
        for left in (self.folder / "data/postmaster.pid", self.folder / f".s.PGSQL.{self.port}.lock"):
            left.unlink()

    def stop(self):
        try:
            self._as_postgres("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")
        except RuntimeError:
            end_process(self.process())
        wait_for(lambda: not (self.folder / "data/postmaster.pid").exists())
