"""A private OpenLDAP server: dc=example below which accounts are, ldap:// and ldaps:// on loopback."""

import shutil
import subprocess

from .machine import PATH, answers, end_process, free_port, run, wait_for

PASSWORD = "it's a \\ secret"
ADMIN = "cn=postreeve,dc=example"
SCHEMA = "/etc/ldap/schema"

CONFIGURATION = """\
dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: {folder}/pid
olcTLSCertificateFile: {folder}/server.pem
olcTLSCertificateKeyFile: {folder}/server.key

dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file://{schema}/core.ldif
include: file://{schema}/cosine.ldif
include: file://{schema}/inetorgperson.ldif

dn: cn=abuse,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: abuse
olcAttributeTypes: ( 1.3.6.1.4.1.5923.99.1 NAME 'abused' EQUALITY booleanMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
olcAttributeTypes: ( 1.3.6.1.4.1.5923.99.2 NAME 'mailFlag' EQUALITY caseExactMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcAttributeTypes: ( 1.3.6.1.4.1.5923.99.3 NAME 'mailSeal' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
olcObjectClasses: ( 1.3.6.1.4.1.5923.99.4 NAME 'mailUser' SUP top AUXILIARY
  MAY ( abused $ mailFlag $ mailSeal ) )

dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcDbDirectory: {folder}/data
olcDbMaxSize: 16777216
olcDbNoSync: TRUE
olcDbIndex: uid eq
olcSuffix: dc=example
olcRootDN: {admin}
olcRootPW: {password}
olcAccess: to * by * read
"""
TREE = """\
dn: dc=example
objectClass: dcObject
objectClass: organization
dc: example
o: example
"""
# What the server itself notes of every change.
OWN_NOTES = ("entryCSN", "modifyTimestamp", "modifiersName")


def is_installed():
    return shutil.which("slapd", path=PATH) is not None and shutil.which("ldapmodify", path=PATH) is not None


class Slapd:
    def __init__(self, folder):
        self.folder = folder / "slapd"
        (self.folder / "data").mkdir(mode=0o755, parents=True)
        (self.folder / "config").mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = self.folder / "server.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.folder / "server.key",
            "-out", self.certificate)
        self.password_file = self.folder / "secret"
        self.password_file.write_text(PASSWORD + "\n")
        self._load(0, CONFIGURATION.format(folder=self.folder, schema=SCHEMA, admin=ADMIN, password=PASSWORD))
        self._load(1, TREE)
        self.uri = f"ldap://127.0.0.1:{self.port}"
        self.tls_uri = f"ldaps://127.0.0.1:{self.tls_port}"
        self.start()

    def _load(self, database, text):
        run("slapadd", "-n", str(database), "-F", self.folder / "config", text=text)

    def start(self):
        self._process = subprocess.Popen(
            ["slapd", "-d", "0", "-F", str(self.folder / "config"), "-h", f"{self.uri}/ {self.tls_uri}/"],
            env={"PATH": PATH}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port) and answers(self.tls_port))

    def change(self, ldif):
        return run("ldapmodify", "-x", "-H", self.uri, "-D", ADMIN, "-w", PASSWORD, text=ldif)

    def dump(self):
        """All entries without what the server notes of changes; an entry's attributes have no order (RFC 4511)."""
        lines = run("slapcat", "-n", "1", "-F", self.folder / "config", "-o", "ldif-wrap=no").splitlines()
        kept = "\n".join(line for line in lines if not line.startswith(OWN_NOTES))
        return "\n\n".join("\n".join([name, *sorted(attributes)])
                           for name, *attributes in (entry.splitlines() for entry in kept.split("\n\n") if entry))

    def ask_entries(self):
        """The names of all accounts."""
        return [line[4:] for line in self.dump().splitlines() if line.startswith("dn: cn=")]

    def values(self, dn, attribute):
        found = run("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", self.uri, "-b", dn, "-s", "base", attribute)
        return [line.split(": ", 1)[1] for line in found.splitlines() if line.startswith(attribute + ":")]

    def process(self):
        return self._process.pid

    def processes(self):
        return [self._process.pid]

    def stop(self):
        end_process(self._process.pid)
        self._process.wait(10)
