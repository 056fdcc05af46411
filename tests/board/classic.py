"""classic.py - pages in the manner of phpBB 3.0's prosilver.

What differs from 3.3 is what a reader of old boards must cope with: no machine-readable times and
no canonical address, one fixed offset for all times of a page, quotes that give a name only,
a comma-separated list of pages, f= beside t= in every link, thread flags on the row itself.
"""

import html

import modern
from modern import esc
from paging import page_numbers


def last_link(links, post):
    return modern.last_link(links, post, "View the latest post",
                            '<img src="./styles/last.gif" alt="View the latest post" />')


def user(site, links, post):
    if post.author_id is None or links.bot:
        return '<span class="username">%s</span>' % esc(post.author)
    colour = site.board.members.get(post.author_id, {}).get("colour")
    look = 'style="color: #%s" class="username-coloured"' % colour if colour else 'class="username"'
    return '<a href="%s" %s>%s</a>' % (links.member(post.author_id), look, esc(post.author))


def frame(site, links, section, title, content, crumbs=()):
    path = " <strong>&#8249;</strong> ".join(
        '<a href="%s">%s</a>' % (to, esc(name))
        for to, name in [(links("index.php"), "Board index")] + list(crumbs))
    return """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" dir="ltr" lang="%(language)s" xml:lang="%(language)s">
<head>
<meta http-equiv="content-type" content="text/html; charset=UTF-8" />
<meta http-equiv="content-language" content="%(language)s" />
<meta name="copyright" content="phpBB (a test program in its manner)" />
<title>%(board)s &bull; %(title)s</title>
</head>
<body id="phpbb" class="section-%(section)s ltr">
<div id="wrap">
<a id="top" name="top" accesskey="t"></a>
<div id="page-header"><div class="headerbar"><div class="inner"><span class="corners-top"><span></span>\
</span><div id="site-description"><h1>%(board)s</h1><p>%(description)s</p></div>
<span class="corners-bottom"><span></span></span></div></div>
<div class="navbar"><div class="inner"><ul class="linklist navlinks"><li class="icon-home">%(path)s</li>
</ul><ul class="linklist rightside"><li class="icon-logout"><a href="%(login)s">Login</a></li></ul></div>
</div></div>
<a name="start_here"></a>
<div id="page-body">
%(content)s
</div>
<div id="page-footer"><div class="navbar"><div class="inner"><ul class="linklist">
<li class="rightside">%(zone)s</li></ul></div></div>
<div class="copyright">In the manner of <a href="http://www.phpbb.com/">phpBB</a> 3.0, by a test \
program</div></div>
</div>
</body>
</html>
""" % {"language": site.board.language, "board": esc(site.board.title), "title": title,
       "section": section, "description": esc(site.board.description), "path": path,
       "login": links("ucp.php?mode=login"), "content": content, "zone": site.zone_line()}


def pagination(paging, noun, address):
    total = "%d %s%s" % (paging.total, noun, "" if paging.total == 1 else "s")
    place = "Page <strong>%d</strong> of <strong>%d</strong>" % (paging.now, paging.count)
    if paging.count == 1:
        return '<div class="pagination">%s &bull; %s</div>' % (total, place)
    numbers = []
    for number in page_numbers(paging):
        if number is None:
            numbers.append('<span class="page-dots"> ... </span>')
        elif number == paging.now:
            numbers.append("<strong>%d</strong>" % number)
        else:
            numbers.append('<a href="%s">%d</a>' % (address((number - 1) * paging.size), number))
    return ('<div class="pagination">%s &bull; <a href="#" onclick="jumpto(); return false;" '
            'title="Click to jump to page">%s</a> &bull; <span>%s</span></div>'
            % (total, place, '<span class="page-sep">, </span>'.join(numbers)))


def turn_page(paging, address):
    """The links to the neighbour pages among the display options below a list."""
    ways = ""
    if paging.now < paging.count:
        ways += '<a href="%s" class="right-box right">Next</a>' % address(paging.now * paging.size)
    if paging.now > 1:
        ways += '<a href="%s" class="left-box left">Previous</a>' \
            % address((paging.now - 2) * paging.size)
    return '<form method="post" action="%s"><fieldset class="display-options">%s</fieldset></form>' \
        % (address(paging.start), ways)


def crumbs_of(site, links, entry):
    return modern.crumbs_of(site, links, entry)


