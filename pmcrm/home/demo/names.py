"""Invented names by country, and the addresses that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True)
class Country:
    """How companies and people are called somewhere, and where their clocks and phones are."""

    code: str
    cities: tuple[tuple[str, str, str], ...]
    """City, its time zone, its phone prefix; the prefix is empty where no range is kept for fiction."""
    roots: tuple[str, ...]
    forms: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    weight: int


COUNTRIES: Final = (
    Country(
        "US",
        (
            ("Baltimore", "America/New_York", "+1410555"),
            ("Savannah", "America/New_York", "+1912555"),
            ("Houston", "America/Chicago", "+1713555"),
            ("Duluth", "America/Chicago", "+1218555"),
            ("Long Beach", "America/Los_Angeles", "+1562555"),
            ("Tacoma", "America/Los_Angeles", "+1253555"),
        ),
        (
            "Arden",
            "Pelham",
            "Copperline",
            "Sable Point",
            "Larkin",
            "Bright Mesa",
            "Halyard",
            "Northgate",
            "Calder",
            "Red Cove",
            "Stillwater",
            "Hawthorn",
            "Blue Heron",
            "Granite Bay",
            "Osprey",
            "Marlowe",
        ),
        ("Freight Inc.", "Terminals LLC", "Marine Inc.", "Logistics LLC", "Drayage Inc.", "Stevedoring LLC"),
        ("Dana", "Marcus", "Elena", "Tyrone", "Rachel", "Miguel", "Priya", "Scott", "Alicia", "Grant"),
        ("Whitlow", "Okafor", "Reyes", "Brandt", "Calloway", "Nguyen", "Thatcher", "Ibarra", "Kessler", "Pruitt"),
        22,
    ),
    Country(
        "GB",
        (
            ("London", "Europe/London", "+4420794600"),
            ("Bristol", "Europe/London", "+4411749600"),
            ("Liverpool", "Europe/London", "+4415149600"),
            ("Newcastle", "Europe/London", "+4419149800"),
        ),
        (
            "Pennant",
            "Thornbury",
            "Kestrel",
            "Ashdown",
            "Wexcombe",
            "Tidemill",
            "Harrowgate",
            "Merrow",
            "Fenwick",
            "Saltmarsh",
            "Brackley",
            "Oxlow",
            "Marram",
            "Quayside",
            "Whitstone",
        ),
        ("Shipping Ltd", "Ports Ltd", "Haulage Ltd", "Cold Chain Ltd", "Lines plc", "Wharves Ltd"),
        ("Imogen", "Callum", "Fiona", "Rhys", "Nadia", "Alistair", "Bethan", "Owen", "Harriet", "Kofi"),
        ("Pemberton", "Ashworth", "Llewellyn", "Fairclough", "Osei", "Hargreave", "Bellamy", "Stroud", "Nairn", "Cole"),
        15,
    ),
    Country(
        "DE",
        (
            ("Berlin", "Europe/Berlin", "+493023125"),
            ("Hamburg", "Europe/Berlin", "+494066969"),
            ("Köln", "Europe/Berlin", "+492214710"),
        ),
        (
            "Elbmark",
            "Hansa Nord",
            "Brückner",
            "Wesertal",
            "Lindauer",
            "Kranich",
            "Sturmvogel",
            "Falkenried",
            "Alsterhof",
            "Rheinbogen",
            "Speicherinsel",
            "Küstenring",
        ),
        ("Spedition GmbH", "Hafenlogistik GmbH", "Reederei GmbH & Co. KG", "Umschlag AG", "Lager GmbH"),
        ("Anke", "Jörg", "Katrin", "Stefan", "Maren", "Holger", "Birte", "Uwe", "Sabine", "Yusuf"),
        ("Petersen", "Reuter", "Köhler", "Albers", "Lüders", "Demir", "Friedrichs", "Wolter", "Behrens", "Carstens"),
        15,
    ),
    Country(
        "SE",
        (
            ("Göteborg", "Europe/Stockholm", "+463139006"),
            ("Stockholm", "Europe/Stockholm", "+468465004"),
        ),
        ("Skärgårds", "Vinga", "Bohus", "Norrvik", "Älvs", "Klipp", "Måsen", "Hallands", "Öresunds", "Kustlinjen"),
        ("Rederi AB", "Hamn AB", "Åkeri AB", "Terminal AB", "Logistik AB"),
        ("Kerstin", "Anders", "Linnéa", "Göran", "Saga", "Mats", "Ylva", "Henrik"),
        ("Sjöberg", "Åkesson", "Hedlund", "Norén", "Dahlgren", "Wikström", "Blom", "Ekdal"),
        11,
    ),
    Country(
        "FR",
        (
            ("Paris", "Europe/Paris", "+3319900"),
            ("Marseille", "Europe/Paris", "+3346571"),
            ("Nantes", "Europe/Paris", "+3326191"),
        ),
        ("Armorik", "Belle Rade", "Cap Ferrand", "Estuaire", "Grand Large", "Lavandou", "Noroît", "Rivage", "Vauclair"),
        ("Transit SA", "Manutention SAS", "Cabotage SA", "Entrepôts SAS", "Maritime SA"),
        ("Camille", "Thierry", "Solène", "Bruno", "Amandine", "Loïc", "Fatou", "Gilles"),
        ("Kerambrun", "Delattre", "Roussel", "Le Goff", "Ferrand", "Diallo", "Marchetti", "Vasseur"),
        9,
    ),
    Country(
        "AU",
        (
            ("Sydney", "Australia/Sydney", "+61255501"),
            ("Melbourne", "Australia/Melbourne", "+61370101"),
            ("Brisbane", "Australia/Brisbane", "+61770101"),
        ),
        ("Bungaree", "Coral Reach", "Southern Spar", "Wattle Bay", "Ironbark", "Pelican Head", "Tasman Gate"),
        ("Stevedores Pty Ltd", "Freight Pty Ltd", "Towage Pty Ltd", "Bulk Pty Ltd"),
        ("Bronwyn", "Lachlan", "Tegan", "Darcy", "Mei", "Angus"),
        ("Hallam", "Tran", "McKinlay", "Prescott", "Adeyemi", "Rowntree"),
        6,
    ),
    Country(
        "CA",
        (
            ("Halifax", "America/Halifax", "+1902555"),
            ("Montréal", "America/Toronto", "+1514555"),
            ("Vancouver", "America/Vancouver", "+1604555"),
        ),
        ("Fundy", "Laurentide", "Cedar Inlet", "Grand Banc", "Northern Tern", "Skeena"),
        ("Shipping Inc.", "Grain Terminals Ltd.", "Arrimage inc.", "Rail & Port Ltd."),
        ("Élodie", "Trevor", "Anjali", "Marc-André", "Heather", "Desmond"),
        ("Tremblay-Roy", "MacAulay", "Gill", "Beaudry", "Sinclair", "Leung"),
        6,
    ),
    Country(
        "NO",
        (("Oslo", "Europe/Oslo", ""), ("Bergen", "Europe/Oslo", "")),
        ("Halden", "Fjordtun", "Nordskott", "Solvær", "Havgard", "Tindvik"),
        ("Maritime AS", "Havn AS", "Frakt AS", "Verft AS"),
        ("Kari", "Jonas", "Ragnhild", "Sindre", "Tuva", "Eirik"),
        ("Lund", "Vik", "Tveit", "Solberg", "Aasen", "Haugland"),
        5,
    ),
    Country(
        "NL",
        (("Rotterdam", "Europe/Amsterdam", ""), ("Delfzijl", "Europe/Amsterdam", "")),
        ("Maasvliet", "Zeearend", "De Krib", "Waddenkade", "Scheldemond"),
        ("Stuwadoors B.V.", "Overslag B.V.", "Rederij N.V.", "Opslag B.V."),
        ("Femke", "Joost", "Sanne", "Pieter", "Anouk", "Ruben"),
        ("van der Laan", "Hoekstra", "Bakker", "de Ruijter", "Mulder", "Smeets"),
        4,
    ),
    Country(
        "SG",
        (("Singapore", "Asia/Singapore", ""),),
        ("Straits Lantern", "Temasya", "Kallang Row", "Merbau", "Orchid Quay"),
        ("Shipping Pte Ltd", "Bunkering Pte Ltd", "Feeder Lines Pte Ltd"),
        ("Wei Ling", "Arjun", "Siti", "Desmond", "Hui Min"),
        ("Tan", "Pillai", "Rahman", "Goh", "Lim"),
        3,
    ),
    Country(
        "JP",
        (("Yokohama", "Asia/Tokyo", ""), ("Kobe", "Asia/Tokyo", "")),
        ("Minato Hikari", "Aomizu", "Setomaru", "Kitanami"),
        ("Kaiun K.K.", "Soko K.K.", "Butsuryu K.K."),
        ("Haruka", "Kenji", "Naomi", "Takumi"),
        ("Morishita", "Okabe", "Fujisawa", "Hirano"),
        2,
    ),
    Country(
        "BR",
        (("Santos", "America/Sao_Paulo", ""), ("Recife", "America/Recife", "")),
        ("Porto Sereno", "Maré Alta", "Atlântica", "Jangada"),
        ("Logística Ltda.", "Terminais S.A.", "Navegação S.A."),
        ("Beatriz", "Caio", "Larissa", "Otávio"),
        ("Andrade", "Barcelos", "Figueira", "Moreira"),
        2,
    ),
)
COUNTRY: Final = {country.code: country for country in COUNTRIES}
INDUSTRIES: Final = (
    "Container terminal",
    "Bulk terminal",
    "Ferry line",
    "Short-sea carrier",
    "Freight forwarder",
    "Shipyard",
    "Port authority",
    "Cold storage",
    "Towage",
    "Rail operator",
)
JOBS: Final = (
    "Head of planning",
    "Operations manager",
    "IT director",
    "Berth planner",
    "Chief operating officer",
    "Purchasing manager",
    "Crew coordinator",
    "Terminal manager",
    "Digital lead",
    "Finance director",
)


def phone(country: Country, city: int, number: int) -> str:
    """A phone number kept for fiction in the city's prefix; empty where there is no such range."""
    prefix = country.cities[city][2]
    if not prefix:
        return ""
    if country.code in {"US", "CA"}:
        return f"{prefix}01{number % 100:02d}"
    lengths = {"GB": 13, "AU": 12, "SE": 12, "FR": 12}
    length = lengths.get(country.code, len(prefix) + 3)
    digits = length - len(prefix)
    return f"{prefix}{number % 10**digits:0{digits}d}"


def slug(text: str) -> str:
    """Letters and digits for an address: "Älvs Rederi AB" -> "alvsrederi"."""
    plain = text.lower().translate(str.maketrans("äåàâáãæöøôóüûúéèêëçñïîí", "aaaaaaaoooouuueeeecniii"))
    words = [
        "".join(character for character in word if character.isascii() and character.isalnum())
        for word in plain.split()
    ]
    return "".join(word for word in words[:-1] if word) or "".join(words)


def company_names(country: Country, how_many: int, random: Random) -> list[str]:
    """Different names: every root with every legal form in an order of its own."""
    known = [f"{root} {form}" for root in country.roots for form in country.forms]
    random.shuffle(known)
    return known[:how_many]
