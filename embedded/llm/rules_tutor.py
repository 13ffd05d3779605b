"""English rules for the tutor: what a learner says about their own learning.

Confidence is modest: a claim of mastery is weak evidence, a stated error a better one.
"""

from __future__ import annotations

from embedded.llm.rules import rule

_LATER = r"(?:next (?:time|week|lesson|session|month)|tomorrow|later|tonight|on \w+day|again|soon|another (?:time|day)|this weekend|before the \w+)"
_METHOD = r"(?:(?:worked |concrete |real |more |small )*examples?|diagrams?|pictures?|drawings?|analog(?:y|ies)|stories|videos?|practice|exercises|definitions?|formulas?|theory|step[- ]by[- ]step \w+|visuals?|hands[- ]on \w+|quiz(?:zes)?|flash ?cards|repetition)"
_THING = r"(?!(?:it|that|this|you|what you mean|why|anything|everything)\W*$)"

RULES = (
    rule("follow_up", 0.88, r"^(?:can|could|shall|may|should) we (?:please )?(?P<x>(?:review|repeat|continue|go over|go back to|come back to|revisit|practi[sc]e|finish|look at|talk about|do|start with) .+?)[.!?]*$",
         "{who} asked to {x}.", asks=True),
    rule("follow_up", 0.88, r"^(?:let's|we should) (?:please )?(?P<x>(?:review|repeat|continue|go over|go back to|come back to|revisit|practi[sc]e|finish|look at|talk about|do) .*\b" + _LATER + r"\b.*?)[.!]*$",
         "{who} asked to {x}."),
    rule("follow_up", 0.85, r"^(?P<t>next time|tomorrow|next lesson|next week),? (?:let's|we should|i(?:'d| would) like to|i want to|can we) (?P<x>.+?)[.!?]*$",
         "{who} asked to {x} {t}.", asks=True),
    rule("follow_up", 0.85, r"^(?:please )?(?:remind me|quiz me|test me|ask me) (?P<x>(?:to|about|on) .+?)[.!]*$",
         "{who} asked to be asked or reminded {x}."),
    rule("follow_up", 0.75, r"^i(?:'ll| will) (?P<x>(?:practi[sc]e|read|try|do|finish|review|revise|study) .{3,}?)[.!]*$",
         "{who} said they will {x}."),
    rule("learning_style", 0.85, r"^" + _METHOD + r" (?:really |usually |always )*(?:help|work|suit|stick|confuse|bore|don't help|do not help|doesn't help|make)s?\b.*(?:\bme\b|better|best)",
         "{who} says {whole}."),
    rule("learning_style", 0.88, r"^i <A>(?:learn|remember|understand|study|concentrate|think)(?: things)? (?:best|better|faster|more easily|most)\b.{3,}"),
    rule("learning_style", 0.85, r"^i <A>(?:prefer|like|need|love|want|hate|don't like|do not like) (?:to (?:see|have|get) )?(?:a |an |the |lots of |some )?" + _METHOD),
    rule("learning_style", 0.88, r"^i(?:'m| am) (?:more of )?(?:a |an )?(?:visual|auditory|hands[- ]on|slow|fast|practical|kin[ae]?esthetic) (?:learner|thinker|person)\b"),
    rule("learning_style", 0.8, r"^(?:please )?(?:show|give) me (?P<x>(?:an? |more |some |the )?" + _METHOD + r".*?)(?: first| before .+)?[.!]*$",
         "{who} asked for {x}."),
    rule("learning_style", 0.78, r"^(?:please )?(?:go|explain (?:it|that)?) ?(?:a (?:bit|little) )?(?P<x>slower|more slowly|faster|step by step|with examples|in small steps)\b",
         "{who} wants explanations {x}."),
    rule("misconception", 0.8, r"^i <A>(?:confuse|mix up|mixed up|get|keep (?:confusing|mixing up)) (?P<x>.+ (?:and|with) .+?)(?: (?:mixed up|confused))?[.!]*$",
         "{who} confuses {x}."),
    rule("struggle_point", 0.82, r"^i <A>(?:don't|do not|can't|cannot|never|couldn't|didn't) <A>(?:get|got|understand|understood|grasp|see|follow|figure out|remember|tell|work out|wrap my head around) " + _THING + r".{3,}"),
    rule("struggle_point", 0.82, r"^i(?:'m| am) <A>(?:lost|stuck|confused|struggling|unsure|weak|bad|having (?:trouble|difficulty|problems)) (?:with|about|at|on|by|in|when) " + _THING + r".{3,}"),
    rule("struggle_point", 0.8, r"^i(?:'m| am) not sure (?:how|what|when|why|about|whether) .{4,}"),
    rule("struggle_point", 0.82, r"^i <A>(?:struggle with|have (?:trouble|difficulty|problems) (?:with|understanding)|keep (?:forgetting|failing|getting)|always (?:forget|fail)|fail at) .{3,}"),
    rule("struggle_point", 0.8, r"^(?P<x>(?!it\b|that\b|this\b)[\w /.-]{3,60}?) (?:still |really |always |completely )*(?:confuses?|puzzles?|scares?|overwhelms?|loses?) me\b",
         "{who} is confused by {x}."),
    rule("struggle_point", 0.78, r"^(?P<x>(?!it\b|that\b|this\b)[\w /.-]{3,60}?) (?:is|are|seems?) (?:still |really |very |too |so )*(?:hard|difficult|confusing|unclear|tricky|a mystery)\b",
         "{who} finds {x} hard."),
    rule("struggle_point", 0.78, r"^(?P<x>(?!it\b|that\b|this\b)[\w /.-]{3,60}?) (?:makes?|made) no sense\b",
         "{who} sees no sense in {x} yet."),
    rule("goal", 0.9, r"^my (?:main |big )?(?:goal|aim|plan|target|dream)s? (?:is|are|for)\b"),
    rule("goal", 0.9, r"^i <A>(?:want|need|have|hope|plan|intend|am trying|aim|would like) to (?:pass|learn|understand|become|get|be able|master|finish|take|build|know|work|prepare|improve|manage|teach|help|use|calculate|configure|speak|read) .{3,}"),
    rule("goal", 0.88, r"^i(?:'d| would) like to (?:pass|learn|understand|become|be able|master|know|get better) .{3,}"),
    rule("goal", 0.88, r"^i(?:'m| am) <A>(?:preparing|studying|training|learning|revising|working) (?:for|towards|to|because) .{3,}"),
    rule("goal", 0.88, r"^(?:my|the) (?:\w+ )?(?:exam|test|interview|certification|course|deadline) (?:is|starts|takes place)\b.{3,}"),
    rule("goal", 0.85, r"^i(?:'m| am) (?:taking|sitting) (?:the |my |an? ).*\b(?:exam|test|ccna|certification|course)\b"),
    rule("concept_mastered", 0.55, r"^(?:i )?(?:now )?i? ?(?:finally|now|already|fully|think i(?: now)?|can now) (?:understand|get|know|see|got|understood|explain|calculate|compute|convert) " + _THING + r"(?!why you)(?:.{3,})"),
    rule("concept_mastered", 0.5, r"^i (?:understand|get|know|can explain|can calculate|can compute|can convert) " + _THING + r".{3,}"),
    rule("concept_mastered", 0.5, r"^(?P<x>(?!it\b|that\b|this\b)[\w /.-]{3,60}?) (?:is|are|makes?) (?:clear|easy|sense|obvious)(?: to me| for me)?(?: now)?[.!]*$",
         "{who} says {x} is clear to them."),
    rule("concept_mastered", 0.5, r"^tcp .*\b(?:order|reliab\w+|acknowledg\w+)\b.*\budp\b.*\b(?:not|doesn't|without|no)\b.*\b(?:because|sequence|acknowledg\w+|numbers?)",
         "{who} can say how they differ: {whole}."),
    rule("misconception", 0.5, r"^i (?:always |had )?(?:thought|believed|assumed|was sure) (?:that )?(?P<x>.{6,}?)[.!]*$",
         "{who} thought that {x}."),
    rule("misconception", 0.45, r"^i <A>(?:think|believe|guess|assume|suppose) (?:that )?(?P<x>(?=.*\b(?:always|never|all|every|only|the same|no difference|must|faster|bigger)\b).{6,}?)[.!]*$",
         "{who} thinks {x}."),
)  # fmt: skip
