"""What servers say when they refuse mail, by what it means. Every alternative is a way of speaking
that many systems share; none is one system's sentence."""

from __future__ import annotations

import re

_SOMEBODY = r"(?:user|recipient|mailbox|address(?:es)?|account|addressee|alias)"


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


AUTHENTICATION = _any(
    r"\b(?:spf|dkim|dmarc|domain ?keys)\b",
    r"un-?authenticated|not authenticated",
    r"(?:without|requires?|smtp|sender) authenticat",
    r"authenticat\w+ (?:is )?(?:required|failed|failure)",
)
OUR_NAME = _any(
    r"\b(?:ptr|r-?dns)\b",
    r"reverse[- ](?:dns|lookup|address|hostname|host)",
    r"cannot find your (?:reverse )?host ?name",
    r"(?:helo|ehlo)\b.{0,40}(?:reject|invalid|denied|not)",
    r"client host rejected: cannot find",
    r"unverif[yi]able",
    r"invalid (?:domain|host) ?name",
)
SENDER = _any(
    r"sender.{0,30}(?:reject|invalid|unknown|not exist|denied|not allowed|verify|verification)",
    r"(?:reject|invalid|unknown|bad|unresolvable).{0,20}sender",
    r"domain of sender",
    r"from:? (?:address|domain|header|field|line)",
    r"\bfrom:?.{0,20}\binvalid",
    r"return[- ]path",
)
MESSAGE_AMISS = _any(
    r"\brfc ?-?(?:2822|5322|822|2045)\b",
    r"\bnot.{0,10} compliant",
    r"header (?:error|syntax|missing|line)",
    r"8-?bit",
    r"bare (?:lf|cr|linefeed)",
    r"malformed (?:message|header|mime)",
)
SHUT = _any(
    r"(?:account|user|mailbox|recipient|compte|address).{0,40}(?:disabled|suspend|inactive"
    r"|not active|locked|deactivated|discontinued|frozen|blocked|on hold|expired|restricted"
    r"|bloqu[ée])",
    r"(?:disabled|suspended|inactive|locked|deactivated|closed) "
    r"(?:account|user|mailbox|recipient)",
)
FULL = _any(
    r"(?:mail ?box|mail ?folder|inbox|account|maildrop|quota|storage|disk|user).{0,40}"
    r"(?:full|exceed|over ?quota|limit|no space|insufficient)",
    r"(?:exceed|over|out of|insufficient|above).{0,30}(?:quota|storage|disk space|mailbox)",
    r"over ?quota|mailbox size|not enough (?:storage|space|disk)|too much mail data",
    r"bo[iî]te.{0,30}pleine|postfach.{0,30}voll|buz[oó]n.{0,30}llen[oa]|casella.{0,30}piena",
    r"postvak.{0,30}\bvol\b|caixa.{0,30}cheia|skrzynk.{0,30}pełn|schránk.{0,30}pln",
    r"メールボックス.{0,20}(?:一杯|いっぱい|容量|満杯)|переполнен|邮箱.{0,10}(?:满|超)",
)
POLICY = _any(
    r"(?:black|block|deny|grey) ?-?list",
    r"\b(?:rbl|dnsbl|bl|ube|uce|junk)\b",
    r"spam|virus|malware|phish|infected|suspicious|abuse|complaint|unsolicited|reputation",
    r"bulk (?:e?-?mail|filter)|\bblocked\b|polic(?:y|ies)",
    r"(?:content|message|mail) (?:was |is |has been )?(?:rejected|refused|filtered|denied)",
    r"content.{0,20}(?:not allowed|prohibited|forbidden)",
    r"too many|rate (?:limit|that)|throttl|unexpected volume",
    r"not (?:permitted|allowed|authori[sz]ed|accepted for)|access denied|prohibited|forbidden",
    r"not (?:a )?member|only members|subscribers only|moderated",
    r"invalid ip|bad (?:ip|host)|\bip\b.{0,60}(?:reject|refus|denied)",
    r"message (?:size|length)|too (?:large|big)",
)
RELAYING = _any(
    r"relay(?:ing)?\b.{0,30}(?:denied|prohibited|not|refused|access)",
    r"(?:unable|not.{0,20}) to relay",
)
DNS_TROUBLE = _any(
    r"(?:malformed|unexpected).{0,20}name ?server",
    r"servfail|server fail",
    r"name ?server.{0,40}(?:timed? ?out|unreachable|not respond)",
    r"lookup.{0,20}(?:failure|temporar|deferred)",
    r"try (?:again )?later|not found, try again",
)
TAKES_NO_MAIL = _any(
    r"(?:host|domain|system)\b.{0,30}(?:does not|doesn't|not|never) accept(?:ing|s)?\b",
    r"no mx (?:record )?found|null ?mx",
    r"(?:mx or srv|srv or mx) record indicated no smtp",
)
NO_DOMAIN = _any(
    r"host (?:or domain name )?(?:unknown|not found)",
    r"(?:unknown|no such) (?:host|domain)",
    r"domain\b.{0,60}\b(?:does(?: not|n.?t) exist)|domain (?:name )?(?:not found|unknown)",
    r"domain .{0,80}(?:couldn't|could not) be found",
    r"couldn't find any host|illegal host|nxdomain",
    r"all relevant mx records point to non-?existent|all host address lookups failed",
    r"unrout(?:e)?able (?:mail )?(?:domain|address)",
)
# Of servers that ask a directory before they take a message: their numbers mean other things
# elsewhere, and their words are those of a policy.
NOT_IN_DIRECTORY = _any(
    r"5\.4\.1\W+recipient address rejected",
    r"5\.1\.0\W+(?:recipient )?address rejected",
    r"(?:not listed|no match|not found) in .{0,30}(?:directory|address book)",
)
NO_ACCOUNT = _any(
    r"(?:doesn't|does not|not) have an? .{0,40}account",
    r"no longer (?:with|at|works|employed|valid|in use|available|exists)",
    r"has moved|no forwarding address",
)
NO_MAILBOX = _any(
    r"(?:unknown|invalid|no such|non-?existent|illegal|unrecogni[sz]ed|bad|no valid)"
    r" (?:local )?(?:e?-?mail ?)?"
    r"(?:user|recipient|mailbox|address|account|alias|local[- ]part|destination)",
    rf"{_SOMEBODY}s?\b.{{0,60}}(?:unknown|unavailable|invalid|isn't (?:valid|known)"
    r"|not (?:be )?(?:found|known|exist|recogni[sz]ed|listed|here|valid|available)"
    r"|doesn't exist|does not exist|couldn't be found|(?:could not|cannot) be (?:found|located))",
    rf"(?:is|are) not a valid (?:e?-?mail )?{_SOMEBODY}",
    rf"(?:could ?n[o']t|can(?:not|'t)|unable to) (?:find|locate|resolve).{{0,30}}{_SOMEBODY}",
    r"recip(?:ient)?notfound",
    r"(?:incorrect|wrong) (?:e?-?mail )?address|no mailbox|address no longer accepts",
    r"invalid (?:\w+ ){0,3}user ?id",
    r"(?:no (?:such )?(?:person|name|account)|nobody|no one) (?:at|by|here|of)",
    r"not (?:our|a) (?:customer|known user)",
    r"(?:destinataire|adresse|utilisateur).{0,60}(?:invalide|introuvable|inconnu|n'existe pas)",
    r"(?:empfänger|adresse|benutzer|postfach).{0,60}"
    r"(?:unbekannt|existiert nicht|nicht gefunden|ungültig)",
    r"(?:usuario|destinatario|direcci[oó]n|buz[oó]n).{0,60}"
    r"(?:no existe|desconocid|no (?:fue |se ha )?encontrad)",
    r"(?:usuário|destinatário|endereço).{0,60}(?:não existe|desconhecid|não (?:foi )?encontrad)",
    r"(?:utente|destinatario|indirizzo|casella).{0,60}(?:non esiste|sconosciut|inesistente)",
    r"(?:gebruiker|adres|postvak|geadresseerde).{0,60}"
    r"(?:onbekend|bestaat niet|niet gevonden|ongeldig)",
    r"(?:użytkownik|adres|skrzynk|kont[ao]|odbiorc).{0,60}"
    r"(?:nie istnieje|nieznan|nie (?:został[ay]? )?znalezion)",
    r"(?:uživatel|adres[aá]|schránk|příjemce).{0,60}(?:neexistuje|neznám|nenalezen)",
    r"(?:användare|adress|mottagare|brevlåda).{0,60}(?:okänd|finns inte|hittades inte)",
    r"(?:kullanıcı|adres|alıcı).{0,60}(?:bulunamadı|mevcut değil|bilinmiyor)",
    r"(?:アドレス|宛先|ユーザ).{0,30}"
    r"(?:見つかり?ません|見つからな|存在しま?せん|存在しない|ありません|不明)",
    r"(?:пользовател|адрес|ящик).{0,40}(?:не (?:существует|найден)|неизвест)",
    r"тако(?:го|й) .{0,30}(?:нет|не существует)",
    r"ディレクトリ.{0,20}ありません",
    r"(?:사용자|수신자|주소|메일함).{0,20}(?:존재하지 않|찾을 수 없|알 수 없)",
    r"(?:用户|收件人|地址|邮箱).{0,20}(?:不存在|未找到)",
)
STUCK = _any(r"\bloop|hop count|local configuration error|timed? ?out|expired")
REFUSED = _any(r"\breject(?:ed|ion)?\b")
