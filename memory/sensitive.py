"""Which remembered statements are delicate, so that a person is asked before any is kept.

Plain word lists for English, Korean, Japanese and Chinese, without a model. They find
what is named openly; a fact that only hints at one of these matters passes. A false
alarm costs one question, a miss keeps what should have been asked about, so doubtful
words are on the lists. The kinds follow what data protection law calls special
categories (GDPR, article 9), and add money and what others told in confidence.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

HEALTH = "health"
SEXUALITY = "sexuality"
RELIGION = "religion"
POLITICS = "politics"
MONEY = "money"
SECRETS = "secrets"

_LATIN = {
    HEALTH: (
        r"ill(?:ness(?:es)?)?|sick(?:ness)?|diseases?|cancer|tumou?rs?|chemo(?:therapy)?"
        r"|diabet\w+|asthma|epilep\w+|migraines?|allerg\w+|celiac|arthritis|hiv|aids"
        r"|depress(?:ed|ion|ive)|anxiety (?:disorder|attacks?)|panic (?:attacks?|disorder)"
        r"|bipolar|schizo\w+|adhd|autis\w+|dyslexi\w+|ptsd|ocd|eating disorder|anorexi\w+"
        r"|bulimi\w+|suicid\w+|self[- ]harm\w*|therap(?:y|ist|ists)|psychiatr\w+"
        r"|antidepressants?|medications?|medicine|prescri\w+|pills?|insulin|surgery"
        r"|operat(?:ed|ion) on|hospitali[sz]ed|in (?:the )?hospital|diagnos\w+|disab\w+"
        r"|wheelchair|pregnan\w+|miscarr\w+|abortion|ivf|addict\w+|alcoholi\w+|rehab"
        r"|sober|insomnia|heart (?:attack|condition|disease)|blood pressure|stroke"
        r"|chronic(?:ally)?|symptoms?|infections?|covid|burnout"
    ),
    SEXUALITY: (
        r"gay|lesbian|bisexual|asexual|queer|homosexual\w*|heterosexual\w*|transgender"
        r"|trans (?:man|woman|person)|non[- ]?binary|coming out|came out as|sexual\w*|sex"
        r"|sex life|kinks?|fetish\w*|porn\w*|virgin(?:ity)?|affair with|one[- ]night stand"
        r"|libido|erectile"
    ),
    RELIGION: (
        r"christian\w*|catholic\w*|protestant\w*|orthodox|muslims?|islam\w*|jew(?:s|ish)?"
        r"|judaism|hindu\w*|buddhis\w+|sikh\w*|atheis\w+|agnostic\w*|mormon\w*|jehovah\w*"
        r"|religio\w+|faith in god|believes? in god|pray(?:s|ed|ing|ers?)?|church|mosque"
        r"|synagogue|bapti[sz]\w+|convert(?:ed)? to|ramadan|bible|qur'?an|koran"
    ),
    POLITICS: (
        r"vot(?:e|es|ed|ing) (?:for|against)|republicans?|democrats?|labour party|tor(?:y|ies)"
        r"|conservative party|green party|liberal party|communis\w+|socialis\w+|fascis\w+"
        r"|left[- ]wing|right[- ]wing|politic\w+|party member|member of (?:the )?\w+ party"
        r"|trade union|union member|activis\w+|protest(?:s|ed|er|ers|ing)?"
    ),
    MONEY: (
        r"salar(?:y|ies)|debts?|in debt|mortgages?|bankrupt\w*|loans?|savings|overdraft"
        r"|credit card|net worth|income|pension|inherit(?:ed|ance)|owes?|owed|laid off"
        r"|unemploy\w+|food bank|can(?:not|'t) afford|broke|earns? (?:[$€£¥₩]|\d)\S*"
        r"|makes? (?:[$€£¥₩]\S*|\d[\d,.]*k?) a (?:year|month)|gambl\w+"
    ),
    SECRETS: (
        r"in confidence|confided|swore me to secrecy|promised not to tell|secret(?:ly|s)?"
        r"|(?:do not|don't|must not|mustn't) tell (?:anyone|anybody|them|him|her)"
        r"|nobody (?:else )?knows|no one (?:else )?knows|between (?:you and me|us)"
        r"|is cheating on|cheated on (?:her|his|their)|having an affair"
    ),
}
_EAST = {
    HEALTH: (
        r"병원|질병|질환|암(?=에|을|이|\s|진단|투병)|당뇨|천식|우울증|공황|불안장애|알레르기"
        r"|수술|임신|유산|장애|정신과|약을 먹|처방|진단|중독|자살|자해|입원|치료"
        r"|病気|病院|持病|癌|がん(?=で|に|と)|糖尿|喘息|鬱|うつ病|アレルギー|手術|妊娠|流産"
        r"|障害|精神科|薬を飲|処方|診断|依存症|自殺|入院|治療"
        r"|疾病|生病|医院|癌症|糖尿病|哮喘|抑郁|焦虑症|过敏|手术|怀孕|流产|残疾|吃药|住院"
        r"|诊断|成瘾|自杀|確診|憂鬱症|過敏|懷孕"
    ),
    SEXUALITY: (
        r"게이|레즈비언|동성애|양성애|성소수자|트랜스젠더|커밍아웃|성생활|성적"
        r"|ゲイ|レズビアン|同性愛|両性愛|バイセクシュアル|トランスジェンダー|カミングアウト|性的"
        r"|同性恋|双性恋|跨性别|出柜|性取向|性生活|同性戀"
    ),
    RELIGION: (
        r"기독교|천주교|불교|이슬람|무슬림|교회|성당|종교|신앙|기도|무신론"
        r"|キリスト教|カトリック|仏教徒|仏教|イスラム|ムスリム|教会|宗教|信仰|祈り|無神論"
        r"|基督教|天主教|佛教|伊斯兰|穆斯林|教堂|宗教|信仰|祈祷|无神论"
    ),
    POLITICS: (
        r"투표|정당|진보|보수|민주당|국민의힘|정치|노조|시위"
        r"|投票|政党|自民党|共産党|政治|労働組合|デモに|支持して(?:いる|る).{0,4}党"
        r"|民主党|国民党|共产党|工会|抗议|共產黨"
    ),
    MONEY: (
        r"월급|연봉|빚|대출|파산|통장|저축|실직|해고"
        r"|年収|月収|給料|借金|ローン|破産|貯金|失業|解雇"
        r"|工资|薪水|年薪|月薪|负债|欠债|贷款|破产|存款|失业|薪資|貸款"
    ),
    SECRETS: (
        r"비밀|아무에게도 말하지|아무한테도 말하지|秘密|内緒|誰にも言わ|保密|别告诉|不要告诉"
    ),
}
KINDS = MappingProxyType(
    {
        # Words of spaced scripts stand alone; those of the others within a run.
        kind: re.compile(rf"(?<!\w)(?:{latin})(?!\w)|{_EAST[kind]}", re.IGNORECASE)
        for kind, latin in _LATIN.items()
    }
)
"""What tells each kind; a statement is of the first that matches."""


def kind_of(*texts: str) -> str:
    """The kind of delicate fact that one of these texts names, or ""."""
    normal = [unicodedata.normalize("NFKC", text) for text in texts]
    for kind, telling in KINDS.items():
        if any(telling.search(text) for text in normal):
            return kind
    return ""
