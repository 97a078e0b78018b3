"""The language of a message where no model has said it: by its letters, else by its most frequent words.

It serves one thing, the language of the answer to danger. French is the answer of doubt: it is what people here
are written in, and a French speaker answered in another language would be the worse mistake. Why no library does
this: `docs/decisions/0023-the-language-of-a-danger-is-guessed-by-a-short-rule.md`.
"""

import re
from collections.abc import Mapping

from actions.rules.folding import fold
from storage.vocabulary import Language

LONGEST = 600
"""Characters read: the language of a message shows in its first lines."""

_SHORT = 3
"""Words of a message in which one frequent word is enough to tell its language."""

_ARABIC = re.compile("[\u0620-\u064a\u0671]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
# Persian, Pashto and Urdu share the letters of Arabic and add these: whoever writes them may not read Arabic.
_NOT_ARABIC = re.compile(
    "[\u0679\u067c\u0681\u0685\u0688\u0689\u0691\u0693\u0696\u069a\u06a9\u06ba\u06bc\u06cc\u06d0\u06d2]"
)
_LATIN = re.compile("[a-z]")
_WORD = re.compile(r"[a-z0-9]+")

_LISTS: Mapping[Language, str] = {
    Language.FR: """
        a ai allez alors apres arrete au aujourd aussi aux avec avez avoir beaucoup bien bisous bon
        bonjour bonne bonsoir c ca ce cest cette chez chui comment d dans de demain depuis des deux dois
        donc du elle en encore est et etait etre eu faire fais fait faut fin fini g gens heures hier ici
        il ils j jai jamais je jour jsuis juste kan ke ki koi l la le les leur lui ma maintenant mais mal
        maman matin mdr me merci mes mieux mm mn moi mon mtn n ne ni nos nous on ont ou oui par pas pense
        peu peut peux plus pour pourquoi pr pris puis qu quand que quelqu quelque qui quoi quon rdv rien s
        sa sais salut sans se ses si soir sont suis sur svp t ta tes toi ton toujours tous tout toute
        travail tres trop tu un une va vais vers veut veux vie voir vos votre vous vraiment vu y ya
    """,
    Language.EN: """
        about again all am and any anymore anyone are back bad been but call cant come could day did didnt
        dont every feel for from get give going good had has have he hello help her here him his home
        house how i if im in is it its ive just keep kids know last let like live make man money month
        more morning my need never night nobody not nothing now of one only or our out outside please put
        said says see self she sleep so some somebody someone something still take tell thank thanks that
        the their them then there they thing think this time to today tomorrow tonight too up wait want
        was week well were what when where which who why will with without work would yes yesterday you
        your
    """,
    Language.ES: """
        a ahora al algo alguien anoche antes aqui asi ayer ayuda ayudenme bien buenas buenos cada casa
        cita como cuando cuarto de dentro desde despues dia dias dice dinero donde dormir dos el ella en
        entonces era es esa ese eso esta este esto estoy fue gracias ha hace hasta hay he hija hijo hijos
        hola hoy ir la las le llama llevo lo los manana marido mas me mi mis mucho muy nada nadie necesito
        ni ninos noche nos nunca otra otro para pero porque puede puedo pues que quien quiero salir se
        semana senora ser si sigue sin sola solo son soy su sus tambien tarde te tengo tiene toda todo
        todos trabajo un una va vez vivir voy y ya yo
    """,
    Language.PT: """
        a agora ajuda ajudem amanha ao aos aqui assim ate bom casa com como da dar das de dela dele dentro
        depois desde dia dias disse diz do dois dormir dos e ela ele eles em embora era essa esse esta
        estou eu faz fica filha filho filhos foi fora ha hj hoje isso ja la lhe mae mais mas me meu meus
        mim minha minhas muito na nada nao nem ninguem no noite nos nunca o obrigada obrigado oi ola onde
        ontem os ou outra outro pai para pela pelo pode por porque posso pq pra preciso quando que quem
        quero rua se sei sem ser seu so sou sua ta tambem tem tenho ter to todo todos tou trabalho um uma
        vai vez viver voce vou
    """,
    # Arabic in Latin letters, as on telephones: from the Maghreb first, where most of its writers here come from.
    Language.AR: """
        3afak 3ala 3am 3andi 3la 3lia 3liya 3ndi 7ata 7atta 9bel ana ayez baghi barra bel berra bezzaf
        bghit bzaf chi chno dial dyal dyali el fel fi fih fiya gha ghadi ghir had hada hadi houa howa huwa
        kan kanet kayn kifach kifech kol koul l lel lyoum m3a ma ma3andi ma3andich machi mafich makanch
        manqderch men mish mn nbat nta nti rah rahi rajel rajli rani salam sghir shi ta3 w wa wach wahd
        wahed walakin walou weld wled wlidi ya yed
    """,
    # Ukrainian in Latin letters, from a telephone without others.
    Language.UK: """
        ale bez bo bude bulo den dity dlya dobryi duzhe dyakuyu hochu koly mama mene meni mozhna na ne
        nema ni shcho sho siodni siogodni sogodni ta tilky treba tut vchora vdoma vin vona vzhe ya yak yih
        zaraz zi znayu
    """,
}
_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}


def by_letters(text: str) -> Language | None:
    """The language that the letters of a message settle, or None where most of them are Latin.

    Cyrillic counts as Ukrainian: a speaker of Russian reads it more easily than French.
    """
    latin = len(_LATIN.findall(text[:LONGEST].lower()))
    if len(_CYRILLIC.findall(text[:LONGEST])) > latin:
        return Language.UK
    if len(_ARABIC.findall(text[:LONGEST])) > latin:
        return Language.FR if _NOT_ARABIC.search(text[:LONGEST]) else Language.AR
    return None


def guess(text: str, otherwise: Language = Language.FR) -> Language:
    """The language that a message is most likely written in; `otherwise` where its words tell nothing."""
    settled = by_letters(text)
    if settled:
        return settled
    words = _WORD.findall(fold(text[:LONGEST]).replace("'", ""))
    said = {language: sum(word in frequent for word in words) for language, frequent in _WORDS.items()}
    best = max(said, key=lambda language: said[language])  # French comes first: it wins a tie
    if said[best] >= 2 or (said[best] == 1 and len(words) <= _SHORT):
        return best
    return otherwise
