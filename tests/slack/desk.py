"""The help desk's profile, with every kind of question that Slack can show, and a walk through it."""

from processes import eventually
from workspace import content, elements

TOPICS = ["Printer", "Password", "Mail", "Laptop", "Phone", "Network", "Screen", "Something else"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday"]
FIELDS = [
    {"name": "slacktopic", "label": "Topic", "type": 2,
     "values": [{"id": 100 + place, "name": name} for place, name in enumerate(TOPICS)]},
    {"name": "slackdate", "label": "Day of the visit", "type": 4},
    {"name": "slackdays", "label": "Days", "type": 3, "values": [{"id": 1 + place, "name": name} for place, name in enumerate(DAYS)]},
    {"name": "slackmemo", "label": "What happens", "type": 1, "characterlimit": 1000},
    {"name": "slacktext", "label": "Room", "type": 0},
]


def profile(fields, team):
    topic, date, days, memo, room = fields
    questions = [
        {"step_id": 2, "name": "Topic", "steptype": 2, "input_field_id": topic, "message": "Which thing is it?",
         "actions": [{"end_step": 3}]},
        {"step_id": 3, "name": "Day", "steptype": 2, "input_field_id": date, "message": "Since which day?",
         "actions": [{"end_step": 4}]},
        {"step_id": 4, "name": "Days", "steptype": 2, "input_field_id": days, "message": "On which days are you there?",
         "actions": [{"end_step": 5}]},
        {"step_id": 5, "name": "Memo", "steptype": 2, "input_field_id": memo, "message": "Please describe it.",
         "actions": [{"end_step": 6}]},
        {"step_id": 6, "name": "Room", "steptype": 2, "input_field_id": room, "message": "Which room are you in?",
         "actions": [{"end_step": 7}]},
        {"step_id": 7, "name": "Rating", "steptype": 13, "message": "How are these questions, from 1 to 5?",
         "actions": [{"end_step": 8}]},
    ]
    return {
        "id": "slack-desk", "key": "slack-desk", "name": "Help desk", "bot_name": "Nora",
        "greeting": "Hello, I am <b>$botname</b>, & I help.",
        "steps": [
            {"step_id": 1, "name": "What", "steptype": 1, "isstart": True, "message": "What can I do for you?",
             "actions": [
                 {"action_name": "Something is broken", "end_step": 2, "chat_selection_order": 1},
                 {"action_name": "Talk to somebody", "end_step": 8, "chat_selection_order": 2}]},
            *questions,
            {"step_id": 8, "name": "People", "steptype": 8, "chat_teams": [{"id": team}],
             "message": "One moment: $slacktopic, $slackdate, $slackdays, $slackmemo, $slacktext."},
        ],
    }


class Visit:
    """One person's conversation with the bot, from the person's side."""

    def __init__(self, workspace, user, channel):
        self.workspace, self.user, self.channel = workspace, user, channel
        self.seen = "0"

    def hears(self, words):
        """The bot's next message with these words."""
        message = self.workspace.wait(self.channel, words, self.seen)
        self.seen = message["ts"]
        return message

    def asked(self, words, *kinds):
        """The bot's next message with these words, once it has elements of a kind, and the first of them."""
        message = self.hears(words)

        def look():
            for one in self.workspace.told(self.channel):
                if one["ts"] >= message["ts"] and elements(one, *kinds):
                    return one, elements(one, *kinds)[0]
            return None

        message, element = eventually(look, f"{kinds} in {content(message)!r}: {message.get('blocks')}")
        self.seen = message["ts"]
        return message, element

    def uses(self, message, element, **value):
        action = {"type": element["type"], "action_id": element.get("action_id"), "block_id": element["block_id"]}
        self.workspace.act(self.channel, self.user, message, {**action, **value})

    def presses(self, message, label=None):
        """A button by its label; any button without one."""
        for one in elements(message, "button"):
            if label in (None, one["text"]["text"]):
                self.uses(message, one, value=one.get("value"), text=one["text"])
                return one
        raise AssertionError(f"no button {label!r} in {message.get('blocks')}")

    def says(self, text, **more):
        return self.workspace.say(self.channel, self.user, text, **more)


def options(element):
    return {one["text"]["text"]: one for one in element["options"]}
