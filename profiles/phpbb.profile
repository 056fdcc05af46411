# phpBB 3.0 to 3.3: prosilver and the styles that grew out of it.
#
# Format: ekbom-profile(5). What stands here was read from phpBB's own templates and tried on pages
# of real boards.

[software]
name       phpbb
recognise  markup   body#phpbb
recognise  markup   #page-body .pagination, #page-body a.forumtitle, #page-body a.topictitle
recognise  links    a[href="*viewforum.php*f=*"], a[href="*viewtopic.php*t=*"], a[href="*viewtopic.php*p=*"]
recognise  credit   a[href="http*://www.phpbb.com*"], a[href="http*://phpbb.com*"]
version    3.3      body.nojs script[src="*/jquery-3.*"]
version    3.2      body.nojs .footer-copyright, body.nojs i.icon
version    3.1      body.nojs
version    3.0      body#phpbb

# Posts before threads: an address may carry both. The first form of a thread is also how a
# thread's own address is written.
[addresses]
session  sid
address  post    viewtopic.php?p={id}
address  post    viewtopic.php#p{id}
address  thread  viewtopic.php?t={id}
address  board   viewforum.php?f={id}
address  user    memberlist.php?mode=viewprofile&u={id}
# as wget saves them
address  thread  viewtopic.php@t={id}*
address  thread  viewtopic.php@*&t={id}*
address  board   viewforum.php@f={id}*

# The attribution line of a quote, in the language packs' words.
[patterns]
pattern  wrote  {text} wrote:
pattern  wrote  {text} hat geschrieben:
pattern  wrote  {text} schrieb:
pattern  wrote  {text} a écrit :
pattern  wrote  {text} a écrit :
pattern  wrote  {text} a écrit:
pattern  wrote  {text} escribió:
pattern  wrote  {text} ha scritto:
pattern  wrote  {text} schreef:
pattern  wrote  {text} escreveu:
pattern  wrote  {text} skrev:
pattern  wrote  {text} kirjoitti:
pattern  wrote  {text} pisze:
pattern  wrote  {text} napisał(a):
pattern  wrote  {text} писал(а):
pattern  wrote  {text} píše:
pattern  wrote  {text} napsal:
pattern  wrote  {text} írta:
pattern  wrote  {text} yazdı:
pattern  wrote  {text} έγραψε:

[page]
language     html -> @lang
language     html -> @xml:lang
forum-title  #site-description h1 -> text
forum-title  head meta[name=application-name] -> @content
forum        a[data-navbar-reference=index] -> @href
forum        a[accesskey=h] -> @href
forum        #logo -> @href
# a page saved without its address still names some absolute ones
forum        link[rel=canonical] -> @href
forum        link[type="application/atom+xml"][href="*feed.php*"] -> @href

# 3.1 and later print the zone's name beside an offset that is good for the day of fetching only;
# 3.0 had one fixed offset, "[ DST ]" included, for every time of the page.
zone  #page-footer span[title], #page-footer abbr[title] -> @title as name
zone  body#phpbb:not(.nojs) #page-footer .navbar li.rightside -> text | match *{text} as offset

complete  #page-footer, .copyright

# A message box stands instead of the page. A board's password and login forms are panels; the
# login of an index's foot is not.
kind  error   #message
kind  board   body.section-viewforum:has(li.row)
kind  login   .panel input[type=password]
kind  other   body.section-search, body.section-ucp, body.section-mcp, body.section-posting, body.section-memberlist, body.section-viewonline, body.section-faq  "a page of the forum software that shows no thread"
kind  thread  [id=p{id}]:has(.content)
kind  other   #wrap .post:has(.date):has(.author)  "a print view: its posts carry no ids"
kind  board   body.section-viewforum, li.row a.topictitle
kind  index   body.section-index, li.row a.forumtitle
kind  other   table.tablebg, table.forumline  "a style or version of phpBB that this profile does not read"

message  #message p -> text
message  .panel .content > p -> text
message  .panel strong -> text

next  .pagination li.next a -> @href
next  .pagination a[rel=next], head link[rel=next] -> @href
next  .pagination span strong / next a -> @href
next  .display-options a.right-box -> @href

