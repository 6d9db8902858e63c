"""What the words around a name tell of a person: titles, sex, and the nouns that stand for people."""

from __future__ import annotations

import re
from typing import Final

from workers.nlp.tables import words

MALE: Final = words(
    """aaron abdul adam ahmed alan albert alejandro alex alexander ali andrew andy anthony antonio antony
    arthur barack ben benjamin bernard bernie bill bob boris brad brandon brett brian bruce carl
    carlos charles charlie chris christopher chuck clarence clint cory craig dan daniel darren dave
    david dean dennis derek dick dmitry don donald doug douglas duncan dwight ed eddie edward elijah
    emmanuel eric erik evan francis frank fred gary gavin gene geoff george gerald gerard glenn gordon
    graham greg gregory hakeem hamid harold harry hassan henry herbert howard hugh ian igor imran ivan
    jack jacob jake james jamie jared jason jay jeb jeff jeffrey jeremy jerome jerry jim jimmy joe
    joel john johnny jon jonathan jordan jorge jose joseph josh joshua juan julian justin karl keith
    ken kenneth kevin khalid kurt kyle lance larry lawrence len leo leon leonard lewis lindsey lloyd
    louis luis luke marc marco mario mark martin marvin matt matthew max michael miguel mike mitch
    mitt mohamed mohammad mohammed moses muhammad narendra nathan ned neil newt nicholas nick nigel
    noah oliver omar oscar pablo pat patrick paul pedro pete peter phil philip rafael ralph rand randy
    ray raymond recep reince rex richard rick rob robert rodney roger ron ronald ross roy rudy russell
    ryan sam samuel scott sean sebastian sergei sergey shawn sheldon simon stan stanley stephen steve
    steven stuart tayyip ted terry theodore thomas tim timothy todd tom tommy tony trent trey troy
    tyler vincent viktor vladimir volodymyr walter warren wayne will william xi yair yusuf zachary
    zach benedict giorgos hans jens josep jose klaus lars mateusz nikos olaf pavel pierre piotr rajiv
    sanjay sunil tariq yitzhak"""
)
FEMALE: Final = words(
    """abigail alice alicia alison allison alyssa amanda amber amy ana andrea angela angelina anita ann
    anna anne annie april ashley barbara becky beth betsy betty beverly bonnie brenda bridget brooke
    carol carolina caroline carolyn carrie catherine cathy cecilia charlotte chelsea cheryl christiane
    christina christine cindy claire clara claudia connie courtney crystal cynthia dana danielle dawn
    deborah debbie debra denise diana diane dianne donna dorothy elaine elena elise elizabeth ellen
    emily emma erica erin eva evelyn farah fatima federica fiona florence frances gabrielle gail ghada
    gina ginni giorgia gloria grace greta gwen hannah heather heidi helen hillary holly hope huma ida
    irene iris isabel ivanka jackie jacqueline jane janet janice jean jeanne jen jenna jennifer jenny
    jessica jill joan joanna joanne jodi jodie josephine joy joyce juanita judith judy julia juliana
    julie kaitlin kamala karen karin karine kate katherine kathleen kathryn kathy katie katrina kay
    kayleigh keisha kellyanne kelly kendra kim kimberly kirsten kirstjen kristen kristi kristin laura
    lauren leah leslie lillian linda lisa liz lois loretta lori lorraine louise lucia lucy lynn
    madeleine maggie margaret maria marian marie marilyn marina marine marjorie marsha martha mary
    maureen megan melania melanie melinda melissa mercedes meryl mia michelle mimi miriam molly monica
    nadia nancy natalia natalie natasha nicola nicole nikki nina nora olga olivia pamela patricia
    patty paula peggy penny phyllis rachel rebecca renee rhonda rita roberta robin rosa rose rosemary
    roxanne ruth sally samantha sandra sara sarah sasha shannon sharon sheila shelly sherry shirley
    sofia sonia sophia sophie stacy stella stephanie sue susan suzanne svetlana sylvia tamara tammy
    tanya tara teresa theresa tiffany tina tracy tulsi ursula valerie vanessa vera veronica victoria
    virginia vivian wanda wendy whitney yasmin yolanda yulia yvonne zoe"""
)
TITLES: Final = {
    "sen": "senator", "sens": "senator", "rep": "representative", "reps": "representative",
    "gov": "governor", "govs": "governor",
    "gen": "general", "lt": "lieutenant", "col": "colonel", "sgt": "sergeant", "capt": "captain",
    "cmdr": "commander", "adm": "admiral",
    "maj": "major", "dr": "doctor", "prof": "professor", "rev": "reverend", "pres": "president",
    "sec": "secretary", "mr": "", "mrs": "",
    "ms": "", "miss": "", "sir": "", "lady": "", "lord": "", "dame": "", "hon": "", "atty": "attorney",
    "supt": "superintendent",
    "det": "detective", "amb": "ambassador", "fr": "father", "judge": "judge", "justice": "justice",
    "pope": "pope", "king": "king",
    "queen": "queen", "prince": "prince", "princess": "princess",
}  # fmt: skip
# Nouns that stand for a person with an office or a trade: a role is made of them.
PERSON_NOUNS: Final = words(
    """spokesman spokeswoman spokesperson minister president premier chancellor secretary senator
    congressman congresswoman representative lawmaker legislator governor mayor ambassador envoy
    diplomat official officer aide adviser advisor director chief chairman chairwoman chair
    chairperson head leader commander general colonel admiral captain sergeant lieutenant major judge
    justice attorney lawyer prosecutor sheriff detective professor doctor economist analyst expert
    researcher scientist historian author writer reporter journalist columnist editor host anchor
    commentator pundit strategist consultant pollster manager founder executive ceo owner coach player
    activist organizer candidate nominee contender opponent rival mogul businessman businesswoman
    billionaire candidate speaker whip deputy councilman councilwoman councilor commissioner
    administrator coordinator counsel treasurer trustee pastor bishop priest rabbi imam pope king
    queen prince princess actor actress singer student teacher principal superintendent witness
    resident neighbor victim suspect defendant father mother son daughter wife husband brother sister
    widow friend democrat republican conservative liberal libertarian independent progressive
    socialist veteran soldier fellow member source insider operative surrogate delegate supporter
    donor fundraiser critic voter farmer worker nurse man woman boy girl person attorney-general
    employee staffer colleague classmate contractor volunteer pilot driver lobbyist biographer
    psychologist psychiatrist sociologist physicist biologist engineer architect artist novelist
    musician filmmaker comedian dean curator auditor rebel gunman survivor detainee refugee moderator
    interviewer challenger freshman monk cleric ayatollah sheikh emir dictator organiser
    incumbent frontrunner developer investor banker trader negotiator undersecretary vice-president
    doctor physician surgeon marshal agent ally foe backer booster detractor"""
)
GROUP_NOUNS: Final = words(
    """people men women children voters supporters protesters demonstrators critics experts analysts
    economists scientists researchers officials lawmakers republicans democrats conservatives liberals
    members leaders residents witnesses aides advisers advisors sources diplomats soldiers troops
    students parents families relatives workers employees americans activists opponents proponents
    advocates others many some most few several both all observers historians investigators
    prosecutors lawyers attorneys police reporters journalists executives investors traders ministers
    governments countries nations states rebels militants authorities allies skeptics insiders
    operatives strategists pollsters respondents everyone everybody anyone somebody someone nobody
    public majority campaigns candidates senators governors women cops officers doctors teachers
    immigrants refugees muslims christians jews whites blacks millennials fans customers users readers
    viewers commentators pundits media outlets neighbors friends colleagues delegates party group team
    crowd coalition community"""
)
DOCUMENT_NOUNS: Final = words(
    """report reports study studies poll polls survey surveys email emails e-mail e-mails statement
    statements assessment assessments document documents website site tweet tweets book article
    articles letter letters filing filings analysis analyses data figures transcript transcripts memo
    memos records record ad ads advertisement video footage paper complaint lawsuit indictment
    affidavit constitution law statute bill resolution order ruling court-filing post blog release
    editorial story stories headline headlines op-ed column research numbers statistics evidence index
    census audit review newspaper sign signs banner plan speech speeches remarks comments findings
    results dossier cable cables testimony essay
    clip clips spot commercial commercials rules guideline guidelines recording tape photograph photo
    image summary legislation measures measure trove caption slogan questionnaire charter manual
    handbook estimates projections forecast biography memoir"""
)
GOVERNMENT_WORDS: Final = words(
    """government ministry department kremlin pentagon administration police military army navy congress
    senate parliament court commission agency bureau council embassy cabinet house treasury fbi cia
    nsa irs epa nypd duma knesset bundestag authority authorities city county legislature
    immigration customs citizenship intelligence justice office security nato eu un nations
    white-house federal"""
)
INSTITUTIONS: Final = words(
    """commission committee council department ministry agency court bank university board union institute
    foundation association bureau authority parliament administration society alliance league federation
    academy fund hospital"""
)
COMPANIES: Final = words(
    "company firm carrier utility airline retailer manufacturer automaker lender network"
)
# Words that say whose nominee somebody is; each set is one party.
PARTIES: Final = (
    frozenset({"republican", "gop", "republicans"}),
    frozenset({"democratic", "democrat", "democrats"}),
    frozenset({"libertarian", "libertarians"}),
    frozenset({"green", "greens"}),
    frozenset({"labour", "labor"}),
    frozenset({"conservative", "tory"}),
)
MEDIA: Final = re.compile(
    r"\b(?:NBC|CBS|ABC|CNN|BBC|NPR|PBS|MSNBC|CNBC|Fox|Reuters|Bloomberg|AP|AFP|UPI|TASS|Xinhua|Yonhap|Kyodo"
    r"|Politico|Axios|Breitbart|Vox|Slate"
    r"|BuzzFeed|Vice|Associated Press|Agence France|Al Jazeera|Haaretz|Guardian|Telegraph|Independent"
    r"|Economist|Financial Times|Wall Street Journal"
    r"|Washington Post|New Yorker|Atlantic|Newsweek|Univision|Telemundo|C-SPAN|Sky|RT|Der Spiegel|Le Monde"
    r"|El Pa[ií]s|Nikkei)\b"
    r"|\b(?:News|Times|Post|Journal|Tribune|Herald|Gazette|Chronicle|Daily|Magazine|Radio|Television|TV"
    r"|Newspaper|Weekly|Globe|Observer|Mail|Mirror"
    r"|Courier|Sentinel|Dispatch|Inquirer|Examiner|Bulletin|Broadcasting|Press|Wire|Agency|Register|Bee"
    r"|Standard)\b(?! Secretary| secretary)"
)
_TITLE_SEX: Final = {
    "mr": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m", "pope": "m", "father": "m",
    "congressman": "m", "spokesman": "m", "chairman": "m",
    "businessman": "m", "councilman": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f", "dame": "f",
    "queen": "f", "princess": "f", "mother": "f",
    "congresswoman": "f", "spokeswoman": "f", "chairwoman": "f", "businesswoman": "f", "councilwoman": "f",
    "actress": "f", "wife": "f", "husband": "m",
    "daughter": "f", "son": "m", "sister": "f", "brother": "m", "man": "m", "woman": "f", "boy": "m",
    "girl": "f", "widow": "f", "mogul": "m",
}  # fmt: skip


