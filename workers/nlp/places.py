"""A small gazetteer of claimwire's own: which places govern themselves, and what a capital stands for."""

from __future__ import annotations

from typing import Final

from workers.nlp.tables import phrases, words

COUNTRIES: Final = phrases(
    """Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria, Azerbaijan,
    Bahamas, Bahrain, Bangladesh, Barbados, Belarus, Belgium, Belize, Benin, Bhutan, Bolivia, Bosnia,
    Bosnia and Herzegovina, Botswana, Brazil, Britain, Brunei, Bulgaria, Burkina Faso, Burundi,
    Cambodia, Cameroon, Canada, Cape Verde, Central African Republic, Chad, Chile, China, Colombia,
    Comoros, Congo, Costa Rica, Croatia, Cuba, Cyprus, Czech Republic, Czechia, Denmark, Djibouti,
    Dominica, Dominican Republic, East Timor, Ecuador, Egypt, El Salvador, England, Eritrea, Estonia,
    Eswatini, Ethiopia, Fiji, Finland, France, Gabon, Gambia, Georgia, Germany, Ghana, Greece,
    Greenland, Grenada, Guatemala, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras, Hong Kong, Hungary,
    Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan,
    Kazakhstan, Kenya, Kiribati, Kosovo, Kuwait, Kyrgyzstan, Laos, Latvia, Lebanon, Lesotho, Liberia,
    Libya, Liechtenstein, Lithuania, Luxembourg, Macau, Madagascar, Malawi, Malaysia, Maldives, Mali,
    Malta, Mauritania, Mauritius, Mexico, Micronesia, Moldova, Monaco, Mongolia, Montenegro, Morocco,
    Mozambique, Myanmar, Burma, Namibia, Nauru, Nepal, Netherlands, New Zealand, Nicaragua, Niger,
    Nigeria, North Korea, North Macedonia, Northern Ireland, Norway, Oman, Pakistan, Palau, Palestine,
    Panama, Papua New Guinea, Paraguay, Peru, Philippines, Poland, Portugal, Puerto Rico, Qatar,
    Republic of Korea, Romania, Russia, Russian Federation, Rwanda, Samoa, San Marino, Saudi Arabia,
    Scotland, Senegal, Serbia, Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia, Solomon Islands,
    Somalia, South Africa, South Korea, South Sudan, Soviet Union, USSR, Spain, Sri Lanka, Sudan,
    Suriname, Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania, Thailand, Timor-Leste, Togo,
    Tonga, Trinidad and Tobago, Tunisia, Turkey, Türkiye, Turkmenistan, Tuvalu, Uganda, Ukraine, United
    Arab Emirates, UAE, United Kingdom, U.K., UK, United States, United States of America, U.S., US,
    U.S.A., USA, America, Uruguay, Uzbekistan, Vanuatu, Vatican, Venezuela, Vietnam, Wales, Yemen,
    Zambia, Zimbabwe"""
)
STATES: Final = phrases(
    """Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Hawaii,
    Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts,
    Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey,
    New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode
    Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West
    Virginia, Wisconsin, Wyoming, District of Columbia, Ontario, Quebec, British Columbia, Alberta,
    Manitoba, Nova Scotia, Bavaria, Saxony, Catalonia, Crimea, Chechnya, Kurdistan, Punjab, Kashmir,
    Gujarat, Kerala, Xinjiang, Tibet, New South Wales, Victoria, Queensland, Gaza, Donetsk, Luhansk,
    Kherson, Tigray, Rakhine"""
)
_SHORT_STATES: Final = """
    AL,Ala:Alabama AK:Alaska AZ,Ariz:Arizona AR,Ark:Arkansas CA,Calif:California CO,Colo:Colorado
    CT,Conn:Connecticut DE,Del:Delaware FL,Fla:Florida GA,Ga:Georgia HI:Hawaii ID:Idaho IL,Ill:Illinois
    IN,Ind:Indiana IA:Iowa KS,Kan:Kansas KY,Ky:Kentucky LA,La:Louisiana ME,Me:Maine MD,Md:Maryland
    MA,Mass:Massachusetts MI,Mich:Michigan MN,Minn:Minnesota MS,Miss:Mississippi MO,Mo:Missouri
    MT,Mont:Montana NE,Neb:Nebraska NV,Nev:Nevada NH,N.H:New_Hampshire NJ,N.J:New_Jersey NM,N.M:New_Mexico
    NY,N.Y:New_York NC,N.C:North_Carolina ND,N.D:North_Dakota OH:Ohio OK,Okla:Oklahoma OR,Ore:Oregon
    PA,Pa:Pennsylvania RI,R.I:Rhode_Island SC,S.C:South_Carolina SD,S.D:South_Dakota TN,Tenn:Tennessee
    TX,Tex:Texas UT:Utah VT,Vt:Vermont VA,Va:Virginia WA,Wash:Washington WV,W.Va:West_Virginia
    WI,Wis:Wisconsin WY,Wyo:Wyoming"""
