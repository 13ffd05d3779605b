"""English rules for character chat: preferences, feelings, promises, boundaries, and
the lasting facts of a life. Boundaries stand first, they must never be read as less."""

from __future__ import annotations

from embedded.llm.rules import rule

_KIN = (
    r"(?:mother|father|mum|mom|dad|parents?|sister|brother|siblings?|wife|husband"
    r"|partner|boyfriend|girlfriend|fianc[eé]e?|daughter|son|kids?|child|children|baby"
    r"|grandmother|grandfather|grandma|grandpa|granddaughter|grandson|aunt|uncle|cousin"
    r"|nephew|niece|best friend|friend|roommate|flatmate|twin|boss|neighbou?r|ex|dog|cat"
    r"|puppy|kitten|parrot|rabbit|hamster|horse)"
)
_MOOD = (
    r"(?:sad|tired|exhausted|worn out|happy|lonely|anxious|nervous|scared|afraid|stressed"
    r"|upset|overwhelmed|depressed|angry|furious|excited|thrilled|proud|ashamed|guilty"
    r"|bored|relieved|hopeful|homesick|heartbroken|burnt out|burned out|drained|worried"
    r"|jealous|frustrated|grateful|hurt|restless|calm|down|lost|numb|devastated)"
)
_LATER = (
    r"(?:next time|tomorrow|later|tonight|another time|next week|on \w+day|soon|when i"
    r"|after|before|again|by \w+|this weekend|next month)"
)
_NOT_VAGUE = r"(?!(?:it|that|this|you|your \w+|them|him|her|so)\W*$)"

