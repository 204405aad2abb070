"""As much of Slack's Web API as the bridge needs, with people whose names are what a test says."""

import http.server
import json
import threading
import urllib.parse


class FakeSlack:
    def __init__(self):
        self.names = {}
        slack = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.answer()

            def do_GET(self):
                self.answer()

            def answer(self):
                address = urllib.parse.urlparse(self.path)
                query = dict(urllib.parse.parse_qsl(address.query))
                body = json.dumps(slack.say(address.path.rsplit("/", 1)[-1], query)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, method, query):
        if method == "users.info":
            name = self.names.get(query.get("user"), "Somebody")
            profile = {"real_name": name, "display_name": name, "email": "somebody@slack.example"}
            user = {"id": query.get("user"), "name": name, "real_name": name, "tz": "Europe/London", "profile": profile}
            return {"ok": True, "user": user}
        known = {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T0", "team": "Team", "user": "bot", "url": self.url}
        return {"ok": True, "ts": "1795587002.000100", "channel": "D0", "messages": [], **known}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
