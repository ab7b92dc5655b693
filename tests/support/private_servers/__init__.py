"""Mail servers of one's own, on loopback and in a folder: for tests and the demonstration.

Each class is one server. It starts when it is made, everything it writes lies in the
folder it is given, and stop() ends its own processes and no others.
"""
