"""How files write sex, relationship, documents and the like in English, French and Portuguese.

A single H is left out on purpose: it means a man in French and Portuguese files, but then M means a man in the one and a woman
in the other. Figures are left out too. Whoever brings such a file says on the page what its words mean.
"""

from coremis.kernel.base.text import fold


def spelled(**codes: str) -> dict[str, str]:
    """The code of each word; words are separated by commas and compared without accents and case."""
    return {fold(word): code for code, words in codes.items() for word in words.split(",")}


SEX = spelled(
    female="f,fem,female,woman,women,girl,femme,fille,féminin,mulher,rapariga,menina,feminino",
    male="m,masc,male,man,men,boy,homme,garçon,masculin,homem,rapaz,menino,masculino",
    other="other,autre,outro,outra",
    unknown="unknown,not stated,inconnu,non précisé,non déclaré,desconhecido,não declarado",
)
RELATIONSHIP = spelled(
    head="head,head of household,household head,chief,chef,chef de ménage,cheffe,cheffe de ménage,cm,chefe,"
    "chefe do agregado,chefe de família",
    spouse="spouse,wife,husband,partner,conjoint,conjointe,épouse,époux,mari,femme,cônjuge,esposa,esposo,marido,companheiro,companheira",
    child="child,son,daughter,son or daughter,enfant,fils,fille,fils ou fille,filho,filha,filho ou filha",
    child_in_law="son in law,daughter in law,son or daughter in law,gendre,bru,belle-fille,beau-fils,genro,nora",
    grandchild="grandchild,grandson,granddaughter,petit-enfant,petit-fils,petite-fille,neto,neta",
    parent="parent,father,mother,father or mother,père,mère,père ou mère,pai,mãe,pai ou mãe",
    parent_in_law="father in law,mother in law,beau-père,belle-mère,sogro,sogra",
    sibling="sibling,brother,sister,brother or sister,frère,soeur,sœur,frère ou soeur,irmão,irmã",
    other_relative="other relative,relative,autre parent,autre parenté,neveu,nièce,outro parente,sobrinho,sobrinha,nephew,niece",
    foster_child="adopted child,foster child,adopted or foster child,enfant adopté,enfant confié,enfant placé,"
    "filho adotivo,criança acolhida",
    domestic_worker="domestic worker,servant,domestique,employé de maison,empregado doméstico,empregada doméstica",
    not_related="not related,unrelated,non-relative,sans lien,sans lien de parenté,sem parentesco,não parente",
)
COLLECTS = spelled(
    primary="primary,principal,primary recipient,yes,y,true,1,x,oui,o,vrai,récipiendaire principal,sim,s,recebedor principal,verdadeiro",
    alternate="alternate,alternate recipient,suppléant,récipiendaire suppléant,substituto,suplente,recebedor substituto",
    no="no,n,false,0,none,non,faux,aucun,não,nenhum,falso",
)
PHONE_OWNER = spelled(
    own="own,own phone,mine,self,propre,personnel,le sien,próprio,pessoal",
    household="household,family,member of the household,someone in the household,ménage,famille,agregado,família",
    other="other,neighbour,neighbor,neighbour or other person,autre,voisin,voisine,outro,vizinho,vizinha",
)
DOCUMENT_KIND = spelled(
    national_id="national id,national identity card,identity card,id card,nid,cni,carte nationale d'identité,"
    "carte d'identité,bilhete de identidade,bi,"
    "cartão de cidadão,cartão de identidade",
    birth_certificate="birth certificate,acte de naissance,extrait de naissance,extrait d'acte de naissance,"
    "certidão de nascimento,cédula pessoal",
    passport="passport,passeport,passaporte",
    voter_card="voter card,voter's card,carte d'électeur,cartão de eleitor",
    refugee_card="refugee card,carte de réfugié,cartão de refugiado",
    other="other,other document,autre,autre document,outro,outro documento",
)
CONSENT = spelled(
    given="given,yes,y,true,1,x,agreed,accepted,consent,oui,o,vrai,donné,accepté,accorde,sim,s,verdadeiro,dado,aceite",
    refused="refused,no,n,false,0,declined,non,faux,refusé,refus,não,falso,recusado,recusa",
    not_asked="not asked,unknown,na,n/a,non demandé,pas demandé,não perguntado,não pedido",
)
