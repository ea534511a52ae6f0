"""A whole web page around something that was reported: it opens anywhere, prints, and can be followed by ear.

No script, no network: the page's own policy forbids a browser to run or to fetch anything.
"""

from researchskills._html import escape

_STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff;
overflow-wrap:break-word}
h1,h2,h3,h4{line-height:1.25}
h2{border-bottom:2px solid #1a1a1a;padding-bottom:.2rem;margin-top:2rem}
article{border-left:4px solid #555;padding:.1rem 0 .1rem 1rem;margin:1.2rem 0;break-inside:avoid}
table{border-collapse:collapse;margin:.6rem 0 1rem;max-width:100%}
@media screen and (max-width:40rem){table{display:block;overflow-x:auto}}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{border:1px solid #666;padding:.25rem .5rem;text-align:left;vertical-align:top}
thead th{background:#eee}
:is(th,td) p{margin:.1rem 0}
section{margin-top:1.5rem}
td.points{text-align:right;white-space:nowrap}
blockquote{margin:.5rem 0;padding:.1rem 1rem;border-left:4px solid #666}
pre{overflow-x:auto;border:1px solid #666;padding:.5rem}
img{max-width:100%}
figure{margin:0 0 1rem}
dl{margin:.4rem 0}dt{font-weight:600;float:left;clear:left;margin-right:.5rem}dd{margin:0 0 .2rem}
a{color:#003f8a}
.skip{position:absolute;left:-100rem}.skip:focus{position:static}
@media print{body{max-width:none;padding:0}a{color:inherit}thead{display:table-header-group}}
@page{margin:18mm}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, main: str, footer: str = "", skip: tuple[str, str] | None = None) -> str:
    """A page in British English with one first-level heading.

    Parameters
    ----------
    title : str
        Plain text: name of the page and its heading.
    main : str
        HTML below the heading; its headings begin with the second level.
    footer : str, optional
        HTML at the end.
    skip : tuple of str, optional
        Id of a part of `main` and the words of a link that leads to it past what comes first.
    """
    link = f'<a class="skip" href="#{skip[0]}">{escape(skip[1])}</a>\n' if skip else ""
    end = f"<footer>{footer}</footer>\n" if footer else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{link}"
        f"<header><h1>{escape(title)}</h1></header>\n<main>\n{main}</main>\n{end}</body>\n</html>\n"
    )