COURTESIES: Final = frozenset(title for title, role in TITLES.items() if not role)


def sex(given: str, roles: tuple[str, ...]) -> str | None:
    """ "m" or "f" by title and role words, then by the given name; ``None`` when they do not say."""
    for role in roles:
        for word in re.findall(r"[a-z]+", role.lower()):
            if word in _TITLE_SEX:
                return _TITLE_SEX[word]
    first = given.lower()
    if (first in MALE) != (first in FEMALE):
        return "m" if first in MALE else "f"
    return None


_LEADERS: Final = frozenset({"republicans", "democrats", "actors", "judges", "justices"})
# Offices that stand before a surname alone ("Governor Kerr"); a given name is none of them.
_BEFORE_SURNAME: Final = words(
    """president senator senators governor governors congressman congresswoman representative
    representatives secretary minister premier chancellor ambassador mayor professor speaker general
    colonel captain lieutenant sergeant admiral commissioner chairman chairwoman director officer sheriff
    detective attorney vice-president"""
)


def split_titles(name: str) -> tuple[tuple[str, ...], str]:
    """("Mr",) and "Kerr" from "Mr. Kerr": leading titles and offices in lower case, and the rest."""
    words = name.split()
    last = next((n for n in range(len(words) - 2, -1, -1) if _ends_office(words[n], len(words) - n)), None)
    titles = [_singular(words[last].rstrip(".").lower())] if last is not None else []
    words = words[last + 1 :] if last is not None else words
    while len(words) > 1 and words[0].rstrip(".").lower() in TITLES:
        titles.append(words.pop(0).rstrip(".").lower())
    return tuple(titles), " ".join(words)


def _singular(title: str) -> str:
    return title[:-1] if title.endswith("s") and title[:-1] in PERSON_NOUNS else title


def _ends_office(word: str, left: int) -> bool:
    """Does an office end with ``word``, when the name has ``left`` words from there on?"""
    bare = word.rstrip(".").lower()
    if word.endswith(".") and TITLES.get(bare):
        return True
    return bare in _BEFORE_SURNAME or (left > 2 and (bare in PERSON_NOUNS or bare in _LEADERS))
