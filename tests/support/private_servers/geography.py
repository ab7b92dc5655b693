"""A small synthetic world: who has which networks, and where they are."""

from .machine import ROOT, run

# network, country, continent, AS number, its name. The networks are made up.
WORLD = [
    ("20.1.0.0/16", "DE", "EU", 64601, "Example Office Telecom"),
    ("20.2.0.0/16", "DE", "EU", 64602, "Example Mobile"),
    ("20.3.0.0/16", "DE", "EU", 64603, "Example Cable"),
    ("20.10.0.0/16", "VN", "AS", 64610, "Faraway Hosting"),
    ("20.11.0.0/16", "BR", "SA", 64611, "Faraway Broadband"),
    ("20.12.0.0/16", "NG", "AF", 64612, "Faraway Wireless"),
    ("20.13.0.0/16", "ID", "AS", 64613, "Faraway Fibre"),
    ("20.14.0.0/16", "RU", "EU", 64614, "Faraway Cloud"),
    ("20.15.0.0/16", "IN", "AS", 64615, "Faraway Telecom"),
    ("20.16.0.0/16", "US", "NA", 64616, "Faraway Datacenter"),
    ("2a10:17::/32", "TR", "AS", 64617, "Faraway Six"),
]
COLUMNS = ("network", "country.iso_code:utf8_string", "continent.code:utf8_string",
           "autonomous_system_number:uint32", "autonomous_system_organization:utf8_string")


def write(path):
    rows = ["\t".join(COLUMNS)] + ["\t".join(map(str, row)) for row in WORLD]
    run("perl", ROOT / "tests/support/mmdb/write_mmdb.pl", path, "6", text="\n".join(rows) + "\n")
    return path
