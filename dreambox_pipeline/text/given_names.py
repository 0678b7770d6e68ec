"""Common first names in several countries, as data for `pii`.

Names that are also everyday words (Will, Grace, Mark, Dream, Luna, Sol) are left out: they
would cost more than they find. Lower case, without accents.
"""

GIVEN_NAMES = frozenset(
    """
    aaron abdul abigail adam adriana agus ahmad ahmed aisha alan albert alejandra alejandro alessandro
    alex alexander alexandra alexis alfredo ali alice alicia alina allison alyssa amanda amelie amir
    ana anais andre andrea andreas andres andrew angela angelina anita anja anna anne annette
    annika anthony antoine antonella antonia antonio ariana arthur ashley astrid aurelie austin ayu
    barbara bastian beatriz ben benjamin bernd beth bianca bill bob bobby brandon brenda brian brittany
    bruno bryan budi camila camille carl carla carlos carmen carol carolina caroline catarina catherine
    cecilia celine chantal charles charlie charlotte chen chloe chris christian christina christine
    christopher cindy citra claire clara claudia colin connor cristian cristina cynthia dani daniel
    daniela danielle danny darren dave david deborah debbie denise dennis derek dewi diana diego dimas
    dirk dmitri dominik donna doris dwi dylan eduardo edward eka elena eleonora eli elias elisa
    elizabeth ella ellen emanuele emily emma emmanuel enrique eric erik erika ernesto esra esteban
    esther ethan eva evan evelyn fabian fabio farah fatima federica felipe felix fernanda fernando
    filipe fitri florian francesca francesco francisco francois frank franziska fred gabriel gabriela
    gabrielle gareth gary george georgia gerald gerard giovanni giulia giuseppe gloria gonzalo greg
    gregory guilherme guillaume gustavo hannah hans harold harry hassan heather hector heidi heike
    helen helena helmut henri henrique henry hugo ian ibrahim ignacio igor indah ingrid irene irina
    isaac isabel isabella isabelle ivan jack jackie jacob jake james jamie jan jana jane janet janine
    jasmin jason javier jean jeff jeffrey jenna jennifer jenny jeremy jerry jesse jessica jill jim
    jimmy joachim joana joanna joao joel johan johanna john johnny jonas jonathan jordan jorge jose
    josef joseph josh joshua juan juana judith judy julia julian juliana julie julien juliette jurgen
    justin kai karen karin karina karl karla karsten kate katharina katherine kathrin kathy katie
    katja kayla keith kelly ken kenneth kevin kim kimberly klaus kristen kristin kumar kyle lara larissa
    larry lars laura lauren laurent lea leah lena leo leon leonardo leonie leslie leticia liam lina
    linda lisa liz loic lorena lorenzo louis louise luca lucas lucia luciana lucie lucy luis luisa
    lukas luke lydia madison maja manon manuel manuela marc marcel marcela marcelo marco marcos
    margaret margot maria mariana marie marina mario marion marissa markus marta martha martin martina
    mary mateo mathieu mathilde matt matthew matthias mauricio max maxime megan mehmet mei melanie
    melissa mia michael michaela michel michelle miguel mike milena miriam mohamed mohammed moritz
    muhammad mustafa nadia nadine nancy natalia natalie natasha nathan nayla nicholas nick nicola
    nicolas nicole nina noah nora nur nurul oliver olivia omar oscar otto pablo pamela paola patricia
    patrick paul paula paulo pedro peter petra philip philipp philippe pierre pilar putri rachel rafael
    rahul raj rani rania raquel raul rebecca renata rene retno ricardo richard rick rina rizky rob
    robert roberta roberto rodrigo roger roman ron ronald rosa rosie ruben rudi russell ryan sabine
    sabrina sally sam samantha samuel sandra sandro santiago sara sarah sasha scott sean sebastian
    sergio seth shannon sharon shawn silvia simon simone siti sofia sonia sophia sophie stefan stefanie
    stella stephanie stephen steve steven stuart susan susanne sven sylvia tamara tania tanja tanya
    tara tatiana teresa thiago thomas tim timothy tina tobias todd tom tommy tony tracy tri tyler
    ulrich ursula uwe valentina valeria vanessa vera veronica vicki vicky victor victoria vincent
    vinicius virginia vivian vladimir wahyu walter wayan wendy wilhelm william wolfgang xavier yasmin
    yolanda yulia yusuf yuki yvonne zachary zoe
    """.split()  # noqa: SIM905 - three hundred names read better as text
)
