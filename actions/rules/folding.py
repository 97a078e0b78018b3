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
# Two Arabic signs that would unfold to eighteen letters each: no rule reads them.
_BEFORE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys("\ufdfa\ufdfb"))
_AFTER = str.maketrans(_LOOKALIKES)

_SPACES = re.compile(r"\s+")
# "créée" holds three e once its accents are gone: two are kept. Four or more are somebody shouting.
_THREE_E = re.compile(r"(?<!e)eee(?!e)")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_LONG_MARK = re.compile(r"([^\w\s])\1+")
# Four single letters in a row, parted alike, are a word spelled out; three may be "c t a" or "y a 1".
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W\d_]([ ._*-])[^\W\d_](?:\1[^\W\d_]){2,}(?![^\W_])")
_NOT_LETTER = re.compile(r"[\W_]+")
_JPP = re.compile(r"\bjp{2,}\b")


class _Visible(dict[int, str | None]):
    """What `str.translate` makes of each character: a space of any kind, nothing, or itself."""

    _MOST = 4096  # characters remembered

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kept: str | None = character
        if character.isspace():
            kept = " "
        elif unicodedata.category(character)[0] in "CM":
            kept = None
        if len(self) < self._MOST:
            self[code] = kept
        return kept


_VISIBLE = _Visible()