RULES = (
    # Boundaries.
    rule("boundary", 0.95, r"^please (?:don't|do not|never) ask (?:me )?about (?P<x>.+?)[.!?]*$",
         "{who} does not want to be asked about {x}."),
    rule("boundary", 0.95, r"^(?:don't|do not|never|stop) ask(?:ing)? (?:me )?about (?P<x>.+?)[.!?]*$",
         "{who} does not want to be asked about {x}."),
    rule("boundary", 0.95, r"^(?:please )?(?:don't|do not|never|stop) (?:talk|speak)(?:ing)? (?:to me )?about (?P<x>.+?)[.!?]*$",
         "{who} does not want to talk about {x}."),
    rule("boundary", 0.95, r"^(?:please )?(?:don't|do not|never|stop) (?:mention|bring)(?:ing)?(?: up)? (?P<x>.+?)(?: up)?[.!?]*$",
         "{who} does not want {x} to be mentioned."),
    rule("boundary", 0.95, r"^(?:please )?(?:don't|do not|never|stop) (?:call|calling) me (?P<x>.+?)[.!?]*$",
         "{who} does not want to be called {x}."),
    rule("boundary", 0.92, r"^(?:please )?(?:don't|do not|never|stop) (?:tease?|teasing|jok(?:e|ing)|comment(?:ing)?) (?P<x>.+?)[.!?]*$",
         "{who} does not want jokes or remarks, in their words: {whole}."),
    rule("boundary", 0.92, r"^(?:please )?(?:could you |can you |would you )(?:please )?(?:not|stop|avoid) (?:ask|talk|mention|bring)(?:ing)?(?: me)?(?: up)?(?: about)? (?P<x>.+?)[.!?]*$",
         "{who} does not want to talk about {x}.", asks=True),
    rule("boundary", 0.95, r"^i (?:(?:really|still|just) )?(?:don't|do not|never) (?:ever )?want to (?:talk|speak|discuss|hear|be asked|think|go into|joke)\b"),
    rule("boundary", 0.92, r"^i(?:'d| would) (?:really )?(?:rather|prefer) not (?:to )?(?:talk|speak|discuss|say|go into|be asked|think|share)\b"),
    rule("boundary", 0.9, r"^i(?:'m| am) not (?:comfortable|ready|okay|ok) (?:with|talking|to talk|discussing|sharing|to discuss)\b"),
    rule("boundary", 0.9, r"^(?:let's|can we|could we) (?:please )?(?:not|avoid|never) (?:talk|discuss|mention|go)(?:ing)?(?: about| into)? (?P<x>.+?)[.!?]*$",
         "{who} does not want to talk about {x}.", asks=True),
    rule("boundary", 0.92, r"^(?P<x>.+?) (?:is|are) (?:off[- ]limits|a sensitive (?:topic|subject)|none of your business)\b",
         "{who} does not want to talk about {x}."),
    rule("boundary", 0.9, r"^(?:please,? )?no (?:more )?(?:questions|jokes|talk|remarks|comments) about (?P<x>.+?)[.!?]*$",
         "{who} does not want to talk about {x}."),
    rule("boundary", 0.9, r"^(?:please )?(?:avoid|leave out|keep away from) (?:talking about |mentioning |the (?:topic|subject) of )?(?P<x>.+?)[.!?]*$",
         "{who} does not want to talk about {x}."),
    # Promises, and what was left for another time.
    rule("promise", 0.9, r"^i promise(?:d)? (?:you )?(?:that i(?:'ll| will) |i(?:'ll| will) |to )(?P<x>.+?)[.!?]*$",
         "{who} promised to {x}."),
    rule("promise", 0.88, r"^(?:let's|we should|we could|we'll|we will) (?:please )?(?P<x>(?:continue|talk|pick|finish|go on|resume|discuss|carry on|watch|speak|do|come back).*\b" + _LATER + r"\b.*?)[.!?]*$",
         "{who} asked to {x}."),
    rule("promise", 0.85, r"^(?P<t>next time|tomorrow|later|next week),? (?:let's|we should|we could|can we|shall we) (?P<x>.+?)[.!?]*$",
         "{who} asked to {x} {t}.", asks=True),
    rule("promise", 0.85, r"^(?:can|could|shall|may) we (?P<x>(?:continue|talk|pick|finish|go on|resume|discuss|carry on|watch|come back).*\b" + _LATER + r"\b.*?)[.!?]*$",
         "{who} asked to {x}.", asks=True),
    rule("promise", 0.85, r"^(?:please )?remind me (?P<x>(?:to|about|that) .+?)[.!?]*$",
         "{who} asked to be reminded {x}."),
    rule("promise", 0.8, r"^i(?:'ll| will) (?:definitely )?(?P<x>(?:send|bring|tell|show|call|write|let you know|report|share|give|introduce|try|come back|be back|read|listen|watch|cook|make)\b.*\b(?:you|" + _LATER[3:-1] + r")\b.*?)[.!?]*$",
         "{who} said they will {x}."),
    rule("promise", 0.75, r"^you promised (?:me )?(?P<x>.+?)[.!?]*$",
         "{who} was promised {x}."),
    # Lasting facts.
    rule("relationship_event", 0.95, r"^(?:my name(?:'s| is)|i(?:'m| am) called|people call me|(?:please |just )?call me|you can call me) (?P<x>[A-Z][\w-]*(?: [A-Z][\w-]*)?)[.!]*$",
         "{who}'s name is {x}."),
    rule("relationship_event", 0.95, r"^i(?:'m| am) <A>(?:allergic|intolerant) to\b"),
    rule("relationship_event", 0.9, r"^i(?:'m| am) <A>(?:diabetic|pregnant|celiac|coeliac|deaf|blind|asthmatic|colou?r[- ]blind|left[- ]handed|in a wheelchair|in recovery|sober)\b"),
    rule("relationship_event", 0.9, r"^i (?:have|had|live with) (?:a |an )?(?:asthma|diabetes|celiac|adhd|migraines?|insomnia|.{0,20}allergy)\b"),
    rule("relationship_event", 0.92, r"^i <A>(?:work|teach|study|freelance|volunteer)(?:s)? (?:as|at|in|for|with|on|from|nights?|part|full|to|[a-z]+ at)\b"),
    rule("relationship_event", 0.9, r"^i(?:'m| am) <A>an? (?:[\w-]+ ){0,3}(?:nurse|doctor|teacher|student|engineer|developer|programmer|designer|writer|artist|musician|chef|cook|baker|driver|pilot|lawyer|accountant|scientist|researcher|manager|waiter|waitress|carpenter|electrician|plumber|farmer|gardener|librarian|journalist|photographer|dentist|vet|pharmacist|paramedic|firefighter|police officer|soldier|translator|therapist|psychologist|architect|actor|singer|dancer|cleaner|cashier|barista|mechanic|retiree|single (?:mum|mom|mother|dad|father|parent)|twin|widower|widow|mother|father|parent|grandmother|grandfather)\b"),
    rule("relationship_event", 0.92, r"^i <A>(?:live|lived|grew up|was born|come from|moved|am from|am moving|relocated)\b"),
    rule("relationship_event", 0.92, r"^i(?:'m| am) <A>(?:from|moving to|living in|based in|originally from)\b"),
    rule("relationship_event", 0.92, r"^i(?:'m| am) <A>(?:married|engaged|single|divorced|separated|widowed|getting (?:married|divorced)|expecting|retired|unemployed|an only child)\b"),
    rule("relationship_event", 0.9, r"^i(?:'m| am) \d{1,3}(?: years old)?[.!]*$"),
    rule("relationship_event", 0.9, r"^i (?:just |recently |finally )?(?:got|was|have been|'ve been) (?:married|engaged|divorced|hired|fired|promoted|accepted|diagnosed|laid off|admitted|dumped)\b"),
    rule("relationship_event", 0.9, r"^i (?:<A>)(?:passed|failed|finished|graduated|started|bought|sold|adopted|met|broke up|won|lost|joined|left|began|quit|resigned|retired|ran|opened|published|got) (?!it\b|that\b|you\b)(?:.{3,})"),
    rule("relationship_event", 0.92, r"^my " + _KIN + r"\b(?!.* (?:said|says|told|thinks)\b).*\b(?:is|are|was|were|has|had|got|gets|died|lives|lived|works|worked|moved|passed|left|loves|likes|plays|turns|turned|will|just|can't|cannot|came|comes|broke|had|graduated|started|calls|called|adopted|married)\b"),
    rule("relationship_event", 0.9, r"^i(?:'ve| have)(?: got)? (?:a|an|one|two|three|four|five|\d+|no) (?:[\w-]+ ){0,2}" + _KIN + r"s?\b"),
    rule("relationship_event", 0.9, r"^(?:today|tomorrow|yesterday|\w+day) (?:is|was|will be) my (?:birthday|anniversary|wedding|first day|last day)\b",
         "{who} says {whole}."),
    rule("relationship_event", 0.92, r"^my (?:birthday|anniversary|wedding|home ?town|native language|mother tongue|job|first day|flight|interview|exam|surgery|operation|thesis|house|flat|apartment) (?:is|was|will be|takes|are)\b"),
    rule("relationship_event", 0.85, r"^it(?:'s| is) my (?P<x>birthday|anniversary|first day|last day)(?P<r>[^?]*?)[.!]*$",
         "It is {who}'s {x}{r}."),
    rule("relationship_event", 0.8, r"^(?:we|my \w+ and i) (?:got|moved|met|broke|are (?:getting|moving|expecting|having)|have (?:two|three|a|been)|bought|adopted|split)\b"),
    rule("relationship_event", 0.85, r"^i (?:<A>)speak (?:[\w ]+)$"),
    rule("relationship_event", 0.75, r"^i(?:'m| am) <A>(?:flying|travell?ing|going (?:to|on)|starting|training for|learning|studying|writing|planning|renovating|building|visiting|having (?:surgery|an operation)) (?:.{4,})"),
    rule("relationship_event", 0.8, r"^i used to (?!it\b).{4,}"),
    # Preferences.
    rule("preference", 0.92, r"^my (?:all[- ]time )?favou?rites? .*\b(?:is|are|was|has always been)\b"),
    rule("preference", 0.9, r"^i <A>(?:love|like|adore|enjoy|prefer|favou?r|treasure) " + _NOT_VAGUE + r".{3,}"),
    rule("preference", 0.9, r"^i <A>(?:hate|dislike|detest|loathe|despise|can't stand|cannot stand|can't bear) " + _NOT_VAGUE + r".{3,}"),
    rule("preference", 0.88, r"^i <A>(?:don't|do not|never|can't|cannot) <A>(?:like|enjoy|love|eat|drink|watch|care for|read|listen to|use) " + _NOT_VAGUE + r".{3,}"),
    rule("preference", 0.88, r"^i(?:'m| am) (?:not )?<A>(?:a (?:big |huge )?fan of|fond of|into|keen on|crazy about|obsessed with|a (?:big )?believer in|mad about) " + _NOT_VAGUE),
    rule("preference", 0.92, r"^i(?:'m| am) <A>(?:a |an )?(?:vegetarian|vegan|pescatarian|morning person|night owl|early bird|teetotall?er|introvert|extrovert|(?:cat|dog|tea|coffee) person)\b"),
    rule("preference", 0.75, r"^i(?:'d| would) (?:much )?(?:rather|prefer) .{4,}\bthan\b"),
    rule("preference", 0.72, r"^i <A>(?:listen to|drink|eat|watch|read|play|cook|collect|paint|knit|run|swim|bake) .*\b(?:every|when|while|on \w+days?|in the (?:morning|evening)|at night|always|most|before|after|a lot|daily)\b"),
    rule("preference", 0.7, r"^i (?:always|usually|never|mostly|often|rarely) (?!know|think|thought|said|say|wonder)\w+ .{3,}"),
    rule("preference", 0.7, r"^(?:nothing beats|there(?:'s| is) nothing better than) (?P<x>.+?)[.!]*$",
         "{who} thinks nothing beats {x}."),
    rule("preference", 0.65, r"^i (?:<A>)want to (?:learn|become|visit|write|run|see|build|travel|move|start|read|try) .{3,}"),
    # Feelings.
    rule("emotional_state", 0.82, r"^i(?:'m| am|'ve been| have been)? <A>(?:feel|feeling|felt) (?!like (?:it|that|this)\b)(?:.{3,})"),
    rule("emotional_state", 0.82, r"^i(?:'m| am| was|'ve been| have been) <A>(?:so |very |a bit |a little |pretty |too |rather |extremely |quite |not |super |completely )*" + _MOOD + r"\b"),
    rule("emotional_state", 0.78, r"^i <A>(?:miss|fear|dread|worry about|regret|mourn) " + _NOT_VAGUE + r".{3,}"),
    rule("emotional_state", 0.75, r"^i (?:<A>)(?:can't|cannot|couldn't) (?:sleep|stop thinking|stop crying|concentrate|relax|cope|focus|calm down)\b"),
    rule("emotional_state", 0.78, r"^i(?:'m| am) <A>(?:looking forward to|struggling with|grieving|ashamed of|terrified of|in love)\b"),
    rule("emotional_state", 0.75, r"^i(?:'ve| have)? ?(?:been )?(?:cried|crying|panicked|panicking)\b.{3,}"),
    rule("emotional_state", 0.72, r"^(?P<x>my [\w ]{2,30}|work|the \w+(?: \w+)?) (?:is |are )?(?:really )?(?:stress(?:es|ing)|wear(?:s|ing)|exhaust(?:s|ing)|frighten(?:s|ing)|scar(?:es|ing)|depress(?:es|ing)) me\b"),
)  # fmt: skip

# What a character says of itself. Only a past or a kin counts, not the mood of the day.
BACKSTORY = (
    rule("backstory_reveal", 0.85, r"^i (?:was born|grew up|come from|used to|came (?:to|over|for)|left|was refused|applied to|answered a job|stayed because|trained|studied|presented|served|ran away|moved)\b.{4,}"),
    rule("backstory_reveal", 0.85, r"^i(?:'m| am) from [A-Z]\w+"),
    rule("backstory_reveal", 0.8, r"^i(?:'ve| have) (?:never|not) (?:shown|been|told|played|owned)\b.{4,}"),
    rule("backstory_reveal", 0.8, r"^i (?:mended|mixed|dispatched|tuned|cooked|kept|drove|taught|worked|lived|spent|mended|measured|tune|mend|cook|dispatch|watch|looked after|was (?:nine|once|on|a|an))\b.{8,}"),
    rule("backstory_reveal", 0.85, r"^my (?:late )?" + _KIN + r"(?: \w+)? (?:was|were|is|drove|died|lives|lived|sang|had|left|noticed)\b.{4,}"),
)  # fmt: skip
