"""What zielnik sells: categories with their seasons, and lines of products with variants and prices.

`months` are multipliers of a category's share from January to December. A line is
(name, variants, lowest price, highest price) in złoty; its variants spread over the price range.
"""

# ruff: noqa: E501 - tables of words read best as tables
from __future__ import annotations

from dataclasses import dataclass

ProductLine = tuple[str, tuple[str, ...], float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryWords:
    """One category of the shop; `goes_with` names what people put into the same basket."""

    name: str
    share: float
    tax_percent: int
    units: tuple[int, ...]
    months: tuple[float, ...]
    goes_with: tuple[str, ...]
    lines: tuple[ProductLine, ...]


SPRING = (0.5, 1.1, 1.8, 1.9, 1.6, 1.0, 0.6, 0.5, 0.6, 0.5, 0.3, 0.3)
SUMMER = (0.3, 0.4, 0.8, 1.3, 1.8, 1.8, 1.6, 1.2, 0.8, 0.5, 0.4, 0.5)
AUTUMN = (0.2, 0.3, 0.5, 0.6, 0.5, 0.4, 0.6, 1.4, 2.6, 2.4, 1.2, 0.4)
INDOOR = (1.2, 1.1, 1.0, 0.9, 0.9, 0.8, 0.8, 0.9, 1.1, 1.2, 1.2, 1.3)
ALWAYS = (1.0, 1.0, 1.1, 1.1, 1.1, 1.0, 0.9, 0.9, 1.0, 1.0, 0.9, 0.9)
GIFTS = (0.5, 1.0, 1.1, 0.8, 1.3, 0.7, 0.5, 0.5, 0.6, 0.7, 1.8, 4.2)

POTS = ("doniczka 9 cm", "doniczka 12 cm", "doniczka 17 cm", "doniczka 21 cm")
SMALL_LARGE = ("mała", "średnia", "duża")
CATEGORIES: tuple[CategoryWords, ...] = (
    CategoryWords(
        name="Nasiona warzyw", share=0.13, tax_percent=8, units=(1, 1, 1, 2, 2, 3), months=SPRING,
        goes_with=("Podłoża i ziemia", "Nasiona kwiatów", "Zioła", "Nawozy"),
        lines=(
            ("Pomidor", ("Malinowy Ożarowski", "Koralik", "Bawole Serce", "San Marzano", "Betalux", "Black Cherry"), 2.49, 6.99),
            ("Ogórek", ("Śremski", "Julian F1", "Polan", "Krak F1"), 2.79, 7.99),
            ("Papryka", ("California Wonder", "Ożarowska", "Cyklon", "Roberta F1"), 2.99, 8.49),
            ("Rzodkiewka", ("Krakowianka", "Saxa", "Sopel lodu"), 1.99, 3.49),
            ("Marchew", ("Nantejska", "Karotina", "Perfekcja"), 1.99, 4.99),
            ("Sałata", ("Królowa Majowych", "Lollo Rossa", "rzymska"), 1.99, 3.99),
            ("Dynia", ("Hokkaido", "piżmowa", "makaronowa", "olbrzymia"), 2.99, 5.99),
            ("Fasola szparagowa", ("Złota Saxa", "Blauhilde", "Polka"), 3.49, 6.49),
            ("Groch cukrowy", ("Iłówiecki", "Ambrosia"), 3.49, 5.49),
            ("Cukinia", ("Astra Polka", "Nimba", "Soleil F1"), 2.79, 7.49),
            ("Burak ćwikłowy", ("Czerwona Kula", "Opolski"), 1.99, 3.49),
            ("Jarmuż", ("Halbhoher", "Scarlet"), 2.49, 3.99),
        ),
    ),
    CategoryWords(
        name="Nasiona kwiatów", share=0.08, tax_percent=8, units=(1, 1, 2, 2, 3), months=SPRING,
        goes_with=("Nasiona warzyw", "Podłoża i ziemia", "Doniczki i osłonki"),
        lines=(
            ("Nasturcja", ("pnąca", "karłowa", "Alaska"), 2.29, 3.99), ("Aksamitka", ("wzniesiona", "rozpierzchła"), 1.99, 3.49),
            ("Cynia", ("daliowa", "Lilliput", "Queen Lime"), 2.49, 5.99), ("Kosmos", ("Sensation", "Psyche"), 2.49, 3.99),
            ("Słonecznik ozdobny", ("Teddy Bear", "Claret", "Sunspot"), 2.99, 5.49), ("Groszek pachnący", ("Spencer", "Cupido"), 2.79, 4.49),
            ("Maciejka", ("klasyczna",), 2.29, 2.29), ("Malwa", ("Chater's", "Nigra"), 2.79, 4.49), ("Lewkonia", ("letnia",), 2.99, 2.99),
            ("Łąka kwietna", ("100 g", "250 g", "1 kg"), 14.99, 89.9), ("Ostróżka", ("ogrodowa", "Pacific"), 2.99, 5.49),
            ("Mak", ("kalifornijski", "wschodni"), 2.29, 3.99), ("Niezapominajka", ("leśna",), 2.49, 2.49), ("Bratek", ("Szwajcarski Olbrzym",), 3.99, 3.99),
        ),
    ),
    CategoryWords(
        name="Zioła", share=0.07, tax_percent=8, units=(1, 1, 2, 3), months=SPRING,
        goes_with=("Doniczki i osłonki", "Podłoża i ziemia", "Nasiona warzyw"),
        lines=(
            ("Bazylia", ("nasiona", "w doniczce", "czerwona w doniczce"), 2.49, 12.99), ("Mięta", ("pieprzowa", "czekoladowa", "marokańska"), 8.99, 13.99),
            ("Rozmaryn", ("w doniczce 12 cm", "w doniczce 17 cm"), 11.99, 24.9), ("Tymianek", ("cytrynowy", "pospolity"), 8.99, 12.99),
            ("Lawenda", ("Hidcote", "Grosso", "Edelweiss"), 9.99, 19.9), ("Szałwia", ("lekarska", "ananasowa"), 8.99, 14.99),
            ("Melisa", ("lekarska",), 8.99, 8.99), ("Oregano", ("greckie",), 8.99, 8.99), ("Szczypiorek", ("nasiona", "w doniczce"), 2.29, 8.99),
            ("Kolendra", ("nasiona",), 2.79, 2.79), ("Pietruszka naciowa", ("nasiona", "w doniczce"), 2.29, 8.99), ("Estragon", ("francuski",), 12.99, 12.99),
        ),
    ),
    CategoryWords(
        name="Rośliny doniczkowe", share=0.14, tax_percent=8, units=(1, 1, 1, 1, 2), months=INDOOR,
        goes_with=("Doniczki i osłonki", "Podłoża i ziemia", "Nawozy"),
        lines=(
            ("Monstera deliciosa", POTS, 24.9, 159.0), ("Zamiokulkas", POTS[1:], 39.9, 149.0), ("Sansewieria Laurentii", POTS[1:], 34.9, 119.0),
            ("Skrzydłokwiat", POTS[1:3], 29.9, 59.9), ("Fikus lirolistny", POTS[1:], 44.9, 189.0), ("Fikus sprężysty", POTS[1:], 34.9, 129.0),
            ("Epipremnum złociste", POTS[:3], 14.9, 49.9), ("Kalatea orbifolia", POTS[1:3], 39.9, 79.9), ("Pilea peperomiowata", POTS[:2], 16.9, 29.9),
            ("Aloes zwyczajny", POTS[:3], 12.9, 44.9), ("Grubosz drzewiasty", POTS[:3], 11.9, 54.9), ("Storczyk falenopsis", ("biały", "różowy", "żółty"), 39.9, 59.9),
            ("Paproć nefrolepis", POTS[1:3], 22.9, 44.9), ("Dracena obrzeżona", POTS[1:], 32.9, 139.0), ("Kaktus", ("mix mały", "Echinopsis", "Opuncja"), 9.9, 29.9),
            ("Palma areka", POTS[2:], 69.9, 169.0), ("Strelicja królewska", POTS[2:], 89.0, 219.0), ("Zielistka", POTS[:2], 12.9, 22.9),
        ),
    ),
    CategoryWords(
        name="Byliny i trawy", share=0.08, tax_percent=8, units=(1, 2, 3, 3, 5), months=(0.1, 0.3, 1.0, 2.0, 2.2, 1.4, 0.8, 0.9, 1.4, 1.0, 0.3, 0.1),
        goes_with=("Podłoża i ziemia", "Nawozy", "Narzędzia ogrodowe"),
        lines=(
            ("Funkia", ("Patriot", "Halcyon", "Sum and Substance"), 14.9, 29.9), ("Jeżówka", ("purpurowa", "Green Jewel", "Hot Papaya"), 14.9, 27.9),
            ("Żurawka", ("Palace Purple", "Caramel", "Lime Marmalade"), 14.9, 22.9), ("Miskant chiński", ("Gracillimus", "Zebrinus"), 19.9, 34.9),
            ("Rozplenica", ("Hameln", "Little Bunny"), 16.9, 24.9), ("Liliowiec", ("Stella de Oro", "Frans Hals"), 14.9, 22.9),
            ("Piwonia", ("Sarah Bernhardt", "Karl Rosenfield"), 29.9, 49.9), ("Kocimiętka", ("Walker's Low",), 13.9, 13.9), ("Rudbekia", ("Goldsturm",), 13.9, 13.9),
            ("Bodziszek", ("Rozanne", "Johnson's Blue"), 15.9, 29.9), ("Kostrzewa sina", ("Elijah Blue",), 12.9, 12.9), ("Rozchodnik", ("Herbstfreude", "Matrona"), 12.9, 17.9),
        ),
    ),
    CategoryWords(
        name="Krzewy i drzewka", share=0.08, tax_percent=8, units=(1, 1, 1, 2, 2), months=(0.1, 0.3, 1.4, 2.2, 1.7, 0.8, 0.4, 0.6, 1.6, 1.9, 0.8, 0.2),
        goes_with=("Podłoża i ziemia", "Nawozy", "Ochrona roślin"),
        lines=(
            ("Hortensja bukietowa", ("Limelight", "Vanille Fraise", "Bobo"), 29.9, 59.9), ("Hortensja ogrodowa", ("niebieska", "różowa"), 27.9, 44.9),
            ("Róża", ("pnąca Flammentanz", "okrywowa The Fairy", "angielska", "parkowa Louise Odier"), 24.9, 64.9), ("Borówka amerykańska", ("Bluecrop", "Duke", "Patriot"), 27.9, 49.9),
            ("Malina", ("Polana", "Polka", "Glen Ample"), 9.9, 14.9), ("Porzeczka", ("czarna Tiben", "czerwona Jonkheer"), 14.9, 19.9), ("Bukszpan", ("kula 25 cm", "sadzonka"), 9.9, 79.0),
            ("Tuja Szmaragd", ("60–80 cm", "100–120 cm", "140–160 cm"), 19.9, 69.0), ("Lilak", ("Andenken", "Palibin"), 34.9, 59.9), ("Jabłoń", ("Szampion", "Ligol", "kolumnowa"), 39.9, 69.9),
            ("Wiśnia", ("Łutówka",), 44.9, 44.9), ("Azalia", ("japońska", "wielkokwiatowa"), 24.9, 44.9), ("Magnolia", ("Susan", "George Henry Kern"), 59.9, 99.0),
        ),
    ),
    CategoryWords(
        name="Cebulki kwiatowe", share=0.06, tax_percent=8, units=(1, 1, 2, 2, 3, 4), months=AUTUMN,
        goes_with=("Narzędzia ogrodowe", "Podłoża i ziemia", "Byliny i trawy"),
        lines=(
            ("Tulipan", ("Queen of Night 10 szt.", "Apricot Beauty 10 szt.", "Triumph mix 25 szt.", "papuzi 10 szt.", "pełny 10 szt."), 9.9, 29.9), ("Narcyz", ("King Alfred 10 szt.", "Tête-à-Tête 15 szt."), 11.9, 19.9),
            ("Krokus", ("mix 25 szt.", "szafranowy 10 szt."), 9.9, 19.9), ("Hiacynt", ("Delft Blue 5 szt.", "Pink Pearl 5 szt."), 12.9, 16.9), ("Czosnek ozdobny", ("Gladiator 3 szt.", "Purple Sensation 10 szt."), 14.9, 24.9),
            ("Szafirek", ("armeński 20 szt.",), 9.9, 9.9), ("Śnieżyczka", ("20 szt.",), 14.9, 14.9), ("Dalia", ("Café au Lait", "Bishop of Llandaff", "pomponowa"), 9.9, 17.9), ("Lilia", ("orientalna", "azjatycka", "drzewiasta"), 9.9, 19.9),
            ("Mieczyk", ("mix 20 szt.",), 14.9, 14.9), ("Begonia bulwiasta", ("3 szt.",), 12.9, 12.9), ("Piwonia drzewiasta", ("sadzonka",), 69.0, 69.0),
        ),
    ),
    CategoryWords(
        name="Doniczki i osłonki", share=0.10, tax_percent=23, units=(1, 1, 1, 2, 2, 3), months=ALWAYS,
        goes_with=("Rośliny doniczkowe", "Podłoża i ziemia", "Zioła"),
        lines=(
            ("Osłonka ceramiczna Lira", ("biała 13 cm", "biała 17 cm", "grafit 13 cm", "grafit 17 cm", "terakota 21 cm"), 17.9, 54.9), ("Doniczka terakotowa", ("10 cm", "14 cm", "20 cm", "30 cm"), 4.9, 44.9),
            ("Donica ogrodowa Rato", ("antracyt 30 cm", "antracyt 40 cm", "beż 40 cm"), 49.9, 119.0), ("Skrzynka balkonowa", ("40 cm", "60 cm", "80 cm"), 12.9, 34.9), ("Doniczka wisząca", SMALL_LARGE, 14.9, 39.9),
            ("Podstawka", ("14 cm", "20 cm", "30 cm"), 2.9, 11.9), ("Doniczka produkcyjna", ("9 cm 20 szt.", "12 cm 10 szt."), 9.9, 14.9), ("Makrama", ("naturalna", "szara"), 29.9, 44.9), ("Kwietnik metalowy", SMALL_LARGE, 49.9, 139.0),
            ("Osłonka z trawy morskiej", SMALL_LARGE, 24.9, 69.9), ("Doniczka samonawadniająca", ("13 cm", "17 cm", "23 cm"), 19.9, 64.9),
        ),
    ),
    CategoryWords(
        name="Podłoża i ziemia", share=0.08, tax_percent=8, units=(1, 1, 2, 2, 3), months=SPRING,
        goes_with=("Nawozy", "Doniczki i osłonki", "Rośliny doniczkowe"),
        lines=(
            ("Ziemia uniwersalna", ("10 l", "20 l", "50 l"), 7.9, 24.9), ("Podłoże do roślin zielonych", ("5 l", "10 l", "20 l"), 6.9, 19.9), ("Podłoże do siewu", ("5 l", "20 l"), 7.9, 18.9), ("Podłoże do storczyków", ("3 l", "5 l"), 9.9, 14.9),
            ("Ziemia do borówek", ("20 l", "50 l"), 16.9, 32.9), ("Podłoże do kaktusów", ("3 l", "5 l"), 8.9, 12.9), ("Keramzyt", ("2 l", "10 l", "50 l"), 6.9, 49.9), ("Perlit", ("2 l", "5 l"), 9.9, 17.9), ("Kora sosnowa", ("50 l", "80 l"), 14.9, 26.9),
            ("Kompost", ("20 l", "40 l"), 12.9, 21.9), ("Krążki torfowe", ("20 szt.", "50 szt."), 9.9, 19.9), ("Włókno kokosowe", ("650 g", "5 kg"), 8.9, 39.9),
        ),
    ),
    CategoryWords(
        name="Nawozy", share=0.07, tax_percent=8, units=(1, 1, 1, 2), months=(0.4, 0.6, 1.3, 1.7, 1.6, 1.4, 1.1, 0.9, 0.8, 0.5, 0.3, 0.3),
        goes_with=("Podłoża i ziemia", "Ochrona roślin", "Nawadnianie"),
        lines=(
            ("Nawóz do pomidorów", ("500 ml", "1 l", "1 kg"), 12.9, 24.9), ("Nawóz do roślin zielonych", ("250 ml", "500 ml", "1 l"), 9.9, 22.9), ("Nawóz do storczyków", ("250 ml", "pałeczki"), 8.9, 14.9), ("Nawóz do hortensji", ("1 kg", "3 kg"), 17.9, 39.9),
            ("Nawóz do trawnika", ("3 kg", "10 kg", "25 kg"), 24.9, 149.0), ("Biohumus", ("500 ml", "1 l", "5 l"), 9.9, 44.9), ("Obornik granulowany", ("5 kg", "10 kg"), 19.9, 34.9), ("Nawóz do róż", ("1 kg",), 18.9, 18.9), ("Nawóz do borówek", ("1 kg", "3 kg"), 17.9, 36.9),
            ("Mączka bazaltowa", ("2 kg", "10 kg"), 14.9, 44.9), ("Ukorzeniacz", ("30 g",), 8.9, 8.9), ("Nawóz jesienny", ("3 kg", "10 kg"), 24.9, 69.9),
        ),
    ),
    CategoryWords(
        name="Narzędzia ogrodowe", share=0.05, tax_percent=23, units=(1,), months=(0.5, 0.9, 1.6, 1.7, 1.3, 1.0, 0.8, 0.8, 1.1, 1.0, 0.8, 1.0),
        goes_with=("Ochrona roślin", "Nawadnianie", "Podłoża i ziemia"),
        lines=(
            ("Sekator", ("jednoręczny", "dwuręczny", "kowadełkowy", "japoński"), 39.9, 249.0), ("Łopatka ogrodowa", ("wąska", "szeroka", "ze stali nierdzewnej"), 14.9, 59.9), ("Grabie", ("wachlarzowe", "metalowe"), 34.9, 69.9), ("Szpadel", ("prosty", "ostry"), 59.9, 129.0),
            ("Motyczka", ("mała", "duża"), 24.9, 54.9), ("Rękawice ogrodowe", ("S", "M", "L"), 12.9, 24.9), ("Nożyce do żywopłotu", ("klasyczne", "teleskopowe"), 69.9, 159.0), ("Sadzarka do cebul", ("z podziałką",), 24.9, 24.9), ("Klęcznik ogrodowy", ("pianka", "składany"), 24.9, 119.0),
            ("Widły amerykańskie", ("z trzonkiem",), 89.9, 89.9), ("Pielnik pazurkowy", ("mały",), 19.9, 19.9), ("Wiadro ogrodowe", ("12 l", "20 l"), 14.9, 24.9),
        ),
    ),
    CategoryWords(
        name="Nawadnianie", share=0.04, tax_percent=23, units=(1, 1, 1, 2), months=SUMMER,
        goes_with=("Narzędzia ogrodowe", "Doniczki i osłonki", "Nawozy"),
        lines=(
            ("Konewka", ("5 l", "10 l", "metalowa 3 l"), 17.9, 89.9), ("Wąż ogrodowy", ("15 m", "25 m", "50 m"), 49.9, 189.0), ("Zraszacz", ("ręczny", "wahadłowy", "obrotowy"), 19.9, 79.9), ("Kroplownik do butelek", ("4 szt.", "10 szt."), 12.9, 24.9),
            ("Zestaw nawadniania balkonu", ("10 roślin", "25 roślin"), 79.9, 169.0), ("Szybkozłączka", ("1/2 cala", "3/4 cala", "zestaw"), 4.9, 29.9), ("Sterownik nawadniania", ("jednokanałowy", "dwukanałowy"), 119.0, 249.0), ("Opryskiwacz ręczny", ("1 l", "2 l"), 14.9, 34.9),
            ("Zbiornik na deszczówkę", ("150 l", "300 l"), 149.0, 349.0), ("Kula nawadniająca", ("szklana", "plastikowa 2 szt."), 9.9, 24.9),
        ),
    ),
    CategoryWords(
        name="Ochrona roślin", share=0.04, tax_percent=23, units=(1, 1, 1, 2), months=SUMMER,
        goes_with=("Nawozy", "Narzędzia ogrodowe", "Podłoża i ziemia"),
        lines=(
            ("Agrowłóknina", ("wiosenna 1,6 × 10 m", "zimowa 1,6 × 5 m", "ściółkująca 1,6 × 10 m"), 14.9, 39.9), ("Lep na ziemiórki", ("10 szt.", "20 szt."), 9.9, 16.9), ("Olej neem", ("100 ml", "500 ml"), 19.9, 54.9), ("Szare mydło ogrodnicze", ("500 ml", "1 l"), 14.9, 22.9),
            ("Siatka na krety", ("1 × 10 m", "2 × 10 m"), 34.9, 69.9), ("Pułapka na ślimaki", ("2 szt.",), 19.9, 19.9), ("Osłona zimowa", SMALL_LARGE, 9.9, 24.9), ("Maść ogrodnicza", ("150 g", "350 g"), 9.9, 16.9), ("Preparat na mszyce", ("spray 500 ml", "koncentrat 100 ml"), 16.9, 29.9),
            ("Tyczka bambusowa", ("90 cm 10 szt.", "150 cm 10 szt."), 9.9, 19.9),
        ),
    ),
    CategoryWords(
        name="Dekoracje i światło", share=0.04, tax_percent=23, units=(1, 1, 1, 2), months=(0.6, 0.7, 0.9, 1.1, 1.3, 1.2, 1.0, 0.8, 0.8, 0.9, 1.4, 2.2),
        goes_with=("Doniczki i osłonki", "Prezenty i zestawy"),
        lines=(
            ("Lampion", SMALL_LARGE, 19.9, 69.9), ("Girlanda solarna", ("10 m", "20 m"), 39.9, 79.9), ("Lampa solarna", ("wbijana", "wisząca", "zestaw 4 szt."), 19.9, 89.9), ("Karmnik dla ptaków", ("drewniany", "wiszący"), 29.9, 119.0), ("Budka lęgowa", ("dla sikor", "dla jerzyków"), 39.9, 79.9),
            ("Domek dla owadów", SMALL_LARGE, 29.9, 99.0), ("Poidełko dla ptaków", ("ceramiczne",), 79.9, 79.9), ("Wianek", ("z suszu", "zimowy"), 39.9, 89.9), ("Świeca sojowa", ("las", "lawenda", "rozmaryn"), 29.9, 44.9), ("Figurka ogrodowa", ("jeż", "żaba"), 34.9, 59.9),
        ),
    ),
    CategoryWords(
        name="Prezenty i zestawy", share=0.05, tax_percent=23, units=(1, 1, 1, 1, 2), months=GIFTS,
        goes_with=("Dekoracje i światło", "Rośliny doniczkowe"),
        lines=(
            ("Zestaw do uprawy ziół", ("klasyczny", "kuchnia włoska", "herbaciany"), 39.9, 69.9), ("Zestaw młodego ogrodnika", ("3–6 lat", "7+"), 49.9, 79.9), ("Las w słoiku", SMALL_LARGE, 69.9, 189.0), ("Zestaw do uprawy grzybów", ("boczniak", "pieczarka"), 34.9, 49.9),
            ("Kosz prezentowy Ogrodnik", ("mały", "duży"), 99.0, 249.0), ("Kubek Zielnik", ("paproć", "monstera"), 34.9, 39.9), ("Kalendarz ogrodnika", ("ścienny",), 39.9, 39.9), ("Fartuch ogrodnika", ("len", "bawełna"), 69.9, 99.0), ("Zestaw bonsai z nasion", ("sosna", "klon"), 44.9, 54.9),
            ("Herbarium do uzupełniania", ("A5",), 54.9, 54.9),
        ),
    ),
)  # fmt: skip
