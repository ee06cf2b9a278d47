"""Signs that a model, or the service that runs it, declined the task: words about itself or the request."""

from __future__ import annotations

import re


def refusal(text: str) -> bool:
    """Whether a model declines the task, in words about itself or about the request."""
    return bool(_REFUSAL.search(text))


def declined(error: str) -> bool:
    """Whether the error of a text says that a service, or its model, declined it."""
    return bool(_DECLINED.search(error))


_REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)?(?: model| assistant)?,? i\b"
    r"|\bi(?:'m|’m| am) (?:just )?an ai\b"
    r"|\bi(?:'m|’m| am) (?:sorry|unable|not able)\b[^.\n]{0,40}\b(?:can(?:'t|’t|not)|unable|not able"
    r"|to)\b[^.\n]{0,30}"
    r"\b(?:translat\w+|assist|help|compl(?:y|ete)|fulfil\w*|provide|process|do that)\b"
    r"|^i (?:can(?:'t|’t|not)|won(?:'t|’t)|will not) (?:translate|assist|help with|provide|comply"
    r"|fulfil\w*)\b"
    r"|\bcomme je suis une (?:ia|intelligence artificielle)\b|\bals (?:ki"
    r"|künstliche intelligenz)[- ]?\w*,? (?:kann|darf) ich\b"
    r"|\bje (?:suis désolée?,? mais je )?ne (?:peux|puis) pas (?:traduire|vous aider|répondre à cette)"
    r"|^(?:je suis )?(?:désolée?|navrée?)\b[^\n.]{0,30}\bne (?:peux|puis|suis)\b[^\n.]{0,30}"
    r"(?:tradui|aider|répondre|assist)"
    r"|\bes tut mir leid,? (?:aber )?(?:ich kann|das kann ich|dabei kann ich)\b[^.\n]{0,60}(?:übersetz"
    r"|helfen|anfrage)"
    r"|^(?:(?:es )?tut mir (?:sehr )?leid|leider|entschuldigung|entschuldigen sie)\b[^\n.]{0,30}"
    r"\b(?:kann|darf)\b[^\n.]{0,50}\b(?:nicht|keine)\b[^\n.]{0,30}(?:übersetz|helfen|erfüllen|bearbeiten)"
    r"|\blo siento,? (?:pero )?no puedo (?:traducir|ayudar)|\bdesculpe,? (?:mas )?não posso (?:traduzir"
    r"|ajudar)"
    r"|\bmi dispiace,? (?:ma )?non posso (?:tradurre|aiutar)"
    r"|\b(?:przykro mi|przepraszam),? (?:ale )?nie mogę (?:\w+ )?(?:przetłumaczyć|pomóc|tłumaczyć|spełnić)"
    r"|^(?:het spijt me|sorry)\b[^\n.]{0,20}\bkan\b[^\n.]{0,40}\bniet\b[^\n.]{0,20}(?:vertal|helpen)"
    r"|^(?:omlouvám se|je mi líto)\b[^\n.]{0,20}\bnemohu\b[^\n.]{0,30}(?:přeložit|pomoci|vyhovět)"
    r"|^(?:извините|простите|к сожалению|вибачте|на жаль)\b[^\n.]{0,25}\bне мо(?:гу|жу)\b[^\n.]{0,30}"
    r"(?:перев[ео]|помочь|выполнить|перекла|допомогти|виконати)"
    r"|\bjako (?:model językowy|sztuczna inteligencja)\b"
    r"|(?:抱歉|对不起|對不起|很遗憾)[，,]?\s*(?:但)?我(?:无法|不能|無法)\S{0,4}(?:翻译|翻譯|协助|提供|帮助|满足|处理)"
    r"|(?:申し訳|すみません|恐れ入ります)\S{0,30}(?:お応え|お答え|翻訳|お手伝い|対応)\S{0,10}(?:できません|いたしかねます)"
    r"|죄송\S{0,6}\s[^\n.]{0,30}(?:번역|도와|도움)[^\n.]{0,15}(?:수 없|없습니다)",
    re.I,
)

# `harness.translate.servers.failures.REFUSED`, and the words of the services that send an error status.
_DECLINED = re.compile(
    r"(?:^|: )refused: |content[ _]filter|content management policy|data_inspection_failed", re.I
)
