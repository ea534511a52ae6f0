"""Writes claims.csv and documents.csv, and seals what the course thinks of each claim: the key of "claims traced".

How it works. Nothing is drawn by chance and nothing was planted: the statements were really made. `CLAIMS` holds one
entry for each, compiled by hand: what a document states, what it names as its source, and what that source reports as
far as we have read it. The verdict, the fair sentence and the reasons are sealed; the rest is the table.

Run `python generate.py` to write both files beside this one, `python generate.py FOLDER` to write elsewhere.
"""

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
#: The five documents: key, title, what it is, about when it was written.
DOCUMENTS = [
    ("essay", "The partnership between health and social care services policies in UK",
     "student essay on a commercial essay site, which names no author", "after December 2008"),
    ("blog", "Blog of the Connecting People study", "posts by the researchers, while the study went on",
     "2011 to 2012"),
    ("opinion", "Is the creation or removal of formal partnership agreements a good thing or a bad thing?",
     "opinion piece by an officer of a professional association", "about January 2012"),
    ("article", "Magazine article on joint working between social workers and nurses",
     "journalism, with interviews; the page gives no title", "about 2002"),
    ("summary", "Developing Research at the Social Services and Health Interface in Primary Care",
     "executive summary of a study, University of Sheffield", "about 2000"),
]
#: Columns of the table; an entry has these and those of the key.
TABLE = ["claim", "document", "where", "stated", "cited", "reported", "status", "where_to_read", "link"]
KEY = ["verdict", "fair", "why", "also"]

NONE = "No source is given."
BELSKY = "Belsky and others (2006), Effects of Sure Start local programmes on children and families, BMJ 332: 1476"
RUTTER = "Rutter (2006), Is Sure Start an effective preventive intervention? pages 137 to 140"
RUTTER_AT = "Abstract on the publisher's page, doi 10.1111/j.1475-3588.2006.00402.x, or in PubMed, number 32810992"
RUTTER_LINK = "https://doi.org/10.1111/j.1475-3588.2006.00402.x"
PILOT_AT = "Record with abstract at the University of York; doi 10.1177/1049731517753685"
PILOT_LINK = "https://doi.org/10.1177/1049731517753685"


def claim(document: str, where: str, stated: str, cited: str, reported: str, status: str, where_to_read: str,
          link: str, verdict: str, fair: str, why: str, also: tuple[str, ...] = ()) -> dict:
    return {"document": document, "where": where, "stated": stated, "cited": cited, "reported": reported,
            "status": status, "where_to_read": where_to_read, "link": link, "verdict": verdict, "fair": fair,
            "why": why, "also": list(also)}


