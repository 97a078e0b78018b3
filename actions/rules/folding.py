"""How a message is written down before a rule reads it: one plain spelling out of the many people use.

`fold` removes what carries no meaning for a rule (case, accents, invisible characters, elongations).
`expand_sms` then turns SMS spelling into plain words. Both take linear time and never raise.
"""

import re
import unicodedata

_APOSTROPHES = "'’‘‛ʼʹ`´′＇ʾ"
# Letters of other alphabets that look Latin, and ligatures that no normalisation form takes apart.
_LOOKALIKES = dict(
    zip("аеорсухіјѕһԁκοανρτιμ", "aeopcyxijshdkoavptiu", strict=True),
) | {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "×": "x"}
_BEFORE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_AFTER = str.maketrans(_LOOKALIKES)

_SPACES = re.compile(r"\s+")
# "créée" holds three e once its accents are gone: two are kept. Four or more are somebody shouting.
_THREE_E = re.compile(r"(?<!e)eee(?!e)")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_LONG_MARK = re.compile(r"([^\w\s])\1+")
# Four single letters in a row are a word spelled out; three may be "c t a" or "y a 1".
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W\d_](?:[ ._*-][^\W\d_]){3,}(?![^\W_])")
_NOT_LETTER = re.compile(r"[\W_]+")
_JPP = re.compile(r"\bjp{2,}\b")