[thread]
id     h2.topic-title a, #page-body > h2 a -> @href | id thread
id     head link[rel=canonical] -> @href | id thread
id     input[name=t] -> @value | match {id}
id     form#viewtopic -> @action | id thread
title  h2.topic-title a, #page-body > h2 a -> text
title  h2.topic-title, #page-body > h2 -> text
title  .main-title h1 -> text | match * : {text}
url    head link[rel=canonical] -> @href
flag   locked  .action-bar a .fa-lock, .action-bar a.locked-icon, .topic-actions .locked-icon

[board]
id      last .breadcrumbs .crumb[data-forum-id] -> @data-forum-id
id      last .breadcrumbs a[href="*viewforum.php*"], .icon-home a[href="*viewforum.php*"], [itemtype="*BreadcrumbList"] a[href="*viewforum.php*"] -> @href | id board
id      h2.forum-title a -> @href | id board
title   last .breadcrumbs .crumb[data-forum-id] -> text
title   last .breadcrumbs a[href="*viewforum.php*"], .icon-home a[href="*viewforum.php*"], [itemtype="*BreadcrumbList"] a[href="*viewforum.php*"] -> text
title   h2.forum-title -> text
parent  last .breadcrumbs .crumb[data-forum-id] / previous .crumb[data-forum-id] -> @data-forum-id
parent  last .icon-home a[href="*viewforum.php*"] / previous a[href="*viewforum.php*"] -> @href | id board

# Ignored and soft-deleted posts stay in the page as hidden blocks.
[post]
each       [id=p{id}]:has(.content)
skip       &.deleted, .ignore
id         & -> @id | match p{id}
author     p.author .username, p.author .username-coloured -> text
author     p.author strong -> text
author     .postprofile dt a[href="*mode=viewprofile*"] -> text
author     .username, .username-coloured -> text
author-id  p.author a[href="*mode=viewprofile*"] -> @href | id user
author-id  .postprofile dt a[href="*mode=viewprofile*"] -> @href | id user
time       p.author time -> @datetime as attribute
time       p.author -> own | match *»{text} as text
time       p.author -> own as text
time       .vtdate -> text as text
time-text  p.author time -> text
time-text  p.author -> own | match *»{text}
subject    .postbody h3 -> text
subject    h3 -> text
body       [id=post_content{id}] > .content
body       .postbody > .content
body       .content
edited     .postbody .notice -> text

[body]
drop   .signature, .notice, .attachbox, .inline-attachment, .codebox > p, .codebox > dt, .dropdown, .quotetitle
emoji  img.emoji

[quote]
each    blockquote
drop    & > div > cite, & > cite
author  & > div > cite > a[href="*mode=viewprofile*"], & > cite > a[href="*mode=viewprofile*"] -> text
author  & > div > cite, & > cite -> own | one-of wrote
post    & > div > cite a[data-post-id], & > cite a[data-post-id] -> @data-post-id
post    & -> @cite | id post
post    & -> @cite | match "#p{id}"
post    & > div > cite a[href="*viewtopic.php*"], & > cite a[href="*viewtopic.php*"] -> @href | id post

# A row with redirects is a link out of the forum, not a board.
[board-row]
each       li.row:has(a.forumtitle):not(:has(dd.redirect))
id         a.forumtitle -> @href | id board
title      a.forumtitle -> text
url        a.forumtitle -> @href
last-post  dd.lastpost a[href="*viewtopic.php*"] -> @href | id post
last-time  dd.lastpost time -> @datetime as attribute
last-time  dd.lastpost span -> own as text
last-time  dd.lastpost -> text as text
replies    dd.posts -> own

[thread-row]
each       li.row:has(a.topictitle)
id         a.topictitle -> @href | id thread
title      a.topictitle -> text
url        a.topictitle -> @href
last-post  dd.lastpost a[href="*viewtopic.php*"] -> @href | id post
last-time  dd.lastpost time -> @datetime as attribute
last-time  dd.lastpost span -> own as text
last-time  dd.lastpost -> text as text
replies    dd.posts -> own
flag       sticky        &.sticky
flag       announcement  &.announce, &.global-announce
flag       global        &.global-announce
flag       locked        dl[class="*_locked*"], dl[style="*_locked*"]
flag       moved         dl[class="*topic_moved*"], dl[style="*topic_moved*"]

[page-row]
each   .action-bar .pagination li:not(.arrow):not(.next):not(.previous) > a[href="*start=*"], .topic-actions .pagination span > a[href="*start=*"]
id     & -> text | match {id}
title  & -> text
url    & -> @href
