"""What a message is about, by plain patterns: the occasions that a voice has lines for.

The first that matches wins, so the order is the priority.
"""

from __future__ import annotations

import re

_TABLE: tuple[tuple[str, str], ...] = (
    (
        "real",
        r"\bare you (an? )?(ai|bot|robot|real|human|machine|chatbot|language model|llm"
        r"|person|scripted)\b|\bsystem prompt\b|\bwhat model\b|\byour instructions\b",
    ),
    (
        "goodbye",
        r"\b(bye|goodbye|good night|goodnight|see you|farewell|talk (to you )?later"
        r"|have to go|gotta go|must go|i'm off|take care)\b|안녕히|잘 자|さようなら|おやすみ",
    ),
    (
        "family_call",
        r"\bmy (mother|father|mum|mom|dad|sister|brother)\b.*\b(call|ring)",
    ),
    (
        "low",
        r"\b(sad|lonely|alone|worn out|exhausted|anxious|afraid|scared|stressed|upset"
        r"|overwhelmed|depressed|hopeless|awful|terrible|miserable|crying|cried|grief"
        r"|heartbroken|burnt out|burned out|drained|hurts?|hard day|bad day|rough day"
        r"|feel(ing)? (bad|down|low|empty|guilty|lost|tired|blue)|so tired|died|passed away"
        r"|miss (him|her|them)|worried|nervous)\b|슬퍼|힘들|외로|지쳤|悲し|疲れ|寂し",
    ),
    (
        "glad",
        r"\b(happy|great news|good news|excited|thrilled|i passed|got the job|proud"
        r"|promotion|promoted|i won|celebrat\w+|wonderful|over the moon|delighted)\b",
    ),
    (
        "sleep",
        r"\b(sleep\w*|asleep|insomnia|awake|nightmare|nap|can't sleep|dreams?|dreamt)\b|잠|眠",
    ),
    (
        "music",
        r"\b(music|songs?|listen(ing)? to|playlists?|albums?|jazz|bands?|concert|records?"
        r"|radio|singing|guitar|vinyl)\b|음악|노래|音楽|曲",
    ),
    (
        "food",
        r"\b(food|eat\w*|cook\w*|recipes?|dinner|lunch|breakfast|hungry|meal|soup|coffee"
        r"|tea|bak(e|ing)|restaurant|snack|allerg\w+)\b|음식|요리|저녁|料理|ご飯",
    ),
    (
        "weather",
        r"\b(weather|rain(ing|y|s)?|snow\w*|sun(ny|shine)?|wind(y)?|storm\w*|sky|fog\w*"
        r"|cloud\w*|cold outside|hot outside|forecast)\b|날씨|天気",
    ),
    (
        "story",
        r"\b(film|films|movie|movies|cinema|series|book|books|novel|reading|watched"
        r"|watching)\b|영화|映画|本を",
    ),
    (
        "work",
        r"\b(work\w*|job|boss|colleagues?|office|shifts?|career|meetings|deadline"
        r"|project|manager)\b|회사|仕事",
    ),
    (
        "family",
        r"\b(family|mother|father|mum|mom|dad|sister|brother|parents?|grandmother"
        r"|grandfather|cousin|daughter|son|wife|husband|wedding)\b|가족|家族",
    ),
    (
        "advice",
        r"\b(should i|what (should|would|shall|can) (i|you)|advice|advise|help me"
        r"|how do i|how can i|decide|decision|not sure (what|if|whether)|any ideas?"
        r"|recommend|suggest\w*|what do you think)\b|어떻게 해|どうすれば",
    ),
    (
        "plans",
        r"\b(plans?|planning|weekend|tomorrow|tonight|next (week|month|year)|holiday"
        r"|trip|going to|appointment)\b|계획|予定",
    ),
    (
        "how",
        r"\bhow are (you|things)\b|\bhow('s| is) (it going|life|your day)\b"
        r"|\bhow have you been\b|\bhow do you feel\b|잘 지내|元気",
    ),
    (
        "about",
        r"\b(who are you|about you(rself)?|your (name|life|story|job|past|childhood"
        r"|history|secret|home|day)|where are you from|where do you|where did you"
        r"|what do you do|did you|were you|have you|do you|are you|why are you"
        r"|why did you|tell me (more|something)|what about you|and you)\b|누구|자기소개|あなたは",
    ),
    ("thanks", r"\b(thank|thanks|thank you|cheers|grateful)\b|고마|감사|ありがと"),
)
_PATTERNS = [(name, re.compile(text, re.IGNORECASE)) for name, text in _TABLE]
_GREETING = re.compile(
    r"^\W*(hi|hello|hey|good (morning|evening|afternoon|day)|greetings|yo|hiya|안녕\w*"
    r"|こんにちは|こんばんは|おはよう\w*)\b",
    re.IGNORECASE,
)
_ACK = re.compile(
    r"^\W*(ok(ay)?|yes|yeah|yep|no|nope|sure|right|i see|fine|hm+|mm+|cool|nice|alright"
    r"|all right|true|maybe|got it|good|great|네|응|はい|うん)\b[\w ,.'!]{0,20}$",
    re.IGNORECASE,
)
_SHORT = 5


def intent_of(said: str) -> str:
    """The occasion of a message, "unknown" if no pattern fits."""
    text = said.replace("’", "'")
    short = len(text.split()) <= _SHORT
    found = next((name for name, pattern in _PATTERNS if pattern.search(text)), "")
    if found:
        return "family" if found == "family_call" else found
    if _GREETING.search(text) and short:
        return "greeting"
    return "ack" if _ACK.match(text) or not text.strip() else "unknown"