def fold(text: str) -> str:
    """The text in lower case, without accents, invisible characters, elongations or spare spaces.

    Apostrophes become "'", full-width and look-alike letters become Latin ones, letters spelled out one by
    one are joined. Line ends become spaces: a caller that needs them splits first.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_BEFORE)).casefold()
    plain = "".join(filter(None, map(_visible, unicodedata.normalize("NFKD", plain))))
    plain = _SPACES.sub(" ", plain.translate(_AFTER)).strip()
    plain = _shorten(plain)
    plain = _SPELLED_OUT.sub(lambda found: _NOT_LETTER.sub("", found[0]), plain)
    return _shorten(plain)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character)[0] in "CM" else character


def _shorten(text: str) -> str:
    text = _JPP.sub("j%pp", text)
    text = _THREE_E.sub("e%e", text)
    text = _LONG_LETTER.sub(r"\1", text)
    text = _LONG_MARK.sub(r"\1", text)
    return text.replace("e%e", "ee").replace("j%pp", "jpp")


# One spelling → plain words. Only spellings that are no other French word; the rest is in _IN_CONTEXT.
_WORDS: dict[str, str] = {
    "2m1": "demain", "2main": "demain", "ajd": "aujourd hui", "ajdh": "aujourd hui", "ak": "avec",
    "apel": "appelle", "apl": "appel", "ariv": "arrive", "arrv": "arrive", "auj": "aujourd hui",
    "aujourdhui": "aujourd hui", "avek": "avec", "avk": "avec", "bb": "bebe", "bcp": "beaucoup",
    "bjr": "bonjour", "bn": "bien", "bocou": "beaucoup", "bokou": "beaucoup", "bq": "beaucoup",
    "bsr": "bonsoir", "cav": "ca va", "cest": "c est", "cetait": "c etait", "chai": "je sais",
    "chais": "je sais", "chui": "je suis", "chuis": "je suis", "cmt": "comment", "coment": "comment",
    "dacc": "d accord", "dak": "d accord", "dehor": "dehors", "deor": "dehors", "deors": "dehors",
    "dja": "deja", "dla": "de la", "dm1": "demain", "dmain": "demain", "dor": "dors", "dps": "depuis",
    "dpuis": "depuis", "dsl": "desole", "dwa": "dois", "fo": "faut", "foder": "faudrait",
    "fodrai": "faudrait", "frr": "frere", "g": "j ai", "gt": "j etais", "jai": "j ai", "jariv": "j arrive",
    "jarrive": "j arrive", "jattends": "j attends", "jaurai": "j aurai", "jaurais": "j aurais",
    "javai": "j avais", "javais": "j avais", "jcherche": "je cherche", "jconnais": "je connais",
    "jcroi": "je crois", "jcrois": "je crois", "jdois": "je dois", "jdor": "je dors", "jdors": "je dors",
    "jen": "j en", "jenpeuxplus": "j en peux plus", "jesuis": "je suis", "jetais": "j etais",
    "jfais": "je fais", "jflippe": "je flippe", "jmange": "je mange", "jme": "je me", "jmen": "je m en",
    "jpe": "je peux", "jpense": "je pense", "jperds": "je perds", "jpeu": "je peux", "jpeut": "je peux",
    "jpeux": "je peux", "jpp": "j en peux plus", "jprends": "je prends", "jpx": "je peux",
    "jrentre": "je rentre", "jreste": "je reste", "jsai": "je sais", "jsais": "je sais",
    "jserai": "je serai", "jserais": "je serais", "jss": "je suis", "jsu": "je suis", "jsui": "je suis",
    "jsuis": "je suis", "jte": "je te", "jtrouve": "je trouve", "jv": "je vais", "jvai": "je vais",
    "jvais": "je vais", "jve": "je veux", "jveu": "je veux", "jveut": "je veux", "jveux": "je veux",
    "jviens": "je viens", "jvis": "je vis", "jvoudrais": "je voudrais", "jvoulais": "je voulais",
    "jvx": "je veux", "jy": "j y", "k": "que", "kan": "quand", "kand": "quand", "kdo": "cadeau",
    "ke": "que", "kel": "quel", "kelk1": "quelqu un", "kelkun": "quelqu un", "kelle": "qu elle",
    "keske": "qu est ce que", "ki": "qui", "kil": "qu il", "koi": "quoi", "kom": "comme",
    "lgtps": "longtemps", "lontemp": "longtemps", "maintenan": "maintenant", "mem": "meme", "mm": "meme",
    "mnt": "maintenant", "moa": "moi", "moy": "moi", "ms": "mais", "msg": "message",
    "mtenant": "maintenant", "mtn": "maintenant", "mtnt": "maintenant", "mwa": "moi",
    "nimp": "n importe quoi", "nn": "non", "np": "pas de probleme", "nrv": "enerve", "ns": "nous",
    "nuitt": "nuit", "o": "au", "oci": "aussi", "ojd": "aujourd hui", "ojourdui": "aujourd hui",
    "osi": "aussi", "pa": "pas", "parceque": "parce que", "pask": "parce que", "paske": "parce que",
    "pb": "probleme", "pblm": "probleme", "pbm": "probleme", "pck": "parce que", "pcq": "parce que",
    "pdt": "pendant", "peutetre": "peut etre", "pk": "pourquoi", "pkoi": "pourquoi", "pq": "pourquoi",
    "pr": "pour", "prcq": "parce que", "psk": "parce que", "ptet": "peut etre", "ptetr": "peut etre",
    "pti": "petit", "ptit": "petit", "ptite": "petite", "qd": "quand", "qil": "qu il", "qlq": "quelque",
    "qlqn": "quelqu un", "qq": "quelques", "qqch": "quelque chose", "qqchose": "quelque chose",
    "qqn": "quelqu un", "qqun": "quelqu un", "quil": "qu il", "qun": "qu un", "quon": "qu on",
    "rdv": "rendez vous", "ri1": "rien", "rv": "rendez vous", "savapa": "ca va pas", "savapas": "ca va pas",
    "shui": "je suis", "slt": "salut", "soar": "soir", "stp": "s il te plait", "sui": "suis",
    "svp": "s il vous plait", "swar": "soir", "swr": "soir", "tinquiete": "t inquiete",
    "tjours": "toujours", "tjr": "toujours", "tjrs": "toujours", "tjs": "toujours", "tkt": "t inquiete",
    "tlm": "tout le monde", "toa": "toi", "tps": "temps", "tqt": "t inquiete", "tro": "trop", "tt": "tout",
    "tte": "toute", "ttes": "toutes", "twa": "toi", "vla": "voila", "vraimen": "vraiment",
    "vrm": "vraiment", "vrman": "vraiment", "vrmt": "vraiment", "vs": "vous", "we": "week end",
    "xq": "parce que", "ya": "y a", "yapas": "y a pas", "yaura": "y aura", "yavait": "y avait",
}  # fmt: skip

# Spellings that are also a French word, or that hang on their neighbour: rewritten only beside these words.
_IN_CONTEXT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\b(?:j|je) (?:v|ve|vx|veu|veut)\b", "je veux"),
        (r"\b(?:j|je) (?:p|px|peu|pe|peut)\b", "je peux"),
        (
            r"\bj (sui|suis|vais|vai|dors|mange|dois|fais|crois|pense|me|te|veux|peux|vis|reste|sais)\b",
            r"je \1",
        ),
        (r"\bje (?:c|sai)\b", "je sais"),
        (r"\bje ve\b", "je veux"),
        (r"\bje vai\b", "je vais"),
        (r"\bj en (?:peu|peut|pe|px)\b", "j en peux"),
        (r"\bj en plus\b(?= [^\w]| de vivre|$)", "j en peux plus"),
        (r"\bje en peux\b", "j en peux"),
        (
            r"\b(peux|peut|veux|veut|dors|mange|mangeons|envie|vis|sais|arrive|supporte|tiens) pu\b",
            r"\1 plus",
        ),
        (r"\bpu (?=(?:de|d|rien|personne|aucun|jamais|nulle|envie|la force|un)\b)", "plus "),
        (r"\bc\b(?! (?:est|etait|etaient|sera|serait|ete|t)\b)", "c est"),
        (r"\b(j|je) ss\b", "je suis"),
        (
            r"\b(peux|peut|veux|veut|dors|mange|sais|arrive|supporte|tiens|a|ai) plu (?=(?:de|d|rien|vivre|envie)\b)",
            r"\1 plus ",
        ),
        (r"\bd1\b", "d un"),
        (r"\bsui(?= (?:a|au|dehors|enceinte|seul|mal|en|plus)\b)", "suis"),
    )
)
_TOKEN = re.compile(r"[a-z0-9]+")
_JOINTS = re.compile(r"[\s'’_-]+")


def expand_sms(folded: str) -> str:
    """A folded text with SMS spelling as plain words: "jvx pu vivre" → "je veux plus vivre".

    Apostrophes and hyphens become spaces ("j'ai" → "j ai"), so that a rule needs one spelling only.
    """
    words = _TOKEN.sub(lambda found: _WORDS.get(found[0], found[0]), _JOINTS.sub(" ", folded))
    for pattern, plain in _IN_CONTEXT:
        words = pattern.sub(plain, words)
    return words.strip()
