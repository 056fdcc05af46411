"""modern.py - pages in the manner of phpBB 3.3's prosilver.

Ids and class words stand where the software puts them; the chrome around them is our own and
kept short. Every function takes the site, the visitor's links and a view made by pages.py.
"""

import html

from paging import page_numbers



def esc(text):
    return html.escape(text, quote=False)


def when(site, moment):
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return '<time datetime="%s">%s</time>' % (stamp, site.clock(moment))


def last_link(links, post, title, inside='<i class="icon"></i>'):
    """The small arrow to a post; programs that the board knows as such do not get it."""
    if links.bot:
        return ""
    return ' <a href="%s" title="%s">%s</a>' % (links.post(post), title, inside)


def user(site, links, post):
    if post.author_id is None or links.bot:
        return '<span class="username">%s</span>' % esc(post.author)
    colour = site.board.members.get(post.author_id, {}).get("colour")
    look = 'style="color: #%s;" class="username-coloured"' % colour if colour else 'class="username"'
    return '<a href="%s" %s>%s</a>' % (links.member(post.author_id), look, esc(post.author))


def frame(site, links, section, title, content, crumbs=(), canonical=None):
    """Head, header, navigation and footer of every page."""
    head = ""
    if canonical is not None:
        head = '<link rel="canonical" href="%s">\n' % html.escape(site.base + canonical)
    path = "".join('<span class="crumb"><a href="%s">%s</a></span> ' % (to, esc(name))
                   for to, name in [(links("index.php"), "Board index")] + list(crumbs))
    return """<!DOCTYPE html>
<html dir="ltr" lang="%(language)s">
<head>
<meta charset="utf-8">
<title>%(title)s</title>
%(head)s</head>
<body id="phpbb" class="nojs notouch section-%(section)s ltr">
<div id="wrap" class="wrap">
<div id="page-header"><div class="headerbar" role="banner"><div id="site-description">
<h1>%(board)s</h1><p>%(description)s</p></div></div>
<div class="navbar" role="navigation"><ul id="nav-main" class="nav-main linklist">
<li class="rightside"><a href="%(login)s">Log in</a></li>
</ul><ul id="nav-breadcrumbs" class="nav-breadcrumbs linklist"><li class="breadcrumbs">%(path)s</li></ul>
</div></div>
<div id="page-body" class="page-body" role="main">
%(content)s
</div>
<div id="page-footer" class="page-footer" role="contentinfo"><div class="navbar">
<ul id="nav-footer" class="nav-footer linklist"><li class="rightside">%(zone)s</li></ul></div>
<div class="copyright"><p class="footer-row"><span class="footer-copyright">In the manner of \
<a href="https://www.phpbb.com/">phpBB</a>, by a test program</span></p></div></div>
</div>
<script src="./assets/javascript/jquery-3.7.1.min.js"></script>
</body>
</html>
""" % {"language": site.board.language, "head": head, "section": section,
       "title": "%s - %s" % (esc(site.board.title), esc(title)) if section == "index"
       else "%s - %s" % (esc(title), esc(site.board.title)),
       "board": esc(site.board.title), "description": esc(site.board.description),
       "login": links("ucp.php?mode=login"),
       "path": path, "content": content, "zone": site.zone_line()}


def crumbs_of(site, links, entry):
    category, entry = site.breadcrumbs(entry)
    return [(links.board(category["id"]), category["title"]),
            (links.board(entry["id"]), entry["title"])]


def pagination(paging, noun, address):
    total = "%d %s%s" % (paging.total, noun, "" if paging.total == 1 else "s")
    if paging.count == 1:
        return '<div class="pagination">%s &bull; Page <strong>1</strong> of <strong>1</strong></div>' \
            % total
    items = []
    if paging.now > 1:
        items.append('<li class="arrow previous"><a class="button" href="%s" rel="prev" '
                     'role="button">Previous</a></li>' % address((paging.now - 2) * paging.size))
    for number in page_numbers(paging):
        if number is None:
            items.append('<li class="ellipsis" role="separator"><span>&hellip;</span></li>')
        elif number == paging.now:
            items.append('<li class="active"><span>%d</span></li>' % number)
        else:
            items.append('<li><a class="button" href="%s" role="button">%d</a></li>'
                         % (address((number - 1) * paging.size), number))
    if paging.now < paging.count:
        items.append('<li class="arrow next"><a class="button" href="%s" rel="next" '
                     'role="button">Next</a></li>' % address(paging.now * paging.size))
    return '<div class="pagination">%s <ul>%s</ul></div>' % (total, "\n".join(items))