ESSAY = [
    claim(
        "essay", "Case study of Sure Start, paragraph “Other results show mixed results”, footnote 24",
        "A study found Sure Start “effective for teenage mothers in improving their parenting”, while some of their "
        "children were worse off.", BELSKY,
        "Mothers who were not teenagers showed better parenting, and their children better social functioning. "
        "Children of teenage mothers showed poorer social functioning; children of lone parents, and of parents "
        "without work, scored lower on verbal ability. The differences were few and small.",
        "verified", "Abstract and full text, free to read: PubMed Central, number PMC1482335",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC1482335", "reversed",
        "An early comparison of 150 programme areas with 50 others found few and small differences: mothers who were "
        "not teenagers parented somewhat better, while children of teenage mothers, lone parents and parents without "
        "work did somewhat worse.",
        "The parenting result is given to the very group that did not have it: one “non-” was lost on the way. The "
        "half about their children is right, which makes the sentence easy to believe.", ("overstated",)),
    claim(
        "essay", "Case study of Sure Start, paragraph “In other studies, the results were even poorer”, footnote 23",
        "Rutter showed that after three years “there was no significant service improvement”, and that in some areas "
        "the service and the situation of families got worse.", RUTTER,
        "A review of the national evaluation's reports of November 2005. It looks at how families and children were "
        "doing after three years: very few significant differences, with some indication of harm in the most "
        "disadvantaged families. It calls the evaluation well conducted and the findings inconclusive. The abstract "
        "has nothing about services getting better or worse.",
        "verified", RUTTER_AT, RUTTER_LINK, "overstated",
        "Reviewing the early evaluation, Rutter found very few differences in how families and children were doing "
        "and some sign of harm among the most disadvantaged, and judged the findings inconclusive.",
        "Three things changed on the way: families became services, “some indication” became a result, and "
        "“inconclusive” disappeared.", ("not found",)),
    claim(
        "essay", "Case study of Sure Start, paragraph “In other studies, the results were even poorer”, footnote 23",
        "Sure Start had the objective “to eliminate child poverty and social exclusion”.", RUTTER,
        "The abstract begins by saying that Sure Start was set up with the aim of ending child poverty and social "
        "exclusion.",
        "verified", RUTTER_AT, RUTTER_LINK, "agrees",
        "According to Rutter, Sure Start was set up to end child poverty and social exclusion.",
        "One sentence of the essay can be right about its source while the next one is not: trace each by itself."),
    claim(
        "essay", "Development of a partnership, paragraph on Care Trusts, footnote 3",
        "It was “in 1999 that the government set out its radical NHS Plan”.",
        "Glasby and Peck (2004), Care Trusts: Partnership Working in Action, pages 1 to 2",
        "The NHS Plan was published in July 2000. From 1999 dates the Health Act, whose section 31 allowed pooled "
        "budgets, lead commissioning and joint provision. We have not seen the two pages of the book.",
        "verified", "Policy Navigator of the Health Foundation, page on the NHS Plan; Hansard, written answers, "
        "19 September 2002", "http://navigator.health.org.uk/content/nhs-plan-plan-investment-plan-reform-2000",
        "wrong date",
        "The NHS Plan of July 2000 announced Care Trusts; the Health Act 1999 had already allowed pooled budgets and "
        "joint provision.",
        "Two policies a year apart were melted into one. Whoever looks for what people said about the Plan in 1999 "
        "finds nothing."),
    claim(
        "essay", "Bibliography and footnote 2",
        "An article by Lymbery in the British Journal of Social Work is called “Untied we stand?”.",
        "Lymbery (2006), British Journal of Social Work 36, pages 1119 to 1134",
        "The article on these pages begins with the words United we stand.",
        "verified", "British Library, Welfare reform on the web, January 2007, care of the elderly",
        "http://www.bl.uk/welfarereform/issue90/carelduk.html", "wrong title",
        "Lymbery, M (2006) United we stand? Partnership working in health and social care and the role of social work "
        "in services for older people. British Journal of Social Work, 36(7), pp. 1119-1134.",
        "Two letters changed places and turned the meaning round; a search for the real title does not find it."),
    claim(
        "essay", "Bibliography and footnote 12",
        "An article by Newman and others appeared in the “Journal of Social Policy and Society”, volume 33.",
        "Newman and others (2004), Public participation and collaborative governance, pages 203 to 223",
        "The first page of the article carries the name Journal of Social Policy, volume 33, number 2. Social Policy "
        "and Society is another journal.",
        "verified", "First page of the article, doi 10.1017/S0047279403007499",
        "https://doi.org/10.1017/S0047279403007499", "wrong title",
        "Newman, J, Barnes, M, Sullivan, H and Knops, A (2004) Public participation and collaborative governance. "
        "Journal of Social Policy, 33(2), pp. 203-223.",
        "The names of two journals were melted into one that does not exist.", ("not found",)),
    claim(
        "essay", "Development of a partnership, paragraph “The idea behind this”, footnote 7",
        "The success of partnerships is looked at in two ways: “how well the partners can work together”, and what "
        "changes in services and for the people who use them.",
        "Dowling, Powell and Glendinning (2004), Conceptualising successful partnerships, pages 309 to 312",
        "A survey of the literature. It finds that success is understood in two main ways: how the partners work "
        "together, and what comes of it for services and for the people who use them. Research has dealt mostly with "
        "the first.",
        "verified", "Abstract: Health and Social Care in the Community 2004, volume 12, number 4, page 309",
        "https://paperexplained.cn/articles/paper/detail/c1fbef2e08c0dbbfc97a08f0470e80cf5f9d2509", "agrees",
        "Research understands the success of partnerships in two ways, how the partners work together and what comes "
        "of it, and has asked far more often about the first.",
        "The sentence is fair to its source. It leaves out the gap that the authors wanted to be seen; leaving out is "
        "no misreport here, though worth a half-sentence."),
    claim(
        "essay", "Critical review, paragraph on user participation, footnote 11",
        "Whether user participation works “is rarely monitored”.",
        "Carr (2004), Has service user participation made a difference to social care services?",
        "Brings six reviews together. Little monitoring or evaluation was found of the difference that participation "
        "makes, and quite a lot about ways of involving people.",
        "verified", "Page of the paper at the Social Care Institute for Excellence",
        "https://www.scie.org.uk/publications/positionpapers/pp03.asp", "agrees",
        "A paper on six reviews found little monitoring of the difference that user participation makes.",
        "The source says so. Lack of monitoring is no sign that participation makes no difference."),
    claim(
        "essay", "Critical review, paragraph “However, there have been some benefits”, footnote 14",
        "With health and social care working together, older people have “better access to their needs” and are cared "
        "for more efficiently.",
        "Balloch and Taylor (2001), Partnership Working: Policy and Practice, pages 143 to 145",
        "We have not read the book. A study that stands in the essay's own list and in none of its footnotes (Brown, "
        "Tucker and Domokos 2003) evaluated two integrated teams in a rural county: people may refer themselves more "
        "and are assessed sooner; no effect was seen on what became of older people.",
        "second-hand", "Abstract of Brown and others (2003) in PubMed, number 14629210",
        "https://pubmed.ncbi.nlm.nih.gov/14629210/", "overstated",
        "In one study of two integrated teams older people were assessed sooner, and their outcomes were not better.",
        "It is said of older people everywhere, as a fact. What can be read is about two teams and about the way in, "
        "not about what came of it. What the book says on these pages has to be looked up.", ("not found",)),
    claim(
        "essay", "Case study of Sure Start, first paragraph, footnote 20",
        "The government put a large amount of money into Sure Start “from 1998 onwards”.",
        "Glass (1999), Sure Start: the development of an early intervention programme, pages 257 to 259",
        "The programme was announced in July 1998. The £540 million were for the three years from 1999/2000 to "
        "2001/02; the first 60 areas were named in January 1999.",
        "verified", "Abstract: doi 10.1002/chi569", "https://doi.org/10.1002/chi569", "wrong date",
        "Sure Start was announced in July 1998, with £540 million for the three years from April 1999.",
        "The year of the announcement was taken for the year of the money. It matters when a study asks what had "
        "changed “after three years”.", ("agrees",)),
    claim(
        "essay", "Case study of Sure Start, paragraph “The problem here was”, no footnote",
        "The partnership brought the organisations together, and “this was not improving the actual services offered "
        "on both sides”.", NONE,
        "The results in the abstracts of the two studies that are named before and after the paragraph are about "
        "families and children. One study also asked mothers about services in their area; its abstract gives no "
        "result of it, and the full text was not read for it.",
        "verified", "Abstract and full text of Belsky and others (2006): PubMed Central, number PMC1482335",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC1482335", "not found",
        "Why some families did worse is not known from these studies; one possible explanation, which nobody tested, "
        "is that the services themselves had not changed.",
        "An explanation stands between two cited results and borrows their authority. It may be right; nothing that "
        "is cited shows it.", ("overstated",)),
    claim(
        "essay", "Conclusion, paragraph “Also, there has been too much emphasis”, footnote 29",
        "Individual professionals “can quickly be shown how to work together”.",
        "Martin (2002), Managing Projects in Health and Social Care, pages 180 to 190",
        "We have not read the book. An article that the essay cites elsewhere (Hudson 2002) puts forward, as a "
        "hypothesis to be looked into further, that professionals can work together better than many believe.",
        "uncertain", "Pages 180 to 190 of the book, in a library; abstract of Hudson (2002), "
        "doi 10.1080/13561820220104122", "https://doi.org/10.1080/13561820220104122", "overstated",
        "One study suggests that professionals can learn to work together better than is often assumed; how quickly, "
        "and by what means, is still to be found out.",
        "“Quickly” and “can be shown” are certainties, and the source seems to be a handbook. Somebody who has the "
        "book at hand may come to another verdict.", ("not found",)),
]
BLOG = [
    claim(
        "blog", "Paper on the role of the third sector, second paragraph of the abstract",
        "Vulnerable adults in need of care services have “restricted social networks”.",
        "Catty and others (2005), Social networks among users of mental health day care",
        "A survey of people who use day hospitals and day centres. Its conclusion is that the picture of people with "
        "long-term mental health problems as isolated does not hold for people in day care; longer contact with "
        "services went with larger networks.",
        "verified", "Abstract: doi 10.1007/s00127-005-0909-y", "https://doi.org/10.1007/s00127-005-0909-y", "reversed",
        "Among people who use mental health day care, one survey found larger networks with longer contact and no "
        "support for the picture of isolation; for other groups another source is needed.",
        "The source argues against the picture for which it is cited. Whether the full article also says that "
        "networks are smaller than other people's, the abstract does not tell.", ("overstated", "not found")),
    claim(
        "blog", "Paper on the role of the third sector, second paragraph of the abstract",
        "There is “robust evidence that positive and supportive social relationships are associated with well-being”.",
        "Aked and others (2008), and Webber and others (2011), Social capital and the course of depression",
        "The second source followed 158 people with depression for six months. What they could reach through their "
        "networks had no effect of its own on the depression; together with a secure attachment style it went with a "
        "change in quality of life. Emotional support is called important. We have not read the first source.",
        "verified", "Abstract of Webber and others (2011): doi 10.1016/j.jad.2010.08.005",
        "https://doi.org/10.1016/j.jad.2010.08.005", "overstated",
        "Supportive relationships go with well-being in many studies; in one that followed 158 people with depression, "
        "access to social capital did not change its course.",
        "“Robust” needs more than a small study that found mostly nothing. “Associated” is the right word; it is "
        "easily read as “leads to”.", ("agrees",)),
    claim(
        "blog", "Paper on the role of the third sector, second paragraph of the abstract",
        "Helping people to build relationships is “afforded a low priority by many” social care workers.",
        "McConkey and Collins (2010), The role of support staff in promoting social inclusion",
        "245 staff in supported living, group homes and day centres for people with learning disabilities rated tasks. "
        "More care tasks than inclusion tasks had high priority in all three; inclusion ranked higher in supported "
        "living, and people within one team differed widely.",
        "verified", "Record with abstract at Ulster University; doi 10.1111/j.1365-2788.2010.01295.x",
        "https://doi.org/10.1111/j.1365-2788.2010.01295.x", "agrees",
        "In a survey of 245 staff who support people with learning disabilities, more care tasks than inclusion tasks "
        "had high priority, with wide differences between people.",
        "“By many” is what was found. The study is about learning disability services; the sentence speaks of social "
        "care workers.", ("overstated",)),
    claim(
        "blog", "Reprint “From Community Care”, second paragraph",
        "There are “no evidence-based interventions for social workers to use which are effective” in helping people "
        "with mental health problems to connect with others.", NONE,
        "No search is described. A page about the same study says it more carefully: there is little evidence about "
        "which ways of working are the most effective or the best value.",
        "verified", "King's College London, page on the Connecting People study",
        "https://www.kcl.ac.uk/scwru/res/roles/connectingpeople", "not found",
        "We know of little evidence on what helps people to connect with others; this is where we searched, and when.",
        "That nothing exists can only be said with a search that others can repeat.", ("overstated",)),
    claim(
        "blog", "“Does your team want to pilot the Connecting People intervention?”, fourth paragraph",
        "The study is “searching for 12 agencies in England” for its pilot.", NONE,
        "Later pages about the same pilot count 14 agencies (website of the study), 15 (King's College London) and "
        "16 (University of York).",
        "verified", "Website of the study, page on the pilot", "https://connectingpeople.net/research/pilot-study/",
        "not found",
        "The study looked for 12 agencies; later accounts of the pilot give 14, 15 or 16.",
        "A plan is not wrong because more came. But whoever cites it for how many took part cites a number that no "
        "later account has. Ask what each of them counts: trained, took part, or stayed.", ("agrees",)),
    claim(
        "blog", "Reprint “From Community Care”, “Building the evidence”",
        "“Final results will be available in spring 2014”.", NONE,
        "The article with the results of the pilot was put online on 29 January 2018 and belongs to the issue of "
        "July 2019. Shorter summaries may have been out before.",
        "verified", PILOT_AT, PILOT_LINK, "wrong date",
        "Results were planned for spring 2014; the journal article came out in January 2018.",
        "A date that lay in the future when it was written. Plans slip; cite what happened, and say when you looked. "
        "A summary in 2014 was not found and cannot be ruled out.",
        ("not found",)),
    claim(
        "blog", "Reprint “From Community Care”, “Building the evidence”",
        "The pilot “will evaluate how effective, and cost-effective, it is” for well-being and social participation.",
        NONE,
        "The pilot measured 155 people before and after, with no group that went without. People whose workers kept "
        "closely to the model had better access to social capital and felt more included than the others, and cost "
        "services less (95 % interval £69 to £2,593); well-being was higher in everybody. The authors call the results "
        "preliminary.",
        "verified", PILOT_AT, PILOT_LINK, "overstated",
        "The pilot will measure people before and after, and compare teams that keep more and less closely to the "
        "model; whether the model makes the difference needs a study with a comparison.",
        "One group measured twice cannot show that a way of working is effective, and how closely workers kept to it "
        "was not decided by chance."),
]
OPINION = [
    claim(
        "opinion", "First paragraph",
        "Staffordshire council plans to “transfer 1,000 adult social care employees to NHS”.", NONE,
        "A news report of the plan spoke of 997 staff. When it was approved on 12 January 2012 the number was 907, "
        "from April 2012.",
        "verified", "Community Care, 12 January 2012; the plan: careappointments.com, “A thousand social care workers "
        "to transfer to NHS”",
        "https://www.communitycare.co.uk/2012/01/12/900-adult-care-staff-join-nhs-in-biggest-integration-deal-yet/",
        "agrees",
        "Staffordshire planned to move nearly 1,000 adult social care staff to the NHS; 907 were approved in "
        "January 2012.",
        "The plan is rendered as the news had it, and the piece says that confirmation is awaited. Today one would "
        "give the number that was approved.", ("overstated",)),
    claim(
        "opinion", "First paragraph",
        "This creates “the UK’s biggest integrated health and social care provider”.", NONE,
        "The Health Service Journal called it the biggest in England. In Northern Ireland health and social care have "
        "been run together since 1973, by bodies of at least that size.",
        "general knowledge", "Health Service Journal, “Biggest health and social care provider given the green light”; "
        "for Northern Ireland, the Department of Health there",
        "https://www.hsj.co.uk/biggest-health-and-social-care-provider-given-the-green-light/5040211.article",
        "overstated",
        "The new trust was called the biggest integrated health and social care provider in England.",
        "One nation was written as four. It is a common slip in the news, and here the fourth nation turns the claim "
        "round.", ("agrees",)),
    claim(
        "opinion", "List, point on Payment by Results",
        "Under Payment by Results in mental health, treatment is “defined by the clinical label, not by need”.", NONE,
        "In the design for mental health in England, clinicians rated needs with a tool and put people into one of 21 "
        "clusters; clustering was kept apart from making a diagnosis. The clusters are grouped under three broad "
        "kinds of problem.",
        "verified", "Mental Health Partnerships, page on payment systems; “Clustering in mental health payment by "
        "results”, Advances in Psychiatric Treatment 2014",
        "http://mentalhealthpartnerships.com/resource/mental-health-payment-systems/", "reversed",
        "Payment by Results in mental health was designed around clusters of need; social workers feared that in "
        "practice the clinical label would decide.",
        "The design said need and not label. The fear may still have been right about practice, and broad clinical "
        "groups stood above the clusters: say which of the two is meant. Who asks for a source finds none.",
        ("overstated", "not found")),
]
ARTICLE = [
    claim(
        "article", "“How mental health does it”, third paragraph",
        "That community psychiatric nurses “should be able to section people” is a suggestion that causes tension.",
        NONE,
        "Among professionals, applying for somebody's detention was the role of approved social workers. The Mental "
        "Health Act 2007 opened it, under the name approved mental health professional, to nurses, occupational "
        "therapists and psychologists.",
        "verified", "Explanatory notes to the Mental Health Act 2007, chapter 2, professional roles",
        "http://www.legislation.gov.uk/ukpga/2007/12/notes/division/6/1/2", "agrees",
        "When this was written only approved social workers could take on the role; since the Mental Health Act 2007 "
        "nurses can be approved for it too.",
        "It was so at the time. Cited today without its date it would be wrong: a statement about the law needs one.",
        ("wrong date",)),
    claim(
        "article", "“How mental health does it”, last paragraph",
        "In one integrated team, “this way of working is benefiting practitioners and service users”.",
        "The practice supervisor's own experience",
        "No measure and no voice of a person who uses the service is given. A study of two integrated teams for older "
        "people at that time found sooner assessment, and no effect on what became of people.",
        "verified", "Abstract of Brown, Tucker and Domokos (2003) in PubMed, number 14629210",
        "https://pubmed.ncbi.nlm.nih.gov/14629210/", "overstated",
        "A supervisor in one integrated team finds that it helps staff, and believes that it helps people who use the "
        "service.",
        "She can speak for practitioners. What it does for others has to be asked of them.", ("not found",)),
]
SUMMARY = [
    claim(
        "summary", "The research under way, first paragraph",
        "Of the research that departments paid for themselves, “none of the work was generalisable research”.",
        "The study's own telephone interviews and documents",
        "Senior managers in 10 of 14 departments were interviewed. The next lines say that work hosted for others is "
        "hard to find, since nobody logs it centrally.",
        "verified", "The summary itself: study design, and the research under way", "", "overstated",
        "In the ten departments whose senior managers we reached, we heard of no research of their own that was meant "
        "to hold elsewhere.",
        "“None” holds for what was heard of. Four departments were not reached at this level, and no log exists.",
        ("agrees",)),
    claim(
        "summary", "The structure of the departments in the study",
        "The fourteen departments are “six Unitaries, four Counties, and four Metropolitan authorities”.",
        "The study's own count",
        "Six and four and four are fourteen, and fourteen is the number under study design too.",
        "verified", "The summary itself: study design, and structure of the departments", "", "agrees",
        "The study covers fourteen departments: six unitary, four county and four metropolitan.",
        "It adds up. Looking takes ten seconds, and not every published table passes."),
]
CLAIMS = [{"claim": f"C{number:02d}", **one}
          for number, one in enumerate(ESSAY + BLOG + OPINION + ARTICLE + SUMMARY, 1)]


def main(folder: Path) -> None:
    sys.path.insert(0, str(HERE.parent))
    from making import write

    from researchskills.appraisal.claims import HOW_KNOWN, VERDICTS

    for one in CLAIMS:
        if not {one["verdict"], *one["also"]} <= set(VERDICTS) or one["status"] not in HOW_KNOWN:
            raise SystemExit(f"{one['claim']}: this verdict or status does not exist.")
    table = pd.DataFrame([{column: one[column] for column in TABLE} for one in CLAIMS])
    key = {"claims": {one["claim"]: {column: one[column] for column in KEY} for one in CLAIMS}}
    documents = pd.DataFrame(DOCUMENTS, columns=["document", "title", "kind", "written"])
    write(folder, "claims", {"claims": table, "documents": documents}, key)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