def fold(text: str, *, longest: int | None = None) -> str:
    """The text in lower case, without accents, invisible characters, elongations or spare spaces.

    Apostrophes become "'", full-width and look-alike letters become Latin ones, letters spelled out one by
    one are joined. Line ends become spaces: a caller that needs them splits first. `longest` cuts what is
    read: one sign may stand for eighteen letters.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_BEFORE))[:longest].casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_VISIBLE)
    plain = _SPACES.sub(" ", plain.translate(_AFTER)).strip()
    plain = _shorten(plain)
    plain = _SPELLED_OUT.sub(lambda found: _NOT_LETTER.sub("", found[0]), plain)
    return _shorten(plain)


def _shorten(text: str) -> str:
    text = _JPP.sub("j%pp", text)
    text = _THREE_E.sub("e%e", text)
    text = _LONG_LETTER.sub(r"\1", text)
    text = _LONG_MARK.sub(r"\1", text)
    return text.replace("e%e", "ee").replace("j%pp", "jpp")


# One spelling → plain words. Only spellings that are no other French word; the rest is in _IN_CONTEXT.
_WORDS: dict[str, str] = {
    "2m1": "demain", "2main": "demain", "ac": "avec", "ajd": "aujourd hui", "ajdh": "aujourd hui",
    "ak": "avec", "apel": "appelle", "apl": "appel", "ariv": "arrive", "arrv": "arrive",
    "auj": "aujourd hui", "aujourdhui": "aujourd hui", "aulieu": "au lieu", "avek": "avec", "aveq": "avec",
    "avk": "avec", "bb": "bebe", "bcp": "beaucoup", "bjr": "bonjour", "bn": "bien", "bocou": "beaucoup",
    "bokou": "beaucoup", "bq": "beaucoup", "bsr": "bonsoir", "cav": "ca va", "cava": "ca va",
    "cest": "c est", "cetait": "c etait", "chai": "je sais", "chais": "je sais", "che": "chez",
    "chui": "je suis", "chuis": "je suis", "cme": "comme", "cmme": "comme", "cmt": "comment",
    "coment": "comment", "conneri": "connerie", "dacc": "d accord", "dak": "d accord", "dan": "dans",
    "dapres": "d apres", "dehor": "dehors", "deor": "dehors", "deors": "dehors", "depi": "depuis",
    "depui": "depuis", "devan": "devant", "dja": "deja", "dla": "de la", "dm1": "demain", "dmain": "demain",
    "dmoi": "de moi", "dns": "dans", "dor": "dors", "dormai": "dormais", "dps": "depuis", "dpui": "depuis",
    "dpuis": "depuis", "ds": "dans", "dsl": "desole", "dwa": "dois", "encor": "encore", "envi": "envie",
    "fai": "fait", "fo": "faut", "foder": "faudrait", "fodrai": "faudrait", "frr": "frere", "g": "j ai",
    "gt": "j etais", "jai": "j ai", "jaimerai": "j aimerais", "jaimerais": "j aimerais",
    "jariv": "j arrive", "jarrete": "j arrete", "jarrive": "j arrive", "jattend": "j attends",
    "jattends": "j attends", "jaurai": "j aurai", "jaurais": "j aurais", "javai": "j avais",
    "javais": "j avais", "jcherche": "je cherche", "jcomprends": "je comprends", "jconnais": "je connais",
    "jcroi": "je crois", "jcrois": "je crois", "jdemande": "je demande", "jdois": "je dois",
    "jdor": "je dors", "jdors": "je dors", "jen": "j en", "jenpeuxplus": "j en peux plus",
    "jespere": "j espere", "jessaye": "j essaye", "jesuis": "je suis", "jetais": "j etais",
    "jfais": "je fais", "jfait": "je fais", "jfini": "je finis", "jflippe": "je flippe",
    "jhabite": "j habite", "jirai": "j irai", "jla": "je la", "jlai": "je l ai", "jle": "je le",
    "jles": "je les", "jlui": "je lui", "jmange": "je mange", "jme": "je me", "jmen": "je m en",
    "jmens": "je mens", "jorai": "j aurai", "jpe": "je peux", "jpense": "je pense", "jperds": "je perds",
    "jpeu": "je peux", "jpeut": "je peux", "jpeux": "je peux", "jpp": "j en peux plus",
    "jpren": "je prends", "jprend": "je prends", "jprends": "je prends", "jpx": "je peux",
    "jrentre": "je rentre", "jreste": "je reste", "jsai": "je sais", "jsaigne": "je saigne",
    "jsais": "je sais", "jserai": "je serai", "jserais": "je serais", "jss": "je suis", "jsu": "je suis",
    "jsui": "je suis", "jsuis": "je suis", "jte": "je te", "jtremble": "je tremble", "jtrouve": "je trouve",
    "jusqua": "jusqu a", "jv": "je vais", "jvai": "je vais", "jvais": "je vais", "jve": "je veux",
    "jveu": "je veux", "jveut": "je veux", "jveux": "je veux", "jviens": "je viens", "jvis": "je vis",
    "jvoi": "je vois", "jvois": "je vois", "jvoudrais": "je voudrais", "jvoulais": "je voulais",
    "jvx": "je veux", "jy": "j y", "k": "que", "kan": "quand", "kand": "quand", "kdo": "cadeau",
    "ke": "que", "kel": "quel", "kelk1": "quelqu un", "kelkechose": "quelque chose", "kelkun": "quelqu un",
    "kelle": "qu elle", "keske": "qu est ce que", "keu": "que", "ki": "qui", "kil": "qu il", "koi": "quoi",
    "kom": "comme", "kon": "qu on", "lappart": "l appart", "lgtps": "longtemps", "lhopital": "l hopital",
    "lhotel": "l hotel", "lontemp": "longtemps", "maime": "m aime", "maintenan": "maintenant",
    "mapel": "m appelle", "mapelle": "m appelle", "mappelle": "m appelle", "mem": "meme", "mm": "meme",
    "mnt": "maintenant", "moa": "moi", "mouru": "mort", "moy": "moi", "ms": "mais", "msg": "message",
    "mtenant": "maintenant", "mtn": "maintenant", "mtnt": "maintenant", "mwa": "moi",
    "nimp": "n importe quoi", "nn": "non", "np": "pas de probleme", "nrv": "enerve", "ns": "nous",
    "nui": "nuit", "nuitt": "nuit", "o": "au", "oci": "aussi", "ojd": "aujourd hui",
    "ojourdui": "aujourd hui", "osi": "aussi", "otre": "autre", "pa": "pas", "parceque": "parce que",
    "pask": "parce que", "paske": "parce que", "pasport": "passeport", "pasque": "parce que",
    "passport": "passeport", "pb": "probleme", "pblm": "probleme", "pbm": "probleme", "pck": "parce que",
    "pcke": "parce que", "pcq": "parce que", "pdt": "pendant", "peutetre": "peut etre", "pk": "pourquoi",
    "pkoi": "pourquoi", "pq": "pourquoi", "pr": "pour", "prcq": "parce que", "pri": "pris",
    "psk": "parce que", "ptet": "peut etre", "ptetr": "peut etre", "pti": "petit", "ptit": "petit",
    "ptite": "petite", "ptites": "petites", "ptits": "petits", "qd": "quand", "qil": "qu il",
    "qlq": "quelque", "qlqn": "quelqu un", "qq": "quelques", "qqch": "quelque chose",
    "qqchose": "quelque chose", "qqn": "quelqu un", "qqun": "quelqu un", "quelquun": "quelqu un",
    "quil": "qu il", "qun": "qu un", "quon": "qu on", "rdv": "rendez vous", "ri1": "rien",
    "rv": "rendez vous", "san": "sans", "sava": "ca va", "savapa": "ca va pas", "savapas": "ca va pas",
    "serieu": "serieux", "shui": "je suis", "slt": "salut", "soar": "soir", "stp": "s il te plait",
    "sui": "suis", "svp": "s il vous plait", "swar": "soir", "swr": "soir", "tinquiete": "t inquiete",
    "tjour": "toujours", "tjours": "toujours", "tjr": "toujours", "tjrs": "toujours", "tjs": "toujours",
    "tkt": "t inquiete", "tlm": "tout le monde", "toa": "toi", "tps": "temps", "tqt": "t inquiete",
    "tro": "trop", "tt": "tout", "tte": "toute", "ttes": "toutes", "twa": "toi", "vla": "voila",
    "vraimen": "vraiment", "vrm": "vraiment", "vrman": "vraiment", "vrmt": "vraiment", "vs": "vous",
    "we": "week end", "xq": "parce que", "ya": "y a", "yapas": "y a pas", "yaura": "y aura",
    "yavait": "y avait",
}  # fmt: skip

# Spellings that are also a French word, or that hang on their neighbour: rewritten only beside these words.
# The first item is a part of the text without which the pattern, which costs more, is not tried.
_IN_CONTEXT: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (part, re.compile(pattern), plain)
    for part, pattern, plain in (
        (" v", r"\b(?:j|je) (?:v|ve|vx|veu|veut)\b", "je veux"),
        (" p", r"\b(?:j|je) (?:p|px|peu|pe|peut)\b", "je peux"),
        (
            "j ",
            r"\bj (sui|suis|vais|vai|dors|mange|dois|fais|crois|pense|me|te|veux|peux|vis|reste|sais)\b",
            r"je \1",
        ),
        ("je ", r"\bje (?:c|sai)\b", "je sais"),
        ("je vai", r"\bje vai\b", "je vais"),
        ("j en p", r"\bj en (?:peu|peut|pe|px)\b", "j en peux"),
        ("j en plus", r"\bj en plus\b(?= [^\w]| de vivre|$)", "j en peux plus"),
        ("je en ", r"\bje en peux\b", "j en peux"),
        (
            " pu",
            r"\b(peux|peut|veux|veut|dors|mange|mangeons|envie|vis|sais|arrive|supporte|tiens) pu\b",
            r"\1 plus",
        ),
        ("pu ", r"\bpu (?=(?:de|d|rien|personne|aucun|jamais|nulle|envie|la force|un)\b)", "plus "),
        ("plu ", r"\bplu (?=(?:de|d|rien|jamais|personne|envie|vivre)\b)", "plus "),
        ("c", r"\bc\b(?! (?:est|etait|etaient|sera|serait|ete|t)\b)", "c est"),
        (" ss", r"\b(?:j|je) ss\b", "je suis"),
        ("d1", r"\bd1\b", "d un"),
        # "mafrapé", "metape", "mattache": a pronoun glued to what somebody does to the person
        (
            "m",
            r"\bm(a|e)(?=(?:frap|tape|cogne|gifl|viol|touch|bat\b|suit\b|force|menace|etrangl|poursui|insult|crie))",
            r"m\1 ",
        ),
        (
            "m",
            r"\bm(?=(?:attach|enferm|attend|entend|etrangl|oblig|insult|agress|heberg|en)"
            r"(?:e|ent|ais?t?|er|es|ez|ras?|rez)?\b)",
            "m ",
        ),
        (
            "j",
            r"\bj(?=(?:attend|habit|arriv|essay|appel|ador|oubli|accouch|etouff|achet|espere|repon|pense|dors|mange))",
            "j ",
        ),
    )
)
_TOKEN = re.compile(r"[a-z0-9]+")
_JOINTS = re.compile(r"[\s'’_-]+")


def expand_sms(folded: str) -> str:
    """A folded text with SMS spelling as plain words: "jvx pu vivre" → "je veux plus vivre".

    Apostrophes and hyphens become spaces ("j'ai" → "j ai"), so that a rule needs one spelling only.
    """
    words = _TOKEN.sub(lambda found: _WORDS.get(found[0], found[0]), _JOINTS.sub(" ", folded))
    for part, pattern, plain in _IN_CONTEXT:
        if part in words:
            words = pattern.sub(plain, words)
    return words.strip()
