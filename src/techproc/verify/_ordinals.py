"""Ordinal numbers as words, in the gender their language's word for "edition" asks for, folded.

From the standard grammar of each language; the romanised ones after the ALA-LC tables. "/" parts
forms of one number. A word that means something else in edition statements (Romanian and Catalan
"noua", "nova": ninth, and new) is left out.
"""

from __future__ import annotations

from techproc.text import fold

__all__ = ["ORDINALS", "ORDINAL_LANGUAGES"]

ORDINAL_LANGUAGES: dict[str, str] = {
    "eng": """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""",
    "ger": """erste/ersten/erster/erstes/erstausgabe/erstausg/originalausgabe/originalausg
        zweite/zweiten/zweiter/zweites dritte/dritten/dritter
        vierte/vierten/vierter fünfte/fünften/fünfter sechste/sechsten/sechster
        siebte/siebten/siebter/siebente/siebenten achte/achten/achter neunte/neunten/neunter
        zehnte/zehnten/zehnter elfte/elften/elfter zwölfte/zwölften/zwölfter dreizehnte vierzehnte
        fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste""",
    "fre": """première/premier/1re deuxième/seconde/2nde troisième quatrième cinquième sixième septième
        huitième neuvième dixième onzième douzième treizième quatorzième quinzième seizième
        dix-septième dix-huitième dix-neuvième vingtième""",
    "spa": """primera/primer segunda tercera cuarta quinta sexta séptima/sétima octava novena décima
        undécima duodécima decimotercera decimocuarta decimoquinta decimosexta decimoséptima
        decimoctava decimonovena vigésima""",
    "por": """primeira segunda terceira quarta quinta sexta sétima oitava nona décima
        décima-primeira""",
    "ita": """prima/primo seconda terza quarta quinta sesta settima ottava nona decima
        undicesima/undecima dodicesima tredicesima quattordicesima quindicesima sedicesima
        diciassettesima diciottesima diciannovesima ventesima""",
    "cat": "primera segona tercera quarta cinquena sisena setena vuitena novena desena onzena dotzena",
    "lat": """prima altera/secunda tertia quarta quinta sexta septima octava nona decima undecima
        duodecima""",
    "rum": "intâia/întâia/prima doua treia patra cincea șasea șaptea opta - zecea",
    "dut": """eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde
        dertiende veertiende vijftiende""",
    "afr": "eerste tweede derde vierde vyfde sesde sewende agtste negende tiende",
    "swe": """första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte
        trettonde fjortonde femtonde""",
    "dan": """første anden/andet tredje fjerde femte sjette syvende ottende niende tiende ellevte
        tolvte""",
    "nor": """første andre/annen tredje fjerde femte sjette sjuende/syvende åttende niende tiende
        ellevte tolvte""",
    "ice": "fyrsta önnur þriðja fjórða fimmta sjötta sjöunda áttunda níunda tíunda",
    "pol": """pierwsze drugie trzecie czwarte piąte szóste siódme ósme dziewiąte dziesiąte
        jedenaste dwunaste""",
    "cze": """první druhé třetí čtvrté páté šesté sedmé osmé deváté desáté jedenácté dvanácté""",
    "slo": "prvé druhé tretie štvrté piate šieste siedme ôsme deviate desiate",
    "slv": "prva druga tretja četrta peta šesta sedma osma deveta deseta",
    "hrv": "prvo drugo/druge treće/treća četvrto peto šesto sedmo osmo deveto deseto",
    "srp": "прво друго треће четврто пето шесто седмо осмо девето десето",
    "bul": """първо/purvo второ/vtoro трето/treto четвърто/chetvurto пето/peto шесто/shesto
        седмо/sedmo осмо/osmo девето/deveto десето/deseto""",
    "rus": """первое/pervoe/pervoie второе/vtoroe третье/trete четвертое/chetvertoe пятое/piatoe
        шестое/shestoe седьмое/sedmoe восьмое/vosmoe девятое/deviatoe десятое/desiatoe
        одиннадцатое/odinnadtsatoe двенадцатое/dvenadtsatoe""",
    "ukr": """перше/pershe/persha друге/druhe третє/tretie четверте/chetverte пяте/piate шосте/shoste сьоме
        восьме/vosme девяте/deviate десяте/desiate""",
    "bel": "першае другое/druhoe трэцяе/tretstsiae чацвёртае пятае шостае сёмае восьмае дзявятае дзясятае",
    "lit": """pirmas/pirmasis antras/antrasis/antra trečias/trečiasis ketvirtas/ketvirtasis
        penktas/penktasis šeštas septintas aštuntas devintas dešimtas""",
    "lav": "pirmais otrais trešais ceturtais piektais sestais septītais astotais devītais desmitais",
    "est": "esimene teine kolmas neljas viies kuues seitsmes kaheksas üheksas kümnes",
    "fin": """ensimmäinen/ensi toinen kolmas neljäs viides kuudes seitsemäs kahdeksas yhdeksäs
        kymmenes""",
    "hun": """első második harmadik negyedik ötödik hatodik hetedik nyolcadik kilencedik tizedik
        tizenegyedik tizenkettedik""",
    "tur": """birinci/ilk ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu""",
    "gre": """πρώτη/prote/proti δεύτερη/deutere/deuteri/deftere τρίτη/trite/triti τέταρτη/tetarte
        πέμπτη/pempte έκτη/hekte έβδομη/hevdome/hebdome όγδοη/ogdoe ένατη/enate δέκατη/dekate""",
    "ara": """الأولى/ula الثانية/thaniyah الثالثة/thalithah الرابعة/rabiah الخامسة/khamisah
        السادسة/sadisah السابعة/sabiah الثامنة/thaminah التاسعة/tasiah العاشرة/ashirah""",
    "per": """اول/avval/awwal دوم/duvvum/dovvom سوم/sivvum/sevvom چهارم/chaharum پنجم/panjum
        ششم/shishum هفتم/haftum هشتم/hashtum نهم/nuhum دهم/dahum""",
    "heb": """ראשונה/rishonah שנייה/שניה/sheniyah שלישית/shelishit רביעית/reviit חמישית/hamishit
        ששית/שישית/shishit שביעית/sheviit שמינית/sheminit תשיעית/teshiit עשירית/asirit""",
    "hin": """प्रथम/pratham/prathama द्वितीय/dvitiya तृतीय/trtiya चतुर्थ/caturtha पंचम/पञ्चम/pancama
        षष्ठ/shashtha सप्तम/saptama अष्टम/ashtama नवम/navama दशम/dasama""",
    "san": "prathamāvṛtti dvitīyāvṛtti tṛtīyāvṛtti",
    "tam": "mutaṟ/mudhal/mutal/muthal iraṇṭām mūṉṟām nāṉkām aintām",
    "tha": "raek/rǣk",
    "may": """pertama/perdana/awal kedua ketiga keempat kelima keenam ketujuh kedelapan/kelapan
        kesembilan kesepuluh""",
    "epo": "unua dua tria kvara kvina sesa sepa oka",
    "baq": "lehen bigarren hirugarren laugarren bosgarren seigarren",
    "wel": "cyntaf - trydydd pedwerydd pumed chweched",
    "alb": "parë dytë tretë katërt pestë gjashtë shtatë tetë nëntë dhjetë",
    "jpn": "初版/初/shohan/shoban/sho 再版/saihan",
    "kor": "초판/chopan/choppan/chopʻan 재판/chaepan/chungpan",
    "chi": "初版/chu/chuban 再版/zaiban/zai",
}  # fmt: skip

ORDINALS: dict[str, int] = {
    fold(form): number
    for said in ORDINAL_LANGUAGES.values()
    for number, forms in enumerate(said.split(), 1)
    for form in forms.replace("-", "").split("/")
    for form in {form, form.removeprefix("ال")}  # Arabic with its article, and without
    if form
}