def index(site, links, groups):
    parts = []
    for category, entries in groups:
        rows = "\n".join(index_row(site, links, entry) for entry in entries)
        parts.append("""<div class="forabg"><div class="inner">
<ul class="topiclist"><li class="header"><dl class="row-item"><dt><div class="list-inner">\
<a href="%s">%s</a></div></dt><dd class="topics">Topics</dd><dd class="posts">Posts</dd>\
<dd class="lastpost"><span>Last post</span></dd></dl></li></ul>
<ul class="topiclist forums">
%s
</ul></div></div>""" % (links.board(category["id"]), esc(category["title"]), rows))
    return frame(site, links, "index", "Index page", "\n".join(parts), canonical="")


def index_row(site, links, entry):
    board = entry.board
    kind = "forum_link" if board.get("access") == "link" else "forum_read"
    last = "No posts<br>&nbsp;"
    if entry.last is not None:
        to = links.post(entry.last)
        last = ('<dfn>Last post</dfn> <a href="%s" title="%s" class="lastsubject">%s</a> <br>by %s'
                "%s<br>%s" % (to, html.escape(entry.last.subject), esc(entry.last.subject),
                              user(site, links, entry.last),
                              last_link(links, entry.last, "View the latest post"),
                              when(site, entry.last.time)))
    return """<li class="row"><dl class="row-item %s"><dt title="No unread posts">\
<div class="list-inner"><a href="%s" class="forumtitle">%s</a><br>%s</div></dt>
<dd class="topics">%d <dfn>Topics</dfn></dd><dd class="posts">%d <dfn>Posts</dfn></dd>
<dd class="lastpost"><span>%s</span></dd></dl></li>""" % (
        kind, links.board(board["id"]), esc(board["title"]), esc(board.get("description", "")),
        entry.threads, entry.posts, last)


ROW_CLASS = {"global": " global-announce", "announcement": " announce", "sticky": " sticky"}


def board(site, links, entry, top, rows, paging):
    def address(start):
        return links.board(entry["id"], start)
    bar = '<div class="action-bar bar-top"><a href="%s" class="button" title="Post a new topic">' \
          "New Topic</a> %s</div>" % (links("posting.php?mode=post&f=%d" % entry["id"]),
                                      pagination(paging, "topic", address))
    content = '<h2 class="forum-title"><a href="%s">%s</a></h2>\n<div><p class="forum-description">' \
              "%s</p></div>\n%s\n" % (address(0), esc(entry["title"]),
                                      esc(entry.get("description", "")), bar)
    if top:
        content += thread_list(site, links, "Announcements", top, " announcement")
    content += thread_list(site, links, "Topics", rows, "")
    if not rows:
        content += '<div class="panel"><div class="inner"><strong>There are no topics or posts in ' \
                   "this forum.</strong></div></div>"
    content += bar.replace("bar-top", "bar-bottom")
    canonical = "viewforum.php?f=%d" % entry["id"] + (
        "&start=%d" % paging.start if paging.start else "")
    return frame(site, links, "viewforum", entry["title"], content,
                 crumbs_of(site, links, entry), canonical)


def thread_list(site, links, title, rows, kind):
    return """<div class="forumbg%s"><div class="inner"><ul class="topiclist"><li class="header">\
<dl class="row-item"><dt><div class="list-inner">%s</div></dt><dd class="posts">Replies</dd>\
<dd class="views">Views</dd><dd class="lastpost"><span>Last post</span></dd></dl></li></ul>
<ul class="topiclist topics">
%s
</ul></div></div>
""" % (kind, title, "\n".join(thread_row(site, links, n, row) for n, row in enumerate(rows)))


