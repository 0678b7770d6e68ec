"""How dreams are told in Spanish, Portuguese, French and Italian, as data; see `cues`."""

from dreambox_pipeline.stages.dreams.cue_types import Family, cue

SPANISH = Family(
    "es",
    ("soñ", "sueñ", "sone ", "sonado", "sonando", "sonaba", "sueno", "pesadilla", "sonar "),
    (
        cue(
            "sone",
            4.6,
            r"\b(?:sone|soñe) (?:que|con|a|anoche|algo|lo|esto|un|una|ayer|hoy|cosas|feo|raro)\b|"
            r"\b(?:anoche|ayer|hoy|yo|tambien|siempre que) (?:yo )?sone\b",
            own=True,
        ),
        cue(
            "he_sonado",
            4.4,
            r"\b(?:he|habia) (?:\w+ )?sonado (?:que|con|esta|algo|un|una)\b",
            own=True,
        ),
        cue(
            "tuve_sueno",
            4.4,
            r"\b(?:tuve|he tenido|tenia|recuerdo|desperte de) (?:[\w'-]+ ){0,3}?"
            r"(?:un|una|este|ese|el mismo|la misma|unos|unas|muchas|estas|esta) (?:[\w'-]+ ){0,3}?"
            r"(?:suenos?|pesadillas?)\b",
            own=True,
        ),
        cue(
            "en_mi_sueno",
            4.2,
            r"\ben (?:mi|el|ese|este|un) (?:\w+ )?(?:sueno|pesadilla)\b",
        ),
        cue(
            "sonaba_que",
            4.0,
            r"\b(?:sonaba|estaba sonando|sonando|soñando) (?:que|con)\b",
            own=True,
        ),
        cue(
            "a_veces_sueno",
            3.6,
            r"\b(?:a veces|siempre|muchas veces|cada noche|todas las noches|seguido|desde nin[ao]) "
            r"(?:yo )?sueno (?:que|con)\b|\bsueno que (?:estoy|voy|mi)\b",
            own=True,
        ),
        cue("mi_ultimo_sueno", 3.4, r"\bmi (?:ultimo|primer|peor) sueno\b"),
        cue(
            "sueno_raro",
            3.2,
            r"\bsuenos? (?:\w+ )?(?:recurrentes?|raros?|lucidos?|extranos?|donde|en el que)\b",
        ),
        cue(
            "mi_sueno_fue",
            3.0,
            r"\b(?:mi|el) (?:sueno|pesadilla) (?:fue|empezo|empieza|trataba|era que)\b",
        ),
        cue(
            "sone_q",
            4.2,
            r"(?:^|[.!?,(] ?|\b(?:y|que|otra vez|miedo|hoy|anoche) )sone (?:q|k|contigo|conmigo|otra|de nuevo)\b|\b(?:lo que|no saben lo que|sabes que) sone\b(?! siempre)",
            own=True,
        ),
        cue(
            "sueno_de_anoche",
            3.6,
            r"\b(?:suenos?|pesadillas?) (?:de (?:anoche|hoy|ayer|siempre|esta noche)|que se repit\w+|que vuelv\w+|recurrente)\b|^\W*(?:q |que |mi )?(?:sueno|pesadilla)(?: \w+){0,2} ?[:,]|"
            r"\b(?:en|del) (?:otro |mismo )?sueno\b|\b(?:final|parte|principio) del sueno\b|^\W*sueno que\b|\b(?:vaya|otro) sueno\b|\bsueno lucido\b",
        ),
        cue("pesadilla_word", 1.4, r"\bpesadillas?\b"),
        cue("sueno_word", 0.6, r"\b(?:sueno|suenos|sone|sonar)\b"),
    ),
)

