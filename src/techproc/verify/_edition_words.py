"""The words of edition statements in the languages that libraries buy, folded (`techproc.text`).

Sources: RDA Appendix B and AACR2 Appendix B (abbreviations by language); the 250 fields of the
Library of Congress books of 2016 for romanised statements. A prefix matches a whole word's start.
"""

from __future__ import annotations

from collections.abc import Mapping

from techproc.verify._words import words

__all__ = [
    "CONCEPT_PREFIXES",
    "CONCEPT_SIGNS",
    "CONCEPT_WORDS",
    "DROPPED",
    "PRINTING_WORDS",
]


def _pairs(table: Mapping[str, str]) -> dict[str, str]:
    return {word: concept for concept, said in table.items() for word in said.split()}


# The noun "edition" itself, and small words: they tell editions apart in no language.
DROPPED = words(
    """
    ed eds edn edit edition editions edizione edizioni edicion ediciones edicao edicio edicion
    editio editia editie editions edisi edice edisyon aufl auflage auflagen ausg ausgabe izd
    izdanie izdaniia izdanje izdaja vyd vydani vydanie vydannia vydanne wyd wydanie uppl upplaga
    upplagan udg udgave utg utgave utgava utgafa painos kiad kiadas druk dr oplage uitg uitgave
    uitgawe ekd ekdose ekdosi ekdosis baski basim bsk bs bsm cet cetakan tabah tab taba chap
    chapi samskarana samskaran sam avrtti avrtti patippu patippu ban han pan leid leidimas
    izdevums trukk mahad mahadurah ishaat arg isd phim khrang thi khrang edisi aidishan laidiens
    издание изд виданнi видання вид выд εκδοση εκδ εκδοσις الطبعة طبعة ط چاپ מהדורה מהד di dai
    che ti nian nen the a an of and in on with for by from to und u y et e i och og en de del
    della des du der die das dem la le les el los las il lo al el da do dos das im van voor het
    mit con avec cum pour para per po na z s ve ile o wa va i- thoroughly completely entirely
    vollst vollstandig vollig stark geheel entierement completamente carefully substantially
    fully greatly much wholly newly is this text series serie press books book university
    library publishing publishers house version me be mi ha и та mise many one full or c h b m si
    ed
    """
)

