"""Words that say little, judge beforehand, or give a time: what the rules of `researchable` look for.

The lists are the course's own. They were collected from the building half of the data package `research_questions`
and from talk at work, and they are short on purpose: a word belongs here only if it is a sign in most sentences.
"""

import re

#: Nouns for people that say nothing of which people.
_ANYBODY = ("people persons? patients? clients? users? customers? consumers? residents? staff professionals? "
            "practitioners? clinicians? workers? nurses? doctors? gps? therapists? managers? everyone everybody anyone "
            "public population populations individuals? adults? children families carers? communities community "
            "citizens? elderly men women")
#: Words that may stand beside them and still say nothing.
_FILLERS = ("the a an all any some many most other our your their its of in for with by and or who whom that which are "
            "is be have has need needs use uses using get gets receive receives service services support care social "
            "health healthcare old older young younger vulnerable general different various local certain")
#: Verdicts and slots' own names, where a sign is wanted that somebody could see, hear or count.
_VERDICTS = ("impacts? effects? effective effectiveness outcomes? quality success successful successfully improve "
             "improves improved improvements? benefits? beneficial better worse best worst good bad great difference "
             "differences performance satisfaction satisfied works? working efficiency efficient value results? "
             "changes? changed standards? wellbeing well-being integration partnership communication experiences? "
             "feelings? wishes views? thoughts thinks? opinions? everything things thing lives life")
#: What makes a verdict into something that can be seen, heard or counted.
_SIGNS = ("number numbers share shares percentage proportion count counts counted days day hours minutes weeks months "
          "score scores scale rate rates cost costs pounds times time amount length frequency reasons reason words say "
          "says said tell tells told describe describes report reports name names named noted written recorded record "
          "records form questionnaire what how which whether who where when")

ANYBODY, FILLERS, VERDICTS, SIGNS = (re.compile(rf"(?:{'|'.join(held.split())})(?:['’]s?)?", re.IGNORECASE)
                                     for held in (_ANYBODY, _FILLERS, _VERDICTS, _SIGNS))

#: Ways to name a focus so wide that no comparison could be made of it.
WHOLE_POLICY = re.compile(r"(?:(?:models? of |the )?(?:partnerships?|integration|integrated (?:care|working)|"
                          r"joint working|multi-?agency working|joined-up care|collaboration)"
                          r"(?: (?:policy|arrangements?))?)",
                          re.IGNORECASE)

#: Words that tell the answer, or judge, before anybody has looked.
ANSWERS = re.compile(
    r"""(?<!self-)(?<!self\ )\b(?: prove[sd]?\b | (?:demonstrate|confirm)\ that | obvious(?:ly)? | surely | of\ course
      | undoubtedly | fail(?:s|ed|ing)?\b | (?:its|their|our)\ failures?\b
      | cover(?:s|ed|ing)?[-\ ]?ups?\b | hiding\b | pretend(?:s|ed|ing)?\b | stopped\ (?:\w+\ ){0,6}?us\b
      | (?<!being\ )(?:bullied|blamed)\b | (?:bully|bullies|blames|blaming)\b
      # Both can be what is asked about, as in “reported bullying” and “fear of blame”.
      | (?<!about\ )(?<!of\ )(?<!report\ )(?<!reported\ )(?<!no\ )(?<!no-)(?:bullying|blame)\b
      | scandal\w* | nightmares?\b | dump(?:s|ed|ing)?\b
      | bed-?\ ?block\w* | frequent\ (?:flyers?|attenders?) | unreasonabl[ey] | terribl[ey] | appalling\w* | awful\w*
      | disast\w+ | chaotic | lazy | useless | meaningless | poor\ (?:communication|care|practice|quality|planning)
      | inadequate | harm(?:s|ed|ing)?\b(?!\ (?:themselves|reduction)) | harmful
      | how\ much\ (?:damage|harm|better|worse)
      | so\ (?:slow|bad|poor|few|little|rarely|seldom|often|unhelpful|difficult)(?:ly)?\b
      | do(?:es)?\ not\ bother | don['’]t\ bother | without\ (?:thinking|caring|regard) | refuses?\ to
      | be\ made\ to\ (?:see|accept|understand|agree|believe) | (?:to|should|must)\ accept\ that
      | do\ you\ agree | don['’]t\ you | isn['’]t\ it )""",
    re.VERBOSE | re.IGNORECASE)
#: “Why do nurses not …” takes it that they do not; “why do some families not …” leaves it open who does.
NOT_DONE = re.compile(r"\bwhy (?:do|does|is|are|did|will|can)(?:n['’]t)? (?!some\b|certain\b)(?:\w+ ){1,4}?not\b|"
                      r"\bwhy (?:don|doesn|won|can|isn|aren)['’]t\b|\bwhy\b.*\b(?:always|never)\b", re.IGNORECASE)
