"""Which language a request is in, which of its words matter, and how the sandbox speaks that language."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDING = re.compile(r"['’](?:s|re|ve|ll|d|t|m)$", re.IGNORECASE)
_CHINESE_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the sandbox: how it is known, and its sentences. `{topic}` is what the request is about."""

    name: str
    script: re.Pattern[str] | None
    """Letters that only this language of ours has; None: it is known by its small words."""
    small_words: frozenset[str]
    """Words that say nothing of the topic."""
    opening: str
    sentences: tuple[str, ...]
    results: str
    """Before what the agents gave back."""
    pictures: str
    earlier: str
    """Of an earlier question, `{topic}`."""
    refusal: str
    full_stop: str = ". "
    comma: str = ", "


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = Language(
    "English",
    None,
    _words(
        "a about above after again all also an and any are as ask at be because been before being between both but by can"
        " could did do does doing down each ever every few for from further get give go had has have he her here him his"
        " how i if in into is it its itself just know let like made make many may me more most much must my no nor not now"
        " of off on once one only or other our out over own please same say sentence sentences shall she should show so"
        " some such tell than that the their them then there these they thing this those through to too two three four five"
        " under until up us use very want was we were what when where which while who whom why will with word words would"
        " write you your yours answer question explain describe briefly short detail list name"
        " compare summarize summarise thanks don doesn isn aren can won haiku table ideas steps like please"
    ),
    "This is the sandbox speaking, on {topic}",
    (
        "Three things matter here: what {topic} is for, whom it serves, and what it costs to keep",
        "Most accounts of {topic} begin with a need and end with a habit",
        "The useful test is to ask what would be missed first if {topic} were gone tomorrow",
        "Start small with {topic}: measure once, change one thing, and measure again",
        "Those who work with {topic} every day tend to praise patience over cleverness",
        "It helps to keep {topic} apart from what merely stands beside it",
        "A good next step is to write down what you already know of {topic} and strike out what you only heard",
        "The details of {topic} differ from place to place, and the outline hardly does",
    ),
    "According to the agents",
    "I was given",
    "Earlier you asked about {topic}",
    "I can't help with that: this request was made to be refused",
)

GERMAN = Language(
    "German",
    None,
    _words(
        "aber als am an auch auf aus bei beim bin bis bitte da damit das dass dein dem den der des die dies diese doch du"
        " durch ein eine einem einen einer eines er erkläre es etwas für gibt hat hatte ich ihr im in ist ja kann kein"
        " keine mit nach nicht noch nur ob oder schon sehr sein sich sie sind so über um und uns unter vom von vor war was"
        " warum wäre weil welche wenn wer werden wie wir wird wo zu zum zur satz sätzen wort"
        " worten kurz ausführlich nenne beschreibe ihn ihm sie mir mich"
    ),
    "Hier spricht die Sandbox, zum Thema {topic}",
    (
        "Drei Dinge zählen: wozu {topic} dient, wem es nützt und was es kostet",
        "Wer mit {topic} beginnt, misst am besten zuerst und ändert dann nur eine Sache",
        "Die meisten Berichte über {topic} fangen mit einem Bedürfnis an und enden mit einer Gewohnheit",
        "Geduld hilft bei {topic} mehr als ein kluger Einfall",
        "Im Einzelnen unterscheidet sich {topic} von Ort zu Ort, im Großen kaum",
    ),
    "Nach Auskunft der Agenten",
    "Ich habe erhalten",
    "Vorhin ging es um {topic}",
    "Dabei kann ich nicht helfen: Diese Anfrage soll abgelehnt werden",
)