def thread_row(site, links, number, row):
    thread = row.thread
    state = "topic_moved" if row.shadow else {
        "global": "global", "announcement": "announce", "sticky": "sticky", "normal": "topic",
    }[thread.kind] + "_read" + ("_locked" if thread.locked else "")
    title = "Moved topic" if row.shadow else (
        "This topic is locked, you cannot edit posts or make further replies." if thread.locked
        else "No unread posts")
    return """<li class="row bg%d%s"><dl class="row-item %s"><dt title="%s"><div class="list-inner">\
<a href="%s" class="topictitle">%s</a><br>
<div class="topic-poster responsive-hide left-box">by %s &raquo; %s</div></div></dt>
<dd class="posts">%d <dfn>Replies</dfn></dd><dd class="views">%d <dfn>Views</dfn></dd>
<dd class="lastpost"><span><dfn>Last post </dfn>by %s%s<br>%s</span></dd></dl></li>""" % (
        number % 2 + 1, "" if row.shadow else ROW_CLASS.get(thread.kind, ""), state, title,
        links.thread(thread), esc(thread.title), user(site, links, row.first),
        when(site, row.first.time), row.replies, thread.views, user(site, links, row.last),
        last_link(links, row.last, "Go to last post"), when(site, row.last.time))


def thread(site, links, thread, posts, paging):
    entry = site.board.boards[thread.board]

    def address(start):
        return links.thread(thread, start)
    reply = '<a href="%s" class="button" title="%s"><span>%s</span> <i class="icon %s"></i></a>' % (
        (links("posting.php?mode=reply&t=%d" % thread.id),)
        + (("This topic is locked, you cannot edit posts or make further replies.", "Locked",
            "fa-lock") if thread.locked else ("Post a reply", "Post Reply", "fa-reply")))
    bar = '<div class="action-bar bar-top">%s %s</div>' % (reply, pagination(paging, "post", address))
    content = ['<h2 class="topic-title"><a href="%s">%s</a></h2>' % (
        address(paging.start), esc(thread.title)), bar]
    if thread.poll and paging.now == 1:
        content.append(poll(site, links, thread))
    content.extend(post_block(site, links, paging, n, post) for n, post in enumerate(posts))
    content.append(bar.replace("bar-top", "bar-bottom"))
    canonical = "viewtopic.php?t=%d" % thread.id + (
        "&start=%d" % paging.start if paging.start else "")
    return frame(site, links, "viewtopic", thread.title + (
        " - Page %d" % paging.now if paging.now > 1 else ""), "\n".join(content),
        crumbs_of(site, links, entry), canonical)


def post_block(site, links, paging, number, post):
    member = site.board.members.get(post.author_id, {})
    profile = "has-profile" if member else "guest"
    details = ""
    if member.get("rank"):
        details += '<dd class="profile-rank">%s</dd>' % esc(member["rank"])
    if member.get("from"):
        details += '<dd class="profile-custom-field"><strong>Location:</strong> %s</dd>' \
            % esc(member["from"])
    after = attachments(links, post) + edit_note(site, post)
    signature = site.signature(post, links)
    if signature:
        after += '<div id="sig%d" class="signature">%s</div>' % (post.id, signature)
    return """<div id="p%(id)d" class="post %(profile)s bg%(stripe)d">
<div class="inner">
<dl class="postprofile" id="profile%(id)d"><dt class="no-profile-rank no-avatar">\
<div class="avatar-container"></div>%(user)s</dt>%(details)s</dl>
<div class="postbody"><div id="post_content%(id)d">
<h3%(first)s><a href="%(to)s">%(subject)s</a></h3>
<p class="author">%(arrow)s<span class="responsive-hide">by <strong>%(user)s</strong> &raquo; \
</span>%(time)s</p>
<div class="content">%(body)s</div>
%(after)s</div></div>
</div>
</div>
<hr class="divider">""" % {
        "id": post.id, "profile": profile, "stripe": number % 2 + 1,
        "user": user(site, links, post), "details": details,
        "first": ' class="first"' if number == 0 else "", "to": links.post(post),
        "subject": esc(post.subject), "arrow": "" if links.bot else
        '<a class="unread" href="%s" title="Post"></a>' % links.post(post),
        "time": when(site, post.time), "body": site.body(post, links), "after": after}


def edit_note(site, post):
    note = site.edit_note(post)
    if note is None:
        return ""
    who, moment, count, reason = note
    return '<div class="notice">Last edited by %s on %s, edited %d time%s in total.%s</div>\n' % (
        esc(who), moment, count, "" if count == 1 else "s",
        "<br><strong>Reason:</strong> <em>%s</em>" % esc(reason) if reason else "")