#: Asked for one side only.
ONE_SIDE = re.compile(r"\bwhat (?:is|are) the (?:\w+ )?(?:benefits?|advantages?|drawbacks|disadvantages|problems)\b",
                      re.IGNORECASE)

_ASKING = r"(?:how|why|what|which|who|whom|whose|where|when|whether)"
_HELPING = r"(?:do|does|did|is|are|was|were|has|have|had|can|could|should|would|will)"
#: How a question begins.
OPENING = re.compile(rf"(?:^|[,:;]\s*)(?:\w+ ){{0,3}}?({_ASKING})\b|^({_HELPING})\b|^\w+ly ", re.IGNORECASE)
#: What stands before the main clause, as in “Among people who live alone, how many …”.
BEFORE_MAIN = re.compile(rf"^(?:among|for|of|in|at|on|with|after|before|when|since|between|during|from|if)\s+"
                         rf"(?!{_ASKING}\b)[^?]*?,\s+(?=(?:how|why|what|{_HELPING})\b)", re.IGNORECASE)
#: Such a word after a noun says more about it and asks nothing.
_TELLING = r"(?:who|whose|whom|which|that)"
RELATIVE = re.compile(rf"\b(?!(?:for|in|to|by|with|of|from|at|on|and|or|but)\b)\w+ {_TELLING}\b", re.IGNORECASE)
#: How a clause that says more about a noun may go on behind “and”.
GOES_ON = re.compile(rf"(?:,\s*)?(?:and|or|but)\s+(?:(?:for |in |to |by |with )?{_TELLING}\b|"
                     r"(?:is|are|was|were|has|have|had)\s+"
                     r"(?!(?:they|their|it|its|we|our|he|she|you|these|those|the)\b))", re.IGNORECASE)
#: No question begins so.
HAD_NO = re.compile(r"(?:,\s*)?(?:and|or|but)\s+(?:has|have|had)\s+no\b", re.IGNORECASE)
#: A second question joined to the first; `asks` is the word that it begins with.
JOINED = re.compile(rf"(?:\band|\bor|\bbut|;)\s+(?:for |in |to |by |with )?(?P<asks>{_ASKING})\b|"
                    # Behind a bare comma “when”, “which” and “who” mostly go on with the same question.
                    rf",\s+(?P<next>how|why|what)\b|"
                    rf"(?:,\s*(?:and|or|but)|\band)\s+(?P<helps>{_HELPING})\s+(?!not\b)\w+", re.IGNORECASE)

_MONTH = (r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
          r"spring|summer|autumn|winter)")
_NUMBERS = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1)} | {
    "a": 1, "an": 1, "half a": 0.5, "the coming": 1, "the next": 1, "the following": 1, "eighteen": 18, "twenty": 20,
    "twenty-four": 24, "thirty": 30}
_WEEKS = {"day": 1 / 7, "week": 1, "month": 52 / 12, "quarter": 13, "year": 52, "night": 1 / 7}
#: A point or stretch of the calendar.
CALENDAR = re.compile(rf"\b(?:19|20)\d\d\b|\b(?:in|since|during|from|until|between|of|last|this|next|by)\s+{_MONTH}\b|"
                      rf"\b\d{{1,2}} {_MONTH}\b")
#: Beside something that happened: “the year before the merger”.
#: A night or a day is too short to say when: which night, of which months?
_BESIDE = re.compile(r"\bthe (?:whole |full |first |last )?(?:week|month|year) (?:before|after)\b", re.IGNORECASE)
_STRETCH = re.compile(rf"\b(?P<number>\d+(?:\.\d+)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})[ -]"
                      rf"(?P<unit>{'|'.join(_WEEKS)})s?\b(?!\s+old\b)", re.IGNORECASE)
_HOURS = re.compile(r"\b(?:first|within|last)\s+(?:\d+|\w+)\s+hours\b", re.IGNORECASE)
#: It sounds like a time and is none.
NO_TIME = re.compile(r"\b(?:currently|at present|nowadays|these days|today|recently|over time|"
                     r"in the long[- ](?:term|run)|in future|soon|eventually|long[- ]term)\b", re.IGNORECASE)
#: It has still to come.
AHEAD = re.compile(r"\b(?:from now|the next|the coming|in future|future|prospectively)\b", re.IGNORECASE)

