"""hand_coded.py - the hand-coded posts as members of the sample board.

They come as HTML with quotes of posts that are not in the file. Their words are kept; the HTML is
turned back into what an author types, and the quoted posts are written as posts of their own.
"""

import html
import re

def as_bbcode(body, ids):
    """The HTML of a hand-coded post as its author typed it; `ids` gives the quoted posts."""
    body = re.sub(r'<div class="signature">.*?</div>', "", body)
    pieces, at = [], 0
    for match in re.finditer(r"<[^>]*>", body):
        pieces += [body[at:match.start()], match.group(0)]
        at = match.end()
    pieces.append(body[at:])
    out, citing, named = [], False, None
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            text = html.unescape(piece)
            if not citing:
                out.append(text)
            elif named is None and text.strip():
                named = text.replace(" wrote:", "").strip()
            continue
        if piece.startswith("<blockquote"):
            out.append("[quote]")
        elif piece == "</blockquote>":
            out.append("[/quote]\n")
        elif piece == "<cite>":
            citing, named = True, None
        elif piece == "</cite>":
            citing = False
            at_tag = len(out) - 1 - out[::-1].index("[quote]")
            out[at_tag] = ids(named)
        elif piece.startswith("<a ") and not citing:
            out.append("[url=%s]" % html.unescape(re.search('href="([^"]*)"', piece).group(1)))
        elif piece == "</a>" and not citing:
            out.append("[/url]")
        elif piece == "<br>":
            out.append("\n")
    return "".join(out).strip()


def quoted_posts(post, table):
    """(author, body, planted) of each post that a hand-coded one quotes, oldest first."""
    found = re.findall(r"<cite>(?:<a [^>]*>)?([^<]*?)(?:</a>)? wrote:.*?</cite>([^<]*)",
                       post["body_html"])
    found = [(author, html.unescape(text).strip()) for author, text in found]
    if not found:
        text = re.search(r'class="uncited"><div>([^<]*)', post["body_html"])
        found = [(table["uncited"].get(post["id"]), html.unescape(text.group(1)))] if text else []
    planted = table["planted"].get(post["id"], [[] for _ in found])
    if len(found) == 2:         # a quote inside a quote: the inner one was posted first
        found = [(found[0][0], table["outer"][post["id"]]), (found[1][0], found[1][1])]
        found.reverse()
    return [(author, text, tags) for (author, text), tags in zip(found, planted) if author]
