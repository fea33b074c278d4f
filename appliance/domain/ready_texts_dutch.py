"""The ready-made forms in Dutch, at level B1. {controller} and {signing} are filled in by `ready_templates`.

Employees are addressed as "je", everybody else as "u". Sentences are short, one thought each.
"""

from collections.abc import Mapping

from appliance.domain.consent import Purpose
from appliance.domain.templates import Audience, FormText

SIGNING = {
    1: "Eén ouder of voogd tekent dit formulier.",
    2: "Twee ouders of voogden tekenen dit formulier. Het telt pas als u allebei ja zegt.",
}

_PURPOSES: Mapping[Purpose, str] = {
    Purpose.WEB: (
        "Wij plaatsen de foto op onze eigen website. Iedereen kan de foto daar zien en bewaren. Ook een "
        "zoekmachine kan hem vinden. Na de einddatum halen wij de foto weg."
    ),
    Purpose.SOCIAL_MEDIA: (
        "Wij plaatsen de foto op onze eigen pagina's op sociale media, zoals LinkedIn of Instagram. Die "
        "bedrijven zitten vaak buiten Europa en hebben eigen regels. Anderen kunnen de foto delen. Wij "
        "halen hem weg van onze pagina's, maar niet van die van anderen."
    ),
    Purpose.PRINT: (
        "Wij drukken de foto af, bijvoorbeeld in een folder, op een poster of in een tijdschrift. Wat al "
        "gedrukt is, kunnen wij niet terughalen. Na de einddatum drukken wij de foto niet opnieuw."
    ),
    Purpose.PRESS: (
        "Wij geven de foto aan een krant, een nieuwssite of een omroep. Zij gebruiken hem bij een bericht "
        "over ons. Wat zij met de foto doen, bepalen zij zelf. Wij kunnen hem daar niet weghalen."
    ),
    Purpose.INTRANET: (
        "Wij plaatsen de foto op pagina's die alleen onze eigen medewerkers kunnen zien. Na de einddatum "
        "halen wij de foto weg."
    ),
}

_REGULATOR = "de Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl)"

_RECIPIENTS = (
    "De foto's staan bij ons op kantoor, op een beveiligde computer. Alleen medewerkers die met foto's "
    "werken, kunnen erbij. Wie een foto verder ziet, hangt af van de doelen waar u ja op zegt. Van alles is "
    "een reservekopie, die alleen wij kunnen openen. Wij verkopen geen foto's."
)
_DURATION = (
    "Bij elk doel staat hoe lang uw ja geldt. Is die tijd bijna om? Dan vragen wij het u opnieuw. Zegt u "
    "niets, dan stoppen wij na de einddatum. Wat u tekent, bewaren wij nog een tijd als bewijs."
)
_RIGHTS = (
    "U kunt van een ja altijd een nee maken. Dat kan in één stap, op uw eigen pagina. De link krijgt u na "
    "het tekenen. Uw nee geldt vanaf dat moment. U mag ook vragen welke foto's wij van u hebben. Wij geven "
    "u een kopie, verbeteren fouten en wissen foto's als u dat vraagt. Heeft u een klacht? Zeg het ons. U "
    f"kunt ook een klacht sturen naar {_REGULATOR}."
)
_DECLARATION = (
    "Ik heb dit gelezen en ik kies vrij. Ik geef toestemming voor wat ik heb aangevinkt. Wat ik niet heb "
    "aangevinkt, mag niet."
)