PORTUGUESE = Family(
    "pt",
    ("sonh", "pesadelo"),
    (
        cue(
            "sonhei",
            4.6,
            r"\b(?:sonhei|sonhamos) (?:q|que|com|ontem|hoje|essa|esta|dnv|de novo|hj|a|uma|um|"
            r"isso|algo|tanto|noite|sobre)\b|\b(?:hoje|ontem|eu|hj|ja|noite|tambem|tbm) sonhei\b",
            own=True,
        ),
        cue("sonhei_word", 3.4, r"\bsonhei\b"),
        cue(
            "tive_sonho",
            4.4,
            r"\b(?:tive|tava tendo|estava tendo|tenho tido|acordei de|lembro de|ter tido|tendo) "
            r"(?:[\w'-]+ ){0,3}?(?:um|uns|o|uma|este|esse|outro|varios) ?(?:[\w'-]+ ){0,3}?"
            r"(?:sonhos?|pesadelos?)\b|\btive (?:[\w'-]+ ){0,2}pesadelos?\b",
            own=True,
        ),
        cue("no_sonho", 4.0, r"\b(?:no) (?:meu )?(?:sonho|pesadelo)\b(?! d[aeo]s? )", own=True),
        cue(
            "sonhando_que",
            4.0,
            r"\b(?:tava|estava|to|estou|fiquei|fico|fiz) sonhando (?:q|que|com)\b|"
            r"\bsonhava (?:q|que) (?:eu|tava|estava)\b|\bter sonhado (?:q|que|com)\b",
            own=True,
        ),
        cue(
            "sonho_que",
            3.2,
            r"\b(?:sempre|as vezes|direto|todo dia|toda noite|eu) sonho (?:q|que|com)\b",
        ),
        cue(
            "sonho_estranho",
            3.2,
            r"\bsonhos? (?:[\w-]+ )?(?:estranhos?|recorrentes?|lucidos?|loucos?|doidos?|bizarros?|"
            r"realistas?|onde|em que|esquisitos?)\b",
        ),
        cue(
            "meu_sonho_foi",
            2.6,
            r"\b(?:meu|o) sonho (?:foi|comecou|comeca|acabou|dessa noite|de hoje|de ontem)\b",
        ),
        cue("meu_ultimo_sonho", 3.6, r"\bmeu (?:ultimo|primeiro) (?:sonho|pesadelo)\b"),
        cue(
            "sonho_que_tive",
            4.2,
            r"\bsonhos? (?:q|que) (?:eu )?(?:tive|tenho tido|tive hoje)\b|\b(?:que|q) sonho (?:foi|e) esse\b",
            own=True,
        ),
        cue(
            "sonho_q_to",
            3.6,
            r"\bsonho (?:\w+ )?(?:q|que) (?:to|estou|eu|tava|esque\w+|a|o|minha|meu|alguem|nao)\b|\b(?:em|nesse|neste|desse|esse) sonho\b|"
            r"^\W*(?:meu )?(?:sonho|pesadelo)(?: de \w+)? ?:|\bmeu (?:sonho|pesadelo) de (?:hoje|ontem)\b|\bacord\w+.{0,40}\b(?:sonho|pesadelo)\b|\b(?:pior pesadelo da minha vida),",
        ),
        cue("um_pesadelo", 1.2, r"\bum pesadelo\b"),
        cue("sonho_word", 0.6, r"\b(?:sonh\w+|pesadelo)\b"),
    ),
)