# How the press shortens the states of the U.S., with the full stop where one belongs.
STATE_OF: Final = {
    short + stop: state.replace("_", " ")
    for shorts, _, state in (pair.partition(":") for pair in _SHORT_STATES.split())
    for short in shorts.split(",")
    for stop in ("", ".")
}
_LONGEST_FIRST: Final = tuple(sorted(COUNTRIES, key=len, reverse=True))
# Natural places, regions and groups of countries: OntoNotes calls them LOC.
REGIONS: Final = phrases(
    """Africa, Asia, Europe, Antarctica, Oceania, North America, South America, Central America, Latin
    America, Middle East, Near East, Far East, West, East, North, South, Midwest, Northeast, Southeast,
    Southwest, Northwest, East Coast, West Coast, Gulf Coast, Deep South, Rust Belt, Sun Belt, Bible
    Belt, Balkans, Baltics, Caucasus, Sahel, Sahara, Maghreb, Levant, Horn of Africa, Scandinavia,
    Siberia, Arctic, Himalayas, Alps, Andes, Rockies, Appalachia, Caribbean, Mediterranean, Pacific,
    Atlantic, Indo-Pacific, Asia-Pacific, Persian Gulf, Gulf, West Bank, Gaza Strip, Golan Heights,
    Donbas, Donbass, Silicon Valley, New England, Great Lakes, Great Plains, Western Europe, Eastern
    Europe, Southeast Asia, South Asia, East Asia, Central Asia, West Africa, East Africa, Southern
    Africa, Sub-Saharan Africa, Pacific Northwest, Amazon, Nile, Danube, Rhine, Mekong, Mississippi
    River, Earth, Mars, Moon, Korean Peninsula, Balkan, Western Hemisphere, Riviera, Patagonia, Nordic"""
)
NATURE: Final = words(
    """sea ocean river lake mount mountain mountains valley desert island islands peninsula strait
    straits gulf bay coast basin region canyon creek falls forest glacier hills plateau plains beach
    reef canal corridor province-wide heights hemisphere pole range swamp volcano waters delta cape
    rainforest outback steppe continent"""
)
_DEMONYMS: Final = """
    Afghan:Afghanistan American:United States Argentine:Argentina Australian:Australia Austrian:Austria
    Bangladeshi:Bangladesh Belarusian:Belarus Belgian:Belgium Brazilian:Brazil British:United_Kingdom
    Bulgarian:Bulgaria Canadian:Canada Chilean:Chile Chinese:China Colombian:Colombia Croatian:Croatia
    Cuban:Cuba Czech:Czech_Republic Danish:Denmark Dutch:Netherlands Egyptian:Egypt
    Emirati:United_Arab_Emirates Estonian:Estonia Ethiopian:Ethiopia Filipino:Philippines
    Finnish:Finland French:France Georgian:Georgia German:Germany Ghanaian:Ghana Greek:Greece
    Haitian:Haiti Hungarian:Hungary Icelandic:Iceland Indian:India Indonesian:Indonesia Iranian:Iran
    Iraqi:Iraq Irish:Ireland Israeli:Israel Italian:Italy Japanese:Japan Jordanian:Jordan Kenyan:Kenya
    Kuwaiti:Kuwait Latvian:Latvia Lebanese:Lebanon Libyan:Libya Lithuanian:Lithuania Malaysian:Malaysia
    Mexican:Mexico Moldovan:Moldova Moroccan:Morocco Nigerian:Nigeria Norwegian:Norway
    Pakistani:Pakistan Palestinian:Palestine Peruvian:Peru Philippine:Philippines Polish:Poland
    Portuguese:Portugal Qatari:Qatar Romanian:Romania Russian:Russia Saudi:Saudi_Arabia
    Scottish:Scotland Serbian:Serbia Singaporean:Singapore Slovak:Slovakia Slovenian:Slovenia
    Somali:Somalia Soviet:Soviet_Union Spanish:Spain Sudanese:Sudan Swedish:Sweden Swiss:Switzerland
    Syrian:Syria Taiwanese:Taiwan Thai:Thailand Tunisian:Tunisia Turkish:Turkey Ugandan:Uganda
    Ukrainian:Ukraine Uzbek:Uzbekistan Venezuelan:Venezuela Vietnamese:Vietnam Welsh:Wales Yemeni:Yemen"""
