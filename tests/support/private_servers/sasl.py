"""As much of Dovecot's auth protocol as Postfix speaks; every password is right."""

import base64
import socketserver
import threading


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            fields = line.decode().rstrip("\n").split("\t")
            if fields[0] == "AUTH":
                response = next(f for f in fields if f.startswith("resp="))[len("resp="):]
                user = base64.b64decode(response).split(b"\0")[1].decode()
                self.wfile.write(f"OK\t{fields[1]}\tuser={user}\n".encode())


class Sasl:
    def __init__(self):
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.endpoint = f"inet:127.0.0.1:{self._server.server_address[1]}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