TEXTS: Mapping[Audience, FormText] = {
    Audience.EMPLOYEE: FormText(
        title="Mogen wij foto's van jou gebruiken?",
        controller="Voor jouw foto's is verantwoordelijk: {controller}.",
        introduction=(
            "Wij maken foto's van ons werk en van de mensen die hier werken. Sta jij erop? Dan gebruiken "
            "wij de foto alleen als jij dat goedvindt. Je kiest per doel ja of nee. Zeg je nee, dan heeft "
            "dat geen gevolgen. Het verandert niets aan je werk, je loon, je beoordeling of je contract. "
            "Niemand mag je onder druk zetten, ook je leidinggevende niet. Je hoeft niet te zeggen waarom "
            "je iets wel of niet wilt."
        ),
        purposes={
            **_PURPOSES,
            Purpose.INTRANET: (
                "Wij plaatsen de foto op pagina's die alleen collega's kunnen zien, zoals het smoelenboek. "
                "Na de einddatum halen wij de foto weg."
            ),
            Purpose.RECOGNITION: (
                "Deze vraag staat los van de rest. Onze computer leert dan jouw gezicht herkennen. Zo "
                "vinden wij snel de foto's waar jij op staat. Daarvoor bewaart de computer een meting van "
                "je gezicht. Die meting delen wij met niemand. Zeg je nee? Dan zoeken wij met de hand en "
                "verandert er verder niets. Maak je van ja later nee? Dan wissen wij de meting meteen."
            ),
        },
        recipients=(
            "De foto's staan bij ons op kantoor, op een beveiligde computer. Alleen collega's die met "
            "foto's werken, kunnen erbij. Wie een foto verder ziet, hangt af van de doelen waar je ja op "
            "zegt. Van alles is een reservekopie, die alleen wij kunnen openen. Wij verkopen geen foto's."
        ),
        duration=(
            "Bij elk doel staat hoe lang jouw ja geldt. Is die tijd bijna om? Dan vragen wij het je "
            "opnieuw. Zeg je niets, dan stoppen wij na de einddatum. Ga je hier weg? Dan kun je alles ook "
            "zelf stoppen. Wat je tekent, bewaren wij nog een tijd als bewijs."
        ),
        rights=(
            "Je kunt van een ja altijd een nee maken. Dat kan in één stap, op je eigen pagina. De link "
            "krijg je na het tekenen. Jouw nee geldt vanaf dat moment en heeft geen gevolgen voor je werk. "
            "Je mag ook vragen welke foto's wij van je hebben. Wij geven je een kopie, verbeteren fouten en "
            "wissen foto's als je dat vraagt. Heb je een klacht? Zeg het ons. Je kunt ook een klacht sturen "
            f"naar {_REGULATOR}."
        ),
        declaration=(
            "Ik heb dit gelezen. Ik kies vrij en niemand zet mij onder druk. Ik geef toestemming voor wat "
            "ik heb aangevinkt. Wat ik niet heb aangevinkt, mag niet."
        ),
    ),
    Audience.EVENT_VISITOR: FormText(
        title="Mogen wij foto's van u gebruiken?",
        controller="Voor uw foto's is verantwoordelijk: {controller}.",
        introduction=(
            "Wij maken foto's op dit evenement. Misschien staat u erop. Kan iemand u herkennen? Dan "
            "gebruiken wij de foto alleen als u dat goedvindt. U kiest per doel ja of nee. Zegt u nee, dan "
            "bent u net zo welkom. U mag ook altijd tegen de fotograaf zeggen dat u niet op de foto wilt."
        ),
        purposes={
            **_PURPOSES,
            Purpose.RECOGNITION: (
                "Deze vraag staat los van de rest. Onze computer leert dan uw gezicht herkennen. Zo vinden "
                "wij snel de foto's waar u op staat. Daarvoor bewaart de computer een meting van uw "
                "gezicht. Die meting delen wij met niemand. Zegt u nee? Dan zoeken wij met de hand en "
                "verandert er verder niets. Maakt u van ja later nee? Dan wissen wij de meting meteen."
            ),
        },
        recipients=_RECIPIENTS,
        duration=_DURATION,
        rights=_RIGHTS,
        declaration=_DECLARATION,
    ),
    Audience.PATIENT: FormText(
        title="Mogen wij foto's van u gebruiken?",
        controller="Voor uw foto's is verantwoordelijk: {controller}.",
        introduction=(
            "U krijgt zorg bij ons. Wij willen met foto's laten zien hoe wij werken. Wij gebruiken een foto "
            "van u alleen als u dat goedvindt. U kiest per doel ja of nee. Zegt u nee, dan blijft uw zorg "
            "precies hetzelfde. U hoeft niet te zeggen waarom.\n"
            "Onze zorgverleners hebben een beroepsgeheim. Wij vertellen nooit waarom u bij ons bent. Ook "
            "zetten wij uw naam niet bij de foto. Maar wie de foto ziet, kan denken dat u hier patiënt "
            "bent. Dat zegt iets over uw gezondheid. Denk daar rustig over na. Bent u nu ziek of moe? Kies "
            "dan later.\n"
            "Wij geven uw foto niet aan de pers. Wij gebruiken ook geen gezichtsherkenning."
        ),
        purposes={
            Purpose.WEB: (
                "Wij laten u de foto eerst zien. Zegt u dan weer ja, dan plaatsen wij hem op onze eigen "
                "website. Iedereen kan de foto daar zien en bewaren. Ook een zoekmachine kan hem vinden. Na "
                "de einddatum halen wij de foto weg."
            ),
            Purpose.SOCIAL_MEDIA: (
                "Wij vragen het u bij elk bericht opnieuw. U ziet dan de foto en de tekst. Daarna plaatsen "
                "wij de foto op onze eigen pagina's op sociale media. Die bedrijven zitten vaak buiten "
                "Europa. Anderen kunnen de foto delen. Dan kunnen wij hem niet meer terughalen."
            ),
            Purpose.PRINT: (
                "Wij drukken de foto af, bijvoorbeeld in een folder of op een poster. Wij laten u eerst "
                "zien hoe dat wordt. Wat al gedrukt is, kunnen wij niet terughalen. Voor elke nieuwe druk "
                "vragen wij het u opnieuw."
            ),
            Purpose.INTRANET: (
                "Wij plaatsen de foto op pagina's die alleen onze eigen medewerkers kunnen zien. Zij leren "
                "er bijvoorbeeld van. Na de einddatum halen wij de foto weg."
            ),
        },
        recipients=(
            "De foto's staan bij ons, op een beveiligde computer. Alleen medewerkers die met foto's werken, "
            "kunnen erbij. De foto's komen niet in uw medisch dossier. Wie een foto verder ziet, hangt af "
            "van de doelen waar u ja op zegt. Van alles is een reservekopie, die alleen wij kunnen openen. "
            "Wij verkopen geen foto's."
        ),
        duration=(
            "Bij elk doel staat hoe lang uw ja geldt. Dat is kort, want uw leven kan snel anders zijn. Is "
            "die tijd om, dan stoppen wij. Willen wij langer, dan vragen wij het u opnieuw. Wat u tekent, "
            "bewaren wij nog een tijd als bewijs."
        ),
        rights=(
            "U kunt van een ja altijd een nee maken. Dat kan in één stap, op uw eigen pagina. De link "
            "krijgt u na het tekenen. Uw nee geldt vanaf dat moment en heeft geen gevolgen voor uw zorg. U "
            "mag het ook tegen uw zorgverlener zeggen. U mag vragen welke foto's wij van u hebben. Wij "
            "geven u een kopie, verbeteren fouten en wissen foto's als u dat vraagt. Heeft u een klacht? "
            f"Zeg het ons. U kunt ook een klacht sturen naar {_REGULATOR}."
        ),
        declaration=(
            "Ik heb dit gelezen en ik kies vrij. Ik weet dat een foto iets over mijn gezondheid kan zeggen. "
            "Ik geef toestemming voor wat ik heb aangevinkt. Wat ik niet heb aangevinkt, mag niet."
        ),
    ),
    Audience.MINOR: FormText(
        title="Mogen wij foto's van uw kind gebruiken?",
        controller="Voor de foto's van uw kind is verantwoordelijk: {controller}.",
        introduction=(
            "Wij maken foto's waar uw kind op kan staan. Wij gebruiken zo'n foto alleen als u dat "
            "goedvindt. U kiest per doel ja of nee. Zegt u nee, dan doet uw kind gewoon mee met alles. Wij "
            "zetten de naam van uw kind niet bij de foto.\n"
            "Praat er eerst samen over. Wil uw kind het niet? Dan is het nee, ook als u ja zegt. Uw kind "
            "mag dat altijd zeggen, ook tegen de fotograaf.\n"
            "{signing} Wordt uw kind 16? Dan geldt uw ja niet meer. Uw kind beslist dan zelf en wij vragen "
            "het opnieuw. Wij gebruiken geen gezichtsherkenning."
        ),
        purposes=_PURPOSES,
        recipients=_RECIPIENTS,
        duration=(
            "Bij elk doel staat hoe lang uw ja geldt: nooit langer dan tot uw kind 16 wordt. Is die tijd "
            "bijna om? Dan vragen wij het u opnieuw. Zegt u niets, dan stoppen wij na de einddatum. Wat u "
            "tekent, bewaren wij nog een tijd als bewijs."
        ),
        rights=(
            "U kunt van een ja altijd een nee maken. Dat kan in één stap, op de pagina van uw kind. De link "
            "krijgt u na het tekenen. Uw nee geldt vanaf dat moment. U mag ook vragen welke foto's wij van "
            "uw kind hebben. Wij geven u een kopie, verbeteren fouten en wissen foto's als u of uw kind dat "
            f"vraagt. Heeft u een klacht? Zeg het ons. U kunt ook een klacht sturen naar {_REGULATOR}."
        ),
        declaration=(
            "Ik ben ouder of voogd en mag voor dit kind beslissen. Ik heb er met mijn kind over gepraat. Ik "
            "kies vrij. Ik geef toestemming voor wat ik heb aangevinkt. Wat ik niet heb aangevinkt, mag "
            "niet."
        ),
    ),
    Audience.MODEL: FormText(
        title="Overeenkomst over foto's met een model",
        controller="Deze overeenkomst sluit u met: {controller}. Zij zijn verantwoordelijk voor uw foto's.",
        introduction=(
            "Dit is een overeenkomst en geen toestemming. U werkt als model en krijgt daar geld voor. "
            "Hoeveel dat is, staat in de opdracht die u apart krijgt. Daarvoor mogen wij de foto's "
            "gebruiken voor de doelen die u hier aanvinkt. Omdat het een afspraak is, kunt u hem niet "
            "zomaar intrekken. Wat wel kan, staat bij uw rechten. Lees alles rustig en stel gerust vragen. "
            "Teken alleen als u het ermee eens bent."
        ),
        purposes={
            **_PURPOSES,
            Purpose.INTRANET: (
                "Wij plaatsen de foto op pagina's die alleen onze eigen medewerkers kunnen zien. Ook "
                "gebruiken wij hem in lessen en presentaties voor hen."
            ),
        },
        recipients=(
            "De foto's staan bij ons op kantoor, op een beveiligde computer. Alleen medewerkers die met "
            "foto's werken, kunnen erbij. Wie een foto verder ziet, hangt af van de doelen die u aanvinkt. "
            "Van alles is een reservekopie, die alleen wij kunnen openen. Wij verkopen de foto's niet aan "
            "anderen."
        ),
        duration=(
            "Bij elk doel staat hoe lang wij de foto's mogen gebruiken. Na die dag gebruiken wij ze niet "
            "meer. Wat al gedrukt is, blijft bestaan. Willen wij langer, dan maken wij een nieuwe afspraak "
            "met u. De overeenkomst zelf bewaren wij nog een tijd als bewijs."
        ),
        rights=(
            "De afspraak stopt op de einddatum. Eerder stoppen kan als wij dat samen afspreken. Het kan ook "
            "als wij ons niet aan de afspraak houden. Heeft u een ernstige reden, zoals uw veiligheid? Zeg "
            "het ons, dan zoeken wij een oplossing. Wij gebruiken de foto's nooit op een manier die u "
            "belachelijk maakt of schaadt. U mag vragen welke foto's wij van u hebben. Wij geven u een "
            "kopie en verbeteren fouten. Foto's die wij niet meer nodig hebben, wissen wij als u dat "
            f"vraagt. Heeft u een klacht? Zeg het ons. U kunt ook een klacht sturen naar {_REGULATOR}."
        ),
        declaration=(
            "Ik heb deze overeenkomst gelezen en ben het ermee eens. Ik weet dat ik hem niet zomaar kan "
            "intrekken. Wat ik heb aangevinkt, hoort bij de afspraak. De rest hoort er niet bij."
        ),
    ),
}