DEMONYMS: Final = {
    pair.partition(":")[0]: pair.partition(":")[2].replace("_", " ")
    for pair in _DEMONYMS.replace("United States", "United_States").split()
} | {"North Korean": "North Korea", "South Korean": "South Korea", "South African": "South Africa"}
SAME_PLACE: Final = {
    "U.S.": "United States", "US": "United States", "U.S": "United States", "USA": "United States",
    "U.S.A.": "United States",
    "America": "United States", "United States of America": "United States", "UK": "United Kingdom",
    "U.K.": "United Kingdom", "Britain": "United Kingdom", "Great Britain": "United Kingdom",
    "UAE": "United Arab Emirates",
    "Republic of Korea": "South Korea", "Russian Federation": "Russia", "DPRK": "North Korea",
    "D.C.": "Washington",
    "Washington, D.C.": "Washington", "Washington D.C.": "Washington", "Washington DC": "Washington",
}  # fmt: skip
# Whose institution it is: tells a White House spokesman from a Kremlin one.
SEATS: Final = {
    "White House": "United States", "National Security Council": "United States", "Pentagon": "United States",
    "State Department": "United States", "Justice Department": "United States",
    "Department of Defense": "United States",
    "Congress": "United States", "Capitol Hill": "United States", "Treasury Department": "United States",
    "Department of State": "United States", "Department of Justice": "United States", "FBI": "United States",
    "CIA": "United States", "Homeland Security": "United States", "Oval Office": "United States",
    "Kremlin": "Russia", "Duma": "Russia", "Downing Street": "United Kingdom", "Whitehall": "United Kingdom",
    "Blue House": "South Korea", "Knesset": "Israel", "Elysee": "France", "Élysée": "France",
    "Bundestag": "Germany",
    "Rada": "Ukraine", "Verkhovna Rada": "Ukraine", "Lok Sabha": "India", "Zhongnanhai": "China",
}  # fmt: skip


def place_label(name: str) -> str:
    """ "GPE" for a place with a government of its own (the default: most are towns), else "LOC"."""
    bare = name.removeprefix("the ").removeprefix("The ").removesuffix("'s").removesuffix("’s").strip()
    if bare in COUNTRIES or bare in STATES or bare in SAME_PLACE:
        return "GPE"
    if bare in REGIONS:
        return "LOC"
    words = bare.lower().split()
    if len(words) > 1 and (words[-1] in NATURE or words[0] in ("mount", "lake", "gulf", "river", "cape")):
        return "LOC"
    if words and words[0] in ("northern", "southern", "eastern", "western", "central", "upper", "lower"):
        return "LOC"
    return "GPE"


def country_of(words: str) -> str | None:
    """The country that ``words`` (with a demonym, a name or an institution) belong to, if known."""
    for name, country in (*SEATS.items(), *DEMONYMS.items()):
        if name in words:
            return country
    for name in _LONGEST_FIRST:
        if name in words:
            return SAME_PLACE.get(name, name)
    return None
