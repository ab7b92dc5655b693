"""A certificate authority below a root, and a certificate for an address that writes mail."""

from .machine import run


class Authority:
    def __init__(self, folder, address="abuse@hoster.example"):
        self._address = address
        self.folder, self.root = folder, folder / "root.pem"
        self._issue("root", "/CN=Root", None, "basicConstraints=critical,CA:TRUE")
        self._issue("ca", "/CN=Mail CA", "root", "basicConstraints=critical,CA:TRUE")
        self.key, self.certificate = self.issue("abuse", days=30)

    def issue(self, name, days):
        extension = f"keyUsage=digitalSignature\nextendedKeyUsage=emailProtection\nsubjectAltName=email:{self._address}"
        self._issue(name, f"/CN=Abuse desk/emailAddress={self._address}", "ca", extension, days)
        bundle = self.folder / f"{name}-chain.pem"
        bundle.write_text((self.folder / f"{name}.pem").read_text() + (self.folder / "ca.pem").read_text())
        return str(self.folder / f"{name}.key"), str(bundle)

    def _issue(self, name, subject, issuer, extensions, days=30):
        key, request, made = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        (self.folder / f"{name}.ext").write_text(extensions + "\n")
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", subject)
        sign = ["-signkey", key] if issuer is None else ["-CA", self.folder / f"{issuer}.pem", "-CAkey",
                                                         self.folder / f"{issuer}.key", "-CAcreateserial"]
        run("openssl", "x509", "-req", "-in", request, "-out", made, "-days", str(days), "-extfile",
            self.folder / f"{name}.ext", *sign)