#: Beyond one place.
WIDE = re.compile(r"\b(?:England|English|Scotland|Scottish|Wales|Welsh|Britain|British|UK|United Kingdom|Europe\w*|"
                  r"national(?:ly)?|nationwide|countrywide|(?:across|of) the country|regions?|counties|"
                  # “The North” alone may be a team, a ward or a side of the town.
                  r"(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est) of England|the (?:East |West )?Midlands|"
                  r"all (?:\w+ )?(?:trusts|councils|hospitals|authorities|"
                  r"practices|care homes))\b")
#: What has been published can be read anywhere.
PUBLISHED = re.compile(r"\b(?:published|literature|official statistics|open data|systematic review|scoping review)\b",
                       re.IGNORECASE)
#: To ask these people often needs a special review, which can take months: by law for people who cannot decide about
#: taking part (Mental Capacity Act 2005, sections 30 to 34); for others, often wanted by reviewers.
PERMISSION = re.compile(r"\b(?:delirium|lack(?:s|ing)? (?:mental )?capacity|(?:with|in) (?:severe |advanced )dementia|"
                        r"prison(?:ers?)?|custody|(?:in )?foster(?: care)?|children in care|looked[- ]after|detained|"
                        r"end of life|dying)\b", re.IGNORECASE)

#: Who holds what: what is asked for → what must be among the records and people that one can get at.
HOLDERS = {
    "an ambulance service": (r"ambulance", r"ambulance|999"),
    "a hospital's records": (r"admissions?|admitted|readmissions?|readmitted|hospital(?:'s)? records?|"
                             r"length of stay|emergency department",
                             r"hospital|ward|discharge|admission"),
    "a general practice's records": (r"GP (?:records?|visits?|appointments?)|practice records?|prescri\w+",
                                     r"GP|practice|prescri"),
    "a school": (r"school|teachers?|exams?", r"school|education"),
    "the police": (r"police|crimes?|arrests?", r"police"),
    "a housing provider": (r"tenanc\w+|evict\w+|rent arrears", r"housing|tenan"),
    "a benefits office": (r"benefit claims?|universal credit", r"benefit"),
    "accounts": (r"money|savings?|saved|costs?|pounds|spending|expenditure|cuts",
                 r"payment|account|cost|budget|financ"),
    "children in foster care": (r"foster\w*", r"foster|looked after|children in care"),
    "people in prison": (r"prison\w*", r"prison|custody"),
}
#: Where something is written down; a question that names one of one's own is within reach.
SOURCES = re.compile(r"\b(?:records?|letters?|books?|logs?|diar(?:y|ies)|returns|rotas?|lists?|charts?|registers?|"
                     r"files?|notes|database|minutes of meetings)\b", re.IGNORECASE)
#: People who would have to be asked, and how those within reach may be called.
ASKED = {
    "families": (r"famil(?:y|ies)|relatives", r"famil|relatives|carers|supporters|parents"),
    "carers": (r"carers", r"carers|famil|supporters"),
    "residents": (r"residents", r"residents|people"),
    "patients": (r"patients", r"patients|people"),
    "children": (r"children|young people", r"children|young|famil"),
    "everybody": (r"everyone|everybody|the public", r"everyone|everybody|public"),
}


def words(text: str) -> list[str]:
    """The words of a text, as they stand.

    Examples
    --------
    >>> words("Carers’ views, and well-being!")
    ['Carers’', 'views', 'and', 'well-being']
    """
    return re.findall(r"\w[\w-]*(?:['’]\w*)?", text)


def left_of(text: str, *lists: re.Pattern) -> list[str]:
    """Words of a text that stand in none of the lists.

    Examples
    --------
    >>> left_of("all older people with dementia", ANYBODY, FILLERS)
    ['dementia']
    """
    return [word for word in words(text) if not any(one.fullmatch(word) for one in lists)]


def held_in(text: str, among: re.Pattern) -> list[str]:
    """Words of a text that stand in a list."""
    return [word for word in words(text) if among.fullmatch(word)]


def stretches(text: str) -> list[tuple[str, float]]:
    """Stretches of time in a text, each with its length in weeks.

    Examples
    --------
    >>> stretches("within six weeks, and a year later")
    [('six weeks', 6.0), ('a year', 52.0)]
    """
    return [(found[0], _length(found)) for found in _STRETCH.finditer(text)]


def times(text: str) -> list[str]:
    """What gives a time in a text: dates, seasons, stretches, and what lies beside an event."""
    found = [[one[0] for one in pattern.finditer(text)] for pattern in (CALENDAR, _BESIDE, _HOURS)]
    return [*found[0], *(held for held, _ in stretches(text)), *found[1], *found[2]]


def _length(found: re.Match) -> float:
    number = found["number"].lower()
    # Somebody may type a number with hundreds of digits.
    many = _NUMBERS[number] if number in _NUMBERS else float(number[:6])
    return float(many * _WEEKS[found["unit"].lower()])