CONCEPT_WORDS: dict[str, str] = _pairs(
    {
        "revised": """rev revd revis revisited ub uberarb ueberarb bearb bearbeitete neubearb neub
            herz
            herziene hersiene perer pererab prepr prepracovane przejrz zmien omarb riv muraja
            gaihan improved rewritten xiu kaitei kaiteiban kateiban gaitei kaihan xiuding
            xiudingban sudong suchong kaejong kaejongpan munaqqahah changed reworked durchges
            منقحة معدلة
            durchgesehene recogn retravaillee refondue refundida перераб перерабо пересм""",
        "corrected": "מתוקנת cor corr korr popr poprawione ispr verb berichtigte berichtigt испр",
        "enlarged": """enl erw erweit verm exp augm aum ampl dop rozsz utok uvid bov uitgebr zoho
            zohoban
            chungbo chungbopan mazidah ext extended greater доп uzup tosefet hosafot murhevet
            zeng erg additions مزيدة מורחבת""",
        "updated": """upd akt aktual aktualis agg ajour jour bijgew uaktualn obnov mehudkenet
            meudkenet uudistettu מעודכנת محدثة""",
        "new": """new neue neues neuer neuausg neuausgabe neuaufl nouv nouvelle nueva nova nuova
            novoe
            nowe nove ny nye nieuwe shinpan sinpan shin novae hadashah novo новое جديدة חדשה""",
        "abridged": """abridged abr gekurzte gek abregee abreg sokr condensed compact shorter
            concise brief""",
        "unabridged": "unabridged ungekurzte integrale completa",
        "reprint": """repr reprint reprinted reprinting reimpr reimp reimpression reimpresion
            ristampa
            rist nachdr nachdruck neudr neudruck fukkoku fukkokuban yingyin yongin faks
            faksimile facsim facsimile facsimil facs kanpan""",
        "paperback": """pbk pb paperback paperbacks paper paperbound softcover tb taschenbuch
            taschenbuchausg broche rustica tascabile bunko""",
        "hardcover": "hardcover hardback hbk hc cloth gebunden relie clothbound",
        "student": "student students schulausg pupils pupil",
        "teacher": "teacher teachers instructor instructors lehrerausg",
        "international": "international intl",
        "illustrated": "illustrated illus ill illustree illustrierte ilustrada illustrata",
        "special": "special tukpyolpan tukpyol limited deluxe collector collectors anniversary jubilee jubilaumsausg",
        "club": "club",
        "electronic": "electronic online web kindle ebook digital cd cdrom",
        "draft": "draft preliminary prelim provisional trial interim experimental proof",
        "braille": "braille",
    }
)
# Longer words are known by how they begin, since their endings are inflected.
CONCEPT_PREFIXES: tuple[tuple[str, str], ...] = (
    ("revis", "revised"), ("revid", "revised"), ("rivedut", "revised"), ("rivist", "revised"),
    ("revu", "revised"),
    ("uberarbeit", "revised"), ("ueberarbeit", "revised"), ("neubearbeit", "revised"),
    ("umgearbeit", "revised"), ("pererabot", "revised"), ("peresmotr", "revised"),
    ("preprac", "revised"), ("revazut", "revised"), ("adaugit", "enlarged"),
    ("munaqqa", "revised"), ("mazid", "enlarged"), ("przerob", "revised"), ("omarbet", "revised"),
    ("atdolgoz", "revised"),
    ("переработ", "revised"), ("пересмотр", "revised"), ("revidert", "revised"),
    ("correct", "corrected"), ("corrig", "corrected"), ("corregid", "corrected"),
    ("corrett", "corrected"), ("verbessert", "corrected"), ("isprav", "corrected"),
    ("poprawion", "corrected"), ("испр", "corrected"), ("korrig", "corrected"),
    ("enlarg", "enlarged"), ("augment", "enlarged"), ("aument", "enlarged"),
    ("ampliad", "enlarged"),
    ("ampliat", "enlarged"), ("accresciut", "enlarged"), ("erweitert", "enlarged"),
    ("vermehrt", "enlarged"), ("expand", "enlarged"), ("dopoln", "enlarged"),
    ("rozszerz", "enlarged"),
    ("rozsiren", "enlarged"), ("bovit", "enlarged"), ("genisletil", "enlarged"),
    ("uitgebreid", "enlarged"), ("vermeerder", "enlarged"), ("utvid", "enlarged"),
    ("udvid", "enlarged"), ("допол", "enlarged"), ("utok", "enlarged"), ("ergänz", "enlarged"),
    ("erganz", "enlarged"),
    ("updat", "updated"), ("actualis", "updated"), ("actualiz", "updated"), ("aktualis", "updated"),
    ("aktualiz", "updated"), ("atualiz", "updated"), ("aggiornat", "updated"),
    ("bijgewerkt", "updated"), ("uaktualn", "updated"), ("обновл", "updated"),
    ("neubearb", "revised"), ("abridg", "abridged"), ("gekurzt", "abridged"), ("facsim", "reprint"),
    ("faksimil", "reprint"), ("unverandert", "reprint"), ("taschenbuch", "paperback"),
)  # fmt: skip

# Statements in Chinese characters and Hangul are not divided by blanks: known by what they hold.
CONCEPT_SIGNS: tuple[tuple[str, str], ...] = (
    ("新", "new"), ("修", "revised"), ("改", "revised"), ("订", "revised"), ("訂", "revised"),
    ("增", "enlarged"), ("増", "enlarged"), ("补", "enlarged"), ("補", "enlarged"),
    ("개정", "revised"), ("수정", "corrected"), ("증보", "enlarged"), ("신판", "new"),
    ("特别", "special"), ("特別", "special"), ("특별", "special"), ("縮刷", "reprint"),
    ("复刻", "reprint"), ("復刻", "reprint"), ("影印", "reprint"), ("영인", "reprint"),
)  # fmt: skip

# Statements of printing or impression: a later printing is the same edition (LC-PCC PS 1.8.2,
# OCLC "When to Input a New Record", field 250).
PRINTING_WORDS = frozenset((
    "printing", "print", "impression", "imp", "reimpression", "reimpresion", "reimpr", "tirage",
    "ristampa", "rist", "thousand", "tausend", "duizendtal", "tiraz", "tir", "shua", "suri",
    "satsu",
    "impr", "nachdruck", "nachdr", "unveranderter", "opplag", "oplag", "reprint", "reprinted",
    "repr",
    "reissue", "reissued", "dotisk", "dodruk", "utannyomas",
))  # fmt: skip
