"""How a text file is written: which bytes stand for which letters.

A file from somebody's desk does not say so. A wrong guess turns "Siân" into "SiÃ¢n", in a spreadsheet as in a list
of references, so both ask here.
"""

import codecs
from pathlib import Path

#: Letters and signs that are at home in British and other western European text.
_EXPECTED = frozenset(
    "£€§°²³½¼¾·•…–—‘’“”«»©®™×÷±µ´¸¨ªº¡¿\xa0\xad†"
    "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßšžŵŷÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸŠŽŴŶ"
)
#: Of these, signs that do not stand between two letters of a word.
_NO_LETTER = frozenset("£€§°²³½¼¾•…“”«»©®™×÷±¨ªº¡¿†")


def encoding_of(path: Path) -> tuple[str, bool]:
    """The encoding of a text file, and whether it is a guess.

    UTF-8 and UTF-16 can be recognised; the older encodings of one byte a letter cannot, so the one is taken whose
    letters make sense.

    Returns
    -------
    encoding : str
        Name that Python understands.
    guessed : bool
        True for the older encodings.
    """
    with path.open("rb") as file:
        start = file.read(8192)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if start.startswith(mark):
                return name, False
        if name := wide(start):
            return name, False
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        unusual = b""
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
            return "utf-8", False
        except UnicodeDecodeError:
            pass
        file.seek(0)
        for line in file:
            if not line.isascii():
                unusual += line[:2000]
                if len(unusual) > 100_000:
                    break
    return _older_encoding(unusual), True


def _older_encoding(sample: bytes) -> str:
    scores = {name: _oddity(sample, name) for name in ("cp1252", "mac_roman", "cp850")}
    # Windows wins a tie: most British office files come from it.
    best = min(scores, key=scores.get)
    if scores[best] <= 0.2:
        return best
    from charset_normalizer import from_bytes

    match = from_bytes(sample).best()
    return match.encoding if match else "cp1252"


def _oddity(sample: bytes, encoding: str) -> float:
    """Share of the unusual letters that make no sense in an encoding: odd signs, capitals inside a word."""
    text = sample.decode(encoding, "replace")
    odd = total = 0
    earlier = before = " "
    for sign in text:
        if not sign.isascii():
            total += 1
            odd += sign not in _EXPECTED or (sign.isupper() and before.islower())
        elif before in _NO_LETTER and sign.islower() and earlier.isalpha():
            # "H™pital": a sign in the middle of a word.
            odd += 1
        earlier, before = before, sign
    return odd / total if total else 0.0


def wide(start: bytes) -> str:
    """`utf-16-le` or `utf-16-be` when every other byte is a zero, as in UTF-16 without its mark; else empty."""
    if len(start) < 4:
        return ""
    even, odd = start[0::2], start[1::2]
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""
