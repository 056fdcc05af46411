"""bbcode.py - what a post is made of: parsed once, then written as HTML or as plain words.

Posts are kept in BBCode, as their authors typed them. The words that a test compares come
straight from the parsed post and never from the HTML, so that the pages and the truth are two
independent ways out of the same source. Parsing is a loop over tags with a stack; a tag that
is never closed, or closed out of turn, stays in the text as it was typed.
"""

import html
import re
import unicodedata

TAG = re.compile(r"\[(/?)(quote|code|list|url|img|attachment|b|i|u|s|\*)(?:[ =]([^\]\n]*))?\]", re.I)
ADDRESS = re.compile(r"https?://[^\s<>\"\[\]]+")
ATTRIBUTE = re.compile(r"(\w+)=(\S+)")
EMOJI = re.compile("[\U0001F300-\U0001FAFF\u2600-\u26FF\u2700-\u27BF]")
BLOCKS = ("quote", "code", "list")
SHORTEN_OVER = 55   # phpBB shows a longer bare address as its first 39 and last 10 characters

SMILIES = {
    ":)": ("icon_e_smile.gif", "Smile"),
    ":(": ("icon_e_sad.gif", "Sad"),
    ";)": ("icon_e_wink.gif", "Wink"),
    ":D": ("icon_e_biggrin.gif", "Very Happy"),
    ":?": ("icon_e_confused.gif", "Confused"),
    ":lol:": ("icon_lol.gif", "Laughing"),
    ":roll:": ("icon_rolleyes.gif", "Rolling Eyes"),
    ":cry:": ("icon_cry.gif", "Crying or Very Sad"),
}
SMILEY = re.compile(r"(?<!\S)(" + "|".join(re.escape(s) for s in SMILIES) + r")(?!\S)")


class Node:
    """A tag with what stands inside it; text stands between nodes as plain strings."""

    def __init__(self, tag, argument=""):
        self.tag = tag
        self.argument = argument
        self.inside = []

    def typed(self):
        return "[%s%s]" % (self.tag, "=" + self.argument if self.argument else "")


def parse(source):
    """The nodes and strings of a post."""
    root = Node("")
    stack = [root]
    at = 0
    while True:
        match = TAG.search(source, at)
        if not match:
            break
        if match.start() > at:
            stack[-1].inside.append(source[at:match.start()])
        at = match.end()
        closing, tag, argument = match.group(1), match.group(2).lower(), match.group(3) or ""
        if not closing and tag == "code":
            end = source.lower().find("[/code]", at)
            if end >= 0:
                node = Node("code")
                node.inside.append(source[at:end])
                stack[-1].inside.append(node)
                at = end + len("[/code]")
                continue
        if not closing and tag == "*":
            if stack[-1].tag == "*":
                stack.pop()
            if stack[-1].tag != "list":
                stack[-1].inside.append(match.group(0))
                continue
        if not closing:
            node = Node(tag, argument)
            stack[-1].inside.append(node)
            stack.append(node)
            continue
        if tag == "list" and stack[-1].tag == "*":
            stack.pop()
        if stack[-1].tag == tag and tag:
            stack.pop()
        else:
            stack[-1].inside.append(match.group(0))
    stack[-1].inside.append(source[at:])
    while len(stack) > 1:
        node = stack.pop()
        if node.tag == "*":
            continue
        parent = stack[-1]
        parent.inside.remove(node)
        parent.inside.extend([node.typed()] + node.inside)
    return root.inside


def quote_of(node):
    """Author and post id of a quote tag: [quote], [quote="Name"], [quote=Name post_id=12 time=9]."""
    argument = node.argument.strip()
    quoted = re.match(r'"([^"]*)"(.*)$', argument)
    name, rest = (quoted.group(1), quoted.group(2)) if quoted else (argument, "")
    fields = dict(ATTRIBUTE.findall(rest))
    return name or None, fields.get("post_id"), fields


# ---- plain words ----

