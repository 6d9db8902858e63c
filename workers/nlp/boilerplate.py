"""The formulas of the trade that are no journalism: promos, links, credits, bylines, sign-offs.

Tables only; ``mask.py`` applies them. Each pattern of ``WHOLE_LINES`` is matched against a whole line.
"""

from __future__ import annotations

import re
from typing import Final

from workers.domain.article import MaskReason

_AGENCIES: Final = (
    r"(?:Reuters|REUTERS|AP|A\.P\.|AFP|CNN|UPI|Xinhua|Bloomberg|TASS|ANSA|EFE|dpa|PTI|IANS|Kyodo|Yonhap"
    r"|Thomson Reuters Foundation|The Associated Press|Associated Press|Agence France-Presse|BBC|NPR|CBS|NBC"
    r"|ABC|Fox News|Politico|POLITICO|STAT|KHN|CNBC|Business Wire|PRNewswire|PR Newswire|GLOBE NEWSWIRE)"
)
_DASH: Final = r"(?:-{1,2}|–|—|:)"
_NAME: Final = r"[A-Z][\w.’'-]*(?:\s+(?:[A-Z][\w.’'-]*|de|del|van|von|der|bin|al))+"
_NAMES: Final = rf"{_NAME}(?:(?:,\s+|,?\s+and\s+|\s*&\s*){_NAME})*"
_MEDIA: Final = (
    r"(?:Twitter|Facebook|Instagram|X|LinkedIn|YouTube|TikTok|Telegram|WhatsApp|Threads|Bluesky|Snapchat"
    r"|Pinterest|Flipboard|Google News|Apple News|Mastodon|social media)"
)


def _rule(
    reason: MaskReason, *patterns: str, flags: int = re.IGNORECASE
) -> tuple[MaskReason, re.Pattern[str]]:
    return reason, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), flags)


