"""A page without any policy of its own, in a headless Chromium: what is shown there runs, if it can."""

import json
import urllib.parse

from browser import Browser, Navigated
from processes import eventually

EMPTY = "data:text/html;charset=utf-8,<!doctype html><title>page</title>"
# What is marked when all of a page has been shown, and what stands for a page that went elsewhere.
LAST, WENT_AWAY = -1, -2
# In every frame and after every navigation: who calls `mark` has run.
LISTEN = "window.mark = number => heard(String(number)); window.alert = window.prompt = window.confirm = window.mark;"
# What a careless client does with HTML, and what somebody may then do with the page.
SHOW = """
(texts => {
    // As a browser reads an address: one that only looks like a script's is another page's.
    const leadsElsewhere = address => {
        try {
            return ['http:', 'https:', 'mailto:', 'tel:'].includes(new URL(address, 'https://elsewhere.test/').protocol);
        } catch {
            return true;
        }
    };
    document.body.textContent = '';
    for (const text of texts) {
        const place = document.createElement('div');
        document.body.append(place);
        place.innerHTML = text;
        // Once more, as editors and previews do it: what a parser has moved is read anew.
        const again = document.createElement('div');
        document.body.append(again);
        again.innerHTML = place.innerHTML;
    }
    const kinds = ['click', 'mouseover', 'mousemove', 'mouseenter', 'pointerenter', 'focus', 'focusin', 'input',
        'beforeinput', 'submit', 'animationstart', 'animationend', 'copy', 'wheel', 'auxclick', 'contextmenu',
        'scroll', 'scrollend', 'drag', 'toggle', 'close', 'beforetoggle', 'beforematch', 'start', 'load', 'begin'];
    for (const element of document.body.querySelectorAll('*')) {
        // A click on what stands in a link is one on the link.
        const link = element.closest('[href], [*|href]') ?? element;
        const target = link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '';
        const leaves = target !== '' && leadsElsewhere(target);
        for (const kind of kinds) {
            const event = new Event(kind, { bubbles: false, cancelable: true });
            if (!(kind === 'submit' && !element.hasAttribute('onsubmit'))) element.dispatchEvent(event);
        }
        if (!leaves && typeof element.click === 'function') element.click();
    }
    const last = document.createElement('div');
    document.body.append(last);
    last.innerHTML = '<img src=x onerror="mark(-1)">';
})
"""


class Page(Browser):
    def __init__(self):
        # Nothing is out there, and a name that is looked up for long would only cost time.
        super().__init__(EMPTY, "document.title === 'page'", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        self.listen()

    def listen(self):
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Network.enable")
        self.call("Runtime.addBinding", name="heard")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        self.call("Browser.setDownloadBehavior", behavior="deny")

    def marks(self):
        """The numbers of the payloads that have run since this was asked last."""
        self.call("Runtime.evaluate", expression="1")
        called = [one["params"] for one in self.heard if one.get("method") == "Runtime.bindingCalled"]
        self.heard.clear()
        return [int(one["payload"]) for one in called]

    def open(self, url):
        """Goes to an address, as somebody who clicks on it; the download that it may become is refused."""
        self.call("Page.navigate", url=url)

    def is_fresh(self):
        return self.run("document.readyState === 'complete' && document.title === 'page' && !!window.mark")

    def show(self, texts):
        """Puts HTML into a fresh page; the payloads in it that have run."""
        # In a tab of its own: what was shown before may still be on its way elsewhere.
        self.open_tab("about:blank")
        self.heard.clear()
        self.listen()
        self.open(EMPTY)
        eventually(self.is_fresh, "the page")
        seen = []

        def is_over():
            seen.extend(self.marks())
            if not self.run("document.title === 'page'"):
                raise Navigated
            return LAST in seen

        try:
            self.run(f"({SHOW})({json.dumps(texts)})")
            eventually(is_over, "the end of the page")
            # Frames and animations come a moment after the images.
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")
        except Navigated:
            seen.append(WENT_AWAY)
        seen.extend(self.marks())
        return sorted({number for number in seen if number != LAST})

    def visit(self, path, token=None):
        """Opens an address of the server directly, with a token where a browser would have one; what ran."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.call("Network.setExtraHTTPHeaders", headers=headers)
        self.open(path)
        self.run("document.readyState")
        self.call("Network.setExtraHTTPHeaders", headers={})
        return self.marks()


def quoted(text):
    return urllib.parse.quote(text, safe="", errors="surrogatepass")