def attachments(links, post):
    boxes = ['<dd><dl class="file"><dt><a class="postlink" href="%s">%s</a></dt><dd>(%s) Downloaded '
             "%d times</dd></dl></dd>" % (links("download/file.php?id=%d" % (post.id * 10 + n)),
                                          esc(a["name"]), a.get("size", "20.1 KiB"), n + 4)
             for n, a in enumerate(post.attachments)]
    if not boxes:
        return ""
    return '<dl class="attachbox"><dt>Attachments</dt>%s</dl>\n' % "".join(boxes)


def poll(site, links, thread):
    votes = sum(option["votes"] for option in thread.poll["options"]) or 1
    lines = "".join(
        '<dl><dt>%s</dt><dd class="resultbar"><div class="pollbar%d" style="width:%d%%">%d</div></dd>'
        '<dd class="poll_option_percent">%d%%</dd></dl>\n' % (
            esc(option["text"]), n % 5 + 1, 100 * option["votes"] // votes, option["votes"],
            100 * option["votes"] // votes) for n, option in enumerate(thread.poll["options"]))
    return """<form method="post" action="%s" class="topic_poll"><div class="panel"><div class="inner">
<div class="content"><h2 class="poll-title">%s</h2>
<p class="author">You may select <strong>1</strong> option</p>
<fieldset class="polls">%s<dl class="poll_total_votes"><dt>&nbsp;</dt><dd class="resultbar">Total \
votes: <span class="poll_total_vote_cnt">%d</span></dd></dl></fieldset></div></div></div></form>
<hr>""" % (links.thread(thread), esc(thread.poll["question"]), lines, votes)


def print_view(site, links, thread, posts, paging):
    blocks = "".join('<div class="post"><h3>%s</h3><div class="date">Posted: <strong>%s</strong><br>'
                     "by <strong>%s</strong></div><div class=\"content\">%s</div></div><hr>\n" % (
                         esc(post.subject), site.clock(post.time), esc(post.author),
                         site.body(post, links)) for post in posts)
    return """<!DOCTYPE html>
<html dir="ltr" lang="%s"><head><meta charset="utf-8"><meta name="robots" content="noindex">
<title>%s - %s</title></head><body id="phpbb"><div id="wrap"><div id="page-header">
<h1>%s</h1><h2>%s</h2></div><div id="page-body">%s</div><div id="page-footer">%s</div></div></body></html>
""" % (site.board.language, esc(site.board.title), esc(thread.title), esc(site.board.title),
       esc(thread.title), blocks, site.zone_line())


def notice(site, links, message):
    return frame(site, links, "app", "Information", """<div class="panel" id="message">\
<div class="inner"><h2 class="message-title">Information</h2><p>%s</p></div></div>""" % esc(message))


def login(site, links, message):
    return frame(site, links, "app", "Login", """<form action="%s" method="post" id="login">
<div class="panel"><div class="inner"><div class="content"><h2 class="login-title">Login</h2>
<p>%s</p><fieldset class="fields1"><dl><dt><label for="username">Username:</label></dt>\
<dd><input type="text" name="username" id="username" class="inputbox"></dd></dl>
<dl><dt><label for="password">Password:</label></dt><dd><input type="password" id="password" \
name="password" class="inputbox"></dd></dl><input type="submit" name="login" value="Login" \
class="button1"></fieldset></div></div></div></form>""" % (links("ucp.php?mode=login"), esc(message)))


def password(site, links, entry):
    return frame(site, links, "viewforum", "Login", """<form id="login_forum" method="post" action="%s">
<div class="panel"><div class="inner"><div class="content"><h2 class="login-title">Login</h2>
<p>To view or post in this forum you must enter its password.</p><fieldset class="fields1"><dl><dt>\
<label for="password">Password:</label></dt><dd><input type="password" id="password" name="password" \
class="inputbox narrow"></dd></dl><input type="hidden" name="f" value="%d"><input type="submit" \
name="login" id="login" class="button1" value="Login"></fieldset></div></div></div></form>""" % (
        links.board(entry["id"]), entry["id"]))
