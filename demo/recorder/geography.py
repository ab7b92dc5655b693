"""The synthetic world: who owns which addresses, where they are and what they are called.

All addresses come from the ranges for documentation and benchmarking (RFC 5737,
2544, 3849) and all network numbers from the private ones, so that nobody real is
named. Every network here becomes an entry of geo.mmdb.
"""

import ipaddress
import random
from dataclasses import dataclass

WORLD_V4 = ("198.18.0.0/15", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
WORLD_V6 = "2001:db8::/32"
MX1_V4, MX1_V6, MX2_V4 = "192.0.2.10", "2001:db8:10::10", "192.0.2.20"
SHOP_SERVER, BACKUP_SERVER = "192.0.2.80", "192.0.2.90"


@dataclass(frozen=True)
class Network:
    key: str
    prefix: str
    country: str
    latitude: float
    longitude: float
    radius_km: int
    asn: int
    organisation: str
    names: str = ""  # pattern of the hosts' names; empty: the addresses have none

    def address(self, rng: random.Random) -> str:
        block = ipaddress.ip_network(self.prefix)
        if block.version == 6:
            return str(block[rng.getrandbits(16) << 64 | rng.getrandbits(62) | 1])
        return str(block[rng.randrange(3, block.num_addresses - 3)])

    def name_of(self, address: str) -> str:
        return self.names.replace("*", address.replace(".", "-").replace(":", "-")) if self.names else ""


def _home() -> list[Network]:
    return [
        Network("hoster", "192.0.2.0/24", "PL", 52.23, 21.01, 5, 64512, "Hosting Wisla"),
        Network("hoster6", "2001:db8:10::/48", "PL", 52.23, 21.01, 5, 64512, "Hosting Wisla"),
        Network("office", "198.18.65.0/24", "PL", 50.06, 19.94, 10, 64520, "Fibre Krakow", "*.fibre.krk.example"),
        Network("school", "198.18.66.0/24", "PL", 51.11, 17.03, 10, 64521, "Miejska Siec Wroclaw"),
        Network("workshop", "198.18.67.0/24", "PL", 54.35, 18.65, 10, 64522, "Fibre Gdansk", "*.fibre.gda.example"),
        Network("dsl", "198.18.0.0/20", "PL", 52.23, 21.01, 50, 64530, "Telekom Mazowsze", "*.dsl.mazowsze.example"),
        Network("cable", "198.18.16.0/20", "PL", 50.06, 19.94, 20, 64531, "Kablowka Krakow", "*.cable.krk.example"),
        Network("cable2", "198.18.80.0/20", "PL", 51.11, 17.03, 20, 64532, "Kablowka Wroclaw", "*.cable.wro.example"),
        Network("cable3", "198.18.96.0/20", "PL", 54.35, 18.65, 20, 64533, "Kablowka Gdansk"),
        Network("cable4", "198.18.112.0/20", "PL", 53.43, 14.55, 20, 64534, "Kablowka Szczecin", "*.cable.szn.example"),
        Network("mobile1", "198.18.32.0/21", "PL", 52.0, 19.0, 200, 64540, "Mobilna Jeden", "*.lte.mobilna.example"),
        Network("mobile2", "198.18.48.0/21", "PL", 52.0, 19.0, 200, 64541, "Mobilna Dwa"),
        Network("mobile6", "2001:db8:4000::/36", "PL", 52.0, 19.0, 200, 64540, "Mobilna Jeden"),
        Network("fibre6", "2001:db8:5000::/36", "PL", 51.11, 17.03, 50, 64532, "Kablowka Wroclaw"),
        Network("vpn-nl", "203.0.113.128/27", "NL", 52.37, 4.90, 20, 64550, "Quiet Tunnel VPN"),
        Network("vpn-ch", "203.0.113.160/27", "CH", 47.37, 8.54, 20, 64550, "Quiet Tunnel VPN"),
        Network("vpn-us", "203.0.113.192/27", "US", 40.71, -74.01, 20, 64550, "Quiet Tunnel VPN"),
        Network("hotel-es", "198.51.100.0/27", "ES", 41.39, 2.17, 20, 64560, "Hotel Mar"),
        Network("roaming-es", "198.51.100.32/27", "ES", 40.42, -3.70, 200, 64561, "Movil Sur"),
        Network("airport-de", "198.51.100.64/27", "DE", 50.03, 8.56, 10, 64562, "Flughafen WLAN"),
        Network("scan-hosting", "203.0.113.0/26", "NL", 52.37, 4.90, 50, 64570, "Bulletproof Racks",
                "srv*.racks.example"),
        Network("guess-hosting", "203.0.113.64/26", "RO", 44.43, 26.10, 50, 64571, "Cheap VPS Bucharest"),
        Network("senders", "198.51.100.128/25", "DE", 50.11, 8.68, 20, 64580, "Mailbox Exchange Frankfurt"),
    ]


# Country, latitude, longitude; each gets a residential network of its own.
_ABROAD = [
    ("VN", 21.03, 105.85), ("BR", -23.55, -46.63), ("IN", 28.61, 77.21), ("ID", -6.21, 106.85),
    ("TR", 41.01, 28.98), ("NG", 6.52, 3.38), ("PK", 24.86, 67.01), ("MX", 19.43, -99.13),
    ("AR", -34.60, -58.38), ("CO", 4.71, -74.07), ("EG", 30.04, 31.24), ("ZA", -26.20, 28.05),
    ("PH", 14.60, 120.98), ("MY", 3.14, 101.69), ("KR", 37.57, 126.98), ("TW", 25.03, 121.57),
    ("TH", 13.76, 100.50), ("RO", 44.43, 26.10), ("BG", 42.70, 23.32), ("RS", 44.79, 20.45),
    ("GR", 37.98, 23.73), ("IT", 41.90, 12.50), ("ES", 40.42, -3.70), ("PT", 38.72, -9.14),
    ("MA", 33.57, -7.59), ("DZ", 36.75, 3.06), ("KE", -1.29, 36.82), ("PE", -12.05, -77.04),
    ("CL", -33.45, -70.67), ("EC", -0.18, -78.47), ("KZ", 43.24, 76.89), ("UZ", 41.30, 69.24),
    ("BD", 23.81, 90.41), ("LK", 6.93, 79.85), ("NP", 27.72, 85.32), ("GE", 41.72, 44.79),
    ("AM", 40.18, 44.51), ("HU", 47.50, 19.04), ("CZ", 50.08, 14.44), ("DE", 52.52, 13.41),
    ("FR", 48.86, 2.35), ("US", 34.05, -118.24),
]


def _abroad() -> list[Network]:
    blocks = ipaddress.ip_network("198.19.0.0/16").subnets(new_prefix=22)
    return [Network("home-" + country.lower(), str(block), country, latitude, longitude, 100, 64700 + index,
                    f"Residential {country}", f"*.pool.{country.lower()}.example" if index % 3 else "")
            for index, ((country, latitude, longitude), block) in enumerate(zip(_ABROAD, blocks))]


NETWORKS: dict[str, Network] = {network.key: network for network in _home() + _abroad()}
RESIDENTIAL_ABROAD: list[str] = ["home-" + country.lower() for country, _, _ in _ABROAD]
_PREFIXES = [(ipaddress.ip_network(network.prefix), network) for network in NETWORKS.values()]


def network_of(address: str) -> Network:
    ip = ipaddress.ip_address(address)
    matches = [(block.prefixlen, network) for block, network in _PREFIXES
               if block.version == ip.version and ip in block]
    return max(matches, key=lambda match: match[0])[1]


def host_line(address: str) -> str:
    """The line of /etc/hosts for a client's address; empty when it has no name."""
    name = network_of(address).name_of(address)
    return f"{address} {name}" if name else ""


def table() -> str:
    """All networks as tab-separated lines, the input of make_geo.pl."""
    rows = [(n.prefix, n.country, n.latitude, n.longitude, n.radius_km, n.asn, n.organisation)
            for n in NETWORKS.values()]
    return "".join("\t".join(str(field) for field in row) + "\n" for row in rows)
