/* tags.h - the HTML elements whose meaning matters for a post's text; every other is inline. */
#ifndef EXTRACT_TAGS_H
#define EXTRACT_TAGS_H

enum ek_tag_layout {
    EK_INLINE,
    EK_BLOCK,     /* on lines of its own */
    EK_PARAGRAPH, /* blank lines around */
    EK_CELL,      /* a space before */
    EK_UNSEEN     /* never shown as text */
};

/* clang-format off */
#define EK_TAGS(X) \
    X(HTML, html, EK_BLOCK) X(BODY, body, EK_BLOCK) X(A, a, EK_INLINE) X(BR, br, EK_INLINE) \
    X(IMG, img, EK_INLINE) X(HR, hr, EK_PARAGRAPH) X(PRE, pre, EK_PARAGRAPH) X(BASE, base, EK_UNSEEN) \
    X(P, p, EK_PARAGRAPH) X(H1, h1, EK_PARAGRAPH) X(H2, h2, EK_PARAGRAPH) X(H3, h3, EK_PARAGRAPH) \
    X(H4, h4, EK_PARAGRAPH) X(H5, h5, EK_PARAGRAPH) X(H6, h6, EK_PARAGRAPH) \
    X(BLOCKQUOTE, blockquote, EK_PARAGRAPH) X(UL, ul, EK_BLOCK) X(OL, ol, EK_BLOCK) \
    X(DL, dl, EK_BLOCK) X(LI, li, EK_BLOCK) X(DT, dt, EK_BLOCK) X(DD, dd, EK_BLOCK) \
    X(TABLE, table, EK_PARAGRAPH) X(TR, tr, EK_BLOCK) X(TD, td, EK_CELL) X(TH, th, EK_CELL) \
    X(CAPTION, caption, EK_BLOCK) X(DIV, div, EK_BLOCK) X(SECTION, section, EK_BLOCK) \
    X(ARTICLE, article, EK_BLOCK) X(HEADER, header, EK_BLOCK) X(FOOTER, footer, EK_BLOCK) \
    X(ASIDE, aside, EK_BLOCK) X(MAIN, main, EK_BLOCK) X(NAV, nav, EK_BLOCK) \
    X(CENTER, center, EK_BLOCK) X(ADDRESS, address, EK_BLOCK) X(FORM, form, EK_BLOCK) \
    X(FIELDSET, fieldset, EK_BLOCK) X(DETAILS, details, EK_BLOCK) X(SUMMARY, summary, EK_BLOCK) \
    X(FIGURE, figure, EK_PARAGRAPH) X(FIGCAPTION, figcaption, EK_BLOCK) \
    X(SCRIPT, script, EK_UNSEEN) X(STYLE, style, EK_UNSEEN) X(HEAD, head, EK_UNSEEN) \
    X(TITLE, title, EK_UNSEEN) X(SELECT, select, EK_UNSEEN) X(TEXTAREA, textarea, EK_UNSEEN) \
    X(BUTTON, button, EK_UNSEEN) X(TEMPLATE, template, EK_UNSEEN) \
    X(NOSCRIPT, noscript, EK_UNSEEN) X(IFRAME, iframe, EK_UNSEEN) X(OBJECT, object, EK_UNSEEN)
/* clang-format on */

enum ek_html_tag {
    EK_TAG_OTHER,
#define X(upper, lower, layout) EK_TAG_##upper,
    EK_TAGS(X)
#undef X
        EK_TAGS_KNOWN
};

#endif
