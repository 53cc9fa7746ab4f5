"""The words the demo is made of: Polish names, towns, firms. Weights are rough shares, not a census."""

# ruff: noqa: E501 - tables of words read best as tables
from __future__ import annotations

from typing import Final

FIRST_NAMES_FEMALE: Final = (
    ("Anna", 9), ("Maria", 7), ("Katarzyna", 8), ("Małgorzata", 6), ("Agnieszka", 8), ("Barbara", 4), ("Ewa", 5),
    ("Magdalena", 7), ("Joanna", 6), ("Elżbieta", 3), ("Monika", 6), ("Aleksandra", 6), ("Zofia", 4), ("Natalia", 5),
    ("Julia", 5), ("Karolina", 5), ("Marta", 5), ("Beata", 3), ("Dorota", 3), ("Iwona", 3), ("Paulina", 4),
    ("Weronika", 3), ("Justyna", 4), ("Hanna", 3), ("Alicja", 3), ("Sylwia", 3), ("Wiktoria", 3), ("Izabela", 3),
    ("Renata", 2), ("Bożena", 2), ("Łucja", 1), ("Żaneta", 1), ("Oliwia", 2), ("Kinga", 2), ("Urszula", 2),
)  # fmt: skip
FIRST_NAMES_MALE: Final = (
    ("Piotr", 7), ("Krzysztof", 6), ("Andrzej", 5), ("Tomasz", 7), ("Paweł", 6), ("Jan", 5), ("Michał", 7),
    ("Marcin", 6), ("Jakub", 5), ("Adam", 5), ("Łukasz", 5), ("Grzegorz", 4), ("Mateusz", 5), ("Wojciech", 4),
    ("Mariusz", 3), ("Dariusz", 3), ("Maciej", 4), ("Rafał", 4), ("Jacek", 3), ("Kamil", 4), ("Robert", 3),
    ("Szymon", 3), ("Kacper", 3), ("Filip", 3), ("Jerzy", 2), ("Stanisław", 2), ("Ryszard", 2), ("Sławomir", 2),
    ("Żelisław", 1), ("Zbigniew", 2),
)  # fmt: skip
SURNAMES: Final = (
    ("Nowak", "Nowak", 9), ("Kowalski", "Kowalska", 8), ("Wiśniewski", "Wiśniewska", 7), ("Wójcik", "Wójcik", 6),
    ("Kowalczyk", "Kowalczyk", 6), ("Kamiński", "Kamińska", 6), ("Lewandowski", "Lewandowska", 6),
    ("Zieliński", "Zielińska", 5), ("Szymański", "Szymańska", 5), ("Woźniak", "Woźniak", 5),
    ("Dąbrowski", "Dąbrowska", 5), ("Kozłowski", "Kozłowska", 5), ("Jankowski", "Jankowska", 4),
    ("Mazur", "Mazur", 4), ("Wojciechowski", "Wojciechowska", 4), ("Kwiatkowski", "Kwiatkowska", 4),
    ("Krawczyk", "Krawczyk", 4), ("Kaczmarek", "Kaczmarek", 4), ("Piotrowski", "Piotrowska", 4),
    ("Grabowski", "Grabowska", 4), ("Zając", "Zając", 3), ("Pawłowski", "Pawłowska", 3), ("Król", "Król", 3),
    ("Michalski", "Michalska", 3), ("Wieczorek", "Wieczorek", 3), ("Jabłoński", "Jabłońska", 3),
    ("Nowicki", "Nowicka", 3), ("Wróbel", "Wróbel", 3), ("Majewski", "Majewska", 3), ("Olszewski", "Olszewska", 3),
    ("Stępień", "Stępień", 3), ("Malinowski", "Malinowska", 3), ("Jaworski", "Jaworska", 3), ("Adamczyk", "Adamczyk", 3),
    ("Dudek", "Dudek", 3), ("Górski", "Górska", 3), ("Pawlak", "Pawlak", 3), ("Sikora", "Sikora", 3),
    ("Walczak", "Walczak", 3), ("Rutkowski", "Rutkowska", 2), ("Baran", "Baran", 2), ("Szewczyk", "Szewczyk", 2),
    ("Ostrowski", "Ostrowska", 2), ("Tomaszewski", "Tomaszewska", 2), ("Zalewski", "Zalewska", 2),
    ("Wróblewski", "Wróblewska", 2), ("Pietrzak", "Pietrzak", 2), ("Marciniak", "Marciniak", 2),
    ("Jasiński", "Jasińska", 2), ("Sadowski", "Sadowska", 2), ("Duda", "Duda", 2), ("Zawadzki", "Zawadzka", 2),
    ("Bąk", "Bąk", 2), ("Chmielewski", "Chmielewska", 2), ("Włodarczyk", "Włodarczyk", 2), ("Borkowski", "Borkowska", 2),
    ("Czarnecki", "Czarnecka", 2), ("Sokołowski", "Sokołowska", 2), ("Urbański", "Urbańska", 2), ("Kubiak", "Kubiak", 2),
    ("Maciejewski", "Maciejewska", 2), ("Szczepański", "Szczepańska", 2), ("Kucharski", "Kucharska", 2),
    ("Wilk", "Wilk", 2), ("Kalinowski", "Kalinowska", 2), ("Lis", "Lis", 2), ("Mazurek", "Mazurek", 2),
    ("Wysocki", "Wysocka", 2), ("Adamski", "Adamska", 2), ("Kaźmierczak", "Kaźmierczak", 2), ("Sobczak", "Sobczak", 2),
    ("Czerwiński", "Czerwińska", 2), ("Andrzejewski", "Andrzejewska", 2), ("Cieślak", "Cieślak", 2),
    ("Głowacki", "Głowacka", 2), ("Zakrzewski", "Zakrzewska", 2), ("Kołodziej", "Kołodziej", 2),
    ("Sikorski", "Sikorska", 2), ("Krajewski", "Krajewska", 2), ("Gajewski", "Gajewska", 1), ("Brzęczyszczykiewicz",
    "Brzęczyszczykiewicz", 1), ("Szulc", "Szulc", 1), ("Laskowski", "Laskowska", 1), ("Ziółkowski", "Ziółkowska", 1),
    ("Makowski", "Makowska", 1), ("Konieczny", "Konieczna", 1), ("Leśniak", "Leśniak", 1), ("Cichy", "Cicha", 1),
    ("Ogrodnik", "Ogrodnik", 1), ("Różański", "Różańska", 1), ("Żak", "Żak", 1), ("Źrebiec", "Źrebiec", 1),
)  # fmt: skip
CITIES: Final = (
    ("Warszawa", "00-", 18), ("Kraków", "30-", 9), ("Łódź", "90-", 7), ("Wrocław", "50-", 8), ("Poznań", "60-", 7),
    ("Gdańsk", "80-", 6), ("Szczecin", "70-", 4), ("Bydgoszcz", "85-", 3), ("Lublin", "20-", 4), ("Białystok", "15-", 3),
    ("Katowice", "40-", 4), ("Gdynia", "81-", 3), ("Częstochowa", "42-", 2), ("Radom", "26-", 2), ("Toruń", "87-", 2),
    ("Rzeszów", "35-", 2), ("Kielce", "25-", 2), ("Gliwice", "44-", 2), ("Olsztyn", "10-", 2), ("Bielsko-Biała", "43-", 2),
    ("Zielona Góra", "65-", 2), ("Opole", "45-", 1), ("Tarnów", "33-", 1), ("Płock", "09-", 1), ("Koszalin", "75-", 1),
    ("Legnica", "59-", 1), ("Grudziądz", "86-", 1), ("Jaworzno", "43-", 1), ("Słupsk", "76-", 1), ("Siedlce", "08-", 1),
    ("Konin", "62-", 1), ("Leszno", "64-", 1), ("Suwałki", "16-", 1), ("Zamość", "22-", 1), ("Sopot", "81-", 1),
    ("Piaseczno", "05-", 2), ("Pruszków", "05-", 1), ("Wieliczka", "32-", 1), ("Skierniewice", "96-", 1),
    ("Nowy Sącz", "33-", 1), ("Żywiec", "34-", 1), ("Ełk", "19-", 1), ("Kołobrzeg", "78-", 1), ("Świdnica", "58-", 1),
)  # fmt: skip
MAIL_DOMAINS: Final = (
    ("example.com", 40), ("example.org", 12), ("example.net", 12), ("poczta.example", 22), ("skrzynka.example", 14),
)  # fmt: skip
FIRM_KINDS: Final = (
    "Kwiaciarnia {surname}", "Ogrody {surname}", "Zieleń i My {surname}", "Pracownia Florystyczna {surname}",
    "Gospodarstwo Szkółkarskie {surname}", "Hotel Pod Lipą", "Restauracja Rozmaryn", "Biuro Zielone {city}",
    "Spółdzielnia Mieszkaniowa {city}", "Projektowanie Ogrodów {surname}", "Kawiarnia Fikus {city}",
    "Usługi Ogrodnicze {surname}",
)  # fmt: skip
FIRM_FORMS: Final = ("", "", "", " sp. z o.o.", " s.c.", " sp.j.")
REFUND_REASONS: Final = (
    "Roślina dotarła uszkodzona", "Zmiana decyzji", "Nie ten rozmiar", "Pomyłka w zamówieniu", "Wada produktu",
    "Paczka dotarła za późno",
)  # fmt: skip
PAYMENT_METHODS: Final = (
    ("blik", 38), ("przelewy24", 25), ("karta", 19), ("za pobraniem", 11), ("przelew", 7),
)  # fmt: skip
