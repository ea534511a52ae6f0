"""Very common words that a database does not search.

Sources: PubMed Help, "Stopwords" (National Library of Medicine); EBSCOhost's basic list as printed by Oklahoma State
University Libraries (osuokc.libguides.com/c.php?g=395183), whose databases each have a few more.
"""

_PUBMED = """
a about again all almost also although always among an and another any are as at be because been before being between
both but by can could did do does done due during each either enough especially etc for found from further had has have
having here how however i if in into is it its itself just kg km made mainly make may mg might ml mm most mostly must
nearly neither no nor obtained of often on our overall perhaps pmid quite rather really regarding seem seen several
should show showed shown shows significantly since so some such than that the their theirs them then there therefore
these they this those through thus to upon use used using various very was we were what when which while with within
without would
"""
_EBSCO = """
a also an and are as at be because been but by for from has have however if in is not of on or p so than that the their
there these this to was were whatever whether which with would
"""
#: What PubMed drops.
PUBMED = frozenset(_PUBMED.split())
#: What EBSCOhost drops; in a phrase, any single word may stand in its place.
EBSCO = frozenset(_EBSCO.split())