def own_text(nodes):
    """The author's own words: no quotes, images, attachments or smilies; code and emoji kept."""
    return tidy("".join(words(nodes)))


def words(nodes):
    for node in nodes:
        if isinstance(node, str):
            yield SMILEY.sub("", node)
        elif node.tag == "quote":
            yield "\n\n"
        elif node.tag == "code":
            yield "\n" + node.inside[0] + "\n"
        elif node.tag in ("img", "attachment"):
            continue
        elif node.tag in ("list", "*"):
            yield "\n"
            yield from words(node.inside)
            yield "\n" if node.tag == "list" else ""
        else:
            yield from words(node.inside)


def tidy(text):
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    text = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def quotes(nodes, depth=1):
    """Every quote in document order, outer before inner, each with the words of its own level."""
    found = []
    for node in nodes:
        if isinstance(node, str):
            continue
        deeper = depth
        if node.tag == "quote":
            author, post_id, _ = quote_of(node)
            found.append({"author": author, "post_id": post_id, "depth": depth,
                          "text": own_text(node.inside)})
            deeper = depth + 1
        if node.tag != "code":
            found.extend(quotes(node.inside, deeper))
    return found


# ---- HTML ----

class Manner:
    """How one version of the software writes each tag. `links` makes the board's addresses."""

    def __init__(self, version, links):
        self.modern = version == "3.3"
        self.links = links
        self.end = "" if self.modern else " /"

    def render(self, nodes):
        return "".join(self.pieces(nodes))

    def pieces(self, nodes):
        for at, node in enumerate(nodes):
            if isinstance(node, str):
                text = node
                if at > 0 and not isinstance(nodes[at - 1], str) and nodes[at - 1].tag in BLOCKS:
                    text = re.sub(r"^\n{1,2}", "", text)
                if at + 1 < len(nodes) and not isinstance(nodes[at + 1], str) \
                        and nodes[at + 1].tag in BLOCKS:
                    text = re.sub(r"\n$", "", text)
                yield self.text(text)
            else:
                yield getattr(self, "tag_" + ("item" if node.tag == "*" else node.tag))(node)

    def text(self, text):
        parts, at = [], 0
        for match in ADDRESS.finditer(text):
            address = match.group(0).rstrip(".,;:!?)")
            parts.append(self.prose(text[at:match.start()]))
            parts.append(self.anchor(address, shortened(address)))
            at = match.start() + len(address)
        parts.append(self.prose(text[at:]))
        return "".join(parts)

    def prose(self, text):
        parts, at = [], 0
        for match in SMILEY.finditer(text):
            parts.append(self.plain(text[at:match.start()]))
            parts.append(self.smiley(match.group(1)))
            at = match.end()
        parts.append(self.plain(text[at:]))
        return "".join(parts)

    def plain(self, text):
        text = html.escape(text, quote=False).replace("\n", "<br%s>\n" % self.end)
        if not self.modern:
            return text
        return EMOJI.sub(lambda m: '<img alt="%s" class="emoji smilies" draggable="false" '
                         'src="./images/emoji/%x.svg">' % (m.group(0), ord(m.group(0))), text)

    def smiley(self, code):
        image, title = SMILIES[code]
        shared = 'src="./images/smilies/%s" alt="%s" title="%s"' % (image, code, title)
        if self.modern:
            return '<img class="smilies" width="15" height="17" %s>' % shared
        return "<!-- s%s --><img %s /><!-- s%s -->" % (code, shared, code)

    def anchor(self, address, shown):
        address = html.escape(address)
        shown = html.escape(shown, quote=False)
        if self.modern:
            return '<a href="%s" class="postlink">%s</a>' % (address, shown)
        return '<!-- m --><a class="postlink" href="%s">%s</a><!-- m -->' % (address, shown)

    def tag_quote(self, node):
        author, post_id, fields = quote_of(node)
        inside = self.render(node.inside)
        if author is None:
            return '<blockquote class="uncited"><div>%s</div></blockquote>' % inside
        if not self.modern or post_id is None:
            return "<blockquote><div><cite>%s wrote:</cite>%s</div></blockquote>" % (
                html.escape(author, quote=False), inside)
        source = self.links("viewtopic.php?p=%s" % post_id, "#p%s" % post_id)
        name = html.escape(author, quote=False)
        if "user_id" in fields:
            name = '<a href="%s">%s</a>' % (
                self.links("memberlist.php?mode=viewprofile&u=%s" % fields["user_id"]), name)
        when = ""
        if "time" in fields:
            when = '<span class="responsive-hide">%s</span>' % self.clock(int(fields["time"]))
        return ('<blockquote cite="%s"><div><cite>%s wrote: <a href="%s" data-post-id="%s">'
                '<i class="icon fa-arrow-circle-up" aria-hidden="true"></i></a>%s</cite>%s</div>'
                "</blockquote>" % (source, name, source, post_id, when, inside))

    def clock(self, seconds):
        return self.links.clock(seconds)

    def tag_code(self, node):
        code = html.escape(node.inside[0].strip("\n"), quote=False)
        pick = '<a href="#" onclick="selectCode(this); return false;">Select all</a>'
        if self.modern:
            return ('<div class="codebox"><p>Code: %s</p><pre><code>%s</code></pre></div>'
                    % (pick, code))
        code = code.replace("  ", "&nbsp; ").replace("\n", "<br />")
        return '<dl class="codebox"><dt>Code: %s</dt><dd><code>%s</code></dd></dl>' % (pick, code)

    def tag_list(self, node):
        ordered = bool(node.argument)
        items = [n for n in node.inside if not isinstance(n, str)]
        opening = '<ol style="list-style-type:decimal">' if ordered else "<ul>"
        return "%s%s</%s>" % (opening, self.render(items), "ol" if ordered else "ul")

    def tag_item(self, node):
        return "<li>%s</li>" % self.render(strip_ends(node.inside))

    def tag_url(self, node):
        if node.argument:
            address = html.escape(node.argument.strip('"'))
            return '<a href="%s" class="postlink">%s</a>' % (address, self.render(node.inside))
        return self.render(node.inside)

    def tag_img(self, node):
        address = html.escape("".join(n for n in node.inside if isinstance(n, str)))
        kind = ' class="postimage"' if self.modern else ""
        return '<img src="%s"%s alt="Image"%s>' % (address, kind, self.end)

    def tag_attachment(self, node):
        name = html.escape("".join(n for n in node.inside if isinstance(n, str)), quote=False)
        source = self.links("download/file.php?id=%s" % (node.argument or "0"))
        return ('<div class="inline-attachment"><dl class="file"><dt><a class="postlink" href="%s">'
                "%s</a></dt><dd>(11.5 KiB) Downloaded 3 times</dd></dl></div>" % (source, name))

    def tag_b(self, node):
        return self.styled(node, '<strong class="text-strong">', "</strong>", "font-weight: bold")

    def tag_i(self, node):
        return self.styled(node, '<em class="text-italics">', "</em>", "font-style: italic")

    def tag_u(self, node):
        line = "text-decoration: underline"
        return self.styled(node, '<span style="%s">' % line, "</span>", line)

    def tag_s(self, node):
        return "<s>%s</s>" % self.render(node.inside)

    def styled(self, node, opening, closing, style):
        if not self.modern:
            opening, closing = '<span style="%s">' % style, "</span>"
        return opening + self.render(node.inside) + closing


def shortened(address):
    if len(address) <= SHORTEN_OVER:
        return address
    return address[:39] + " ... " + address[-10:]


def strip_ends(nodes):
    nodes = list(nodes)
    if nodes and isinstance(nodes[0], str):
        nodes[0] = nodes[0].lstrip("\n")
    if nodes and isinstance(nodes[-1], str):
        nodes[-1] = nodes[-1].rstrip()
    return nodes