FRENCH = Language(
    "French",
    None,
    _words(
        "a à au aux avec ce ces cette comme comment dans de des donne du elle en est et être il ils je la le les leur mais"
        " me mes moi mon ne nous on ou où par pas plus pour pourquoi quand que quel quelle quelles qui sa se ses son sont sur"
        " ta te tes toi ton tu un une vos votre vous phrase phrases mot mots explique décris bref"
    ),
    "Ici le bac à sable, au sujet de {topic}",
    (
        "Trois choses comptent : à quoi sert {topic}, à qui, et à quel prix",
        "Avec {topic}, mieux vaut mesurer une fois, changer une seule chose, puis mesurer encore",
        "La plupart des récits sur {topic} commencent par un besoin et finissent par une habitude",
        "Les détails de {topic} changent d'un lieu à l'autre, les grandes lignes presque jamais",
    ),
    "D'après les agents",
    "J'ai reçu",
    "Vous aviez demandé plus tôt : {topic}",
    "Je ne peux pas aider : cette demande est faite pour être refusée",
)

CHINESE = Language(
    "Chinese",
    _CHINESE_RUN,
    _words(
        "的 是 了 在 和 我 你 他 她 它 们 有 不 这 那 什么 怎么 为什么 请 吗 呢 把 被 一个 用 介绍 解释 一下 如何 写 一句话"
    ),
    "这里是沙盒，主题是{topic}",
    (
        "关于{topic}，先要弄清它的用途、受益的人和维护的成本",
        "谈到{topic}，耐心往往比聪明更重要",
        "研究{topic}时，先测量一次，只改一处，再测量一次",
        "各地的{topic}细节不同，轮廓却相差无几",
    ),
    "根据工具的结果",
    "我收到了",
    "之前您问过{topic}",
    "我不能回答：这个请求是用来被拒绝的",
    "。",
    "，",
)

ARABIC = Language(
    "Arabic",
    re.compile(r"[\u0600-\u06ff]"),
    _words(
        "في من على إلى عن هل ما ماذا كيف لماذا هذا هذه ذلك التي الذي أن إن كان كانت هو هي أنا أنت و أو لا مع اشرح اكتب جملة قصيرة"
    ),
    "هنا بيئة التجربة، والموضوع هو {topic}",
    (
        "ثلاثة أمور تهم في {topic}: الغرض منه، ومن ينتفع به، وكلفة صيانته",
        "الصبر مع {topic} أنفع من الحيلة",
        "ابدأ مع {topic} بخطوة صغيرة: قس مرة، وغيّر شيئا واحدا، ثم قس مرة أخرى",
        "تختلف تفاصيل {topic} من مكان إلى آخر، ويبقى الإطار واحدا",
    ),
    "بحسب نتائج الأدوات",
    "وصلني",
    "سألت من قبل عن {topic}",
    "لا أستطيع المساعدة: هذا الطلب وُضع ليُرفض",
    ". ",
    "، ",
)

LANGUAGES = (CHINESE, ARABIC, GERMAN, FRENCH, ENGLISH)


def language_of(text: str) -> Language:
    """The language of a text, by its letters or by most of its small words; English where nothing tells."""
    for language in LANGUAGES:
        if language.script is not None and len(language.script.findall(text)) >= 1:
            return language
    words = [w.lower() for w in _WORD.findall(text)]
    known = [(sum(w in lang.small_words for w in words), lang) for lang in LANGUAGES if lang.script is None]
    best, found = max(known, key=lambda pair: pair[0])
    # English comes last in the list and is taken where it does as well as another.
    return ENGLISH if best == 0 or best == known[-1][0] else found


def key_words(text: str, language: Language) -> list[str]:
    """The words that say what a text is about, in their order, each once."""
    if language is CHINESE:
        found = _chinese_words(text)
    else:
        words = [_ENDING.sub("", w) for w in _WORD.findall(text)]
        found = [w for w in words if w.lower() not in language.small_words and len(w) > 1]
    return list(dict.fromkeys(found))


def _chinese_words(text: str) -> list[str]:
    # Without a dictionary: what stands between the small words.
    small = sorted(CHINESE.small_words, key=len, reverse=True)
    between = re.split("|".join(map(re.escape, small)), text)
    return [run for part in between for run in _CHINESE_RUN.findall(part)]
