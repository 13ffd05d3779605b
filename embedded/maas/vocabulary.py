"""Words that a memory search treats specially: those that carry no subject or little
of one, those that ask for an overview, and everyday verbs whose subject is unsaid.

Lower-case. English is listed as words; Korean and Japanese only where a whole message
consists of them, since their text is searched by character pairs.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words(
    """
    a about above after again against all also am an and any are aren't as at be
    because been before being below between both but by can can't cannot could
    couldn't did didn't do does doesn't doing don't down during each either else ever
    every few for from further had hadn't has hasn't have haven't having he he'd he'll
    he's her here hers herself him himself his how i i'd i'll i'm i've if in into is
    isn't it it'd it'll it's its itself just let let's may maybe me might mine more
    most much must my myself neither no nor not of off on once only or other our ours
    ourselves out over own perhaps rather really same shall she she'd she'll she's
    should shouldn't since so some still such than that that'd that's the their theirs
    them themselves then there there's these they they'd they'll they're they've this
    those though through to too under until up upon very was wasn't we we'd we'll we're
    we've were weren't what what's when where where's which while who who's whom whose
    why will with won't would wouldn't yet you you'd you'll you're you've your yours
    yourself
    user users learner learners student person character assistant
    """
)
# They say little, but between two statements that say the rest they decide.
LIGHT_WORDS = _words(
    """
    across already along always anymore anyone anything around away back behind
    besides beyond couple day days even everyone everything first get gets getting go
    goes going gonna got gotten bit lot lots kind sort actually basically literally
    make makes made making mean means meant thing things something someone stuff take
    takes taken took put puts want wanted wants way well went come comes came
    give gives given like liked likes use used uses try tried
    now today tonight tomorrow yesterday soon later currently sometimes often usually
    never ago
    say says said tell tells told ask asks asked think thinks thought believe believes
    know knows knew known feel feels feeling felt look looks looking
    please show describe help recommend suggest
    """
)
SMALL_TALK = _words(
    """
    hello hi hey hiya howdy yo greetings morning afternoon evening night goodnight
    good great fine nice cool awesome perfect wonderful amazing lovely ok okay k kk
    alright right sure yes yeah yep yup no nope nah thanks thank thx ty cheers welcome
    bye goodbye cya see ya later haha hahaha lol lmao hehe hmm hm uh um umm oh ah aha
    wow sorry pardon understood gotcha agreed indeed interesting funny glad
    there teacher tutor everybody friend
    안녕 안녕하세요 안녕히 네 넵 예 응 아니 아니요 고마워 고마워요 감사합니다 감사해요
    ㅋㅋ ㅋㅋㅋ ㅎㅎ ㅎㅎㅎ 알겠어 알겠어요 알겠습니다 그래 그래요 좋아 좋아요 잘자
    こんにちは こんばんは おはよう おはようございます はい うん いいえ ありがとう
    ありがとうございます 了解 了解です わかった わかりました さようなら またね
    おやすみ おやすみなさい そうですね そうだね なるほど どうも
    你好 您好 谢谢 好的 再见 嗯 好 是的
    """
)
# Greetings of several words, or without spaces around: nothing of them is a subject.
GREETINGS = (
    r"좋은 (?:아침|하루|저녁|밤)(?:이에요|이야|입니다|되세요|보내세요|보내)?",
    r"잘 (?:지냈|지내|잤|있었)(?:어요?|니|나요?|습니까|세요|시죠|죠)?(?=[\s?!.~]|$)",
    r"안녕히 (?:가|계|주무)세요|안녕(?:하세요|하십니까)?|반가워요?|반갑습니다",
    r"お?元気(?:ですか|かい|だった|でしたか|[?？])|お?久しぶり(?:です)?(?:ね)?",
    r"おはよう(?:ございます)?|こんにちは|こんばんは|おやすみ(?:なさい)?|はじめまして",
    r"(?:早上|上午|下午|晚上|中午|大家|你们)好|[你您]好吗?|早安|午安|晚安|早[!！。]",
    r"最近(?:怎么样|好吗|还好吗|如何)|好久不见|谢谢[你您]?|再见|拜拜",
)
OVERVIEW_WORDS = _words(
    """
    remember remembered remembers recall recalls memory memories memorise memorize
    forget forgotten note notes adapt adapts follow followup topic topics summarize
    summarise summary latest recent overview everything reply replying respond
    responding response answer answering conversation chat lesson teach teaching
    기억 기억해 기억하고 覚えて 覚えている 覚えてる 記憶
    """
)
SUBJECTS = {
    "listen": "music",
    "song": "music",
    "sing": "music",
    "watch": "film",
    "eat": "food",
    "cook": "food",
    "dinner": "food",
    "lunch": "food",
    "breakfast": "food",
    "hungry": "food",
    "recipe": "food",
    "restaurant": "food",
    "drink": "drink",
    "read": "book",
    "wear": "clothes",
    "live": "home moved",
    "living": "job work",
    "job": "work",
    "career": "work",
    "pet": "dog cat",
    "vet": "dog cat",
    "sick": "health",
    "doctor": "health",
    "present": "gift",
    "birthday": "birthday gift",
    "holiday": "travel",
    "vacation": "travel",
    "trip": "travel",
    "dad": "father",
    "daddy": "father",
    "mom": "mother",
    "mum": "mother",
    "movie": "film",
    "exam": "test",
    "kid": "child",
    "brief": "short",
    "shortly": "short",
    "childhood": "grew up young",
}
# Endings and connecting words of Japanese: pairs that say nothing about the subject.
KANA_PAIRS = _words(
    """
    です ます でし まし した して いる いた いて ある あっ った って から まで でも けど
    たい たく ない なか ので のに など こと もの よう それ これ あれ どれ どう どん んな
    こん そん さん では には とは のは のが のを にも かな だよ だね だっ なら なる なり
    られ れる せん する して され うか だろ ろう しょ ょう たら れば くだ ださ さい てい
    とう がと まし てる んで んだ なの のか もう とて とても
    """
)
# The subject of nearly every stored statement.
CJK_SUBJECTS = (
    "사용자는", "사용자가", "사용자의", "사용자", "학습자는", "학습자가", "학습자의",
    "학습자", "ユーザー", "学習者", "生徒", "用户", "學習者",
)  # fmt: skip