FRENCH = Family(
    "fr",
    ("rêv", "reve", "rever", "revais", "cauchemar"),
    (
        cue(
            "j_ai_reve",
            4.6,
            r"\b(?:j'ai|jai|j ai|j'avais|j'aurais) (?:[\w']+ ){0,3}?reve\b(?! d'etre| de devenir)",
            own=True,
        ),
        cue(
            "fait_un_reve",
            4.4,
            r"\b(?:fait|fais|faisais|refait|eu|souviens d|souviens de|reveillee? d) ?'?(?:[\w'-]+ ){0,3}?"
            r"(?:un|ce|le|des|mon|1|une) (?:[\w'-]+ ){0,3}?(?:reves?|cauchemars?)\b",
            own=True,
        ),
        cue("dans_mon_reve", 4.2, r"\bdans (?:mon|le|ce|cet?) (?:\w+ )?(?:reve|cauchemar)\b"),
        cue("dans_mes_reves", 2.0, r"\b(?:dans (?:mes|un)|en) (?:\w+ )?(?:reves?|cauchemars?)\b"),
        cue(
            "je_revais",
            4.0,
            r"\b(?:je|j'etais en train de) (?:revais|rever) (?:que|d|de|qu)\b",
            own=True,
        ),
        cue(
            "nuit_reve",
            2.8,
            r"\b(?:cette nuit|hier soir|la nuit derniere|l'autre nuit)\b.{0,60}\b(?:reve|cauchemar)",
        ),
        cue(
            "reve_bizarre",
            3.0,
            r"\b(?:reves?|cauchemars?) (?:\w+ )?(?:bizarres?|etranges?|recurrents?|lucides?|chelous?|ou|dans lequel)\b",
        ),
        cue("mon_dernier_reve", 3.6, r"\bmon (?:dernier|premier) (?:reve|cauchemar)\b"),
        cue(
            "reve_que",
            4.2,
            r"(?:^|[.!?,(] ?|\b(?:g|j'?ai|moi|encore|nuit|hier|deja|aussi|viens de|toujours) )reve (?:que|qu'|ke|k'|d'un|d'une|de mon|de ma|encore|avoir)|"
            r"\brever (?:que|qu') ?(?:je|j'|on|mon|ma|nous)|\bje reve (?:\w+ )?(?:que|qu'|souvent)",
            own=True,
        ),
        cue(
            "reve_de_la_nuit",
            3.6,
            r"\b(?:reves?|cauchemars?) (?:de cette nuit|de la nuit|d'hier|du \d|de ce matin|recurrent)|^\W*(?:mon |un |le |petit )?(?:reve|cauchemar)(?: \w+)? ?:|"
            r"\b(?:ce|un|mon|meme|encore le|toujours le) (?:\w+ )?(?:reve|cauchemar) (?:ou|dans|etait|ou j|avec)\b|\b(?:reve|cauchemar)\b.{0,40}\breveill\w+|\breveill\w+.{0,40}\b(?:reve|cauchemar)\b",
        ),
        cue("cauchemar_word", 1.0, r"\bcauchemars?\b"),
        cue("reve_word", 0.6, r"\breves?\b"),
    ),
)

ITALIAN = Family(
    "it",
    ("sogn", "incubo", "incubi"),
    (
        cue(
            "ho_sognato",
            4.6,
            r"\b(?:ho|avevo|abbiamo) (?:\w+ ){0,2}?sognato\b|\bsognai\b",
            own=True,
        ),
        cue(
            "ho_fatto_un_sogno",
            4.4,
            r"\b(?:fatto|avuto|faccio|facevo|ricordo) (?:[\w'-]+ ){0,3}?(?:un|il|uno|sempre|questo|dei) ?"
            r"(?:[\w'-]+ ){0,3}?(?:sogno|sogni|incubo|incubi)\b",
            own=True,
        ),
        cue("nel_sogno", 4.2, r"\bnel (?:mio |suo )?(?:sogno|incubo)\b"),
        cue("sognavo", 4.0, r"\b(?:sognavo (?:che|di essere)|stavo sognando)\b", own=True),
        cue("stanotte", 3.8, r"\b(?:stanotte|ieri notte|l'altra notte)\b.{0,50}\b(?:sogn|incub)"),
        cue(
            "sogno_strano",
            3.0,
            r"\b(?:sogno|incubo) (?:\w+ )?(?:strano|ricorrente|lucido|assurdo|in cui|dove)\b",
        ),
        cue(
            "sognato_che",
            4.2,
            r"(?:^|[.!?,] ?|\b(?:e|ieri|stanotte|oggi) )sognat[oa] (?:che|mio|mia|di|un|una|il|la)\b|\b(?:sognavo|sogno) sempre (?:che|un|una|di)\b",
            own=True,
        ),
        cue(
            "in_sogno",
            3.4,
            r"\b(?:in sogno|nell'incubo|nei sogni|nel mio sogno)\b|\bsogni (?:strani|assurdi)\b|^\W*(?:sogno|incubo)(?: \w+)? ?[:,]|\bincubo stanotte\b",
        ),
        cue("sogno_word", 0.6, r"\b(?:sogno|sogni|sognare|incubo)\b"),
    ),
)