def index(site, links, groups):
    parts = []
    for category, entries in groups:
        rows = "\n".join(index_row(site, links, entry) for entry in entries)
        parts.append("""<div class="forabg"><div class="inner"><span class="corners-top"><span></span>\
</span><ul class="topiclist"><li class="header"><dl class="icon"><dt><a href="%s">%s</a></dt>\
<dd class="topics">Topics</dd><dd class="posts">Posts</dd><dd class="lastpost"><span>Last post</span>\
</dd></dl></li></ul>
<ul class="topiclist forums">
%s
</ul><span class="corners-bottom"><span></span></span></div></div>"""
                     % (links.board(category["id"]), esc(category["title"]), rows))
    return frame(site, links, "index", "Index page", "\n".join(parts))


def index_row(site, links, entry):
    board = entry.board
    last = "No posts<br />&nbsp;"
    if entry.last is not None:
        last = "<dfn>Last post</dfn> by %s%s <br />%s" % (
            user(site, links, entry.last), last_link(links, entry.last), site.clock(entry.last.time))
    return """<li class="row"><dl class="icon" style="background-image: url(./styles/read.gif);">\
<dt title="No unread posts"><a href="%s" class="forumtitle">%s</a><br />%s</dt>
<dd class="topics">%d <dfn>Topics</dfn></dd><dd class="posts">%d <dfn>Posts</dfn></dd>
<dd class="lastpost"><span>%s</span></dd></dl></li>""" % (
        links.board(board["id"]), esc(board["title"]), esc(board.get("description", "")),
        entry.threads, entry.posts, last)


def board(site, links, entry, top, rows, paging):
    def address(start):
        return links.board(entry["id"], start)
    bar = '<div class="topic-actions"><div class="buttons"><div class="post-icon"><a href="%s">' \
          "Post a new topic</a></div></div>%s</div>" % (
              links("posting.php?mode=post&f=%d" % entry["id"]),
              pagination(paging, "topic", address))
    content = '<h2><a href="%s">%s</a></h2>\n%s\n' % (address(0), esc(entry["title"]), bar)
    if top:
        content += thread_list(site, links, "Announcements", top, " announcement")
    content += thread_list(site, links, "Topics", rows, "")
    content += turn_page(paging, address) + bar
    return frame(site, links, "viewforum", "View forum - " + esc(entry["title"]), content,
                 crumbs_of(site, links, entry))


def thread_list(site, links, title, rows, kind):
    return """<div class="forumbg%s"><div class="inner"><span class="corners-top"><span></span></span>\
<ul class="topiclist"><li class="header"><dl class="icon"><dt>%s</dt><dd class="posts">Replies</dd>\
<dd class="views">Views</dd><dd class="lastpost"><span>Last post</span></dd></dl></li></ul>
<ul class="topiclist topics">
%s
</ul><span class="corners-bottom"><span></span></span></div></div>
""" % (kind, title, "\n".join(thread_row(site, links, n, row) for n, row in enumerate(rows)))


def thread_row(site, links, number, row):
    thread = row.thread
    flags = "" if row.shadow else modern.ROW_CLASS.get(thread.kind, "")
    if thread.locked and not row.shadow:
        flags += " locked"
    title = "This topic is locked, you cannot edit posts or make further replies." \
        if thread.locked else "No unread posts"
    image = "topic_moved.gif" if row.shadow else (
        "topic_read_locked.gif" if thread.locked else "topic_read.gif")
    return """<li class="row bg%d%s"><dl class="icon" style="background-image: url(./styles/%s);">\
<dt title="%s"><a href="%s" class="topictitle">%s</a><br />by %s &raquo; %s</dt>
<dd class="posts">%d <dfn>Replies</dfn></dd><dd class="views">%d <dfn>Views</dfn></dd>
<dd class="lastpost"><span><dfn>Last post </dfn>by %s%s <br />%s</span></dd></dl></li>""" % (
        number % 2 + 1, flags, image, "Moved topic" if row.shadow else title,
        links.thread(thread), esc(thread.title), user(site, links, row.first),
        site.clock(row.first.time), row.replies, thread.views, user(site, links, row.last),
        last_link(links, row.last), site.clock(row.last.time))


def thread(site, links, thread, posts, paging):
    entry = site.board.boards[thread.board]

    def address(start):
        return links.thread(thread, start)
    icon, words = ("locked-icon", "Topic is locked") if thread.locked else (
        "reply-icon", "Post a reply")
    bar = '<div class="topic-actions"><div class="buttons"><div class="%s"><a href="%s" title="%s">' \
          "%s</a></div></div>%s</div>" % (
              icon, links("posting.php?mode=reply&f=%d&t=%d" % (thread.board, thread.id)), words,
              words, pagination(paging, "post", address))
    content = ['<h2><a href="%s">%s</a></h2>' % (address(paging.start), esc(thread.title)), bar]
    if thread.poll and paging.now == 1:
        content.append(modern.poll(site, links, thread).replace("<hr>", "<hr />"))
    content.extend(post_block(site, links, n, post) for n, post in enumerate(posts))
    content.extend([turn_page(paging, address), bar])
    return frame(site, links, "viewtopic", "View topic - " + esc(thread.title), "\n".join(content),
                 crumbs_of(site, links, entry))


