"""claimwire's own table of cue words: what somebody does who says it with this word.

The table is by hand, from reading reporting verbs in news; a cue that it lacks is read as a plain statement.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from workers.domain.claim import Act
from workers.nlp.tables import words

_WORDS: Final = {
    Act.STATE: """say tell state add note report announce explain declare claim assert argue maintain contend
        insist remark comment mention write tweet post read show reveal disclose stress emphasize
        emphasise point repeat reiterate recall recount relate testify respond reply answer retort
        counter quip joke continue conclude indicate suggest hint imply inform brief notify signal
        speak talk discuss address lecture observe outline detail elaborate clarify quote cite
        according statement accord summarize publish broadcast release cover document record reason
        interject interrupt shout yell scream whisper mutter murmur chant sing cry exclaim boast
        brag complain lament grumble rant vent joke opine preach proclaim profess pronounce recite
        rehash rephrase swear teach text email message hear learn find discover determine calculate
        count list rank prove demonstrate illustrate reflect underline underscore highlight compare
        make give offer provide put go be have issue share spread circulate leak describe depict
        trumpet tout float""",
    Act.DENY: """deny refute dispute rebut debunk disavow repudiate disclaim contradict gainsay discount
        rebuff dismiss reject""",
    Act.CONFIRM: """confirm acknowledge admit concede verify agree corroborate attest recognize recognise
        affirm reaffirm authenticate validate grant confess own certify vouch echo concur""",
    Act.ACCUSE: "accuse blame allege charge fault implicate denounce indict finger incriminate sue",
    Act.PREDICT: """predict expect forecast project anticipate foresee warn caution prophesy foretell portend
        envision envisage estimate reckon""",
    Act.PROMISE: "promise vow pledge commit guarantee threaten undertake assure reassure volunteer pledge",
    Act.DEMAND: """demand urge order require request appeal plead press instruct direct command beg implore
        exhort insist call-for call-on call-upon ask-for ask-to advise recommend propose encourage
        lobby push advocate petition invite counsel beseech admonish summon tell-to campaign""",
    Act.ASK: "ask question wonder inquire enquire query ponder quiz probe grill poll investigate",
    Act.BELIEVE: """believe think feel suspect know consider regard see view understand doubt fear worry
        assume suppose imagine guess presume deem perceive sense realize realise trust accept remember
        forget convince persuade concern fret remain suspicion belief opinion conviction disbelieve
        mind figure conceive hold interpret mistrust distrust disagree theorize speculate""",
    Act.WANT: """want hope wish seek plan intend aim like love prefer desire need try strive aspire long
        yearn crave hate dislike desire decide choose prepare mean agree-to plot scheme attempt
        look-for dream eager willing ready determined refuse decline opt resolve vie struggle work
        fight interest welcome-to vote""",
    Act.JUDGE: """call criticize criticise praise condemn blast slam hail mock ridicule decry deplore deride
        attack defend support oppose endorse back characterize characterise label brand dub cast
        portray applaud commend welcome compliment scold chide rebuke castigate lambaste lambast
        assail berate bash rip trash disparage belittle celebrate approve disapprove thank
        congratulate honor honour salute apologize apologise regret rail hit knock skewer savage pan
        question-the laud extol tear lash critic criticism praise critical term title favor favour
        champion admire respect resent resist object protest liken judge rate grade sneer scoff taunt tease
        insult""",
}
ACTS: Final = {
    lemma: act
    for act, words in sorted(_WORDS.items(), key=lambda pair: pair[0] is not Act.STATE)
    for lemma in words.split()
}
REFUTING: Final = words(
    """deny refute dispute rebut debunk disavow repudiate disclaim contradict gainsay doubt disbelieve
    dismiss reject discount rebuff disagree distrust mistrust"""
)
OPEN_ACTS: Final = frozenset({Act.ASK, Act.DEMAND, Act.WANT})
# "rejected the report" denies; "rejected the plan" says nothing about truth.
DENIABLE: Final = re.compile(
    r"\b(?:claims?|allegations?|reports?|accusations?|suggestions?|notions?|charges?|assertions?|rumou?rs?"
    r"|stor(?:y|ies)"
    r"|idea that|criticisms?|speculations?|narratives?|theor(?:y|ies)|reporting|account|characterizations?"
    r"|that|conten(?:tion|ding)"
    r"|denials?|arguments?|media reports|insinuations?|lies?|hoax|evidence|findings?|intelligence"
    r"|assessments?)\b",
    re.IGNORECASE,
)
# Things that are not yet so; and agreements, which may be or not, when somebody is for or against them.
PROPOSALS: Final = words(
    """plan plans proposal proposals bill bills resolution resolutions measure measures legislation motion
    motions request requests offer offers bid bids nomination nominations amendment amendments call calls
    idea ideas demand demands ban bans"""
)
GRANTS: Final = words(
    """permit permits permission access entry bail visa visas appeal application parole asylum"""
)
DEALS: Final = words("""deal deals agreement agreements treaty treaties pact pacts repeal effort efforts""")
NAMING: Final = words("""call label brand dub term title characterize characterise cast portray liken rate""")
SIDING: Final = words("""support oppose back endorse reject resist favor favour champion defend approve""")
REFUSALS: Final = frozenset({"refuse", "decline"})
SPEECH_INFINITIVES: Final = words(
    """say confirm deny comment discuss answer address elaborate reveal disclose acknowledge admit
    specify rule"""
)
# "He does not think that it will" says that he thinks it will not (Horn 1978).
NEG_RAISING: Final = words("""believe think expect suppose imagine feel want see consider find accept""")

_IRREGULAR: Final = {
    form: lemma
    for lemma, forms in {
        "say": "said says saying", "tell": "told", "think": "thought", "know": "knew known",
        "write": "wrote written",
        "speak": "spoke spoken", "see": "saw seen", "feel": "felt", "find": "found", "hold": "held",
        "swear": "swore sworn",
        "foresee": "foresaw foreseen", "understand": "understood", "read": "read", "put": "put",
        "show": "shown",
        "go": "went gone goes", "give": "gave given", "make": "made", "hear": "heard", "teach": "taught",
        "seek": "sought",
        "mean": "meant", "lead": "led", "get": "got gotten", "take": "took taken", "come": "came",
        "begin": "began begun",
        "forget": "forgot forgotten", "cast": "cast", "hit": "hit", "rip": "ripped", "bet": "bet",
        "tear": "tore torn",
        "leave": "left", "stand": "stood", "sing": "sang sung", "fight": "fought", "choose": "chose chosen",
        "sell": "sold",
        "be": "is are was were am been being 's ’s 're ’re 'm ’m", "have": "has had having 've ’ve",
        "do": "does did done doing",
        "withdraw": "withdrew withdrawn", "quote": "quoth", "draw": "drew drawn", "bring": "brought",
        "buy": "bought",
        "keep": "kept", "lay": "laid", "deal": "dealt", "forbid": "forbade", "foretell": "foretold",
        "broadcast": "broadcast",
        "deny": "denial denials denying", "accuse": "accusation accusations",
        "allege": "allegation allegations allegedly",
        "claim": "claims", "warn": "warning warnings", "promise": "promises", "believe": "belief beliefs",
        "demand": "demands",
        "criticize": "criticism criticisms criticised criticises criticising",
        "suggest": "suggestion suggestions",
        "announce": "announcement announcements", "assert": "assertion assertions",
        "argue": "argument arguments",
        "predict": "prediction predictions", "complain": "complaint complaints", "threaten": "threat threats",
        "propose": "proposal proposals", "confirm": "confirmation", "assess": "assessment assessments",
        "plan": "plans planned planning",
        "state": "statement statements", "conclude": "conclusion conclusions",
        "estimate": "estimate estimates",
        "acknowledge": "acknowledgment acknowledgement", "accord": "according",
        "suspect": "suspicion suspicions",
        "speculate": "speculation", "contend": "contention", "admit": "admission", "reply": "reply replies",
        "worry": "worries worried",
        "concern": "concern concerns concerned", "hope": "hopes hopeful", "view": "views",
        "fear": "fears afraid",
        "doubt": "doubts doubtful skeptical sceptical skepticism scepticism",
        "agree": "agreement", "refuse": "refusal",
        "attempt": "effort efforts attempts", "defend": "defender defenders",
        "disagree": "disagreement disagreements", "debate": "debated debating debates",
        "support": "supporter supporters", "oppose": "opponent opponents opposition",
        "desire": "desires", "wish": "wishes",
    }.items()
    for form in forms.split()
}  # fmt: skip
_DOUBLED: Final = re.compile(r"([b-df-hj-np-tv-z])\1$")
_WORD: Final = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?|[’'](?:s|d|re|ve|ll|m)\b|n[’']t")
_AUXILIARIES: Final = words(
    """be have do will would can could may might shall should must 'd ’d 'll ’ll ca wo not n't n’t never
    also still just even only now often always to too that the a an as and or his her their its in on
    of for with by at about from then again later further recently repeatedly publicly privately first
    long already once really simply get go continue keep begin start come want seem appear try fail
    use take make give have’s 's ’s who which it very so more most he she they i we you there up out
    off over against into up-to upon no any"""
)


def lemma(word: str) -> str:
    """Base form of one word of a cue, in lower case; unknown words lose regular endings only."""
    return _lemma(word.lower())


def words_of(text: str) -> list[str]:
    """Words of a cue in lower case, with "n't" and clitics apart."""
    split = text.replace("n't", " n't").replace("n’t", " n't")
    return [match.group().lower() for match in _WORD.finditer(split)]


def head_lemma(cue: str) -> str:
    """Base form of the word that carries the act: the last word of ``cue`` that the table knows.

    "had earlier refused to confirm" → "confirm", "according to" → "accord", "made clear" → "make".
    """
    found = [_lemma(word) for word in words_of(cue)]
    content = [base for base in found if base not in _AUXILIARIES]
    known = [base for base in content if base in ACTS]
    known += [base for base in known if base in ("accuse", "blame")]
    for choice in (known, content, found):
        if choice:
            return choice[-1]
    return ""


@lru_cache(maxsize=16384)
def _lemma(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in ACTS:
        return word
    for ending, replacements in (
        ("ies", ("y",)),
        ("ied", ("y",)),
        ("ing", ("", "e")),
        ("ed", ("", "e")),
        ("es", ("", "e")),
        ("s", ("",)),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            tries = [stem + tail for tail in replacements]
            if _DOUBLED.search(stem):
                tries.append(stem[:-1])
            for base in tries:
                if base in ACTS or base in _AUXILIARIES:
                    return base
            if ending != "s" or not word.endswith(("ss", "us", "is")):
                return _guess(stem, ending)
    return word


def _guess(stem: str, ending: str) -> str:
    if ending in ("ies", "ied"):
        return stem + "y"
    if ending in ("ing", "ed") and _DOUBLED.search(stem) and stem[-1] not in "ls":
        return stem[:-1]
    if (
        ending in ("ing", "ed", "es")
        and re.search(r"(?:[aiou][bcdgkmptvz]|[cgsvz]|[aeiou]s|u)$", stem)
        and not stem.endswith("ss")
    ):
        return stem + "e"
    return stem
