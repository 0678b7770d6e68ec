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
    TELLING = auto()  # a word of somebody who goes on telling the dream: no yes beside it counts
    KIND = auto()  # what people add to a yes, in joy or in full; anywhere else a word like others
    FILLER = auto()
    UNKNOWN = auto()


# One line per language: en, es, pt, de, fr, id. Without accents and apostrophes, see `_fold`.
PHRASES: Final[dict[Sense, str]] = {
    Sense.YES: """
        yes|yeah|yep|yup|yea|yas|absolutely|definitely|certainly|of course|ofc|go ahead|go for it|do it|please do|you may|you can|you have my permission|permission granted|feel free|id love that|id love to|i would love that|i would love to|id be honored|id be honoured|i agree|agreed|i consent|i allow it|be my guest|for sure|no problem|no problems|no prob|np|not a problem|no worries|no objection|no objections|no issue|count me in|im in|im down|by all means|whynot|i dont mind|dont mind|i do not mind|wouldnt mind|i wouldnt mind|cant wait|i cant wait|hell yes|hell yeah|heck yes|heck yeah|with pleasure|no doubt|sure thing|deffo|def|bet|yh|no problem at all|not a problem at all|ye|yeh|pls do|thats fine|yeah thats fine|oki doki|id be so honored|id be so honoured|ah ok go ahead|yessir|fasho|i give you permission|i give my permission|i give permission|you have permission|fine by me|im fine with it|im fine with that|im okay with it|im ok with it|im okay with that|im ok with that|im cool with it|fuck yes|fuck yeah|100%|100
        si|claro|claro que si|por supuesto|por supuesto que si|dale|de acuerdo|adelante|me encantaria|obvio|obvio que si|acepto|autorizo|lo autorizo|les doy permiso|doy permiso|tienen mi permiso|tienes mi permiso|puedes|pueden|podeis|si quiero|si puedes|si pueden|no hay problema|sin problema|no problema|no pasa nada|no me importa|no me molesta|con gusto|con mucho gusto|estoy de acuerdo|hazlo|haganlo|sip|simon|orale|orale si|okis|claro q si|me parece bien|dale nomas|pos si|ps si|pues si|me encantaria verlo|me gustaria|les autorizo|te autorizo
        sim|pode|podem|podes|com certeza|claro que sim|aceito|eu autorizo|eu deixo|deixo|quero|eu quero|adoraria|pode sim|podem sim|pode fazer|sem problema|sem problemas|nao tem problema|nao me importo|bora|beleza|concordo|com prazer|com ctz|ss|uhum|amaria|eu adoraria|autorizado|autorizo|permito|fico honrada|pode usar|a vontade|fique a vontade|fiquem a vontade|fico honrado|claro q sim|claro que pode|da sim
        ja|jo|jap|jep|jawohl|klar|gerne|gern|sehr gerne|naturlich|natuerlich|auf jeden fall|aber gerne|aber klar|einverstanden|nur zu|macht das|mach das|du darfst|ihr durft|ihr duerft|durft ihr|darfst du|in ordnung|unbedingt|kein problem|kein ding|keine einwande|nichts dagegen|ich habe nichts dagegen|hab nichts dagegen|ich stimme zu|ich erlaube es|mit vergnugen|klaro|klar doch|na klar|joa|joar|jop|aber sicher|logo|mega gerne|liebend gerne|ja mach|ja macht|mach ruhig|macht ruhig|erlaubt
        oui|ouais|ouai|bien sur|bien sur que oui|daccord|je suis daccord|avec plaisir|allez y|vas y|carrement|volontiers|je veux bien|jaccepte|jautorise|je vous autorise|tu peux|vous pouvez|pas de probleme|pas de soucis|pas de souci|aucun probleme|aucun souci|aucun soucis|ca ne me derange pas|ca me derange pas|biensur|bien sur oui|dac|avec joie|bah oui|ben oui|grave|cest oui|evidemment|ok avec plaisir|c bon|cest bon
        iya|iya mas|boleh mas|boleh|boleh banget|silakan|silahkan|setuju|tentu|tentu saja|mau dong|bisa dong|saya izinkan|aku izinkan|dengan senang hati|gaskeun|monggo|gak masalah|ga masalah|nggak masalah|tidak masalah|gapapa|gpp|ga papa|gak papa|nggak papa|tidak apa apa|gak apa apa|ga apa apa|nggak apa apa|yoi|bole|blh|boleh bgt|boleh kok|boleh dong|iya dong|iya boleh|tentu boleh|izin diberikan
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
        no|nope|nah|naw|no thanks|no thank you|no ty|absolutely not|definitely not|certainly not|of course not|probably not|surely not|id rather not|i would rather not|rather not|hell no|heck no|no chance|not really|no permission|i refuse|i decline|not interested|not comfortable|keep it private|i dont think so|i do not think so|i dont want|i do not want|dont want|i dont consent|i do not consent|dont do it|dont do that|please dont do it|please dont do that|dont make|do not make|stop|stop it|stop asking|stop this|please stop|leave me alone|leave me out|go away|i mind|yes i mind|absolutely no|i would prefer not|id prefer not|im good thanks|nothx|no thx|id rather you didnt|id rather you did not|i would rather you didnt|you may not|you can not|you cannot|dont you dare|dont even think about it|over my dead body|fuck no|can you not|can u not|please no|i do not give|i dont give|do not have my permission|dont have my permission|ill pass|hard pass|i object|i do not allow|i dont allow
        no gracias|claro que no|por supuesto que no|ni hablar|ni de broma|para nada|de ninguna manera|prefiero que no|mejor no|ya no|nunca|ni loco|ni loca|no quiero|basta|basta ya|para ya|ya para|paren ya|dejame en paz|dejenme en paz|no me molesten|no lo hagan|nel pastel|no lo hagas|no lo usen|no lo uses|no pueden|no puedes|no doy permiso|bajo ningun concepto|me niego|no me gustaria
        n quero|nao obrigado|nao obrigada|claro que nao|de jeito nenhum|nem pensar|prefiro que nao|melhor nao|nao quero|pare|parem|pare com isso|chega|me deixa em paz|me deixem em paz|nao faz isso|nao faca|n pode|nao pfv|nao pf|nao facam|nao facam isso|nao permito|nao deixo|nao pode|nao podem|nao gostaria|nao use|nao usem
        nein|ne|nee|nope danke|nein danke|auf keinen fall|lieber nicht|bitte nicht|naturlich nicht|natuerlich nicht|sicher nicht|bestimmt nicht|niemals|nicht einverstanden|ich mochte nicht|ich moechte nicht|ich will nicht|hor auf|hoer auf|hort auf|hoert auf|aufhoren|aufhoeren|lass mich in ruhe|lasst mich in ruhe|ihr durft nicht|durft ihr nicht|du darfst nicht|darfst du nicht|darf man nicht|mochte ich nicht|moechte ich nicht|will ich nicht|das will ich nicht|ich bin dagegen|bin dagegen|lass mal|lass das|lasst das|lasst es|lass es|keine lust|kein interesse|kein bock|keinen bock|vergiss es|vergesst es|keine erlaubnis|ich erlaube es nicht|erlaube ich nicht|bloss nicht|lieber nein
        non|non merci|bien sur que non|hors de question|pas question|jamais|je refuse|je prefere pas|je prefere que non|pas daccord|je ne veux pas|je veux pas|arrete|arretez|stop svp|laisse moi tranquille|laissez moi tranquille|fichez moi la paix|nan merci|jsuis pas chaud|je suis pas chaud|pas chaud|surtout pas|certainement pas|cest non|vous pouvez pas|vous ne pouvez pas|tu peux pas|tu ne peux pas|vous navez pas le droit|tas pas le droit|ne faites pas ca|faites pas ca|fais pas ca|ne fais pas ca|plutot pas|pas interesse|pas interessee
        ogah|jangan|jangan dong|gak mau|ga mau|gamau|nggak mau|tidak mau|tidak usah|gak usah|ga usah|gausah|tidak boleh|gak boleh|ga boleh|nggak boleh|ga dulu|gak dulu|tidak terima kasih|berhenti|stop dong|jangan ganggu|jangan ganggu aku|sudah cukup|jangan ya|jangan kak|jgn|jgn ya|gak ah|ga ah|gaboleh|gak kak|ga kak|engga kak|nggak ah|ngga ah|enggak ah|gak setuju|ga setuju|nggak setuju|tidak setuju|tidak mengizinkan|gak izinin|ga izinin|tidak diizinkan|jangan dipakai|jangan dibuat
    """,
    Sense.NEGATION: """
        not|dont|do not|doesnt|cant|cannot|can not|never|wont|will not|didnt|without|isnt|please dont|please do not
        sin
        sem|nem|nao|nn
        nicht|kein|keine|keinen|nie|ohne
        pas|aucun|aucune|sans|nan
        tanpa|bukan|tidak|nggak|enggak|engga|gak|ga|gk|kagak|ngga|ngga usah|tdk|tak
    """,
    Sense.ANONYMOUS: """
        anonymous|anon|anonymously|anonymus|anonimous|no name|without my name|without a name|without name|no credit|without credit|if anonymous|if its anonymous|only if anonymous|only if its anonymous|as long as its anonymous|but anonymous|keep me anonymous|keep it anonymous|stay anonymous|remain anonymous|uncredited|no credit needed|no need to credit|no need for credit|no tag|no tags|no mention|remove my name|remove my username|remove my handle|remove the name|delete my name|hide my name
        anonimo|anonima|anonimamente|sin nombre|sin mi nombre|si es anonimo|pero anonimo|de forma anonima|quita mi nombre|quiten mi nombre|borra mi nombre|borren mi nombre
        anonimato|sem nome|sem meu nome|sem o meu nome|se for anonimo|mas anonimo|de forma anonima|tira meu nome|tirem meu nome|remove meu nome|apaga meu nome|sem marcar|sem credito
        anonym|ohne namen|ohne meinen namen|wenn anonym|wenn es anonym ist|aber anonym|ohne name|ohne mich zu markieren|ohne nennung|namen loschen|namen entfernen
        anonyme|anonymement|sans nom|sans mon nom|si cest anonyme|mais anonyme|de facon anonyme|supprimez mon nom|enlevez mon nom|retirez mon nom|sans me taguer|sans me citer|sans credit
        anonim|tanpa nama|tanpa namaku|tanpa nama saya|kalau anonim|tapi anonim|asal anonim|asalkan anonim|hapus namaku|hapus nama saya|tanpa tag
    """,
    Sense.NAME: """
        name|names|username|user name|handle|my account|nickname|mention|tag|credit
        nombre|usuario|usuaria|apodo|arroba|mi cuenta|etiqueten|etiquetes|etiqueta|menciones|mencionen|nombres|nombren
        nome|apelido|meu perfil|marca|marque|marquem|marcar|mencione|mencionem
        namen|name|nutzernamen|benutzernamen|accountnamen|mein konto|markieren|markiert|taggen|nennen|nennt|erwahnen|credit
        nom|pseudo|pseudonyme|prenom|mon compte|taguez|tague|taguer|mentionne|mentionnez|identifiez|citer|cite|citez
        nama|namaku|akunku|username ku|sebut|tag
    """,
    Sense.NAME_ON: """
        use my name|with my name|use my username|use my handle|credit me|tag me|mention me|name me|with credit|my credit|you can use my name|thanks for the credit
        con mi nombre|usa mi nombre|usen mi nombre|con credito
        com meu nome|com o meu nome|use meu nome|usem meu nome|com credito
        mit namen|mit meinem namen|nennt mich|markiert mich
        avec mon nom|avec mon pseudo|mettez mon nom|citez moi
        pakai namaku|pake namaku|sebut namaku|dengan namaku|tag aku|sebut nama saya|pakai nama saya
    """,
    Sense.NAME_OFF: """
        ne me taguez pas|ne me tague pas|ne me citez pas|ne me cite pas|ne me mentionnez pas|ne me nommez pas|ne mettez pas mon nom|ne mets pas mon nom|me taguez pas|me tague pas|me citez pas|mettez pas mon nom|pas de tag
    """,
    Sense.BUT: "but|pero|mas|aber|mais|tapi|tp",
    Sense.DOUBT: """
        maybe|perhaps|possibly|if|only if|depends|it depends|idk|dunno|i dont know|i do not know|not sure|im not sure|i am not sure|i guess|i suppose|later|not now|not yet|no idea|no clue|no way|no one|nobody|huh|wait|unless|how much|pay me|paid|k|let me think|ill think|i will think|think about it|a no|a yes|should i|would i|no yeah|yeah no|no words|no joke|no kidding|oh no|omg no|credit as|credit me as|credit it to|tag me as|mention me as|call me|under the name|use the name|with the name|by the name|instead|i cant|cant even|cant believe|i cant believe|jk|just kidding|kidding|sike|psych|nah yeah|yeah nah|joking|im joking|scam|scammers|fake|illegal|sue|report|reported|reporting|lawyer|my lawyer|steal|stolen|minor|a minor|underage|ask my mom|ask my mum|my parents|thirteen|fourteen|fifteen|sixteen|seventeen|th grade|no yes|maybe not|hold on|pigs fly|hell freezes|and then
        quiza|quizas|tal vez|puede ser|a lo mejor|depende|si quieres|si quieren|solo si|no se|no lo se|no estoy seguro|no estoy segura|luego|despues|cuanto|ni idea|lo pienso|lo pensare|no puede ser|no lo puedo creer|no me lo creo|no manches|no mames|no me lo esperaba|llamame|bajo el nombre|con el nombre|es broma|broma|estafa|denuncio|denunciar|menor de edad|soy menor|mis padres|trece|catorce|quince|dieciseis|diecisiete|no si|cuando me paguen
        talvez|pode ser|se quiser|se quiserem|se for|se me|so se|nao sei|sei la|depois|vou pensar|como assim|quanto|nao acredito|nao pode ser|me chame|me chama|com o nome|sob o nome|brincadeira|zoeira|golpe|denunciar|denuncio|menor de idade|sou menor|meus pais|treze|quatorze|catorze|quinze|dezesseis|dezessete|nao sim
        vielleicht|eventuell|wenn|falls|nur wenn|kommt drauf an|kommt darauf an|weiss nicht|ich weiss nicht|weiss ich nicht|keine ahnung|spater|spaeter|mal sehen|nicht sicher|bin mir nicht sicher|nicht zu fassen|nicht dein ernst|nenn mich|unter dem namen|mit dem namen|scherz|kleiner scherz|war ein scherz|betrug|anwalt|anzeige|melde euch|minderjahrig|meine eltern|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn|nein doch|ja nee|ja ne|nee ja
        peut etre|ca depend|seulement si|je sais pas|je ne sais pas|jsp|plus tard|a voir|on verra|aucune idee|combien|mais non|non mais|pas possible|appelle moi|appelez moi|sous le nom|avec le nom|je rigole|je plaisante|arnaque|avocat|signale|mineur|mineure|mes parents|treize|quatorze|quinze|seize|dix sept|non oui|oui non|si tu veux|si vous voulez
        mungkin|kalau|kalo|asal|asalkan|tergantung|nanti|ga tau|gak tau|gatau|nggak tau|tidak tahu|entah|berapa|pikir pikir|pikir dulu|pikir pikir dulu|pikirin dulu|lihat nanti|kapan kapan|ga nyangka|gak nyangka|nggak nyangka|panggil aku|panggil saya|dengan nama|atas nama|bercanda|canda|penipuan|penipu|lapor|laporkan|di bawah umur|orang tua|orang tuaku|tiga belas|empat belas|lima belas|enam belas|tujuh belas
    """,
    Sense.SARCASM: """
        yeah right|yea right|oh sure|sure jan|as if|whatever|suuure|in your dreams|yeah ok|yeah okay|very funny|so funny|fuck off|ok boomer|okay boomer|sure jan|yeah sure jan
        aja si|ya claro|si como no|como no|si claro como no|si aja
        ata|aham sei|sei
        ja ja|ja genau|ja sicher doch|na klar doch|ja ne is klar
        mais oui bien sur|cest ca oui|mais bien sur|cest ca|ouais cest ca|bien sur hein
        iya deh|iyain|terserah
    """,
    Sense.LAUGHTER: "hm|hmm|hmmm|lol|lmao|lmfao|rofl|haha|hahaha|hahah|hehe|jaja|jajaja|jajajaja|ja ja ja|kkk|kkkk|kkkkk|rsrs|rs|mdr|ptdr|wkwk|wkwkwk|awokwok|xd",
    Sense.REMOVE: """
        changed my mind|change my mind|take it down|take this down|take that down|take the video down|take my dream down|delete it|delete this|delete that|delete my|delete the|remove it|remove this|remove that|remove my|remove the|remove me|i take it back|take it back|take back my|i withdraw|withdraw my|revoke|stop using|dont use my dream|do not use my dream|dont use it anymore|dont post it|do not post it|dont post my dream|no longer want|no longer consent|no longer agree|take my dream back|take my story back|taking it back|taking my dream back|want it back|want my dream back|give it back|give me my dream back|dont use it|do not use it|dont use this|dont use that|dont use mine|dont show it|do not show it|dont show my dream|dont share it|do not share it|take it off|take it away|pull it|pull the video|get rid of it|second thoughts|i regret|not ok with it anymore|not okay with it anymore|not ok with this anymore|unpost it|undo it
        cambie de opinion|cambie de idea|borra|borralo|borrala|borren|borrenlo|borrar|elimina|eliminalo|eliminen|eliminenlo|eliminar|quita|quitalo|quiten|quitenlo|retiro mi|ya no quiero|no lo publiquen|no lo publiques|bajen el video|baja el video|no lo uses|no lo usen|no uses mi sueno|no usen mi sueno|no lo muestren|no lo subas|no lo suban|me arrepiento|me arrepenti|devuelveme mi sueno
        mudei de ideia|apaga|apague|apaguem|apagar|remova|remove|removam|remover|retira|retirem|exclui|exclua|excluam|tira o video|tirem o video|tira isso|nao quero mais|nao posta|nao postem|nao publiquem|nao use isso|nao usa isso|nao usem isso|nao use meu sonho|nao usem meu sonho|nao usa meu sonho|nao mostrem|me arrependi|pensei melhor|tirem do ar|tira do ar
        anders uberlegt|anders ueberlegt|meinung geandert|losch|losche|loscht|loschen|loesch|loesche|loescht|loeschen|entferne|entfernt|entfernen|nimm es runter|nehmt es runter|nimm das runter|nehmt das runter|ziehe zuruck|ziehe meine einwilligung|widerrufe|nicht mehr benutzen|runter|runternehmen|nicht posten|nicht veroffentlichen|nicht mehr verwenden|nicht verwenden|nicht benutzen|nicht zeigen|nehme es zuruck|nehme das zuruck|bereue
        change davis|supprime|supprimer|supprimez|retirer|retirez|retire la|retire ma|retire mon|enleve|enlever|enlevez|efface|effacer|effacez|je ne veux plus|je veux plus|ne publiez pas|ne postez pas|ne lutilisez pas|lutilisez pas|ne montrez pas|je regrette|je reprends|rendez moi
        berubah pikiran|hapus|hapusin|dihapus|tarik kembali|turunkan video|turunkan videonya|turunin videonya|turunin video|turunin|jangan pakai mimpiku|jangan pakai mimpi|jangan diposting|jangan posting|batalkan|batal|gak jadi|ga jadi|nggak jadi|tidak jadi|jangan dipakai|jangan ditampilkan|menyesal|tarik lagi
    """,
    Sense.TELLING: """
        was|were|woke|woke up|dreamed|dreamt|ran|scary|screaming|crying
        fue|era|estaba|desperte|sone|horrible
        foi|estava|acordei|sonhei|horrivel
        war|wurde|aufgewacht|getraumt|gruselig
        etait|cetait|jetais|reveille|reveillee|reve que
        terus|bangun|kebangun|serem|seram|takut
    """,
    Sense.KIND: """
        ah|ahh|mom|mum|happy|nice|lovely|wow|omg|aww|honored|honoured|honor|amazing|beautiful|wonderful|excited|so excited|im so excited|guys|sir|bro|sis|bestie|hi|hello|hey|have|your|videos|account|page|love your videos|will|can|see|to see it|here|all|yours|for|in|of|of it|be|am|im|we|us|they|them|your video|see it|watch|watch it|ai|short|turn|turn it|into|make it|use it|post|post it|posted|share|share it|say|answer
        jaja si|que lindo|que bonito|que emocion|genial|hola|amigos|tu|te|me|de|que|en|para|hacerlo|usarlo|usar|hacer|video con ia|bonito|lindo|feliz|estaria|seria|increible|emocionada|emocionado
        que legal|que lindo|amei|adorei|oi|gente|de|que|em|para|fazer|usar|voce|voces|feliz|incrivel|seria|lindo|honra|uma honra|seria uma honra|pfv|pf|favor
        hallo|hi|leute|mega|cool|toll|super|freut mich|freue mich|ich freue mich|sehr schon|schon|ware|das ware|ehre|eine ehre|wurde mich freuen|ich|mich|euch|dir|machen|nutzen|verwenden|benutzen|doch
        bonjour|salut|super|genial|cool|trop bien|honneur|ce serait|un honneur|serait|je|j|me|te|vous|tu|faire|utiliser|la|les|de|que|hate|hate de voir|hate de voir ca|beaucoup
        halo|hai|kakak|bang|bro|min|bgt|banget|keren|senang|seneng|aja|saja|kok|dong|deh|nih|ya|yah|video|videonya|dibuat|jadi|jadikan|pakai|pake|semoga|suka
    """,
    Sense.FILLER: """
        please|pls|plz|thanks|thank you|thx|ty|you|i|it|my|the|this|that|a|to|dream|video|and|so|very|much|me|is|would|be|use|make|love|cool|awesome|great|haven|with|no cap|no lie|not gonna lie|no wonder|dont delete|dont worry|do not worry|dont forget|dont stop|cant stop|couldnt stop|wont stop|didnt stop|when you post|when you post it|when its posted|when its up|when its done|once its up|when you do|do not forget|did you delete it|did you delete|why did you delete
        por favor|porfa|porfis|porfavor|gracias|muchas gracias|mi|el|la|lo|un|una|sueno|y|con|muy|no borres|no lo borres|no elimines|no lo quites|no te preocupes|no se preocupen
        obrigado|obrigada|meu|minha|o|sonho|e|com|muito|nao apague|nao apaga|nao remova|nao tira|nao se preocupe
        bitte|danke|mein|meinen|der|die|das|traum|und|mit|sehr|es|ihr|du|nicht loschen|keine sorge
        merci|s il vous plait|sil vous plait|svp|stp|mon|ma|le|reve|et|avec|tres|ne supprimez pas|ne supprime pas|ne tinquiete pas
        tolong|terima kasih|makasih|aku|saya|mimpi|mimpiku|dan|dengan|kak|min|ya kak|jangan dihapus|jangan hapus|jangan khawatir|jangan lupa
    """,
}

EMOJI: Final[dict[str, Sense]] = {
    **dict.fromkeys("👍👌✅✔☑💯🙆🆗", Sense.YES),
    **dict.fromkeys("👎❌🚫🙅⛔✖", Sense.NO),
    **dict.fromkeys("🙄😒🤡🤨😑🙃😏🤥🖕🤮😡🤬", Sense.SARCASM),
    **dict.fromkeys("🤷🤔", Sense.DOUBT),
    **dict.fromkeys("😂🤣💀", Sense.LAUGHTER),
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
WORDS: Final = frozenset(word for words in PHRASE_TABLE for word in words)


def without_doubles(word: str) -> str:
    """*word* with every run of one letter as one: "yesss" and "yes" are then the same."""
    return re.sub(r"(.)\1+", r"\1", word)


# The first one mentioned wins, as in the table.
WORDS_WITHOUT_DOUBLES: Final = {
    without_doubles(word): word for words in reversed(PHRASE_TABLE) for word in reversed(words)
}