# Each is matched against a whole stripped line, from its first character.
WHOLE_LINES: Final = (
    _rule(
        MaskReason.RELATED,
        r"(?:read (?:more|also|next|this|the full (?:story|article|report))|(?:also|must) read|more|related"
        r"|related (?:stories|story|articles?|coverage|content|links?|video|topics?|news)|see also|watch"
        r"(?: (?:now|more|live|the video|below))?"
        r"|more (?:from|on|about) [^.!?]{2,60}|in case you missed it|you may also like|recommended(?: "
        r"(?:reading|for you|stories))?|don['’]t miss"
        r"|editors?['’]s? (?:picks?|choice)|most (?:read|popular|viewed)|trending(?: now)?|listen(?: now)?"
        r"|video|up next|next up|further reading|exclusive video)"
        r"\s*(?::|>+|»|→|\|)\s*(?-i:[A-Z0-9“”\"‘'])(?:(?!\. ).)*[^.]",
        r"more from (?-i:(?:the )?[A-Z])[\w’'& -]{2,40}",
        r"(?:read more|related(?: (?:stories|articles|coverage|content))?|see also|read next|you (?:may"
        r"|might) also like|most read|trending now"
        r"|more (?:stories|headlines|news|top stories)|top stories|recommended(?: for you)?"
        r"|editors?['’]s? picks?|up next|more like this)[.:…»>→]*",
        r"(?:read|see|watch|view) (?:the )?(?:rest|full (?:story|article|report|interview|video|speech|text"
        r"|transcript)|whole (?:story|article))"
        r"(?: (?:of (?:the|this) (?:story|article|report|piece|interview)))?(?: (?:here|below|at"
        r"|on)\b.{0,60})?[.:»>→]*",
        r"(?:read|see|find|get) (?:more|all|the latest)(?: [\w’'-]+){0,6} (?:here|below)[.:»>→]*",
        r"for more (?:on|from|about|stories|news|information|details|coverage)\b.{0,90}\b(?:visit|click"
        r"|go to|see|follow|read|check)\b.{0,80}",
        r"(?:continue|keep) reading(?: (?:below|the (?:main )?story|at .{1,40}))?[.:»>→…]*",
    ),
    _rule(
        MaskReason.NEWSLETTER,
        r"(?:please )?(?:sign up|subscribe|register)(?: (?:now|today|here|free))?(?: (?:to|for|with)\b"
        r"|[.:!>»])(?=.*\b(?:newsletters?|inbox|e-?mails?|alerts?|updates|briefings?"
        r"|digest|podcasts?|channel|magazine|access|free|premium|digital|stories|news|our|us|here|today"
        r"|now)\b).{2,300}",
        r"(?:sign up|subscribe)(?: (?:now|today|here|free|below))?[.!:»>→]*",
        r"get (?:the|our|your|all|more|breaking|daily|a daily|unlimited)\b(?=.*\b(?:newsletters?|inbox"
        r"|e-?mailed|e-?mails?|push alerts|delivered|subscription|straight to your"
        r"|digital access|unlimited access|app)\b).{2,250}",
        r"(?:want|like) (?:more|this|what|to get|the latest)\b(?=.*\b(?:sign up|subscribe|newsletter"
        r"|inbox)\b).{2,250}",
        r"(?:our|the|this|a) (?:free |daily |weekly |morning |evening )*newsletters?\b.{0,80}\b(?:inbox"
        r"|sign up|subscribe)\b.{0,120}",
        r"(?:enter|submit) your e-?mail(?: address)?\b.{0,120}",
        r"(?:delivered|straight|right|directly) (?:straight |right |directly )?to your inbox\b.{0,60}",
        r"(?:by (?:signing up|subscribing|entering your e-?mail|providing your e-?mail)|you can unsubscribe"
        r"|unsubscribe at any ?time)\b.{0,250}",
        r"(?:thank you|thanks) for (?:subscribing|signing up|registering)\b.{0,80}",
    ),
    _rule(
        MaskReason.PROMO,
        rf"(?:(?:please |you can )?(?:follow|find|like|join|add|connect with) (?:us|our|me|him|her|@\w+"
        rf"|the [\w .]{{2,40}}?)\b.{{0,40}}\b(?:on|@)\b.{{0,20}}{_MEDIA}.{{0,80}})",
        rf"follow (?:{_NAMES}|@\w+|the author|this reporter|[\w .]{{2,40}}?) (?:on|at) (?:{_MEDIA}"
        rf"|@).{{0,80}}",
        r"(?:follow us|like us|share this(?: (?:story|article|post|page))?(?: with (?:your )?(?:friends"
        r"|others|family))?|tweet this"
        r"|print this(?: (?:article|page))?|e-?mail this(?: (?:article|page))?|share on .{2,40}|join the "
        r"(?:conversation|discussion)(?: below)?"
        r"|leave a comment(?: below)?|comments? (?:are|is) closed|view comments|show comments"
        r"|post a comment|copy link|save for later)[.:!»>→]*",
        r"(?:advertis(?:e|ement)|sponsored(?: content| by .{2,40})?|promoted(?: content| stories)?|paid "
        r"(?:content|post|partnership)|ad|ads by .{2,30})[.:…]*",
        r"(?:(?:the )?(?:story|article) continues (?:below|after)|scroll (?:down )?(?:to|for) (?:continue"
        r"|more|read)|continue reading below|content continues below)\b.{0,60}",
        r"(?:please )?(?:click|tap|press) (?:here|below|on the link|the link|the image|the video|this link"
        r"|play)\b.{0,200}",
        r"(?:download|get|install) (?:the|our)\b.{0,50}\bapp\b.{0,120}",
        r"(?:listen to|subscribe to|watch|hear|catch) (?:the |our |this |more |full )+(?:[\w’'-]+ ){0,4}"
        r"(?:podcasts?|episodes?|newscast|livestream|live stream|playlist)\b.{0,140}",
        r"(?:tune in|stream it|watch live|stream live|buy tickets|get tickets|book now|order now|pre-?order"
        r"|shop now|buy now|start your free trial|try it free)"
        r"(?:[.:!»>→]*|[:!]? (?:at|for|on|with|here|today|tonight|to (?:watch|get|save|see))\b.{0,150})",
        r"(?:become a (?:member|subscriber|patron|supporter)|donate (?:now|today|here|to (?:us|our)))"
        r"(?:[.:!»>→]*|[,:]? (?:today|now|here|and (?:help|support|get)|to (?:support|help|get))\b.{0,150})",
        r"(?:support (?:our|independent|local|quality|free|[\w’' ]{2,25}) journalism"
        r"|make a (?:contribution|donation)|if you (?:value|like|enjoy|appreciate) (?:our|this|what)\b.{0,60}"
        r"\b(?:consider|please|support|subscrib|donat))\b.{0,200}",
        r"(?:(?:to )?(?:continue|keep) reading(?: this article)?,? (?:please )?(?:subscribe|sign|log"
        r"|register)|already a (?:subscriber|member)\b|log ?in to (?:read|continue|comment|view)"
        r"|create (?:a|your) (?:free )?account|this article is for subscribers|subscribers? only"
        r"|unlock this article|you have \w+ free articles)\b.{0,200}",
        r"(?:this (?:material|article|story|copy) may not be (?:published|reproduced)|copyright (?:©"
        r"|\(c\)|\d{4}|by)|©|\(c\) ?\d{4}|all rights reserved\.?$).{0,250}",
        r"(?:have a (?:tip|story|news tip)|got a (?:tip|story|news tip|confidential tip)|send (?:us )?"
        r"(?:your )?(?:tips|comments|questions|feedback|letters)|contact (?:us|the (?:author|reporter"
        r"|newsroom|editors?)|this reporter)|e-?mail (?:us|the author|this reporter))\b.{0,160}",
        r"(?:use (?:promo|coupon|discount) code|(?:save|get) (?:up to )?\d+ ?% off|limited[- ]time offer"
        r"|special offer|free trial)\b.{0,160}",
        r"(?:we may (?:earn|receive) (?:a|an|affiliate)? ?commissions?|this (?:post|article|story) "
        r"(?:may )?contains? affiliate"
        r"|as an amazon associate)\b.{0,250}",
    ),
    _rule(
        MaskReason.BYLINE,
        rf"(?:By|BY|by) (?:{_NAMES})(?:\s*[,|•·/–—-]\s*[^.!?\"“”]{{2,80}})?\.?",
        r"BY [A-Z][A-Z.’'-]+(?: [A-Z][A-Z.’'-]+){1,3}(?:(?:,| AND) [A-Z.’' -]{4,60})?",
        rf"(?:Written|Posted|Reported|Story|Text|Words|Analysis|Opinion|Commentary) by:? {_NAMES}\.?",
        rf"(?:{_NAMES}),? (?:is|are) (?:an? |the )?(?:[\w’'&/-]+ ){{0,6}}(?:reporter|writer|correspondent"
        rf"|editor|columnist|contributor|producer|fellow|intern)s?\b"
        r"(?: (?:for|at|with|on|in|of|covering|based|who covers)\b.{0,140})?\.?",
        r"(?:(?:Last )?(?:[Uu]pdated|[Pp]ublished|[Pp]osted|[Mm]odified)|First published)(?: (?:on|at))?:?\s*"
        r"(?=.*\d)(?:[A-Z][a-z]{2,8}\.?,?|\d[\d:/.,-]*(?:st|nd|rd|th)?|[apAP]\.?[mM]\.?|at|on|[A-Z]{2,4}"
        r"|[|,\s–—-])+",
        flags=0,
    ),
    _rule(
        MaskReason.CREDIT,
        r"\(?(?:photos?|images?|pictures?|photograph(?:y|s)?|video|credits?|graphics?|illustrations?"
        r"|file photo|cover photo|pool photo|screenshot)"
        r"(?: (?:credits?|courtesy|source|provided|illustration))?\s*(?::|\bby\b:?|\bvia\b|\bcourtesy of\b"
        r"|/)\s*(?-i:(?:the |The )?[A-Z@©])[^.!?\"“”]{1,110}[.)]*",
        r"[^.!?\"“”]{0,90}(?:/|via |©\s?|\| ?)\s*(?:getty images|getty|ap photo|associated press|reuters"
        r"|afp(?:/getty images)?|shutterstock|istock(?:photo)?|alamy|epa(?:-efe)?|bloomberg|wireimage"
        r"|zuma press|pool photo)\)?\.?",
        r"\(?(?:getty images|ap photo|afp|shutterstock|alamy|istock|reuters photo|file photo)"
        r"(?:\s*/\s*[^.!?\"“”]{2,60})?\)?\.?",
    ),
    _rule(
        MaskReason.SIGN_OFF,
        rf"[-–—(\[]*\s*{_AGENCIES}\s*[)\]]*\.?",
        r"[(\[]?(?:additional |further |writing |with )?(?:reporting|editing|writing|compiled|translated"
        r"|translation|edited|research) by:? (?-i:[A-Z]).{2,250}",
        r"(?:[-–—]+\s*)?(?:with (?:(?:additional )?reporting|assistance|files|inputs?|help) (?:from"
        r"|by)) .{2,160}",
        r"(?:this|the) (?:story|article|report|post|version)(?: of (?:this|the) (?:story|article|report))? "
        r"(?:has been (?:updated|corrected)|(?:was )?(?:originally|first) (?:published|appeared))\b.{0,200}",
        r"(?:#{2,}|(?:\*\s*){3,}|-30-|ENDS?|_{3,}|={3,}|-{3,})",
        flags=re.IGNORECASE,
    ),
    _rule(
        MaskReason.SIGN_OFF,
        r"(?:-{1,2}|–|—)\s*With (?:files|inputs?|assistance) (?:from|by) .{2,120}",
        rf"(?:{_AGENCIES}|{_NAMES}(?: (?:in|from) [A-Z][\w ]{{2,30}})?|The (?:[A-Z]\w+ ?){{1,4}})(?:,? and "
        rf"(?:{_AGENCIES}|{_NAMES}|the [A-Z]\w+(?: [A-Z]\w+)*))? (?:also )?(?:contributed"
        rf"|provided reporting|contributed reporting) to this (?:report|story|article|dispatch)\b.{{0,60}}",
        flags=0,
    ),
    _rule(
        MaskReason.MARKUP,
        r"https?://\S+",
        r"pic\.twitter\.com/\w+",
        r"\[(?:embed|caption|gallery|video|youtube|audio|shortcode)\b[^\]]{0,200}\].{0,200}",
    ),
)
# A capitals-only line is a promo when it says so; a long one in the middle of prose is another story's link.
LOUD: Final = re.compile(
    r"\b(?:COMING (?:TO|SOON)|STREAM(?:ING)?\b|SIGN UP|SUBSCRIBE|DOWNLOAD|CLICK|PODCAST|NEWSLETTER|TICKETS"
    r"|FREE TRIAL|PRE-?ORDER"
    r"|WATCH\b|NOW (?:ON|PLAYING|STREAMING)|AVAILABLE (?:NOW|ON)|NEW EPISODE|JOIN (?:US|NOW)|FOLLOW US"
    r"|READ MORE|GET THE|% OFF|BUY NOW|SHOP"
    r"|CHECK OUT|ON DEMAND|DON['’]T MISS|LISTEN|THE (?:APP|FILM|MOVIE|SERIES)\b)|\w\+(?:\W|$)"
)
DATELINE: Final = re.compile(
    rf"(?:(?:[A-Z][A-Z.’'-]+(?:[ -][A-Z.’'-]+){{0,3}}|[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){{0,2}})"
    rf"(?:,\s+[A-Z][\w.]*(?: [A-Z][\w.]*)?)?"
    rf"(?:,\s*(?:[A-Z][a-z]{{2,8}}\.?) \d{{1,2}})?\s*)?\({_AGENCIES}\)\s*{_DASH}{{1,2}}\s*"
    rf"|(?:[A-Z][A-Z.’'-]{{2,}}(?:[ -][A-Z.’'-]{{2,}}){{0,3}}|[A-Z]{{2}}\.)(?:,\s+[A-Z][A-Za-z.]*"
    rf"(?: [A-Z][\w.]*)?)?(?:,\s*[A-Z][a-z]{{2,8}}\.? \d{{1,2}})?"
    rf"\s*(?:--|–|—)\s*(?=[A-Z“\"‘])"
    rf"|[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){{0,2}},? \({_AGENCIES}\)\s*(?=[A-Z“\"])"
)
TRAILING: Final = (
    (MaskReason.SIGN_OFF, re.compile(rf"(?<=[.!?”\"])\s*(?:-{{1,2}}|–|—)\s*{_AGENCIES}\.?\s*$")),
    (
        MaskReason.CREDIT,
        re.compile(
            r"\s*\((?:(?:AP |Reuters |File )?Photos?\b|Image\b|Picture\b|Credit\b|[^()]{0,60}(?:/|via )\s*"
            r"(?:AP|AFP|Getty|Reuters|Getty Images)\b)[^()]{0,100}\)\.?\s*$",
            re.IGNORECASE,
        ),
    ),
)
TAG: Final = re.compile(
    r"</?(?:tweet|iframe|script|style|img|div|span|figure|figcaption|blockquote|embed|object|a|p|b|i|em"
    r"|strong|br|video|audio|h[1-6])\b[^<>\n]{0,400}>",
    re.IGNORECASE,
)
