"""Act, stance, certainty, negation, condition and time of a claim, by rules over its words.

No parse: a rule sees the cue's words, the content's characters and the sentence between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workers.domain.claim import Act, Certainty, ClaimTime, Stance, TextSpan
from workers.nlp.found import Facets, Stretch
from workers.nlp.lexicon import (
    ACTS,
    DEALS,
    DENIABLE,
    GRANTS,
    NAMING,
    NEG_RAISING,
    OPEN_ACTS,
    PROPOSALS,
    REFUSALS,
    REFUTING,
    SIDING,
    SPEECH_INFINITIVES,
    head_lemma,
    lemma,
    words_of,
)
from workers.nlp.tables import words

_NEGATIONS: Final = frozenset(
    {"not", "n't", "never", "neither", "nor", "hardly", "cannot", "no", "without", "fail"}
)
_INFINITIVE: Final = re.compile(
    r"\s*(?:[\w’' ]{0,40}?\s)?to\s+(?!the\b|a\b|an\b|his\b|her\b|their\b|its\b)[a-z]+\b"
)
_QUESTION: Final = re.compile(r"\?[\"”’']*\s*$")
_WH: Final = re.compile(r"\W*(?:whether|if|why|how|what|who|when|where|which)\b", re.IGNORECASE)
_CLAUSE_END: Final = re.compile(
    r"[.;!?—]|,?\s(?:if|unless|because|although|though|while|whereas|who|whom|whose|where)\b",
    re.IGNORECASE,
)
_POSSIBLE: Final = re.compile(
    r"\b(?:may(?! \d)|might|could|possibl[ey]|perhaps|maybe|potentially|conceivabl[ey]|can(?:no"
    r"|['’])t rule out|possibility)\b",
    re.IGNORECASE,
)
_PROBABLE: Final = re.compile(
    r"\b(?:(?:un)?likely|probabl[ey]|presumably|appear(?:s|ed|ing)?|seem(?:s|ed)?|apparently|expect(?:s"
    r"|ed)? to|(?:high|strong) (?:chance|probability|likelihood)|almost certainly|believed to|thought to"
    r"|tend(?:s|ed)? to|estimated"
    r"|I (?:(?:just|really|do|don['’]t) )?(?:think|thought|feel like|believe|guess|suspect))\b",
    re.IGNORECASE,
)
_UNCLEAR: Final = re.compile(
    r"\b(?:unclear|not (?:yet )?(?:clear|known|certain|sure)|unknown|uncertain|remains to be seen"
    r"|left to be seen|too (?:early|soon) to)\b",
    re.IGNORECASE,
)
_TOO_SURE: Final = re.compile(r"\bcould(?:n['’]t| not)\b", re.IGNORECASE)
_HEDGED_CUES: Final = {
    Certainty.PROBABLE: words(
        """believe think feel suspect expect predict forecast project anticipate estimate assume suppose
    figure guess presume reckon indicate suggest deem perceive foresee assess
    consider doubt disbelieve"""
    ),
    Certainty.POSSIBLE: words("""fear worry speculate imagine wonder hint float theorize concern imply"""),
}
_CONDITION: Final = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[“\"‘(—]))(?:(?:only |but |and )?if|unless|provided that|providing that"
    r"|as long as|on condition that|in case|in the event (?:that|of))\s",
    re.IGNORECASE,
)
_NOT_CONDITION: Final = re.compile(
    r"\b(?:as|even|what|ask(?:ed|s|ing)?|wonder(?:ed|s|ing)?|know|knew|see|sure|determine|decide|unclear"
    r"|unsure|tell|check|clear|say|matter|question)\s+$",
    re.IGNORECASE,
)
_CONDITION_END: Final = re.compile(r",\s|[.;!?—”\"]|\s(?:then)\s")
_NEGATED: Final = re.compile(
    r"\b(?:(?:is|are|was|were|has|have|had|do|does|did|will|would|could|should|can|must|may|might|need|ai"
    r"|wo|sha)(?:n['’]t|\s+(?:\w+ly\s+)?(?:not|never))"
    r"|cannot|can['’]t|won['’]t|never|not to|(?:no one|nobody|none|nothing|neither)\b|there (?:is|are|was"
    r"|were|has been|have been) no\b|(?:has|have|had) no\b)",
    re.IGNORECASE,
)
_TENSE: Final = re.compile(
    r"\b(?P<future>will|won['’]t|shall|(?:is|are|am|'re|’re|'m|’m) (?:\w+ )?(?:going|set|due|expected"
    r"|scheduled|about|likely) to|would)\b"
    r"|(?P<future2>['’]ll)\b"
    r"|\b(?P<perfect>has|have|had|['’]ve)(?= (?:\w+ly |not |also |already |never |been |just |long |now )*"
    r"(?:been|\w+(?:ed|en|ne|wn|ld|de|nt|pt|ught)\b))"
    r"|\b(?P<past>was|were|did|had|wasn['’]t|weren['’]t|didn['’]t|hadn['’]t|said|went|made|took|came|gave"
    r"|saw|told|knew|left|met|won|lost|found|began|fell"
    r"|rose|grew|held|kept|led|ran|sent|spent|struck|thought|wrote|broke|brought|bought|built|chose|died"
    r"|fought|got|heard|killed|paid|sold|shot|stood|became)\b"
    r"|\b(?P<present>is|are|am|do|does|has|have|can|must|isn['’]t|aren['’]t|don['’]t|doesn['’]t|cannot"
    r"|can['’]t|['’](?:re|m|s(?= \w+ing\b)))\b"
    r"|\b(?P<modal>may|might|could|should)\b"
    r"|(?<![,“\"] )(?<!^)\b(?P<weak>[a-z]{3,}ed)\b(?! (?:by|to be)\b)",
    re.IGNORECASE,
)
_UNTRUE: Final = re.compile(
    r"\b(?<!not )(?:fake|false|untrue|baseless|groundless|unfounded|fabricated|bogus|nonsense|a lie|lies|hype"
    r"|a hoax|an? invention|rubbish|incorrect|inaccurate|without (?:basis|foundation))\b",
    re.IGNORECASE,
)
_FOR: Final = re.compile(r"for\b")
_AS: Final = re.compile(r"\bas\b", re.IGNORECASE)
_PHRASE_END: Final = re.compile(r",|\s(?:of|to|for|that|in|on|from|by|at|with|which|who|being)\b")
_NOBODY: Final = re.compile(r"\W*(?:no one|nobody|none|neither|few)\b", re.IGNORECASE)
_FUTURE_ACTS: Final = frozenset({Act.PROMISE, Act.PREDICT, Act.DEMAND, Act.WANT})


def facets(
    text: str, cue: Stretch | None, contents: Sequence[Stretch], ask_free: str = "", source: str = ""
) -> Facets:
    """How the claim is made.

    ``ask_free`` is what stands between cue and content ("lawmakers to "); ``source`` are its words, as "no
    one believes that" denies what "he believes that" affirms.
    """
    content = " ".join(text[start:end] for start, end in contents)
    words = words_of(text[cue[0] : cue[1]]) if cue is not None else []
    base = head_lemma(text[cue[0] : cue[1]]) if cue is not None else ""
    named = base
    if base == "disagree" and ask_free.lstrip()[:1] in (":", "."):
        base = ""  # "Lund disagreed: …": what follows is his own view
    act = _act(base, words, content, ask_free)
    negated_cue = any(word in _NEGATIONS or lemma(word) == "fail" for word in words)
    negated_cue = negated_cue or _NOBODY.match(source) is not None
    refused = any(lemma(word) in REFUSALS for word in words) or "unable" in words or "short" in words
    stance = _stance(act, base, words, content, negated=negated_cue, refused=refused)
    if act is Act.WANT and refused and base in SPEECH_INFINITIVES:
        act = ACTS.get(base, Act.STATE)
    main = _main_clause(content)
    return Facets(
        lemma=named,
        act=act,
        stance=stance,
        certainty=_certainty(act, stance, base, main),
        time=_time(act, content, main),
        negated=_NEGATED.search(main) is not None,
        condition=_condition(text, contents),
    )


def _act(base: str, words: Sequence[str], content: str, between: str) -> Act:
    act = ACTS.get(base, Act.STATE)
    tail = words[-1] if words else ""
    if base == "call":
        return Act.DEMAND if {"for", "on", "upon"} & set(words) else Act.JUDGE
    if base == "ask":
        wanted = tail in ("for", "to") or bool(_FOR.match(content) or _INFINITIVE.match(between + content))
        return Act.DEMAND if wanted and not _WH.match(content) else Act.ASK
    if base in ("tell", "warn") and (between.rstrip().endswith(" to") or content.startswith("to ")):
        return Act.DEMAND
    if base == "warn" and re.match(r"[\w’' ]{0,40}\bnot to\b", content):
        return Act.DEMAND
    if base == "insist" and tail != "on":
        return Act.STATE
    if _quarrels(base, words):
        return Act.STATE
    if base == "deny" and _head(content) in PROPOSALS | GRANTS:
        return Act.JUDGE
    if base in ("reject", "dismiss", "discount", "rebuff") and not DENIABLE.search(content):
        return Act.JUDGE
    if base == "question" and not _WH.match(content):
        return Act.ASK if {"whether", "about"} & set(words) else Act.JUDGE
    if base in ("describe", "depict"):
        return Act.JUDGE if "as" in words or _AS.search(content) else Act.STATE
    if base == "agree" and content.lstrip().startswith("to "):
        return Act.PROMISE
    if base in ("like", "love") and words and "would" not in words and "'d" not in words:
        return Act.JUDGE
    if (
        act is Act.STATE
        and _QUESTION.search(content)
        and base in ("say", "tell", "write", "add", "wonder", "")
    ):
        return Act.ASK
    return act


def _called_untrue(content: str) -> bool:
    """Is a report or an accusation called untrue ("called the reports fake")?"""
    verdict = _UNTRUE.search(content)
    return verdict is not None and DENIABLE.search(content, 0, verdict.start()) is not None


def _stance(
    act: Act, base: str, words: Sequence[str], content: str, *, negated: bool, refused: bool
) -> Stance:
    if refused:
        return Stance.OPEN
    if _quarrels(base, words):
        return Stance.OPEN
    if base in REFUTING and act in (Act.DENY, Act.BELIEVE):
        return Stance.OPEN if negated else Stance.REFUTES
    if act in OPEN_ACTS:
        return Stance.OPEN
    if act is Act.JUDGE and _called_untrue(content):
        return Stance.OPEN if negated else Stance.REFUTES
    if act is Act.JUDGE and base in REFUTING:
        return Stance.AFFIRMS if _AS.search(content) else Stance.OPEN
    if act is Act.JUDGE and (base == "question" or _proposed(base, content)):
        return Stance.OPEN
    if negated:
        return Stance.REFUTES if base in NEG_RAISING else Stance.OPEN
    if act is Act.BELIEVE and _WH.match(content) and base in ("doubt", "know", "think", "consider"):
        return Stance.OPEN
    return Stance.AFFIRMS


def _proposed(base: str, content: str) -> bool:
    """Is the content something that is not yet so: a plan, a request, what somebody is for or against?"""
    head = _head(content)
    if base in NAMING or _AS.search(content):
        return False
    if base not in SIDING:
        return head in PROPOSALS
    first = words_of(content)[:1]
    return head in PROPOSALS | DEALS or (len("".join(first)) > 4 and first[0].endswith("ing"))


def _head(content: str) -> str:
    """The noun that a phrase is about: "request" of "a request by the press to see it"."""
    phrase = words_of(_PHRASE_END.split(content.strip(), maxsplit=1)[0])
    return phrase[-1] if phrase else ""


def _quarrels(base: str, words: Sequence[str]) -> bool:
    """Do several argue, so that nothing is said of what each holds true ("are in a dispute over")?"""
    return base == "debate" or (base in ("dispute", "disagree") and bool({"over", "about"} & set(words)))


def _main_clause(content: str) -> str:
    """The first clause that stands without its "if" and "because" ones, at most 200 characters."""
    start = 0
    opening = re.match(
        r"\W*(?:if|unless|although|though|while|because|when|in light of|after|before)\b",
        content,
        re.IGNORECASE,
    )
    if opening is not None:
        comma = content.find(", ")
        start = comma + 2 if comma >= 0 else opening.end()
    end = _CLAUSE_END.search(content, start + 12)
    return content[start : min(end.start() if end else len(content), start + 200)]


def _certainty(act: Act, stance: Stance, base: str, main: str) -> Certainty:
    if stance is Stance.OPEN or act is Act.ASK or _UNCLEAR.search(main):
        return Certainty.UNKNOWN
    if _POSSIBLE.search(main) and not _TOO_SURE.search(main):
        return Certainty.POSSIBLE
    if _PROBABLE.search(main):
        return Certainty.PROBABLE
    for certainty, lemmas in _HEDGED_CUES.items():
        if base in lemmas:
            return certainty
    return Certainty.CERTAIN


def _condition(text: str, contents: Sequence[Stretch]) -> TextSpan | None:
    for start, end in contents:
        for match in _CONDITION.finditer(text, start, end):
            before = text[max(start - 20, 0) : match.start()]
            if _NOT_CONDITION.search(before):
                continue
            stop = _CONDITION_END.search(text, match.end(), end)
            last = stop.start() if stop else end
            while last > match.end() and text[last - 1].isspace():
                last -= 1
            return TextSpan(text[match.start() : last], match.start(), last)
    return None


def _time(act: Act, content: str, main: str) -> ClaimTime:
    if act in _FUTURE_ACTS and re.match(r"\W*to\b", content):
        return ClaimTime.FUTURE
    match = _TENSE.search(main) or _TENSE.search(content[:300])
    if match is None:
        return ClaimTime.FUTURE if act in _FUTURE_ACTS else ClaimTime.PRESENT
    kind = match.lastgroup or ""
    if kind in ("future", "future2"):
        return ClaimTime.FUTURE
    if kind in ("past", "weak", "perfect"):
        return ClaimTime.PAST
    return ClaimTime.FUTURE if kind == "modal" and act in _FUTURE_ACTS else ClaimTime.PRESENT