def post_block(site, links, number, post):
    member = site.board.members.get(post.author_id, {})
    details = ""
    if member.get("rank"):
        details += "<dd>%s</dd>" % esc(member["rank"])
    details += "<dd>&nbsp;</dd>"
    if member.get("joined"):
        details += "<dd><strong>Joined:</strong> %s</dd>" % member["joined"]
    if member.get("from"):
        details += "<dd><strong>Location:</strong> %s</dd>" % esc(member["from"])
    after = modern.attachments(links, post)
    note = site.edit_note(post)
    if note is not None:
        who, moment, count, reason = note
        after += '<div class="notice">Last edited by %s on %s, edited %d time%s in total.%s</div>\n' \
            % (esc(who), moment, count, "" if count == 1 else "s",
               "<br /><strong>Reason:</strong> <em>%s</em>" % esc(reason) if reason else "")
    signature = site.signature(post, links)
    if signature:
        after += '<div id="sig%d" class="signature">%s</div>' % (post.id, signature)
    return """<div id="p%(id)d" class="post bg%(stripe)d"><div class="inner">\
<span class="corners-top"><span></span></span>
<div class="postbody"><ul class="profile-icons"><li class="quote-icon"><a href="%(quote)s" \
title="Reply with quote"><span>Reply with quote</span></a></li></ul>
<h3%(first)s><a href="#p%(id)d">%(subject)s</a></h3>
<p class="author">%(arrow)sby <strong>%(user)s</strong> &raquo; %(time)s </p>
<div class="content">%(body)s</div>
%(after)s</div>
<dl class="postprofile" id="profile%(id)d"><dt>%(user)s</dt>%(details)s</dl>
<div class="back2top"><a href="#wrap" class="top" title="Top">Top</a></div>
<span class="corners-bottom"><span></span></span></div></div>
<hr class="divider" />""" % {
        "id": post.id, "stripe": number % 2 + 1, "first": ' class="first"' if number == 0 else "",
        "quote": links("posting.php?mode=quote&f=%d&p=%d"
                       % (site.board.threads[post.thread].board, post.id)),
        "subject": esc(post.subject), "arrow": "" if links.bot else
        '<a href="%s"><img src="./styles/post.gif" alt="Post" title="Post" /></a>' % links.post(post),
        "user": user(site, links, post),
        "time": site.clock(post.time), "body": site.body(post, links), "after": after,
        "details": details}


def print_view(site, links, thread, posts, paging):
    return modern.print_view(site, links, thread, posts, paging)


def notice(site, links, message):
    return frame(site, links, "viewtopic", "Information", """<div class="panel" id="message">\
<div class="inner"><span class="corners-top"><span></span></span><div class="content">\
<h2>Information</h2><p>%s</p></div></div></div>""" % html.escape(message))


def login(site, links, message):
    return frame(site, links, "viewforum", "Login", """<form action="%s" method="post" id="login">
<div class="panel"><div class="inner"><div class="content"><h2>Login</h2><p>%s</p>
<fieldset class="fields1"><dl><dt><label for="username">Username:</label></dt><dd><input type="text" \
name="username" id="username" class="inputbox" /></dd></dl><dl><dt><label for="password">Password:\
</label></dt><dd><input type="password" id="password" name="password" class="inputbox" /></dd></dl>\
<input type="submit" name="login" value="Login" class="button1" /></fieldset></div></div></div></form>"""
                 % (links("ucp.php?mode=login"), esc(message)))


def password(site, links, entry):
    return frame(site, links, "viewforum", "Login", """<form id="login_forum" method="post" action="%s">
<div class="panel"><div class="inner"><div class="content"><h2>Login</h2><p>To view or post in this \
forum you must enter its password.</p><fieldset class="fields1"><dl><dt><label for="password">Password:\
</label></dt><dd><input type="password" id="password" name="password" class="inputbox narrow" /></dd>\
</dl><input type="hidden" name="f" value="%d" /><input type="submit" name="login" id="login" \
class="button1" value="Login" /></fieldset></div></div></div></form>""" % (
        links.board(entry["id"]), entry["id"]))
