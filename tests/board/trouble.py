"""trouble.py - what a board does wrong on demand: the other side of a crawler's ceilings.

Each function answers one request in its own bad way. It gets the request handler, the rule's
fields (seconds, bytes, to, retry_after, ...) and the good answer, where it needs one. Bodies
without end are written in pieces until the visitor hangs up or `bytes` have gone out.
"""

import re
import time
import urllib.parse
import zlib

PIECE = b"<p>" + b"a long night " * 5000 + b"</p>\n"


def send_head(handler, status, headers):
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()


def slow(handler, rule, good):
    """The head after `seconds`, then `bytes` at a time with a second between."""
    time.sleep(rule.get("seconds", 2))
    step = rule.get("bytes")
    send_head(handler, good.status, good.headers + [("Content-Length", str(len(good.body)))])
    if step is None:
        handler.wfile.write(good.body)
        return
    for at in range(0, len(good.body), step):
        handler.wfile.write(good.body[at:at + step])
        handler.wfile.flush()
        time.sleep(rule.get("pause", 1))


def status(handler, rule, good):
    """Any status with a short body and more headers; Retry-After where given."""
    body = rule.get("body", "<h1>%d</h1>" % rule["status"]).encode()
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
    headers.extend(rule.get("headers", {}).items())
    if "retry_after" in rule:
        headers.append(("Retry-After", str(rule["retry_after"])))
    send_head(handler, rule["status"], headers)
    handler.wfile.write(body)


def redirect(handler, rule, good):
    """To `to`, whatever it is: another site, file:, itself; {n} counts up for an endless chain."""
    rule["count"] = rule.get("count", 0) + 1
    to = rule.get("to", handler.path).replace("{n}", str(rule["count"]))
    send_head(handler, rule.get("status", 302), [("Location", to), ("Content-Length", "0")])


def endless(handler, rule, good):
    """In chunks or, with chunked=false, until the connection closes."""
    handler.close_connection = True
    chunked = rule.get("chunked", True)
    send_head(handler, 200, [("Content-Type", "text/html; charset=UTF-8"),
                             ("Transfer-Encoding", "chunked") if chunked
                             else ("Connection", "close")])
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    sent = 0
    while sent < rule.get("bytes", 1 << 40):
        handler.wfile.write(piece)
        sent += len(PIECE)


def bomb(handler, rule, good):
    """A gzip body that grows a thousandfold when it is unpacked."""
    handler.close_connection = True
    send_head(handler, 200, [("Content-Type", "text/html; charset=UTF-8"),
                             ("Content-Encoding", "gzip"), ("Connection", "close")])
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(rule.get("bytes", 4 << 30) >> 20):
        handler.wfile.write(squeeze.compress(b" " * (1 << 20)))
    handler.wfile.write(squeeze.flush())


def huge_headers(handler, rule, good):
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    line = b"X-Filler: " + b"f" * 4000 + b"\r\n"
    for _ in range(rule.get("bytes", 64 << 20) // len(line)):
        handler.wfile.write(line)
    handler.wfile.write(b"Content-Length: 0\r\n\r\n")


def cookies(handler, rule, good):
    crumbs = [("Set-Cookie", "crumb%d=%s; path=/" % (n, "c" * 60))
              for n in range(rule.get("count", 2000))]
    send_head(handler, good.status,
              good.headers + crumbs + [("Content-Length", str(len(good.body)))])
    handler.wfile.write(good.body)


def close(handler, rule, good):
    """Hang up after `bytes` of the answer; none at all by default."""
    handler.close_connection = True
    if rule.get("bytes", 0) > 0:
        send_head(handler, good.status, good.headers + [("Content-Length", str(len(good.body)))])
        handler.wfile.write(good.body[:rule["bytes"]])


def charset(handler, rule, good):
    """The page in UTF-8 under another name, in the head and in the page."""
    name = rule.get("name", "iso-8859-1")
    body = good.body.replace(b'charset="utf-8"', b'charset="%s"' % name.encode())
    send_head(handler, good.status, [("Content-Type", "text/html; charset=" + name),
                                     ("Content-Length", str(len(body)))])
    handler.wfile.write(body)


def body(handler, rule, good):
    """A page of `kind`: `attributes` on one tag, `deep` nesting, `nonsense`, or the text given."""
    count = rule.get("count", 100000)
    made = {"attributes": lambda: "<html><body><div %s>x</div></body></html>" % " ".join(
                "a%d=1" % n for n in range(count)),
            "deep": lambda: "<html><body>" + "<div>" * count,
            "nonsense": lambda: "".join(chr(33 + n * 7919 % 90) for n in range(count)),
            "text": lambda: rule.get("text", "")}[rule.get("page", "text")]().encode()
    send_head(handler, rule.get("status", 200), [
        ("Content-Type", rule.get("mime", "text/html; charset=UTF-8")),
        ("Content-Length", str(len(made)))])
    handler.wfile.write(made)


def trap(handler, rule, good):
    """The good page with a page after it, whatever its number, and ways into calendars, sort
    orders and sessions beside it: beyond its end a list repeats its last page."""
    parts = urllib.parse.urlsplit(handler.path)
    query = dict(urllib.parse.parse_qsl(parts.query))
    start = int(query.get("start", "0"))
    place = next((n + "=" + query[n] for n in ("t", "f") if n in query), "x=1")
    here = ".%s?%s&amp;" % (parts.path, place)
    ways = "".join('<li><a href="%s">%d</a></li>' % (here + way, start) for way in (
        "sk=a&amp;sd=d&amp;st=%d&amp;start=%d" % (start, start), "hilit=%d" % start,
        "view=print&amp;start=%d" % start, "session=%d&amp;start=0" % start))
    ways += '<li><a href="./calendar.php?month=%d">later</a></li>' % (start + 1)
    bar = ('<div class="pagination"><ul>%s<li class="arrow next"><a class="button" href="%sstart=%d" '
           'rel="next" role="button">Next</a></li></ul></div>' % (ways, here, start + 15))
    made = re.sub(rb'<div class="pagination">.*?</div>', lambda match: bar.encode(), good.body,
                  flags=re.S)
    send_head(handler, 200, good.headers + [("Content-Length", str(len(made)))])
    handler.wfile.write(made)


KINDS = {"slow": slow, "status": status, "redirect": redirect, "endless": endless, "bomb": bomb,
         "huge-headers": huge_headers, "cookies": cookies, "close": close, "charset": charset,
         "body": body, "trap": trap}
