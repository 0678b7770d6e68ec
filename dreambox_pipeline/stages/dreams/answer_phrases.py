"""The phrases people answer a consent question with, and what each says.

One line per language: English, Spanish, Portuguese, German, French, Indonesian. Spelled as
`answers` folds a reply: lower case, without accents and apostrophes. A phrase listed under two
senses has the first. When a reply was misread, the remedy is a phrase here and a row in the
test's table; how phrases combine into an answer is in `answers`.
"""

import re
from enum import Enum, auto
from typing import Final


class Sense(Enum):
    """What a phrase says in a reply to our question."""

    YES = auto()
    WEAK_YES = auto()  # a yes that laughter or a long story drowns
    NO = auto()
    NEGATION = auto()  # a no when it stands alone; "can't believe it" answers nothing
    ANONYMOUS = auto()
    NAME = auto()  # speaks of the credit; beside a yes the harmless reading is "no credit"
    NAME_ON = auto()  # asks for the credit
    NAME_OFF = auto()  # no name, but says nothing about the video
    BUT = auto()
    DOUBT = auto()
    SARCASM = auto()
    LAUGHTER = auto()  # and hesitation: drowns a weak yes only
    REMOVE = auto()
    FILLER = auto()
    UNKNOWN = auto()


# One line per language: en, es, pt, de, fr, id. Without accents and apostrophes, see `_fold`.
PHRASES: Final[dict[Sense, str]] = {
    Sense.YES: """
        yes|yeah|yep|yup|yea|yas|absolutely|definitely|certainly|of course|ofc|go ahead|go for it|do it|please do|you may|you can|you have my permission|permission granted|feel free|id love that|id love to|i would love that|i would love to|id be honored|id be honoured|i agree|agreed|i consent|i allow it|be my guest|for sure|no problem|no problems|no prob|np|not a problem|no worries|no objection|no objections|no issue|count me in|im in|im down|by all means|whynot|i dont mind|dont mind|i do not mind|wouldnt mind|i wouldnt mind|cant wait|i cant wait|hell yes|hell yeah|heck yes|heck yeah|with pleasure|no doubt|sure thing
        si|claro|claro que si|por supuesto|por supuesto que si|dale|de acuerdo|adelante|me encantaria|obvio|obvio que si|acepto|autorizo|lo autorizo|les doy permiso|doy permiso|tienen mi permiso|tienes mi permiso|puedes|pueden|podeis|si quiero|si puedes|si pueden|no hay problema|sin problema|no problema|no pasa nada|como no|no me importa|no me molesta|con gusto|con mucho gusto|estoy de acuerdo|hazlo|haganlo
        sim|pode|podem|podes|com certeza|claro que sim|aceito|eu autorizo|eu deixo|deixo|quero|eu quero|adoraria|pode sim|podem sim|pode fazer|sem problema|sem problemas|nao tem problema|nao me importo|bora|beleza|concordo|com prazer
        ja|jo|jap|jep|jawohl|klar|gerne|gern|sehr gerne|naturlich|natuerlich|auf jeden fall|aber gerne|aber klar|einverstanden|nur zu|macht das|mach das|du darfst|ihr durft|ihr duerft|durft ihr|darfst du|in ordnung|unbedingt|kein problem|kein ding|keine einwande|nichts dagegen|ich habe nichts dagegen|hab nichts dagegen|ich stimme zu|ich erlaube es|mit vergnugen
        oui|ouais|ouai|bien sur|bien sur que oui|daccord|je suis daccord|avec plaisir|allez y|vas y|carrement|volontiers|je veux bien|jaccepte|jautorise|je vous autorise|tu peux|vous pouvez|pas de probleme|pas de soucis|pas de souci|aucun probleme|aucun souci|aucun soucis|ca ne me derange pas|ca me derange pas
        iya|iya mas|boleh mas|boleh|boleh banget|silakan|silahkan|setuju|tentu|tentu saja|mau dong|bisa dong|saya izinkan|aku izinkan|dengan senang hati|gaskeun|monggo|gak masalah|ga masalah|nggak masalah|tidak masalah|gapapa|gpp|ga papa|gak papa|nggak papa|tidak apa apa|gak apa apa|ga apa apa|nggak apa apa
    """,
    Sense.WEAK_YES: """
        ya|sure|ok|okay|okey|okie|oki|fine|alright|totally|sounds good|sounds great|lets go|agree|allowed
        vale|bueno|esta bien|va
        ta bom|tudo bem|blz|pode ser sim
        okeh|passt|von mir aus|geht klar|alles klar|sicher
        ca marche|ca roule|ok pour moi
        oke|siap|yaudah|ya udah|mau|bisa|gas
    """,
    Sense.NO: """
        no|nope|nah|naw|no thanks|no thank you|no ty|absolutely not|definitely not|certainly not|of course not|probably not|surely not|id rather not|i would rather not|rather not|hell no|heck no|no chance|not really|no permission|i refuse|i decline|not interested|not comfortable|keep it private|i dont think so|i do not think so|i dont want|i do not want|dont want|i dont consent|i do not consent|dont do it|dont do that|please dont do it|please dont do that|please dont use it|dont make|do not make|stop|stop it|stop asking|stop this|please stop|leave me alone|leave me out|go away
        no gracias|claro que no|por supuesto que no|ni hablar|ni de broma|para nada|de ninguna manera|prefiero que no|mejor no|ya no|nunca|ni loco|ni loca|no quiero|basta|basta ya|para ya|ya para|paren ya|dejame en paz|dejenme en paz|no me molesten
        n quero|nao obrigado|nao obrigada|claro que nao|de jeito nenhum|nem pensar|prefiro que nao|melhor nao|nao quero|pare|parem|pare com isso|chega|me deixa em paz|me deixem em paz
        nein|ne|nee|nope danke|nein danke|auf keinen fall|lieber nicht|bitte nicht|naturlich nicht|natuerlich nicht|sicher nicht|bestimmt nicht|niemals|nicht einverstanden|ich mochte nicht|ich moechte nicht|ich will nicht|hor auf|hoer auf|hort auf|hoert auf|aufhoren|aufhoeren|lass mich in ruhe|lasst mich in ruhe
        non|non merci|bien sur que non|hors de question|pas question|jamais|je refuse|je prefere pas|je prefere que non|pas daccord|je ne veux pas|je veux pas|arrete|arretez|stop svp|laisse moi tranquille|laissez moi tranquille|fichez moi la paix
        ogah|jangan|jangan dong|gak mau|ga mau|gamau|nggak mau|tidak mau|tidak usah|gak usah|ga usah|gausah|tidak boleh|gak boleh|ga boleh|nggak boleh|ga dulu|gak dulu|tidak terima kasih|berhenti|stop dong|jangan ganggu|jangan ganggu aku|sudah cukup
    """,
    Sense.NEGATION: """
        not|dont|do not|doesnt|cant|cannot|can not|never|wont|will not|didnt|without|isnt|please dont|please do not
        sin
        sem|nem|nao
        nicht|kein|keine|keinen|nie|ohne
        pas|aucun|aucune|sans
        tanpa|bukan|tidak|nggak|enggak|engga|gak|ga|gk|kagak
    """,
    Sense.ANONYMOUS: """
        anonymous|anon|anonymously|anonymus|anonimous|no name|without my name|without a name|without name|no credit|without credit|if anonymous|if its anonymous|only if anonymous|only if its anonymous|as long as its anonymous|but anonymous|keep me anonymous|keep it anonymous|stay anonymous|remain anonymous
        anonimo|anonima|anonimamente|sin nombre|sin mi nombre|si es anonimo|pero anonimo|de forma anonima
        anonimato|sem nome|sem meu nome|sem o meu nome|se for anonimo|mas anonimo|de forma anonima
        anonym|ohne namen|ohne meinen namen|wenn anonym|wenn es anonym ist|aber anonym
        anonyme|anonymement|sans nom|sans mon nom|si cest anonyme|mais anonyme|de facon anonyme
        anonim|tanpa nama|tanpa namaku|tanpa nama saya|kalau anonim|tapi anonim
    """,
    Sense.NAME: """
        name|names|username|user name|handle|my account|nickname|mention|tag|credit
        nombre|usuario|usuaria|apodo|arroba|mi cuenta
        nome|apelido|meu perfil
        namen|name|nutzernamen|benutzernamen|accountnamen|mein konto
        nom|pseudo|pseudonyme|prenom|mon compte
        nama|namaku|akunku|username ku
    """,
    Sense.NAME_ON: """
        use my name|with my name|use my username|use my handle|credit me|tag me|mention me|name me|with credit|my credit|you can use my name|thanks for the credit
        con mi nombre|usa mi nombre|usen mi nombre|con credito
        com meu nome|com o meu nome|use meu nome|usem meu nome|com credito
        mit namen|mit meinem namen|nennt mich|markiert mich
        avec mon nom|avec mon pseudo|mettez mon nom|citez moi
        pakai namaku|pake namaku|sebut namaku|dengan namaku|tag aku|sebut nama saya|pakai nama saya
    """,
    Sense.BUT: "but|pero|mas|aber|mais|tapi|tp",
    Sense.DOUBT: """
        maybe|perhaps|possibly|if|only if|depends|it depends|idk|dunno|i dont know|i do not know|not sure|im not sure|i am not sure|i guess|i suppose|later|not now|not yet|no idea|no clue|no way|no one|nobody|huh|wait|unless|how much|pay me|paid|k|let me think|ill think|i will think|think about it|a no|a yes|should i|would i|no yeah|yeah no|no words|no joke|no kidding|oh no|omg no|credit as|credit me as|credit it to|tag me as|mention me as|call me|under the name|use the name|with the name|by the name|instead|i cant|cant even|cant believe|i cant believe
        quiza|quizas|tal vez|puede ser|a lo mejor|depende|si quieres|si quieren|solo si|no se|no lo se|no estoy seguro|no estoy segura|luego|despues|cuanto|ni idea|lo pienso|lo pensare|no puede ser|no lo puedo creer|no me lo creo|no manches|no mames|no me lo esperaba|llamame|bajo el nombre|con el nombre
        talvez|pode ser|se quiser|se quiserem|se for|se me|so se|nao sei|sei la|depois|vou pensar|como assim|quanto|nao acredito|nao pode ser|me chame|me chama|com o nome|sob o nome
        vielleicht|eventuell|wenn|falls|nur wenn|kommt drauf an|kommt darauf an|weiss nicht|ich weiss nicht|weiss ich nicht|keine ahnung|spater|spaeter|mal sehen|nicht sicher|bin mir nicht sicher|nicht zu fassen|nicht dein ernst|nenn mich|unter dem namen|mit dem namen
        peut etre|ca depend|seulement si|je sais pas|je ne sais pas|jsp|plus tard|a voir|on verra|aucune idee|combien|mais non|non mais|pas possible|appelle moi|appelez moi|sous le nom|avec le nom
        mungkin|kalau|kalo|asal|asalkan|tergantung|nanti|ga tau|gak tau|gatau|nggak tau|tidak tahu|entah|berapa|pikir pikir|pikir dulu|pikir pikir dulu|pikirin dulu|lihat nanti|kapan kapan|ga nyangka|gak nyangka|nggak nyangka|panggil aku|panggil saya|dengan nama|atas nama
    """,
    Sense.SARCASM: """
        yeah right|yea right|oh sure|sure jan|as if|whatever|suuure|in your dreams|yeah ok|yeah okay
        aja si|ya claro
        ata|aham sei|sei
        ja ja|ja genau
        mais oui bien sur|cest ca oui|mais bien sur
        iya deh|iyain|terserah
    """,
    Sense.LAUGHTER: "hm|hmm|hmmm|lol|lmao|lmfao|rofl|haha|hahaha|hahah|hehe|jaja|jajaja|jajajaja|ja ja ja|kkk|kkkk|kkkkk|rsrs|rs|mdr|ptdr|wkwk|wkwkwk|awokwok|xd",
    Sense.REMOVE: """
        changed my mind|change my mind|take it down|take this down|take that down|take the video down|take my dream down|delete it|delete this|delete that|delete my|delete the|remove it|remove this|remove that|remove my|remove the|remove me|i take it back|take it back|take back my|i withdraw|withdraw my|revoke|stop using|dont use my dream|do not use my dream|dont use it anymore|dont post it|do not post it|dont post my dream|no longer want|no longer consent|no longer agree
        cambie de opinion|cambie de idea|borra|borralo|borrala|borren|borrenlo|borrar|elimina|eliminalo|eliminen|eliminenlo|eliminar|quita|quitalo|quiten|quitenlo|retiro mi|ya no quiero|no lo publiquen|no lo publiques|bajen el video|baja el video
        mudei de ideia|apaga|apague|apaguem|apagar|remova|remove|removam|remover|retira|retirem|exclui|exclua|excluam|tira o video|tirem o video|tira isso|nao quero mais|nao posta|nao postem|nao publiquem
        anders uberlegt|anders ueberlegt|meinung geandert|losch|losche|loscht|loschen|loesch|loesche|loescht|loeschen|entferne|entfernt|entfernen|nimm es runter|nehmt es runter|nimm das runter|nehmt das runter|ziehe zuruck|ziehe meine einwilligung|widerrufe|nicht mehr benutzen|runter|runternehmen|nicht posten|nicht veroffentlichen
        change davis|supprime|supprimer|supprimez|retirer|retirez|retire la|retire ma|retire mon|enleve|enlever|enlevez|efface|effacer|effacez|je ne veux plus|je veux plus|ne publiez pas|ne postez pas
        berubah pikiran|hapus|hapusin|dihapus|tarik kembali|turunkan video|turunkan videonya|turunin videonya|turunin video|turunin|jangan pakai mimpiku|jangan pakai mimpi|jangan diposting|jangan posting|batalkan|batal|gak jadi|ga jadi|nggak jadi|tidak jadi
    """,
    Sense.FILLER: """
        please|pls|plz|thanks|thank you|thx|ty|you|i|it|my|the|this|that|a|to|dream|video|and|so|very|much|me|is|would|be|use|make|love|cool|awesome|great|haven|with|no cap|no lie|not gonna lie|no wonder|dont delete|dont worry|do not worry|dont forget|dont stop|cant stop|couldnt stop|wont stop|didnt stop|when you post|when you post it|when its posted|when its up|when its done|once its up|when you do|do not forget|did you delete it|did you delete|why did you delete
        por favor|gracias|muchas gracias|mi|el|la|lo|un|una|sueno|y|con|muy|no borres|no lo borres|no elimines|no lo quites|no te preocupes|no se preocupen
        obrigado|obrigada|meu|minha|o|sonho|e|com|muito|nao apague|nao apaga|nao remova|nao tira|nao se preocupe
        bitte|danke|mein|meinen|der|die|das|traum|und|mit|sehr|es|ihr|du|nicht loschen|keine sorge
        merci|s il vous plait|sil vous plait|svp|stp|mon|ma|le|reve|et|avec|tres|ne supprimez pas|ne supprime pas|ne tinquiete pas
        tolong|terima kasih|makasih|aku|saya|mimpi|mimpiku|dan|dengan|kak|min|ya kak|jangan dihapus|jangan hapus|jangan khawatir|jangan lupa
    """,
}

EMOJI: Final[dict[str, Sense]] = {
    **dict.fromkeys("👍👌✅✔☑💯🙆", Sense.YES),
    **dict.fromkeys("👎❌🚫🙅⛔✖", Sense.NO),
    **dict.fromkeys("🙄😒🤡🤨😑🙃😏", Sense.SARCASM),
    **dict.fromkeys("🤷🤔", Sense.DOUBT),
}


def _phrase_table() -> dict[tuple[str, ...], Sense]:
    table: dict[tuple[str, ...], Sense] = {}
    for sense, block in PHRASES.items():
        for phrase in re.split(r"[|\n]", block):
            words = tuple(phrase.split())
            if words:
                # The first mention wins, so a bare "not" stays a negation.
                table.setdefault(words, sense)
    return table


PHRASE_TABLE: Final = _phrase_table()
LONGEST_PHRASE: Final = max(len(words) for words in PHRASE_TABLE)
