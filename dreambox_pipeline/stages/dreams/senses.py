"""The words for what a dream lets one hear, feel, smell and taste, by language, as data.

Sight is left out: every dream has it, and `visual_detail` measures it. Terms are folded
without accents, `_` stands for a space, as in `vocabulary`.
"""

from collections.abc import Mapping

from dreambox_pipeline.stages.dreams.model import Sense

_WORDS: dict[str, dict[Sense, str]] = {
    "en": {
        Sense.SOUND: "hear heard hearing sound sounds noise loud quiet silence silent music song singing sang sings whisper whispering whispered screaming scream screams screamed voice voices bell ringing buzzing humming echo laughing laughter barking howling thunder crashing knock knocking",
        Sense.TOUCH: "touch touched touching soft rough sticky slimy smooth furry wet fuzzy velvet hug hugged hugging held tickle tickling heavy squishy",
        Sense.TEMPERATURE: "cold freezing frozen icy hot warm burning heat cool chilly sweating shivering",
        Sense.SMELL: "smell smelled smelling smelt smells scent stink stank perfume odor aroma",
        Sense.TASTE: "taste tasted tasting tastes sweet sour bitter salty delicious flavor",
        Sense.PAIN: "pain painful hurt hurts hurting ache aching stung stabbed bleeding sore bitten",
    },
    "es": {
        Sense.SOUND: "oi oia oigo escuche escuchaba escucho ruido sonido silencio musica cancion cantaba cantando voz voces gritos gritaba gritando grito susurro campana risa ladraba trueno",
        Sense.TOUCH: "tocar toque tocaba suave aspero pegajoso mojado mojada abrazo abrazaba abrazo blando pesado pesada",
        Sense.TEMPERATURE: "frio helado helada congelado calor caliente quemaba tibio tibia",
        Sense.SMELL: "olor olia oler huele aroma perfume apestaba",
        Sense.TASTE: "sabor sabia_a probe dulce amargo salado acido rico",
        Sense.PAIN: "dolor dolia duele herida mordia mordio sangraba sangre",
    },
    "pt": {
        Sense.SOUND: "ouvi ouvia escutei barulho som silencio musica cantava cantando voz vozes grito gritos gritando gritava sussurro sino risada latindo trovao",
        Sense.TOUCH: "toquei tocava tocar macio macia aspero grudento molhado molhada abraco abracei abracava pesado pesada",
        Sense.TEMPERATURE: "frio fria gelado gelada congelando calor quente queimando morno",
        Sense.SMELL: "cheiro cheirava cheirando perfume fedia fedor",
        Sense.TASTE: "gosto sabor doce amargo salgado azedo gostoso",
        Sense.PAIN: "dor doia doendo doi machucado mordeu sangrando sangue",
    },
    "de": {
        Sense.SOUND: "hore horte gehort gerausch larm laut leise stille musik lied sang singt gesungen stimme stimmen schrie schreie schreien geschrien flustern flusterte glocke lachen bellte bellen donner klopfen klopfte",
        Sense.TOUCH: "beruhrt beruhrte anfassen weich rau klebrig nass glatt pelzig umarmt umarmte umarmung schwer",
        Sense.TEMPERATURE: "kalt kalte eiskalt gefroren heiss warm hitze brannte",
        Sense.SMELL: "roch riecht geruch duft gestank stank",
        Sense.TASTE: "schmeckte schmeckt geschmack suss sauer bitter salzig",
        Sense.PAIN: "schmerz schmerzen weh tat_weh gebissen blutete blut verletzt",
    },
    "fr": {
        Sense.SOUND: "entends entendais entendu bruit son silence musique chanson chantait chanter voix cri cris criait hurlait murmure cloche rire aboyait tonnerre frappait",
        Sense.TOUCH: "toucher touchais touche doux douce rugueux collant mouille mouillee calin serrait lourd lourde",
        Sense.TEMPERATURE: "froid froide glace glacee gele chaud chaude chaleur brulait tiede",
        Sense.SMELL: "odeur sentait_bon sentait_mauvais parfum puait",
        Sense.TASTE: "gout sucre amer sale acide delicieux",
        Sense.PAIN: "douleur mal_au mal_aux faisait_mal blesse blessee mordu saignait sang",
    },
    "id": {
        Sense.SOUND: "dengar denger kedengeran suara bunyi berisik sunyi hening musik lagu nyanyi bernyanyi teriak teriakan bisik bisikan lonceng tawa ketawa menggonggong petir ketuk",
        Sense.TOUCH: "sentuh menyentuh lembut kasar lengket basah licin peluk dipeluk meluk berat pegang",
        Sense.TEMPERATURE: "dingin beku panas hangat kepanasan kedinginan",
        Sense.SMELL: "bau wangi aroma harum busuk",
        Sense.TASTE: "rasanya manis pahit asin asam enak",
        Sense.PAIN: "sakit nyeri perih luka berdarah darah digigit",
    },
}  # fmt: skip

SENSES: Mapping[str, Mapping[str, Sense]] = {
    lang: {
        term.replace("_", " "): sense for sense, terms in groups.items() for term in terms.split()
    }
    for lang, groups in _WORDS.items()
}
"""Term to sense, by ISO 639-1 code."""
